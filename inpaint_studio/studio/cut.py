"""Select and matte on plain arrays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Mask, Patch, Progress, StudioError, message
from inpaint_studio.basics.mask import Array, Box, intersect_boxes
from inpaint_studio.basics.surface import Pixels, as_dtype
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import Prompts
from inpaint_studio.studio.find import object_mask, rgb
from inpaint_studio.studio.sixteen_bits import carried

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inpaint_studio.engines.contracts import Cut


def _size_of(pixels: Array) -> str:
    return f"{pixels.shape[1]}×{pixels.shape[0]} pixels"


def prompts_for(
    pixels: Array,
    points: Sequence[tuple[float, float]] = (),
    labels: Sequence[int] | None = None,
    box: tuple[float, float, float, float] | None = None,
) -> Prompts:
    """Prompts that lie in a picture; a box that reaches over its edge is cut.

    Raises StudioError for no prompt, points outside, a box that is empty or outside, wrong labels.
    """
    labels = [1] * len(points) if labels is None else list(labels)
    if len(labels) != len(points) or any(label not in (0, 1) for label in labels):
        raise StudioError(message("prompt.labels_missing"))
    if 1 not in labels and box is None:
        raise StudioError(message("prompt.missing"))
    height, width = pixels.shape[:2]
    for x, y in points:
        if not (0 <= x < width and 0 <= y < height):
            raise StudioError(message("point.outside", x=x, y=y, size=_size_of(pixels)))
    if box is not None:
        box = _inside(box, pixels)
    return Prompts(points=tuple((float(x), float(y)) for x, y in points), labels=tuple(labels), box=box)


def _inside(box: tuple[float, float, float, float], pixels: Array) -> tuple[float, float, float, float]:
    x, y, w, h = box
    height, width = pixels.shape[:2]
    left, top, right, bottom = max(0.0, x), max(0.0, y), min(width, x + w), min(height, y + h)
    if right <= left or bottom <= top:
        raise StudioError(message("box.outside", x=x, y=y, w=w, h=h, size=_size_of(pixels)))
    return left, top, right - left, bottom - top


def select_pixels(
    pixels: Array,
    points: Sequence[tuple[float, float]] = (),
    labels: Sequence[int] | None = None,
    box: tuple[float, float, float, float] | None = None,
) -> Array:
    """The likeliest mask for the prompts, H×W uint8; errors as `prompts_for`, or if nothing is there."""
    image = rgb(pixels)
    return object_mask(image, prompts_for(image, points, labels, box)).full(image.shape[:2])


def area_mask(pixels: Array, box: Box) -> Array:
    """A rectangle (x, y, width, height) as a mask, H×W uint8; StudioError if it has no pixel."""
    x, y, w, h = (round(v) for v in _inside(box, pixels))
    out = np.zeros(pixels.shape[:2], np.uint8)
    out[y : y + h, x : x + w] = 255
    return out


def cut_out(pixels: Pixels, mask: Mask, progress: Progress = NO_PROGRESS) -> Cut:
    """Soft coverage and clean colours of the object under a rough mask; uint8 or uint16, as the pixels are.

    What is see-through in the picture is so in the cutout, too.
    """
    shallow = as_dtype(pixels, np.uint8)
    image = shallow if shallow.ndim == 2 else np.ascontiguousarray(shallow[..., :3])
    cut: Cut = registry.load_usual("matte").refine(rgb(image), mask, progress=progress)
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        cut = replace(cut, alpha=cut.alpha.intersection(Mask(0, 0, np.ascontiguousarray(shallow[..., 3]))))
    if pixels.dtype == np.uint8:
        return cut
    x, y, w, h = cut.colours.box
    part = np.s_[y : y + h, x : x + w]
    deep = np.dstack([pixels] * 3) if pixels.ndim == 2 else pixels[..., :3]
    return replace(cut, colours=Patch(x, y, carried(deep[part], rgb(image)[part], cut.colours.crop)))


def cut_picture(cut: Cut) -> Pixels:
    """A cut as h×w×4 straight RGBA of its alpha's box, of the dtype of its colours."""
    box = cut.alpha.box
    x, y, w, h = intersect_boxes(box, cut.colours.box)
    out = np.zeros((box[3], box[2], 4), cut.colours.crop.dtype)
    part = out[y - box[1] : y - box[1] + h, x - box[0] : x - box[0] + w, :3]
    dx, dy = x - cut.colours.x, y - cut.colours.y
    part[:] = cut.colours.crop[dy : dy + h, dx : dx + w]
    out[..., 3] = as_dtype(cut.alpha.crop, out.dtype)
    return out


def matte_pixels(pixels: Array, mask: Array, progress: Progress = NO_PROGRESS) -> tuple[Array, Array]:
    """Coverage H×W uint8 and colours H×W×3 uint8 of the object under `mask` (H×W uint8).

    Raises StudioError if the mask is empty or has another size than the picture.
    """
    image = rgb(pixels)
    check_mask(image, mask)
    cut = cut_out(image, Mask.place(mask), progress)
    colours = image.copy()
    x, y, w, h = cut.colours.box
    colours[y : y + h, x : x + w] = cut.colours.crop
    return cut.alpha.full(image.shape[:2]), colours


def check_mask(pixels: Array, mask: Array) -> None:
    """Raises StudioError unless `mask` is H×W uint8 of the picture's size with something in it."""
    if mask.ndim != 2 or mask.dtype != np.uint8:
        raise StudioError(message("array.no_channel"))
    if mask.shape != pixels.shape[:2]:
        sizes = f"{_size_of(mask)}, the photo {_size_of(pixels)}"
        raise StudioError(message("mask.sizes_differ", sizes=sizes))
    if not mask.any():
        raise StudioError(message("mask.no_object"))
