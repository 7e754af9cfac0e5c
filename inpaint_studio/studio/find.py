"""Find and select: from pixels to masks."""

from __future__ import annotations

from typing import Any

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, FoundObject, Mask, Progress, StudioError
from inpaint_studio.basics.mask import Array
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import Prompts as Prompts
from inpaint_studio.engines.contracts import Proposal as Proposal

NAMING = "scene", "things"
"""The finders whose network names every pixel."""


def rgb(pixels: Array) -> Array:
    """H×W×3 of any H×W, H×W×3 or H×W×4 uint8 picture; transparency is laid on grey."""
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or 0 in pixels.shape:
        raise StudioError("The picture must be an array of 8-bit pixels, height × width (× 3 or 4).")
    if pixels.ndim == 2:
        return np.dstack([pixels] * 3)
    if pixels.shape[2] == 4:
        cover = pixels[..., 3:].astype(np.uint16)
        flat = (pixels[..., :3] * cover + 128 * (255 - cover) + 127) // 255
        return flat.astype(np.uint8)
    if pixels.shape[2] != 3:
        raise StudioError("The picture must have 1, 3 or 4 channels.")
    return pixels


def find_objects(pixels: Array, *, progress: Progress = NO_PROGRESS) -> list[FoundObject]:
    """All objects of a photo (uint8 sRGB), largest and surest first, without overlaps.

    On a street what the scene network and that of things see together, elsewhere what the second sees.
    What stands out where neither sees a thing, or where a user has taken them out because of their terms.
    """
    found: list[FoundObject] = registry.load("every", "finder").find(rgb(pixels), progress=progress)
    return found


def label_map(pixels: Array, network: str = "scene") -> tuple[Array, list[str]]:
    """H×W uint8 class ids and the class names of a network, "scene" or "things", as in its data."""
    if network not in NAMING:
        raise StudioError(f"“{network}” does not name pixels; choose one of: {', '.join(NAMING)}.")
    ids, names = registry.load(network, "finder").label_map(rgb(pixels))
    return ids, list(names)


class Picker:
    """A selector with one photo prepared; `select` answers prompts."""

    def __init__(self, pixels: Array, selector: str = "grabcut", *, progress: Progress = NO_PROGRESS) -> None:
        self._selector: Any = registry.load(selector, "selector")
        self._prepared = self._selector.prepare(rgb(pixels), progress=progress)

    def select(self, prompts: Prompts) -> list[Proposal]:
        """Up to three proposals, the likeliest first. Raises StudioError for prompts that make no sense."""
        answers: list[Proposal] = self._selector.select(self._prepared, prompts)
        return answers


def object_mask(pixels: Array, prompts: Prompts) -> Mask:
    """The likeliest answer to prompts. Raises StudioError if nothing is there."""
    proposals = Picker(pixels).select(prompts)
    if not proposals or not proposals[0].mask:
        raise StudioError("Nothing could be selected there; click inside the object or draw a box around it.")
    return proposals[0].mask
