"""Softens the edges of what was lifted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from inpaint_studio.basics import message

if TYPE_CHECKING:
    from inpaint_studio.app.notices import Notices
    from inpaint_studio.basics import Mask
    from inpaint_studio.document import Document
    from inpaint_studio.jobs import JobContext, JobGroup
    from inpaint_studio.studio.lift import Cut


class Matting:
    """Makes soft edges and clean colours for the cutouts of one document, in the interactive lane."""

    def __init__(self, document: Document, jobs: JobGroup, notices: Notices) -> None:
        self._document, self._jobs, self._notices = document, jobs, notices

    def start(self, layer_id: str) -> None:
        """For a cutout with the rough mask of a finder or of a selection."""
        layer = self._document.state.layer(layer_id)
        if layer is None or layer.mask is None:
            return
        rough, origin = layer.mask, self._document.tree.origin(layer)
        alpha = None if origin is None else origin.mask

        def work(context: JobContext) -> Cut:
            from inpaint_studio.studio.lift import make_cut

            return make_cut(layer, rough, context, alpha)

        title = message("job.softening_edge", name=layer.name)
        job = self._jobs.submit(title, work, lane="interactive", key=f"matte {layer_id}", quiet=True)
        job.finished.connect(partial(self._settle, rough))
        job.failed.connect(self._notices.fail)

    def running_for(self, layer_id: str) -> bool:
        """Whether the edge of a cutout is being made."""
        return self._jobs.with_key(f"matte {layer_id}") is not None

    def _settle(self, rough: Mask, cut: Cut) -> None:
        from inpaint_studio.studio.lift import settle_cut

        settle_cut(self._document, rough, cut)
