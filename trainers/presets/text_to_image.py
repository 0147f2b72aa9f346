"""Presets of the text-to-image GAN."""

from __future__ import annotations

from trainers.config import About, LoopSettings, RunConfig
from trainers.data.settings import DataSettings, DrawnSource, TableSource
from trainers.systems.text_to_image import TextToImageSettings

PEEPS = DrawnSource(
    style="open-peeps",
    count=20_000,
    caption=("head", "accessories", "facialHair", "skinColor", "clothingColor"),
    only={
        "head": (
            *("afro", "bangs", "bun", "cornrows", "dreads1", "flatTop", "grayShort", "hatBeanie", "hijab"),
            *("long", "longCurly", "medium1", "mohawk", "noHair1", "pomp", "shaved1", "turban", "twists"),
        ),
        "expression": ("awe", "calm", "cute", "driven", "serious", "smile", "smileBig", "tired"),
        "accessories": ("none", "eyepatch", "glasses2", "sunglasses"),
        "facialHair": ("none", "full", "moustache2"),
        "mask": ("none",),
    },
)
"""Heads whose hair, glasses, beard, skin and clothes a caption names."""

BY_HAIR = PEEPS.model_copy(update={"label": "head", "caption": ()})
"""The same with their hair or hat as the class."""

TEXT_FACES_64 = RunConfig(
    name="text-faces-64",
    summary="Drawn heads at 64 px from a caption: hair, glasses, beard, colours of skin and clothes.",
    system="text_to_image",
    about=About(
        title="Faces from words",
        description=(
            "Drawn heads that follow a caption: hair or hat, glasses, beard, skin and clothes. What the caption "
            "leaves open, the latent decides. It knows only the words it was trained with."
        ),
        data=(
            "20,000 pictures drawn for this model with the DiceBear style “Open Peeps” (a remix of “Open Peeps” "
            "by Pablo Stanley, CC0 1.0), captioned with what was drawn. No photographs."
        ),
        licence="CC0 1.0",
    ),
    settings=TextToImageSettings(
        warm_steps=200,
        steady=0.5,
        gradient_clip=10.0,
        penalty_every=8,
        mode_seeking=0.1,
        ema_half_life=500.0,
        precision="auto",
    ),
    data=DataSettings(source=PEEPS, resolution=64),
    loop=LoopSettings(steps=16_000, batch_size=16, sample_every=500, checkpoint_every=500),
)

TEXT_TO_IMAGE_64 = RunConfig(
    name="text-to-image-64",
    summary="Pictures of your own at 64 px, with captions in a CSV or JSON Lines file beside them.",
    system="text_to_image",
    settings=TextToImageSettings(
        warm_steps=200,
        steady=0.5,
        gradient_clip=10.0,
        penalty_every=8,
        r1_gamma=2.0,
        augment="ada",
        transforms=("shift", "scale", "colour"),
        precision="auto",
    ),
    data=DataSettings(source=TableSource(), resolution=64),
    loop=LoopSettings(steps=20_000, batch_size=16),
)

PRESETS = (TEXT_FACES_64, TEXT_TO_IMAGE_64)
