"""The brush that works out the edge of a cutout anew: hair, fur and blur."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from inpaint_studio.basics import Mask, message
from inpaint_studio.document.brush import Stroke
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.tools.base import Modifiers, ToolContext
from inpaint_studio.editor.tools.mask_painting import MaskPaintingTool
from inpaint_studio.editor.tools.options import Brush

if TYPE_CHECKING:
    from inpaint_studio.basics import Patch
    from inpaint_studio.document import Document, Layer
    from inpaint_studio.jobs import Job, JobContext


class EdgeTool(MaskPaintingTool):
    """Strokes wait while one is worked out, so that each builds on the answer to the one before."""

    name, title, icon, key = "edge", "Refine edge", "edge-brush", "R"
    hint = "Paint along hair, fur or a blurred edge; the edge there is worked out anew when you let go."

    def __init__(self, context: ToolContext, brush: Brush, parent: QObject | None = None) -> None:
        super().__init__(context, brush, parent)
        self._waiting: list[tuple[str, Mask]] = []
        self._job: Job[Any] | None = None
        follow(self, context.app.workspace.leaving, self._forget)

    def options(self) -> list[QWidget]:
        size, _, *others = super().options()
        return [size, *others]

    def activate(self) -> None:
        super().activate()
        if self.context.app.document is not None and self.cutout() is None:
            self.context.app.notices.tell(message("edge.no_cutout"))

    def begin(self, modifiers: Modifiers) -> Stroke | None:
        layer = self._layer = self.cutout()
        if layer is None:
            self.context.app.notices.tell(message("edge.no_cutout"))
            return None
        if self.refuses(layer):
            return None
        return self.stroke_on(layer, Mask.empty())

    def show_stroke(self, mask: Mask) -> None:
        if self._layer is not None:
            self.tint_on(self._layer, mask, "accent-line", 0.4)

    def commit(self, mask: Mask) -> None:
        layer, self._layer = self._layer, None
        if layer is not None and mask:
            self._waiting.append((layer.id, mask))
            self._next()

    def _clear(self) -> None:
        super()._clear()
        self.context.scene.refresh_selection()

    # Behind the window

    def _forget(self) -> None:
        self._waiting, self._job = [], None

    def _next(self) -> None:
        document = self.context.app.document
        if self._job is not None or not self._waiting or document is None:
            return
        layer_id, strokes = self._waiting.pop(0)
        layer = document.state.layer(layer_id)
        if layer is None or layer.mask is None:
            self._next()
            return

        snapshot = document.snapshot()

        def work(context: JobContext) -> tuple[Mask, Patch]:
            from inpaint_studio.studio.edges import as_lifted, brushed

            return brushed(as_lifted(snapshot, layer), strokes, context)

        job = self._job = self.context.opened.jobs.submit(
            message("job.refining_edge_of", name=layer.name), work, lane="interactive"
        )
        job.finished.connect(partial(self._put, job, document, layer))
        job.failed.connect(self.context.app.workspace.notices.fail)
        job.failed.connect(partial(self._ended, job))
        job.cancelled.connect(partial(self._ended, job))

    def _put(self, job: Job[Any], document: Document, layer: Layer, made: tuple[Mask, Patch]) -> None:
        now = document.state.layer(layer.id)
        if document is self.context.app.document and now is not None:
            if now.mask is layer.mask:
                mask, colours = made
                self.context.app.verbs.perform("layer.edge", layer=layer.id, mask=mask, colours=colours)
            else:
                # Undone, or painted on by another tool, while this was worked out.
                self.context.app.notices.tell(message("edge.painted_over_again"))
        self._ended(job)

    def _ended(self, job: Job[Any], _why: object = None) -> None:
        if self._job is job:
            self._job = None
            self._next()
