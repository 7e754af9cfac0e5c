"""The public Python API: what one can do with a photo or an array, one function each.

`import inpaint_studio as ips` offers all of this as `ips.fill` and so on. Pixels are H×W×3 or H×W×4
uint8 RGB(A), masks and holes H×W uint8 (0 outside, 255 inside; bool arrays are taken too), points and
boxes in pixels from the top left corner. What cannot be done raises `StudioError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Cancelled, FoundObject, Mask, Progress, StudioError, message
from inpaint_studio.basics.mask import Array
from inpaint_studio.studio import cut as _cut
from inpaint_studio.studio import enhance as _enhance
from inpaint_studio.studio import fill as _fill
from inpaint_studio.studio import fill_like as _like
from inpaint_studio.studio import find as _find
from inpaint_studio.studio import open as _open
from inpaint_studio.studio.layers import Document, Photo, lift_all
from inpaint_studio.studio.open import open_photo
from inpaint_studio.studio.save import export, save

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = [
    "Cancelled",
    "Document",
    "FoundObject",
    "Mask",
    "Photo",
    "StudioError",
    "enhance",
    "export",
    "fill",
    "find_objects",
    "label_map",
    "lift_all",
    "matte",
    "open_document",
    "open_photo",
    "remove",
    "save",
    "select",
]


def find_objects(pixels: Array, *, finder: str = "", progress: Progress = NO_PROGRESS) -> list[FoundObject]:
    """All objects of a picture, largest and surest first; their masks do not overlap.

    `kind` tells things, which can be lifted, from areas such as buildings, trees, sky and road. `finder`
    names another way of finding, such as that of an added network.
    """
    return _find.find_objects(pixels, finder=finder, progress=progress)


def label_map(pixels: Array, network: str = "scene") -> tuple[Array, list[str]]:
    """H×W uint8 class ids and the class names of a network, as in its data.

    `network` is "scene" (streets) or "things" (any photo; class 0 is what is none of them).
    """
    return _find.label_map(pixels, network)


def select(
    pixels: Array,
    points: Sequence[tuple[float, float]] = (),
    labels: Sequence[int] | None = None,
    box: tuple[float, float, float, float] | None = None,
) -> Array:
    """The likeliest mask, H×W uint8, for points (x, y), a box (x, y, width, height) or both.

    `labels` says for each point whether it belongs to the object (1, the default) or not (0). Raises
    StudioError if there is no prompt, one lies outside the picture, or nothing is found there.
    """
    return _cut.select_pixels(pixels, points, labels, box)


def matte(pixels: Array, mask: Array, *, progress: Progress = NO_PROGRESS) -> tuple[Array, Array]:
    """Soft coverage of an object, H×W uint8, and its colours without the old background, H×W×3 uint8.

    `mask` is the object's rough mask. Where the object does not reach, the colours are the picture's.
    """
    return _cut.matte_pixels(pixels, _area(mask), progress)


def fill(
    pixels: Array,
    hole: Array,
    *,
    filler: str = "auto",
    keep_out: Array | None = None,
    sample_from: Array | None = None,
    like: str | tuple[float, float] | None = None,
    seed: int = 0,
    adaptation: float = 1.0,
    progress: Progress = NO_PROGRESS,
    **parameters: bool | float | str,
) -> Array:
    """A copy of a picture, painted exactly where `hole` > 0 and equal to it everywhere else.

    Pixels are copied only from where `sample_from` > 0 (anywhere if None) and `keep_out` is 0. With
    `like` only from what has that name, such as “sky” or “road”, or lies at that point (x, y). Equal
    seeds give equal fills. `adaptation`, 0 to 1, is how far copied colours follow those around the hole;
    `parameters` are those that the filler declares beside it. Raises StudioError for an empty hole, one that
    covers everything or has another size than the picture, for a value that a parameter does not allow, and
    for an unknown filler or parameter.
    """
    return _fill.fill_pixels(
        pixels, _area(hole), filler=filler, keep_out=_area(keep_out),
        sample_from=_sampled(pixels, hole, _area(sample_from), like),
        seed=seed, progress=progress, adaptation=adaptation, **parameters,
    )  # fmt: skip


def remove(pixels: Array, mask: Array, **options: Any) -> Array:
    """`fill` of the hole that removing the object under `mask` leaves: the mask and its soft rim.

    Takes the same options as `fill`.
    """
    for name in ("keep_out", "sample_from"):
        if name in options:
            options[name] = _area(options[name])
    sample_from, like = options.pop("sample_from", None), options.pop("like", None)
    area = _sampled(pixels, mask, sample_from, like)
    return _fill.remove_pixels(pixels, _area(mask), sample_from=area, **options)


def _sampled(
    pixels: Array, hole: Array, sample_from: Array | None, like: str | tuple[float, float] | None
) -> Array | None:
    """Where may be copied from: what both allow."""
    if like is None:
        return sample_from
    area = _like.area_like(pixels, _area(hole), like)
    return area if sample_from is None else np.minimum(area, sample_from)


def enhance(pixels: Array, strength: float = 1.0, *, progress: Progress = NO_PROGRESS) -> Array:
    """A picture with less noise, JPEG blocks and blur; H×W uint8 is taken, too, and stays grey.

    `strength` is 0..1; 0 changes nothing. Transparency stays as it is. Raises StudioError if the network for
    it is not installed.
    """
    return _enhance.enhance_pixels(pixels, strength, progress)


def open_document(path: str | Path) -> Document:
    """The document in a project (.ora), or a new one of a photo."""
    document, _ = _open.open_document(path)
    return document


def _area(area: Any) -> Any:
    """A bool or uint8 array as coverage, None as it is."""
    if area is None:
        return None
    if not isinstance(area, np.ndarray) or area.dtype not in (np.uint8, np.bool_):
        raise StudioError(message("array.no_mask"))
    return area if area.dtype == np.uint8 else area.astype(np.uint8) * np.uint8(255)
