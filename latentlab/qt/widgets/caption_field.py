"""Where one types what a picture shows: offers the words that are known, and marks those that are not."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QSyntaxHighlighter, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from latentlab.qt.theme.tokens import Size, current_tokens

from .chip_flow import ChipFlow

_LINES = 2
_OFFERED = 12

Unknown = Callable[[str], Collection[str]]
"""The words of a text that are not known."""


class CaptionField(QWidget):
    """A few lines of text, and under them the words that could complete the one being typed.

    Enter and leaving the field end an edit; Tab takes the first word offered.
    """

    changing = Signal(str)
    """The text, while it is typed."""
    changed = Signal(str)
    """The text, when a hand is done with it."""

    def __init__(self, label: str, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self._edited = False
        self._showing = False
        self.editor = _Text(self)
        self.editor.setAccessibleName(label)
        self.editor.setPlaceholderText(placeholder)
        self._marker = _UnknownWords(self.editor)
        self.offers = ChipFlow(hint=self.tr("Take this word"))
        self.offers.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.offers.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.editor)
        layout.addWidget(self.offers)
        self.setFocusProxy(self.editor)
        self.editor.textChanged.connect(self._on_text_changed)
        self.editor.finished.connect(self._on_finished)
        self.editor.completion_wanted.connect(lambda: self._take(0))
        self.offers.toggled.connect(lambda index, _: self._take(index))

    def set_words(self, words: Sequence[str], unknown: Unknown) -> None:
        """What is offered, and how unknown words of a text are found."""
        self._words = tuple(words)
        self._marker.unknown = unknown
        self._marker.rehighlight()

    def text(self) -> str:
        return " ".join(self.editor.toPlainText().split("\n"))

    def set_text(self, text: str) -> None:
        """Show a text; emits nothing."""
        if text == self.text():
            return
        self._showing = True
        self.editor.setPlainText(text)
        self.editor.moveCursor(QTextCursor.MoveOperation.End)
        self._showing = False
        self._offer(())

    def offered(self) -> tuple[str, ...]:
        """The words that could complete the one being typed, the shortest first."""
        start = self._begun().lower()
        fitting = [word for word in self._words if word.startswith(start) and word != start]
        return tuple(sorted(fitting, key=lambda word: (len(word), word)))[:_OFFERED] if start else ()

    def _begun(self) -> str:
        """The part of a word before the cursor."""
        cursor = self.editor.textCursor()
        found = re.search(r"[\w'’-]+$", cursor.block().text()[: cursor.positionInBlock()])
        return found[0] if found else ""

    def _take(self, index: int) -> None:
        words = self.offered()
        if index >= len(words):
            return
        cursor = self.editor.textCursor()
        cursor.movePosition(
            QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(self._begun())
        )
        cursor.insertText(f"{words[index]} ")
        self.editor.setTextCursor(cursor)
        self.editor.setFocus()

    def _offer(self, words: Sequence[str]) -> None:
        self.offers.set_texts(words)
        self.offers.setVisible(bool(words))
        self.editor.completes = bool(words)

    def _on_text_changed(self) -> None:
        if self._showing:
            return
        self._edited = True
        self._offer(self.offered())
        self.changing.emit(self.text())

    def _on_finished(self) -> None:
        self._offer(())
        if self._edited:
            self._edited = False
            self.changed.emit(self.text())


class _Text(QPlainTextEdit):
    finished = Signal()
    completion_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.completes = False
        """Whether Tab takes a word instead of leaving."""
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_LINES * self.fontMetrics().lineSpacing() + 22)

    def sizeHint(self) -> QSize:
        return QSize(Size.INSPECTOR - 2 * Size.PADDING, self.minimumHeight())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finished.emit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        if forward and self.completes:
            self.completion_wanted.emit()
            return True
        return super().focusNextPrevChild(forward)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.finished.emit()


class _UnknownWords(QSyntaxHighlighter):
    """Underlines what the model passes over."""

    def __init__(self, editor: QPlainTextEdit) -> None:
        super().__init__(editor.document())
        self.unknown: Unknown = lambda text: ()

    def highlightBlock(self, text: str) -> None:
        look = QTextCharFormat()
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        look.setUnderlineColor(current_tokens().warning)
        plain = text.replace("’", "'")
        for word in self.unknown(text):
            for found in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", plain, re.IGNORECASE):
                self.setFormat(found.start(), len(word), look)
