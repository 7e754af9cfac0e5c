"""The panels at the right: layers, found objects, properties of the active layer, history."""

from inpaint_studio.editor.panels.found import FoundPanel
from inpaint_studio.editor.panels.history import HistoryPanel
from inpaint_studio.editor.panels.layers import LayersPanel
from inpaint_studio.editor.panels.properties import PropertiesPanel

__all__ = ["FoundPanel", "HistoryPanel", "LayersPanel", "PropertiesPanel"]
