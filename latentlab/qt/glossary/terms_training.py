"""What a run is made of, and what it leaves."""

from __future__ import annotations

from latentlab.qt.glossary.term import Term
from latentlab.qt.glossary.term import tr as _tr


def training() -> tuple[Term, ...]:
    """A run and what it leaves."""
    return (
        Term(
            "step",
            _tr("Step"),
            _tr(
                "One look at one batch of pictures, and one small change of the weights. A run is counted "
                "in them."
            ),
            aliases=("steps",),
            also=("batch_size", "epoch"),
        ),
        Term(
            "epoch",
            _tr("Epoch"),
            _tr("As many steps as it takes to look at every training picture once."),
            also=("step",),
        ),
        Term(
            "batch_size",
            _tr("Batch"),
            _tr(
                "Pictures that are looked at together in one step. Larger is steadier, and takes more "
                "memory and time."
            ),
            aliases=("batch",),
            also=("step",),
        ),
        Term(
            "ema",
            _tr("EMA weights"),
            _tr(
                "A running average of the generator's weights. It draws far better pictures than the "
                "weights of any one step, so samples, checkpoints and Explore use it."
            ),
            formula="ema ← β ema + (1 − β) w",
            source="Yazıcı et al. 2019, arXiv:1806.04498",
            aliases=("ema_half_life", "average"),
            also=("checkpoint",),
        ),
        Term(
            "checkpoint",
            _tr("Checkpoint"),
            _tr(
                "Everything a run needs to go on from a step: networks, averages, optimisers. Its model "
                "opens in Explore."
            ),
            aliases=("snapshot", "milestone"),
            also=("ema", "branch"),
        ),
        Term(
            "branch",
            _tr("Branch"),
            _tr(
                "A new run that begins with another one's checkpoint and other settings. The old one stays "
                "as it is."
            ),
            also=("checkpoint",),
        ),
        Term(
            "roll_back",
            _tr("Roll back"),
            _tr("A run that met NaN goes back to its last checkpoint by itself, with a lower learning rate."),
            also=("checkpoint", "learning_rate"),
        ),
        Term(
            "samples",
            _tr("Samples"),
            _tr(
                "Pictures of the same latents every time, so that one sees what training changes and "
                "nothing else."
            ),
            aliases=("sheet",),
            also=("ema", "latent"),
        ),
        Term(
            "smoothing",
            _tr("Smoothing"),
            _tr(
                "The bold line is an average over neighbouring points; the thin one is what was measured. "
                "Smoothing never changes the data."
            ),
        ),
        Term(
            "log_scale",
            _tr("Log scale"),
            _tr(
                "Equal distances are equal factors: what falls from 10 to 1 takes as much room as from 1 "
                "to 0.1."
            ),
        ),
        Term(
            "eta",
            _tr("Time left"),
            _tr(
                "From the pace of the last steps, samples and checkpoints included; two figures when the "
                "pace is uneven."
            ),
            aliases=("seconds_left", "left"),
        ),
        Term(
            "measures",
            _tr("Measures"),
            _tr("What the averaged network does with pictures that training does not see, at every sheet."),
            also=("held_out", "ema"),
        ),
        Term(
            "memory",
            _tr("Memory"),
            _tr("What the training process takes: on the accelerator, or of the machine where it computes."),
            aliases=("bytes",),
            also=("batch_size",),
        ),
        Term(
            "warning",
            _tr("Warning"),
            _tr(
                "Something about the run that deserves a look: what was seen, the figures that say so, and "
                "what usually helps."
            ),
            aliases=("warnings", "evidence"),
            also=("mode_collapse", "discriminator_too_strong"),
        ),
        Term(
            "discriminator_field",
            _tr("Discriminator field"),
            _tr(
                "In the plane: what the discriminator says of every place. Blue is called real, orange "
                "generated, and the line between is where it cannot tell."
            ),
            aliases=("field",),
            also=("warped_grid", "gradient_arrows", "discriminator"),
        ),
        Term(
            "warped_grid",
            _tr("Warped grid"),
            _tr(
                "In the plane: where a square grid of latents lands. Where it is torn thin, few samples "
                "fall; where it folds, latents repeat each other."
            ),
            aliases=("grid",),
            also=("discriminator_field", "latent"),
        ),
        Term(
            "gradient_arrows",
            _tr("Gradient arrows"),
            _tr("In the plane: where the discriminator's slope pulls each sample in this step."),
            formula="−∂L_G / ∂G(z)",
            aliases=("arrows",),
            also=("discriminator_field", "gradient_norm"),
        ),
        Term(
            "single_step",
            _tr("Single step and slow motion"),
            _tr(
                "A run can be held and moved on one step at a time, or slowed down, to watch what each "
                "step does. What it learns is the same."
            ),
            aliases=("slow_motion",),
            also=("step",),
        ),
    )
