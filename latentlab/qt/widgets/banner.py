"""A quiet line about what went wrong: cause, remedy, details on request."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFontDatabase, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import current_tokens

from .icon_button import Button, IconButton

_DETAILS_HEIGHT = 140


class Banner(QWidget):
    """Hidden until `show_problem`; Esc or the cross closes it."""

    retry_requested = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = "error"
        self._cause = QLabel(self)
        self._cause.setFont(font(TextRole.TITLE))
        self._remedy = QLabel(self)
        self._remedy.setProperty("tone", "2")
        for label in (self._cause, self._remedy):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._retry = Button(self.tr("Retry"), role="outline", small=True, parent=self)
        self._retry.clicked.connect(self.retry_requested)
        self._more = Button(self.tr("Details"), role="quiet", small=True, parent=self)
        self._more.setToolTip(self.tr("Show the full report"))
        self._more.setCheckable(True)
        self._more.toggled.connect(self._on_more_toggled)
        self._copy = IconButton("copy", self.tr("Copy the report"), parent=self)
        self._copy.clicked.connect(self._on_copy)
        close = IconButton("close", self.tr("Close"), shortcut="Esc", parent=self)
        close.clicked.connect(self.close_banner)
        self._details = QPlainTextEdit(self)
        self._details.setReadOnly(True)
        self._details.setFixedHeight(_DETAILS_HEIGHT)
        self._details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._details.setAccessibleName(self.tr("Report"))
        self._lay_out(close)
        self.hide()

    def _lay_out(self, close: IconButton) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(self._cause)
        texts.addWidget(self._remedy)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addLayout(texts, 1)
        for widget in (self._retry, self._more, self._copy, close):
            line.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(40, 8, 10, 9)
        layout.setSpacing(8)
        layout.addLayout(line)
        layout.addWidget(self._details)

    def show_problem(
        self, cause: str, remedy: str = "", *, details: str = "", tone: str = "error", can_retry: bool = False
    ) -> None:
        """Say what happened and what to do about it. `tone` is "error", "warning" or "info"."""
        self._tone = tone
        self._cause.setText(cause)
        self._remedy.setText(remedy)
        self._remedy.setVisible(bool(remedy))
        self._details.setPlainText(details)
        self._more.setVisible(bool(details))
        self._more.setChecked(False)
        self._on_more_toggled(False)
        self._retry.setVisible(can_retry)
        self.setAccessibleName(f"{cause} {remedy}".strip())
        self.show()
        self.update()

    def cause(self) -> str:
        return self._cause.text()

    def close_banner(self) -> None:
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def _on_more_toggled(self, shown: bool) -> None:
        self._details.setVisible(shown)
        self._copy.setVisible(shown)

    def _on_copy(self) -> None:
        parts = (self._cause.text(), self._remedy.text(), self._details.toPlainText())
        QApplication.clipboard().setText("\n\n".join(part for part in parts if part))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_banner()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        colour, wash = {
            "error": (tokens.error, tokens.error_wash),
            "warning": (tokens.warning, tokens.warning_wash),
        }.get(self._tone, (tokens.accent_text, tokens.accent_wash))
        painter.fillRect(self.rect(), wash)
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), tokens.edge)
        paint_icon(painter, QRectF(12, 10, 18, 18), self._tone, colour, 18)
