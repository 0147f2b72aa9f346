"""What the curves of a run show."""

from __future__ import annotations

from latentlab.qt.glossary.term import Term
from latentlab.qt.glossary.term import tr as _tr

_GAN = "Goodfellow et al. 2014, arXiv:1406.2661"
_VAE = "Kingma & Welling 2014, arXiv:1312.6114"
_CYCLE = "Zhu et al. 2017, arXiv:1703.10593"


def losses() -> tuple[Term, ...]:
    """Losses, scores and penalties."""
    return (
        Term(
            "loss",
            _tr("Loss"),
            _tr(
                "The number that training makes smaller. Compare it only with itself over time: between "
                "two kinds of model, or two loss functions, its height means nothing."
            ),
            aliases=("losses", "vae"),
        ),
        Term(
            "generator",
            _tr("Generator loss"),
            _tr(
                "How badly the generator fools the discriminator at the moment. It need not fall: both "
                "play against each other, and a level that stays within a band is a healthy game."
            ),
            source=_GAN,
            also=("discriminator", "objective", "ema"),
            aliases=("generator_loss", "generator_back"),
        ),
        Term(
            "discriminator",
            _tr("Discriminator loss"),
            _tr(
                "How badly the discriminator tells real pictures from generated ones. Near 0 it has won "
                "and teaches nothing any more; near its value at pure guessing it has learned nothing."
            ),
            source=_GAN,
            also=("generator", "real", "r1"),
            aliases=("discriminator_loss", "discriminator_back"),
        ),
        Term(
            "encoder",
            _tr("Encoder loss"),
            _tr("How badly the encoder finds a latent from which the decoder makes the same picture again."),
            source=_VAE,
            also=("reconstruction", "kl"),
        ),
        Term(
            "decoder",
            _tr("Decoder loss"),
            _tr(
                "What a VAE/GAN's decoder minimises: likeness as the discriminator sees it, and the game "
                "against it."
            ),
            source="Larsen et al. 2016, arXiv:1512.09300",
            also=("similarity", "generator"),
        ),
        Term(
            "reconstruction",
            _tr("Reconstruction"),
            _tr(
                "How unlike the picture is that comes back when a picture is encoded and decoded. Low "
                "means that the latent keeps what matters; the figure depends on resolution and "
                "likelihood."
            ),
            formula="−E[log p(x | z)], z ~ q(z | x)",
            source=f"{_VAE}, section 2.2",
            good=_tr("falls, then settles; held-out pictures should not be much worse"),
            also=("kl", "elbo"),
        ),
        Term(
            "kl",
            _tr("KL divergence"),
            _tr(
                "How much a VAE's code says about a picture beyond the standard normal noise it is drawn "
                "from, in nats. Near 0 the latent is ignored: the posterior has collapsed."
            ),
            formula="½ Σ (μ² + σ² − 1 − log σ²)",
            source=f"{_VAE}, appendix B",
            also=("posterior_collapse", "active_units", "kl_dimension", "beta"),
        ),
        Term(
            "elbo",
            _tr("ELBO"),
            _tr(
                "The evidence lower bound: what a VAE really maximises, a floor under the probability it "
                "gives to pictures it has not seen. Higher is better."
            ),
            formula="E[log p(x | z)] − KL(q(z | x) ‖ p(z))",
            source=f"{_VAE}, equation 3",
            also=("reconstruction", "kl"),
        ),
        Term(
            "similarity",
            _tr("Similarity"),
            _tr(
                "How unlike two pictures are in the discriminator's features instead of in pixels: closer "
                "to the eye."
            ),
            source="Larsen et al. 2016, arXiv:1512.09300, section 2.2",
            also=("reconstruction",),
        ),
        Term(
            "details",
            _tr("Details"),
            _tr(
                "How unlike fine edges are between a picture and its reconstruction, at several sizes of a "
                "pyramid."
            ),
            also=("reconstruction", "sharpness"),
        ),
        Term(
            "spread",
            _tr("Spread"),
            _tr(
                "How far the likelihood lets pixels differ from the reconstruction. It falls as "
                "reconstructions get closer, where it is learned."
            ),
            also=("reconstruction",),
        ),
        Term(
            "error",
            _tr("Error"),
            _tr("Mean squared difference of a picture and its reconstruction, pixels running from −1 to 1."),
            also=("reconstruction",),
        ),
        Term(
            "real",
            _tr("Score of real pictures"),
            _tr(
                "The discriminator's mean score (logit) for real pictures. Only its distance from the "
                "generated ones' score counts; a gap that grows without end means the discriminator is "
                "winning."
            ),
            source=_GAN,
            also=("fake", "d_scores"),
        ),
        Term(
            "fake",
            _tr("Score of generated pictures"),
            _tr(
                "The discriminator's mean score (logit) for generated pictures: near the real ones' is a "
                "good sign."
            ),
            source=_GAN,
            also=("real", "d_scores"),
        ),
        Term(
            "wrong",
            _tr("Score of wrong captions"),
            _tr(
                "The discriminator's score for real pictures with somebody else's caption. It must fall "
                "below that of right captions, or words are not heeded."
            ),
            source="Reed et al. 2016, arXiv:1605.05396, section 4.1",
            also=("heeded", "real"),
        ),
        Term(
            "accuracy",
            _tr("Discriminator accuracy"),
            _tr(
                "Share of pictures that the discriminator sorts right. One half is guessing; near 1 it has "
                "won."
            ),
            also=("real", "fake", "discriminator_too_strong"),
        ),
        Term(
            "augment",
            _tr("Augmentation probability"),
            _tr(
                "How often pictures are changed before the discriminator sees them. ADA raises it while "
                "the discriminator grows too sure of the training pictures, and lowers it again."
            ),
            source="Karras et al. 2020, arXiv:2006.06676, section 3",
            good=_tr("below about 0.8: above, changes begin to show in samples"),
            also=("memorisation",),
        ),
        Term(
            "r1",
            _tr("R1 penalty"),
            _tr(
                "How steeply the discriminator's score changes around real pictures. Holding it down keeps "
                "the game from running away: steadier, and softer where it is strong."
            ),
            formula="½ γ E‖∇D(x)‖², x real",
            source="Mescheder et al. 2018, arXiv:1801.04406, section 4.1",
            also=("r2", "discriminator", "r1_gamma"),
        ),
        Term(
            "r2",
            _tr("R2 penalty"),
            _tr("The same as R1 around generated pictures. Both together keep the most modes."),
            formula="½ γ E‖∇D(x)‖², x generated",
            source="Mescheder et al. 2018, arXiv:1801.04406; Huang et al. 2024, arXiv:2501.05441",
            also=("r1", "relativistic"),
        ),
        Term(
            "gradient_penalty",
            _tr("Gradient penalty"),
            _tr(
                "How far the slope of the discriminator is from 1 between real and generated pictures "
                "(WGAN-GP)."
            ),
            formula="E(‖∇D(x̂)‖ − 1)²",
            source="Gulrajani et al. 2017, arXiv:1704.00028",
            also=("r1", "wasserstein"),
        ),
        Term(
            "path_length",
            _tr("Path length"),
            _tr(
                "How unevenly a step in the latent space changes the picture. Keeping it even makes walks "
                "smooth and the space easy to search."
            ),
            formula="E(‖Jᵀy‖ − a)²",
            source="Karras et al. 2020, arXiv:1912.04958, section 3.2",
            also=("w", "walk_plane"),
        ),
        Term(
            "mode_seeking",
            _tr("Mode seeking"),
            _tr(
                "How different pictures of different latents are, for their distance. Rewarding it keeps a "
                "generator from drawing the same picture whatever the latent is."
            ),
            formula="d(G(z₁), G(z₂)) / d(z₁, z₂)",
            source="Mao et al. 2019, arXiv:1903.05628",
            also=("mode_collapse", "diversity_within"),
        ),
        Term(
            "cycle",
            _tr("Cycle error"),
            _tr(
                "How unlike a picture is after being translated and translated back. Low means nothing "
                "essential is lost."
            ),
            formula="E‖F(G(a)) − a‖₁",
            source=f"{_CYCLE}, section 3.2",
            aliases=("cycle_back",),
            also=("identity",),
        ),
        Term(
            "identity",
            _tr("Identity error"),
            _tr(
                "How much a translator changes a picture that already is of the wanted kind. Low keeps "
                "colours where they are."
            ),
            formula="E‖G(b) − b‖₁",
            source=f"{_CYCLE}, section 5.2",
            also=("cycle",),
        ),
        Term(
            "gradient_norm",
            _tr("Gradient norm"),
            _tr(
                "How hard a step pulls at a network's weights. Jumps of many times the usual are the first "
                "sign of a run that diverges; next to 0, nothing is learned."
            ),
            formula="‖∇L‖₂",
            also=("learning_rate", "diverging_gradients", "gradient_clip"),
            aliases=("gradients", "norm", "usual_norm"),
        ),
        Term(
            "trains",
            _tr("Who trains"),
            _tr(
                "Share of the steps in which this network is moved. A VAE/GAN lets the stronger one of the "
                "two wait."
            ),
            source="Larsen et al. 2016, arXiv:1512.09300, section 3",
            also=("decoder", "discriminator"),
        ),
        Term(
            "images_per_second",
            _tr("Images a second"),
            _tr(
                "Training pictures that are looked at each second by the clock, checkpoints and samples "
                "included."
            ),
            aliases=("speed",),
        ),
    )
