"""Documents that use what layered files can hold: every mode, groups, masks, names in many scripts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from inpaint_studio.basics import Mask
from inpaint_studio.document import (
    BLEND_MODES,
    Backdrop,
    Cutout,
    Document,
    Group,
    Photo,
    Picture,
    State,
    Transform,
    Tree,
)

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

WIDTH, HEIGHT = 320, 240
_SIDE = 48


def _photo(dtype: DTypeLike) -> Any:
    """Colours of all kinds, smooth and noisy."""
    rng = np.random.default_rng(12)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    base = np.stack([columns / WIDTH, rows / HEIGHT, (rows + columns) % 97 / 97], -1)
    noisy = np.clip(base + rng.normal(0, 0.05, base.shape), 0, 1)
    return np.rint(noisy * np.iinfo(dtype).max).astype(dtype)


def _disc(size: int) -> Any:
    yy, xx = np.mgrid[:size, :size]
    middle = (size - 1) / 2
    return (np.clip(size / 2 - np.hypot(xx - middle, yy - middle), 0, 1) * 255).astype(np.uint8)


def modes(dtype: DTypeLike) -> Document:
    """A tile of each blend mode over the photo, half opaque."""
    source = _photo(dtype)
    tile = np.ascontiguousarray(source[::-1, ::-1][:_SIDE, :_SIDE])
    tiles = [
        replace(_tile(name, tile, place), blend=name, opacity=0.8) for place, name in enumerate(BLEND_MODES)
    ]
    return _made(source, *tiles)


def _tile(name: str, source: Any, place: int) -> Picture:
    x, y = 8 + place % 5 * 62, 4 + place // 5 * 58
    return Picture(name, source, Mask(0, 0, _disc(_SIDE)), transform=Transform(float(x), float(y)))


def groups(dtype: DTypeLike) -> Document:
    """Groups in groups, isolated or not, with opacity and modes; cutouts, turned ones too; odd names."""
    source = _photo(dtype)
    blue = np.zeros((90, 120, 3), dtype)
    blue[..., 2] = np.iinfo(dtype).max
    cut = Cutout("猫", source, Mask(20, 30, _disc(90)), transform=Transform(60.0, 20.0), opacity=0.7)
    turn = Transform(-40.0, 30.0, 1.1, 0.9, 25.0, (190.0, 130.0))
    turned = Cutout("Кот повёрнут", source, Mask(150, 90, _disc(80)), transform=turn)
    over = Picture("أزرق", blue, transform=Transform(150.0, 100.0), blend="multiply")
    through = Group("Durch", (replace(over, blend="screen", opacity=0.5, id="through"),))
    inner = Group("Innen “1”", (over,), isolated=True, opacity=0.6)
    outer = Group("Außen", (cut, inner), blend="overlay", opacity=0.9)
    hidden = Group("Versteckt", (replace(cut, blend="difference", id="hidden"),), visible=False)
    return _made(source, outer, through, turned, hidden)


def _made(source: Any, *nodes: Any) -> Document:
    eight = source if source.dtype == np.uint8 else (source // 257).astype(np.uint8)
    deep = None if source.dtype == np.uint8 else source
    tree = Tree((Backdrop("Backdrop", source), *nodes))
    return Document(Photo(eight, "interop.png", deep), State((0, 0, WIDTH, HEIGHT), tree))
