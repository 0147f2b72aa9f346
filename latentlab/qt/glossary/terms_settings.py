"""Groups of the form of settings, and settings with a history."""

from __future__ import annotations

from latentlab.qt.glossary.term import Term
from latentlab.qt.glossary.term import tr as _tr


def settings() -> tuple[Term, ...]:
    """Groups of the form, and settings with a history."""
    return (
        Term(
            "group_game",
            _tr("Game"),
            _tr(
                "How generator and discriminator play: what each wants, and what holds the discriminator "
                "back."
            ),
            aliases=("game",),
            also=("objective", "r1_gamma"),
        ),
        Term(
            "group_loss",
            _tr("Loss"),
            _tr("What training makes smaller, and how its parts are weighed against each other."),
            also=("loss", "beta"),
        ),
        Term(
            "group_network",
            _tr("Network"),
            _tr(
                "Size and shape of the networks: larger ones can draw more, and take longer. They cannot "
                "change in a branch."
            ),
            aliases=("network",),
            also=("z_dim",),
        ),
        Term(
            "group_optimiser",
            _tr("Optimiser"),
            _tr("How far and how each step moves the weights."),
            aliases=("optimiser", "adam"),
            also=("learning_rate", "ema"),
        ),
        Term(
            "group_augmentation",
            _tr("Augmentation"),
            _tr(
                "Changes made to pictures before the discriminator sees them, so that few pictures last "
                "longer."
            ),
            aliases=("augmentation",),
            also=("augment", "memorisation"),
        ),
        Term(
            "group_data",
            _tr("Data"),
            _tr("Which pictures are learned from, at which size, and how many are held out."),
            aliases=("data",),
            also=("held_out",),
        ),
        Term(
            "group_growing",
            _tr("Growing"),
            _tr("A network that learns small pictures first and gets larger layers while it trains."),
            source="Karras et al. 2018, arXiv:1710.10196",
            aliases=("growing", "progressive"),
        ),
        Term(
            "group_length",
            _tr("Length"),
            _tr("How many steps of how many pictures, from which seed."),
            aliases=("length",),
            also=("step", "batch_size"),
        ),
        Term(
            "group_machine",
            _tr("Machine"),
            _tr("Where it computes, and with how many threads. What is learned is the same."),
            aliases=("machine",),
        ),
        Term(
            "group_records",
            _tr("Records"),
            _tr("How often curves, samples and checkpoints are written, and how many are kept."),
            aliases=("records",),
            also=("checkpoint", "samples"),
        ),
        Term(
            "group_result",
            _tr("Result"),
            _tr("What is made of the weights when a model is saved."),
            aliases=("result",),
            also=("fit_prior",),
        ),
        Term(
            "group_safety",
            _tr("Safety"),
            _tr("What a run does by itself when numbers stop being finite."),
            aliases=("safety",),
            also=("roll_back",),
        ),
        Term(
            "group_text",
            _tr("Text"),
            _tr("How captions are read, and how strongly they count."),
            aliases=("text",),
            also=("caption", "heeded"),
        ),
        Term(
            "group_loop",
            _tr("Loop"),
            _tr("How long a run is, what it records, and where it computes."),
            aliases=("loop",),
        ),
        Term(
            "group_settings",
            _tr("Settings"),
            _tr("The hyper-parameters of the kind of model that is trained."),
            aliases=("settings",),
        ),
        Term(
            "learning_rate",
            _tr("Learning rate"),
            _tr(
                "How far each step moves the weights. Too high and losses jump or break; too low and "
                "nothing happens."
            ),
            aliases=("discriminator_learning_rate", "lr"),
            also=("learning_rate_too_high", "gradient_norm"),
        ),
        Term(
            "beta1",
            _tr("Adam's memory"),
            _tr(
                "How long the optimiser remembers earlier gradients. GANs want little of it: the opponent "
                "has changed meanwhile."
            ),
            source="Kingma & Ba 2015, arXiv:1412.6980",
            aliases=("beta2", "betas"),
        ),
        Term(
            "gradient_clip",
            _tr("Gradient limit"),
            _tr("Longer gradients are shortened to this, so that one bad batch cannot wreck the weights."),
            also=("gradient_norm",),
        ),
        Term(
            "warm_up",
            _tr("Warm-up"),
            _tr(
                "A weight or rate that begins small and grows: early steps are wild, and would decide too "
                "much."
            ),
            aliases=("warm_steps",),
            also=("beta", "learning_rate"),
        ),
        Term(
            "objective",
            _tr("Objective"),
            _tr(
                "What the two networks play for. They differ in when the generator is taught and how many "
                "modes survive."
            ),
            source="arXiv:1406.2661, 1611.04076, 1701.07875, 1705.02894, 1807.00734",
            also=("relativistic", "wasserstein", "r1"),
        ),
        Term(
            "relativistic",
            _tr("Relativistic objective"),
            _tr(
                "The discriminator says which of two pictures is the real one, instead of judging each "
                "alone. With R1 and R2 it loses the fewest modes."
            ),
            formula="−log σ(D(x) − D(G(z)))",
            source="Jolicoeur-Martineau 2019, arXiv:1807.00734; arXiv:2501.05441",
            also=("objective", "r2"),
        ),
        Term(
            "wasserstein",
            _tr("Wasserstein objective"),
            _tr(
                "Scores measure a distance between data and samples; the discriminator must stay smooth "
                "for that."
            ),
            source="Arjovsky et al. 2017, arXiv:1701.07875",
            also=("gradient_penalty",),
        ),
        Term(
            "r1_gamma",
            _tr("R1 and R2 weight (γ)"),
            _tr(
                "How strongly the discriminator's slope is held down. Raise it when the discriminator wins "
                "or modes are lost; lower it when pictures stay soft."
            ),
            aliases=("r2_gamma", "last_gamma", "penalty_every"),
            also=("r1", "r2"),
        ),
        Term(
            "spectral_norm",
            _tr("Spectral normalisation"),
            _tr("Keeps each layer of the discriminator from stretching anything more than once its length."),
            source="Miyato et al. 2018, arXiv:1802.05957",
            also=("r1",),
        ),
        Term(
            "pack",
            _tr("Packing"),
            _tr("The discriminator judges several pictures together, so that repetition shows (PacGAN)."),
            source="Lin et al. 2018, arXiv:1712.04086",
            also=("mode_collapse",),
        ),
        Term(
            "minibatch_std",
            _tr("Minibatch deviation"),
            _tr(
                "The discriminator is told how much the pictures of a batch differ, so that sameness is seen."
            ),
            source="Karras et al. 2018, arXiv:1710.10196, section 3",
            also=("mode_collapse",),
        ),
        Term(
            "beta",
            _tr("Beta"),
            _tr(
                "Weight of the KL divergence: higher makes the latent tidier and pictures softer, and too "
                "high empties it."
            ),
            source="Higgins et al. 2017 (β-VAE)",
            also=("kl", "posterior_collapse"),
        ),
        Term(
            "free_bits",
            _tr("Free bits"),
            _tr("So much each number of the code may say at no cost: it keeps a latent from being ignored."),
            source="Kingma et al. 2016, arXiv:1606.04934",
            also=("kl", "posterior_collapse"),
        ),
        Term(
            "likelihood",
            _tr("Likelihood"),
            _tr("Which mistakes in a reconstruction count how much: a few large ones, or many small ones."),
            also=("reconstruction", "spread"),
        ),
        Term(
            "fit_prior",
            _tr("Fitted prior"),
            _tr(
                "Samples are drawn from where codes of real pictures really lie, instead of from a plain "
                "normal distribution."
            ),
            also=("aggregate",),
        ),
        Term(
            "z_dim",
            _tr("Size of the latent"),
            _tr("How many numbers a picture is made from."),
            also=("z", "used_units"),
        ),
        Term(
            "precision_of_numbers",
            _tr("Precision of numbers"),
            _tr(
                "bfloat16 is quicker and coarser than float32; where slopes matter, float32 is used all "
                "the same."
            ),
            aliases=("bfloat16", "float32"),
        ),
    )
