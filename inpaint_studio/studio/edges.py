"""Edges of cutouts and selections: adjusted as a whole, worked out anew under a brush, and shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import NO_PROGRESS, Mask, Patch, Progress, StudioError, message
from inpaint_studio.basics.mask import Array, Box, grow_box, intersect_boxes, unite_boxes
from inpaint_studio.basics.surface import Pixels
from inpaint_studio.document import Layer, Tree, open_hole
from inpaint_studio.engines import registry
from inpaint_studio.render import layer_surface, plate, render, shrunk
from inpaint_studio.studio.decided import decided
from inpaint_studio.studio.sixteen_bits import clean_patch, shallow

if TYPE_CHECKING:
    from inpaint_studio.basics.surface import Surface
    from inpaint_studio.document import Snapshot
    from inpaint_studio.engines.contracts import Cut

_NEAR = 128
"""Pixels around a cutout whose look may matter to its edge."""

View = Literal["picture", "black", "white", "board", "mask"]


@dataclass(frozen=True, slots=True)
class EdgeOptions:
    """How an edge is adjusted, in this order: `smooth` 0..20, `feather` 0..100 and `shift` −20..20 are pixels
    of the layer, `contrast` 0..100 and `clean` 0..100 per cent. The defaults change nothing.
    """

    smooth: float = 0.0
    feather: float = 0.0
    contrast: float = 0.0
    shift: float = 0.0
    clean: float = 100.0


def adjusted(mask: Mask, options: EdgeOptions, size: tuple[int, int]) -> Mask:
    """The mask (pixels of a width × height source) with its edge adjusted; itself where nothing is asked.

    `smooth` rounds off bumps and fills dents of about so many pixels and leaves the edge about as sharp as
    it is, `feather` makes it soft, `contrast` sharp, `shift` moves it outward or, below 0, inward.
    """
    if not mask or not (options.smooth or options.feather or options.contrast or options.shift):
        return mask
    margin = int(np.ceil(3 * (options.smooth + options.feather) + abs(options.shift))) + 2
    box = grow_box(mask.box, margin, *size)
    cover = np.asarray(mask.window(box) / np.float32(255), np.float32)
    if options.smooth:
        cover = _smoothed(cover, options.smooth)
    if options.feather:
        cover = _blurred(cover, options.feather)
    if options.contrast:
        cover = _steeper(cover, 1 / max(0.01, 1 - options.contrast / 100))
    if options.shift:
        cover = _shifted(cover, options.shift)
    return Mask.place(np.asarray(np.clip(cover, 0, 1) * 255 + 0.5).astype(np.uint8), box[0], box[1])


_Cover = NDArray[np.float32]


def _blurred(cover: _Cover, sigma: float) -> _Cover:
    import cv2

    return np.asarray(cv2.GaussianBlur(cover, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.float32)


def _smoothed(cover: _Cover, pixels: float) -> _Cover:
    """Blurred, and made as steep again as an edge is that was a pixel wide."""
    return _steeper(_blurred(cover, pixels), max(1.0, pixels * float(np.sqrt(2 * np.pi))))


def _steeper(cover: _Cover, times: float) -> _Cover:
    return np.asarray(np.clip((cover - 0.5) * times + 0.5, 0, 1), np.float32)


def _shifted(cover: _Cover, pixels: float) -> _Cover:
    """Grey dilation or erosion by a disc; between whole pixels a mixture of both sides."""
    import cv2

    morph = cv2.dilate if pixels > 0 else cv2.erode
    less, part = divmod(abs(pixels), 1)

    def by(radius: int) -> _Cover:
        if not radius:
            return cover
        rows, columns = np.mgrid[-radius : radius + 1, -radius : radius + 1]
        disc = (rows**2 + columns**2 <= (radius + 0.3) ** 2).astype(np.uint8)
        return np.asarray(morph(cover, disc, borderType=cv2.BORDER_REPLICATE), np.float32)

    near = by(int(less))
    return near if not part else np.asarray((1 - part) * near + part * by(int(less) + 1), np.float32)


def as_lifted(snapshot: Snapshot, layer: Layer) -> Layer:
    """The layer with its source as that showed when it was lifted: what had been removed is filled there.

    Itself if nothing had been. Holes of cutouts that are still there do not count: they may have been closed
    then, and their fills must not hide what belongs to this edge. For a worker.
    """
    state = snapshot.state
    origin = state.tree.origin(layer)
    if origin is None or origin.source is not layer.source or layer.mask is None:
        return layer
    owners = [hole.owner for hole in origin.holes]
    since = owners.index(layer.id) if layer.id in owners else len(owners)
    there = {x.id for x in state.layers}
    before = replace(origin, holes=tuple(h for h in origin.holes[:since] if h.owner not in there))
    shown = snapshot.with_layer(before)
    opened = open_hole(shown.state.tree, before, grow_box(layer.mask.box, _NEAR, *_size(layer)))
    if not opened:
        return layer
    x, y, w, h = opened.box
    source = layer.source.copy()
    filled = plate(shown, before, opened.box, dtype=source.dtype)
    np.copyto(source[y : y + h, x : x + w, :3], filled, where=(opened.crop > 0)[..., None])
    return replace(layer, source=source)


def _size(layer: Layer) -> tuple[int, int]:
    return layer.source.shape[1], layer.source.shape[0]


def edge_colours(layer: Layer, mask: Mask, amount: float, progress: Progress = NO_PROGRESS) -> Patch | None:
    """Colours for a cutout with a new mask: 0 the photo's own along the edge, 100 without the old background.

    Where the mask covers more than the layer's own did, clean colours are estimated anew.
    """
    if layer.mask is None or (mask.same(layer.mask) and amount >= 100):
        return layer.colours
    x, y, w, h = box = mask.box
    own = layer.pixels(box, layer.source.dtype)
    soft = mask.crop < 255
    grown = mask.crop > layer.mask.window(box)
    if layer.colours is None:
        grown |= soft
    if grown.any() and amount > 0:
        image = shallow(layer)
        found = registry.load_usual("matte").clean(image, mask, progress=progress)
        fresh = _window(clean_patch(layer, image, found), box)
        own[grown] = fresh[grown]
    if amount < 100:
        share = np.float32(amount / 100)
        plain = layer.source[y : y + h, x : x + w, :3].astype(np.float32)
        mixed = np.rint(plain + share * (own.astype(np.float32) - plain)).astype(own.dtype)
        own[soft] = mixed[soft]
    return Patch(x, y, own)


def _window(patch: Patch, box: Box) -> Pixels:
    x, y, w, h = intersect_boxes(patch.box, box)
    out = np.zeros((box[3], box[2], 3), patch.crop.dtype)
    inner = patch.crop[y - patch.y : y - patch.y + h, x - patch.x : x - patch.x + w]
    out[y - box[1] : y - box[1] + h, x - box[0] : x - box[0] + w] = inner
    return out


def brushed(layer: Layer, strokes: Mask, progress: Progress = NO_PROGRESS) -> tuple[Mask, Patch]:
    """Coverage and colours of a cutout with those under `strokes` (source pixels) worked out anew.

    For a worker: reads the layer only. Raises StudioError for a layer without a mask.
    """
    if layer.mask is None:
        raise StudioError(message("backdrop.has_no_mask"))
    image = shallow(layer)
    rough = decided(image, layer.mask, strokes)
    # A stroke that leaves nothing of an object was not meant so.
    rough = rough if (rough.crop > 127).any() else layer.mask
    cut: Cut = registry.load_usual("matte").refine(image, rough, unknown=strokes, progress=progress)
    box = unite_boxes((cut.alpha.box, layer.mask.box))
    colours = layer.pixels(box, layer.source.dtype)
    x, y, w, h = intersect_boxes(box, cut.colours.box)
    under = strokes.window((x, y, w, h)) > 0
    part = colours[y - box[1] : y - box[1] + h, x - box[0] : x - box[0] + w]
    part[under] = _window(clean_patch(layer, image, cut.colours), (x, y, w, h))[under]
    return cut.alpha, Patch(box[0], box[1], colours)


def _on_top(tree: Tree, layer: Layer) -> Tree:
    """The tree with a layer above all others; it may be in it already."""
    return tree.without({layer.id}).above(None, layer)


def _below(tree: Tree, layer: Layer) -> Tree:
    """What is drawn before a layer of the tree; all of it for another layer."""
    if tree.find(layer.id) is None:
        return tree
    drawn = [node.id for node in tree.nodes]
    later = set(drawn[drawn.index(layer.id) :]) - {group.id for group in tree.groups_of(layer.id)}
    return tree.without(later)


def preview(snapshot: Snapshot, layer: Layer, box: Box, size: int, view: View) -> Array:
    """A canvas box as it would look with `layer` over something, h×w×3 uint8 with sides of at most `size`.

    "picture" shows it over what lies below it, its hole there filled; "mask" its coverage alone.
    """
    state = snapshot.state
    shown = snapshot.with_state(state.with_tree(_on_top(state.tree, layer)))
    level = max(0, (max(box[2:]) // (2 * size)).bit_length() - 1)
    over = shrunk(_cut(layer_surface(shown, layer, box, level=level), box), size)
    if view == "mask":
        return np.dstack([over[..., 3]] * 3)
    if view == "picture":
        below = snapshot.with_state(state.with_tree(_below(state.tree, layer)))
        under = shrunk(_cut(render(below, box, level=level), box), size)
        ground = _on(under, _board(under.shape[0], under.shape[1]))
    elif view == "board":
        ground = _board(over.shape[0], over.shape[1])
    else:
        ground = np.full((*over.shape[:2], 3), 255 if view == "white" else 0, np.uint8)
    return _on(over, ground)


def _cut(surface: Surface, box: Box) -> Array:
    """What lies in a canvas box, to within half a pixel of the surface's level."""
    x, y, w, h = (round((box[i] - (surface.box[i] if i < 2 else 0)) / 2**surface.level) for i in range(4))
    return surface.pixels[y : y + max(1, h), x : x + max(1, w)]


def _on(over: Array, ground: Array) -> Array:
    cover = over[..., 3:].astype(np.float32) / 255
    mixed = ground + cover * (over[..., :3].astype(np.float32) - ground)
    return np.asarray(np.rint(mixed), np.uint8)


def _board(height: int, width: int) -> Array:
    squares = (np.arange(height)[:, None] // 8 + np.arange(width) // 8) % 2
    return np.dstack([np.where(squares, 204, 255).astype(np.uint8)] * 3)
