"""More pages of the widget gallery: lists, shelves and overlays."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentlab.qt.widgets.banner import Banner
from latentlab.qt.widgets.canvas import Canvas
from latentlab.qt.widgets.class_mixer import ClassMixer
from latentlab.qt.widgets.command_palette import Command, CommandPalette
from latentlab.qt.widgets.direction_list import DirectionList, ListedDirection
from latentlab.qt.widgets.history_layout import HistoryNode
from latentlab.qt.widgets.history_tree import HistoryTreeView
from latentlab.qt.widgets.inspector import Inspector
from latentlab.qt.widgets.model_card import ModelCardView
from latentlab.qt.widgets.progress_overlay import ProgressOverlay
from latentlab.qt.widgets.search_field import SearchField
from latentlab.qt.widgets.section import Section
from latentlab.qt.widgets.shortcut_sheet import ShortcutGroup, ShortcutSheet
from latentlab.qt.widgets.thumbnail_grid import Thumbnail, ThumbnailGrid
from tests.qt.gallery_pages import column, picture
from tests.qt.hills import hills


def lists_page() -> QWidget:
    page = QWidget()
    catalogue = Section("PCA", "512 components")
    catalogue.add_inset(SearchField("Search directions"), bottom=6)
    listed = DirectionList()
    listed.set_directions(
        [ListedDirection(f"pca:{n}", f"Component {n + 1}", 0.3 * 0.7**n, n in (1, 4)) for n in range(40)]
    )
    listed.setCurrentIndex(listed.model().index(3, 0))
    listed.setFixedHeight(210)
    catalogue.add(listed)
    few = Section("Class", "2 mixed")
    mixer = ClassMixer()
    mixer.set_classes(
        ["aeroplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
    )
    mixer.set_mixture([(2, 1.0), (6, 0.4)])
    few.add(mixer)
    many = Section("Class", "1 000")
    big = ClassMixer()
    big.set_classes([f"class {n}" for n in range(1000)])
    big.set_mixture([(2, 1.0)])
    many.add(big)
    left = Inspector()
    left.setFixedWidth(340)
    for section in (catalogue, few, many):
        left.add_section(section)
    card = ModelCardView()
    card.set_picture(picture(1))
    card.set_model(
        "Hills",
        "Landscapes of rolling hills, drawn for this model under CC0.",
        ["StyleGAN2", "512 px", "skip"],
    )
    card.set_facts(
        [
            ("Parameters", "24 767 458"),
            ("Memory", "about 180 MB"),
            ("Latents", "z 512, w 512, 16 layers"),
            ("File", "hills-512.safetensors, 94 MB"),
            ("Licence", "CC0"),
        ]
    )
    card.set_notes(
        [
            ("warning", "Two tensors in the file were not used: they belong to a discriminator."),
            ("info", "Labels are known by number only."),
        ]
    )
    cards = Section("Model")
    cards.add_inset(card, bottom=6)
    middle = Inspector()
    middle.setFixedWidth(340)
    middle.add_section(cards)
    grid = ThumbnailGrid()
    grid.set_items(
        [Thumbnail(n, f"Seed {n}", picture(n) if n < 60 else None, n % 5 == 0) for n in range(3000)]
    )
    grid.set_current(4)
    layout = QHBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(1)
    layout.addWidget(left)
    layout.addWidget(middle)
    layout.addWidget(grid, 1)
    page.resize(1180, 760)
    return page


def history_page() -> QWidget:
    page = QWidget()
    nodes = [HistoryNode(n, n - 1 if n else None, f"Step {n}", picture(n), n % 4 == 0) for n in range(200)]
    forks = [
        HistoryNode(1000 + 100 * f + n, f if n == 0 else 1000 + 100 * f + n - 1, f"Fork {n}", picture(f + n))
        for f in (2, 3, 5, 11)
        for n in range(4)
    ]
    wide = HistoryTreeView()
    wide.set_nodes(nodes + forks, 3)
    wide.setFixedHeight(180)
    inner = HistoryTreeView()
    inner.set_nodes(nodes[:12] + forks, 1101 + 200)
    inner.setFixedHeight(180)
    line = HistoryTreeView()
    line.set_nodes(nodes + forks, 120)
    line.set_branches_shown(False)
    line.setFixedHeight(70)
    page.setLayout(column(wide, inner, line, spacing=8))
    page.resize(1040, 460)
    return page


def overlays_page() -> QWidget:
    page = QWidget()
    banners = [Banner() for _ in range(3)]
    canvas = Canvas()
    canvas.set_frame(hills(64))
    canvas.set_busy("Refining")
    progress = ProgressOverlay(canvas, clock=iter([0.0, 20.0, 20.0, 20.0]).__next__)
    empty = Canvas()
    empty.set_empty(
        "No model is open", "Drop a model file or a picture made here on the window, or press Ctrl+O."
    )
    drop = Canvas()
    drop.set_frame(hills(256))
    drop.set_drop_hint("Open hills-512.pkl")
    wipe = Canvas()
    wipe.set_frame(hills(256))
    wipe.set_compare_frame(hills(256, dusk=1.0, warmth=-1))
    wipe.set_wipe(True)
    wipe.set_info(["Wipe"])
    first = QHBoxLayout()
    second = QHBoxLayout()
    for line, widgets in ((first, (canvas, empty)), (second, (drop, wipe))):
        line.setSpacing(1)
        for widget in widgets:
            line.addWidget(widget)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(1)
    for banner in banners:
        layout.addWidget(banner)
    layout.addLayout(first)
    layout.addLayout(second)
    page.resize(1040, 860)
    page.show()
    banners[0].show_problem(
        "The file ends too early",
        "It has 12 of 94 MB: download it again, then retry.",
        details="CheckpointError: truncated",
        can_retry=True,
    )
    banners[1].show_problem("Out of memory on the GPU", "The picture was made on the CPU.", tone="warning")
    banners[2].show_problem("The fast mode is ready: 4.5 times faster, error 8e-3", tone="info")
    progress.start("Opening hills-512.pkl")
    progress.set_progress(0.4, "Reading tensors")
    return page


def palette_page() -> QWidget:
    page = QWidget()
    palette = CommandPalette(page)
    palette.set_commands(
        [
            Command(text, lambda: None, keys, icon, group, text != "Redo")
            for text, keys, icon, group in (
                ("Random picture", "R", "dice", "Explore"),
                ("Random picture nearby", "Shift+R", "nearby", "Explore"),
                ("Reset everything", "", "reset", "Explore"),
                ("Export picture", "Ctrl+E", "export", "File"),
                ("Open a model", "Ctrl+O", "open", "File"),
                ("Redo", "Ctrl+Shift+Z", "redo", "Edit"),
                ("Truncation", "", "", "Parameter"),
                ("Direction: Warmth", "", "layers", "Parameter"),
            )
        ]
    )
    page.resize(760, 460)
    page.show()
    palette.open_palette("rp")
    return page


def shortcuts_page() -> QWidget:
    return ShortcutSheet(
        [
            ShortcutGroup(
                "Picture",
                (
                    ("Next seed", "Right"),
                    ("Previous seed", "Left"),
                    ("Random", "R"),
                    ("Random nearby", "Shift+R"),
                    ("Favourite", "F"),
                    ("Compare", "\\"),
                ),
            ),
            ShortcutGroup(
                "View",
                (
                    ("Fit", "0"),
                    ("One to one", "Ctrl+0"),
                    ("Zoom at the cursor", "Wheel"),
                    ("Hide panels", "Tab"),
                    ("Full screen", "F11"),
                ),
            ),
            ShortcutGroup("Numbers", (("Fine", "Shift"), ("Coarse", "Ctrl"), ("Reset", "Double-click"))),
            ShortcutGroup(
                "Session",
                (
                    ("Undo", "Ctrl+Z"),
                    ("Redo", "Ctrl+Shift+Z"),
                    ("Save", "Ctrl+S"),
                    ("Recall snapshot", "1  9"),
                    ("Store snapshot", "Ctrl+1  Ctrl+9"),
                ),
            ),
        ]
    )
