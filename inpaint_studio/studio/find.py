"""Find and select: from pixels to masks."""

from __future__ import annotations

from typing import Any

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, FoundObject, Mask, Progress, StudioError, SubProgress
from inpaint_studio.basics.mask import Array
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import Prompts as Prompts
from inpaint_studio.engines.contracts import Proposal as Proposal
from inpaint_studio.engines.networks.library import import_torch
from inpaint_studio.engines.networks.places import has_network


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

    On a street the scene network's; elsewhere, or where a user has taken that network out because of its
    terms, what stands out by the subject finder.
    """
    image = rgb(pixels)
    found: list[FoundObject] = []
    if has_network("scene"):
        import_torch()
        scene = registry.load("scene", "finder")
        found = scene.find(image, progress=SubProgress(progress, 0.0, 0.6))
    if any(o.kind == "thing" for o in found):
        return found
    subjects = registry.load("subject", "finder").find(image, progress=SubProgress(progress, 0.6, 1.0))
    return [*subjects, *(_without(o, subjects) for o in found)]


def _without(area: FoundObject, things: list[FoundObject]) -> FoundObject:
    mask = area.mask
    for thing in things:
        mask = mask.minus(thing.mask)
    return FoundObject(mask, area.label, area.score, area.kind)


def label_map(pixels: Array) -> tuple[Array, list[str]]:
    """H×W uint8 class ids and the scene network's class names, as in its data."""
    ids, names = registry.load("scene", "finder").label_map(rgb(pixels))
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
