"""What leaves, and in what form: one picture, many, a contact sheet, or latents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.errors import ExportError
from latentlab.latents.editable import MAX_SEED
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.qt.studio.batch import As
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.combo_box import ChoiceRow
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.parameter_row import ParameterRow
from latentlab.qt.widgets.segmented import SegmentedControl
from latentlab.render.contact_sheet import SheetForm
from latentlab.render.picture_form import MOST_SIDE, Kind, PictureForm

_WIDTH = 480
_AS: tuple[As, ...] = ("pictures", "sheet", "latents")
_MOST_SEEDS = 100_000
_BORDERS = 512


@dataclass(frozen=True, slots=True)
class Exportable:
    """Something that can be exported."""

    title: str
    recipes: tuple[tuple[Recipe, str], ...]
    """With names for files and captions."""
    columns: int = 0
    """Of a contact sheet; 0 leaves it open."""


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What a person chose."""

    named: tuple[tuple[str, Recipe], ...]
    as_: As
    form: PictureForm
    sheet: SheetForm
    is_current: bool
    """The picture at hand alone, as a picture."""


class ExportDialog(QDialog):
    """Reports a wish; where to is asked afterwards."""

    wished = Signal(object)
    """ExportWish."""
    continue_wanted = Signal()
    """An interrupted export shall go on."""

    def __init__(
        self,
        current: Recipe,
        resolution: int,
        offers: Sequence[Exportable],
        form: PictureForm,
        *,
        has_seeds: bool,
        has_latents: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._current = current
        self._resolution = resolution
        self._offers = list(offers)
        self._has_seeds = has_seeds
        self._has_latents = has_latents
        self.setWindowTitle(self.tr("Export"))
        self.setFixedWidth(_WIDTH)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 12, 0, 12)
        self._layout.setSpacing(2)
        self._add_what()
        self._add_form(form)
        self._add_sheet()
        self._note = self._add_note()
        self._add_foot()
        self._show()

    # Building.

    def _add_what(self) -> None:
        self.what = ChoiceRow(self.tr("What"))
        choices: list[tuple[str, object]] = [(self.tr("This picture"), -1)]
        choices += [
            (f"{offer.title}, {format_number(len(offer.recipes), 0)}", place)
            for place, offer in enumerate(self._offers)
        ]
        if self._has_seeds:
            choices.append((self.tr("A range of seeds"), -2))
        self.what.set_choices(choices)
        self.what.chosen.connect(lambda _: self._show())
        self.first = self._number(self.tr("From seed"), (0, MAX_SEED), 0)
        self.last = self._number(self.tr("To seed"), (0, MAX_SEED), 63)
        texts = [self.tr("Pictures"), self.tr("Contact sheet")]
        if self._has_latents:
            texts.append(self.tr("Latents"))
        self.as_ = SegmentedControl(texts)
        self.as_.setAccessibleName(self.tr("As"))
        self.as_.chosen.connect(lambda _: self._show())
        line = QHBoxLayout()
        line.setContentsMargins(Size.PADDING + Size.LABEL_COLUMN, 6, Size.PADDING, 6)
        line.addWidget(self.as_)
        self._layout.addWidget(self.what)
        self._layout.addWidget(self.first)
        self._layout.addWidget(self.last)
        self._layout.addLayout(line)

    def _add_form(self, form: PictureForm) -> None:
        self.kind = self._choice(
            self.tr("File"),
            [("PNG", "png"), ("JPEG", "jpeg"), ("WebP", "webp"), ("TIFF", "tiff")],
            form.kind,
            self.tr("PNG and TIFF keep every pixel; JPEG and WebP are smaller. All of them carry the recipe"),
        )
        sizes: list[tuple[str, object]] = [(self.tr("{0} px, as drawn").format(self._resolution), 0)]
        factors = [factor for factor in (2, 4, 8, 16) if self._resolution * factor <= 4096]
        sizes += [
            (self.tr("{0} px, ×{1}").format(self._resolution * factor, factor), self._resolution * factor)
            for factor in factors
        ]
        sizes.append((self.tr("Other"), -1))
        known = form.side in [side for _, side in sizes]
        self.size_ = self._choice(self.tr("Size"), sizes, form.side if known else -1)
        self.side = self._number(self.tr("Pixels"), (1, MOST_SIDE), form.side or 4 * self._resolution)
        self.scaling = self._choice(
            self.tr("Enlarging"),
            [(self.tr("Smooth (Lanczos)"), "lanczos"), (self.tr("Sharp squares (nearest)"), "nearest")],
            form.scaling,
        )
        self.border = self._number(self.tr("Border"), (0, _BORDERS), form.border, suffix=" px")
        self.ground = self._choice(
            self.tr("Border colour"),
            [
                (self.tr("Transparent"), ""),
                (self.tr("White"), "#ffffff"),
                (self.tr("Black"), "#000000"),
                (self.tr("Grey"), "#808080"),
            ],
            form.border_colour,
        )
        self.quality = self._number(
            self.tr("Quality"), (1, 100), form.quality, tooltip=self.tr("WebP at 100 keeps every pixel")
        )
        for row in (self.kind, self.size_, self.side, self.scaling, self.border, self.ground, self.quality):
            self._layout.addWidget(row)

    def _add_sheet(self) -> None:
        self.columns = self._number(
            self.tr("Columns"), (0, 64), 0, tooltip=self.tr("0 makes it about square")
        )
        self.margin = self._number(self.tr("Margin"), (0, 512), 24, suffix=" px")
        self.gap = self._number(self.tr("Gap"), (0, 128), 8, suffix=" px")
        self.paper = self._choice(
            self.tr("Ground"), [(self.tr("White"), "#ffffff"), (self.tr("Dark"), "#141414")], "#ffffff"
        )
        self.captions = QCheckBox(self.tr("Captions"))
        self.captions.setChecked(True)
        self.captions.setContentsMargins(0, 0, 0, 0)
        self._captions_line = QWidget()
        line = QHBoxLayout(self._captions_line)
        line.setContentsMargins(Size.PADDING + Size.LABEL_COLUMN, 2, Size.PADDING, 2)
        line.addWidget(self.captions)
        for row in (self.columns, self.margin, self.gap, self.paper, self._captions_line):
            self._layout.addWidget(row)
        for number in (self.columns, self.margin, self.gap):
            number.changed.connect(lambda _: self._show())

    def _add_note(self) -> QLabel:
        note = QLabel()
        note.setFont(font(TextRole.HINT))
        note.setProperty("tone", "3")
        note.setWordWrap(True)
        note.setMinimumHeight(48)
        note.setAlignment(Qt.AlignmentFlag.AlignTop)
        note.setContentsMargins(Size.PADDING + Size.LABEL_COLUMN, 8, Size.PADDING, 4)
        self._layout.addWidget(note)
        return note

    def _add_foot(self) -> None:
        self.go_on = Button(self.tr("Continue an export"), role="quiet")
        self.go_on.setToolTip(self.tr("Choose the folder of an export that was interrupted"))
        self.go_on.clicked.connect(self._on_continue)
        cancel = Button(self.tr("Cancel"), role="outline")
        cancel.clicked.connect(self.reject)
        self.export = Button(self.tr("Export"), role="primary", icon_name="export")
        self.export.clicked.connect(self._on_export)
        self.export.setDefault(True)
        line = QHBoxLayout()
        line.setContentsMargins(Size.PADDING, 4, Size.PADDING, 0)
        line.addWidget(self.go_on)
        line.addStretch(1)
        line.addWidget(cancel)
        line.addWidget(self.export)
        self._layout.addLayout(line)

    def _number(
        self, label: str, limits: tuple[int, int], value: int, *, suffix: str = "", tooltip: str = ""
    ) -> ParameterRow:
        row = ParameterRow(
            label,
            limits=limits,
            default=value,
            decimals=0,
            step=1,
            suffix=suffix,
            tooltip=tooltip,
            lockable=False,
            randomisable=False,
        )
        row.set_value(value)
        row.changed.connect(lambda _: self._show())
        return row

    def _choice(
        self, label: str, choices: list[tuple[str, object]], value: object, tooltip: str = ""
    ) -> ChoiceRow:
        row = ChoiceRow(label, tooltip=tooltip)
        row.set_choices(choices)
        row.set_value(value)
        row.chosen.connect(lambda _: self._show())
        return row

    # What was chosen.

    def prefer(self, offer: int, as_: As) -> None:
        """Begin with one of the offers."""
        self.what.set_value(offer)
        self.as_.set_current(_AS.index(as_))
        self.columns.set_value(self._offers[offer].columns)
        self._show()

    def wish(self) -> ExportWish:
        """As set now."""
        as_ = _AS[self.as_.current()]
        alone = self._what() == -1
        return ExportWish(self._named(), as_, self._form(), self._sheet(), alone and as_ == "pictures")

    def _what(self) -> int:
        value = self.what.combo.currentData()
        return int(value) if value is not None else -1

    def _named(self) -> tuple[tuple[str, Recipe], ...]:
        what = self._what()
        if what >= 0:
            return tuple((label, recipe) for recipe, label in self._offers[what].recipes)
        if what == -1:
            return ((self.tr("picture"), self._current),)
        first, last = sorted((round(self.first.value()), round(self.last.value())))
        seeds = range(first, min(last, first + _MOST_SEEDS - 1) + 1)
        return tuple((f"seed-{seed:06d}", replace(self._current, source=SeedSource(seed))) for seed in seeds)

    def _count(self) -> int:
        """How many pictures that are."""
        what = self._what()
        if what >= 0:
            return len(self._offers[what].recipes)
        return 1 if what == -1 else min(self._seeds_asked(), _MOST_SEEDS)

    def _seeds_asked(self) -> int:
        return abs(round(self.last.value()) - round(self.first.value())) + 1

    def _form(self) -> PictureForm:
        side = self.size_.combo.currentData()
        kind: Kind = self.kind.combo.currentData()
        return PictureForm(
            kind,
            round(self.side.value()) if side == -1 else int(side),
            self.scaling.combo.currentData(),
            round(self.border.value()),
            self.ground.combo.currentData(),
            round(self.quality.value()),
        )

    def _sheet(self) -> SheetForm:
        return SheetForm(
            columns=round(self.columns.value()),
            margin=round(self.margin.value()),
            gap=round(self.gap.value()),
            captions=self.captions.isChecked(),
            background=self.paper.combo.currentData(),
        )

    def _show(self) -> None:
        """Show the rows that apply, and what will come of it."""
        as_, form = _AS[self.as_.current()], self._form()
        pictures = as_ != "latents"
        for row, shown in (
            (self.first, self._what() == -2),
            (self.last, self._what() == -2),
            (self.kind, pictures),
            (self.size_, pictures),
            (self.side, pictures and self.size_.combo.currentData() == -1),
            (self.scaling, pictures and form.side > self._resolution),
            (self.border, pictures),
            (self.ground, pictures and form.border > 0),
            (self.quality, pictures and form.kind in ("jpeg", "webp")),
            (self.columns, as_ == "sheet"),
            (self.margin, as_ == "sheet"),
            (self.gap, as_ == "sheet"),
            (self.paper, as_ == "sheet"),
            (self._captions_line, as_ == "sheet"),
        ):
            row.setVisible(shown)
        try:
            self._note.setText(self._about(as_, form, self._count()))
            self.export.setEnabled(True)
        except ExportError as error:
            self._note.setText(str(error))
            self.export.setEnabled(False)
        self.adjustSize()

    def _about(self, as_: As, form: PictureForm, count: int) -> str:
        """What will come of it.

        Raises:
            ExportError: it is more than a sheet can hold.
        """
        side = (form.side or self._resolution) + 2 * form.border
        lines = []
        if self._what() == -2 and self._seeds_asked() > _MOST_SEEDS:
            lines.append(
                self.tr("The first {0} seeds of the range: export the others afterwards.").format(
                    format_number(_MOST_SEEDS, 0)
                )
            )
        if as_ == "latents":
            lines.append(
                self.tr(
                    "z, w and the code of every layer as arrays with names, for NumPy (.npz) or as .safetensors."
                )
            )
            return " ".join(lines)
        if as_ == "sheet":
            sheet = self._sheet()
            columns = sheet.columns_for(count)
            rows = -(-count // columns)
            text = self.tr("{0} pictures in {1} columns and {2} rows, {3} px each: {4} × {5} pixels.")
            if count == 1:
                text = self.tr("One picture, {3} px: {4} × {5} pixels.")
            whole = sheet.pixels_for(count, side, side)
            lines.append(text.format(format_number(count, 0), columns, rows, side, *whole))
            return " ".join(lines)
        if count > 1:
            lines.append(
                self.tr("{0} files of {1} × {1} pixels in a folder.").format(format_number(count, 0), side)
            )
        else:
            lines.append(self.tr("{0} × {0} pixels.").format(side))
        if form.border and form.kind == "jpeg" and not form.border_colour:
            lines.append(self.tr("JPEG knows no transparency: the border becomes white."))
        lines.append(
            self.tr("The recipe travels inside: dropping a file on the window brings its picture back.")
        )
        return " ".join(lines)

    def _on_export(self) -> None:
        self.accept()
        self.wished.emit(self.wish())

    def _on_continue(self) -> None:
        self.accept()
        self.continue_wanted.emit()
