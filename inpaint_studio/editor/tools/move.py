"""Move: lifts, drags, scales, turns and nudges layers."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QCursor, QKeyEvent, QTransform
from PySide6.QtWidgets import QCheckBox, QWidget

from inpaint_studio.app.merge_keys import new_merge_key
from inpaint_studio.basics import FoundObject
from inpaint_studio.document import Change, Layer, Transform
from inpaint_studio.document.transform import transform_point
from inpaint_studio.editor.tools.base import Modifiers, Tool, ToolContext
from inpaint_studio.editor.tools.guide_drag import GuideDrag
from inpaint_studio.editor.tools.snapped import Snapping
from inpaint_studio.editor.tools.together import (
    RubberBand,
    box_around,
    evenly,
    layers_together,
    placing_of,
)
from inpaint_studio.editor.tools.transform_box import TransformBox, grip_cursor
from inpaint_studio.editor.tools.transforming import Grab, Grip, qtransform

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_MORE = Modifiers.ShiftModifier | Modifiers.ControlModifier
"""A press with one of them chooses a layer together with others."""
_REST = 6.0
"""Device pixels from the middle of the box in which the pivot comes to rest there."""
_STEPS = {"move": "step.move", "turn": "step.rotate"}


class MoveTool(Tool):
    name, title, icon, key = "move", "Move", "move", "V"
    hint = (
        "Drag moves, handles scale, outside a corner turns. Shift constrains, Alt copies, Ctrl drags freely."
    )

    def __init__(self, context: ToolContext, parent: QObject | None = None) -> None:
        super().__init__(context, parent)
        self.box = TransformBox()
        self.keep, self.pivot = QCheckBox("Keep proportions"), QCheckBox("Pivot")
        self.keep.setToolTip("Handles scale both sides alike; Shift does the other")
        self.pivot.setToolTip("Shows the point that the box turns about, to be dragged")
        self.pivot.toggled.connect(self._show_pivot)
        context.scene.addItem(self.box)
        self._grab: Grab | None = None
        self._moving: str | None = None
        self._now = Transform()
        self._live = False
        self._copied: str | None = None
        self._grip: Grip | None = None
        self._nudge_key: tuple[tuple[str, ...], str] = ((), "")
        self._pivot_of: tuple[str, ...] = ()
        """The layers that the pivot of the box belongs to; that of others is in their middle."""
        self._together: tuple[Layer, ...] = ()
        self._added = False
        """Whether the press chose one more layer."""
        self._band = RubberBand(context)
        self._snapping = Snapping(context)
        self._guide = GuideDrag(context)

    @property
    def cursor(self) -> QCursor | Qt.CursorShape:
        if self._grip is None and self._guide.cursor is not None:
            return self._guide.cursor
        layer = self._layer()
        return grip_cursor(self._grip, layer.transform.degrees if layer is not None else 0.0)

    def options(self) -> list[QWidget]:
        return [self.keep, self.pivot]

    def _show_pivot(self, on: bool) -> None:
        self.box.has_pivot, self.box.pivot = on, None
        self.box.update()

    def _layer(self) -> Layer | None:
        """The active layer if it can be moved."""
        document = self.context.app.document
        layer = document.state.layer(self.context.app.active) if document is not None else None
        return layer if layer is not None and layer.movable and layer.visible else None

    def _is_locked(self, layer: Layer) -> bool:
        document = self.context.app.document
        return document is not None and document.tree.locked_by(layer.id) is not None

    def _follow(self, _what: Change | str | None = None) -> None:
        document = self.context.app.document
        if self._moving is not None and (document is None or document.state.layer(self._moving) is None):
            # What is being dragged is gone: deleted, put back or undone.
            self.cancel()
        layer, together = self._layer(), self._chosen_together()
        whose = tuple(each.id for each in together) or (layer.id if layer is not None else "",)
        if whose != self._pivot_of:
            self._pivot_of, self.box.pivot = whose, None
        if together and not self._live:
            self.box.show_box(box_around(together), QTransform())
        elif not together and (layer is None or self._is_locked(layer)):
            self.box.setVisible(False)
        elif layer is not None and not self._live:
            self.box.show_box(layer.source_box, qtransform(layer.transform))

    def _chosen_together(self) -> tuple[Layer, ...]:
        """The layers that are dragged together; none where a single one is."""
        document = self.context.app.document
        return () if document is None else layers_together(document, self.context.app.workspace.selected)

    def activate(self) -> None:
        super().activate()
        self.while_active(self.context.app.workspace.selected_changed, self._follow)
        self.while_active(self.context.app.workspace.changed, self._follow)
        self.while_active(self.context.app.workspace.active_changed, self._follow)
        self._follow()

    def deactivate(self) -> None:
        super().deactivate()
        self.cancel()
        self.box.setVisible(False)
        self.context.app.workspace.point_at(None)

    # Pointer

    def press(self, point: QPointF, modifiers: Modifiers) -> None:
        app, scene = self.context.app, self.context.scene
        grip = self.box.grip_at(point, self.context.view.zoom)
        if grip in (None, "move") and self._guide.press(point):
            return
        hit = scene.layer_at(point.x(), point.y())
        selected, more, self._added = app.workspace.selected, modifiers & _MORE, False
        if grip in (None, "move") and hit is not None and more and hit not in selected:
            base = document.tree.base.id if (document := app.document) is not None else ""
            app.workspace.select((*(each for each in selected if each != base), hit))
            grip, self._added = "move", True
        elif grip in (None, "move") and hit is not None and hit != app.active and hit not in selected:
            app.workspace.set_active(hit)
            grip = "move"
        elif grip in (None, "move") and hit in selected:
            grip = "move"
        elif grip is None and hit is None:
            found = scene.found_at(point.x(), point.y())
            if found is not None and found.kind == "thing":
                app.workspace.point_at(None)
                self._lift(found)
                grip = "move"
        elif grip is None:
            grip = "move"
        layer, self._together = self._layer(), self._chosen_together()
        if grip is not None and self._together:
            place = (point.x(), point.y())
            self._grab = Grab(grip, box_around(self._together), Transform(), place, self.box.pivot)
            self._moving, self._live = self._together[-1].id, False
            return
        if grip is None or layer is None or self._is_locked(layer):
            self._choose_backdrop(layer)
            self._band.begin(point)
            return
        place = (point.x(), point.y())
        self._grab = Grab(grip, layer.source_box, layer.transform, place, self.box.pivot)
        self._moving, self._now, self._live = layer.id, layer.transform, False

    def _lift(self, found: FoundObject) -> None:
        document = self.context.app.document
        assert document is not None
        self.context.app.verbs.perform("object.lift", object=document.state.found.index(found))

    def _choose_backdrop(self, layer: Layer | None) -> None:
        document = self.context.app.document
        if document is not None and (layer is None or not self._is_locked(layer)):
            self.context.app.workspace.set_active(document.tree.base.id)

    def drag(self, point: QPointF, modifiers: Modifiers) -> None:
        if self._guide.drag(point) or self._band.drag(point):
            return
        grab = self._grab
        if grab is None or self._moving is None:
            return
        if grab.grip == "pivot":
            self._move_pivot(grab, point)
            return
        if not self._live:
            if not self.is_drag(QPointF(*grab.point), point):
                return
            if modifiers & Modifiers.AltModifier and grab.grip == "move":
                self._copied = new_merge_key("copy")
                named = {} if self._together else {"layer": self._moving}
                self.context.app.verbs.perform("layer.duplicate", merge_key=self._copied, **named)
                self._together = self._chosen_together()
                self._moving = self.context.app.active
                assert self._moving is not None
            self._live = True
        if self._together:
            self._drag_together(grab, point, modifiers)
            return
        keep = self.keep.isChecked()
        self._now = self._snapping.dragged(grab, point, modifiers, (self._moving,), keep=keep)
        self.context.scene.move_layer(self._moving, self._now)
        self.box.show_box(grab.box, qtransform(self._now))

    def _drag_together(self, grab: Grab, point: QPointF, modifiers: Modifiers) -> None:
        ids = tuple(layer.id for layer in self._together)
        self._now = evenly(self._snapping.dragged(grab, point, modifiers, ids), grab)
        placing = placing_of(self._now)
        moved = (replace(layer, transform=placing.applied(layer)) for layer in self._together)
        self.context.scene.preview_layers(*moved)
        self.box.show_box(grab.box, qtransform(self._now))

    def _take_from_chosen(self, point: QPointF, modifiers: Modifiers) -> None:
        """A click with Ctrl on one of several that are chosen: it is chosen no more."""
        workspace, hit = self.context.app.workspace, self.context.scene.layer_at(point.x(), point.y())
        rest = [each for each in workspace.selected if each != hit]
        if modifiers & Modifiers.ControlModifier and hit in workspace.selected and rest and not self._added:
            workspace.select(rest)

    def _move_pivot(self, grab: Grab, point: QPointF) -> None:
        """What the box turns about goes with the pointer; near the middle it rests there."""
        self.box.pivot = None
        way = self.box.pivot_at() - point
        if (way.x() ** 2 + way.y() ** 2) ** 0.5 * self.context.view.zoom > _REST:
            self.box.pivot = transform_point(grab.start.inverse(), point.x(), point.y())
        self.box.update()

    def release(self, point: QPointF, modifiers: Modifiers) -> None:
        self._snapping.end()
        if self._guide.release(point) or self._band.release(point):
            return
        grab, moving, live, copied = self._grab, self._moving, self._live, self._copied
        together, self._together = self._together, ()
        self._grab = self._moving = self._copied = None
        if grab is None or moving is None or not live:
            self._take_from_chosen(point, modifiers)
            self._follow()
            self.hover(point, modifiers)
            return
        step = _STEPS.get(grab.grip, "step.scale") if isinstance(grab.grip, str) else "step.scale"
        self._live = False
        app, now = self.context.app, self._now
        # A copy made by this drag is one step with it.
        if together:
            (x, y), values = now.pivot, {"scale": now.scale_x, "degrees": now.degrees}
            app.verbs.perform(
                "layer.place_together", merge_key=copied, dx=now.dx, dy=now.dy, x=x, y=y, **values
            )
        else:
            app.verbs.perform("layer.place", merge_key=copied, layer=moving, transform=now, step=step)
        # Where that was refused, or the layer is back where it was.
        self.context.scene.end_preview()
        self._follow()
        self.hover(point, modifiers)

    def cancel(self) -> bool:
        """Drops a drag in progress; whether there was one."""
        self._snapping.end()
        if self._guide.cancel() or self._band.cancel():
            return True
        was, self._grab, self._moving, self._together = self._live, None, None, ()
        copied, self._copied = self._copied, None
        self._live = False
        if was:
            self.context.scene.end_preview()
            steps = self.context.opened.document.history.steps
            if copied is not None and steps and steps[-1].merge_key == copied:
                self.context.app.verbs.perform("edit.undo")
            self._follow()
        return was

    def hover(self, point: QPointF, modifiers: Modifiers) -> None:
        scene = self.context.scene
        self._grip = self.box.grip_at(point, self.context.view.zoom)
        found = None
        if self._grip in (None, "move") and self._guide.hover(point):
            self._grip = None
        elif self._grip is None:
            if scene.layer_at(point.x(), point.y()) is not None:
                self._grip = "move"
            else:
                found = scene.found_at(point.x(), point.y())
                found = found if found is not None and found.kind == "thing" else None
        self.context.app.workspace.point_at(found)
        self.context.view.update_cursor()
        self.hint_changed.emit(
            f"Click lifts this {found.label}, drag lifts and moves it." if found else self.hint
        )

    def leave(self) -> None:
        if self._grab is None:
            self.context.app.workspace.point_at(None)

    # Keys

    def key_press(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            return self.cancel()
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_9 and not event.modifiers() & ~Modifiers.KeypadModifier:
            return self._set_opacity(int(key) - int(Qt.Key.Key_0))
        if key not in _ARROWS:
            return False
        app = self.context.app
        node = app.document.tree.find(app.active) if app.document is not None else None
        if node is None or not node.movable or not node.visible:
            return False
        step = 10 if event.modifiers() & Modifiers.ShiftModifier else 1
        selected = app.workspace.selected
        if self._nudge_key[0] != selected:
            self._nudge_key = (selected, new_merge_key("nudge"))
        across, down = _ARROWS[key]
        app.verbs.perform("layer.shift", merge_key=self._nudge_key[1], dx=across * step, dy=down * step)
        return True

    def _set_opacity(self, digit: int) -> bool:
        """1 to 9 are 10 to 90 %, 0 is 100 %, as in other editors."""
        layer = self._layer()
        if layer is not None:
            self.context.app.verbs.set_property(None, "opacity", (digit or 10) / 10)
        return layer is not None
