"""Every widget in its states, as pictures: `python tests/qt/widget_gallery.py OUT [dark|light]`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from hills import hills
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from latentlab.qt.theme.appearance import Appearance, apply_theme
from latentlab.qt.theme.motion import set_reduced_motion
from latentlab.qt.widgets.canvas import Canvas
from latentlab.qt.widgets.canvas_tools import CanvasTools
from latentlab.qt.widgets.combo_box import ChoiceRow
from latentlab.qt.widgets.direction_row import DirectionRow
from latentlab.qt.widgets.inspector import Inspector
from latentlab.qt.widgets.parameter_row import ParameterRow
from latentlab.qt.widgets.picture_image import pixmap_of
from latentlab.qt.widgets.section import Section
from latentlab.qt.widgets.seed_row import SeedRow
from latentlab.qt.widgets.segmented import SegmentedControl


def rows_page() -> QWidget:
    page = QWidget()
    layout = QHBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(1)
    canvas = Canvas()
    canvas.set_frame(hills(512))
    canvas.set_info(["Seed 40 817", "512 × 512", "w+, 16 layers"])
    tools = CanvasTools(canvas)
    canvas.view_changed.connect(tools.set_view)
    tools.move(16, 560)
    upright = CanvasTools(canvas)
    upright.set_vertical(True)
    canvas.view_changed.connect(upright.set_view)
    upright.move(16, 380)
    layout.addWidget(canvas, 1)
    inspector = Inspector()
    inspector.setFixedWidth(340)
    latent = Section("Latent", "W+")
    latent.add_action("more", "More")
    nearby = ParameterRow("Nearby", default=0.3, lockable=False)
    nearby.set_value(0.3)
    nearby.set_action("nearby", "Step to a nearby picture")
    latent.add(nearby)
    diversity = Section("Diversity", "typical ← → varied")
    truncation = ParameterRow("Truncation", limits=(0.0, 1.0), default=1.0)
    truncation.set_value(0.72)
    diversity.add(truncation)
    states = Section("States")
    for label, edit in (
        ("Locked", lambda row: (row.set_value(0.4), row.set_locked(True))),
        ("Disabled", lambda row: (row.set_value(0.4), row.setEnabled(False))),
        ("Mixed", lambda row: row.set_mixed(True)),
        ("Hovered", lambda row: (row.set_value(-0.6), hover(row))),
        ("A rather long label of a row", lambda row: row.set_value(0.2)),
    ):
        row = ParameterRow(label, limits=(-1.0, 1.0), signed=True)
        edit(row)
        states.add(row)
    typing = ParameterRow("Typing")
    typing.setObjectName("typing")
    states.add(typing)
    none = Section("Class")
    none.set_available(False, "this model has none")
    for section in (latent, diversity, states, none):
        inspector.add_section(section)
    layout.addWidget(inspector)
    page.resize(1100, 640)
    return page


def hover(widget: QWidget) -> None:
    """Show a widget as if the pointer were on it."""
    QApplication.sendEvent(widget, QEnterEvent(QPointF(4, 4), QPointF(4, 4), QPointF(4, 4)))


def directions_page() -> QWidget:
    page = QWidget()
    layout = QHBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    inspector = Inspector()
    latent = Section("Latent", "W+")
    seed = SeedRow("Seed")
    seed.set_value(40817)
    latent.add(seed)
    section = Section("Directions", "3 of 24 in use")
    section.add_action("search", "Search directions")
    section.add_action("plus", "Add a direction")
    section.add_inset(SegmentedControl(["In use", "PCA", "Closed form", "Learned"]), bottom=5)
    for name, value, layers, state in (
        ("Warmth", 0.62, (8, 13), ""),
        ("Relief", 1.40, (0, 5), "hover"),
        ("Sun height", -0.38, (4, 7), "locked"),
        ("Dusk", 0.0, (6, 15), ""),
        ("Component 5", 0.8, (0, 15), "empty"),
        ("A direction with a long name", 0.8, (0, 15), "disabled"),
    ):
        row = DirectionRow(name, layers=16)
        row.set_value(value)
        row.set_layer_range(*layers)
        if state != "empty":
            row.set_pictures([pixmap_of(direction_hills(name, v)) for v in row.picture_values()])
        row.set_locked(state == "locked")
        row.setEnabled(state != "disabled")
        if state == "hover":
            hover(row)
        section.add(row)
    stop = ChoiceRow("Stop after")
    stop.set_choices([("Last layer (512 px)", None)])
    layers_section = Section("Layers", "previews at 16 px while dragging")
    layers_section.add(stop)
    for part in (latent, section, layers_section):
        inspector.add_section(part)
    layout.addWidget(inspector)
    page.resize(340, 760)
    return page


def direction_hills(name: str, value: float) -> NDArray[np.uint8]:
    key = {"Warmth": "warmth", "Dusk": "dusk", "Sun height": "sun", "Relief": "relief"}.get(name, "warmth")
    start = {"sun": 0.17, "relief": 1.0}.get(key, 0.0)
    slope = {"sun": -0.05, "relief": 0.5, "dusk": 0.5}.get(key, 0.5)
    return hills(120, **{key: start + slope * value})


PAGES = {"rows": rows_page, "directions": directions_page}


def main() -> None:
    out = Path(sys.argv[1])
    appearance = Appearance(sys.argv[2] if len(sys.argv) > 2 else "dark")
    wanted = sys.argv[3:] or list(PAGES)
    app = QApplication(sys.argv[:1])
    set_reduced_motion(True)
    apply_theme(app, appearance)
    out.mkdir(parents=True, exist_ok=True)
    for name in wanted:
        page = PAGES[name]()
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        page.show()
        app.processEvents()
        page.grab().save(str(out / f"{name}_{appearance.value}.png"))
        page.close()


if __name__ == "__main__":
    main()
