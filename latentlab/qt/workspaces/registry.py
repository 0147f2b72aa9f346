"""All workspaces, in the order of the rail. A new one is a folder and a line here."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from latentlab.qt.workspaces.explore.explore_workspace import ExploreWorkspace
from latentlab.qt.workspaces.mix.mix_workspace import MixWorkspace
from latentlab.qt.workspaces.workspace import WorkspaceKind


def workspace_kinds() -> tuple[WorkspaceKind, ...]:
    """Every workspace there is."""
    return (
        WorkspaceKind(
            "explore", "explore", QCoreApplication.translate("Workspaces", "Explore"), ExploreWorkspace
        ),
        WorkspaceKind("mix", "mix", QCoreApplication.translate("Workspaces", "Mix"), MixWorkspace),
    )
