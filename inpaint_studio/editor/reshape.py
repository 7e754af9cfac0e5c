"""A slider over the canvas that grows, shrinks, feathers or mends the selection, shown at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from inpaint_studio.editor.following import follow
from inpaint_studio.editor.widgets import GAP, MARGIN, LabelledSlider
from inpaint_studio.studio import masks

if TYPE_CHECKING:
    from inpaint_studio.basics import Mask
    from inpaint_studio.document import Change
    from inpaint_studio.editor.canvas.scene import Scene
    from inpaint_studio.editor.canvas.view import View
    from inpaint_studio.editor.session import Session
    from inpaint_studio.jobs import JobContext

_FRAME_MS = 30
_WIDTH = 460
_DOWN = 16


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing to do to a selection by some pixels."""

    word: str
    step: str
    """What the step of history is called."""
    tip: str
    most: float
    start: float
    make: masks.Reshape


KINDS = {
    "grow": Kind("Grow by", "Grow selection", "How far the edge moves outward", 200, 4, masks.grow),
    "shrink": Kind("Shrink by", "Shrink selection", "How far the edge moves inward", 200, 4, masks.shrink),
    "feather": Kind("Feather", "Feather selection", "How wide the edge fades", 250, 6, masks.feather),
    "gaps": Kind("Close gaps up to", "Close gaps", "The widest gap that is closed", 200, 8, masks.close_gaps),
    "specks": Kind(
        "Remove specks up to", "Remove specks", "The widest spot that goes", 300, 12, masks.remove_specks
    ),
}


class ReshapeBar(QFrame):
    """Asks by how much, and shows it on the canvas meanwhile; Enter applies, Esc leaves all as it was.

    Closes itself when the selection changes in another way.
    """

    closed = Signal()

    def __init__(self, session: Session, scene: Scene, view: View, kind: Kind, pixels: float) -> None:
        """To be made while there is a selection."""
        super().__init__(view)
        assert session.document is not None and session.document.state.selection is not None
        self._session, self._scene, self._view, self._kind = session, scene, view, kind
        self._selection = session.document.state.selection
        self._made: tuple[float, Mask] | None = None
        self._applying = False
        self.setProperty("role", "floating")
        self.slider = LabelledSlider(kind.word, 1, kind.most, value=pixels, unit="px", curve=2.5)
        self.slider.setToolTip(kind.tip)
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
        follow(self, self._session.changed, self._follow)
        follow(self, self._session.replaced, self.close)
        self._view.installEventFilter(self)

    @property
    def pixels(self) -> float:
        return self.slider.value

    def _changed(self, _pixels: float) -> None:
        if not self._later.isActive():
            self._later.start()

    def _make(self) -> None:
        pixels, selection, make, size = self.pixels, self._selection, self._kind.make, self._scene.size

        def work(context: JobContext) -> Mask:
            return make(selection, pixels, size, context)

        job = self._session.worker.submit(
            self._kind.step, work, lane="interactive", key="reshape", quiet=True
        )
        job.finished.connect(partial(self._show, pixels))
        job.failed.connect(self._session.error.emit)

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
            self._session.select(mask, self._kind.step)

    def _follow(self, change: Change) -> None:
        if change.selection or change.canvas:
            self.close()

    def _hide(self) -> None:
        """Lets go of the canvas; nothing that is still being made is wanted."""
        if self.isHidden():
            return
        self.hide()
        self._later.stop()
        for job in self._session.worker.running():
            if job.key == "reshape":
                job.cancel()
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
