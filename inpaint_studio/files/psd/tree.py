"""The layers of a PSD file as a tree. The file lists them, with marks where groups begin and end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inpaint_studio.files.limits import MAX_STACK_DEPTH

if TYPE_CHECKING:
    from psd_tools.psd import PSD
    from psd_tools.psd.layer_and_mask import ChannelDataList, LayerRecord


@dataclass(frozen=True, slots=True)
class Entry:
    """One layer, or a group with what is in it (`children`, bottom first)."""

    record: LayerRecord
    channels: ChannelDataList
    children: tuple[Entry, ...] | None = None

    @property
    def name(self) -> str:
        from psd_tools.constants import Tag

        return str(self.block(Tag.UNICODE_LAYER_NAME) or self.record.name or "")

    @property
    def clipped(self) -> bool:
        """Whether it shows only where the layer below it does."""
        return int(self.record.clipping) == 1

    @property
    def mode(self) -> str:
        """The key of its blend mode, four letters; "pass" of a group that is not composed apart."""
        setting = _divider(self.record)
        own = setting.blend_mode if setting is not None and setting.blend_mode is not None else None
        return str((own or self.record.blend_mode).value.decode("latin-1"))

    def block(self, tag: Any) -> Any:
        """What the file says of a layer under a tag, None if nothing."""
        return self.record.tagged_blocks.get_data(tag)

    def has(self, *tags: Any) -> bool:
        """Whether there is anything under one of these tags."""
        return any(tag in self.record.tagged_blocks for tag in tags)


def entries_of(psd: PSD) -> tuple[Entry, ...]:
    """All layers and groups, bottom first. Marks without a partner are passed over.

    Raises ValueError for groups in more than `MAX_STACK_DEPTH` others.
    """
    from psd_tools.constants import SectionDivider

    levels: list[list[Entry]] = [[]]
    for record, channels in _records(psd):
        setting = _divider(record)
        kind = SectionDivider.OTHER if setting is None else setting.kind
        if kind == SectionDivider.BOUNDING_SECTION_DIVIDER:
            levels.append([])
            if len(levels) > MAX_STACK_DEPTH:
                raise ValueError("groups are nested too deeply")
        elif kind == SectionDivider.OTHER:
            levels[-1].append(Entry(record, channels))
        elif len(levels) > 1:
            inside = tuple(levels.pop())
            levels[-1].append(Entry(record, channels, inside))
    return tuple(entry for level in levels for entry in level)


def see_through(psd: PSD) -> bool:
    """Whether the picture as a whole has transparency."""
    info = _info(psd)
    return info is not None and info.layer_count < 0


def _info(psd: PSD) -> Any:
    """The section of layers; with more than 8 bits it may lie in a block of its own."""
    from psd_tools.constants import Tag

    section = psd.layer_and_mask_information
    blocks = section.tagged_blocks
    for tag in (Tag.LAYER_16, Tag.LAYER_32):
        if blocks is not None and tag in blocks:
            return blocks.get_data(tag)
    return section.layer_info


def _records(psd: PSD) -> list[tuple[LayerRecord, ChannelDataList]]:
    info = _info(psd)
    return [] if info is None else list(zip(info.layer_records, info.channel_image_data, strict=False))


def _divider(record: LayerRecord) -> Any:
    from psd_tools.constants import Tag

    blocks = record.tagged_blocks
    return blocks.get_data(Tag.NESTED_SECTION_DIVIDER_SETTING, blocks.get_data(Tag.SECTION_DIVIDER_SETTING))
