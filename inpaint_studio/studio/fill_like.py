"""What a hole is filled with: sky, road, trees, or what is pointed at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import StudioError, message
from inpaint_studio.basics.mask import unite
from inpaint_studio.engines import registry
from inpaint_studio.studio.cut import select_pixels
from inpaint_studio.studio.fill import scenery
from inpaint_studio.studio.fill_options import set_sample
from inpaint_studio.studio.find import label_map, rgb
from inpaint_studio.studio.selections import to_source

if TYPE_CHECKING:
    from collections.abc import Collection

    from inpaint_studio.basics import Mask
    from inpaint_studio.basics.mask import Array
    from inpaint_studio.document import Document, Layer

Like = str | tuple[float, float]
"""A word such as “sky”, or a point (x, y) on what is meant."""

_MEANT = {"road": ("road", "pavement"), "wall": ("building", "wall", "fence"), "trees": ("tree",)}
"""What finders call what a word means; other words mean themselves."""
_LEAST = 0.002
"""Share of the picture below which a class was hardly seen."""


def classes_of(word: str) -> tuple[str, ...]:
    """What finders call what a word means, in small letters."""
    plain = word.strip().casefold()
    return _MEANT.get(plain, (plain,))


def area_like(pixels: Array, hole: Array, like: Like) -> Array:
    """Where a picture shows what is meant, H×W uint8, 0 or 255, the hole left out.

    `pixels` as `find.rgb` takes them, sRGB; `hole` H×W uint8. Raises StudioError if nothing of it is there.
    """
    if isinstance(like, str):
        area = _named(pixels, like)
    else:
        area = select_pixels(pixels, [like])
    area = np.where(hole > 0, 0, area).astype(np.uint8)
    if not area.any():
        raise StudioError(message("fill.nothing_like", like=_shown(like)))
    return area


def _named(pixels: Array, word: str) -> Array:
    """Of the networks that name every pixel the first that knows the word; H×W uint8."""
    wanted, known = classes_of(word), list[str]()
    for engine in registry.installed("finder"):
        if "label_map" not in engine.gives:
            continue
        ids, names = label_map(rgb(pixels), engine.id)
        numbers = [number for number, name in enumerate(names) if name.casefold() in wanted]
        known += names
        if numbers:
            there = np.isin(ids, numbers)
            return np.where(there & (there.mean() > _LEAST), 255, 0).astype(np.uint8)
    raise StudioError(message("fill.like_unknown", like=word, known=", ".join(sorted({*_MEANT, *known}))))


def _shown(like: Like) -> str:
    return like if isinstance(like, str) else f"{like[0]:g}, {like[1]:g}"


def has_scenery(document: Document, layer: Layer, word: str, holes: Collection[str]) -> bool:
    """Whether `fill_like` would find anything of that name."""
    wanted = classes_of(word)
    return any(name.casefold() in wanted for name, _ in scenery(document, layer, holes))


def fill_like(document: Document, layer: Layer, word: str, holes: Collection[str] | None) -> None:
    """Fills of holes of a layer (all if None) are copied from the scenery of that name alone.

    Goes by what was found in the photo and what was lifted from the layer and is at home. Raises StudioError
    if none of it has that name.
    """
    wanted = classes_of(word)
    gone = tuple(hole.id for hole in layer.holes) if holes is None else holes
    area = unite(mask for name, mask in scenery(document, layer, gone) if name.casefold() in wanted)
    if not area:
        raise StudioError(message("fill.no_scenery", like=word))
    set_sample(document, layer.id, area, holes)


def fill_like_selection(
    document: Document, layer: Layer, selection: Mask, holes: Collection[str] | None
) -> None:
    """Fills of holes of a layer (all if None) are copied from the selection (canvas pixels) alone."""
    area = to_source(layer, selection)
    if not area:
        raise StudioError(message("fill.selection_beside"))
    set_sample(document, layer.id, area, holes)
