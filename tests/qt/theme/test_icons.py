"""Icons are there, drawn, tinted, and sharp at any ratio."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QApplication

from latentlab.qt.theme.icons import icon, icon_names, icon_pixmap
from latentlab.qt.theme.tokens import current_tokens

NEEDED = (
    "logo explore mix map animate train diagnose compare dice lock unlock reset star star-on export undo redo "
    "search chevron-down chevron-up chevron-left chevron-right plus close fit one-to-one wipe grid branch filter "
    "help settings nearby info warning error open folder copy play pause layers eye"
)


def opaque_colours(pixmap: QPixmap) -> set[str]:
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    colours = (image.pixelColor(x, y) for x, y in points)
    return {colour.name() for colour in colours if colour.alpha() > 250}


def test_every_needed_icon_is_there() -> None:
    assert set(NEEDED.split()) <= set(icon_names())


@pytest.mark.parametrize("size", [14, 20])
def test_icons_are_drawn_in_their_colour_alone(qapp: QApplication, size: int) -> None:
    colour = QColor("#c02030")
    for name in icon_names():
        seen = opaque_colours(icon_pixmap(name, size, colour, 2.0))
        assert colour.name() in seen, name
        if name == "logo":
            assert current_tokens().accent.name() in seen
        else:
            assert all(near(QColor(other), colour) for other in seen), name


def near(first: QColor, second: QColor) -> bool:
    pairs = zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)  # type: ignore[index]
    return max(abs(a - b) for a, b in pairs) <= 3


def test_pixmaps_have_the_device_pixels_of_their_ratio(qapp: QApplication) -> None:
    pixmap = icon_pixmap("dice", 16, QColor("white"), 2.0)
    assert pixmap.size() == QSize(32, 32)
    assert pixmap.devicePixelRatio() == 2.0


def test_an_icon_of_a_button_is_sharp_and_pale_when_disabled(qapp: QApplication) -> None:
    dice = icon("dice")
    assert dice.pixmap(QSize(16, 16), 2.0).size() == QSize(32, 32)
    normal, disabled = (
        dice.pixmap(QSize(16, 16), 1.0, mode).toImage() for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled)
    )
    ink = [
        max(image.pixelColor(x, y).alpha() for x in range(16) for y in range(16))
        for image in (normal, disabled)
    ]
    assert ink[1] == pytest.approx(0.4 * ink[0], abs=6)


def test_an_icon_survives_being_copied(qapp: QApplication) -> None:
    copies = [QIcon(icon("star")) for _ in range(20)]
    assert all(not copy.pixmap(QSize(16, 16)).isNull() for copy in copies)


def test_an_unknown_icon_is_an_error_at_once(qapp: QApplication) -> None:
    with pytest.raises(KeyError, match="no icon"):
        icon("does-not-exist")
