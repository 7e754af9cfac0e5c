"""How strongly to enhance a layer, with a part of it before and after."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from inpaint_studio.basics import message
from inpaint_studio.editor.before_after import BeforeAfter
from inpaint_studio.editor.widgets import GAP, LabelledSlider, label, set_role
from inpaint_studio.jobs import in_words
from inpaint_studio.render import to_srgb

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array, Box
    from inpaint_studio.document import Document, Snapshot
    from inpaint_studio.jobs import Job, JobContext, JobGroup
    from inpaint_studio.studio.enhance import EnhanceRequest

_DEBOUNCE_MS = 120
_HINT = "Drag the picture to look elsewhere, the line to compare."
_CONTEXT = 64
"""What is looked at around a piece, in both directions together."""


class EnhanceDialog(QDialog):
    """Asks for a strength; `strength` is valid at any time, `accepted` says to go on with it."""

    def __init__(
        self,
        document: Document,
        wanted: EnhanceRequest,
        jobs: JobGroup,
        *,
        at: tuple[float, float] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`at` is the point to look at first, in pixels of the layer's new source."""
        super().__init__(parent)
        self.setWindowTitle(f"Enhance “{wanted.layers[0].name}”")
        self._document, self._wanted, self._jobs = document, wanted, jobs
        self._job: Job[Any] | None = None
        self._warm = False
        self.view = BeforeAfter((wanted.frame.width, wanted.frame.height))
        self.slider = LabelledSlider("Strength", 0, 100, value=100, unit="%")
        self.note = label(_HINT, "second")
        self.note.setWordWrap(True)
        self.larger = label(_larger(wanted), "second")
        self.larger.setWordWrap(True)
        self.takes = label("", "muted")
        self.cancel_button, self.enhance_button = QPushButton("Cancel"), QPushButton("Enhance")
        self.enhance_button.setProperty("accent", True)
        self.enhance_button.setDefault(True)
        self.cancel_button.setAutoDefault(False)
        self._debounce = QTimer(self)
        self._debounce.setSingleShot(True)
        self._debounce.setInterval(_DEBOUNCE_MS)
        self._lay_out()
        self._connect()
        if at is not None:
            self.view.look_at(*at)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self.takes, 1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.enhance_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(12)
        column.addWidget(self.view, 1)
        column.addWidget(self.note)
        column.addWidget(self.slider)
        if self.larger.text():
            column.addWidget(self.larger)
        column.addLayout(buttons)
        self.resize(560, 520)

    def _connect(self) -> None:
        self.view.moved.connect(self._debounce.start)
        self.slider.changed.connect(self._strength_changed)
        self.cancel_button.clicked.connect(self.reject)
        self.enhance_button.clicked.connect(self.accept)
        self._debounce.timeout.connect(self._ask)
        self.finished.connect(self._stop)

    @property
    def strength(self) -> float:
        """What is chosen now, 0..1."""
        return self.slider.value / 100

    @Slot(float)
    def _strength_changed(self, _value: float) -> None:
        self.view.set_strength(self.strength)
        self.enhance_button.setEnabled(self.strength > 0)

    @Slot()
    def _ask(self) -> None:
        """Has what is seen enhanced; an older question is dropped."""
        box = self.view.box
        if not (box[2] and box[3]):
            return
        self.view.set_words("Enhancing…")
        work = partial(_work, self._wanted, self._document.snapshot(), box, self._warm)
        self._job = self._jobs.submit(
            message("job.enhancing_part"), work, lane="interactive", key="enhance-preview", quiet=True
        )
        self._job.partial.connect(partial(self._show_before, box))
        self._job.finished.connect(partial(self._show_after, box))
        self._job.failed.connect(self._failed)

    def _show_before(self, box: Box, pixels: Array) -> None:
        self.view.show_before(box, pixels)

    def _show_after(self, box: Box, answer: tuple[Array, float]) -> None:
        pixels, seconds = answer
        self._warm = True
        self.view.show_after(box, pixels)
        each = seconds / ((box[2] + _CONTEXT) * (box[3] + _CONTEXT))
        self.takes.setText(f"Takes {in_words(each * self._wanted.area()).removesuffix(' left')}")

    @Slot(str)
    def _failed(self, why: str) -> None:
        self.view.set_words("")
        self.note.setText(why)
        set_role(self.note, "role", "bad")
        self.enhance_button.setEnabled(False)
        self.slider.setEnabled(False)

    @Slot()
    def _stop(self, *_: object) -> None:
        self._debounce.stop()
        if self._job is not None:
            self._job.cancel()


def _larger(wanted: EnhanceRequest) -> str:
    """What becomes of a layer that is shown larger than it is, or has more bits than the network sees."""
    notes = []
    scale = max(wanted.frame.scale_x, wanted.frame.scale_y)
    if scale > 1:
        notes.append(f"It is shown enlarged: its own pixels become {scale:.1f} times as many each way.")
    if wanted.layers[0].deep:
        notes.append("The network sees 8 of its 16 bits a channel; what it leaves keeps all of them.")
    return " ".join(notes)


def _work(
    wanted: EnhanceRequest, snapshot: Snapshot, box: Box, warm: bool, context: JobContext
) -> tuple[Array, float]:
    """In the worker: sends what is there, returns what will be and the seconds it took."""
    from inpaint_studio.studio.enhance import preview

    context.send(to_srgb(preview(wanted, snapshot, box, enhanced=False), snapshot.icc))
    if not warm:
        # The network is loaded at its first use: that is no part of what the rest will take.
        preview(wanted, snapshot, (*box[:2], 1, 1), context)
    start = time.monotonic()
    made = preview(wanted, snapshot, box, context)
    return to_srgb(made, snapshot.icc), time.monotonic() - start
