"""What the tools share that paint on the mask of a cutout: it is seen all the while."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QComboBox, QWidget

from inpaint_studio.app.view_options import MASK_COLOURS
from inpaint_studio.basics import message
from inpaint_studio.document import Change, Layer
from inpaint_studio.editor.canvas.mask_view import MaskView
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.tools.base import ToolContext
from inpaint_studio.editor.tools.options import Brush, PenChoice
from inpaint_studio.editor.tools.paint import PaintingTool

_LOOK_NAMES = {"tint": "Mask tinted", "dim": "Outside dimmed", "outline": "Outline only"}
_SWATCH = 14


class MaskColour(QComboBox):
    """The colour of masks."""

    def __init__(self, context: ToolContext) -> None:
        super().__init__()
        self._view = context.app.view
        self.setAccessibleName("Colour of masks")
        self.setToolTip("Colour of masks; O shows them tinted, all else dimmed, or their outline alone")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for name, colour in MASK_COLOURS.items():
            swatch = QPixmap(_SWATCH, _SWATCH)
            swatch.fill(QColor(colour))
            self.addItem(QIcon(swatch), name.capitalize(), name)
        self._follow()
        self.activated.connect(self._chosen)
        follow(self, self._view.changed, self._follow)

    def _follow(self, _name: str = "") -> None:
        self.setCurrentIndex(self.findData(self._view.mask_colour))

    def _chosen(self) -> None:
        self._view.set_mask_colour(self.currentData())


class MaskPaintingTool(PaintingTool):
    """Shows the mask of the active cutout; O shows it in another way."""

    def __init__(self, context: ToolContext, brush: Brush, parent: QObject | None = None) -> None:
        super().__init__(context, brush, parent)
        self.mask_view = MaskView(context.app, context.scene)

    def options(self) -> list[QWidget]:
        return [*self.brush.sliders(), PenChoice(self.brush), MaskColour(self.context)]

    def cutout(self) -> Layer | None:
        """The active layer, if it has a mask of its own that can be painted on."""
        document = self.context.app.document
        layer = document.state.layer(self.context.app.active) if document is not None else None
        return None if layer is None or not layer.movable or layer.mask is None else layer

    def activate(self) -> None:
        super().activate()
        workspace = self.context.app.workspace
        self.while_active(workspace.changed, self._changed)
        self.while_active(workspace.active_changed, self._show_mask)
        self.while_active(self.context.app.view.changed, self._show_mask)
        self._show_mask()

    def deactivate(self) -> None:
        super().deactivate()
        self.mask_view.show(None)

    def _changed(self, change: Change) -> None:
        if self._stroke is None and (change.canvas or change.nodes):
            self._show_mask()

    def _show_mask(self, _what: object = None) -> None:
        self.mask_view.show(self.cutout())

    def _clear(self) -> None:
        super()._clear()
        self._show_mask()

    def key_press(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_O and not event.modifiers():
            view = self.context.app.view
            view.next_mask_look()
            self.context.app.notices.tell(message("mask.look", look=_LOOK_NAMES[view.mask_look]))
            return True
        return super().key_press(event)
