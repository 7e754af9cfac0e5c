"""Where what is dragged comes to rest: on guides, on edges and middles of the canvas and of other layers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from inpaint_studio.editor.canvas.stacking import TOOL_Z
from inpaint_studio.editor.theme import color

if TYPE_CHECKING:
    from inpaint_studio.document import State

REACH = 6.0
"""Device pixels within which something snaps."""
Places = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Targets:
    """Places on the canvas that something may rest at: x of upright lines, y of level ones."""

    xs: Places = ()
    ys: Places = ()


@dataclass(frozen=True, slots=True)
class Snap:
    """By how much to move to rest somewhere, and the places it rests at then."""

    dx: float = 0.0
    dy: float = 0.0
    xs: Places = ()
    ys: Places = ()


def targets(state: State, *, guides: bool = True, without: Collection[str] = ()) -> Targets:
    """What there is to snap to: the canvas, guides, and visible layers but for some and what is at home."""
    x, y, width, height = state.canvas
    xs, ys = [x, x + width / 2, x + width], [y, y + height / 2, y + height]
    if guides:
        xs += [guide.place for guide in state.guides if guide.axis == "x"]
        ys += [guide.place for guide in state.guides if guide.axis == "y"]
    tree = state.tree
    for layer in tree.layers:
        if layer.movable and layer.id not in without and layer.id not in tree.at_home and tree.shows(layer):
            left, top, w, h = layer.bounds()
            xs += [left, left + w / 2, left + w]
            ys += [top, top + h / 2, top + h]
    return Targets(tuple(map(float, xs)), tuple(map(float, ys)))


def _nearest(features: Iterable[float], places: Places, reach: float) -> tuple[float, Places]:
    """The shortest way of any feature to a place within reach, and the place."""
    ways = [(place - feature, place) for feature in features for place in places]
    way, place = min(ways, key=lambda each: abs(each[0]), default=(reach + 1, 0.0))
    return (way, (place,)) if abs(way) <= reach else (0.0, ())


def snap_box(box: QRectF, to: Targets, reach: float) -> Snap:
    """How a box comes to rest with an edge or its middle, across and down."""
    middle = box.center()
    dx, xs = _nearest((box.left(), middle.x(), box.right()), to.xs, reach)
    dy, ys = _nearest((box.top(), middle.y(), box.bottom()), to.ys, reach)
    return Snap(dx, dy, xs, ys)


def snap_point(x: float, y: float, to: Targets, reach: float) -> Snap:
    """How a point comes to rest, across and down."""
    dx, xs = _nearest((x,), to.xs, reach)
    dy, ys = _nearest((y,), to.ys, reach)
    return Snap(dx, dy, xs, ys)


class SnapLines(QGraphicsItem):
    """Lines through the places something rests at while it is dragged."""

    def __init__(self) -> None:
        super().__init__()
        self._snap, self._size = Snap(), (0, 0)
        self.setZValue(TOOL_Z - 1)
        self.setVisible(False)

    def show_snap(self, snap: Snap, size: tuple[int, int]) -> None:
        """Shows the lines of a snap on a canvas of this width and height; none if it has none."""
        if (snap, size) == (self._snap, self._size):
            return
        self.prepareGeometryChange()
        self._snap, self._size = snap, size
        self.setVisible(bool(snap.xs or snap.ys))
        self.update()

    def boundingRect(self) -> QRectF:
        width, height = self._size
        return QRectF(-width, -height, 3 * width, 3 * height)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        pen = QPen(color("bad"), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        room = self.boundingRect()
        for x in self._snap.xs:
            painter.drawLine(QLineF(x, room.top(), x, room.bottom()))
        for y in self._snap.ys:
            painter.drawLine(QLineF(room.left(), y, room.right(), y))
