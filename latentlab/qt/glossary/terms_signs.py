"""What is measured of memory, of the game, and of codes."""

from __future__ import annotations

from latentlab.qt.glossary.term import Term
from latentlab.qt.glossary.term import tr as _tr


def memory() -> tuple[Term, ...]:
    """Repetition, copying, the discriminator."""
    return (
        Term(
            "duplicates",
            _tr("Near-duplicates"),
            _tr(
                "Pairs of samples that are practically the same picture. In a varied model they are very "
                "rare."
            ),
            aliases=("closest_pairs", "repetition"),
            also=("birthday",),
        ),
        Term(
            "birthday",
            _tr("Birthday estimate"),
            _tr(
                "How many different pictures a model can draw, from how soon a repetition turns up, as "
                "with birthdays in a room."
            ),
            formula="support ≈ s², where half of the batches of s hold a repetition",
            source="Arora & Zhang 2017, arXiv:1706.08224",
            aliases=("support",),
            also=("duplicates",),
        ),
        Term(
            "copies",
            _tr("Copies"),
            _tr(
                "Samples that are closer to a training picture than pictures of the data are to each "
                "other: perhaps learned by heart."
            ),
            aliases=("nearest_training", "copying", "copies_among_held_out"),
            also=("memorisation",),
        ),
        Term(
            "memorisation",
            _tr("Memorisation"),
            _tr(
                "The discriminator knows the training pictures by heart: it scores them above pictures of "
                "the same kind that it has not seen, and so teaches the generator their accidents."
            ),
            source="Karras et al. 2020, arXiv:2006.06676, section 2",
            aliases=("gap", "d_gap"),
            also=("augment", "copies", "held_out", "d_scores"),
        ),
        Term(
            "d_scores",
            _tr("D scores"),
            _tr(
                "What the discriminator says of training pictures, held-out pictures and samples, as three "
                "spreads. Held out must lie on training; samples should lie close to both. The samples are those "
                "of the averaged weights, which a model is saved with; the curves of real and fake are of the "
                "weights in training and of augmented pictures."
            ),
            source="Brock et al. 2019, arXiv:1809.11096, section 4.2",
            aliases=("scores", "histogram"),
            also=("memorisation", "real", "fake", "auc"),
        ),
        Term(
            "auc",
            _tr("AUC"),
            _tr(
                "Of a picture of one kind and one of another, how often the first gets the higher score. "
                "One half is no difference."
            ),
            formula="P(D(a) > D(b))",
            also=("d_scores", "memorisation"),
        ),
        Term(
            "discriminator_too_strong",
            _tr("Discriminator too strong"),
            _tr(
                "It tells samples from data without effort, so its gradient says little about how to get "
                "better."
            ),
            aliases=("loss_left", "won"),
            also=("r1", "discriminator"),
        ),
        Term(
            "discriminator_too_weak",
            _tr("Discriminator too weak"),
            _tr(
                "Samples are plainly different from data, yet it does not see it, so the generator is "
                "taught nothing."
            ),
            also=("discriminator", "r1"),
        ),
        Term(
            "learning_rate_too_high",
            _tr("Learning rate too high"),
            _tr("Losses swing or spike instead of settling: each step overshoots."),
            aliases=("loss_over_chance", "swing", "share_of_spikes", "best"),
            also=("learning_rate", "gradient_norm"),
        ),
        Term(
            "diverging_gradients",
            _tr("Diverging gradients"),
            _tr("A network's gradient grows to many times its usual size: the run is about to break."),
            also=("gradient_norm", "r1"),
        ),
        Term(
            "augmentation_leaking",
            _tr("Augmentation leaks"),
            _tr(
                "Samples show the changes that only the discriminator should have seen: turned, shifted, "
                "discoloured."
            ),
            source="Karras et al. 2020, arXiv:2006.06676, section 2.2",
            also=("augment",),
        ),
        Term(
            "held_out",
            _tr("Held-out pictures"),
            _tr(
                "Pictures of the data that training never sees. Only they tell whether something was "
                "learned or memorised."
            ),
            aliases=("heldout", "validation"),
        ),
    )


def codes() -> tuple[Term, ...]:
    """What a latent says."""
    return (
        Term(
            "posterior_collapse",
            _tr("Posterior collapse"),
            _tr("A VAE ignores its latent, or most of it: its decoder draws well enough without."),
            source="Bowman et al. 2016, arXiv:1511.06349",
            also=("kl", "beta", "free_bits", "active_units"),
        ),
        Term(
            "active_units",
            _tr("Active units"),
            _tr("Numbers of the code whose mean changes from picture to picture at all."),
            formula="Var(E[z | x]) > 0.01",
            source="Burda et al. 2016, arXiv:1509.00519, section 5.2",
            aliases=("units",),
            also=("used_units", "kl_dimension"),
        ),
        Term(
            "used_units",
            _tr("Used units"),
            _tr(
                "Numbers of the code that say at least 0.1 nats about a picture: a stricter count than "
                "active units."
            ),
            also=("active_units", "kl"),
        ),
        Term(
            "kl_dimension",
            _tr("KL per dimension"),
            _tr(
                "How much each number of the code says about a picture. Most of the bars near 0 mean a "
                "latent larger than it need be."
            ),
            source="Kingma & Welling 2014, arXiv:1312.6114",
            aliases=("kl_per_dimension", "plot/code"),
            also=("kl", "used_units"),
        ),
        Term(
            "aggregate",
            _tr("Aggregated posterior"),
            _tr(
                "Where the codes of all pictures lie together. It should fill the standard normal that "
                "samples are drawn from; holes there are samples that were never practised."
            ),
            source="Makhzani et al. 2016, arXiv:1511.05644",
            aliases=("aggregated_posterior", "sample_gap", "reconstruction_gap"),
            also=("fit_prior",),
        ),
        Term(
            "fitting",
            _tr("Fit of the prior"),
            _tr(
                "How much better a fitted spread of codes predicts held-out codes than the standard normal "
                "does, in nats."
            ),
            also=("aggregate", "fit_prior"),
        ),
        Term(
            "jacobian",
            _tr("Local sensitivity"),
            _tr(
                "How much the picture changes for a small step in each direction of the latent space. Flat "
                "means that the latent does nothing there."
            ),
            formula="singular values of ∂G/∂z",
            aliases=("sensitivity", "dead_directions", "singular_values"),
            also=("path_length", "direction"),
        ),
        Term(
            "hidden_message",
            _tr("Hidden message"),
            _tr(
                "A translator can hide the original in invisible noise to find the way back. If a little "
                "noise breaks the way back, it does."
            ),
            source="Chu et al. 2017, arXiv:1712.02950",
            also=("cycle",),
        ),
    )
