"""The tool that paints where fills may copy from."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from inpaint_studio.basics import Mask, message
from inpaint_studio.document.brush import Stroke
from inpaint_studio.editor.tools.base import Modifiers, ToolContext
from inpaint_studio.editor.tools.options import Brush
from inpaint_studio.editor.tools.paint import TwoWayTool


class SamplingTool(TwoWayTool):
    """Paints where the fill looked at, else those of the active layer, may copy from; shown as a tint."""

    name, title, icon, key = "sampling", "Sampling area", "sampling", "S"
    hint = "Paint what the fill may copy, X or Alt takes away; the hole is filled again when you let go."

    def __init__(self, context: ToolContext, brush: Brush, parent: QObject | None = None) -> None:
        super().__init__(context, brush, parent)
        self._anywhere = QPushButton("Copy from anywhere")
        self._anywhere.setToolTip("Forgets the painted area")
        self._anywhere.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._anywhere.clicked.connect(self._forget)

    def options(self) -> list[QWidget]:
        return [self._mode, self.brush.sliders()[0], self._anywhere]

    def activate(self) -> None:
        super().activate()
        app = self.context.app
        self.while_active(app.workspace.changed, self._follow)
        self.while_active(app.fills.looked, self._follow)
        self.while_active(app.workspace.active_changed, self._follow)
        self._follow()
        if self.context.app.fills.scope() is None:
            self.context.app.notices.tell(message("no_hole"))

    def deactivate(self) -> None:
        super().deactivate()
        self.context.scene.refresh_selection()

    def _follow(self, _what: object = None) -> None:
        """Shows the area as it is."""
        if self._stroke is not None:
            return
        scope = self.context.app.fills.scope()
        sample = None if scope is None else scope.options.sample
        self._anywhere.setEnabled(sample is not None)
        self._layer = None if scope is None else scope.layer
        self.show_stroke(sample or Mask.empty())

    def begin(self, modifiers: Modifiers) -> Stroke | None:
        scope = self.context.app.fills.scope()
        if scope is None:
            self.context.app.notices.tell(message("no_hole"))
            return None
        self._layer = scope.layer
        start = scope.options.sample or Mask.empty()
        return self.stroke_on(scope.layer, start, adding=self.adding(modifiers))

    def show_stroke(self, mask: Mask) -> None:
        self.tint_on(self._layer, mask, "good")

    def commit(self, mask: Mask) -> None:
        self.context.app.verbs.perform("fill.sample", mask=mask)
        self._follow()

    def _clear(self) -> None:
        super()._clear()
        self._follow()

    def _forget(self) -> None:
        self.context.app.verbs.perform("fill.sample", mask=None)
