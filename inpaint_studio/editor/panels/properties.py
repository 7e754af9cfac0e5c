"""The panel of the active layer's place, size and turn, and of its holes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from inpaint_studio.app.merge_keys import new_merge_key
from inpaint_studio.document.transform import transform_point
from inpaint_studio.editor import theme
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.panels.fill_section import FillSection
from inpaint_studio.editor.panels.number import Number
from inpaint_studio.editor.panels.property_rows import PropertyRows
from inpaint_studio.editor.widgets import GAP, MARGIN, Panel, icon_button, label

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.document import Layer, Transform


def corner(layer: Layer) -> tuple[float, float]:
    """Left and top of a layer on the canvas, in pixels, exactly."""
    x, y, w, h = layer.source_box
    matrix = layer.transform.matrix()
    points = [transform_point(matrix, px, py) for px in (x, x + w) for py in (y, y + h)]
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


_FIELDS = (
    ("x", "Left", -99999.0, 99999.0, " px"),
    ("y", "Top", -99999.0, 99999.0, " px"),
    ("w", "Width", 1.0, 2000.0, " %"),
    ("h", "Height", 1.0, 2000.0, " %"),
    ("turn", "Turn clockwise", -360.0, 360.0, "°"),
)
_ROOM = 72
_STEPS = {"x": "step.move", "y": "step.move", "w": "step.scale", "h": "step.scale", "turn": "step.rotate"}


class PropertiesPanel(Panel):
    """Place, size and turn of the active layer, its declared properties, and what became of its holes."""

    def __init__(self, app: Application, parent: QWidget | None = None) -> None:
        super().__init__("Properties", parent)
        self._app = app
        self.fields = {key: Number(name, low, high, suffix) for key, name, low, high, suffix in _FIELDS}
        self.link = icon_button("lock", "Keep proportions", checkable=True)
        self.link.setChecked(True)
        self.flip_horizontal = self._flip_button("flip-horizontal", "Flip left to right")
        self.flip_vertical = self._flip_button("flip-vertical", "Flip top to bottom")
        self._grid = self._make_grid()
        self.rows = PropertyRows(app)
        self.fill = FillSection(app)
        self._nothing = label("No layer is active.", "muted")
        self._nothing.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self._keys: dict[str, str] = {}
        self.body.addWidget(self._make_area(), 1)
        for field in self.fields.values():
            field.valueChanged.connect(self._value_changed)
            field.installEventFilter(self)
        follow(self, app.workspace.changed, self._show)
        follow(self, app.workspace.active_changed, self._show)
        follow(self, app.workspace.current_changed, self._show)
        self._show()

    def _make_area(self) -> QScrollArea:
        """What there is to say scrolls where it has no room, so that the panel keeps its height."""
        page = QWidget()
        page.setProperty("role", "panel")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self._grid, self.rows, self.fill, self._nothing):
            column.addWidget(widget)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumHeight(_ROOM)
        area.setWidget(page)
        return area

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

    @property
    def _layer(self) -> Layer | None:
        document = self._app.document
        return None if document is None else document.state.layer(self._app.active)

    @Slot()
    def _show(self, *_: object) -> None:
        document, layer = self._app.document, self._layer
        node = None if document is None else document.tree.find(self._app.active)
        self._nothing.setVisible(node is None)
        self._grid.setVisible(layer is not None and layer.movable)
        self.header.set_title(node.name if node is not None else "Properties")
        self.rows.follow(None if document is None else document.tree, node)
        self.fill.follow(layer)
        if document is not None and layer is not None and layer.movable:
            self._grid.setEnabled(document.tree.locked_by(layer.id) is None)
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
        merge = self._keys.setdefault(f"{key}:{layer.id}", new_merge_key(key))
        step = _STEPS[key]
        self._app.verbs.perform(
            "layer.place", merge_key=merge, layer=layer.id, transform=transform, step=step
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self._keys.clear()
        return False

    @Slot()
    def _flip(self) -> None:
        horizontal = self.sender() is self.flip_horizontal
        self._app.verbs.ask("layer.flip_horizontal" if horizontal else "layer.flip_vertical")
