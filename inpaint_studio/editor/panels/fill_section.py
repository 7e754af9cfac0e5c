"""The part of the properties panel that is about holes: what became of them, and how they are filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from inpaint_studio.editor.following import follow
from inpaint_studio.editor.panels.layer_model import holes_in_words
from inpaint_studio.editor.panels.number import Number
from inpaint_studio.editor.widgets import GAP, MARGIN, ElidedLabel, LabelledSlider, label
from inpaint_studio.studio.fill_options import filler_choices, filler_name

if TYPE_CHECKING:
    from inpaint_studio.app.fill_choices import Scope
    from inpaint_studio.document import FillOptions, Layer
    from inpaint_studio.editor.session import Session

_HIGHEST_SEED = 999_999
_NAMES_WIDTH = 72
_LEAST_WIDTH = 72
"""Less than what the list of fillers asks for, so that the panel never widens the column it stands in."""


class FillSection(QWidget):
    """What is known of the holes, "Fill again", and behind "Fill options" what can be chosen for them.

    The choices are for the fill that is looked at in the strip, else for all holes of the active layer or
    the one behind it.
    """

    paint_sample = Signal()
    """The user wants to paint the sampling area."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._merge = session.drag_key("adaptation")
        self._holes = ElidedLabel(role="muted")
        self.options = QPushButton("Fill options")
        self.options.setCheckable(True)
        self.options.setToolTip("How holes are filled, and the fills to choose from")
        self.again = QPushButton("Fill again")
        self.again.setToolTip("Fill in another way (Shift+R)")
        self.filler = QComboBox()
        self.filler.setAccessibleName("Filler")
        self.filler.setToolTip("What paints the hole")
        self.filler.setMinimumWidth(_LEAST_WIDTH)
        for engine, name in filler_choices():
            self.filler.addItem(name, engine)
        self.adaptation = LabelledSlider("", 0, 100, value=100, unit="%")
        self.adaptation.slider.setAccessibleName("Colour adaptation")
        self.adaptation.setToolTip("How far copied colours follow those around the hole")
        self.seed = Number("Seed: each number gives other fills", 0, _HIGHEST_SEED, "")
        self.paint = QPushButton("Painted")
        self.paint.setToolTip("Copy only from an area that you paint (S)")
        self.anywhere = QPushButton("Anywhere")
        self.anywhere.setToolTip("Forget the painted area: fills copy from anywhere")
        for button in (self.anywhere, self.paint):
            button.setCheckable(True)
        self._choices = self._arrange()
        self._connect()

    def _arrange(self) -> QWidget:
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        column.setSpacing(GAP)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for button in (self.options, self.again):
            row.addWidget(button, 1)
        column.addWidget(self._holes)
        column.addLayout(row)
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, _NAMES_WIDTH)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        for number, name in enumerate(("Filler", "Colours follow", "Copy from", "Seed")):
            grid.addWidget(label(name, "muted"), number, 0)
        grid.addWidget(self.filler, 0, 1, 1, 2)
        grid.addWidget(self.adaptation, 1, 1, 1, 2)
        grid.addWidget(self.anywhere, 2, 1)
        grid.addWidget(self.paint, 2, 2)
        grid.addWidget(self.seed, 3, 1)
        column.addWidget(holder)
        holder.hide()
        return holder

    def _connect(self) -> None:
        fills = self._session.fills
        self.again.clicked.connect(fills.again)
        self.options.clicked.connect(self._options_clicked)
        self.filler.activated.connect(self._filler_chosen)
        self.adaptation.finished.connect(self._adapted)
        self.adaptation.slider.sliderPressed.connect(self._new_slide)
        self.seed.valueChanged.connect(self._seed_chosen)
        self.paint.clicked.connect(self._paint)
        self.anywhere.clicked.connect(self._clear_sample)
        follow(self, fills.looked, self._follow_looked)

    # What it shows

    @property
    def whole_height(self) -> int:
        """Its height with a hole to speak of, and with the choices if they are open."""
        rows = [self._holes.sizeHint().height(), self.again.sizeHint().height()]
        rows += [self._choices.sizeHint().height()] if self.options.isChecked() else []
        return 2 * GAP + sum(rows) + GAP * (len(rows) - 1)

    @property
    def holes_text(self) -> str:
        return self._holes.whole_text

    @property
    def _scope(self) -> Scope | None:
        """What the choices of this panel are for: nothing where the active layer has no hole to show."""
        fills = self._session.fills
        return fills.scope() if fills.target is not None else fills.scope_of(self._session.active)

    @Slot()
    def _follow_looked(self) -> None:
        document = self._session.document
        self.follow(document.state.layer(self._session.active) if document is not None else None)

    def follow(self, layer: Layer | None) -> None:
        """Shows what is known of the active layer's holes, or of the fill looked at."""
        scope = self._scope
        backdrop = layer is not None and not layer.movable
        self.setVisible(backdrop or (layer is not None and scope is not None))
        for button in (self.again, self.options):
            button.setVisible(scope is not None)
        self._choices.setVisible(scope is not None and self.options.isChecked())
        self._holes.set_text(self._words(layer, scope))
        if scope is not None:
            self._show_options(scope.options)

    def _words(self, layer: Layer | None, scope: Scope | None) -> str:
        document = self._session.document
        if document is None or layer is None or scope is None:
            return "Nothing was lifted from here yet."
        if scope.part is not None:
            return f"Fill {scope.options.candidate + 1}"
        words = holes_in_words(document, scope.layer)
        if scope.layer is not layer:
            return f"Behind it: {words}"
        return words[:1].upper() + words[1:]

    def _show_options(self, options: FillOptions) -> None:
        place = self.filler.findData(options.filler)
        if place < 0:
            # From a project whose filler is not here: its name is shown all the same.
            self.filler.addItem(filler_name(options.filler), options.filler)
            place = self.filler.count() - 1
        self.filler.setCurrentIndex(place)
        self.adaptation.set_value(100 * options.adaptation)
        self.seed.show_value(options.seed)
        self.anywhere.setChecked(options.sample is None)
        self.paint.setChecked(options.sample is not None)

    # What it does

    @Slot()
    def _options_clicked(self) -> None:
        self._choices.setVisible(self.options.isChecked())
        if self.options.isChecked() and self._session.fills.target is None:
            self._session.fills.look_at_scope()

    @Slot(int)
    def _filler_chosen(self, place: int) -> None:
        self._session.fills.set_filler(self.filler.itemData(place))

    @Slot()
    def _new_slide(self) -> None:
        self._merge = self._session.drag_key("adaptation")

    @Slot()
    def _adapted(self) -> None:
        self._session.fills.set_adaptation(self.adaptation.value / 100, self._merge)

    @Slot(float)
    def _seed_chosen(self, value: float) -> None:
        self._session.fills.set_seed(round(value))

    @Slot()
    def _clear_sample(self) -> None:
        self._session.fills.set_sample(None)
        self._follow_looked()

    @Slot()
    def _paint(self) -> None:
        # It is pressed down when there is an area, not when one is wanted.
        self._follow_looked()
        self.paint_sample.emit()
