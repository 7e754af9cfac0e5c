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
    from inpaint_studio.document import Document, Layer
    from inpaint_studio.editor.window import Window

_ROOM = 24
"""Pixels around an object that can be looked at too, at least."""


class EdgeCommands(QObject):
    """The window's functions for refining edges."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session

    def ask(self) -> None:
        """For the selection if there is one, else for the active cutout."""
        document = self._session.document
        if document is not None and document.state.selection is not None:
            self._open(document, self._selection(document), None)
        else:
            self.of_layer()

    def of_layer(self) -> None:
        """For the active cutout."""
        document = self._session.document
        layer = document.state.layer(self._session.active) if document is not None else None
        if document is None or layer is None:
            return
        subject = self._cutout(document, layer)
        if subject is None:
            self._session.message.emit(message("layer.outside", name=layer.name))
        else:
            self._open(document, subject, layer)

    def _cutout(self, document: Document, layer: Layer) -> EdgeSubject | None:
        x, y, w, h = layer.bounds()
        room = max(_ROOM, max(w, h) // 8)
        frame = intersect_boxes((x - room, y - room, w + 2 * room, h + 2 * room), document.canvas)
        if not (frame[2] and frame[3]):
            return None
        return EdgeSubject(layer, document.snapshot(), frame, inside_sentence(layer.name), colours=True)

    def _selection(self, document: Document) -> EdgeSubject:
        """A layer with what the canvas shows stands for it, over the same darkened."""
        selection = document.state.selection
        assert selection is not None
        pixels = np.ascontiguousarray(render(document.snapshot()).pixels[..., :3])
        dark = Backdrop("Below", (pixels * np.float32(0.35)).astype(np.uint8))
        layer = Picture("Selection", pixels, selection)
        _, _, width, height = document.canvas
        state = State(document.canvas, Tree((dark, layer)))
        room = max(_ROOM, max(selection.crop.shape) // 8)
        frame = grow_box(selection.box, room, width, height)
        return EdgeSubject(
            layer, document.snapshot().with_state(state), frame, "the selection", colours=False
        )

    def _open(self, document: Document, subject: EdgeSubject, layer: Layer | None) -> None:
        dialog = EdgeDialog(subject, self._session.worker, self._window)
        dialog.applied.connect(partial(self._apply, document, subject, layer))
        dialog.finished.connect(dialog.deleteLater)
        follow(dialog, self._session.replaced, dialog.reject)
        dialog.open()

    def _apply(self, document: Document, subject: EdgeSubject, layer: Layer | None, edge: Edge) -> None:
        if document is not self._session.document:
            return
        if layer is None:
            step = message("step.refine_selection")
            self._session.perform("selection.set", mask=edge.mask, step=step)
        elif edge.mask is not layer.mask or edge.colours is not layer.colours:
            now = document.state.layer(layer.id)
            if now is None or now.mask is not layer.mask:
                self._session.message.emit(message("edge.changed_meanwhile"))
            else:
                self._session.perform("layer.edge", layer=layer.id, mask=edge.mask, colours=edge.colours)
