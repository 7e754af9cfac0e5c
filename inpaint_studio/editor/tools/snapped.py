"""Drags that come to rest on guides, edges and middles."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from inpaint_studio.editor.canvas.snapping import REACH, Snap, SnapLines, snap_box, snap_point, targets
from inpaint_studio.editor.tools.base import Modifiers
from inpaint_studio.editor.tools.transforming import Grab, qtransform

if TYPE_CHECKING:
    from inpaint_studio.document import Transform
    from inpaint_studio.editor.canvas.snapping import Targets
    from inpaint_studio.editor.tools.base import ToolContext


class Snapping:
    """Snaps the drags of a tool, unless that is switched off or Ctrl is held, and draws what they rest on."""

    def __init__(self, context: ToolContext) -> None:
        self._context = context
        self._lines = SnapLines()
        context.scene.addItem(self._lines)

    def _targets(self, modifiers: Modifiers, without: tuple[str, ...]) -> Targets | None:
        view, document = self._context.app.view, self._context.app.document
        if document is None or not view.is_on("snap") or modifiers & Modifiers.ControlModifier:
            return None
        return targets(document.state, guides=view.is_on("guides"), without=without)

    def dragged(
        self,
        grab: Grab,
        point: QPointF,
        modifiers: Modifiers,
        moving: tuple[str, ...] = (),
        *,
        keep: bool = False,
    ) -> Transform:
        """The transform of what is held when the pointer is at a point; `moving` are the layers' ids.

        With `keep` handles keep proportions, and Shift lets them go.
        """
        shift, alt = (bool(modifiers & m) for m in (Modifiers.ShiftModifier, Modifiers.AltModifier))
        shift = shift != (keep and isinstance(grab.grip, tuple))
        at = (point.x(), point.y())
        made, to = grab.dragged(at, shift, alt), self._targets(modifiers, moving)
        if to is None or grab.grip == "turn":
            self.end()
            return made
        reach = REACH / self._context.view.zoom
        if grab.grip == "move":
            snap = snap_box(qtransform(made).mapRect(QRectF(*grab.box)), to, reach)
            made, snap = _moved(grab, made, snap, constrained=shift)
        else:
            snap = _on_axes(grab, snap_point(*at, to, reach))
            made = grab.dragged((at[0] + snap.dx, at[1] + snap.dy), shift, alt)
        self._lines.show_snap(snap, self._context.scene.size)
        return made

    def end(self) -> None:
        """The drag is over."""
        self._lines.show_snap(Snap(), (0, 0))


def _moved(grab: Grab, made: Transform, snap: Snap, *, constrained: bool) -> tuple[Transform, Snap]:
    """A moved layer at rest, by whole pixels; not across the way that it is constrained to."""
    if constrained and made.dx == grab.start.dx:
        snap = replace(snap, dx=0.0, xs=())
    if constrained and made.dy == grab.start.dy:
        snap = replace(snap, dy=0.0, ys=())
    return replace(made, dx=made.dx + round(snap.dx), dy=made.dy + round(snap.dy)), snap


def _on_axes(grab: Grab, snap: Snap) -> Snap:
    """Only that part of a snap which a handle of an upright box can follow."""
    assert isinstance(grab.grip, tuple)
    if grab.start.degrees % 180 or grab.start.skew:
        return Snap()
    across, down = grab.grip
    xs, ys = snap.xs if across else (), snap.ys if down else ()
    return Snap(snap.dx if across else 0.0, snap.dy if down else 0.0, xs, ys)
