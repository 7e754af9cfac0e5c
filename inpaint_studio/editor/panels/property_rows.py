"""Controls for declared properties, and the rows of the properties panel that follow from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QWidget

from inpaint_studio.basics.values import Choice, Flag, Number
from inpaint_studio.editor.widgets import GAP, MARGIN, LabelledSlider, label
from inpaint_studio.studio.properties import locked_against, settable, value_of

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.basics.parameters import Parameter
    from inpaint_studio.document import Node, Tree
    from inpaint_studio.document.properties import Property

    Declared = Property | Parameter


_LONGEST = "−5.00 EV"
"""Values of rows below each other end at one edge."""


class Control(QObject):
    """A widget for a declared property or parameter; values are those of the node, not as people see them."""

    changed = Signal(object)
    """The value the user gave it."""
    finished = Signal()
    """The user let go of it: the next change is a step of its own."""
    merging = False
    """Whether it tells many values before it is let go."""

    def __init__(self, known: Declared, widget: QWidget) -> None:
        super().__init__(widget)
        self.known, self.widget = known, widget
        widget.setAccessibleName(known.label)
        widget.setToolTip(known.label)

    def show_value(self, value: Any) -> None:
        """Shows a value and tells nobody."""
        raise NotImplementedError

    def follow(self, tree: Tree | None, node: Node | None) -> None:
        """Shows a node's value, or the default where there is none; dimmed where it can't be set."""
        name, default = self.known.name, self.known.default
        self.show_value(default if node is None else value_of(node, name))
        if tree is None or node is None or name not in settable(node):
            self.widget.setEnabled(False)
        else:
            self.widget.setEnabled(locked_against(tree, node, name) is None)


class NumberControl(Control):
    """A slider; its name stands at its left if `beside`."""

    merging = True

    def __init__(self, known: Declared, number: Number, *, beside: bool) -> None:
        self._number = number
        low, high, default = (x * number.factor for x in (number.low, number.high, float(known.default)))
        decimals = 0 if high - low >= 20 else 2
        self.slider = LabelledSlider(
            known.label if beside else "", low, high, value=default, decimals=decimals, unit=number.unit,
            longest="" if beside else _LONGEST,
        )  # fmt: skip
        super().__init__(known, self.slider)
        self.slider.slider.setAccessibleName(known.label)
        self.slider.changed.connect(lambda shown: self.changed.emit(shown / number.factor))
        self.slider.finished.connect(self.finished)

    def show_value(self, value: Any) -> None:
        self.slider.set_value(value * self._number.factor)


class ChoiceControl(Control):
    """A box with a list to choose from."""

    def __init__(self, known: Declared, choice: Choice) -> None:
        self.box, self._options = QComboBox(), choice.options
        super().__init__(known, self.box)
        self.box.addItems([choice.shown(option) for option in choice.options])
        self.box.activated.connect(self._chosen)

    def _chosen(self, index: int) -> None:
        self.changed.emit(self._options[index])

    def show_value(self, value: Any) -> None:
        self.box.setCurrentIndex(self._options.index(value))


class FlagControl(Control):
    """A box to tick."""

    def __init__(self, known: Declared) -> None:
        self.box = QCheckBox()
        super().__init__(known, self.box)
        self.box.clicked.connect(self._clicked)

    def _clicked(self, on: bool) -> None:
        self.changed.emit(on)

    def show_value(self, value: Any) -> None:
        self.box.setChecked(bool(value))


def control_for(known: Declared, *, beside: bool = False) -> Control:
    """The control of a property, by the kind of its value. Raises TypeError where people choose nothing."""
    match known.value:
        case Number():
            return NumberControl(known, known.value, beside=beside)
        case Choice():
            return ChoiceControl(known, known.value)
        case Flag():
            return FlagControl(known)
    raise TypeError(f"no control for {known.value}")


class PropertyRows(QWidget):
    """A row for each declared property of the active node that wants one, in the order of declaration."""

    def __init__(self, app: Application, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._node: Node | None = None
        self.controls: dict[str, Control] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnMinimumWidth(0, 56)
        self._grid.setColumnStretch(1, 1)

    def follow(self, tree: Tree | None, node: Node | None) -> None:
        """Shows the properties of another node, or of none."""
        self._node = node
        known = {} if node is None else {k: p for k, p in settable(node).items() if p.panel}
        if list(known) != list(self.controls):
            self._build(known)
        self.setVisible(bool(known))
        if node is not None:
            for control in self.controls.values():
                control.follow(tree, node)

    def _build(self, known: dict[str, Property]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.controls = {name: control_for(each) for name, each in known.items()}
        for row, control in enumerate(self.controls.values()):
            self._grid.addWidget(label(control.known.label, "muted"), row, 0)
            self._grid.addWidget(control.widget, row, 1)
            control.changed.connect(self._changed)
            control.finished.connect(self._app.verbs.end_merging)

    def _changed(self, value: Any) -> None:
        control = self.sender()
        if isinstance(control, Control) and self._node is not None:
            self._app.verbs.set_property(self._node.id, control.known.name, value, merging=control.merging)
