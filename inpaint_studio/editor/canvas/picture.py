"""The canvas as pictures of each level of size, of which only what is looked at is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage

from inpaint_studio.basics.mask import Array, Box, grow_box, intersect_boxes, unite_boxes
from inpaint_studio.editor.images import premultiplied, view_image
from inpaint_studio.render import render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inpaint_studio.document import Snapshot

_TILE = 512
"""Side of the squares that are drawn at once, in pixels of their level."""
_SMALLEST = 256
_REACH = 4
"""How far a change can be seen around it where layers are resampled, in pixels of a level."""

Tile = tuple[int, int]


class _Level:
    """A premultiplied BGRA picture, and which boxes of it are not as they should be."""

    def __init__(self, level: int, size: tuple[int, int]) -> None:
        self.level = level
        self.size = (-(-size[0] // (1 << level)), -(-size[1] // (1 << level)))
        # The system gives memory only to what has been drawn.
        self.pixels: Array = np.zeros((self.size[1], self.size[0], 4), np.uint8)
        self.image: QImage = view_image(self.pixels)
        columns, rows = range(-(-self.size[0] // _TILE)), range(-(-self.size[1] // _TILE))
        self.blank: set[Tile] = {(c, r) for r in rows for c in columns}
        """Squares that have never been drawn."""
        self.stale: dict[Tile, Box] = {tile: self.square(tile) for tile in self.blank}
        """The part of each square that must be drawn again."""
        self.opaque: set[Tile] = set()
        """Squares of which nothing shows what is below them."""

    def square(self, tile: Tile) -> Box:
        return intersect_boxes((tile[0] * _TILE, tile[1] * _TILE, _TILE, _TILE), (0, 0, *self.size))

    def around(self, box: Box) -> Box:
        """The pixels of the level around a box of the canvas."""
        x, y, w, h = box
        left, top = x >> self.level, y >> self.level
        whole = (left, top, -(-(x + w) >> self.level) - left, -(-(y + h) >> self.level) - top)
        return intersect_boxes(whole, (0, 0, *self.size))

    def canvas(self, box: Box) -> Box:
        x, y, w, h = (side << self.level for side in box)
        return x, y, w, h

    def tiles(self, box: Box) -> list[Tile]:
        """The squares that a box of the level reaches into."""
        x, y, w, h = box
        columns, rows = range(x // _TILE, -(-(x + w) // _TILE)), range(y // _TILE, -(-(y + h) // _TILE))
        return [(c, r) for r in rows for c in columns] if w and h else []

    def spoil(self, box: Box) -> None:
        """Says that a box of the canvas is not as it was."""
        reach = _REACH if self.level else 0
        near = grow_box(self.around(box), reach, *self.size)
        for tile in self.tiles(near):
            part = intersect_boxes(near, self.square(tile))
            self.stale[tile] = unite_boxes((self.stale.get(tile, part), part))


class Picture:
    """Draws what of a snapshot is asked for, and keeps it until it is shown another one.

    Boxes are counted from the canvas's corner. The level just finer than needed is never shrunk by more
    than two, which is what the painter's bilinear sampling can do without aliasing.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        _, _, width, height = snapshot.state.canvas
        self.size = (width, height)
        count = max(1, (min(self.size) // _SMALLEST).bit_length() + 1)
        self._levels = [_Level(level, self.size) for level in range(count)]

    def show(self, snapshot: Snapshot, boxes: Iterable[Box]) -> None:
        """Draws another snapshot of the same canvas from now on, which differs in `boxes` of it."""
        self._snapshot = snapshot
        left, top, _, _ = snapshot.state.canvas
        for x, y, w, h in boxes:
            for level in self._levels:
                level.spoil((x - left, y - top, w, h))

    def level_for(self, scale: float) -> int:
        """The coarsest level that need not be enlarged to be drawn at `scale` (device per canvas pixel)."""
        level = 0
        while level + 1 < len(self._levels) and scale <= 0.5 ** (level + 1):
            level += 1
        return level

    def waiting(self, level: int, box: Box) -> list[Tile]:
        """The squares of a level that must be drawn before a box of the canvas is right."""
        own = self._levels[level]
        return [tile for tile in own.tiles(own.around(box)) if tile in own.stale]

    def draw(self, level: int, tile: Tile) -> Box:
        """Draws what must be of one square; returns where that lies."""
        own = self._levels[level]
        x, y, w, h = box = own.stale.pop(tile)
        left, top, _, _ = self._snapshot.state.canvas
        area = own.canvas(box)
        place = (area[0] + left, area[1] + top, area[2], area[3])
        pixels = render(self._snapshot, place, level=level, space="srgb").pixels[:h, :w]
        own.pixels[y : y + h, x : x + w] = premultiplied(pixels)
        own.blank.discard(tile)
        whole = bool(pixels[..., 3].min(initial=255) == 255)
        if whole and box == own.square(tile):
            own.opaque.add(tile)
        elif not whole:
            own.opaque.discard(tile)
        return area

    def hides(self, level: int, box: Box) -> bool:
        """Whether nothing below a box of the canvas shows, as far as is known."""
        own = self._levels[level]
        return all(tile in own.opaque for tile in own.tiles(own.around(box)))

    def pieces(self, level: int, box: Box) -> list[tuple[QImage, Box, int]]:
        """What a box of the canvas is painted from: images, the box of each to take, and its level.

        Squares that have not been drawn yet are taken from the next coarser level that has been.
        """
        own = self._levels[level]
        wanted = own.around(box)
        missing = [tile for tile in own.tiles(wanted) if tile in own.blank]
        if not missing:
            return [(own.image, wanted, level)]
        there = [tile for tile in own.tiles(wanted) if tile not in own.blank]
        found = [(own.image, intersect_boxes(own.square(tile), wanted), level) for tile in there]
        for tile in missing:
            part = own.canvas(intersect_boxes(own.square(tile), wanted))
            for coarser in self._levels[level + 1 :]:
                near = coarser.around(part)
                if not any(each in coarser.blank for each in coarser.tiles(near)):
                    found.append((coarser.image, near, coarser.level))
                    break
        return found
