"""TIFF and BigTIFF of any layout and depth, by tifffile: planes, tiles, premultiplied alpha, 0 as white."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import message
from inpaint_studio.basics.errors import StudioError
from inpaint_studio.document.metadata import Metadata
from inpaint_studio.files import exif as exif_blocks
from inpaint_studio.files.limits import DECODE_ERRORS, check_size
from inpaint_studio.files.readers.decoded import Alpha, Decoded, Reader, Space
from inpaint_studio.files.readers.pillow import read_plain

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _SEPARATED, _YCBCR, _LAB, _ICC_LAB = 0, 1, 2, 3, 5, 6, 8, 9
_SPACES: Final[dict[int, tuple[Space, int]]] = {
    _WHITE_IS_ZERO: ("grey", 1), _BLACK_IS_ZERO: ("grey", 1), _RGB: ("rgb", 3), _PALETTE: ("rgb", 1),
    _SEPARATED: ("cmyk", 4), _LAB: ("lab", 3), _ICC_LAB: ("lab", 3),
}  # fmt: skip
"""What a photometric interpretation means, and in how many samples a pixel."""
_REDUCED = 1
_OLD_JPEG, _JPEG = 6, 7
_PROFILE, _XMP = 34675, 700


def read_tiff(data: bytes, name: str) -> Decoded:
    """The first picture of the file that is no preview."""
    import tifffile

    # Remarks about odd tags; what matters raises.
    logging.getLogger("tifffile").setLevel(logging.CRITICAL)
    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            every = _pages(file)
            pages = [page for page in every if not getattr(page, "subfiletype", 0) & _REDUCED]
            page: Any = (pages or every)[0]
            xmp = bytes(page.tags[_XMP].value) if _XMP in page.tags else None
            check_size(name, page.imagewidth, page.imagelength)
            if page.photometric == _YCBCR or page.compression == _OLD_JPEG:
                # Their colours come out of the JPEG decoder, which knows how they were subsampled.
                found = read_plain(data, name, "TIFF")
            else:
                found = _read_page(page, name)
    except tifffile.TiffFileError as error:
        raise ValueError(str(error)) from error
    notices = found.notices
    if len(pages) > 1:
        notices = (*notices, f"“{name}” has {len(pages)} pages; the first one is opened.")
    block = exif_blocks.of_tiff(data)
    metadata = Metadata(block, xmp, dpi=exif_blocks.resolution(block))
    return replace(found, metadata=metadata, notices=notices)


def _pages(file: Any) -> list[Any]:
    """The pages of a file, each once: in a damaged one they may follow each other in a ring."""
    pages: dict[int, Any] = {}
    for page in file.pages:
        if page.offset in pages:
            break
        pages[page.offset] = page
    return list(pages.values())


def _read_page(page: Any, name: str) -> Decoded:
    photometric = int(page.photometric)
    if photometric not in _SPACES or page.imagedepth != 1:
        raise StudioError(message("photo.unknown_storage", name=name))
    space, colours = _SPACES[photometric]
    samples, lost = _samples(page)
    if samples.shape[2] < colours:
        raise ValueError("channels are missing")
    alpha: Alpha = "none"
    if samples.shape[2] > colours and len(page.extrasamples):
        alpha = {1: "premultiplied", 2: "straight"}.get(int(page.extrasamples[0]), "none")  # type: ignore[assignment]
    samples = samples[:, :, : colours + (alpha != "none")]
    samples, top, notices = _levels(samples, page, name)
    if photometric == _PALETTE:
        samples, top = np.moveaxis(page.colormap, 0, -1)[samples[:, :, 0]], 65535
        samples, top = (samples // 257).astype(np.uint8), 255
    if photometric == _LAB:
        samples = _unsigned_lab(samples)
    if lost:
        notices = (*notices, f"“{name}” is damaged: a part of its pixels is missing. The rest is shown.")
    tags = page.tags
    return Decoded(
        samples, space, alpha, top, inverted=photometric == _WHITE_IS_ZERO,
        icc=bytes(tags[_PROFILE].value) if _PROFILE in tags else None,
        orientation=int(tags[exif_blocks.ORIENTATION].value) if exif_blocks.ORIENTATION in tags else 1,
        notices=notices,
    )  # fmt: skip


def _unsigned_lab(samples: NDArray[Any]) -> NDArray[Any]:
    """L, a, b with a and b counted from their middle: TIFF 6.0, section 23, has them signed."""
    if samples.dtype == np.uint8:
        return samples ^ np.array([0, 128, 128], np.uint8)
    # a and b in 256ths; the ICC's encoding has 257 steps to a unit.
    signed = samples[:, :, 1:3].view(np.int16).astype(np.float32)
    out = samples.copy()
    out[:, :, 1:3] = np.clip(np.rint((signed / 256 + 128) * 257), 0, 65535).astype(np.uint16)
    return out


def _samples(page: Any) -> tuple[NDArray[Any], bool]:
    """The page's numbers as H×W×C, and whether some were lost."""
    lost = False
    try:
        pixels = page.asarray()
    except DECODE_ERRORS:
        pixels, lost = _salvaged(page), True
    if page.axes.startswith("S"):
        pixels = np.moveaxis(pixels, 0, -1)
    return pixels if pixels.ndim == 3 else pixels[:, :, None], lost


def _salvaged(page: Any) -> NDArray[Any]:
    """The strips or tiles that can be decoded, the others empty. Raises ValueError if none can."""
    # Dimensions of a page: separate planes, depth, length, width, samples.
    out = np.zeros(page.shaped, page.dtype)
    there = 0
    handle = page.parent.filehandle
    for index, (offset, length) in enumerate(zip(page.dataoffsets, page.databytecounts, strict=False)):
        try:
            handle.seek(offset)
            block, place, shape = page.decode(handle.read(length), index, jpegtables=page.jpegtables)
        except DECODE_ERRORS:
            continue
        if block is None:
            continue
        plane, depth, top, left, _ = place
        part = out[plane, depth : depth + shape[0], top : top + shape[1], left : left + shape[2]]
        part[...] = block[: part.shape[0], : part.shape[1], : part.shape[2]]
        there += 1
    if not there:
        raise ValueError("no strip can be decoded")
    return out.reshape(page.shape)


def _levels(samples: NDArray[Any], page: Any, name: str) -> tuple[NDArray[Any], int, tuple[str, ...]]:
    """Samples of any type as uint8 or uint16, their largest value, and what was decided on the way."""
    kind = samples.dtype
    if kind == np.bool_:
        return samples.astype(np.uint8), 1, ()
    if kind in (np.uint8, np.uint16):
        bits = int(page.bitspersample)
        top = (1 << bits) - 1 if 1 <= bits <= 16 else int(np.iinfo(kind).max)
        return samples, top, ()
    if kind.kind == "f":
        return _from_floats(samples, name)
    if kind in (np.uint32, np.uint64):
        return _from_long(samples, name)
    raise StudioError(message("photo.no_colours", name=name))


def _from_floats(samples: NDArray[Any], name: str) -> tuple[NDArray[Any], int, tuple[str, ...]]:
    """0..1 is black to white; where numbers are larger, the range of 8 or 16 bits, or their own."""
    values = np.nan_to_num(samples.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    most = float(values.max(initial=0.0))
    # A few lights above white are usual in photos made of light, and are cut.
    white = 1.0 if np.mean(values > 1.0) < 0.05 or most <= 1.0 else 255.0 if most <= 255 else 65535.0
    white = white if most <= 65535 else most
    out = np.rint(np.clip(values / white, 0, 1) * 65535).astype(np.uint16)
    return out, 65535, (f"“{name}” has floating-point pixels; 0 to {white:g} is shown as black to white.",)


def _from_long(samples: NDArray[Any], name: str) -> tuple[NDArray[Any], int, tuple[str, ...]]:
    """Whole numbers of 32 bits and more: of their full range, or where they are small, of 16 or 8 bits."""
    most = int(samples.max(initial=0))
    full = int(np.iinfo(samples.dtype).max)
    white = next(top for top in (255, 65535, full) if most <= top)
    out = np.rint(samples.astype(np.float64) * (65535 / white)).astype(np.uint16)
    return (
        out,
        65535,
        (f"“{name}” has pixels of {samples.dtype.itemsize * 8} bits; 16 bits of them are opened.",),
    )


def _is_tiff(data: bytes) -> bool:
    return data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


TIFF = Reader("TIFF", (".tif", ".tiff"), _is_tiff, read_tiff)
