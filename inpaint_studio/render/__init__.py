"""Document to pixels."""

from inpaint_studio.render.colour import profile_name, to_srgb
from inpaint_studio.render.compositor import layer_surface, render, shrunk
from inpaint_studio.render.plates import Samples, coverage, plate
from inpaint_studio.render.small import fill_picture, small_picture

__all__ = [
    "Samples",
    "coverage",
    "fill_picture",
    "layer_surface",
    "plate",
    "profile_name",
    "render",
    "shrunk",
    "small_picture",
    "to_srgb",
]
