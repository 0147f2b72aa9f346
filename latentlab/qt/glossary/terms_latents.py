"""What moves a picture in Explore and Mix."""

from __future__ import annotations

from latentlab.qt.glossary.term import Term
from latentlab.qt.glossary.term import tr as _tr

_STYLEGAN = "Karras et al. 2019, arXiv:1812.04948"


def latents() -> tuple[Term, ...]:
    """Latent spaces and what walks in them."""
    return (
        Term(
            "latent",
            _tr("Latent"),
            _tr(
                "The list of numbers that a picture is made from. Near numbers make similar pictures, so "
                "moving them slowly is a walk."
            ),
            aliases=("latent_code", "code"),
            also=("z", "w", "seed"),
        ),
        Term(
            "seed",
            _tr("Seed"),
            _tr(
                "A number that stands for one draw of the dice: the same seed gives the same latent, and "
                "so the same picture, every time."
            ),
            also=("latent", "z"),
        ),
        Term(
            "nearby",
            _tr("Nearby"),
            _tr("A picture a little way from this one in the latent space: related, not the same."),
            formula="spherical interpolation towards another seed",
            also=("seed", "latent"),
        ),
        Term(
            "z",
            _tr("z"),
            _tr(
                "The latent space that dice are thrown in: every number from a standard normal, "
                "independent of the others."
            ),
            formula="z ~ N(0, I)",
            also=("w", "latent"),
        ),
        Term(
            "w",
            _tr("W"),
            _tr(
                "StyleGAN's own latent space, made from z by a small network. It is bent to fit the data, "
                "so directions in it change one thing at a time more often."
            ),
            source=f"{_STYLEGAN}, section 2",
            also=("w_plus", "z", "truncation"),
        ),
        Term(
            "w_plus",
            _tr("W+"),
            _tr(
                "One w for every layer instead of one for all: layers can come from different pictures. It "
                "reaches more pictures, and less likely ones."
            ),
            source="Abdal et al. 2019, arXiv:1904.03189",
            aliases=("ws", "w+"),
            also=("w", "style_mixing"),
        ),
        Term(
            "truncation",
            _tr("Truncation (Diversity)"),
            _tr(
                "How far a picture may be from the average one. Lower is more typical and cleaner, higher "
                "more varied and riskier; below 0 it turns into its opposite."
            ),
            formula="w′ = w̄ + ψ (w − w̄)",
            source=f"{_STYLEGAN}, appendix B",
            aliases=("truncation_psi", "psi", "truncation_cutoff"),
            also=("w", "diversity"),
        ),
        Term(
            "direction",
            _tr("Direction"),
            _tr(
                "A way through the latent space along which one thing changes: warmth, age, the height of "
                "the sun. A slider moves along it."
            ),
            also=("pca", "sefa", "learned_direction", "layers"),
        ),
        Term(
            "pca",
            _tr("PCA directions"),
            _tr(
                "The ways along which latents differ most, found by looking at many of them. The first "
                "ones change a lot at once."
            ),
            source="Härkönen et al. 2020 (GANSpace), arXiv:2004.02546",
            also=("direction", "sefa"),
        ),
        Term(
            "sefa",
            _tr("Closed-form directions"),
            _tr(
                "The ways to which a model's weights react most, computed from the weights alone, without "
                "a single picture (SeFa)."
            ),
            formula="eigenvectors of AᵀA",
            source="Shen & Zhou 2021, arXiv:2007.06600",
            also=("direction", "pca"),
        ),
        Term(
            "learned_direction",
            _tr("Learned direction"),
            _tr(
                "The way from pictures you marked B to pictures you marked A: show a few of each, and a "
                "slider is made of it."
            ),
            source="Shen et al. 2020 (InterFaceGAN), arXiv:1907.10786",
            also=("direction",),
        ),
        Term(
            "walk_plane",
            _tr("Walk plane"),
            _tr(
                "A flat piece of the latent space under the picture: dragging on the picture moves over it "
                "in two directions at once."
            ),
            also=("direction", "latent"),
        ),
        Term(
            "style_mixing",
            _tr("Style mixing"),
            _tr(
                "Coarse layers from one picture, fine layers from another: the shape of the one in the "
                "colours of the other."
            ),
            source=f"{_STYLEGAN}, section 3.1",
            aliases=("crossing", "mix"),
            also=("layers", "w_plus"),
        ),
        Term(
            "layers",
            _tr("Layers"),
            _tr(
                "The steps in which a picture is made, from coarse to fine. Early ones decide pose and "
                "layout, late ones colour and texture."
            ),
            also=("style_mixing", "feature_maps"),
        ),
        Term(
            "feature_maps",
            _tr("Feature maps"),
            _tr(
                "What a layer hands on: many small grey pictures, each of which lights up where the layer "
                "sees something of its own."
            ),
            also=("layers", "activation_edit"),
        ),
        Term(
            "activation_edit",
            _tr("Edits of activations"),
            _tr(
                "Changes made inside a layer: turned, scaled, switched off. Every later layer works on "
                "with them (network bending)."
            ),
            source="Broad et al. 2021, arXiv:2005.12420",
            aliases=("network_bending", "edits"),
            also=("feature_maps",),
        ),
        Term(
            "noise",
            _tr("Noise"),
            _tr(
                "Fine random detail that a StyleGAN adds in every layer: strands of hair, leaves, grain. "
                "It changes nothing that one would name."
            ),
            source=f"{_STYLEGAN}, section 3.2",
            also=("layers",),
        ),
        Term(
            "transform",
            _tr("Position and rotation"),
            _tr(
                "StyleGAN3 draws from a continuous plane, so its whole picture can be moved and turned "
                "before it is drawn."
            ),
            source="Karras et al. 2021, arXiv:2106.12423, section 4",
            also=("layers",),
        ),
        Term(
            "condition",
            _tr("Class"),
            _tr(
                "What the picture shall show, where a model was trained with labels. Classes can be mixed "
                "like colours."
            ),
            aliases=("class", "classes", "label", "labels"),
            also=("caption", "heeded"),
        ),
        Term(
            "caption",
            _tr("Caption"),
            _tr(
                "What the picture shall show, in words, where a model was trained with texts. It knows "
                "only the words it has seen."
            ),
            also=("condition", "heeded"),
        ),
        Term(
            "photo",
            _tr("Photo"),
            _tr("A picture of your own to start from: an encoder finds its latent, a translator changes it."),
            aliases=("inversion",),
            also=("encoder", "latent"),
        ),
        Term(
            "recipe",
            _tr("Recipe"),
            _tr(
                "Everything that makes this picture: seed, class, sliders, edits. It travels inside "
                "exported pictures, and opens again from them."
            ),
            also=("seed",),
        ),
        Term(
            "theatre",
            _tr("Checkpoint theatre"),
            _tr(
                "The same latents through all checkpoints of a run, or through several models: a strip "
                "below the picture is a slider of training time."
            ),
            also=("checkpoint", "ema"),
        ),
    )
