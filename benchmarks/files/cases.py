"""Which inputs go into which formats: 67 cases."""

from __future__ import annotations

from benchmarks.files.inputs import Picture, profile

_WIDE, _GREY = profile(b"RGB ", 2.2), profile(b"GRAY", 1.8)
_LINEAR = profile(b"RGB ", 1.0)
_ALL = (".png", ".tif", ".jpg", ".webp", ".avif")

_PIXELS = (
    (Picture("PNG"), _ALL),
    (Picture("PNG", "RGBA"), _ALL),
    (Picture("PNG", "L"), (".png", ".tif", ".jpg")),
    (Picture("PNG", "LA"), (".png", ".tif")),
    (Picture("PNG", "P"), (".png",)),
    (Picture("PNG", "1"), (".png",)),
    (Picture("PNG", "RGB", 16), (".png", ".tif", ".jpg")),
    (Picture("PNG", "RGBA", 16), (".png", ".tif", ".webp")),
    (Picture("PNG", "L", 16), (".png", ".tif")),
    (Picture("PNG", "LA", 16), (".png", ".tif")),
    (Picture("TIFF", "RGB", 16, options={"planar": True}), (".png", ".tif")),
    (Picture("TIFF", "RGBA", 16), (".png", ".tif")),
    (Picture("TIFF", "RGB", 16, options={"compression": "lzw"}), (".tif",)),
    (Picture("TIFF", options={"compression": "tiff_lzw"}), (".tif",)),
    (Picture("JPEG"), (".png", ".jpg")),
    (Picture("JPEG", "L"), (".png", ".jpg")),
    (Picture("GIF", "P"), (".png",)),
    (Picture("BMP"), (".png",)),
)
_COLOURS = (
    (Picture("PNG", icc=_WIDE), (".png", ".tif", ".jpg", ".webp", ".avif")),
    (Picture("PNG", "RGB", 16, icc=_WIDE), (".png", ".tif")),
    (Picture("TIFF", "RGB", 16, icc=_LINEAR), (".tif",)),
    (Picture("PNG", "L", icc=_GREY), (".png",)),
    (Picture("PNG", "L", 16, icc=_GREY), (".png",)),
    (Picture("PNG", "LA", 16, icc=_GREY), (".tif",)),
    (Picture("JPEG", "L", icc=_GREY), (".png",)),
)
_TOLD = (
    (Picture("JPEG", exif=True, xmp=True, dpi=True), (".jpg", ".png", ".tif", ".webp")),
    (Picture("PNG", exif=True, xmp=True, dpi=True), (".png", ".jpg", ".tif")),
    (Picture("PNG", "RGB", 16, exif=True, xmp=True, dpi=True), (".png",)),
    (Picture("TIFF", "RGB", 16, xmp=True, dpi=True), (".tif", ".png")),
)
_TURNED = tuple((Picture("JPEG", orientation=turn), (".png",)) for turn in (2, 3, 5, 6, 7, 8))

CASES: tuple[tuple[Picture, str], ...] = tuple(
    (picture, suffix)
    for group in (_PIXELS, _COLOURS, _TOLD, _TURNED)
    for picture, wanted in group
    for suffix in wanted
)
