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
    """Once, after the first photo was shown, in the lane that nothing waits for."""

    def __init__(self, workspace: Workspace, is_drawing: Callable[[], bool]) -> None:
        """`is_drawing` says whether the face is still busy with showing the photo."""
        keep_free(_FOR_THE_WINDOW)
        self._workspace, self._is_drawing = workspace, is_drawing
        self._later = Delay(self._begin, _SHOWN_MS)
        self._end = workspace.current_changed.connect(self._wait)
        workspace.leaving.connect(self._later.stop)
        self._wait()

    def _wait(self) -> None:
        if self._workspace.current is not None:
            self._later.start()

    def _begin(self) -> None:
        if self._is_drawing():
            self._later.start()
            return
        self._end()
        job = self._workspace.worker.submit(message("job.getting_ready"), _preload, lane="long", quiet=True)
        # Who clicks is told the same, and can do something about it then.
        job.failed.connect(log.warning)
