"""PNG in memory, fast: project layers, masks, fills and export."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import message
from inpaint_studio.basics.errors import StudioError
from inpaint_studio.basics.surface import Pixels, full
from inpaint_studio.document.metadata import NO_METADATA, Metadata
from inpaint_studio.files.limits import DECODE_ERRORS, PixelBudget

if TYPE_CHECKING:
    from collections.abc import Collection

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_IHDR_END = 33
_METRES_PER_INCH = 0.0254


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def to_bgr(pixels: NDArray[Any]) -> NDArray[Any]:
    """RGB(A) to OpenCV's order and back again; grey stays."""
    import cv2

    if pixels.ndim == 2:
        return np.ascontiguousarray(pixels)
    code = cv2.COLOR_RGB2BGR if pixels.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
    return cv2.cvtColor(np.ascontiguousarray(pixels), code)


def without_idle_alpha(pixels: Pixels) -> Pixels:
    """H×W×4 as H×W×3 if it is opaque everywhere, else itself; uint8 or uint16."""
    import cv2

    if (pixels[:, :, 3] != full(pixels.dtype)).any():
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB))


def encode_png(
    pixels: NDArray[Any],
    *,
    icc: bytes | None = None,
    metadata: Metadata = NO_METADATA,
    small: bool = False,
) -> bytes:
    """PNG bytes of an H×W, H×W×3 or H×W×4 array, uint8 or uint16.

    The Paeth filter with run lengths is both faster and smaller than deflate's fastest level for
    photos; `small` takes four times as long for graphics and text. Chunks as in the PNG
    specification, third edition, 11.3.2.3 (iCCP) and 11.3.4.5 (eXIf).
    """
    import cv2

    strategy = cv2.IMWRITE_PNG_STRATEGY_DEFAULT if small else cv2.IMWRITE_PNG_STRATEGY_RLE
    options = (cv2.IMWRITE_PNG_COMPRESSION, 4 if small else 1, cv2.IMWRITE_PNG_STRATEGY, strategy)
    done, encoded = cv2.imencode(".png", to_bgr(pixels), (*options, cv2.IMWRITE_PNG_FILTER, _paeth()))
    if not done:
        raise StudioError(message("export.png_failed"))
    data: bytes = encoded.tobytes()
    extra = b""
    if icc:
        extra += _chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(icc))
    extra += _told(metadata)
    return data[:_IHDR_END] + extra + data[_IHDR_END:]


def _told(metadata: Metadata) -> bytes:
    """Chunks of metadata: pHYs (11.3.4.3), eXIf, and iTXt (11.3.3.4) for texts and XMP."""
    chunks = b""
    if metadata.dpi is not None:
        across, down = (round(dots / _METRES_PER_INCH) for dots in metadata.dpi)
        chunks += _chunk(b"pHYs", struct.pack(">IIB", across, down, 1))
    if metadata.exif:
        chunks += _chunk(b"eXIf", metadata.exif.removeprefix(b"Exif\0\0"))
    texts = [(key, text.encode()) for key, text in metadata.texts]
    if metadata.xmp:
        texts.append(("XML:com.adobe.xmp", metadata.xmp))
    for key, text in texts:
        # Not packed, no language, no translated keyword.
        chunks += _chunk(b"iTXt", key.encode("latin-1", "replace")[:79] + b"\0\0\0\0\0" + text)
    return chunks


def _paeth() -> int:
    import cv2

    return int(cv2.IMWRITE_PNG_FILTER_PAETH)


_DEEP_MODES = {2: "RGB;16", 6: "RGBA;16"}
"""Names for pictures of 16 bits by the colour type in their header."""


def decode_png(data: bytes, modes: Collection[str], budget: PixelBudget) -> NDArray[Any]:
    """The pixels of a PNG that this program wrote, in one of the `modes`.

    Those are L (H×W), RGB or RGBA (H×W×3, ×4), uint8, and RGB;16 or RGBA;16, uint16. Raises StudioError for
    anything else, and for more pixels than the budget has left.
    """
    from PIL import Image

    damaged = StudioError(message("project.picture_damaged", name=budget.name))
    try:
        if data[24:25] == b"\x10":
            return _decode_deep(data, modes, budget, damaged)
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            budget.take(*picture.size)
            if picture.mode not in modes:
                raise damaged
            picture.load()
            return np.array(picture, np.uint8)
    except (*DECODE_ERRORS, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise damaged from error


def _decode_deep(
    data: bytes, modes: Collection[str], budget: PixelBudget, damaged: StudioError
) -> NDArray[Any]:
    import imagecodecs

    width, height, _, colour = struct.unpack(">IIBB", data[16:26])
    budget.take(width, height)
    if not data.startswith(SIGNATURE) or _DEEP_MODES.get(colour) not in modes:
        raise damaged
    pixels = np.array(imagecodecs.png_decode(data))
    if pixels.dtype != np.uint16 or pixels.shape != (height, width, 3 if colour == 2 else 4):
        raise damaged
    return pixels
