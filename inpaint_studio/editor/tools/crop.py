"""Crop: a frame that is dragged inward, outward or turned; what it gains is filled."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QSignalBlocker, Qt
from PySide6.QtGui import QCursor, QKeyEvent, QPainterPath
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QWidget

from inpaint_studio.document import Change
from inpaint_studio.editor.canvas.masks import OutlineItem
from inpaint_studio.editor.canvas.stacking import TOOL_Z
from inpaint_studio.editor.tools.base import Modifiers, Tool, ToolContext
from inpaint_studio.editor.tools.crop_frame import CropFrame, ShadeItem, Size
from inpaint_studio.editor.tools.snapped import Snapping
from inpaint_studio.editor.tools.transform_box import TransformBox, grip_cursor
from inpaint_studio.editor.tools.transforming import Grab, Grip, qtransform
from inpaint_studio.editor.widgets import LabelledSlider

_RATIOS: tuple[tuple[str, tuple[int, int] | None], ...] = (
    ("Free", None),
    ("As the picture", (0, 0)),
    ("1 : 1", (1, 1)),
    ("5 : 4", (5, 4)),
    ("4 : 3", (4, 3)),
    ("3 : 2", (3, 2)),
    ("16 : 9", (16, 9)),
)
_MOST_DEGREES = 45.0


class CropTool(Tool):
    name, title, icon, key = "crop", "Crop", "crop", "C"
    hint = "Drag the frame, outward to extend. Ctrl+drag along a horizon straightens. Enter crops."

    def __init__(self, context: ToolContext, parent: QObject | None = None) -> None:
        super().__init__(context, parent)
        self._shade, self._box, self._line = ShadeItem(), TransformBox(), OutlineItem()
        self._line.setZValue(TOOL_Z)
        self._line.marching = False
        self._line.setVisible(False)
        for item in (self._shade, self._box, self._line):
            context.scene.addItem(item)
        self.frame = CropFrame(0, 0, 1, 1)
        """As it is shown: what Enter crops to."""
        self._wished = self.frame
        """As it was dragged: turned, what is shown lies inside the picture if nothing is to be filled."""
        self._grab: Grab | None = None
        self._grip: Grip | None = None
        self._start: QPointF | None = None
        self._before = self.frame
        self.ratio, self.fill = QComboBox(), QCheckBox("Fill what is added")
        self.swap = QPushButton("Swap sides")
        self.straighten = LabelledSlider(
            "Straighten", -_MOST_DEGREES, _MOST_DEGREES, value=0.0, decimals=1, unit="°"
        )
        self.crop_button, self.reset_button = QPushButton("Crop"), QPushButton("Reset")
        self._snapping = Snapping(context)
        self._make_options()

    def _make_options(self) -> None:
        self.ratio.setAccessibleName("Ratio")
        self.ratio.setToolTip("Width to height of the frame")
        self.ratio.addItems([text for text, _ in _RATIOS])
        self.swap.setToolTip("Upright instead of lying, or the other way round (X)")
        self.fill.setChecked(True)
        self.fill.setToolTip("The picture goes on where it had ended; else what is added is transparent")
        self.straighten.setFixedWidth(240)
        self.straighten.setToolTip("Turns the picture in the frame")
        for button in (self.crop_button, self.reset_button, self.swap):
            # The canvas keeps the keys.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.ratio.activated.connect(self._ratio_chosen)
        self.swap.clicked.connect(self.swap_sides)
        self.fill.toggled.connect(self._refit)
        self.straighten.changed.connect(self._straightened)
        self.crop_button.clicked.connect(self.apply)
        self.reset_button.clicked.connect(self.reset)

    def options(self) -> list[QWidget]:
        return [self.ratio, self.swap, self.straighten, self.fill, self.reset_button, self.crop_button]

    @property
    def cursor(self) -> QCursor | Qt.CursorShape:
        if self._grip is None:
            return Qt.CursorShape.CrossCursor
        return grip_cursor(self._grip, self.frame.degrees)

    @property
    def _size(self) -> Size:
        return self.context.scene.size

    def activate(self) -> None:
        super().activate()
        self.while_active(self.context.app.workspace.changed, self._follow)
        self.reset()

    def deactivate(self) -> None:
        super().deactivate()
        self._grab = self._start = None
        for item in (self._shade, self._box, self._line):
            item.setVisible(False)

    def _follow(self, change: Change) -> None:
        base = self.context.opened.document.tree.base
        if change.canvas or (change.layers and base.id in change.nodes):
            self.reset()

    # The frame

    def reset(self) -> None:
        """The frame is the whole picture again."""
        self._grab = self._start = None
        self._line.set_path(QPainterPath())
        whole = CropFrame.around(self._size)
        ratio = self._ratio()
        self._show(whole if ratio is None else whole.with_ratio(ratio))

    def _show(self, frame: CropFrame) -> None:
        self._wished = frame
        self._refit()

    def _refit(self) -> None:
        frame, cut = self._wished, self._wished.degrees and not self.fill.isChecked()
        # Straightening leaves no empty corners; whoever drags a side outward means it.
        frame = frame.inside(self._size) if cut else frame
        self.frame = frame.rounded if not frame.degrees else frame
        self._shade.show_frame(self.frame)
        self._box.show_box((0, 0, *self._size), qtransform(self.frame.transform(self._size)))
        with QSignalBlocker(self.straighten):
            self.straighten.set_value(0.0 - self.frame.degrees)

    @property
    def _is_whole(self) -> bool:
        return self.frame.box == (0, 0, *self._size) and not self.frame.degrees

    def _ratio(self) -> float | None:
        chosen = _RATIOS[self.ratio.currentIndex()][1]
        if chosen is None:
            return None
        across, down = chosen if chosen[0] else self._size
        return across / down

    def _ratio_chosen(self) -> None:
        ratio = self._ratio()
        if ratio is not None:
            if (self.frame.width < self.frame.height) != (ratio < 1) and not self._is_whole:
                ratio = 1 / ratio
            self._show(self.frame.with_ratio(ratio))

    def swap_sides(self) -> None:
        """An upright frame instead of a lying one, or the other way round, as large as fits."""
        frame = replace(self.frame, width=self.frame.height, height=self.frame.width)
        self._show(frame.inside(self._size))

    def _straightened(self, degrees: float) -> None:
        self._show(replace(self._wished, degrees=-degrees))

    # Pointer

    def press(self, point: QPointF, modifiers: Modifiers) -> None:
        self._start, self._before = point, self._wished
        self._grab = None
        if modifiers & Modifiers.ControlModifier:
            return
        grip = self._box.grip_at(point, self.context.view.zoom)
        if grip is None or (grip == "move" and self._is_whole):
            return
        transform = self.frame.transform(self._size)
        self._grab = Grab(grip, (0, 0, *self._size), transform, (point.x(), point.y()))

    def drag(self, point: QPointF, modifiers: Modifiers) -> None:
        if self._start is None:
            return
        if self._grab is not None:
            self._drag_grip(self._grab, point, modifiers)
        elif modifiers & Modifiers.ControlModifier or self._line.isVisible():
            path = QPainterPath(self._start)
            path.lineTo(point)
            self._line.set_path(path)
        elif self.is_drag(self._start, point):
            self._show(CropFrame.between(self._start, point, self._ratio()))

    def _drag_grip(self, grab: Grab, point: QPointF, modifiers: Modifiers) -> None:
        ratio = self._ratio()
        keep = ratio is not None and isinstance(grab.grip, tuple)
        held = modifiers | Modifiers.ShiftModifier if keep else modifiers
        new = self._snapping.dragged(grab, point, held)
        if ratio is not None and isinstance(grab.grip, tuple) and 0 in grab.grip:
            # A side takes the other two along.
            factor = new.scale_x / grab.start.scale_x if grab.grip[0] else new.scale_y / grab.start.scale_y
            new = replace(new, scale_x=grab.start.scale_x * factor, scale_y=grab.start.scale_y * factor)
        self._show(CropFrame.under(new, self._size))

    def release(self, point: QPointF, modifiers: Modifiers) -> None:
        start, self._start, self._grab = self._start, None, None
        self._snapping.end()
        if start is not None and self._line.isVisible():
            self._line.set_path(QPainterPath())
            self._level(point - start)
        self.hover(point, modifiers)

    def _level(self, way: QPointF) -> None:
        """Turns the frame so that a line becomes level, or upright if it is nearer to that."""
        if math.hypot(way.x(), way.y()) >= 2:
            degrees = math.degrees(math.atan2(way.y(), way.x()))
            self._show(replace(self._wished, degrees=(degrees + 45) % 90 - 45))

    def hover(self, point: QPointF, modifiers: Modifiers) -> None:
        level = bool(modifiers & Modifiers.ControlModifier)
        grip = None if level else self._box.grip_at(point, self.context.view.zoom)
        self._grip = None if grip == "move" and self._is_whole else grip
        self.context.view.update_cursor()

    # Keys

    def key_press(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.apply()
            return True
        if key == Qt.Key.Key_X and not event.modifiers():
            self.swap_sides()
            return True
        return key == Qt.Key.Key_Escape and self._escape()

    def _escape(self) -> bool:
        """Ends a drag, else gives up the frame, else means nothing."""
        if self._start is not None:
            self._start = self._grab = None
            self._snapping.end()
            self._line.set_path(QPainterPath())
            self._show(self._before)
            return True
        if self._is_whole:
            return False
        self.ratio.setCurrentIndex(0)
        self.reset()
        return True

    def apply(self) -> None:
        """Crops to the frame, or extends the picture to it."""
        x, y, width, height = self.frame.box
        fill = self.fill.isChecked() and self.frame.reaches_out(self._size)
        if not self._is_whole:
            self.context.app.verbs.perform(
                "canvas.crop", x=x, y=y, width=width, height=height, degrees=self.frame.degrees, fill=fill
            )
        self.context.view.setFocus()
