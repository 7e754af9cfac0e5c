"""Find and select: from pixels to masks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, FoundObject, Mask, Progress, StudioError, message
from inpaint_studio.basics.mask import Array, unite
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import Prompts as Prompts
from inpaint_studio.engines.contracts import Proposal as Proposal
from inpaint_studio.engines.contracts import Selector, SharpSelector
from inpaint_studio.render.colour import to_srgb
from inpaint_studio.studio.sixteen_bits import shallow

if TYPE_CHECKING:
    from inpaint_studio.document import Snapshot


_LOOK = 512
"""Pixels of the longer side of a mask whose parts are told apart."""
_GAP = 0.02
"""Parts of a mask this near, as a share of its longer side, hang together."""


def rgb(pixels: Array) -> Array:
    """H×W×3 of any H×W, H×W×3 or H×W×4 uint8 picture; transparency is laid on grey."""
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or 0 in pixels.shape:
        raise StudioError(message("array.no_picture"))
    if pixels.ndim == 2:
        return np.dstack([pixels] * 3)
    if pixels.shape[2] == 4:
        cover = pixels[..., 3:].astype(np.uint16)
        flat = (pixels[..., :3] * cover + 128 * (255 - cover) + 127) // 255
        return flat.astype(np.uint8)
    if pixels.shape[2] != 3:
        raise StudioError(message("array.wrong_channels"))
    return pixels


def finder_pixels(snapshot: Snapshot) -> Array:
    """What a finder looks through: the lowest layer's own pixels in sRGB, as large as its source."""
    base = snapshot.state.tree.base
    height, width = base.source.shape[:2]
    pixels = shallow(base)
    if base.mask is not None:
        pixels = np.dstack([pixels, base.mask.full((height, width))])
    return to_srgb(pixels, snapshot.icc)


def find_objects(pixels: Array, *, finder: str = "", progress: Progress = NO_PROGRESS) -> list[FoundObject]:
    """All objects of a photo (uint8 sRGB), largest and surest first, without overlaps.

    On a street what the scene network and that of things see together, elsewhere what the second sees.
    What stands out where neither sees a thing, or where a user has taken them out because of their terms.
    `finder` names another way of finding. Raises StudioError for an unknown one.
    """
    engine = registry.load(finder, "finder") if finder else registry.load_usual("finder")
    found: list[FoundObject] = engine.find(rgb(pixels), progress=progress)
    return found


def label_map(pixels: Array, network: str = "scene") -> tuple[Array, list[str]]:
    """H×W uint8 class ids and the class names of a network, "scene" or "things", as in its data."""
    naming = [engine.id for engine in registry.engines("finder") if "label_map" in engine.gives]
    if network not in naming:
        raise StudioError(message("network.names_no_pixels", network=network, naming=", ".join(naming)))
    ids, names = registry.load(network, "finder").label_map(rgb(pixels))
    return ids, list(names)


def selects_sharply() -> bool:
    """Whether the usual selector sharpens its answers and is quick enough for hovering."""
    return "subject" in registry.usual("selector").gives


class Picker:
    """A selector with one photo prepared: answers prompts, from any thread."""

    def __init__(self, pixels: Array, selector: str = "", *, progress: Progress = NO_PROGRESS) -> None:
        """`pixels` as `rgb` takes them, sRGB; `selector` is the id of one, the usual one if empty.

        Raises StudioError if a network is there but damaged.
        """
        chosen = selector or registry.usual("selector").id
        self._selector: Selector = registry.load(chosen, "selector")
        self._image = rgb(pixels)
        self._prepared = self._selector.prepare(self._image, progress=progress)

    def select(self, prompts: Prompts) -> list[Proposal]:
        """Up to three proposals, the likeliest first. Raises StudioError for prompts that make no sense.

        The first is what hangs together with the clicks; others, such as a group, may lie apart.
        """
        proposals = self._selector.select(self._prepared, prompts)
        first = [replace(each, mask=hanging_together(each.mask, prompts)) for each in proposals[:1]]
        return [*first, *proposals[1:]]

    def glance(self, prompts: Prompts) -> Proposal | None:
        """What `select` would put first, quickly enough to follow the pointer; None if that can't be."""
        if not isinstance(self._selector, SharpSelector):
            return None
        seen = self._selector.glance(self._prepared, prompts)
        return replace(seen, mask=hanging_together(seen.mask, prompts))

    @property
    def sharp(self) -> bool:
        """Whether `glance` has answers, and `refine` better ones."""
        return isinstance(self._selector, SharpSelector)

    def refine(self, prompts: Prompts, proposal: Proposal, *, progress: Progress = NO_PROGRESS) -> Proposal:
        """A proposal with edges as fine as the photo, itself if it is as fine as can be."""
        if not isinstance(self._selector, SharpSelector):
            return proposal
        sharp = self._selector.refine(self._prepared, prompts, proposal, progress=progress)
        together = hanging_together(proposal.mask, prompts).same(proposal.mask)
        return replace(sharp, mask=hanging_together(sharp.mask, prompts)) if together else sharp

    def subject(self, *, progress: Progress = NO_PROGRESS) -> Mask:
        """All that stands out in the photo. Raises StudioError if nothing does."""
        found = registry.load_usual("finder", "subject").find(self._image, progress=progress)
        mask = unite(subject.mask for subject in found)
        if not mask:
            raise StudioError(message("select.no_subject"))
        return mask


def hanging_together(mask: Mask, prompts: Prompts) -> Mask:
    """The parts of a mask that hang together with a click that belongs to it, over small gaps.

    All of it for prompts other than clicks, and where no click lies on it.
    """
    import cv2

    clicks = [point for point, label in zip(prompts.points, prompts.labels, strict=True) if label]
    others = (prompts.box, prompts.lasso, prompts.wanted, prompts.unwanted, prompts.previous)
    if not mask or not clicks or any(others):
        return mask
    # Looked at small: a gap is a part of the mask's size, as of someone behind a post.
    step = max(1, max(mask.crop.shape) // _LOOK)
    small = (mask.crop[::step, ::step] > 127).astype(np.uint8)
    gap = 2 * round(_GAP * max(small.shape)) + 1
    joined = cv2.dilate(small, np.ones((gap, gap), np.uint8))
    count, parts = cv2.connectedComponents(joined, connectivity=8)
    at = [(int(y - mask.y) // step, int(x - mask.x) // step) for x, y in clicks]
    rows, columns = parts.shape
    meant = {int(parts[row, column]) for row, column in at if 0 <= row < rows and 0 <= column < columns} - {0}
    if count <= 2 or not meant:
        return mask
    kept = np.isin(parts, list(meant)).astype(np.uint8)
    height, width = mask.crop.shape
    whole = cv2.resize(kept, (columns * step, rows * step), interpolation=cv2.INTER_NEAREST)[:height, :width]
    return Mask.place(np.where(whole > 0, mask.crop, 0).astype(np.uint8), mask.x, mask.y)


def warm_up() -> None:
    """Loads the selector's network and asks it about nothing much, so that the first click need not wait.

    Nothing is loaded where there is no network. Raises StudioError if it is damaged.
    """
    if registry.usual("selector").network is not None:
        Picker(np.zeros((64, 64, 3), np.uint8)).glance(Prompts(points=((32.0, 32.0),), labels=(1,)))


def object_mask(pixels: Array, prompts: Prompts) -> Mask:
    """The likeliest answer to prompts, sharpened. Raises StudioError if nothing is there."""
    picker = Picker(pixels)
    proposals = picker.select(prompts)
    if not proposals or not proposals[0].mask:
        raise StudioError(message("select.nothing_there"))
    return picker.refine(prompts, proposals[0]).mask
