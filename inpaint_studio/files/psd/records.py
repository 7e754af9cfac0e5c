"""What a PSD file says of one layer or group, made of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.document import BLEND_MODES
from inpaint_studio.document.nodes import TAGS

if TYPE_CHECKING:
    from psd_tools.constants import ChannelID
    from psd_tools.psd.layer_and_mask import ChannelDataList, LayerRecord

    from inpaint_studio.basics.surface import Pixels
    from inpaint_studio.document import Node

_PASS_THROUGH = "pass"
_LONGEST_NAME = 255
_MASK, _TRANSPARENCY = -2, -1


@dataclass(frozen=True, slots=True)
class Depth:
    """How samples are stored: `bits` a channel, for `version` 1 (PSD) or 2 (PSB)."""

    bits: int
    version: int

    @property
    def dtype(self) -> np.dtype[Any]:
        """What pixels of so many bits are held in."""
        return np.dtype(np.uint8 if self.bits == 8 else np.uint16)

    def packed(self, plane: Pixels) -> Any:
        """A `ChannelData` of an h×w plane. Photoshop itself packs 8 bits by run lengths, 16 by prediction."""
        from psd_tools.constants import Compression
        from psd_tools.psd.layer_and_mask import ChannelData

        height, width = plane.shape
        if not plane.size:
            return ChannelData(Compression.RAW, b"")
        made = ChannelData(Compression.RLE if self.bits == 8 else Compression.ZIP_WITH_PREDICTION)
        made.set_data(self.stored(plane), width, height, self.bits, self.version)
        return made

    def stored(self, plane: Pixels) -> bytes:
        """A plane's samples as they lie in the file: big-endian."""
        return np.ascontiguousarray(plane, np.uint8 if self.bits == 8 else ">u2").tobytes()


Record = tuple["LayerRecord", "ChannelDataList"]


def layer_record(
    node: Node, corner: tuple[int, int], pixels: Pixels, mask: NDArray[Any] | None, depth: Depth
) -> Record:
    """A layer: `pixels` h×w×4 straight RGBA with their `corner` on the canvas, and a layer mask as large."""
    height, width = pixels.shape[:2]
    record, channels = _record(node)
    record.left, record.top = corner
    record.right, record.bottom = corner[0] + width, corner[1] + height
    planes = {_TRANSPARENCY: pixels[:, :, 3]} | {place: pixels[:, :, place] for place in range(3)}
    if mask is not None:
        record.mask_data = _mask_place(record)
        planes[_MASK] = mask
    for channel, plane in planes.items():
        _add(record, channels, _channel(channel), depth.packed(plane))
    return record, channels


def group_records(node: Node, isolated: bool, children: list[Record]) -> list[Record]:
    """A group around its children, bottom first: its end, they, its head."""
    from psd_tools.constants import BlendMode, SectionDivider, Tag

    head, end = _empty(node), _empty(None)
    mode = BLEND_MODES[node.blend].photoshop if isolated else _PASS_THROUGH
    _set(
        head[0], Tag.SECTION_DIVIDER_SETTING, kind=SectionDivider.OPEN_FOLDER, signature=b"8BIM",
        blend_mode=BlendMode(mode.encode()),
    )  # fmt: skip
    _set(end[0], Tag.SECTION_DIVIDER_SETTING, kind=SectionDivider.BOUNDING_SECTION_DIVIDER)
    return [end, *children, head]


def _empty(node: Node | None) -> Record:
    """A record without pixels: of a group, or None for a group's end."""
    record, channels = _record(node)
    for channel in (_TRANSPARENCY, 0, 1, 2):
        _add(record, channels, _channel(channel), Depth(8, 1).packed(np.zeros((0, 0), np.uint8)))
    return record, channels


def _record(node: Node | None) -> Record:
    from psd_tools.constants import BlendMode, ProtectedFlags, SheetColorType, Tag
    from psd_tools.psd.layer_and_mask import ChannelDataList, LayerFlags, LayerRecord

    if node is None:
        record = LayerRecord(name="</Layer group>")
        _set(record, Tag.UNICODE_LAYER_NAME, "</Layer group>")
        return record, ChannelDataList()
    name = node.name[:_LONGEST_NAME]
    record = LayerRecord(
        # The old field knows one script only; the name that is read is the Unicode one.
        name=name.encode("ascii", "replace").decode(),
        blend_mode=BlendMode(BLEND_MODES[node.blend].photoshop.encode()),
        opacity=round(node.opacity * 255),
        flags=LayerFlags(visible=node.visible),
    )
    _set(record, Tag.UNICODE_LAYER_NAME, name)
    _set(record, Tag.SHEET_COLOR_SETTING, SheetColorType(TAGS.index(node.tag)))
    if node.locked:
        _set(record, Tag.PROTECTED_SETTING, int(ProtectedFlags.COMPLETE))
    return record, ChannelDataList()


def _set(record: LayerRecord, tag: Any, *values: Any, **known: Any) -> None:
    record.tagged_blocks.set_data(tag, *values, **known)


def _channel(number: int) -> ChannelID:
    from psd_tools.constants import ChannelID

    return ChannelID(number)


def _add(record: LayerRecord, channels: ChannelDataList, channel: ChannelID, data: Any) -> None:
    from psd_tools.psd.layer_and_mask import ChannelInfo

    record.channel_info.append(ChannelInfo(channel, len(data.data) + 2))
    channels.append(data)


def _mask_place(record: LayerRecord) -> Any:
    """A mask of the same box as its layer, hidden outside."""
    from psd_tools.psd.layer_and_mask import MaskData, MaskFlags

    return MaskData(
        top=record.top, left=record.left, bottom=record.bottom, right=record.right, background_color=0,
        flags=MaskFlags(),
    )  # fmt: skip
