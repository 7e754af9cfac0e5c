"""What is being edited: photo, tree of nodes, holes, fills, history. numpy and plain Python."""

from inpaint_studio.document.blending import BLEND_MODES, BlendMode
from inpaint_studio.document.cache import RenderCache
from inpaint_studio.document.changes import Change
from inpaint_studio.document.document import Document
from inpaint_studio.document.fills import Fills, FillStore
from inpaint_studio.document.holes import MOST_CANDIDATES, FillOptions, Hole
from inpaint_studio.document.nodes import (
    Adjustment,
    Backdrop,
    Cutout,
    Group,
    Layer,
    Node,
    Picture,
    SourceFrame,
)
from inpaint_studio.document.photo import Photo
from inpaint_studio.document.plates import Part, open_hole, parts, resting_stuff
from inpaint_studio.document.snapshot import Snapshot
from inpaint_studio.document.state import State
from inpaint_studio.document.transform import Transform
from inpaint_studio.document.tree import Tree

__all__ = [
    "BLEND_MODES",
    "MOST_CANDIDATES",
    "Adjustment",
    "Backdrop",
    "BlendMode",
    "Change",
    "Cutout",
    "Document",
    "FillOptions",
    "FillStore",
    "Fills",
    "Group",
    "Hole",
    "Layer",
    "Node",
    "Part",
    "Photo",
    "Picture",
    "RenderCache",
    "Snapshot",
    "SourceFrame",
    "State",
    "Transform",
    "Tree",
    "open_hole",
    "parts",
    "resting_stuff",
]
