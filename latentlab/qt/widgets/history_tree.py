"""The history as a filmstrip: every step a picture, branches below. Only what is in sight is painted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QToolTip, QWidget

from . import history_paint
from .history_layout import INSET, PITCH, HistoryLayout, HistoryNode, Key, extend, lay_out


class HistoryTreeView(QAbstractScrollArea):
    """Click a step to go there, its star to keep it. Arrows move along and between branches.

    The wheel scrolls along, with Shift (or where all steps are in sight) down the branches.
    """

    activated = Signal(object)  # key of a step
    star_toggled = Signal(object)
    dragged = Signal(object)  # key of a step that a hand pulls out of the view
    scrolled = Signal()  # other steps are in sight
    menu_requested = Signal(object, QPoint)  # key, position on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nodes: dict[Key, HistoryNode] = {}
        self._current: Key | None = None
        self._layout = HistoryLayout()
        self._line: Sequence[Key] = ()
        self._branches = True
        self._hovered: Key | None = None
        self._pressed: tuple[Key, QPointF] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName(self.tr("History"))

    def sizeHint(self) -> QSize:
        return QSize(600, 116)

    # Data in.

    def set_nodes(
        self, nodes: Sequence[HistoryNode], current: Key | None, line: Sequence[Key] | None = None
    ) -> None:
        """All steps, parents before children, and the one that is shown. Pictures already set are kept.

        `line` is the way from the root over the current step to where redo ends; it is drawn large. Without it
        the line shown before goes on where it can, and otherwise the newest steps.
        """
        for node in nodes:
            known = self._nodes.get(node.key)
            if node.pixmap is None and known is not None:
                node.pixmap = known.pixmap
        self._nodes = {node.key: node for node in nodes}
        self._current = current
        self._line = self._line if line is None else line
        self._lay_out()
        self._show_current()

    def put_node(self, node: HistoryNode) -> None:
        """A step is new, or was edited. At the end of the main line this costs the same however long it is."""
        known = self._nodes.get(node.key)
        if known is not None:
            known.label, known.pixmap = node.label, node.pixmap
            self.viewport().update()
            return
        self._nodes[node.key] = node
        if extend(self._layout, node):
            self._set_ranges()
        else:
            self._current = node.key
            self._lay_out()

    def set_current(self, key: Key) -> None:
        """Show a step as the current one; emits nothing."""
        self._current = key
        if self._layout.place.get(key, (1, 0))[0]:  # it is not on the main line
            self._lay_out()
        self.setAccessibleDescription(self._nodes[key].label)
        self._show_current()
        self.viewport().update()

    def current(self) -> Key | None:
        return self._current

    def set_pixmap(self, key: Key, pixmap: QPixmap) -> None:
        if key in self._nodes:
            self._nodes[key].pixmap = pixmap
            self.viewport().update()

    def drop_pixmap(self, key: Key) -> None:
        """Give back the memory of a picture that is out of sight."""
        if key in self._nodes:
            self._nodes[key].pixmap = None

    def set_branch_names(self, names: Mapping[Any, str]) -> None:
        """Names of branches by the step that they start with."""
        for lane in self._layout.lanes:
            self._nodes[lane.keys[0]].branch = names.get(lane.keys[0], "")
        self.viewport().update()

    def branch_of(self, key: Key) -> Key:
        """The step that starts the branch which a step lies on."""
        return self._layout.lanes[self._layout.place[key][0]].keys[0]

    def set_starred(self, key: Key, starred: bool) -> None:
        if key in self._nodes:
            self._nodes[key].starred = starred
            self.viewport().update()

    def set_branches_shown(self, shown: bool) -> None:
        """Where height is short the branches are left out."""
        self._branches = shown
        self._lay_out()

    def visible_keys(self) -> list[Key]:
        """The steps in sight, for whoever makes their pictures."""
        left = self.horizontalScrollBar().value()
        right = left + self.viewport().width()
        return [lane.keys[index] for lane in self._layout.lanes for index in lane.within(left, right)]

    def step_rect(self, key: Key) -> QRectF:
        """Where a step lies in the viewport."""
        return self._layout.rect(key).translated(-self._offset())

    def step_at(self, position: QPointF) -> Key | None:
        """Which step lies at a position of the viewport."""
        here = position + self._offset()
        return self._layout.key_at(here.x(), here.y())

    def _offset(self) -> QPointF:
        return QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _lay_out(self) -> None:
        self._layout = lay_out(list(self._nodes.values()), self._current, self._line, branches=self._branches)
        self._line = self._layout.lanes[0].keys if self._layout.lanes else ()
        self._set_ranges()
        label = self._nodes[self._current].label if self._current in self._nodes else ""
        self.setAccessibleDescription(label)
        self.viewport().update()

    def _set_ranges(self) -> None:
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setRange(0, max(round(self._layout.width) - self.viewport().width(), 0))
        across.setPageStep(self.viewport().width())
        across.setSingleStep(round(PITCH))
        down.setRange(0, max(round(self._layout.height) - self.viewport().height(), 0))

    def _show_current(self) -> None:
        if self._current in self._layout.place:
            rect = self._layout.rect(self._current)
            across, down = self.horizontalScrollBar(), self.verticalScrollBar()
            across.setValue(
                min(
                    max(across.value(), round(rect.right() - self.viewport().width() + PITCH)),
                    round(rect.left() - INSET),
                )
            )
            down.setValue(
                min(max(down.value(), round(rect.bottom() - self.viewport().height())), round(rect.top()))
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_ranges()
        self._show_current()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()
        self.scrolled.emit()

    # The hand.

    def _star_hit(self, key: Key, position: QPointF) -> bool:
        return history_paint.star_box(self.step_rect(key)).contains(position)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        key = self.step_at(event.position())
        if key is None:
            return
        if event.button() == Qt.MouseButton.LeftButton:
            if self._star_hit(key, event.position()):
                self.star_toggled.emit(key)
            else:
                self._pressed = (key, event.position())
        elif event.button() == Qt.MouseButton.RightButton:
            self.menu_requested.emit(key, event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        pressed, self._pressed = self._pressed, None
        if pressed is not None and pressed[0] == self.step_at(event.position()):
            self.activated.emit(pressed[0])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.step_at(event.position()))
        if self._pressed is not None:
            way = (event.position() - self._pressed[1]).manhattanLength()
            if way >= QApplication.startDragDistance():
                key, self._pressed = self._pressed[0], None
                self.dragged.emit(key)

    def _hover(self, key: Key | None) -> None:
        if key != self._hovered:
            self._hovered = key
            self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        delta = event.angleDelta()
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        bar = down if shifted or not across.maximum() else across
        bar.setValue(bar.value() - (delta.x() or delta.y()))
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            key = self.step_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self._nodes[key].label if key is not None else "", self)
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        target = self._neighbour(event.key())
        if target is not None:
            self.activated.emit(target)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.accept()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
            if event.key() in arrows:  # with the focus here they walk the tree
                event.accept()
                return True
        return super().event(event)

    def _neighbour(self, key: int) -> Key | None:
        if self._current not in self._layout.place:
            return None
        lane_index, index = self._layout.place[self._current]
        lane = self._layout.lanes[lane_index]
        if key == Qt.Key.Key_Left:
            return lane.keys[index - 1] if index else lane.fork
        if key == Qt.Key.Key_Right:
            return lane.keys[index + 1] if index + 1 < len(lane.keys) else None
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            centre = lane.rect(index).center().x()
            below = key == Qt.Key.Key_Down
            others = [
                other
                for other in self._layout.lanes
                if (other.top > lane.top) == below and other.top != lane.top
            ]
            if not others:
                return None
            near = min(others, key=lambda other: abs(other.top - lane.top))
            at = min(max(round((centre - near.left - near.side() / 2) / near.pitch()), 0), len(near.keys) - 1)
            return near.keys[at]
        return None

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.translate(-self._offset())
        left = self.horizontalScrollBar().value()
        right = left + self.viewport().width()
        lanes = [lane for lane in self._layout.lanes if self._layout.reaches(lane, left, right)]
        for lane in lanes:
            history_paint.connectors(painter, lane, self._layout, left, right)
        for lane in lanes:
            for index in lane.within(left, right):
                node = self._nodes[lane.keys[index]]
                history_paint.step(
                    painter,
                    lane.rect(index),
                    node,
                    current=node.key == self._current,
                    hovered=node.key == self._hovered,
                    focused=node.key == self._current and self.hasFocus(),
                )
            if lane.row and lane.fork is not None:
                history_paint.caption(painter, lane, self._caption(lane.keys, self._nodes[lane.fork].label))

    def _caption(self, keys: Sequence[Key], origin: str) -> tuple[str, str]:
        name = self._nodes[keys[0]].branch
        title = self.tr("Branch “{0}”").format(name) if name else self.tr("Branch")
        steps = self.tr("1 step") if len(keys) == 1 else self.tr("{0} steps").format(len(keys))
        return title, self.tr("{0}, from {1}").format(steps, origin)
