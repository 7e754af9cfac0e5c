"""What is being edited: photo, masks, layers, holes, commands, history. numpy and plain Python."""

from inpaint_studio.document.cache import RenderCache
from inpaint_studio.document.document import Document
from inpaint_studio.document.fills import Fills, FillStore
from inpaint_studio.document.layers import (
    BLEND_MODES,
    MOST_CANDIDATES,
    FillOptions,
    Hole,
    Layer,
    Remade,
    Transform,
)
from inpaint_studio.document.photo import Photo
from inpaint_studio.document.plates import Part, at_home, open_hole, parts, resting_stuff
from inpaint_studio.document.snapshot import Snapshot
from inpaint_studio.document.state import Change, State

__all__ = [
    "BLEND_MODES",
    "MOST_CANDIDATES",
    "Change",
    "Document",
    "FillOptions",
    "FillStore",
    "Fills",
    "Hole",
    "Layer",
    "Part",
    "Photo",
    "Remade",
    "RenderCache",
    "Snapshot",
    "State",
    "Transform",
    "at_home",
    "open_hole",
    "parts",
    "resting_stuff",
]
