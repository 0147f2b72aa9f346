"""Augmentation of what the discriminator sees, so that a few hundred pictures are enough to train on.

`diff_augment` is a fixed, light choice; `pipeline` is the larger set of transforms whose probability `strength`
adjusts to how far the discriminator overfits. Both are functions of images and of a row of uniform numbers per
image, draw nothing themselves and can be differentiated twice. What is only about more data (mirroring) belongs
to `trainers.data`.
"""
