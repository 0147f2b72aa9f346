"""The pages of the widget gallery."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QEnterEvent, QPixmap
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from latentlab.qt.theme.icons import icon_names
from latentlab.qt.widgets.canvas import Canvas
from latentlab.qt.widgets.canvas_tools import CanvasTools
from latentlab.qt.widgets.chip import Chip
from latentlab.qt.widgets.combo_box import ChoiceRow
from latentlab.qt.widgets.direction_row import DirectionRow
from latentlab.qt.widgets.history_layout import HistoryNode
from latentlab.qt.widgets.history_tree import HistoryTreeView
from latentlab.qt.widgets.icon_button import Button, IconButton
from latentlab.qt.widgets.inspector import Inspector
from latentlab.qt.widgets.layer_strip import LayerPicture, LayerStrip
from latentlab.qt.widgets.parameter_row import ParameterRow
from latentlab.qt.widgets.picture_image import pixmap_of
from latentlab.qt.widgets.rail import Rail
from latentlab.qt.widgets.search_field import SearchField
from latentlab.qt.widgets.section import Section
from latentlab.qt.widgets.seed_row import SeedRow
from latentlab.qt.widgets.segmented import SegmentedControl
from latentlab.qt.widgets.shelf import QuickShelf, ShelfPicture, ShelfTabs
from latentlab.qt.widgets.status_line import StatusItem, StatusLine
from latentlab.qt.widgets.top_bar import TopBar
from latentlab.qt.widgets.walk_plane import WalkPlane
from tests.qt.hills import hills


def picture(index: int, side: int = 96) -> QPixmap:
    """One of many landscapes."""
    kind = np.random.default_rng(index)
    return pixmap_of(
        hills(
            side,
            warmth=float(kind.uniform(-0.8, 1.2)),
            relief=float(kind.uniform(0.4, 1.6)),
            sun=float(kind.uniform(0.1, 0.3)),
            dusk=float(kind.uniform(0, 0.7)) * (index % 3 == 0),
            seed=index // 3,
        )
    )


def hover(widget: QWidget) -> None:
    """Show a widget as if the pointer were on it."""
    QApplication.sendEvent(widget, QEnterEvent(QPointF(4, 4), QPointF(4, 4), QPointF(4, 4)))


def column(*parts: QWidget | int, margins: int = 0, spacing: int = 0) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setContentsMargins(margins, margins, margins, margins)
    layout.setSpacing(spacing)
    for part in parts:
        layout.addSpacing(part) if isinstance(part, int) else layout.addWidget(part)
    return layout


def direction_hills(name: str, value: float) -> NDArray[np.uint8]:
    key = {"Warmth": "warmth", "Dusk": "dusk", "Sun height": "sun", "Relief": "relief"}.get(name, "warmth")
    start = {"sun": 0.17, "relief": 1.0}.get(key, 0.0)
    slope = {"sun": -0.05, "relief": 0.5, "dusk": 0.5}.get(key, 0.5)
    return hills(120, **{key: start + slope * value})


def directions_section() -> Section:
    section = Section("Directions", "3 of 24 in use")
    section.add_action("search", "Search directions")
    section.add_action("plus", "Add a direction")
    section.add_inset(SegmentedControl(["In use", "PCA", "Closed form", "Learned"]), bottom=5)
    for name, value, layers, state in (
        ("Warmth", 0.62, (8, 13), ""),
        ("Relief", 1.40, (0, 5), "hover"),
        ("Sun height", -0.38, (4, 7), "locked"),
        ("Dusk", 0.0, (6, 15), ""),
    ):
        row = DirectionRow(name, layers=16)
        row.set_value(value)
        row.set_layer_range(*layers)
        row.set_pictures([pixmap_of(direction_hills(name, v)) for v in row.picture_values()])
        row.set_locked(state == "locked")
        if state == "hover":
            hover(row)
        section.add(row)
    return section


def layers_section() -> Section:
    section = Section("Layers", "previews at 16 px while dragging")
    strip = LayerStrip()
    strip.set_layers(
        [LayerPicture(f"b{2**n}", 2**n, pixmap_of(hills(2**n)).scaled(128, 128)) for n in range(2, 10)]
    )
    strip.set_preview(2)
    section.add_inset(strip)
    stop = ChoiceRow("Stop after")
    stop.set_choices([("Last layer (512 px)", None)])
    section.add(stop)
    return section


def explore_inspector() -> Inspector:
    inspector = Inspector()
    inspector.setFixedWidth(340)
    latent = Section("Latent", "W+")
    latent.add_action("more", "More")
    seed = SeedRow("Seed")
    seed.set_value(40817)
    nearby = ParameterRow("Nearby", default=0.3, lockable=False, randomisable=False)
    nearby.set_value(0.22)
    nearby.set_action("nearby", "Step to a nearby picture")
    latent.add(seed)
    latent.add(nearby)
    diversity = Section("Diversity", "typical ← → varied")
    truncation = ParameterRow("Truncation", default=1.0)
    truncation.set_value(0.72)
    diversity.add(truncation)
    noise = Section("Noise", "seed 7, fixed")
    noise.add(ParameterRow("Strength", limits=(0.0, 2.0), default=1.0))
    classes = Section("Class")
    classes.set_available(False, "this model has none")
    for section in (latent, diversity, directions_section(), noise, layers_section(), classes):
        inspector.add_section(section)
    return inspector


def history_nodes() -> list[HistoryNode]:
    nodes = [
        HistoryNode(n, n - 1 if n else None, f"Seed {40817 + n}", picture(n), n in (0, 5)) for n in range(9)
    ]
    dunes = [
        HistoryNode(9 + n, 3 if n == 0 else 8 + n, f"Dunes {n}", picture(20 + n), n == 2) for n in range(4)
    ]
    dunes[0].branch = "dunes"
    return nodes[:4] + dunes + nodes[4:]


def filmstrip() -> QWidget:
    strip = QFrame()
    strip.setProperty("pane", "window")
    strip.setFixedHeight(148)
    tabs = ShelfTabs(["History", "Favourites", "Snapshots"])
    tabs.set_count(1, 12)
    tabs.set_count(2, 3)
    tabs.set_note("13 steps, 2 branches")
    tabs.add_action("branch", "Show branches")
    tabs.add_action("filter", "Filter")
    tree = HistoryTreeView()
    tree.set_nodes(history_nodes(), 8)
    quick = QuickShelf()
    quick.set_favourites([ShelfPicture(f"f{n}", "Favourite", picture(40 + n)) for n in range(3)])
    quick.set_snapshots([ShelfPicture(n + 1, "Snapshot", picture(50 + n)) for n in range(3)])
    line = QHBoxLayout()
    line.setSpacing(0)
    line.addWidget(tree, 1)
    line.addWidget(quick)
    layout = column(tabs)
    layout.addLayout(line, 1)
    strip.setLayout(layout)
    return strip


def rail() -> Rail:
    result = Rail()
    for name in ("Explore", "Mix", "Map", "Animate", "Train", "Diagnose", "Compare"):
        result.add_item(name, name.lower(), name)
    result.add_foot("help", "help", "Keys", "?")
    result.add_foot("settings", "settings", "Settings")
    result.set_current("Explore")
    result.set_status("Train", "ok")
    return result


def top_bar() -> TopBar:
    bar = TopBar()
    bar.set_model("Hills", ["StyleGAN2", "512 px"], picture(1))
    bar.add_left(IconButton("undo", "Undo", shortcut="Ctrl+Z", width=28))
    redo = IconButton("redo", "Redo", shortcut="Ctrl+Shift+Z", width=28)
    redo.setEnabled(False)
    bar.add_left(redo)
    star = IconButton("star", "Favourite", checked_icon="star-on", shortcut="F", width=28)
    star.setCheckable(True)
    bar.add_right(star)
    bar.add_right(Button("Randomise", icon_name="dice", role="outline"))
    bar.add_right(Button("Export", icon_name="export"))
    return bar


def status_line() -> StatusLine:
    line = StatusLine()
    line.set_tone("ok")
    line.set_items(
        [
            StatusItem(before="GPU 0, 24 GB"),
            StatusItem(before="fp16"),
            StatusItem("38 ms", after="last frame"),
            StatusItem("26 fps"),
            StatusItem("3.1 / 24 GB", before="memory"),
        ]
    )
    line.set_hints(["Left-drag walks the plane, hold `\\` for the original", "Saved 12 s ago"])
    return line


def explore_page(width: int = 1440, height: int = 900) -> QWidget:
    page = QWidget()
    canvas = Canvas()
    canvas.set_frame(hills(512))
    canvas.set_info(["Seed 40 817", "512 × 512", "w+, 16 layers"])
    tools = CanvasTools(canvas)
    canvas.view_changed.connect(tools.set_view)
    tools.set_vertical(height < 800)
    plane = WalkPlane(canvas)
    plane.set_axes("Warmth", "Sun height")
    plane.clear_trail()
    for step in range(40):
        plane.set_point(-0.9 + step * 0.035, -0.6 + 0.15 * np.sin(step / 5) + step * 0.01)
    middle = QHBoxLayout()
    middle.setSpacing(1)
    middle.addLayout(column(canvas, filmstrip(), spacing=1), 1)
    middle.addWidget(explore_inspector())
    right = column(top_bar())
    right.addLayout(middle, 1)
    above = QHBoxLayout()
    above.setSpacing(0)
    above.addWidget(rail())
    above.addLayout(right, 1)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addLayout(above, 1)
    layout.addWidget(status_line())
    page.resize(width, height)
    page.show()
    QApplication.processEvents()
    tools.move(16, canvas.height() - tools.height() - 16)
    plane.move(canvas.width() - plane.width() - 16, canvas.height() - plane.height() - 16)
    return page


def small_explore_page() -> QWidget:
    return explore_page(1280, 720)


def rows_page() -> QWidget:
    page = QWidget()
    inspector = Inspector()
    states = Section("States")
    for label, edit in (
        ("At default", lambda row: None),
        ("Changed", lambda row: row.set_value(0.2)),
        ("Locked", lambda row: (row.set_value(0.4), row.set_locked(True))),
        ("Disabled", lambda row: (row.set_value(0.4), row.setEnabled(False))),
        ("Mixed", lambda row: row.set_mixed(True)),
        ("Hovered", lambda row: (row.set_value(-0.6), hover(row))),
        ("A rather long label of a row", lambda row: row.set_value(0.2)),
    ):
        row = ParameterRow(label, limits=(-1.0, 1.0), signed=True)
        edit(row)
        states.add(row)
    seeds = Section("Seeds")
    for label, locked in (("Seed", False), ("Locked seed", True)):
        seed = SeedRow(label)
        seed.set_value(4294967295)
        seed.set_locked(locked)
        seeds.add(seed)
    typing = ParameterRow("Typing")
    wrong = ParameterRow("Typing, wrong")
    focused = ParameterRow("Focused")
    for row in (typing, wrong, focused):
        seeds.add(row)
    empty = DirectionRow("Component 5", layers=1)
    empty.set_value(0.8)
    off = DirectionRow("Disabled", layers=26)
    off.set_value(0.8)
    off.setEnabled(False)
    more = Section("More directions")
    more.add(empty)
    more.add(off)
    for section in (states, seeds, more):
        inspector.add_section(section)
    buttons = QGridLayout()
    for line, role in enumerate(("", "outline", "primary", "danger", "quiet")):
        for place, state in enumerate(("rest", "disabled", "small")):
            button = Button(
                role.capitalize() or "Button",
                icon_name="dice" if not place else "",
                role=role,
                small=place == 2,
            )
            button.setEnabled(state != "disabled")
            buttons.addWidget(button, line, place)
    chips = QHBoxLayout()
    for text, tone in (("StyleGAN2", ""), ("Checked", "ok"), ("Dubious", "warning"), ("Broken", "error")):
        chips.addWidget(Chip(text, tone=tone))
    search = SearchField("Search directions")
    right = QVBoxLayout()
    right.setContentsMargins(16, 16, 16, 16)
    right.setSpacing(12)
    right.addLayout(buttons)
    right.addLayout(chips)
    right.addWidget(search)
    icons = QGridLayout()
    for index, name in enumerate(icon_names()):
        button = IconButton(name, name, width=28, icon_size=20)
        icons.addWidget(button, index // 10, index % 10)
    right.addLayout(icons)
    right.addStretch(1)
    layout = QHBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(inspector)
    layout.addLayout(right)
    page.resize(780, 660)
    page.show()
    page.activateWindow()
    wrong.field.start_typing("0.4x")
    focused.slider.setFocus(Qt.FocusReason.TabFocusReason)
    wrong.field.start_typing("0.4x")
    return page
