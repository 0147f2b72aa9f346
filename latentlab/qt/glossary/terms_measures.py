"""What is measured of a model: variety and fidelity."""

from __future__ import annotations

from latentlab.qt.glossary.term import Term
from latentlab.qt.glossary.term import tr as _tr

_VEEGAN = "Srivastava et al. 2017, arXiv:1705.07761"
_PRDC = "Naeem et al. 2020, arXiv:2002.09797"
_KNN = "Kynkäänniemi et al. 2019, arXiv:1904.06991"


def variety() -> tuple[Term, ...]:
    """Whether everything in the data is drawn."""
    return (
        Term(
            "modes",
            _tr("Modes found"),
            _tr(
                "How many of the known groups in the data the model draws at all. One sample within reach "
                "is enough, so read it with the balanced modes."
            ),
            source=_VEEGAN,
            also=("balanced_modes", "mode_collapse", "reverse_kl"),
            aliases=("captured_modes", "captured"),
        ),
        Term(
            "balanced_modes",
            _tr("Balanced modes"),
            _tr(
                "Groups that get at least a fifth of their fair share of samples: a stricter count of what "
                "is really drawn."
            ),
            also=("modes",),
        ),
        Term(
            "high_quality",
            _tr("High-quality share"),
            _tr(
                "Share of samples that lie within three standard deviations of a group of the data. The "
                "rest lie in between, where nothing should be."
            ),
            source=_VEEGAN,
            also=("modes",),
        ),
        Term(
            "reverse_kl",
            _tr("Reverse KL of the modes"),
            _tr(
                "How unevenly samples are shared out between groups that are equally common in the data: 0 "
                "is even."
            ),
            formula="Σ pᵢ log(K pᵢ)",
            source="Lin et al. 2018, arXiv:1712.04086",
            also=("balanced_modes",),
        ),
        Term(
            "diversity",
            _tr("Diversity of samples"),
            _tr(
                "How far apart two samples are on average, over how far apart two pictures of the data "
                "are. Near 1 is right; near 0 everything looks alike."
            ),
            good=_tr("0.9 to 1.1"),
            also=("mode_collapse", "vendi", "truncation"),
        ),
        Term(
            "diversity_within",
            _tr("Diversity within a class"),
            _tr(
                "The diversity of the class or caption that has the least: a model can be lively as a "
                "whole and draw one picture for each word."
            ),
            also=("diversity", "mode_seeking"),
        ),
        Term(
            "mode_collapse",
            _tr("Mode collapse"),
            _tr(
                "The generator draws only some of what the data show, again and again, because that is "
                "enough to fool the discriminator at the moment."
            ),
            source="Goodfellow 2016, arXiv:1701.00160, section 5.1.1",
            also=("coverage", "bins", "mode_seeking", "r1"),
            aliases=("lost_share",),
        ),
        Term(
            "bins",
            _tr("Bins that differ"),
            _tr(
                "Training pictures are sorted into groups that look alike; a group differs if samples fall "
                "into it significantly more or less often than training pictures do."
            ),
            formula="z = (p − q) / √(m (1 − m)(1/n₁ + 1/n₂)), m the pooled share",
            source="Richardson & Weiss 2018, arXiv:1805.12462 (NDB)",
            good=_tr("about 5 % of the bins differ by chance alone"),
            aliases=("ndb", "bins_differ", "starved", "lost_bins", "js", "bin"),
            also=("coverage", "z_score"),
        ),
        Term(
            "z_score",
            _tr("z of a bin"),
            _tr(
                "By how many standard errors a group's share among samples differs from its share in the "
                "data. Below −2 it is starved, above 2 it is drawn too often."
            ),
            also=("bins",),
        ),
        Term(
            "coverage",
            _tr("Coverage"),
            _tr(
                "Share of real pictures that have at least one sample nearby. What is not covered is what "
                "the model never draws."
            ),
            formula="share of real k-nearest-neighbour balls that hold a sample, k = 5",
            source=f"{_PRDC}, section 3.2",
            good=_tr("above 0.8"),
            also=("density", "recall", "never_drawn"),
        ),
        Term(
            "recall",
            _tr("Recall"),
            _tr(
                "Share of real pictures that lie where samples lie. A few stray samples can raise it: "
                "coverage is steadier."
            ),
            source=_KNN,
            also=("precision", "coverage"),
        ),
        Term(
            "vendi",
            _tr("Vendi score"),
            _tr(
                "How many truly different pictures there are among the samples, counted softly by how "
                "alike they are."
            ),
            formula="exp(−Σ λᵢ log λᵢ), λ the eigenvalues of K / n",
            source="Friedman & Dieng 2022, arXiv:2210.02410",
            aliases=("vendi_ratio",),
            also=("diversity",),
        ),
        Term(
            "never_drawn",
            _tr("Never drawn"),
            _tr(
                "Real pictures that are farthest from every sample, most unlike first: what the model left "
                "out."
            ),
            also=("coverage", "bins"),
        ),
        Term(
            "heeded",
            _tr("Words heeded"),
            _tr("Share of wishes in a caption or class that classifiers find again in the picture."),
            also=("wrong", "condition"),
        ),
        Term(
            "basin",
            _tr("Basin map"),
            _tr(
                "A slice of the latent space in which every point is coloured by the group its picture "
                "falls into: a few large areas mean that few modes are drawn."
            ),
            also=("modes", "walk_plane"),
        ),
    )


def fidelity() -> tuple[Term, ...]:
    """Whether what is drawn looks like the data."""
    return (
        Term(
            "precision",
            _tr("Precision"),
            _tr("Share of samples that lie where real pictures lie: how many look possible."),
            source=_KNN,
            also=("recall", "density"),
        ),
        Term(
            "density",
            _tr("Density"),
            _tr(
                "How many real neighbourhoods a sample lies in, on average. Above 1, samples crowd where "
                "the data are densest."
            ),
            formula="1/(k M) Σ how many real balls hold a sample",
            source=f"{_PRDC}, section 3.1",
            also=("coverage", "precision"),
        ),
        Term(
            "fid",
            _tr("Fréchet distance"),
            _tr(
                "How different the averages and spreads of features are between samples and data. It is "
                "called FID only with the Inception network; with other features it compares with nothing "
                "but itself."
            ),
            formula="‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁Σ₂)^½)",
            source="Heusel et al. 2017, arXiv:1706.08500",
            good=_tr("near the value of held-out data against training data"),
            aliases=("frechet", "frechet_distance"),
            also=("kid", "features"),
        ),
        Term(
            "kid",
            _tr("Kernel distance"),
            _tr(
                "A distance of samples and data that is right on average even for few samples; KID with "
                "the Inception network."
            ),
            formula="MMD² with (xᵀy / d + 1)³",
            source="Bińkowski et al. 2018, arXiv:1801.01401",
            aliases=("mmd", "kernel_distance"),
            also=("fid",),
        ),
        Term(
            "inception_score",
            _tr("Inception score"),
            _tr(
                "Whether a classifier is sure of each sample and sees all classes among them. It never "
                "looks at the data."
            ),
            source="Salimans et al. 2016, arXiv:1606.03498",
            aliases=("is",),
            also=("fid",),
        ),
        Term(
            "energy_distance",
            _tr("Energy distance"),
            _tr(
                "How far samples are from data as a whole, by pairwise distances: 0 only where both are "
                "spread alike."
            ),
            source="Székely & Rizzo 2013",
            also=("fid",),
        ),
        Term(
            "sharpness",
            _tr("Sharpness"),
            _tr(
                "Fine detail in samples over fine detail in the data. Below 1 samples are soft; above, "
                "noisy or ringing."
            ),
            formula="variance of the Laplacian, and energy of the top octave",
            aliases=("laplacian", "top_octave", "spectrum"),
            also=("r1", "reconstruction"),
        ),
        Term(
            "features",
            _tr("Features"),
            _tr(
                "The numbers that stand for a picture when pictures are compared: pixels, a network "
                "trained on photographs, or the model's own. Every measure depends on them, so they are "
                "always named."
            ),
            also=("fid", "coverage"),
        ),
        Term(
            "interval",
            _tr("95 % interval"),
            _tr(
                "Where a figure would lie in 95 of 100 repetitions with other samples. Two figures whose "
                "intervals overlap need not differ."
            ),
            source="Efron 1979 (bootstrap)",
            aliases=("bootstrap", "uncertainty"),
        ),
        Term(
            "uprightness",
            _tr("Uprightness"),
            _tr(
                "Whether samples stand as upright as the data: where they do not, rotations of the "
                "augmentation have leaked into them."
            ),
            aliases=("spread_of_brightness", "empty_edges", "empty_edges_of_data"),
            also=("augment", "augmentation_leaking"),
        ),
    )
