"""Tools that paint: masks, selections, and over what shall go."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QElapsedTimer, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QCursor, QKeyEvent
from PySide6.QtWidgets import QWidget

from inpaint_studio.basics import Mask
from inpaint_studio.basics.mask import unite_boxes
from inpaint_studio.document import Layer
from inpaint_studio.document.brush import Stroke
from inpaint_studio.editor.canvas.marks import BrushItem
from inpaint_studio.editor.canvas.stacking import TOOL_Z
from inpaint_studio.editor.theme import color
from inpaint_studio.editor.tools.base import Modifiers, Tool, ToolContext
from inpaint_studio.editor.tools.options import PAINT, Brush, Choice
from inpaint_studio.studio.locks import refusal
from inpaint_studio.studio.selections import found_on_canvas, to_canvas

_FRAME_MS = 8
HARD = 0.99
"""Hardness of what is painted for its area alone: a half covered rim would stay behind as a ghost."""


class PaintingTool(Tool):
    """What painting tools share: the round brush, its keys, and one stroke from press to release."""

    tint = "accent-line"

    def __init__(self, context: ToolContext, brush: Brush, parent: QObject | None = None) -> None:
        super().__init__(context, parent)
        self.brush = brush
        self._stroke: Stroke | None = None
        self._layer: Layer | None = None
        """What the stroke is on, if not the canvas."""
        self._ring = BrushItem()
        self._ring.setZValue(TOOL_Z)
        self._ring.setVisible(False)
        context.scene.addItem(self._ring)
        self._last: QPointF | None = None
        self._touched = (0, 0, 0, 0)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._since = QElapsedTimer()
        self._frame.timeout.connect(self._show)
        brush.changed.connect(self._follow_brush)

    @property
    def cursor(self) -> QCursor | Qt.CursorShape:
        return Qt.CursorShape.BlankCursor

    def options(self) -> list[QWidget]:
        return self.brush.sliders()

    def _follow_brush(self) -> None:
        self._ring.set_radius(self.brush.radius)

    def activate(self) -> None:
        super().activate()
        self._follow_brush()

    def deactivate(self) -> None:
        super().deactivate()
        self._stroke = None
        self._ring.setVisible(False)
        self._clear()
        # No pixels of a document that may be closed now.
        self._layer = None

    def begin(self, modifiers: Modifiers) -> Stroke | None:
        """A new stroke, None if nothing can be painted on."""
        raise NotImplementedError

    def show_stroke(self, mask: Mask) -> None:
        """Draws the stroke so far."""
        raise NotImplementedError

    def commit(self, mask: Mask) -> None:
        """The stroke is done."""
        raise NotImplementedError

    def stroke_on(self, layer: Layer, start: Mask, *, hardness: float = HARD, adding: bool = True) -> Stroke:
        """A stroke in a layer's own pixels, wherever it lies on the canvas, that goes on from `start`."""
        height, width = layer.source.shape[:2]
        return Stroke(
            start,
            (width, height),
            radius=self.brush.radius,
            hardness=hardness,
            adding=adding,
            transform=layer.transform,
        )

    def refuses(self, layer: Layer) -> bool:
        """Whether a layer can't be painted on because it is locked, which is told."""
        document = self.context.app.document
        reason = None if document is None else refusal(document.tree, layer.id)
        if reason is not None:
            self.context.app.notices.tell(reason)
        return reason is not None

    def tint_on(self, layer: Layer | None, mask: Mask, name: str, strength: float = 0.45) -> None:
        """Tints the canvas where a mask in a layer's own pixels lies; `name` is a colour of the theme's."""
        shown = None
        if layer is not None and mask:
            shown = to_canvas(replace(layer, mask=mask), self.context.scene.size)
        self.context.scene.show_tint(shown, color(name), strength)

    def press(self, point: QPointF, modifiers: Modifiers) -> None:
        self._stroke = self.begin(modifiers)
        self._touched = (0, 0, 0, 0)
        self._paint(point)

    def drag(self, point: QPointF, modifiers: Modifiers) -> None:
        self._place_ring(point)
        self._paint(point)

    def _paint(self, point: QPointF) -> None:
        if self._stroke is not None:
            size = self.pressure if self.brush.pen in ("size", "both") else 1.0
            strength = self.pressure if self.brush.pen in ("opacity", "both") else 1.0
            reached = self._stroke.to(point.x(), point.y(), size=size, strength=strength)
            self._touched = unite_boxes((self._touched, reached))
            if not self._frame.isActive():
                # At once where the last picture is a frame old, else when it will be.
                waited = self._since.elapsed() if self._since.isValid() else _FRAME_MS
                self._frame.start(max(0, _FRAME_MS - waited))

    def _show(self) -> None:
        self._since.restart()
        if self._stroke is not None:
            self.show_stroke(self._stroke.mask())
            self._touched = (0, 0, 0, 0)

    def release(self, point: QPointF, modifiers: Modifiers) -> None:
        stroke, self._stroke = self._stroke, None
        self._frame.stop()
        if stroke is not None:
            mask = stroke.mask()
            self._clear()
            self.commit(mask)

    def _clear(self) -> None:
        self.context.scene.show_tint(None)

    def hover(self, point: QPointF, modifiers: Modifiers) -> None:
        self._place_ring(point)

    def _place_ring(self, point: QPointF) -> None:
        self._ring.setVisible(True)
        self._ring.setPos(point)

    def leave(self) -> None:
        self._ring.setVisible(False)

    def key_press(self, event: QKeyEvent) -> bool:
        key, shift = event.key(), event.modifiers() & Modifiers.ShiftModifier
        if key in (
            Qt.Key.Key_BracketLeft,
            Qt.Key.Key_BracketRight,
            Qt.Key.Key_BraceLeft,
            Qt.Key.Key_BraceRight,
        ):
            up = key in (Qt.Key.Key_BracketRight, Qt.Key.Key_BraceRight)
            if shift:
                self.brush.set_hardness(self.brush.hardness * 100 + (25 if up else -25))
            else:
                self.brush.grow(up)
            return True
        if key == Qt.Key.Key_Escape and self._stroke is not None:
            self._stroke = None
            self._frame.stop()
            self._clear()
            return True
        return False


class TwoWayTool(PaintingTool):
    """A painting tool that adds or takes away: an option says which, X swaps it, Alt does for one stroke."""

    def __init__(self, context: ToolContext, brush: Brush, parent: QObject | None = None) -> None:
        super().__init__(context, brush, parent)
        self._mode = Choice(PAINT)

    def adding(self, modifiers: Modifiers) -> bool:
        """Whether a stroke that begins now adds."""
        return (self._mode.value == "add") != bool(modifiers & Modifiers.AltModifier)

    def key_press(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_X and not event.modifiers():
            self._mode.choose("subtract" if self._mode.value == "add" else "add")
            return True
        return super().key_press(event)


class RemoveTool(PaintingTool):
    name, title, icon, key = "remove", "Remove", "remove-brush", "J"
    hint = "Paint over what shall go; it is filled when you let go."

    def begin(self, modifiers: Modifiers) -> Stroke | None:
        return Stroke(Mask.empty(), self.context.scene.size, radius=self.brush.radius, hardness=HARD)

    def options(self) -> list[QWidget]:
        return self.brush.sliders()[:1]

    def show_stroke(self, mask: Mask) -> None:
        self.context.scene.show_tint(mask, color("bad"))

    def commit(self, mask: Mask) -> None:
        state = self.context.opened.document.state
        things = (o for o in state.found if o.kind == "thing")
        covered = (o for o in things if _covers(mask, found_on_canvas(state, o)))
        named = next((o.label for o in covered), "painted area")
        self.context.app.verbs.perform("area.remove", mask=mask, label=named)


def _covers(mask: Mask, other: Mask) -> bool:
    return mask.intersection(other).area > 0.6 * other.area
