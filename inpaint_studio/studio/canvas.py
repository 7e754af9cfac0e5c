"""What one can do to the picture as a whole: crop, extend, resize, turn and flip. One step of history each.

The canvas always begins at (0, 0). Layers keep their pixels and get another transform, so that nothing is
lost by a crop and what lies at home stays at home.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import Mask, StudioError, message
from inpaint_studio.basics.mask import Box, unite_boxes
from inpaint_studio.document import Document, Layer, Transform
from inpaint_studio.document.nodes import UNBOUNDED
from inpaint_studio.files.limits import MAX_PIXELS, MAX_SIDE
from inpaint_studio.studio.extend import extended
from inpaint_studio.studio.selections import placed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from inpaint_studio.document import Node

Size = tuple[int, int]
MOST_SIDE = MAX_SIDE
"""Width or height of a canvas, pixels."""


def reframe(
    document: Document,
    step: str,
    matrix: NDArray[np.float64],
    size: Size,
    *,
    fill: bool = False,
    filled_step: str = "",
) -> None:
    """Moves the whole picture by a 2×3 matrix and gives the canvas a size (width, height), as one step.

    With `fill` the lowest layer is extended to where the canvas shows nothing of it, by holes to be filled;
    where that was needed the step is called `filled_step`, if one is given. Raises StudioError for a size
    that is too small or too large; nothing is changed then.
    """
    _check(size)
    state = document.state
    unmoved = np.array_equal(matrix, np.eye(2, 3))
    tree = state.tree if unmoved else state.tree.mapped(lambda node: _moved(node, matrix))
    selection = state.selection and placed(state.selection, Transform().followed_by(matrix), size)
    moved = (guide.followed_by(matrix) for guide in state.guides)
    guides = tuple(guide for guide in moved if guide is not None)
    after = replace(state, canvas=(0, 0, *size), tree=tree, selection=selection or None, guides=guides)
    if fill:
        covered = extended(after, document.fills)
        step = (filled_step or step) if covered is not after else step
        after = covered
    if after.canvas != state.canvas or after.tree is not state.tree:
        document.apply(step, after)


def _moved(node: Node, matrix: NDArray[np.float64]) -> Node:
    if not isinstance(node, Layer):
        return node
    return replace(node, transform=node.transform.followed_by(matrix))


def _check(size: Size) -> None:
    width, height = size
    if min(size) < 1:
        raise StudioError(message("canvas.too_small"))
    if width * height > MAX_PIXELS or max(size) > MOST_SIDE:
        most = MAX_PIXELS // 1_000_000
        raise StudioError(message("canvas.too_large", width=width, height=height, most=most))


def crop(document: Document, frame: Box, degrees: float = 0.0, *, fill: bool = False) -> None:
    """Makes a frame on the canvas, turned about its middle by `degrees` clockwise, the new canvas.

    It may reach outside. `fill` as in `reframe`.
    """
    x, y, width, height = frame
    matrix = _shift(-x, -y) if not degrees else _turned_back(frame, degrees)
    step, filled = message("step.crop"), message("step.crop_filled")
    reframe(document, step, matrix, (width, height), fill=fill, filled_step=filled)


def _turned_back(frame: Box, degrees: float) -> NDArray[np.float64]:
    """The matrix that puts a turned frame upright, its corner at (0, 0)."""
    x, y, width, height = frame
    turn, cx, cy = math.radians(-degrees), x + width / 2, y + height / 2
    cos, sin = math.cos(turn), math.sin(turn)
    return np.array(
        [[cos, -sin, width / 2 - cos * cx + sin * cy], [sin, cos, height / 2 - sin * cx - cos * cy]]
    )


def set_canvas_size(
    document: Document, width: int, height: int, anchor: tuple[int, int] = (0, 0), *, fill: bool = False
) -> None:
    """Gives the canvas a size; the picture stays where `anchor` says: -1 left or top, 0 middle, 1 the end."""
    _, _, old_width, old_height = document.canvas
    dx = (width - old_width) * (anchor[0] + 1) // 2
    dy = (height - old_height) * (anchor[1] + 1) // 2
    reframe(document, message("step.canvas_size"), _shift(dx, dy), (width, height), fill=fill)


def set_image_size(document: Document, width: int, height: int) -> None:
    """Scales the whole picture. Layers keep their pixels: a smaller picture can be made larger again."""
    _, _, old_width, old_height = document.canvas
    _check((width, height))
    matrix = np.array([[width / old_width, 0, 0], [0, height / old_height, 0]], np.float64)
    reframe(document, message("step.image_size"), matrix, (width, height))


def turn(document: Document, quarters: int) -> None:
    """Turns the whole picture clockwise by so many times 90°."""
    _, _, width, height = document.canvas
    size = (width, height) if quarters % 2 == 0 else (height, width)
    cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarters % 4]
    middle = np.array([width / 2, height / 2])
    linear = np.array([[cos, -sin], [sin, cos]], np.float64)
    move = np.array(size) / 2 - linear @ middle
    step = {1: "step.turn_right", 2: "step.turn_over", 3: "step.turn_left"}[quarters % 4]
    reframe(document, message(step), np.column_stack([linear, move]), size)


def mirror(document: Document, *, horizontal: bool) -> None:
    """Flips the whole picture."""
    _, _, width, height = document.canvas
    matrix = [[-1, 0, width], [0, 1, 0]] if horizontal else [[1, 0, 0], [0, -1, height]]
    step = message("step.mirror_horizontal" if horizontal else "step.mirror_vertical")
    reframe(document, step, np.array(matrix, np.float64), (width, height))


def reveal_all(document: Document, *, fill: bool = True) -> None:
    """Extends the canvas to where visible layers reach. Raises StudioError if they reach no further."""
    tree = document.tree
    boxes = (node.bounds() for node in tree.layers if tree.shows(node))
    box = unite_boxes((document.canvas, *(box for box in boxes if box != UNBOUNDED)))
    if box == document.canvas:
        raise StudioError(message("canvas.all_inside"))
    x, y, width, height = box
    reframe(document, message("step.reveal_all"), _shift(-x, -y), (width, height), fill=fill)


def crop_to_selection(document: Document) -> None:
    """Crops to the box around the selection. Raises StudioError without one."""
    selection: Mask | None = document.state.selection
    if selection is None:
        raise StudioError(message("no_selection"))
    crop(document, selection.box)


def _shift(dx: float, dy: float) -> NDArray[np.float64]:
    return np.array([[1, 0, dx], [0, 1, dy]], np.float64)
