"""The slider of Match: how far a cutout takes the look of the place that it lies at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from inpaint_studio.basics import message
from inpaint_studio.document import Change
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.slider_bar import SliderBar, slider_for
from inpaint_studio.studio.verbs import VERBS

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.basics import Patch
    from inpaint_studio.editor.canvas.scene import Scene
    from inpaint_studio.editor.canvas.view import View
    from inpaint_studio.jobs import JobContext
    from inpaint_studio.studio.match import Matching, MatchRequest


class MatchBar(SliderBar):
    """Closes itself when the layer, or where it lies, changes in another way."""

    def __init__(self, app: Application, scene: Scene, view: View, wanted: MatchRequest) -> None:
        super().__init__(
            app, view, message("job.matching", name=wanted.layer.name),
            slider_for(VERBS["layer.match"].parameters[1]),
        )  # fmt: skip
        self._scene, self._wanted = scene, wanted
        self._measured: list[Matching] = []
        follow(self, app.workspace.changed, self._follow)
        self.begin()

    def work(self, value: float) -> Callable[[JobContext], Patch]:
        wanted, measured = self._wanted, self._measured

        def work(context: JobContext) -> Patch:
            from inpaint_studio.studio.match import Matching

            if not measured:
                # Jobs of one lane never run side by side.
                measured.append(Matching(wanted, context))
            return measured[0].at(value / 100)

        return work

    def show_made(self, made: Patch) -> bool:
        self._scene.preview_layers(replace(self._wanted.layer, colours=made))
        return True

    def keep(self, made: Patch) -> None:
        self._app.verbs.perform("layer.colours", layer=self._wanted.layer.id, colours=made)

    def show_nothing(self) -> None:
        self._scene.end_preview()

    def _follow(self, change: Change) -> None:
        if change.canvas or change.layers:
            self.close()
