"""Refining edges from the menu: what the dialog works on, and what comes of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from inpaint_studio.basics.mask import grow_box, intersect_boxes
from inpaint_studio.basics.messages import inside_sentence, message
from inpaint_studio.document import Backdrop, Picture, State, Tree
from inpaint_studio.editor.dialogs.edge import Edge, EdgeDialog, EdgeSubject
from inpaint_studio.editor.following import follow
from inpaint_studio.render import render

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from inpaint_studio.app.application import Application
    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.basics import Mask
    from inpaint_studio.document import Layer, Snapshot
    from inpaint_studio.jobs import JobContext

_ROOM = 24
"""Pixels around an object that can be looked at too, at least."""


class EdgeCommands(QObject):
    """The window's functions for refining edges."""

    def __init__(self, app: Application, window: QWidget) -> None:
        """`window` owns the dialogs."""
        super().__init__(window)
        self._window, self._app, self._workspace = window, app, app.workspace

    def ask(self) -> None:
        """For the selection if there is one, else for the active cutout."""
        opened = self._workspace.current
        if opened is not None and opened.document.state.selection is not None:
            self._of_selection(opened, opened.document.state.selection)
        else:
            self.of_layer()

    def of_layer(self) -> None:
        """For the active cutout."""
        opened = self._workspace.current
        layer = opened.document.state.layer(opened.active) if opened is not None else None
        if opened is None or layer is None:
            return
        subject = _cutout(opened.document.snapshot(), layer)
        if subject is None:
            self._workspace.notices.tell(message("layer.outside", name=layer.name))
        else:
            self._open(opened, layer, subject)

    def _of_selection(self, opened: OpenDocument, selection: Mask) -> None:
        snapshot = opened.document.snapshot()

        def work(_context: JobContext) -> EdgeSubject:
            return _selected(snapshot, selection)

        job = opened.jobs.submit(message("job.looking_at_edge"), work, lane="interactive", key="edge")
        job.finished.connect(partial(self._open_for_selection, opened, selection))
        job.failed.connect(self._workspace.notices.fail)

    def _open_for_selection(self, opened: OpenDocument, selection: Mask, subject: EdgeSubject) -> None:
        if opened is self._workspace.current and opened.document.state.selection is selection:
            self._open(opened, None, subject)

    def _open(self, opened: OpenDocument, layer: Layer | None, subject: EdgeSubject) -> None:
        dialog = EdgeDialog(subject, opened.jobs, self._window)
        dialog.applied.connect(partial(self._apply, opened, layer))
        dialog.finished.connect(dialog.deleteLater)
        follow(dialog, self._workspace.current_changed, dialog.reject)
        dialog.open()

    def _apply(self, opened: OpenDocument, layer: Layer | None, edge: Edge) -> None:
        if opened is not self._workspace.current:
            return
        if layer is None:
            step = message("step.refine_selection")
            self._app.verbs.perform("selection.set", mask=edge.mask, step=step)
        elif edge.mask is not layer.mask or edge.colours is not layer.colours:
            now = opened.document.state.layer(layer.id)
            if now is None or now.mask is not layer.mask:
                self._workspace.notices.tell(message("edge.changed_meanwhile"))
            else:
                self._app.verbs.perform("layer.edge", layer=layer.id, mask=edge.mask, colours=edge.colours)


def _cutout(snapshot: Snapshot, layer: Layer) -> EdgeSubject | None:
    """None where nothing of it lies on the canvas."""
    x, y, w, h = layer.bounds()
    room = max(_ROOM, max(w, h) // 8)
    frame = intersect_boxes((x - room, y - room, w + 2 * room, h + 2 * room), snapshot.state.canvas)
    if not (frame[2] and frame[3]):
        return None
    return EdgeSubject(layer, snapshot, frame, inside_sentence(layer.name), colours=True)


def _selected(snapshot: Snapshot, selection: Mask) -> EdgeSubject:
    """A layer with what the canvas shows stands for the selection, over the same darkened."""
    pixels = np.ascontiguousarray(render(snapshot).pixels[..., :3])
    dark = Backdrop("Below", (pixels * np.float32(0.35)).astype(np.uint8))
    layer = Picture("Selection", pixels, selection)
    canvas = snapshot.state.canvas
    state = State(canvas, Tree((dark, layer)))
    room = max(_ROOM, max(selection.crop.shape) // 8)
    frame = grow_box(selection.box, room, canvas[2], canvas[3])
    return EdgeSubject(layer, snapshot.with_state(state), frame, "the selection", colours=False)
