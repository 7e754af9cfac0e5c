"""What the move tool does to several layers, or to a group, at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from inpaint_studio.basics.mask import Box, boxes_meet, unite_boxes
from inpaint_studio.document import Group, Tree
from inpaint_studio.editor.canvas.items import pixel_box
from inpaint_studio.editor.canvas.masks import OutlineItem
from inpaint_studio.editor.canvas.stacking import TOOL_Z
from inpaint_studio.editor.tools.selecting import box_path
from inpaint_studio.studio.arrange import Placing
from inpaint_studio.studio.outermost import outermost

if TYPE_CHECKING:
    from inpaint_studio.document import Document, Layer, Transform
    from inpaint_studio.editor.tools.base import ToolContext
    from inpaint_studio.editor.tools.transforming import Grab


def layers_together(document: Document, selected: tuple[str, ...]) -> tuple[Layer, ...]:
    """The layers of several nodes, or of a group, that can be dragged together; none for a single layer."""
    tree = document.tree
    nodes = outermost(tree, selected)
    if len(nodes) < 2 and not any(isinstance(node, Group) for node in nodes):
        return ()
    layers = tuple(layer for node in nodes for layer in Tree((node,)).layers)
    free = all(layer.movable and tree.locked_by(layer.id) is None for layer in layers)
    return layers if free and all(tree.shows(node) for node in nodes) else ()


def box_around(layers: tuple[Layer, ...]) -> Box:
    """The box on the canvas around layers."""
    return unite_boxes(layer.bounds() for layer in layers)


def evenly(made: Transform, grab: Grab) -> Transform:
    """What a drag makes of the box around layers, as large in both ways: layers can't be slanted."""
    across = isinstance(grab.grip, tuple) and grab.grip[0] != 0
    scale = abs(made.scale_x if across else made.scale_y)
    return replace(made, scale_x=scale, scale_y=scale)


def placing_of(made: Transform) -> Placing:
    """The change of place on the canvas that a drag of the box around layers stands for."""
    return Placing(made.pivot, made.scale_x, made.degrees, made.dx, made.dy)


class RubberBand:
    """A rectangle that is drawn over nothing, and chooses the layers that it meets."""

    def __init__(self, context: ToolContext) -> None:
        self._context = context
        self._start: QPointF | None = None
        self._item = OutlineItem()
        self._item.setZValue(TOOL_Z)
        self._item.marching = False
        self._item.setVisible(False)
        context.scene.addItem(self._item)

    def begin(self, point: QPointF) -> None:
        self._start = point

    def drag(self, point: QPointF) -> bool:
        """Whether a rectangle is being drawn."""
        if self._start is not None:
            self._item.set_path(box_path(self._start, point))
        return self._start is not None

    def release(self, point: QPointF) -> bool:
        """Chooses what the rectangle meets; whether there was one."""
        start, self._start = self._start, None
        document = self._context.app.document
        if start is None or document is None:
            return False
        band = pixel_box(box_path(start, point).boundingRect())
        self._item.set_path(QPainterPath())
        tree = document.tree
        met = [
            layer.id
            for layer in tree.layers
            if layer.movable
            and tree.locked_by(layer.id) is None
            and tree.shows(layer)
            and boxes_meet(layer.bounds(), band)
        ]
        if met:
            self._context.app.workspace.select(met)
        return True

    def cancel(self) -> bool:
        """Whether there was a rectangle."""
        was, self._start = self._start is not None, None
        self._item.set_path(QPainterPath())
        return was
