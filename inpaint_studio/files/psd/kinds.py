"""What kinds of layers Photoshop has, told by the blocks that a layer carries."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inpaint_studio.files.psd.tree import Entry


class Kind(Enum):
    """A kind of layer, by what this program can do with it."""

    PIXELS = auto()
    TEXT = auto()
    SMART_OBJECT = auto()
    DRAWN = auto()
    """A fill, a shape, or pixels cut out by a path: drawn when it is read."""
    ADJUSTMENT = auto()


_TEXT = ("TYPE_TOOL_OBJECT_SETTING", "TYPE_TOOL_INFO")
_SMART = ("SMART_OBJECT_LAYER_DATA1", "SMART_OBJECT_LAYER_DATA2", "PLACED_LAYER1", "PLACED_LAYER2")
_FILLS = ("SOLID_COLOR_SHEET_SETTING", "PATTERN_FILL_SETTING", "GRADIENT_FILL_SETTING")
_VECTORS = ("VECTOR_MASK_SETTING1", "VECTOR_MASK_SETTING2")
_STYLES = (
    "EFFECTS_LAYER", "OBJECT_BASED_EFFECTS_LAYER_INFO", "OBJECT_BASED_EFFECTS_LAYER_INFO_V0",
    "OBJECT_BASED_EFFECTS_LAYER_INFO_V1",
)  # fmt: skip
_ADJUSTMENTS = (
    "BRIGHTNESS_AND_CONTRAST", "CONTENT_GENERATOR_EXTRA_DATA", "CURVES", "EXPOSURE", "LEVELS", "VIBRANCE",
    "HUE_SATURATION", "HUE_SATURATION_V4", "COLOR_BALANCE", "BLACK_AND_WHITE", "PHOTO_FILTER",
    "CHANNEL_MIXER", "COLOR_LOOKUP", "INVERT", "POSTERIZE", "THRESHOLD", "SELECTIVE_COLOR", "GRADIENT_MAP",
)  # fmt: skip


def kind_of(entry: Entry) -> Kind:
    """The kind of a layer that is no group."""
    if _has(entry, _TEXT):
        return Kind.TEXT
    if _has(entry, _SMART):
        return Kind.SMART_OBJECT
    if _has(entry, _FILLS):
        return Kind.DRAWN
    if _has(entry, _ADJUSTMENTS):
        return Kind.ADJUSTMENT
    # A path beside pixels; a mask that Photoshop joined with it stands for both.
    about = entry.record.mask_data
    joined = about is not None and about.real_flags is not None and about.real_flags.parameters_applied
    return Kind.DRAWN if _has(entry, _VECTORS) and not joined else Kind.PIXELS


def has_style(entry: Entry) -> bool:
    """Whether a layer has shadows, strokes and the like."""
    return _has(entry, _STYLES)


def _has(entry: Entry, names: tuple[str, ...]) -> bool:
    from psd_tools.constants import Tag

    return entry.has(*(Tag[name] for name in names if name in Tag.__members__))
