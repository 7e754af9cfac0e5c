"""All keys on one page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from inpaint_studio.editor.actions import ACTIONS
from inpaint_studio.editor.tools.table import TOOLS
from inpaint_studio.editor.widgets import label

_ON_CANVAS = (
    ("Pan", "Space + drag"),
    ("Zoom at the pointer", "Wheel"),
    ("Hide or show the panels", "Tab"),
    ("Show the original", "\\ held"),
    ("Nudge by 1 or 10 pixels", "Arrows, Shift + arrows"),
    ("Brush size, hardness", "[ ]   Shift + [ ]"),
    ("Swap add and subtract", "X"),
    ("Opacity of the layer (move tool)", "0 to 9"),
    ("Add, subtract, intersect", "Shift, Alt, Shift + Alt"),
    ("Another answer to a click: next, before", ".   ,"),
    ("Another fill: next, before, keep", ".   ,   Enter"),
    ("Copy while dragging", "Alt + drag"),
    ("Lift the selection, drop it", "Enter, Esc"),
)


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


class KeysDialog(QDialog):
    """Tools, canvas and menus with their keys, two columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        tools = [(tool.title, tool.key) for tool in TOOLS]
        menus = [(s.text.rstrip("…"), _native(s.keys[0])) for s in ACTIONS if s is not None and s.keys]
        page = QWidget()
        grid = QGridLayout(page)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        left = [("Tools", ""), *tools, ("", ""), ("On the canvas", ""), *_ON_CANVAS]
        for column, rows in ((0, left), (2, [("Menus", ""), *menus])):
            for row, (what, keys) in enumerate(rows):
                head = bool(what) and not keys
                grid.addWidget(label(what, "" if head else "muted"), row, column)
                grid.addWidget(label(keys), row, column + 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(page)
        layout = QVBoxLayout(self)
        layout.addWidget(area)
        self.resize(680, 620)
