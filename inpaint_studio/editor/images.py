"""Arrays to QImage and back."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColorSpace, QImage, qRgba

from inpaint_studio.basics.mask import Array

_LIGHT, _DARK, _SQUARE = 255, 204, 6


def premultiplied(pixels: Array) -> Array:
    """Straight RGBA (H×W×4 uint8) as the bytes of Format_ARGB32_Premultiplied: BGRA, premultiplied."""
    alpha = pixels[..., 3:]
    if not pixels.size:
        return pixels.copy()
    if alpha.min() == 255:
        import cv2

        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA), np.uint8)
    out = np.empty_like(pixels)
    colours = pixels[..., 2::-1].astype(np.uint16) * alpha
    out[..., :3] = (colours + 127) // 255
    out[..., 3] = pixels[..., 3]
    return out


def view_image(bgra: Array) -> QImage:
    """A QImage over the memory of a contiguous premultiplied BGRA array; both must live together."""
    height, width = bgra.shape[:2]
    return QImage(bgra.data, width, height, bgra.strides[0], QImage.Format.Format_ARGB32_Premultiplied)


def to_image(pixels: Array) -> QImage:
    """A QImage of its own from straight RGBA (H×W×4 uint8)."""
    return view_image(np.ascontiguousarray(premultiplied(pixels))).copy()


def profile_of(image: QImage) -> bytes | None:
    """The ICC profile that a QImage came with; None for sRGB, and where it has none."""
    space = image.colorSpace()
    if not space.isValid() or space == QColorSpace(QColorSpace.NamedColorSpace.SRgb):
        return None
    return bytes(space.iccProfile().data()) or None


def from_image(image: QImage) -> Array:
    """Straight RGB (opaque images) or RGBA uint8 of a QImage."""
    converted = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(converted.constBits(), np.uint8).reshape(
        converted.height(), converted.bytesPerLine()
    )
    pixels = rows[:, : converted.width() * 4].reshape(converted.height(), converted.width(), 4).copy()
    return pixels if image.hasAlphaChannel() and (pixels[..., 3] < 255).any() else pixels[..., :3].copy()


def tinted(mask: Array, colour: tuple[int, int, int], strength: float) -> QImage:
    """A coverage array as a see-through picture in one colour."""
    height, width = mask.shape
    # By Qt's table of colours: a brush makes such a picture for each frame.
    mask = np.ascontiguousarray(mask)
    image = QImage(mask.data, width, height, mask.strides[0], QImage.Format.Format_Indexed8)
    image.setColorTable([qRgba(*colour, int(level * strength)) for level in range(256)])
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def on_checkerboard(pixels: Array) -> QImage:
    """Straight RGBA over a checkerboard."""
    height, width = pixels.shape[:2]
    squares = (np.arange(height)[:, None] // _SQUARE + np.arange(width) // _SQUARE) % 2
    board = np.where(squares, _DARK, _LIGHT)[..., None]
    alpha = pixels[..., 3:].astype(np.float32) / 255
    flat = np.rint(pixels[..., :3] * alpha + board * (1 - alpha)).astype(np.uint8)
    return to_image(np.dstack([flat, np.full((height, width), 255, np.uint8)]))
