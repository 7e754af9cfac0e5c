"""The pixels of a PSD file as straight RGBA in the document's profile."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import Mask
from inpaint_studio.basics.surface import as_dtype
from inpaint_studio.files.readers.decoded import Decoded
from inpaint_studio.files.rgb import rgb_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psd_tools.psd import PSD
    from psd_tools.psd.layer_and_mask import ChannelDataList, LayerRecord, MaskData

    from inpaint_studio.basics.mask import Box
    from inpaint_studio.basics.surface import Pixels
    from inpaint_studio.files.readers.decoded import Space

_TRANSPARENCY, _MASK, _REAL_MASK = -1, -2, -3
_SPACES: dict[str, tuple[Space, int]] = {
    "BITMAP": ("grey", 1),
    "GRAYSCALE": ("grey", 1),
    "DUOTONE": ("grey", 1),
    "INDEXED": ("rgb", 1),
    "RGB": ("rgb", 3),
    "CMYK": ("cmyk", 4),
    "LAB": ("lab", 3),
}
"""What the channels of a mode of colours mean, and how many there are."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Reads channels of a file. Methods raise one of `limits.DECODE_ERRORS` for what is damaged."""

    psd: PSD
    icc: bytes | None

    @property
    def mode(self) -> str:
        """The name of the mode of colours, in capitals."""
        return str(self.psd.header.color_mode.name)

    @property
    def known(self) -> bool:
        """Whether this mode of colours can be shown."""
        return self.mode in _SPACES

    def layer(self, record: LayerRecord, channels: ChannelDataList) -> tuple[Pixels, bytes | None]:
        """A layer's h×w×4, uint8 or uint16, and the RGB profile of all layers (None: sRGB)."""
        planes = self._planes(record, channels, (record.width, record.height))
        space, count = _SPACES[self.mode]
        missing = [number for number in range(count) if number not in planes]
        if missing:
            raise ValueError(f"channels {missing} are missing")
        colours = [planes[number] for number in range(count)]
        alpha = planes.get(_TRANSPARENCY, np.full_like(colours[0], np.iinfo(colours[0].dtype).max))
        return self._rgba(np.stack([*colours, alpha], axis=-1), space, straight=True)

    def mask(self, record: LayerRecord, channels: ChannelDataList) -> Mask | None:
        """A layer mask inside its box; that which is joined with a vector mask, if it is there."""
        about = record.mask_data
        if about is None:
            return None
        real = about.real_flags is not None and about.real_flags.parameters_applied
        number = _REAL_MASK if real else _MASK
        box = mask_box(about)
        if box[2] < 1 or box[3] < 1:
            return Mask.empty()
        plane = self._planes(record, channels, box[2:], only=number).get(number)
        return None if plane is None else Mask(*box[:2], np.asarray(as_dtype(plane, np.uint8), np.uint8))

    def merged(self, see_through: bool) -> tuple[Pixels, bytes | None]:
        """The picture as a whole, h×w×4; `see_through` says that it has transparency, on white."""
        header = self.psd.header
        with _strict():
            data = self.psd.image_data.get_data(header)
        planes = [self._plane(bytes(each), header.width, header.height) for each in data]
        if self.mode == "INDEXED":
            return self._by_palette(planes[0]), None
        space, count = _SPACES[self.mode]
        if len(planes) < count:
            raise ValueError("channels are missing")
        opaque = np.full_like(planes[0], np.iinfo(planes[0].dtype).max)
        alpha = planes[count] if see_through and len(planes) > count else opaque
        colours = np.stack(planes[:count], axis=-1)
        if alpha is not opaque and space in ("rgb", "grey"):
            colours = _off_white(colours, alpha[..., None])
        return self._rgba(np.concatenate([colours, alpha[..., None]], axis=-1), space, straight=True)

    def _by_palette(self, places: Pixels) -> Pixels:
        palette = np.frombuffer(self.psd.color_mode_data.value, np.uint8).reshape(3, -1).T
        rgb = palette[np.minimum(places, len(palette) - 1)]
        return np.concatenate([rgb, np.full_like(rgb[..., :1], 255)], axis=-1)

    def _planes(
        self, record: LayerRecord, channels: ChannelDataList, size: tuple[int, int], only: int | None = None
    ) -> dict[int, Pixels]:
        """The channels of a record by their numbers: those of its pixels, or `only` one."""
        header, found = self.psd.header, {}
        for about, data in zip(record.channel_info, channels, strict=False):
            number = int(about.id)
            if (number == only) if only is not None else number >= _TRANSPARENCY:
                with _strict():
                    raw = data.get_data(*size, header.depth, header.version)
                found[number] = self._plane(raw, *size)
        return found

    def _plane(self, raw: bytes, width: int, height: int) -> Pixels:
        """A channel as h×w uint8 or uint16."""
        depth = self.psd.header.depth
        if depth == 1:
            bits = np.unpackbits(np.frombuffer(raw, np.uint8).reshape(height, -1), axis=1, count=width)
            return np.where(bits == 1, np.uint8(0), np.uint8(255))
        if depth == 32:
            light = np.nan_to_num(np.frombuffer(raw, ">f4").reshape(height, width), posinf=1.0, neginf=0.0)
            return np.asarray(np.rint(np.clip(light, 0, 1) * 65535), np.uint16)
        kind = np.dtype(">u2") if depth == 16 else np.dtype(np.uint8)
        return np.frombuffer(raw, kind).reshape(height, width).astype(kind.newbyteorder("="))

    def _rgba(self, samples: Pixels, space: Space, *, straight: bool) -> tuple[Pixels, bytes | None]:
        if self.psd.header.depth == 32:
            samples = _encoded(samples)
        found = Decoded(
            samples, space, "straight" if straight else "none", int(np.iinfo(samples.dtype).max),
            inverted=space == "cmyk", icc=self.icc,
        )  # fmt: skip
        return rgb_of(found)


def mask_box(about: MaskData) -> Box:
    """Where a layer mask lies; what is outside has its background's colour."""
    if about.real_flags is not None and about.real_flags.parameters_applied:
        return about.real_left or 0, about.real_top or 0, about.real_width, about.real_height
    return about.left, about.top, about.width, about.height


def mask_outside(about: MaskData) -> int:
    """What a layer mask is outside of its box: 0 hides, 255 shows."""
    real = about.real_flags is not None and about.real_flags.parameters_applied
    return int((about.real_background_color if real else about.background_color) or 0)


def _encoded(samples: Pixels) -> Pixels:
    """Light (32 bits) as sRGB's curve has it; the last channel is opacity."""
    light = samples[..., :-1].astype(np.float32) / np.float32(65535)
    curved = np.where(light <= 0.0031308, light * 12.92, 1.055 * np.power(light, 1 / 2.4) - 0.055)
    colours = np.rint(np.clip(curved, 0, 1) * 65535).astype(np.uint16)
    return np.concatenate([colours, samples[..., -1:]], axis=-1)


def _off_white(colours: NDArray[Any], alpha: NDArray[Any]) -> NDArray[Any]:
    """Colours that were laid on white, by what covers it, without the white."""
    most = float(np.iinfo(colours.dtype).max)
    cover = alpha.astype(np.float32) / np.float32(most)
    bare = (colours.astype(np.float32) - most * (1 - cover)) / np.maximum(cover, 1e-6)
    out = np.rint(np.clip(bare, 0, most)).astype(colours.dtype)
    return np.where(alpha > 0, out, 0).astype(colours.dtype)


@contextmanager
def _strict() -> Iterator[None]:
    """Makes a damaged channel a ValueError, where psd-tools warns and gives a black one."""
    from psd_tools.compression import PSDDecompressionWarning

    with warnings.catch_warnings():
        warnings.simplefilter("error", PSDDecompressionWarning)
        try:
            yield
        except PSDDecompressionWarning as error:
            raise ValueError("a channel is damaged") from error
