"""What is being edited: photo, masks, layers, holes, commands, history. numpy and plain Python."""

from inpaint_studio.document.document import Document
from inpaint_studio.document.layers import BLEND_MODES, FillOptions, Hole, Layer, Transform
from inpaint_studio.document.photo import Photo
from inpaint_studio.document.plates import FillStore, Part, at_home, open_hole, parts
from inpaint_studio.document.state import Change, State

__all__ = [
    "BLEND_MODES",
    "Change",
    "Document",
    "FillOptions",
    "FillStore",
    "Hole",
    "Layer",
    "Part",
    "Photo",
    "State",
    "Transform",
    "at_home",
    "open_hole",
    "parts",
]
