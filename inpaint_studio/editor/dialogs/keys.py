"""All keys on one page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from inpaint_studio.editor.actions import native_keys
from inpaint_studio.editor.keys import ON_CANVAS, tool_keys, verb_keys
from inpaint_studio.editor.widgets import MARGIN, label


class KeysDialog(QDialog):
    """Tools, canvas and menus with their keys, two columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        page = QWidget()
        grid = QGridLayout(page)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        menus: list[tuple[str, str]] = []
        for menu, title, keys in verb_keys():
            if (menu, "") not in menus:
                menus += [("", ""), (menu, "")] if menus else [(menu, "")]
            menus.append((title, native_keys(keys[0])))
        left = [("Tools", ""), *tool_keys(), ("", ""), ("On the canvas", ""), *ON_CANVAS]
        for column, rows in ((0, left), (2, menus)):
            for row, (what, text) in enumerate(rows):
                head = bool(what) and not text
                grid.addWidget(label(what, "" if head else "muted"), row, column)
                grid.addWidget(label(text), row, column + 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(page)
        layout = QVBoxLayout(self)
        layout.addWidget(area)
        self.resize(page.sizeHint().width() + 4 * MARGIN, 620)
