"""The application: one QApplication, one window, and what must hold before either."""

from __future__ import annotations

import logging
import os
import sys
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QApplication

from latentlab import __version__
from latentlab.qt.failure import Failure, explain
from latentlab.qt.marks import mark
from latentlab.qt.quick_start import collect_later, preload_torch
from latentlab.qt.settings import SettingsStore

logger = logging.getLogger(__name__)

_SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter while another waits: the window must not wait for five times this."""


class UncaughtErrors(QObject):
    """Exceptions that nothing handled: logged, and shown, because a window has no console to print them on."""

    happened = Signal(object)
    """Failure. Emitted in whatever thread raised; delivered in the window's."""

    def install(self) -> None:
        sys.excepthook = self._hook

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QCoreApplication.quit()
            return
        logger.critical("Uncaught exception", exc_info=(kind, error, trace))
        failure = explain(error)
        self.happened.emit(
            Failure(self.tr("Something unexpected happened. ") + failure.text, failure.details)
        )


def create_application() -> QApplication:
    """The QApplication with our fonts and names, made once per process."""
    # Threads that wait by spinning starve every other process on a small machine. Read when torch is imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    sys.setswitchinterval(_SWITCH_SECONDS)
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("LatentLab")
    app.setApplicationDisplayName("LatentLab")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("latentlab")
    return app


def run(path: str | None) -> int:
    """Open the window, on `path` if one is named, and run until it is closed.

    Args:
        path: a model, an exported picture, or a session.
    """
    mark("start")
    app = create_application()
    preload_torch()
    collect_later()
    settings = SettingsStore()
    from latentlab.qt.main_window import MainWindow
    from latentlab.qt.theme.appearance import Appearance, apply_theme

    apply_theme(app, Appearance(settings.settings.theme))

    errors = UncaughtErrors()
    errors.install()
    window = MainWindow(settings)
    window.resize(window.size().boundedTo(window.screen().availableSize()))
    errors.happened.connect(window.show_failure)
    window.show()
    window.start(path)
    window.painted.connect(window.tour.offer_first)
    return app.exec()
