"""The panel of the active layer's place, size and turn, and of its holes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QWidget,
)

from inpaint_studio.document import parts
from inpaint_studio.document.layers import apply
from inpaint_studio.editor import theme
from inpaint_studio.editor.panels.layer_model import holes_in_words
from inpaint_studio.editor.widgets import GAP, MARGIN, ElidedLabel, Panel, icon_button, label

if TYPE_CHECKING:
    from inpaint_studio.document import Layer, Transform
    from inpaint_studio.editor.session import Session


def corner(layer: Layer) -> tuple[float, float]:
    """Left and top of a layer on the canvas, in pixels, exactly."""
    x, y, w, h = layer.source_box
    matrix = layer.transform.matrix()
    points = [apply(matrix, px, py) for px in (x, x + w) for py in (y, y + h)]
    return min(p[0] for p in points), min(p[1] for p in points)


def _centred(layer: Layer) -> Transform:
    x, y, w, h = layer.source_box
    return layer.transform.rebased((x + w / 2, y + h / 2))


def _signed(size: float, like: float) -> float:
    return -size if like < 0 else size


def with_value(layer: Layer, field: str, value: float, *, linked: bool) -> Transform:
    """The transform of a layer after one field got a value.

    `field` is "x" or "y" (pixels of the canvas), "w" or "h" (percent; with `linked` the other side
    follows in proportion) or "turn" (degrees clockwise). Sizes and turns keep the middle in place.
    """
    about = _centred(layer)
    left, top = corner(layer)
    if field == "x":
        return replace(layer.transform, dx=layer.transform.dx + value - left)
    if field == "y":
        return replace(layer.transform, dy=layer.transform.dy + value - top)
    if field == "turn":
        return replace(about, degrees=value)
    old = abs(about.scale_x if field == "w" else about.scale_y)
    factor = value / 100 / old
    scale_x = about.scale_x * factor if linked else _signed(value / 100, about.scale_x)
    scale_y = about.scale_y * factor if linked else _signed(value / 100, about.scale_y)
    if linked:
        return replace(about, scale_x=scale_x, scale_y=scale_y)
    return replace(about, scale_x=scale_x) if field == "w" else replace(about, scale_y=scale_y)


class Number(QDoubleSpinBox):
    """A small number field: whole numbers without decimals, nothing told while a number is typed."""

    def __init__(self, name: str, low: float, high: float, suffix: str, step: float = 1.0) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setRange(low, high)
        self.setDecimals(1)
        self.setSuffix(suffix)
        self.setSingleStep(step)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedHeight(theme.CONTROL_HEIGHT)
        # Less than its hint, so that the panel never widens the column it stands in.
        self.setMinimumWidth(72)
        # Scrolling the panel over a number must not change it.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            # Done: the keys are the canvas's again.
            self.clearFocus()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def textFromValue(self, value: float) -> str:
        return f"{round(value, 1) + 0.0:g}"

    def show_value(self, value: float) -> None:
        """Shows a value and tells nobody; what is being typed is left alone."""
        if self.hasFocus() and self.lineEdit().isModified():
            return
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)


_FIELDS = (
    ("x", "Left", -99999.0, 99999.0, " px"),
    ("y", "Top", -99999.0, 99999.0, " px"),
    ("w", "Width", 1.0, 2000.0, " %"),
    ("h", "Height", 1.0, 2000.0, " %"),
    ("turn", "Turn clockwise", -360.0, 360.0, "°"),
)
_VERBS = {"x": "Move", "y": "Move", "w": "Scale", "h": "Scale", "turn": "Rotate"}


class PropertiesPanel(Panel):
    """Place, size and turn of the active layer; what became of its holes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Properties", parent)
        self._session = session
        self.fields = {key: Number(name, low, high, suffix) for key, name, low, high, suffix in _FIELDS}
        self.link = icon_button("lock", "Keep proportions", checkable=True)
        self.link.setChecked(True)
        self.flip_horizontal = self._flip_button("flip-horizontal", "Flip left to right")
        self.flip_vertical = self._flip_button("flip-vertical", "Flip top to bottom")
        self._grid = self._make_grid()
        self._holes = ElidedLabel(role="muted")
        self.again = QPushButton("Fill again")
        self.again.setToolTip("Fill all holes of this layer in another way")
        self._fill_row = self._make_fill_row()
        self._nothing = label("No layer is active.", "muted")
        self._nothing.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self._keys: dict[str, str] = {}
        for widget in (self._grid, self._fill_row, self._nothing):
            self.body.addWidget(widget)
        for field in self.fields.values():
            field.valueChanged.connect(self._value_changed)
            field.installEventFilter(self)
        self.again.clicked.connect(self._fill_again)
        session.changed.connect(self._show)
        session.active_changed.connect(self._show)
        session.replaced.connect(self._show)
        self._show()

    def _flip_button(self, icon: str, tooltip: str) -> QToolButton:
        button = icon_button(icon, tooltip)
        button.clicked.connect(self._flip)
        return button

    def _make_grid(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(4)
        for row in range(3):
            grid.setRowMinimumHeight(row, theme.ROW_HEIGHT)
        rows: tuple[tuple[str, str, str, str], ...] = (("Position", "x", "y", ""), ("Size", "w", "h", "link"))
        for row, (name, left, right, last) in enumerate(rows):
            grid.addWidget(label(name, "muted"), row, 0)
            grid.addWidget(self.fields[left], row, 1)
            grid.addWidget(self.fields[right], row, 2)
            if last:
                grid.addWidget(self.link, row, 3)
        grid.addWidget(label("Turn", "muted"), 2, 0)
        grid.addWidget(self.fields["turn"], 2, 1)
        flips = QHBoxLayout()
        flips.setSpacing(4)
        flips.addWidget(self.flip_horizontal)
        flips.addWidget(self.flip_vertical)
        flips.addStretch(1)
        grid.addLayout(flips, 2, 2, 1, 2)
        grid.setColumnMinimumWidth(0, 56)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        return holder

    def _make_fill_row(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        row.setSpacing(GAP)
        row.addWidget(self._holes, 1)
        row.addWidget(self.again)
        return holder

    @property
    def _layer(self) -> Layer | None:
        document = self._session.document
        return None if document is None else document.state.layer(self._session.active)

    @property
    def holes_text(self) -> str:
        return self._holes.whole_text

    @Slot()
    def _show(self, *_: object) -> None:
        layer, document = self._layer, self._session.document
        backdrop = layer is not None and layer.kind == "backdrop"
        self._nothing.setVisible(layer is None)
        self._grid.setVisible(layer is not None and not backdrop)
        self.header.set_title(layer.name if layer is not None else "Properties")
        if layer is None or document is None:
            self._fill_row.hide()
            return
        self._fill_row.setVisible(backdrop or bool(layer.holes))
        words = holes_in_words(document, layer)
        self._holes.set_text(words[:1].upper() + words[1:] if words else "Nothing was lifted from here yet.")
        self.again.setVisible(bool(parts(layer)))
        self._grid.setEnabled(not layer.locked)
        if not backdrop:
            self._show_numbers(layer)

    def _show_numbers(self, layer: Layer) -> None:
        left, top = corner(layer)
        about = layer.transform
        values = {
            "x": left, "y": top, "w": abs(about.scale_x) * 100, "h": abs(about.scale_y) * 100,
            "turn": about.degrees,
        }  # fmt: skip
        for key, value in values.items():
            self.fields[key].show_value(value)

    @Slot(float)
    def _value_changed(self, value: float) -> None:
        layer = self._layer
        key = next((k for k, field in self.fields.items() if field is self.sender()), None)
        if layer is None or key is None:
            return
        transform = with_value(layer, key, value, linked=self.link.isChecked())
        # One step of history for all changes made while the field keeps the focus.
        merge = self._keys.setdefault(f"{key}:{layer.id}", self._session.drag_key(key))
        self._session.set_transform(layer.id, transform, merge, _VERBS[key])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self._keys.clear()
        return False

    @Slot()
    def _flip(self) -> None:
        self._session.flip(self.sender() is self.flip_horizontal)

    @Slot()
    def _fill_again(self) -> None:
        layer = self._layer
        if layer is not None:
            self._session.regenerate_fill(layer.id)
