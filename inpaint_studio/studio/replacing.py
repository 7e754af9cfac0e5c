"""Taking another picture for a layer, which keeps its place, its name and its looks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics import message
from inpaint_studio.document import Picture
from inpaint_studio.document.holes import new_id
from inpaint_studio.document.nodes import converted, source_and_mask
from inpaint_studio.document.transform import transform_point
from inpaint_studio.render.colour import between_profiles
from inpaint_studio.studio.edit import movable

if TYPE_CHECKING:
    from inpaint_studio.document import Document, Photo


def replace_picture(document: Document, layer_id: str, photo: Photo) -> str:
    """Puts a picture in the place of a layer's, in its middle, as large as fits into it, turned as it is.

    Returns the id of the layer, which is a new one. Its colours are converted into the document's profile.
    Raises StudioError for the backdrop and for a locked layer.
    """
    movable(document, layer_id)
    layer = document.layer(layer_id)
    x, y, w, h = layer.source_box
    old = layer.transform.rebased((x + w / 2, y + h / 2))
    middle = transform_point(old.matrix(), *old.pivot)
    width, height = photo.size
    scale = min(abs(old.scale_x) * w / width, abs(old.scale_y) * h / height)
    pivot = width / 2, height / 2
    place = replace(
        old, pivot=pivot, dx=middle[0] - pivot[0], dy=middle[1] - pivot[1],
        scale_x=scale * np.sign(old.scale_x), scale_y=scale * np.sign(old.scale_y),
    )  # fmt: skip
    source, mask = source_and_mask(between_profiles(photo.exact, photo.icc, document.photo.icc))
    made = converted(
        layer, Picture, id=new_id(), source=source, mask=mask, colours=None,
        holes=(), transform=place, source_frame=None,
    )  # fmt: skip
    tree = document.tree.above(layer_id, made).without({layer_id})
    document.apply(message("step.replace_picture", name=layer.name), document.state.with_tree(tree))
    return made.id
