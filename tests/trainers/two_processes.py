"""Trains every toy for a few steps and writes down gradients, losses and weights: run by `test_team` in a team.

python -m tests.trainers.two_processes FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch import Tensor

from tests.trainers.toys import Toy, toys
from trainers.data import open_data
from trainers.team import Team, assemble
from trainers.training import Training

STEPS = 3
BATCH = 8


def trained(toy: Toy, team: Team) -> dict[str, Tensor]:
    """Weights before and after, gradients of the first step, losses of every step."""
    found: dict[str, Tensor] = {}
    with Training(toy.config(batch_size=BATCH), open_data(toy.data), "cpu", team) as training:
        for name, network in training.system.networks.items():
            for key, weight in network.named_parameters():
                found[f"before/{name}.{key}"] = weight.detach().clone()
        for step in range(STEPS):
            losses = team.means(training.advance())
            found |= {f"losses/{step}/{key}": torch.tensor(value) for key, value in losses.items()}
            for name, network in training.system.networks.items() if step == 0 else ():
                for key, weight in network.named_parameters():
                    if weight.grad is not None:
                        found[f"gradients/{name}.{key}"] = weight.grad.clone()
        for name, network in training.system.networks.items():
            for key, weight in network.named_parameters():
                found[f"after/{name}.{key}"] = weight.detach().clone()
    return found


def main() -> None:
    """Train all toys, the first process writes."""
    torch.set_num_threads(1)
    with assemble("cpu") as team:
        for toy in toys():
            found = trained(toy, team)
            if team.rank == 0:
                torch.save(found, Path(sys.argv[1]) / f"{toy.title}.pt")


if __name__ == "__main__":
    main()
