"""A slider over the canvas that grows, shrinks, feathers or mends the selection, shown at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from inpaint_studio.basics import message
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.slider_bar import SliderBar, slider_for
from inpaint_studio.studio.verbs import VERBS
from inpaint_studio.studio.verbs.selecting import RESHAPES

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.basics import Mask
    from inpaint_studio.document import Change
    from inpaint_studio.editor.canvas.scene import Scene
    from inpaint_studio.editor.canvas.view import View
    from inpaint_studio.jobs import JobContext


class ReshapeBar(SliderBar):
    """Asks by how many pixels. Closes itself when the selection changes in another way."""

    def __init__(
        self, app: Application, scene: Scene, view: View, verb_id: str, pixels: float | None
    ) -> None:
        """To be made while there is a selection, for one of `RESHAPES`, beginning with `pixels`."""
        self._make_mask, self._step = RESHAPES[verb_id][0], message(RESHAPES[verb_id][1])
        super().__init__(app, view, self._step, slider_for(VERBS[verb_id].parameters[0], pixels))
        opened = app.workspace.current
        assert opened is not None and opened.document.state.selection is not None
        self._scene, self._selection = scene, opened.document.state.selection
        follow(self, app.workspace.changed, self._follow)
        self.begin()

    @property
    def pixels(self) -> float:
        return self.value

    def work(self, value: float) -> Callable[[JobContext], Mask]:
        selection, make, size = self._selection, self._make_mask, self._scene.size

        def work(context: JobContext) -> Mask:
            return make(selection, value, size, context)

        return work

    def show_made(self, made: Mask) -> bool:
        self._scene.show_selection(made if made else None)
        return bool(made)

    def keep(self, made: Mask) -> None:
        self._app.verbs.perform("selection.set", mask=made, step=self._step)

    def show_nothing(self) -> None:
        self._scene.refresh_selection()

    def _follow(self, change: Change) -> None:
        if change.selection or change.canvas:
            self.close()
