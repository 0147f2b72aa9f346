"""What resting the mouse on a term says, and which term lies below the mouse."""

from __future__ import annotations

from html import escape
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QPoint
from PySide6.QtGui import QCursor, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from latentlab.qt.glossary.book import term
from latentlab.qt.glossary.term import Term, tr

_PROPERTY = "term"
_WIDTH = 340


@runtime_checkable
class HasTerms(Protocol):
    """A widget that shows several terms."""

    def term_at(self, position: QPoint) -> str:
        """Key of the term at a point of the widget; "" for none."""


def explain(widget: QWidget, key: str, before: str = "") -> None:
    """Let a widget's tooltip explain a term, after the words in `before`. An unknown key changes nothing."""
    found = term(key)
    if found is not None:
        widget.setProperty(_PROPERTY, key)
        widget.setToolTip(_html(found, before))
    elif before:
        widget.setToolTip(before)


def tip(key: str, before: str = "") -> str:
    """The tooltip of a term as rich text; `before` alone where there is no such term."""
    found = term(key)
    return _html(found, before) if found is not None else escape(before)


def show_tip(widget: QWidget, event: QHelpEvent, before: str = "") -> bool:
    """Show the tooltip of the term below the mouse, for a widget with `term_at`; returns whether there is one."""
    assert isinstance(widget, HasTerms)
    key = widget.term_at(event.pos())
    text = tip(key, before) if key else escape(before)
    if text:
        QToolTip.showText(event.globalPos(), text, widget)
    else:
        QToolTip.hideText()
    return bool(text)


def key_below(position: QPoint | None = None) -> str:
    """Key of the term at a point of the screen, else of what has the focus; "" for none."""
    at = position if position is not None else QCursor.pos()
    for widget in (QApplication.widgetAt(at), QApplication.focusWidget()):
        while widget is not None:
            if isinstance(widget, HasTerms) and (key := widget.term_at(widget.mapFromGlobal(at))):
                return key
            key = widget.property(_PROPERTY)
            if isinstance(key, str) and key:
                return key
            widget = widget.parentWidget()
    return ""


def _html(found: Term, before: str) -> str:
    lines = [escape(before)] if before else []
    lines.append(f"<b>{escape(found.name)}</b>")
    lines.append(escape(found.text))
    if found.good:
        lines.append(escape(tr("Good: {0}").format(found.good)))
    if found.formula:
        lines.append(f"<span style='white-space:pre'>{escape(found.formula)}</span>")
    more = escape(tr("F1: more in the glossary"))
    body = "<br>".join(lines)
    return f"<table width={_WIDTH}><tr><td>{body}<br><small>{more}</small></td></tr></table>"
