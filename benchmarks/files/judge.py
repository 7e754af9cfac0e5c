"""What ImageMagick and LittleCMS say of a file, beside what came out of ours."""

from __future__ import annotations

import io
import subprocess
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from benchmarks.files.inputs import ARTIST, DPI, XMP

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.files.inputs import Picture

_LOSSY = {".jpg": 3.0, ".webp": 4.0, ".avif": 4.0}
"""Mean levels of 255 that a format may be off."""
_ON_ITS_SIDE = ("LeftTop", "RightTop", "RightBottom", "LeftBottom")
Levels = NDArray[np.float64]


def _magick(*words: str) -> bytes:
    return subprocess.run(["convert", *words], check=True, capture_output=True, timeout=60).stdout


def _facts(path: Path, form: str) -> str:
    done = subprocess.run(
        ["identify", "-format", form, f"{path}[0]"], check=True, capture_output=True, timeout=60
    )
    return done.stdout.decode("utf-8", "replace")


def pixels(path: Path, *, upright: bool = False) -> Levels:
    """H×W×4 straight RGBA, 0..255 with fractions, as ImageMagick reads a file; AVIF by Pillow."""
    if path.suffix == ".avif":
        return np.asarray(Image.open(path).convert("RGBA"), np.float64)
    turn = ["-auto-orient"] if upright else []
    width, height = (int(v) for v in _facts(path, "%w %h").split())
    raw = np.frombuffer(_magick(f"{path}[0]", *turn, "-depth", "16", "-endian", "LSB", "RGBA:-"), "<u2")
    turned = upright and _facts(path, "%[orientation]") in _ON_ITS_SIDE
    width, height = (height, width) if turned else (width, height)
    return raw.reshape(height, width, 4) / 257.0


def in_srgb(levels: Levels, icc: bytes) -> Levels:
    """Grey levels of a profile as LittleCMS makes them sRGB, by way of 8 bits."""
    grey = Image.fromarray(np.rint(levels[..., 0]).astype(np.uint8))
    made = ImageCms.profileToProfile(
        grey, ImageCms.ImageCmsProfile(io.BytesIO(icc)), ImageCms.createProfile("sRGB"), renderingIntent=1,
        outputMode="RGB", flags=ImageCms.Flags.BLACKPOINTCOMPENSATION)  # fmt: skip
    return np.dstack([np.asarray(made, np.float64), levels[..., 3]])


def faults(picture: Picture, given: Path, made: Path) -> list[str]:
    """What is wrong with `made`, the export of `given`; nothing if all is right."""
    return [*_wrong_pixels(picture, given, made), *_wrong_told(picture, made)]


def _wrong_pixels(picture: Picture, given: Path, made: Path) -> list[str]:
    wanted, seen = pixels(given, upright=True), pixels(made)
    off = 1.0 if picture.icc and picture.mode in ("L", "LA") else 0.002 if picture.lossless else 0.51
    if picture.icc and picture.mode in ("L", "LA"):
        wanted = in_srgb(wanted, picture.icc)
    if made.suffix == ".jpg" and picture.alpha:
        cover = wanted[..., 3:] / 255
        wanted = np.dstack([wanted[..., :3] * cover + 255 * (1 - cover), np.full(wanted.shape[:2], 255.0)])
    if wanted.shape != seen.shape:
        return [f"size {seen.shape[1]}×{seen.shape[0]}"]
    # Hidden colours are nobody's business.
    wanted[..., :3] *= wanted[..., 3:] / 255
    seen[..., :3] *= seen[..., 3:] / 255
    away = np.abs(wanted - seen)
    if made.suffix in _LOSSY:
        return [f"{away.mean():.1f} levels off"] if away.mean() > _LOSSY[made.suffix] else []
    if picture.alpha:
        off += 0.002
    return [f"{away.max():.3f} levels off"] if away.max() > off else []


def _wrong_told(picture: Picture, made: Path) -> list[str]:
    wrong: list[str] = []
    bits = _facts(made, "%z") if made.suffix in (".png", ".tif") else ""
    if bits and picture.depth == 16 and bits != "16":
        wrong.append(f"{bits} bits")
    icc = Image.open(made).info.get("icc_profile") if made.suffix == ".avif" else _kept(made, "icc")
    keeps = picture.icc if picture.mode in ("RGB", "RGBA") else None
    if (icc or None) != keeps:
        wrong.append("profile")
    if _facts(made, "%[orientation]") not in ("TopLeft", "Undefined") if made.suffix != ".avif" else False:
        wrong.append("orientation")
    if picture.exif and not _artist(made):
        wrong.append("EXIF")
    if picture.xmp and XMP not in (_kept(made, "xmp") or made.read_bytes()):
        wrong.append("XMP")
    if picture.dpi and made.suffix in (".png", ".jpg", ".tif") and not _dpi(made):
        wrong.append("resolution")
    return wrong


def _kept(path: Path, kind: str) -> bytes:
    """A block of a file as ImageMagick takes it out; empty where there is none."""
    done = subprocess.run(["convert", f"{path}[0]", f"{kind}:-"], capture_output=True, timeout=60)
    return done.stdout if done.returncode == 0 else b""


def _artist(path: Path) -> bool:
    """Whether the bytes of the name are in the file as they were."""
    return ARTIST.encode() in path.read_bytes() or ARTIST.encode() in _kept(path, "exif")


def _dpi(path: Path) -> bool:
    across, down, unit = _facts(path, "%x %y %U").replace("PixelsPerInch", "i").replace(
        "PixelsPerCentimeter", "c").split()[:3]  # fmt: skip
    factor = 2.54 if unit == "c" else 1.0
    return all(abs(float(value) * factor - DPI) < 0.5 for value in (across, down))
