"""The inspector of Explore: what the model can do, in the order in which one reaches for it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QPixmap

from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import Session
from latentlab.qt.session.vocabulary import Vocabulary

from .caption_section import CaptionSection
from .class_section import ClassSection
from .directions_section import DirectionsSection
from .diversity_section import DiversitySection
from .latent_section import LatentSection
from .layers_section import LayersSection
from .noise_section import NoiseSection
from .photo_section import PhotoSection
from .recipe_section import RecipeSection
from .transform_section import TransformSection


class ExploreSections:
    """One of each. What the model has none of stands folded at the end and says so."""

    def __init__(
        self,
        session: Session,
        words: Vocabulary,
        pixmap_of: Callable[[Recipe], QPixmap | None] = lambda recipe: None,
    ) -> None:
        """`pixmap_of` gives the small picture of a marked recipe, where there is one."""
        can = session.model.capabilities
        self.caption = CaptionSection(session, words)
        self.latent = LatentSection(session, words)
        self.photo = PhotoSection(session, words)
        self.diversity = DiversitySection(session, words)
        self.classes = ClassSection(session, words)
        self.directions = DirectionsSection(session, words, pixmap_of=pixmap_of)
        self.noise = NoiseSection(session, words)
        self.transform = TransformSection(session, words)
        self.layers = LayersSection(session, words)
        first: list[RecipeSection] = [self.photo] if can.is_translator else []
        usual: list[tuple[RecipeSection, bool]] = [
            (self.caption, can.has_captions),
            (self.latent, bool(can.z_dim)),
            (self.diversity, can.has_truncation and can.num_codes > 0),
            (self.classes, can.num_classes > 0),
            (self.directions, self.directions.available),
            (self.noise, can.has_noise),
            (self.transform, can.has_transform),
            (self.layers, True),
            (self.photo, can.has_encoder and not can.is_translator),
        ]
        present = [section for section, has in usual if has and section not in first]
        absent = [section for section, has in usual if not has and section not in first]
        self.all = (*first, *present, *absent)

    def detach(self) -> None:
        """Before they are destroyed."""
        for section in self.all:
            section.detach()
