"""Enhances layers of a document."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from inpaint_studio.basics import message

if TYPE_CHECKING:
    from inpaint_studio.app.matting import Matting
    from inpaint_studio.app.notices import Notices
    from inpaint_studio.document import Document
    from inpaint_studio.jobs import JobContext, JobGroup
    from inpaint_studio.studio.enhance import EnhanceRequest
    from inpaint_studio.studio.new_source import NewPixels


class Enhancing:
    """Takes noise, JPEG blocks and blur out of the layers of one document, in the long lane."""

    def __init__(self, document: Document, jobs: JobGroup, notices: Notices, matting: Matting) -> None:
        self._document, self._jobs, self._notices, self._matting = document, jobs, notices, matting

    def start(self, layer_id: str, strength: float) -> None:
        """Enhances a layer, 0 < `strength` <= 1; another of the same layer under way is dropped."""
        from inpaint_studio.studio import enhance

        layer = self._document.state.layer(layer_id)
        if layer is None or not strength:
            return
        with self._notices.attempt():
            wanted = enhance.request(self._document, layer_id, strength)

            def work(context: JobContext) -> NewPixels:
                context.report(0.0, message("job.enhancing"))
                return enhance.run(wanted, context)

            title = message("job.enhancing_layer", name=layer.name)
            job = self._jobs.submit(title, work, lane="long", key=f"enhance {layer_id}")
            job.finished.connect(partial(self._finished, wanted))
            job.failed.connect(self._notices.fail)

    def _finished(self, wanted: EnhanceRequest, made: NewPixels) -> None:
        from inpaint_studio.studio import enhance

        layer_id = wanted.layers[0].id
        if self._document.state.layer(layer_id) is None:
            return
        softening = any(self._matting.running_for(layer.id) for layer in wanted.layers)
        if softening or not enhance.apply(self._document, wanted, made):
            # Its edge or its holes are others by now: what it is now is enhanced instead.
            self.start(layer_id, wanted.strength)
