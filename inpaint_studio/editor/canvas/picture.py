"""The composed canvas as a picture that is repaired where the document changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage

from inpaint_studio.basics.mask import Array, Box, intersect_boxes
from inpaint_studio.editor.images import premultiplied, view_image
from inpaint_studio.render import render

if TYPE_CHECKING:
    from inpaint_studio.document import Document, Snapshot, State

_TILE = 1024
_SMALLEST = 256


def _levels(height: int, width: int) -> list[tuple[int, int]]:
    sizes = [(height, width)]
    while min(sizes[-1]) > _SMALLEST:
        sizes.append(((sizes[-1][0] + 1) // 2, (sizes[-1][1] + 1) // 2))
    return sizes


class Picture:
    """A pyramid of premultiplied BGRA arrays, each half the size of the one before.

    Drawing from the level just finer than needed never shrinks by more than two, which is what the
    painter's bilinear sampling can do without aliasing.
    """

    def __init__(self, document: Document) -> None:
        _, _, width, height = document.canvas
        self._document = document
        self.size = (width, height)
        self._arrays: list[Array] = [np.zeros((*s, 4), np.uint8) for s in _levels(height, width)]
        self.images: list[QImage] = [view_image(a) for a in self._arrays]

    @staticmethod
    def tiles(box: Box) -> list[Box]:
        """A box in pieces small enough to compose between two frames."""
        x, y, w, h = box
        rows, columns = range(y, y + h, _TILE), range(x, x + w, _TILE)
        return [intersect_boxes((c, r, _TILE, _TILE), box) for r in rows for c in columns]

    def repair(self, box: Box, state: State | None = None) -> None:
        """Composes a box of the canvas anew, at all levels; `state` stands in for the document's."""
        ox, oy, width, height = self._document.canvas
        x, y, w, h = intersect_boxes((box[0] - ox, box[1] - oy, box[2], box[3]), (0, 0, width, height))
        if not (w and h):
            return
        snapshot = self._document.snapshot()
        snapshot = snapshot if state is None else snapshot.with_state(state)
        pixels = render(snapshot, (x + ox, y + oy, w, h), space="srgb").pixels
        self._arrays[0][y : y + h, x : x + w] = premultiplied(pixels)
        self._shrink((x, y, w, h))

    def _shrink(self, box: Box) -> None:
        import cv2

        for finer, coarser in zip(self._arrays, self._arrays[1:], strict=False):
            height, width = coarser.shape[:2]
            x, y = box[0] // 2, box[1] // 2
            right, bottom = (box[0] + box[2] + 1) // 2, (box[1] + box[3] + 1) // 2
            box = intersect_boxes((x, y, right - x, bottom - y), (0, 0, width, height))
            x, y, w, h = box
            part = finer[2 * y : 2 * (y + h), 2 * x : 2 * (x + w)]
            coarser[y : y + h, x : x + w] = cv2.resize(part, (w, h), interpolation=cv2.INTER_AREA)

    def pixels(self) -> Array:
        """The finest level as it is now: premultiplied BGRA, a copy."""
        return self._arrays[0].copy()

    def level_for(self, scale: float) -> int:
        """The coarsest level that need not be enlarged to be drawn at `scale` (device per image pixel)."""
        level = 0
        while level + 1 < len(self._arrays) and scale <= 0.5 ** (level + 1):
            level += 1
        return level


def straight(snapshot: Snapshot, box: Box, layers: tuple[int, int]) -> QImage:
    """Some of a state's layers (indices from, to) composed over nothing, as an image of `box`."""
    chosen = snapshot.state.layers[layers[0] : layers[1]]
    pixels = render(snapshot, box, nodes=chosen, space="srgb").pixels
    return view_image(np.ascontiguousarray(premultiplied(pixels))).copy()
