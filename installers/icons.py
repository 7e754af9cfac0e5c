"""Draws the icon in all sizes from its SVG: `python installers/icons.py`; the results are committed."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "app"
SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
WINDOWS = (16, 24, 32, 48, 64, 128, 256)


def drawn(renderer: QSvgRenderer, side: int) -> Image.Image:
    """The icon, side × side pixels, on a transparent ground."""
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, b"PNG")
    return Image.open(io.BytesIO(data.data())).convert("RGBA")


def main() -> int:
    QGuiApplication(sys.argv[:1])
    renderer = QSvgRenderer(str(FOLDER / "inpaint-studio.svg"))
    pictures = {side: drawn(renderer, side) for side in (*SIZES, 1024)}
    for side in SIZES:
        pictures[side].save(FOLDER / f"{side}.png", optimize=True)
    small = [pictures[side] for side in WINDOWS]
    small[-1].save(FOLDER / "inpaint-studio.ico", sizes=[p.size for p in small], append_images=small[:-1])
    mac = [pictures[side] for side in (32, 64, 128, 256, 512)]
    pictures[1024].save(FOLDER / "inpaint-studio.icns", append_images=mac)
    return 0


if __name__ == "__main__":
    sys.exit(main())
