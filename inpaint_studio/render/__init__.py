"""Document to pixels."""

from inpaint_studio.render.colour import profile_name, to_srgb
from inpaint_studio.render.compositor import render, shrunk
from inpaint_studio.render.rasters import layer_picture, layer_raster
from inpaint_studio.render.small import fill_picture, small_picture

__all__ = [
    "fill_picture",
    "layer_picture",
    "layer_raster",
    "profile_name",
    "render",
    "shrunk",
    "small_picture",
    "to_srgb",
]
