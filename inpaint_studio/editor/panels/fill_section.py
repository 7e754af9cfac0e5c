"""The part of the properties panel that is about holes: what became of them, and how they are filled."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from inpaint_studio.app.merge_keys import new_merge_key
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.panels.layer_model import holes_in_words
from inpaint_studio.editor.panels.number import Number
from inpaint_studio.editor.panels.property_rows import Control, NumberControl, control_for
from inpaint_studio.editor.widgets import GAP, MARGIN, ElidedLabel, label
from inpaint_studio.studio.fill_options import (
    filler_choices,
    filler_facts,
    filler_id,
    filler_name,
    parameters_of,
    takes_sample,
    values_of,
)

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.basics.parameters import Parameter, Value
    from inpaint_studio.document import FillOptions, Layer
    from inpaint_studio.studio.fill_scope import Scope

_HIGHEST_SEED = 999_999
_NAMES_WIDTH = 72
_LEAST_WIDTH = 72
"""Less than what the list of fillers asks for, so that the panel never widens the column it stands in."""


class FillSection(QWidget):
    """What is known of the holes, "Fill again", and behind "Fill options" what can be chosen for them.

    The choices are for the fill that is looked at in the strip, else for all holes of the active layer or
    the one behind it.
    """

    def __init__(self, app: Application, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._merge = new_merge_key("fill")
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
        self._list_fillers()
        self.controls: dict[str, Control] = {}
        """What is chosen for the filler's parameters, by their names."""
        self._dragged: dict[str, Value] = {}
        self.seed = Number("Seed: each number gives other fills", 0, _HIGHEST_SEED, "")
        self.paint = QPushButton("Painted")
        self.paint.setToolTip("Copy only from an area that you paint (S)")
        self.anywhere = QPushButton("Anywhere")
        self.anywhere.setToolTip("Forget the painted area: fills copy from anywhere")
        for button in (self.anywhere, self.paint):
            button.setCheckable(True)
        self._choices = self._arrange()
        self._connect()

    def _list_fillers(self) -> None:
        """Fills the list with what is installed; what was chosen stays chosen."""
        chosen = self.filler.currentData()
        with QSignalBlocker(self.filler):
            self.filler.clear()
            for place, (engine, name) in enumerate(filler_choices()):
                self.filler.addItem(name, engine)
                self.filler.setItemData(place, filler_facts(engine), Qt.ItemDataRole.ToolTipRole)
            self.filler.setCurrentIndex(max(self.filler.findData(chosen), 0))

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
        rows = QVBoxLayout(holder)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(_row("Filler", self.filler))
        self._values = QVBoxLayout()
        self._values.setSpacing(4)
        rows.addLayout(self._values)
        self._sample = QWidget()
        self._sample.setLayout(_row("Copy from", self.anywhere, self.paint))
        rows.addWidget(self._sample)
        rows.addLayout(_row("Seed", self.seed, None))
        column.addWidget(holder)
        holder.hide()
        return holder

    def _connect(self) -> None:
        fills = self._app.fills
        self.again.clicked.connect(self._fill_again)
        self.options.clicked.connect(self._options_clicked)
        self.filler.activated.connect(self._filler_chosen)
        self.seed.valueChanged.connect(self._seed_chosen)
        self.paint.clicked.connect(self._paint)
        self.anywhere.clicked.connect(self._clear_sample)
        follow(self, fills.looked, self._follow_looked)
        follow(self, self._app.networks.changed, self._list_fillers)

    # What it shows

    @property
    def holes_text(self) -> str:
        return self._holes.whole_text

    @property
    def _scope(self) -> Scope | None:
        """What the choices of this panel are for: nothing where the active layer has no hole to show."""
        fills = self._app.fills
        return fills.scope() if fills.target is not None else fills.scope_of(self._app.active)

    @Slot()
    def _follow_looked(self) -> None:
        document = self._app.document
        self.follow(document.state.layer(self._app.active) if document is not None else None)

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
        document = self._app.document
        if document is None or layer is None or scope is None:
            return "Nothing was lifted from here yet."
        if scope.part is not None:
            return f"Fill {scope.options.candidate + 1}"
        words = holes_in_words(document, scope.layer)
        if scope.layer is not layer:
            return f"Behind it: {words}"
        return words[:1].upper() + words[1:]

    def _show_options(self, options: FillOptions) -> None:
        place = self.filler.findData(filler_id(options.filler))
        if place < 0:
            # From a project whose filler is not here: its name is shown all the same.
            self.filler.addItem(filler_name(options.filler), options.filler)
            place = self.filler.count() - 1
        self.filler.setCurrentIndex(place)
        self._show_values(options)
        self._sample.setVisible(takes_sample(options.filler))
        self.seed.show_value(options.seed)
        self.anywhere.setChecked(options.sample is None)
        self.paint.setChecked(options.sample is not None)

    def _show_values(self, options: FillOptions) -> None:
        declared = {parameter.name: parameter for parameter in parameters_of(options.filler)}
        if declared != {name: control.known for name, control in self.controls.items()}:
            self._build(declared)
        for name, value in values_of(options).items():
            if name in self.controls:
                self.controls[name].show_value(value)

    def _build(self, declared: dict[str, Parameter]) -> None:
        """A row for each parameter of another filler."""
        while (item := self._values.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.controls = {name: control_for(parameter) for name, parameter in declared.items()}
        for name, parameter in declared.items():
            control = self.controls[name]
            control.widget.setToolTip(parameter.help)
            control.changed.connect(partial(self._value_chosen, name, control.merging))
            control.finished.connect(partial(self._let_go, name))
            if isinstance(control, NumberControl):
                control.slider.slider.sliderPressed.connect(self._new_slide)
            row = QWidget()
            row.setLayout(_row(parameter.short or parameter.label, control.widget))
            self._values.addWidget(row)

    # What it does

    @Slot()
    def _options_clicked(self) -> None:
        self._choices.setVisible(self.options.isChecked())
        if self.options.isChecked() and self._app.fills.target is None:
            self._app.fills.look_at_scope()

    @Slot()
    def _fill_again(self) -> None:
        self._app.verbs.ask("fill.again")

    @Slot(int)
    def _filler_chosen(self, place: int) -> None:
        self._app.verbs.perform("fill.filler", filler=self.filler.itemData(place))

    @Slot()
    def _new_slide(self) -> None:
        self._merge = new_merge_key("fill")

    def _value_chosen(self, name: str, merging: bool, value: Value) -> None:
        # A fill takes a while: it is made when a slider is let go.
        if merging:
            self._dragged[name] = value
        else:
            self._app.verbs.perform(f"fill.{name}", value=value)

    def _let_go(self, name: str) -> None:
        if name in self._dragged:
            value = self._dragged.pop(name)
            self._app.verbs.perform(f"fill.{name}", merge_key=self._merge, value=value)

    @Slot(float)
    def _seed_chosen(self, value: float) -> None:
        self._app.verbs.perform("fill.seed", seed=round(value))

    @Slot()
    def _clear_sample(self) -> None:
        self._app.verbs.perform("fill.sample", mask=None)
        self._follow_looked()

    @Slot()
    def _paint(self) -> None:
        # It is pressed down when there is an area, not when one is wanted.
        self._follow_looked()
        self._app.verbs.ask("fill.paint_sample")


def _row(name: str, *widgets: QWidget | None) -> QHBoxLayout:
    """A name and what stands right of it, each as wide as the others; None leaves room."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(GAP)
    beside = label(name, "muted")
    beside.setMinimumWidth(_NAMES_WIDTH)
    row.addWidget(beside)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget, 1)
    return row
