"""All workspaces, in the order of the rail. A new one is a folder and a line here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from latentlab.qt.workspaces.explore.explore_workspace import ExploreWorkspace
from latentlab.qt.workspaces.later import LaterWorkspace
from latentlab.qt.workspaces.mix.mix_workspace import MixWorkspace
from latentlab.qt.workspaces.workspace import Workspace, WorkspaceKind

if TYPE_CHECKING:
    from latentlab.qt.actions import Actions
    from latentlab.qt.studio.studio import Studio


def workspace_kinds() -> tuple[WorkspaceKind, ...]:
    """Every workspace there is."""
    return (
        WorkspaceKind(
            "explore", "explore", QCoreApplication.translate("Workspaces", "Explore"), ExploreWorkspace
        ),
        WorkspaceKind("mix", "mix", QCoreApplication.translate("Workspaces", "Mix"), MixWorkspace),
        WorkspaceKind(
            "train",
            "train",
            QCoreApplication.translate("Workspaces", "Train"),
            partial(LaterWorkspace, _train),
        ),
        WorkspaceKind(
            "diagnose",
            "diagnose",
            QCoreApplication.translate("Workspaces", "Diagnose"),
            partial(LaterWorkspace, _diagnose),
        ),
    )


def _train(studio: Studio, actions: Actions) -> Workspace:
    from latentlab.qt.workspaces.train.train_workspace import TrainWorkspace  # imports NumPy and pyqtgraph

    return TrainWorkspace(studio, actions)


def _diagnose(studio: Studio, actions: Actions) -> Workspace:
    from latentlab.qt.workspaces.diagnose.diagnose_workspace import DiagnoseWorkspace  # imports NumPy

    return DiagnoseWorkspace(studio, actions)
