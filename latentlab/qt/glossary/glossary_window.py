"""The glossary as a page: a list that is searched as one types, and the chosen term in full."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.glossary.book import all_terms, find, groups, term
from latentlab.qt.glossary.term import Term
from latentlab.qt.theme.tokens import Size, current_tokens
from latentlab.qt.widgets.search_field import SearchField

_KEY = Qt.ItemDataRole.UserRole


class GlossaryWindow(QDialog):
    """Stays beside the window while one works on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Glossary"))
        self.setModal(False)
        self.resize(760, 520)
        self.search = SearchField(self.tr("Search {0} terms").format(len(all_terms())))
        self.list = QListWidget()
        self.list.setProperty("plain", "true")
        self.list.setAccessibleName(self.tr("Terms"))
        self.page = QTextBrowser()
        self.page.setOpenLinks(False)
        self.page.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.page.document().setDocumentMargin(16)
        self.page.setAccessibleName(self.tr("The chosen term"))
        left = QWidget()
        left.setFixedWidth(260)
        column = QVBoxLayout(left)
        column.setContentsMargins(Size.PADDING, Size.PADDING, 0, Size.PADDING)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(left)
        layout.addWidget(self.page, 1)
        self.search.textChanged.connect(self._list)
        self.list.currentItemChanged.connect(self._on_item)
        self.page.anchorClicked.connect(lambda link: self.show_term(link.path()))
        self._list("")

    @property
    def key(self) -> str:
        """Of the term in view."""
        item = self.list.currentItem()
        return str(item.data(_KEY)) if item is not None else ""

    def show_term(self, key: str) -> None:
        """Turn to a term, by any of its names."""
        found = term(key)
        if found is None:
            return
        if self._row_of(found.key) < 0:
            self.search.clear()
        self.list.setCurrentRow(self._row_of(found.key))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.search.hasFocus():
            self.list.setFocus()
        super().keyPressEvent(event)

    def _row_of(self, key: str) -> int:
        rows = range(self.list.count())
        return next((row for row in rows if self.list.item(row).data(_KEY) == key), -1)

    def _list(self, text: str) -> None:
        chosen = self.key
        self.list.clear()
        if text.strip():
            for found in find(text):
                self._add(found)
        else:
            for title, members in groups().items():
                head = QListWidgetItem(title)
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                self.list.addItem(head)
                for member in members:
                    self._add(member)
        row = self._row_of(chosen)
        first = next((row for row in range(self.list.count()) if self.list.item(row).data(_KEY)), -1)
        self.list.setCurrentRow(row if row >= 0 and not text.strip() else first)

    def _add(self, found: Term) -> None:
        item = QListWidgetItem(f"  {found.name}")
        item.setData(_KEY, found.key)
        self.list.addItem(item)

    def _on_item(self) -> None:
        found = term(self.key) if self.key else None
        self.page.setHtml(self._page(found) if found is not None else self._nothing())

    def _nothing(self) -> str:
        return f"<p>{escape(self.tr('No term has these words.'))}</p>"

    def _page(self, found: Term) -> str:
        tokens = current_tokens()
        small = f"color:{tokens.text_3.name()}"
        parts = [
            f"<p style='{small}'>{escape(found.group)}</p>",
            f"<h2 style='font-weight:600'>{escape(found.name)}</h2>",
            f"<p style='line-height:150%'>{escape(found.text)}</p>",
        ]
        if found.good:
            parts.append(f"<p>{escape(self.tr('Good: {0}').format(found.good))}</p>")
        if found.formula:
            parts.append(f"<p style='font-size:15px'>{escape(found.formula)}</p>")
        if found.source:
            parts.append(f"<p style='{small}'>{escape(self.tr('Source: {0}').format(found.source))}</p>")
        others = [other for key in found.also if (other := term(key)) is not None]
        if others:
            link = f"style='color:{tokens.accent_text.name()}; text-decoration:none'"
            links = " · ".join(f"<a href='{other.key}' {link}>{escape(other.name)}</a>" for other in others)
            parts.append(f"<p><span style='{small}'>{escape(self.tr('See also'))}</span><br>{links}</p>")
        return "".join(parts)
