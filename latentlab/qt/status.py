"""What the status line says."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer

from latentlab.qt.theme.numbers import format_number
from latentlab.qt.threads.render_thread import Shown
from latentlab.qt.widgets.status_line import StatusItem, StatusLine

_NOTICE_MS = 6000
_REFRESH_MS = 120
_GIB = 2**30


class Status(QObject):
    """Device, precision, speed and memory at the left; what the hand may do and what was saved at the right."""

    def __init__(self, line: StatusLine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self._hints: tuple[str, ...] = ()
        self._notice = ""
        self._work = ""
        self._saved_at: float | None = None
        self._shown: Shown | None = None
        self._over = QTimer(self)
        self._over.setSingleShot(True)
        self._over.setInterval(_NOTICE_MS)
        self._over.timeout.connect(self._on_notice_over)
        self._left_soon = QTimer(self)
        self._left_soon.setSingleShot(True)
        self._left_soon.setInterval(_REFRESH_MS)
        self._left_soon.timeout.connect(self._show_left)
        self._clock = QTimer(self)
        self._clock.setInterval(5000)
        self._clock.timeout.connect(self._show_right)
        self._clock.start()
        line.set_items([StatusItem(before=self.tr("Ready"))])

    def show_frame(self, shown: Shown) -> None:
        """A picture was drawn."""
        self._shown = shown
        if not self._left_soon.isActive():
            self._left_soon.start()

    def set_hints(self, hints: Sequence[str]) -> None:
        """What the hand may do."""
        self._hints = tuple(hints)
        self._show_right()

    def notice(self, text: str) -> None:
        """A quiet word, for a while."""
        self._notice = text
        self._over.start()
        self._show_right()

    def set_work(self, text: str) -> None:
        """What is being prepared in the background; "" when nothing is."""
        self._work = text
        self._show_right()

    def saved(self, moment: float) -> None:
        """The session was saved."""
        self._saved_at = moment
        self._show_right()

    def _show_left(self) -> None:
        if self._shown is None:
            return
        usage, frame = self._shown.usage, self._shown.frame
        engine, _, precision = usage.engine.rpartition(" ")
        items = [
            StatusItem(before=usage.device),
            StatusItem(before=precision, tooltip=self.tr("Computed by {0}").format(usage.engine)),
            StatusItem(
                f"{_milliseconds(frame.milliseconds)} ms",
                after=self.tr("last frame"),
                tooltip=self.tr("From the request to the pixels of the last picture, by {0}").format(engine),
            ),
        ]
        if usage.fps:
            items.append(StatusItem(self.tr("{0} fps").format(format_number(usage.fps, 0))))
        items.append(self._memory(usage.memory_used, usage.memory_total))
        self._line.set_items(items)
        self._line.set_tone("ok")

    def _memory(self, used: int, total: int) -> StatusItem:
        text = format_number(used / _GIB, 1)
        if total:
            text = f"{text} / {format_number(total / _GIB, 0)}"
        return StatusItem(f"{text} GB", before=self.tr("memory"))

    def _show_right(self) -> None:
        said = [self._notice] if self._notice else [*([self._work] if self._work else []), *self._hints]
        if self._saved_at is not None:
            said.append(_ago(self, time.time() - self._saved_at))
        self._line.set_hints(said)

    def _on_notice_over(self) -> None:
        self._notice = ""
        self._show_right()


def _milliseconds(value: float) -> str:
    return format_number(value, 0 if value >= 10 else 1)


def _ago(status: Status, seconds: float) -> str:
    if seconds < 5:
        return status.tr("Saved")
    if seconds < 90:
        return status.tr("Saved {0} s ago").format(int(seconds) // 5 * 5)
    return status.tr("Saved {0} min ago").format(round(seconds / 60))
