"""Take a whole photo apart: every thing a cutout, the backdrop filled."""

from __future__ import annotations

from inpaint_studio.basics import NO_PROGRESS, Progress, SubProgress, message
from inpaint_studio.basics.mask import Array
from inpaint_studio.document import Document, Photo
from inpaint_studio.render.colour import to_srgb
from inpaint_studio.studio.fill import fill_missing
from inpaint_studio.studio.find import find_objects
from inpaint_studio.studio.finish import settle_edge
from inpaint_studio.studio.lift import set_found
from inpaint_studio.studio.lift_all import lift_things

__all__ = ["Document", "Photo", "engine_pixels", "lift_all"]


def engine_pixels(photo: Photo) -> Array:
    """The photo as engines see it: its pixels in sRGB."""
    return to_srgb(photo.pixels, photo.icc)


def lift_all(photo: Photo, *, progress: Progress = NO_PROGRESS) -> Document:
    """A document with a matted cutout per thing that is found, over a filled backdrop; the nearest on top.

    Areas such as buildings, trees, sky and road stay in the backdrop. A photo in which nothing is found gives
    a document of just the backdrop.
    """
    document = Document(photo)
    set_found(document, find_objects(engine_pixels(photo), progress=SubProgress(progress, 0.0, 0.2)))
    lifted = lift_things(document, document.state.found)
    for number, cutout in enumerate(lifted):
        start = 0.2 + 0.3 * number / len(lifted)
        progress.report(start, message("job.cutting_out", label=document.layer(cutout).name))
        settle_edge(document, cutout, SubProgress(progress, start, start + 0.3 / len(lifted)))
    fill_missing(document, SubProgress(progress, 0.5, 1.0))
    progress.report(1.0)
    return document
