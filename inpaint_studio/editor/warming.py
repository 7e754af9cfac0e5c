"""Loads, while the user still looks at the photo, what the first click would wait for."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from inpaint_studio.editor.window import Window
    from inpaint_studio.jobs.job import JobContext

log = logging.getLogger(__name__)

_SHOWN_MS = 300
"""The photo is to be on the screen first, and the window to have answered what came meanwhile."""


def _warm_up(_context: JobContext) -> None:
    from inpaint_studio.studio.find import warm_up

    warm_up()


class Warming(QObject):
    """Once, after the first photo was shown, in the lane that nothing waits for."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SHOWN_MS)
        self._later.timeout.connect(self._begin)
        window.session.replaced.connect(self._wait)
        self._wait()

    def _wait(self) -> None:
        if self._window.session.document is not None:
            self._later.start()

    def _begin(self) -> None:
        if self._window.scene.busy:
            self._later.start()
            return
        self._window.session.replaced.disconnect(self._wait)
        worker = self._window.session.worker
        job = worker.submit("Getting ready", _warm_up, lane="long", quiet=True)
        # Who clicks is told the same, and can do something about it then.
        job.failed.connect(log.warning)
