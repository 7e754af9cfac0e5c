"""How the edge of a cutout or of the selection shall be, shown over what one likes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from inpaint_studio.basics import message
from inpaint_studio.editor.edge_view import EdgeView
from inpaint_studio.editor.tools.options import Choice
from inpaint_studio.editor.widgets import GAP, LabelledSlider, label, set_role
from inpaint_studio.render import to_srgb
from inpaint_studio.studio.edges import EdgeOptions

if TYPE_CHECKING:
    from inpaint_studio.basics import Mask, Patch
    from inpaint_studio.basics.mask import Array, Box
    from inpaint_studio.document import Layer, Snapshot
    from inpaint_studio.jobs import Job, JobContext, JobGroup
    from inpaint_studio.studio.edges import View

_DEBOUNCE_MS = 15
_VIEWS = [
    ("picture", "Picture", "Over what lies behind (1, F for the next)"),
    ("black", "Black", "Over black (2)"),
    ("white", "White", "Over white (3)"),
    ("board", "Transparent", "Over a checkerboard (4)"),
    ("mask", "Mask", "Coverage alone: white is kept, black is not (5)"),
]
_TIPS = {
    "smooth": "Rounds off bumps and fills dents",
    "feather": "Makes the edge soft",
    "contrast": "Makes a soft edge sharp",
    "shift": "Moves the edge outward or inward",
    "clean": "Takes the old background out of the edge’s colours",
}


class EdgeSubject(NamedTuple):
    """What the dialog works on: `layer` is a cutout of `snapshot`, or stands for the selection."""

    layer: Layer
    snapshot: Snapshot
    frame: Box
    title: str
    colours: bool
    """Whether it has colours that can be cleaned."""


class Edge(NamedTuple):
    """What came of some options."""

    options: EdgeOptions
    mask: Mask
    colours: Patch | None


class EdgeDialog(QDialog):
    """`applied` tells an `Edge`; closing it any other way changes nothing."""

    applied = Signal(object)

    def __init__(self, subject: EdgeSubject, jobs: JobGroup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Refine edge of {subject.title}")
        self._subject, self._jobs = subject, jobs
        self._job: Job[Any] | None = None
        self._made: Edge | None = None
        self._applying = False
        self.view = EdgeView(subject.frame)
        self.over = Choice(_VIEWS)
        self.sliders = {
            "smooth": _slider("Smooth", 0, 20, unit="px", decimals=1, curve=1.5),
            "feather": _slider("Feather", 0, 100, unit="px", decimals=1, curve=2.5),
            "contrast": _slider("Contrast", 0, 100, unit="%"),
            "shift": _slider("Shift edge", -20, 20, value=0, unit="px", decimals=1),
            "clean": _slider("Clean colours", 0, 100, value=100, unit="%"),
        }
        self.note = label("The wheel zooms, dragging moves the picture.", "second")
        self.note.setWordWrap(True)
        self.reset_button = QPushButton("Reset")
        self.cancel_button, self.apply_button = QPushButton("Cancel"), QPushButton("Apply")
        self.apply_button.setProperty("accent", True)
        self.apply_button.setDefault(True)
        for button in (self.reset_button, self.cancel_button):
            button.setAutoDefault(False)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_DEBOUNCE_MS)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.over)
        top.addStretch(1)
        controls = QVBoxLayout()
        controls.setSpacing(12)
        for name, slider in self.sliders.items():
            slider.setToolTip(_TIPS[name])
            slider.setFixedWidth(312)
            controls.addWidget(slider)
        self.sliders["clean"].setVisible(self._subject.colours)
        controls.addStretch(1)
        controls.addWidget(self.note)
        middle = QHBoxLayout()
        middle.setSpacing(20)
        middle.addWidget(self.view, 1)
        middle.addLayout(controls)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self.reset_button)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.apply_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(12)
        column.addLayout(top)
        column.addLayout(middle, 1)
        column.addLayout(buttons)
        self.resize(980, 620)

    def _connect(self) -> None:
        self._later.timeout.connect(self._ask)
        self.view.moved.connect(self._later.start)
        self.over.picked.connect(self._changed)
        for slider in self.sliders.values():
            slider.changed.connect(self._changed)
        self.reset_button.clicked.connect(self._reset)
        self.cancel_button.clicked.connect(self.reject)
        self.apply_button.clicked.connect(self.apply)
        self.finished.connect(self._stop)
        for number, (value, _, _) in enumerate(_VIEWS, 1):
            QShortcut(QKeySequence(str(number)), self, partial(self.over.choose, value))
        QShortcut(QKeySequence("F"), self, self._next_view)
        self._changed()

    def options(self) -> EdgeOptions:
        """What is chosen now."""
        return EdgeOptions(**{name: slider.value for name, slider in self.sliders.items()})

    def _next_view(self) -> None:
        values = [value for value, _, _ in _VIEWS]
        self.over.choose(values[(values.index(self.over.value) + 1) % len(values)])

    @Slot()
    def _changed(self, *_: object) -> None:
        self.reset_button.setEnabled(self.options() != EdgeOptions())
        if not self._later.isActive():
            self._later.start()

    @Slot()
    def _reset(self) -> None:
        for slider in self.sliders.values():
            slider.set_value(slider.default)
        self._changed()

    # Behind the window

    @Slot()
    def _ask(self) -> None:
        """Has what is chosen made and shown; an older question is dropped."""
        box = self.view.box
        if not (box[2] and box[3]):
            return
        known = self._made if self._made is not None and self._made.options == self.options() else None
        view = cast("View", self.over.value)
        work = partial(_work, self._subject, self.options(), known, box, self.view.pixels, view)
        self._job = self._jobs.submit(
            message("job.refining_edge"), work, lane="interactive", key="edge-preview", quiet=True
        )
        self._job.finished.connect(partial(self._show, box))
        self._job.failed.connect(self._failed)

    def _show(self, box: Box, answer: tuple[Edge, Array]) -> None:
        self._made, pixels = answer
        self.view.show_piece(box, pixels)
        self.apply_button.setEnabled(bool(self._made.mask))
        if self._applying:
            self.apply()

    @Slot()
    def apply(self) -> None:
        """Says what is shown, as soon as it is made."""
        if self._made is None or self._made.options != self.options():
            self._applying = True
            return
        self._applying = False
        if self._made.mask:
            self.applied.emit(self._made)
            self.accept()

    @Slot(str)
    def _failed(self, why: str) -> None:
        self._applying = False
        self.note.setText(why)
        set_role(self.note, "role", "bad")

    @Slot()
    def _stop(self, *_: object) -> None:
        self._later.stop()
        if self._job is not None:
            self._job.cancel()


def _slider(name: str, low: float, high: float, **options: Any) -> LabelledSlider:
    """One of a column: names and values have the same room in all of them."""
    return LabelledSlider(name, low, high, name_width=92, longest="−20.0 px", **options)


def _work(
    subject: EdgeSubject,
    options: EdgeOptions,
    known: Edge | None,
    box: Box,
    size: int,
    view: View,
    context: JobContext,
) -> tuple[Edge, Array]:
    """In the worker: the edge of these options, and a piece of the canvas with it."""
    from dataclasses import replace

    from inpaint_studio.studio.edges import adjusted, as_lifted, edge_colours, preview

    layer = subject.layer
    assert layer.mask is not None
    if known is None:
        mask = adjusted(layer.mask, options, (layer.source.shape[1], layer.source.shape[0]))
        colours = None
        if subject.colours and mask:
            lifted = as_lifted(subject.snapshot, layer)
            colours = edge_colours(lifted, mask, options.clean, context)
        known = Edge(options, mask, colours)
    shown = replace(layer, mask=known.mask, colours=known.colours)
    pixels = preview(subject.snapshot, shown, box, size, view)
    return known, to_srgb(pixels, subject.snapshot.icc)
