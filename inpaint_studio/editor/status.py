"""The line at the bottom: what the photo is, what the mouse does now, and what is running."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStatusBar, QWidget

from inpaint_studio.editor.following import follow
from inpaint_studio.editor.widgets import MARGIN, ElidedLabel, icon_button, label, set_role
from inpaint_studio.jobs import in_words

if TYPE_CHECKING:
    from inpaint_studio.jobs import Job, Worker

_TICK_MS = 200
_QUIET_MS = 300
"""Jobs shorter than this are not shown: a bar that flashes only unsettles."""
_MESSAGE_MS = 6000
_BAR_WIDTH = 160


class JobView(QWidget):
    """The job that is running: its title, time left, a thin bar, and ✕."""

    def __init__(self, worker: Worker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._job: Job[Any] | None = None
        self.title = QLabel()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(_BAR_WIDTH, 4)
        self.stop = icon_button("close", "Cancel")
        self.stop.clicked.connect(self._cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, MARGIN - 4, 0)
        row.setSpacing(MARGIN)
        for widget in (self.title, self.bar, self.stop):
            row.addWidget(widget)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._show_progress)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_QUIET_MS)
        self._delay.timeout.connect(self._appear)
        follow(self, worker.active_changed, self._follow)
        self.hide()
        self._follow()

    def _shown_jobs(self) -> list[Job[Any]]:
        return [j for j in self._worker.running() if not j.quiet]

    @Slot()
    def _follow(self) -> None:
        jobs = self._shown_jobs()
        self._job = next((j for j in jobs if j.started), jobs[0] if jobs else None)
        if self._job is None:
            self._delay.stop()
            self._tick.stop()
            self.hide()
        elif self.isHidden() and not self._delay.isActive():
            self._delay.start()
        elif not self.isHidden():
            self._show_progress()

    @Slot()
    def _appear(self) -> None:
        self._show_progress()
        self.show()
        self._tick.start()

    @Slot()
    def _show_progress(self) -> None:
        job = self._job
        if job is None:
            return
        waiting = len(self._shown_jobs()) - 1
        more = f"{waiting} more" if waiting else ""
        words = [job.title, in_words(job.seconds_left) or job.message, more]
        self.title.setText(" · ".join(w for w in words if w))
        self.bar.setValue(round(job.fraction * 1000))

    @Slot()
    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()


class StatusBar(QStatusBar):
    """Set as the main window's status bar."""

    def __init__(self, worker: Worker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.photo = label("")
        self.zoom = label("")
        self.hint = ElidedLabel()
        self.job = JobView(worker)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.photo)
        row.addWidget(self.zoom)
        row.addWidget(self.hint, 1)
        row.addWidget(self.job)
        self.addWidget(holder, 1)
        self._hint = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._show_hint)
        self.show_photo(None)

    def show_photo(self, size: tuple[int, int] | None, profile: str = "sRGB") -> None:
        """What the photo is: width and height in pixels, and its colour profile's name."""
        self.photo.setText("" if size is None else f"{size[0]} × {size[1]} · {profile}")
        self.photo.setVisible(size is not None)
        self.zoom.setVisible(size is not None)

    def show_zoom(self, zoom: float) -> None:
        """1.0 is one image pixel on one pixel of the screen."""
        percent = zoom * 100
        self.zoom.setText(f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %")

    def show_hint(self, text: str) -> None:
        """What the mouse does now; a message that is being shown stays until its time is over."""
        self._hint = text
        if not self._timer.isActive():
            self._show_hint()

    def clear_message(self) -> None:
        """Goes back to the hint, as when what a message was about is gone."""
        self._timer.stop()
        self._show_hint()

    def show_message(self, text: str) -> None:
        """Says something for a few seconds in place of the hint."""
        self._say(text, "")

    def show_error(self, text: str) -> None:
        """As `show_message`, in the colour of what went wrong, and for longer."""
        self._say(text, "bad")

    def _say(self, text: str, role: str) -> None:
        set_role(self.hint, "role", role)
        self.hint.set_text(text)
        self._timer.start(_MESSAGE_MS * (2 if role else 1))

    @Slot()
    def _show_hint(self) -> None:
        set_role(self.hint, "role", "")
        self.hint.set_text(self._hint)
