"""Plain PyTorch state dicts, recognised by the shapes and the order of their tensors, whatever their names.

Families: DCGAN, conditional DCGAN, MLP GAN, MLP and convolutional (beta-)VAE, conditional VAE, ResNet translator.
"""

from latentlab.formats.plain.recognition import explain, recognise

__all__ = ["explain", "recognise"]
