"""A slider over the canvas that grows, shrinks, feathers or mends the selection, shown at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from inpaint_studio.basics import message
from inpaint_studio.basics.values import Number
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.widgets import GAP, MARGIN, LabelledSlider
from inpaint_studio.studio.verbs import VERBS
from inpaint_studio.studio.verbs.selecting import RESHAPES

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.basics import Mask
    from inpaint_studio.document import Change
    from inpaint_studio.editor.canvas.scene import Scene
    from inpaint_studio.editor.canvas.view import View
    from inpaint_studio.jobs import Job, JobContext
    from inpaint_studio.studio.verbs import Parameter

_FRAME_MS = 30
_WIDTH = 460
_DOWN = 16


class ReshapeBar(QFrame):
    """Asks by how much, and shows it on the canvas meanwhile; Enter applies, Esc leaves all as it was.

    Closes itself when the selection changes in another way.
    """

    closed = Signal()

    def __init__(
        self, app: Application, scene: Scene, view: View, verb_id: str, pixels: float | None
    ) -> None:
        """To be made while there is a selection, for one of `RESHAPES`, beginning with `pixels`."""
        super().__init__(view)
        opened = app.workspace.current
        assert opened is not None and opened.document.state.selection is not None
        self._jobs = opened.jobs
        self._job: Job[Mask] | None = None
        self._app, self._scene, self._view = app, scene, view
        self._make_mask, self._step = RESHAPES[verb_id][0], message(RESHAPES[verb_id][1])
        self._selection = opened.document.state.selection
        self._made: tuple[float, Mask] | None = None
        self._applying = False
        self.setProperty("role", "floating")
        self.slider = _slider(VERBS[verb_id].parameters[0], pixels)
        self.cancel_button, self.apply_button = QPushButton("Cancel"), QPushButton("Apply")
        self.apply_button.setProperty("accent", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, GAP, GAP, GAP)
        row.setSpacing(GAP)
        for widget in (self.slider, self.cancel_button, self.apply_button):
            row.addWidget(widget)
        row.setStretch(0, 1)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_FRAME_MS)
        self._connect()
        self._place()
        self.show()
        self.raise_()
        self.slider.slider.setFocus()
        self._make()

    def _connect(self) -> None:
        self._later.timeout.connect(self._make)
        self.slider.changed.connect(self._changed)
        self.cancel_button.clicked.connect(self.close)
        self.apply_button.clicked.connect(self.apply)
        follow(self, self._app.workspace.changed, self._follow)
        follow(self, self._app.workspace.current_changed, self.close)
        self._view.installEventFilter(self)

    @property
    def pixels(self) -> float:
        return self.slider.value

    def _changed(self, _pixels: float) -> None:
        if not self._later.isActive():
            self._later.start()

    def _make(self) -> None:
        pixels, selection, make, size = self.pixels, self._selection, self._make_mask, self._scene.size

        def work(context: JobContext) -> Mask:
            return make(selection, pixels, size, context)

        job = self._job = self._jobs.submit(self._step, work, lane="interactive", key="reshape", quiet=True)
        job.finished.connect(partial(self._show, pixels))
        job.failed.connect(self._app.notices.fail)

    def _show(self, pixels: float, mask: Mask) -> None:
        if self.isHidden():
            return
        self._made = pixels, mask
        self.apply_button.setEnabled(bool(mask))
        self._scene.show_selection(mask if mask else None)
        if self._applying:
            self.apply()

    def apply(self) -> None:
        """Makes what is shown the selection, as soon as it is made."""
        if self._made is None or self._made[0] != self.pixels:
            self._applying = True
            return
        self._applying = False
        mask = self._made[1]
        if mask:
            self._hide()
            self._app.verbs.perform("selection.set", mask=mask, step=self._step)

    def _follow(self, change: Change) -> None:
        if change.selection or change.canvas:
            self.close()

    def _hide(self) -> None:
        """Lets go of the canvas; nothing that is still being made is wanted."""
        if self.isHidden():
            return
        self.hide()
        self._later.stop()
        if self._job is not None:
            self._job.cancel()
        self._scene.refresh_selection()
        self._view.setFocus()
        self.closed.emit()
        self.deleteLater()

    def close(self) -> bool:
        self._hide()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape or (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.cancel_button.hasFocus()
        ):
            self.close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.apply()
        else:
            super().keyPressEvent(event)

    def _place(self) -> None:
        self.setFixedWidth(min(_WIDTH, self._view.width() - 2 * _DOWN))
        self.adjustSize()
        self.move((self._view.width() - self.width()) // 2, _DOWN)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False


def _slider(parameter: Parameter, pixels: float | None) -> LabelledSlider:
    """A slider for a number of pixels as a verb declares it."""
    kind, start = parameter.kind, parameter.default if pixels is None else pixels
    assert isinstance(kind, Number)
    slider = LabelledSlider(parameter.label, kind.low, kind.high, value=start, unit=kind.unit, curve=2.5)
    slider.setToolTip(parameter.help)
    return slider
