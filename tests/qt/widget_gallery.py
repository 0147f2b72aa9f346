"""Every widget in its states, as pictures: `python -m tests.qt.widget_gallery OUT [dark|light] [PAGE ...]`."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from latentlab.qt.theme.appearance import Appearance, apply_theme
from latentlab.qt.theme.motion import set_reduced_motion
from tests.qt.gallery_lists import history_page, lists_page, overlays_page, palette_page, shortcuts_page
from tests.qt.gallery_pages import explore_page, rows_page, small_explore_page

PAGES = {
    "explore": explore_page,
    "explore_small": small_explore_page,
    "rows": rows_page,
    "lists": lists_page,
    "history": history_page,
    "overlays": overlays_page,
    "palette": palette_page,
    "shortcuts": shortcuts_page,
}


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
