"""A snapshot to pixels: the one renderer behind canvas, drags, thumbnails, previews and export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import DTypeLike, NDArray

from inpaint_studio.basics.mask import Array, Box, boxes_meet, intersect_boxes
from inpaint_studio.basics.surface import Pixels, Space, Surface, as_dtype, full
from inpaint_studio.document.blending import BLEND_MODES
from inpaint_studio.document.nodes import Adjustment, Group, Layer, Node
from inpaint_studio.render.adjustments import ADJUSTMENTS
from inpaint_studio.render.colour import to_srgb
from inpaint_studio.render.rasters import Grid, Raster, layer_raster

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inpaint_studio.document import Snapshot

_BLOCK = 512
"""Side of the squares that are drawn one after the other: what is in work stays near the processor."""

_FEW = 3
"""Up to this part of the pixels it is faster to work them out one by one."""


class _Block:
    """A square of the picture while layers are laid on it: `rgb` h×w×3 and `alpha` h×w, straight."""

    def __init__(self, box: Box, dtype: DTypeLike) -> None:
        self.box = box
        self.rgb: Pixels = np.zeros((box[3], box[2], 3), dtype)
        self.alpha: Pixels = np.zeros((box[3], box[2]), dtype)

    def lay(self, raster: Raster, opacity: float, blend: str) -> None:
        """The formulas of W3C Compositing and Blending Level 1, section 5."""
        x, y, w, h = raster.box
        where = np.s_[y - self.box[1] : y - self.box[1] + h, x - self.box[0] : x - self.box[0] + w]
        rgb, alpha, most = self.rgb[where], self.alpha[where], full(self.rgb.dtype)
        if raster.alpha is None and opacity == 1 and blend == "normal":
            rgb[:], alpha[:] = raster.rgb, most
            return
        if raster.alpha is not None and not raster.alpha.any():
            return
        if raster.alpha is not None and opacity == 1 and blend == "normal" and alpha.min() == most:
            soft = np.flatnonzero((raster.alpha > 0) & (raster.alpha < most))
            if soft.size * _FEW < raster.alpha.size:
                _cover(rgb, raster.rgb, raster.alpha, soft)
                return
        cover: NDArray[np.float32] = np.full((h, w), np.float32(opacity))
        if raster.alpha is not None:
            cover = raster.alpha * np.float32(opacity / most)
        _mix(rgb, alpha, raster.rgb, cover, blend)

    def adjust(self, node: Adjustment) -> None:
        """Changes the colours of all that was laid so far; one from a newer program changes nothing."""
        info = ADJUSTMENTS.get(node.adjustment)
        if info is None or not self.alpha.any():
            return
        most = full(self.rgb.dtype)
        below = self.rgb.astype(np.float32) / np.float32(most)
        adjusted = BLEND_MODES[node.blend].function(
            below, np.clip(info.apply(below, info.values(node)), 0, 1)
        )
        if node.opacity < 1:
            adjusted = np.asarray(below + np.float32(node.opacity) * (adjusted - below), np.float32)
        mixed = adjusted * np.float32(most)
        np.copyto(self.rgb, np.rint(mixed).astype(self.rgb.dtype), where=self.alpha[..., None] > 0)


def _cover(rgb: Pixels, own: Pixels, alpha: Pixels, soft: NDArray[np.intp]) -> None:
    """As `_mix` on what is opaque, in the normal mode, where only `soft` pixels have to be worked out."""
    import cv2

    most = full(rgb.dtype)
    made = cv2.copyTo(own, (alpha == most).view(np.uint8), np.ascontiguousarray(rgb)).reshape(-1, 3)
    above, below = own.reshape(-1, 3)[soft].astype(np.float32), made[soft].astype(np.float32)
    cover = alpha.reshape(-1)[soft] * np.float32(1 / most)
    made[soft] = np.rint((above - below) * cover[:, None] + below)
    rgb[:] = made.reshape(rgb.shape)


def _mix(rgb: Pixels, alpha: Pixels, own: Pixels, cover: NDArray[np.float32], blend: str) -> None:
    """Lays colours on `rgb` and `alpha`, in place."""
    import cv2

    most = full(rgb.dtype)
    opaque = alpha.min() == most
    above, below, covers = own.astype(np.float32), rgb.astype(np.float32), cv2.merge([cover] * 3)
    below_cover = alpha.astype(np.float32) / most
    if blend != "normal":
        scale = np.float32(most)
        mixed = BLEND_MODES[blend].function(below / scale, above / scale) * scale
        above = mixed if opaque else above + below_cover[..., None] * (mixed - above)
    if opaque:
        above -= below
        above *= covers
        above += below
        rgb[:] = np.rint(np.clip(above, 0, most, out=above), out=above)
        return
    total = cover + below_cover * (1 - cover)
    colour = covers * above + (below_cover * (1 - cover))[..., None] * below
    rgb[:] = np.rint(np.clip(colour / np.maximum(total, 1e-6)[..., None], 0, most))
    alpha[:] = np.rint(total * most)


def _blocks(box: Box) -> Iterator[Box]:
    x, y, w, h = box
    for top in range(y, y + h, _BLOCK):
        for left in range(x, x + w, _BLOCK):
            yield intersect_boxes((left, top, _BLOCK, _BLOCK), box)


class _Drawing:
    """Draws nodes of a snapshot on the blocks of a grid."""

    def __init__(self, snapshot: Snapshot, grid: Grid, dtype: DTypeLike) -> None:
        self._snapshot, self._grid, self._dtype = snapshot, grid, dtype
        self._bounds: dict[str, Box] = {}

    def block(self, where: Box, nodes: Iterable[Node]) -> _Block:
        """These nodes, bottom first, on nothing."""
        block = _Block(where, self._dtype)
        self._lay(block, nodes)
        return block

    def _lay(self, block: _Block, nodes: Iterable[Node]) -> None:
        for node in nodes:
            if not node.visible:
                continue
            if isinstance(node, Group) and not node.composed_apart:
                self._lay(block, node.children)
            elif isinstance(node, Group):
                inside = self.block(block.box, node.children)
                block.lay(Raster(block.box, inside.rgb, inside.alpha), node.opacity, node.blend)
            elif isinstance(node, Adjustment):
                block.adjust(node)
            elif isinstance(node, Layer) and self._shows(node, block.box):
                raster = layer_raster(self._snapshot, node, self._grid, block.box, self._dtype)
                block.lay(raster, node.opacity, node.blend)

    def _shows(self, layer: Layer, box: Box) -> bool:
        if layer.id in self._snapshot.state.tree.at_home:
            return False
        if layer.id not in self._bounds:
            self._bounds[layer.id] = self._grid.bounds(layer)
        return boxes_meet(self._bounds[layer.id], box)


def render(
    snapshot: Snapshot,
    box: Box | None = None,
    *,
    level: int = 0,
    nodes: Iterable[Node] | None = None,
    dtype: DTypeLike = np.uint8,
    space: Space = "document",
) -> Surface:
    """The canvas inside a box (None: all of it), which `level` widens to whole pixels of that level.

    A level is drawn from layers made as small, never from the picture in full size. `nodes` (bottom first)
    draws only those; holes still open and close as in the whole state. `dtype` is uint8 or uint16. May be
    called in any thread.
    """
    import cv2

    state = snapshot.state
    grid = Grid(state.canvas[:2], level)
    area = grid.around(box or state.canvas)
    drawing = _Drawing(snapshot, grid, dtype)
    drawn = tuple(state.tree.roots if nodes is None else nodes)
    out = np.empty((area[3], area[2], 4), dtype)
    for where in _blocks(area):
        block = drawing.block(where, drawn)
        x, y, w, h = where[0] - area[0], where[1] - area[1], where[2], where[3]
        out[y : y + h, x : x + w] = cv2.merge([block.rgb, block.alpha])
    if level:
        _whole_at_the_edge(out, area, grid.level, state.canvas)
    return Surface(to_srgb(out, snapshot.icc) if space == "srgb" else out, grid.canvas(area), level, space)


def _whole_at_the_edge(pixels: Pixels, area: Box, level: int, canvas: Box) -> None:
    """Makes those pixels of a level that only partly lie on the canvas as opaque as that part is."""
    most = full(pixels.dtype)
    for axis, length in ((1, canvas[2]), (0, canvas[3])):
        last, part = divmod(length, 1 << level)
        at = last - area[1 - axis]
        if part and 0 <= at < pixels.shape[axis]:
            edge = pixels[:, at, 3] if axis else pixels[at, :, 3]
            edge[:] = np.minimum((edge.astype(np.float32) + 0.5 * (edge > 0)) * ((1 << level) / part), most)


def layer_surface(
    snapshot: Snapshot, layer: Layer, box: Box | None = None, *, level: int = 0, dtype: DTypeLike = np.uint8
) -> Surface:
    """One layer without its opacity and blend mode inside a box of the canvas (None: all of the layer).

    `layer` need not be in the snapshot's state, whose other layers say which of its holes are open.
    """
    grid = Grid(snapshot.state.canvas[:2], level)
    area = grid.bounds(layer) if box is None else grid.around(box)
    out = np.zeros((area[3], area[2], 4), dtype)
    for where in _blocks(area):
        raster = layer_raster(snapshot, layer, grid, where, dtype)
        x, y, w, h = raster.box
        part = out[y - area[1] : y - area[1] + h, x - area[0] : x - area[0] + w]
        part[..., :3] = raster.rgb
        part[..., 3] = full(dtype) if raster.alpha is None else raster.alpha
    return Surface(out, grid.canvas(area), level)


def shrunk(pixels: Pixels, size: int) -> Array:
    """An RGBA picture (uint8 or uint16) with its longer side at most `size`, area-averaged, as uint8."""
    import cv2

    height, width = pixels.shape[:2]
    scale = min(1.0, size / max(height, width, 1))
    small = max(1, round(width * scale)), max(1, round(height * scale))
    most = full(pixels.dtype)
    if (pixels[..., 3] == most).all():
        return as_dtype(np.asarray(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA)), np.uint8)
    # What is see-through must not mix its colours in.
    weighted = pixels.astype(np.float32)
    weighted *= np.float32(255 / most)
    weighted[..., :3] *= weighted[..., 3:] / 255
    out = np.asarray(cv2.resize(weighted, small, interpolation=cv2.INTER_AREA), np.float32)
    out[..., :3] *= np.float32(255) / np.maximum(out[..., 3:], 1e-3)
    return np.asarray(np.rint(np.clip(out, 0, 255)), np.uint8)
