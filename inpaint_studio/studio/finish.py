"""What jobs do behind the window, done here and now: soft edges of cutouts, and fills of holes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics import NO_PROGRESS, Progress, SubProgress
from inpaint_studio.studio.fill import fill_missing
from inpaint_studio.studio.lift import make_cut, settle_cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inpaint_studio.document import Document


def settle_edge(document: Document, layer_id: str, progress: Progress = NO_PROGRESS) -> None:
    """Gives a cutout that was just lifted its soft edge and clean colours, if it is still there."""
    layer = document.state.layer(layer_id)
    if layer is not None and layer.mask is not None:
        origin = document.tree.origin(layer)
        alpha = None if origin is None else origin.mask
        settle_cut(document, layer.mask, make_cut(layer, layer.mask, progress, alpha))


def finish(document: Document, lifted: Sequence[str], progress: Progress = NO_PROGRESS) -> None:
    """Softens the edges of cutouts that were just lifted and fills every hole that has no fill."""
    for number, layer_id in enumerate(lifted):
        step = SubProgress(progress, 0.5 * number / len(lifted), 0.5 * (number + 1) / len(lifted))
        settle_edge(document, layer_id, step)
    fill_missing(document, SubProgress(progress, 0.5, 1.0))
    progress.report(1.0)
