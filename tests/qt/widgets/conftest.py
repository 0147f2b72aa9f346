"""Widgets are tested in the theme they ship with, and without animation."""

import pytest
from PySide6.QtWidgets import QApplication

from latentlab.qt.theme.appearance import Appearance, apply_theme
from latentlab.qt.theme.motion import set_reduced_motion


@pytest.fixture(autouse=True)
def _dark_theme(qapp: QApplication) -> None:
    set_reduced_motion(True)
    if not qapp.styleSheet():
        apply_theme(qapp, Appearance.DARK)
