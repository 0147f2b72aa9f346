"""A number one drags, turns, steps or types."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QCursor,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from latentlab.qt.theme.numbers import MIXED, parse_number
from latentlab.qt.theme.tokens import Size, current_tokens

from . import paint
from .value_control import ValueControl, pace

_THRESHOLD = 3
_PIXELS_OVER_RANGE = 200
_SCREEN_EDGE = 4
_MARGIN = 1  # room for the focus ring
_PADDING = 6
_TYPED = frozenset("0123456789.,-+\N{MINUS SIGN}")


class NumberField(ValueControl):
    """Press and drag (right and up is more), Shift fine, Ctrl coarse, wheel, arrows; click to type.

    A double click resets. While typing, Enter takes the value, Esc gives the old one back, and what is not a
    number is marked and not taken.
    """

    def __init__(
        self,
        *,
        limits: tuple[float, float] = (0.0, 1.0),
        default: float = 0.0,
        decimals: int = 2,
        step: float | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(limits=limits, default=default, decimals=decimals, step=step, parent=parent)
        self._pixel_step: float | None = None
        self._pressed_at: QPointF | None = None
        self._last = QPointF()
        self._dragging = False
        self._sideways = True
        self._exact = 0.0
        self._invalid = False
        self._opened = QElapsedTimer()
        self._editor: QLineEdit | None = None  # made when it is first needed: most fields are never typed in
        self.setFixedHeight(Size.FIELD + 2 * _MARGIN)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    def sizeHint(self) -> QSize:
        return QSize(Size.VALUE_FIELD + 2 * _MARGIN, Size.FIELD + 2 * _MARGIN)

    def set_drag_step(self, per_pixel: float) -> None:
        """How much one pixel of dragging changes; a two-hundredth of the limits unless told."""
        self._pixel_step = per_pixel

    def set_locked(self, locked: bool) -> None:
        super().set_locked(locked)
        self.setCursor(Qt.CursorShape.ArrowCursor if locked else Qt.CursorShape.SizeHorCursor)

    # Typing.

    def start_typing(self, text: str | None = None) -> None:
        """Open the field for typing, with `text` or the whole value selected."""
        if not self._editable():
            return
        self._settle()
        editor = self._editor or self._make_editor()
        editor.setText(self.text() if text is None else text)
        self._opened.start()
        editor.show()
        editor.setFocus()
        if text is None:
            editor.selectAll()
        self._on_typed(editor.text())

    def is_typing(self) -> bool:
        return self._editor is not None and self._editor.isVisible()

    def _make_editor(self) -> QLineEdit:
        editor = QLineEdit(self)
        editor.setProperty("bare", True)
        editor.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        editor.setGeometry(self._box().toRect().adjusted(4, 1, -4, -1))
        editor.setAccessibleName(self.accessibleName())
        editor.setToolTip(self.tr("Enter takes the number, Esc gives the old one back"))
        editor.textEdited.connect(self._on_typed)
        editor.installEventFilter(self)
        self._editor = editor
        return editor

    def _typed_value(self, text: str) -> float | None:
        try:
            return parse_number(text, suffix=self._suffix)
        except ValueError:
            return None

    def _on_typed(self, text: str) -> None:
        self._invalid = text != MIXED and self._typed_value(text) is None
        if self._editor is not None:
            self._editor.setProperty("invalid", self._invalid)
            self._editor.style().unpolish(self._editor)
            self._editor.style().polish(self._editor)
        self.update()

    def _finish_typing(self, *, take: bool) -> None:
        if self._editor is None or not self._editor.isVisible():
            return
        text = self._editor.text()
        self._invalid = False
        had_focus = self._editor.hasFocus()
        self._editor.hide()
        if had_focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        typed = self._typed_value(text)
        if take and typed is not None and text != self.text():
            self.edit(typed)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._editor is None or watched is not self._editor:
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.FocusOut and self._editor.isVisible():
            self._finish_typing(take=True)
        elif event.type() == QEvent.Type.MouseButtonDblClick:
            # The first click of a double click on the field has opened the editor below the second.
            if self._opened.elapsed() < QApplication.doubleClickInterval():
                self._finish_typing(take=False)
                self.reset()
                return True
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if not self._invalid:  # what is not a number stays open, marked, until it is mended
                    self._finish_typing(take=True)
                return True
            if key == Qt.Key.Key_Escape:
                self._finish_typing(take=False)
                return True
        return super().eventFilter(watched, event)

    # Dragging.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._editable():
            event.ignore()
            return
        self._pressed_at = self._last = event.globalPosition()
        self._dragging = False
        self._exact = self._value

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._pressed_at is None:
            return
        here = event.globalPosition()
        if not self._dragging:
            moved = here - self._pressed_at
            if max(abs(moved.x()), abs(moved.y())) < _THRESHOLD:
                return
            self._dragging = True
            self._sideways = abs(moved.x()) >= abs(moved.y())
            self.setCursor(Qt.CursorShape.BlankCursor)
        pixels = here.x() - self._last.x() if self._sideways else self._last.y() - here.y()
        self._last = here
        per_pixel = self._pixel_step or (self._limits[1] - self._limits[0]) / _PIXELS_OVER_RANGE
        self._exact = self._clamped(self._exact + pixels * per_pixel * pace(event.modifiers()))
        self._move_to(self._exact)
        self._leave_screen_edge(here)

    def _leave_screen_edge(self, here: QPointF) -> None:
        """Put the hidden pointer back where it was pressed when the screen ends; Wayland does not allow it."""
        edges = self.screen().geometry().adjusted(_SCREEN_EDGE, _SCREEN_EDGE, -_SCREEN_EDGE, -_SCREEN_EDGE)
        at_edge = not edges.contains(here.toPoint())
        if (
            at_edge
            and self._pressed_at is not None
            and not QGuiApplication.platformName().startswith("wayland")
        ):
            self._last = self._pressed_at
            QCursor.setPos(self._pressed_at.toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed_at = None
        if self._dragging:
            self._dragging = False
            self.setCursor(Qt.CursorShape.SizeHorCursor)
            self._settle()
        else:
            self.start_typing()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._finish_typing(take=False)
            self.reset()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.start_typing()
        elif plain and event.text() and event.text() in _TYPED:
            self.start_typing(event.text())
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if self._editable() and plain and event.text() in _TYPED:
                event.accept()  # 0 is a digit here, not "fit the picture"
                return True
        return super().event(event)

    # Painting.

    def _box(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._editor is not None:
            self._editor.setGeometry(self._box().toRect().adjusted(4, 1, -4, -1))
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        box = self._box()
        if not self._locked:
            border = QColor(tokens.error if self._invalid else tokens.line)
            if self.underMouse() and not self._invalid and self.isEnabled():
                border = tokens.line_strong
            if not self.isEnabled():
                border.setAlphaF(0.5)
            paint.rounded(painter, box, 3, tokens.field, border)
            if self.hasFocus() or self.is_typing():
                paint.focus_ring(painter, box, 3, tokens)
        if self.is_typing():
            return
        if not self.isEnabled():
            colour = tokens.text_off
        elif self._locked:
            row = self.parentWidget()
            colour = tokens.text_2 if row is not None and row.underMouse() else tokens.text_3
        else:
            colour = tokens.accent_text if self.is_changed() else tokens.text
        area = box.adjusted(_PADDING, 0, -_PADDING, 0)
        paint.text(painter, area, self.text(), colour, Qt.AlignmentFlag.AlignRight)
