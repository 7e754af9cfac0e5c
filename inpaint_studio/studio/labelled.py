"""Objects of a photo by what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics import Progress, StudioError, message
from inpaint_studio.basics.mask import Array, unite
from inpaint_studio.studio.find import find_objects
from inpaint_studio.studio.layers import engine_pixels

if TYPE_CHECKING:
    from inpaint_studio.document import Photo

SUBJECT = "subject"
"""Stands for the first thing that is found, whatever it is called."""


def labelled(photo: Photo, label: str, progress: Progress) -> tuple[Array, Array]:
    """Coverage, H×W uint8, of all objects of that name, and of all things that were found beside them.

    Raises StudioError if there is none.
    """
    found = find_objects(engine_pixels(photo), progress=progress)
    things = [each for each in found if each.kind == "thing"]
    name = label.strip().casefold()
    wanted = [each for each in found if each.label.casefold() == name] or things[: name == SUBJECT]
    if not wanted:
        names = ", ".join(dict.fromkeys(each.label for each in found)) or "nothing"
        raise StudioError(message("find.not_found", label=label, file=photo.name, names=names))
    shape = photo.size[::-1]
    others = unite(each.mask for each in things if each not in wanted)
    return unite(each.mask for each in wanted).full(shape), others.full(shape)
