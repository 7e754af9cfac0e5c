"""Loads, while the user still looks at the photo, what the first click would wait for."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from inpaint_studio.basics import message
from inpaint_studio.engines.networks.runtime import keep_free
from inpaint_studio.jobs import Delay

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.app.workspace import Workspace
    from inpaint_studio.jobs import JobContext

log = logging.getLogger(__name__)

_FOR_THE_WINDOW = 1
"""Cores that networks leave alone."""
_SHOWN_MS = 300
"""The photo is to be on the screen first, and the window to have answered what came meanwhile."""


def _preload(_context: JobContext) -> None:
    from inpaint_studio.studio.find import warm_up

    warm_up()


class Preloader:
    """Once a program, after the first photo was shown in any window, in the lane that nothing waits for."""

    def __init__(self) -> None:
        keep_free(_FOR_THE_WINDOW)
        self._ends: list[Callable[[], None]] = []
        self._begun = False

    def watch(self, workspace: Workspace, is_drawing: Callable[[], bool]) -> None:
        """Waits for the first photo there; `is_drawing` says whether the face is still busy showing it."""
        if self._begun:
            return

        def begin() -> None:
            if self._begun:
                return
            if is_drawing():
                later.start()
            else:
                self._begin(workspace)

        def wait() -> None:
            if workspace.current is not None and not self._begun:
                later.start()

        later = Delay(begin, _SHOWN_MS)
        self._ends += [workspace.current_changed.connect(wait), workspace.leaving.connect(later.stop)]
        wait()

    def _begin(self, workspace: Workspace) -> None:
        self._begun = True
        for end in self._ends:
            end()
        self._ends = []
        job = workspace.worker.submit(message("job.getting_ready"), _preload, lane="long", quiet=True)
        # Who clicks is told the same, and can do something about it then.
        job.failed.connect(log.warning)
