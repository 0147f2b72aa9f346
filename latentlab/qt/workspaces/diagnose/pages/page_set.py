"""All pages in one stack: which there are depends on what was measured. Choices made on one are seen on all."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from latentlab.qt.widgets.scatter_data import Caught
from latentlab.qt.workspaces.diagnose import linking, wording
from latentlab.qt.workspaces.diagnose.pages.captions_page import CaptionsPage
from latentlab.qt.workspaces.diagnose.pages.classes_page import ClassesPage
from latentlab.qt.workspaces.diagnose.pages.encoder_page import EncoderPage
from latentlab.qt.workspaces.diagnose.pages.evidence_page import EvidencePage
from latentlab.qt.workspaces.diagnose.pages.latent_page import LatentPage
from latentlab.qt.workspaces.diagnose.pages.overview import OverviewPage
from latentlab.qt.workspaces.diagnose.pages.translation_page import TranslationPage
from latentlab.qt.workspaces.diagnose.pictures import Pictures
from latentlab.qt.workspaces.diagnose.selection import Chosen, Selection
from latentlab.qt.workspaces.diagnose.views import Views


class PageSet(QWidget):
    """Turns what a hand does on a page into a choice, or passes it on as a wish."""

    page_shown = Signal()
    """Another page, or other pages."""
    sample_wanted = Signal(int)
    """Number of a generated picture that shall be shown in Explore."""
    plane_wanted = Signal(int, int)
    walk_wanted = Signal(float)
    number_wanted = Signal(int, float)
    """A number of z, and what it shall be."""
    files_wanted = Signal(object)
    """Training pictures whose files shall be listed."""
    oversample_wanted = Signal(object)
    remedy_wanted = Signal(str)
    """Key of a verdict."""

    def __init__(self, pictures: Pictures, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._selection = selection
        self._views: Views | None = None
        self.current = "overview"
        self._stale: set[str] = set()
        """Pages that show an older state of the result."""
        self.overview = OverviewPage(pictures)
        self.latent = LatentPage()
        self.classes = ClassesPage(pictures)
        self.captions = CaptionsPage()
        self.encoder = EncoderPage()
        self.translation = TranslationPage()
        self.evidence = EvidencePage()
        self._pages: dict[str, QWidget] = {
            "overview": self.overview,
            "latent": self.latent,
            "classes": self.classes,
            "captions": self.captions,
            "encoder": self.encoder,
            "translation": self.translation,
            "evidence": self.evidence,
        }
        self._stack = QStackedWidget()
        for page in self._pages.values():
            page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            page.setProperty("pane", "window")
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._connect()

    def titles(self) -> list[tuple[str, str]]:
        """Names and titles of the pages there are."""
        views = self._views
        if views is None:
            return [("overview", self.tr("Overview"))]
        latent = (views.basins, views.walk, views.truncation, views.directions)
        offered = (
            ("overview", self.tr("Overview"), True),
            ("latent", self.tr("Latent space"), any(view is not None for view in latent)),
            (
                "classes",
                self.tr("Classes") if views.classes else self.tr("Labels"),
                views.classes is not None or views.traits is not None,
            ),
            ("captions", self.tr("Captions"), views.captions is not None),
            ("encoder", self.tr("Code"), views.encoder is not None),
            ("translation", self.tr("Translation"), views.translation is not None),
            ("evidence", self.tr("Evidence"), bool(views.measures or views.verdicts)),
        )
        return [(name, title) for name, title, there in offered if there]

    def show_views(self, views: Views | None) -> None:
        """Show another state of the result; the page stays where it still exists."""
        self._views = views
        self._stale = set(self._pages)
        if self.current not in dict(self.titles()):
            self.show_page("overview")
        else:
            self._fill()

    def _fill(self) -> None:
        """Bring the page that is in sight up to date; the others follow when they come into sight."""
        views, name = self._views, self.current
        if name not in self._stale:
            return
        self._stale.discard(name)
        if name == "overview":
            self.overview.show_views(views)
        elif views is None:
            return
        elif name == "latent":
            self.latent.show_views(views.basins, views.walk, views.truncation, views.directions)
        elif name == "classes":
            self.classes.show_view(views.classes, views.traits)
        elif name == "captions":
            self.captions.show_view(views.captions)
        elif name == "encoder":
            self.encoder.show_view(views.encoder)
        elif name == "translation":
            self.translation.show_view(views.translation)
        else:
            self.evidence.show_views(views.verdicts, views.measures, wording.how(views.result))
        self._show_chosen_on(name)

    def show_page(self, name: str) -> None:
        """Show a page, if there is such a one."""
        if name in dict(self.titles()):
            self.current = name
            self._fill()
            self._stack.setCurrentWidget(self._pages[name])
            self.page_shown.emit()

    def show_number(self, number: int) -> None:
        """Show the page at a place of `titles`."""
        self.show_page(self.titles()[number][0])

    def show_measure(self, key: str) -> None:
        """Show a figure among all measures."""
        self.show_page("evidence")
        self.evidence.point_at(key)

    def show_chosen(self, chosen: Chosen) -> None:
        """Show a choice on every page."""
        for name in self._pages:
            if name not in self._stale:
                self._show_chosen_on(name)

    def _show_chosen_on(self, name: str) -> None:
        page = self._pages[name]
        if isinstance(page, OverviewPage | LatentPage | ClassesPage):
            page.show_chosen(self._selection.chosen)

    def take_focus(self) -> None:
        """The keyboard belongs to the main thing of the page."""
        if self.current == "overview":
            self.overview.bins.map.setFocus()
        else:
            self._pages[self.current].setFocus()

    # What a hand does.

    def _connect(self) -> None:
        overview, latent, encoder = self.overview, self.latent, self.encoder
        overview.bins.bins_chosen.connect(self._on_bins)
        overview.map.caught.connect(self._on_caught)
        overview.map.opened.connect(self._on_map_opened)
        overview.never.chosen.connect(self._on_never)
        overview.pairs.pair_chosen.connect(self._on_pair)
        overview.chosen.closed.connect(self._selection.clear)
        overview.explore_wanted.connect(self.sample_wanted)
        overview.never.show_wanted.connect(self.files_wanted)
        overview.never.oversample_wanted.connect(self.oversample_wanted)
        latent.basins.bin_chosen.connect(lambda number: self._on_bins((number,)))
        latent.basins.explore_wanted.connect(self.plane_wanted)
        latent.walk_opened.connect(self.walk_wanted)
        latent.number_opened.connect(lambda index: self.number_wanted.emit(index, 2.5))
        self.classes.classes_chosen.connect(self._on_classes)
        self.classes.explore_wanted.connect(self.sample_wanted)
        self.classes.label_chosen.connect(self._on_label)
        self.classes.chosen.closed.connect(self._selection.clear)
        encoder.explore_wanted.connect(self.number_wanted)
        self.evidence.evidence_wanted.connect(self.show_evidence)
        self.evidence.remedy_wanted.connect(self.remedy_wanted)

    def show_evidence(self, key: str) -> None:
        """Show what a verdict rests on: its page, with what it speaks of chosen."""
        views = self._views
        verdict = next((one for one in views.verdicts if one.key == key), None) if views else None
        if views is None or verdict is None:
            return
        self.show_page(verdict.page)
        chosen = verdict.chosen
        if chosen.bins and not chosen.real and not chosen.generated:
            chosen = linking.of_bins(views, chosen.bins)
        self._selection.choose(chosen)

    def _on_bins(self, bins: tuple[int, ...]) -> None:
        if self._views is not None:
            self._selection.choose(linking.of_bins(self._views, bins))

    def _on_caught(self, caught: Caught) -> None:
        if self._views is not None:
            self._selection.choose(linking.of_caught(self._views, caught))

    def _on_map_opened(self) -> None:
        """Enter on the map: one sample is shown in Explore, several are looked at here."""
        generated = self._selection.chosen.generated
        if len(generated) == 1:
            self.sample_wanted.emit(generated[0])
        elif self._selection.chosen:
            self.overview.chosen.mosaic.setFocus()

    def _on_never(self, real: tuple[int, ...]) -> None:
        if self._views is not None:
            self._selection.choose(linking.of_pictures(self._views, real, ()))

    def _on_pair(self, number: int) -> None:
        if self._views is not None:
            self._selection.choose(linking.of_pair(self._views, number))

    def _on_classes(self, classes: tuple[int, ...]) -> None:
        if self._views is not None:
            self._selection.choose(linking.of_classes(self._views, classes))

    def _on_label(self, label: str) -> None:
        if self._views is not None:
            self._selection.choose(linking.of_label(self._views, label))
