"""Diagnose: lays out bar, verdict and pages, and turns what a hand does into orders, choices and landings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from latentlab.diagnosis.result import Progress, Result
from latentlab.errors import LatentLabError
from latentlab.qt.failure import Failure, explain
from latentlab.qt.session.session import Session
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.widgets.command_palette import Command
from latentlab.qt.workspaces.diagnose.bar import DiagnoseBar
from latentlab.qt.workspaces.diagnose.empty import EmptyPage
from latentlab.qt.workspaces.diagnose.header import VerdictHeader
from latentlab.qt.workspaces.diagnose.landing import Landing
from latentlab.qt.workspaces.diagnose.measuring import Measuring
from latentlab.qt.workspaces.diagnose.options_panel import OptionsPanel
from latentlab.qt.workspaces.diagnose.order import Order, order_of
from latentlab.qt.workspaces.diagnose.pages.page_set import PageSet
from latentlab.qt.workspaces.diagnose.pictures import Pictures
from latentlab.qt.workspaces.diagnose.remedies import Remedies
from latentlab.qt.workspaces.diagnose.run_tail import RunTail
from latentlab.qt.workspaces.diagnose.saving import ReportMenu
from latentlab.qt.workspaces.diagnose.selection import Selection
from latentlab.qt.workspaces.diagnose.shown_result import ShownResult
from latentlab.qt.workspaces.diagnose.subjects import Subjects, data_text
from latentlab.qt.workspaces.diagnose.verdict_words import summary
from latentlab.qt.workspaces.dropped import sort_out
from latentlab.qt.workspaces.workspace import Heading, Workspace

if TYPE_CHECKING:
    from latentlab.qt.actions import Actions
    from latentlab.qt.studio.studio import Studio


class DiagnoseWorkspace(Workspace):
    """What is measured is an `Order`; what is shown is a result's folder."""

    def __init__(self, studio: Studio, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._jobs = JobThread(self)
        self.order = Order("", "")
        self.selection = Selection(self)
        self.pictures = Pictures()
        self.result = ShownResult(self._jobs, self)
        self.measuring = Measuring(self)
        self.subjects = Subjects(self._jobs, self)
        self.landing = Landing(studio, self)
        self.remedies = Remedies(studio, self)
        self.tail = RunTail(self._jobs, self)
        self.bar = DiagnoseBar()
        self.header = VerdictHeader()
        self.pages = PageSet(self.pictures, self.selection)
        self.empty = EmptyPage()
        self.options = OptionsPanel(self)
        self.report = ReportMenu(self._jobs, self)
        self._lay_out()
        self._connect()
        self._show_order()
        self._show_views()

    # What is measured.

    def show_run_of(self, folder: Path) -> None:
        """Measure a run, against its own data."""
        self.subjects.take_run(self.order, folder)

    def choose(self, order: Order) -> None:
        """Another subject, other data or other options: show what is known of it."""
        self.order = order
        self.selection.clear()
        self.tail.watch(Path(order.subject) if order.is_run else None)
        if self.measuring.is_running and self.measuring.folder != order.folder():
            self.measuring.stop()
            self.header.show_progress(None)
        self._show_order()
        self.result.follow(False)
        self.result.show(order.folder() if order.subject else None)

    def measure(self) -> None:
        """Start the measures; what is shown stays until they are complete. A live run is followed."""
        if not self.order.is_complete:
            self._studio.noticed.emit(self.tr("Choose the pictures to measure against first."))
            return
        if self.measuring.start(self.order, follow=self.tail.is_live):
            self.header.show_progress(0.0, self.tr("Starting"))
            self.header.show()
            self.result.show(self.order.folder())
            self.result.follow(True)
            if self.result.views is None:
                self.header.show_verdict("", self.tr("Measuring"), "")
            self._show_order()

    def open_result(self, folder: Path) -> None:
        """Show a result that was measured before, here or on the command line."""
        order = Order.read(folder)
        if order is not None and order.folder() == folder:
            self.choose(order)
        else:
            self.choose(Order("", ""))
            self.result.show(folder)

    # What every workspace is asked.

    def take_dropped(self, path: Path) -> bool:
        """A run is measured; pictures are measured against."""
        sort_out(
            self._jobs,
            path,
            run=lambda run: self.subjects.take_run(self.order, run),
            data=lambda data: self.choose(replace(self.order, data=str(data))),
            other=self._studio.opening.offer,
        )
        return True

    def set_session(self, session: Session) -> None:
        self.subjects.open_model = session.model
        if not self.order.subject and self.result.folder is None:
            self.order = replace(self.order, subject=session.model.path, name=session.model.card.name)
            self._show_order()

    def heading(self) -> Heading | None:
        order, views = self.order, self.result.views
        model = self.subjects.open_model
        if not order.subject or (model is not None and model.path == order.subject):
            return None
        facts = []
        if views is not None:
            subject = views.result.subject
            facts = [subject.family]
            if subject.resolution:
                facts.append(self.tr("{0} px").format(subject.resolution))
            if subject.step is not None:
                facts.append(self.tr("step {0}").format(format_number(subject.step, 0)))
        return Heading(order.name, tuple(facts), self.tr("{0}. Measure another one").format(order.subject))

    def open_heading_menu(self, place: QPoint) -> bool:
        if self.heading() is None:
            return False
        self._choose_subject(place)
        return True

    def bar_buttons(self) -> Sequence[QWidget]:
        return (self.bar.report,)

    def do(self, action: str) -> bool:
        if action == "export" and self.result.views is not None:
            self.report.open_at(self.bar.report)
        return action in ("undo", "redo", "randomise", "nearby", "favourite", "export")

    def undoable(self) -> tuple[bool, bool] | None:
        return False, False

    def hints(self) -> Sequence[str]:
        return (
            self.tr("Click a bin, a point or a pair: it is chosen everywhere"),
            self.tr("`Enter` opens a sample in Explore"),
            self.tr("`Esc` chooses nothing"),
        )

    def commands(self) -> Sequence[Command]:
        group = self.tr("Diagnose")
        found = [Command(self.tr("Measure"), self.measure, group=group, enabled=self.order.is_complete)]
        found += [
            Command(title, partial(self.pages.show_page, name), group=group)
            for name, title in self.pages.titles()
        ]
        return found

    def set_panels_shown(self, shown: bool) -> None:
        self.bar.setVisible(shown)
        self.header.setVisible(shown)

    def take_focus(self) -> None:
        self.pages.take_focus()

    def stop(self) -> None:
        self.result.stop()
        self.tail.pause()
        self.measuring.stop()
        self._jobs.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.subjects.refresh(self._show_order)
        self.tail.go_on()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.tail.pause()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.selection.chosen:
            self.selection.clear()
        else:
            super().keyPressEvent(event)

    # Inside.

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.pages)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.header)
        layout.addWidget(self._stack, 1)

    def _connect(self) -> None:
        bar, header, pages = self.bar, self.header, self.pages
        bar.subject_wanted.connect(lambda: self._choose_subject(bar.subject.corner()))
        bar.data_wanted.connect(self._choose_data)
        bar.options_wanted.connect(lambda: self.options.open_below(bar.options))
        bar.measure_wanted.connect(self.measure)
        bar.report_wanted.connect(lambda: self.report.open_at(bar.report))
        bar.page_chosen.connect(pages.show_number)
        self.empty.measure_wanted.connect(self.measure)
        self.empty.data_wanted.connect(self._choose_data)
        self.empty.subject_wanted.connect(lambda: self._choose_subject(bar.subject.corner()))
        self.subjects.chosen.connect(self.choose)
        self.subjects.data_chosen.connect(self.choose)
        self.subjects.result_chosen.connect(self.open_result)
        self.options.changed.connect(self.choose)
        header.cancel_wanted.connect(self._on_cancel)
        header.why_wanted.connect(lambda: pages.show_page("evidence"))
        header.figure_wanted.connect(pages.show_measure)
        header.remedy_wanted.connect(lambda: self._on_remedy(""))
        pages.remedy_wanted.connect(self._on_remedy)
        pages.page_shown.connect(self._on_page_shown)
        pages.sample_wanted.connect(
            lambda index: self._land(lambda result: self.landing.sample(result, index))
        )
        pages.plane_wanted.connect(
            lambda row, column: self._land(lambda result: self.landing.plane(result, row, column))
        )
        pages.walk_wanted.connect(lambda place: self._land(lambda result: self.landing.walk(result, place)))
        pages.number_wanted.connect(
            lambda index, value: self._land(lambda result: self.landing.number(result, index, value))
        )
        pages.files_wanted.connect(self.report.show_files)
        pages.oversample_wanted.connect(self.report.save_oversampling)
        self.selection.changed.connect(pages.show_chosen)
        self.landing.landed.connect(lambda: self.workspace_wanted.emit("explore"))
        self.remedies.branch_wanted.connect(self.branch_wanted)
        self.report.noticed.connect(self._studio.noticed)
        self.report.failed.connect(lambda failure: self._studio.failed.emit(failure, None))
        self.result.changed.connect(self._show_views)
        self.result.progressed.connect(self._on_progress)
        self.result.failed.connect(self._on_unreadable)
        self.measuring.ended.connect(self._on_ended)
        self.measuring.failed.connect(self._on_measuring_failed)
        self.measuring.cancelled.connect(self._on_cancelled)
        self.tail.changed.connect(self._show_order)

    def _choose_subject(self, place: QPoint) -> None:
        def show() -> None:
            self.subjects.choose_subject(self.order, place)

        self.subjects.refresh(show)

    def _choose_data(self) -> None:
        def show() -> None:
            self.subjects.choose_data(self.order, self.bar.data.corner())

        self.subjects.refresh(show)

    def _show_order(self) -> None:
        order, bar = self.order, self.bar
        bar.subject.show_choice(order.name or self.tr("Model or run"), quiet=not order.subject)
        own = self.tr("its training data") if order.knows_data else self.tr("choose pictures")
        bar.data.show_choice(data_text(order.data) if order.data else own, quiet=not order.is_complete)
        bar.options.show_choice(self.options.summary(order))
        self.options.show_order(order)
        measured = self.result.views is not None
        words = self.tr("Measure again") if measured else self.tr("Measure")
        bar.measure.setText(self.tr("Measure live") if self.tail.is_live else words)
        bar.measure.setToolTip(
            self.tr("Measure the run now, and anew with every checkpoint, at a small share of its time")
            if self.tail.is_live
            else self.tr("Draw samples and compare them with the data")
        )
        bar.measure.setEnabled(order.is_complete and not self.measuring.is_running)
        bar.report.setEnabled(measured)
        self.empty.show_order(order, self.measuring.is_running)
        self.workspace_changed.emit()

    def _show_views(self) -> None:
        views = self.result.views
        self.selection.clear()
        if views is not None and not self.order.subject:
            self.order = order_of(views.result)
        self._stack.setCurrentWidget(self.pages if views is not None else self.empty)
        self.header.setVisible(views is not None or self.measuring.is_running)
        self.remedies.run = Path(self.order.subject) if self.order.is_run else None
        if views is None:
            self.pictures.forget()
            self.header.show_verdict("", self.tr("Measuring") if self.measuring.is_running else "", "")
            self.header.show_figures(())
        else:
            self.pictures.take(views)
            words = summary(views, self.measuring.is_running, self.remedies)
            self.header.show_verdict(words.tone, words.title, words.detail, words.remedy, words.remedy_tip)
            self.header.show_figures(views.headlines)
        self.pages.show_views(views)
        self.report.set_views(views)
        self._show_order()
        self._show_pages()

    def _show_pages(self) -> None:
        titles = self.pages.titles()
        names = [name for name, _ in titles]
        current = names.index(self.pages.current) if self.pages.current in names else 0
        self.bar.set_pages([title for _, title in titles], current)

    def _on_page_shown(self) -> None:
        self._show_pages()

    def _on_progress(self, progress: Progress) -> None:
        if not self.measuring.is_running or self.measuring.is_stopping:
            return
        if progress.state == "finished" and self.measuring.follows:
            self.header.show_waiting(self.tr("Waiting for the next checkpoint"))
        elif progress.state == "running":
            stage = progress.stage
            if progress.seconds_left is not None and progress.seconds > 3:
                stage = self.tr("{0}, about {1} s left").format(stage, round(progress.seconds_left))
            self.header.show_progress(progress.share, stage)
            self.empty.show_progress(stage)

    def _on_cancel(self) -> None:
        self.header.show_stopping()
        self.measuring.cancel()

    def _on_ended(self, folder: Path) -> None:
        self._settle()
        self.subjects.refresh()

    def _on_cancelled(self) -> None:
        self._settle()
        self._studio.noticed.emit(self.tr("The measures were stopped; what was found so far stays."))

    def _on_measuring_failed(self, failure: Failure) -> None:
        self._settle()
        self._studio.failed.emit(failure, self.measure)

    def _settle(self) -> None:
        """No process is at work any more."""
        self.header.show_progress(None)
        self.header.setVisible(self.result.views is not None)
        self.result.follow(False)
        self._show_order()

    def _on_unreadable(self, failure: Failure) -> None:
        self._studio.failed.emit(failure, self.result.look)

    def _on_remedy(self, key: str) -> None:
        views = self.result.views
        if views is not None:
            self.remedies.apply(views, key)

    def _land(self, land: Callable[[Result], None]) -> None:
        views = self.result.views
        if views is None:
            return
        try:
            land(views.result)
        except LatentLabError as error:
            self._studio.failed.emit(explain(error), None)
