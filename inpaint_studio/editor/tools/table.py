"""The tools in their order; a new one is one file and one line here."""

from inpaint_studio.editor.tools.base import Tool
from inpaint_studio.editor.tools.crop import CropTool
from inpaint_studio.editor.tools.edge import EdgeTool
from inpaint_studio.editor.tools.mask import EraserTool, MaskTool
from inpaint_studio.editor.tools.move import MoveTool
from inpaint_studio.editor.tools.navigate import HandTool, ZoomTool
from inpaint_studio.editor.tools.object import ObjectTool
from inpaint_studio.editor.tools.paint import RemoveTool
from inpaint_studio.editor.tools.sampling import SamplingTool
from inpaint_studio.editor.tools.select import LassoTool, RectangleTool
from inpaint_studio.editor.tools.wand import WandTool

TOOLS: tuple[type[Tool], ...] = (
    MoveTool,
    ObjectTool,
    RectangleTool,
    LassoTool,
    WandTool,
    MaskTool,
    EraserTool,
    EdgeTool,
    RemoveTool,
    SamplingTool,
    CropTool,
    HandTool,
    ZoomTool,
)

GROUPS = (1, 4, 5, 1, 2)
"""How many of them stand together in the tool bar."""
