"""A slider over the canvas, whose result is made behind the window and shown at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from inpaint_studio.basics.values import Number
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.widgets import GAP, MARGIN, LabelledSlider

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.editor.canvas.view import View
    from inpaint_studio.jobs import Job, JobContext
    from inpaint_studio.studio.verbs import Parameter

_FRAME_MS = 30
_WIDTH = 460
_DOWN = 16


class SliderBar(QFrame):
    """Asks how much, and shows it on the canvas meanwhile; Enter applies, Esc leaves all as it was."""

    closed = Signal()

    def __init__(self, app: Application, view: View, title: str, slider: LabelledSlider) -> None:
        """To be made while there is a document; `title` is what its jobs are called.

        Whoever inherits calls `begin` when it is ready.
        """
        super().__init__(view)
        opened = app.workspace.current
        assert opened is not None
        self._jobs, self._title = opened.jobs, title
        self._job: Job[Any] | None = None
        self._app, self._view = app, view
        self._made: tuple[float, Any] | None = None
        self._applying = False
        self.setProperty("role", "floating")
        self.slider = slider
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
        self._later.timeout.connect(self._make)
        self.slider.changed.connect(self._changed)
        self.cancel_button.clicked.connect(self.close)
        self.apply_button.clicked.connect(self.apply)
        follow(self, app.workspace.current_changed, self.close)
        view.installEventFilter(self)

    def begin(self) -> None:
        """Shows it, with its first result."""
        self._place()
        self.show()
        self.raise_()
        self.slider.slider.setFocus()
        self._make()

    # What it is about

    def work(self, value: float) -> Callable[[JobContext], Any]:
        """What makes the result for a value; it runs in a worker."""
        raise NotImplementedError

    def show_made(self, made: Any) -> bool:
        """Shows a result on the canvas; whether it could be applied."""
        raise NotImplementedError

    def keep(self, made: Any) -> None:
        """Makes what is shown a step."""
        raise NotImplementedError

    def show_nothing(self) -> None:
        """Shows the document as it is."""
        raise NotImplementedError

    @property
    def value(self) -> float:
        return self.slider.value

    def _changed(self, _value: float) -> None:
        if not self._later.isActive():
            self._later.start()

    def _make(self) -> None:
        value = self.value
        job = self._job = self._jobs.submit(
            self._title, self.work(value), lane="interactive", key="slider bar", quiet=True
        )
        job.finished.connect(partial(self._show, value))
        job.failed.connect(self._failed)

    def _failed(self, text: str) -> None:
        self._app.notices.fail(text)
        self.close()

    def _show(self, value: float, made: Any) -> None:
        if self.isHidden():
            return
        self._made = value, made
        self.apply_button.setEnabled(self.show_made(made))
        if self._applying:
            self.apply()

    def apply(self) -> None:
        """Makes what is shown a step, as soon as it is made."""
        if self._made is None or self._made[0] != self.value:
            self._applying = True
            return
        self._applying = False
        if self.apply_button.isEnabled():
            made = self._made[1]
            self._hide()
            self.keep(made)

    def _hide(self) -> None:
        """Lets go of the canvas; nothing that is still being made is wanted."""
        if self.isHidden():
            return
        self.hide()
        self._later.stop()
        if self._job is not None:
            self._job.cancel()
        self.show_nothing()
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


def slider_for(parameter: Parameter, value: float | None = None) -> LabelledSlider:
    """A slider for a number as a verb declares it, in the units that people see; at its default if None."""
    kind, start = parameter.kind, parameter.default if value is None else value
    assert isinstance(kind, Number)
    slider = LabelledSlider(
        parameter.label, kind.low * kind.factor, kind.high * kind.factor, value=start * kind.factor,
        unit=kind.unit, curve=2.5 if kind.factor == 1 else 1.0,
    )  # fmt: skip
    slider.setToolTip(parameter.help)
    return slider
