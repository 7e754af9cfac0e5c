"""Small widgets that panels, tool options and dialogs share."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QPushButton,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from inpaint_studio.editor import theme

HEADER_HEIGHT = 34
MARGIN = 12
GAP = 8
_STEPS = 1000


def icon_button(
    icon: str, tooltip: str, *, checkable: bool = False, size: int = 16, parent: QWidget | None = None
) -> QToolButton:
    """A flat button with an icon of the theme; the tooltip is its accessible name too.

    A checkable one keeps its background when checked: what it says is in its icon.
    """
    button = QToolButton(parent)
    button.setCheckable(checkable)
    button.setProperty("quiet", checkable)
    button.setIconSize(QSize(size, size))
    button.setToolTip(tooltip)
    button.setAccessibleName(tooltip)
    theme.set_icon(button, icon, size, on="accent-line")
    return button


def label(text: str, role: str = "") -> QLabel:
    """A plain-text label; `role` is one of the style sheet's: second, muted, good, bad, heading."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    return made


def set_role(widget: QWidget, name: str, value: object) -> None:
    """Sets a property that the style sheet selects by, and applies it at once."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class ElidedLabel(QLabel):
    """A label of one line with "…" for what has no room; the whole text is its tooltip then."""

    def __init__(
        self,
        text: str = "",
        role: str = "",
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._text, self._mode = "", mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if role:
            self.setProperty("role", role)
        self.set_text(text)

    @property
    def whole_text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        self._text = text
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        fitted = self.fontMetrics().elidedText(self._text, self._mode, self.contentsRect().width())
        if fitted != self.text():
            self.setText(fitted)
        self.setToolTip("" if fitted == self._text else self._text)


class PanelHeader(QFrame):
    """The line at the top of a panel: its title, its buttons, and ✕.

    Serves as the title bar of a QDockWidget too (`dock.setTitleBarWidget(panel.header)`).
    """

    close_requested = Signal()

    def __init__(self, title: str, parent: QWidget | None = None, *, closable: bool = False) -> None:
        super().__init__(parent)
        self.setProperty("role", "header")
        self.setFixedHeight(HEADER_HEIGHT)
        self._title = ElidedLabel(title)
        # A font set by setFont loses its weight to the style sheet's own size.
        self._title.setStyleSheet("font-weight: 600;")
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(MARGIN, 0, GAP, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self._title, 1)
        self.close_button = icon_button("close", "Close panel", parent=self)
        # Closing is in the Window menu for the keys; here it would be the first stop of every Tab.
        self.close_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.close_button.clicked.connect(self.close_requested)
        self.close_button.setVisible(closable)
        self._row.addWidget(self.close_button)

    def set_title(self, title: str) -> None:
        self._title.set_text(title)

    @property
    def title(self) -> str:
        return self._title.whole_text

    def add(self, widget: QWidget) -> None:
        """Puts a widget at the right end, before ✕."""
        self._row.insertWidget(self._row.count() - 1, widget)

    def set_closable(self, on: bool) -> None:
        self.close_button.setVisible(on)


class Panel(QFrame):
    """A header with something under it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.header = PanelHeader(title, self)
        self.body = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addWidget(self.header)


class Slider(QSlider):
    """A horizontal slider that jumps to where it is clicked; a double click asks for the default."""

    reset = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            # Jump first: the usual press then finds the handle under the mouse and starts the drag.
            self.setSliderDown(True)
            self.setValue(self._value_at(event.position().x()))
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.reset.emit()

    def _value_at(self, x: float) -> int:
        handle = 14
        span = max(1, self.width() - handle)
        part = min(1.0, max(0.0, (x - handle / 2) / span))
        return round(self.minimum() + part * (self.maximum() - self.minimum()))


class LabelledSlider(QWidget):
    """A slider with its name at the left and its value with unit at the right.

    `changed` tells every change by the user; `finished` comes when the mouse lets go, and after each
    change by key or wheel. A `curve` above 1 gives small values more room, and `longest` words as
    long as those the value of another slider in the same column.
    """

    changed = Signal(float)
    finished = Signal()

    def __init__(
        self,
        name: str,
        minimum: float,
        maximum: float,
        *,
        value: float | None = None,
        decimals: int = 0,
        unit: str = "",
        curve: float = 1.0,
        name_width: int = 0,
        longest: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._low, self._high, self._curve = minimum, maximum, curve
        self._decimals, self._unit, self._longest = decimals, unit, longest
        self._value = self.default = minimum if value is None else value
        self._name = label(name, "muted")
        if not name:
            # Never setVisible(True) here: a label without a parent would show as a window of its own.
            self._name.hide()
        if name_width:
            self._name.setFixedWidth(name_width)
        self.slider = Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setAccessibleName(name)
        self.slider.setMinimumWidth(64)
        self._number = label("")
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self._name)
        row.addWidget(self.slider, 1)
        row.addWidget(self._number)
        self._show()
        self.slider.valueChanged.connect(self._moved)
        self.slider.sliderReleased.connect(self.finished)
        self.slider.reset.connect(self._reset)
        self.slider.installEventFilter(self)

    @property
    def value(self) -> float:
        return self._value

    def set_value(self, value: float) -> None:
        """Shows a value; tells nobody. While the user drags it is left alone."""
        if not self.slider.isSliderDown():
            self._value = min(self._high, max(self._low, value))
            self._show()

    @property
    def text(self) -> str:
        """The value as shown, with its unit."""
        return self._number.text()

    def _words(self, value: float) -> str:
        number = f"{value:.{self._decimals}f}".replace("-", "−")
        return f"{number} {self._unit}" if self._unit else number

    def _show(self) -> None:
        part = (self._value - self._low) / (self._high - self._low)
        self.slider.blockSignals(True)
        self.slider.setValue(round(part ** (1 / self._curve) * _STEPS))
        self.slider.blockSignals(False)
        self._number.setText(self._words(self._value))
        self.slider.setToolTip("" if self.isEnabled() else self.toolTip())

    def _take(self, value: float) -> None:
        value = round(min(self._high, max(self._low, value)), self._decimals)
        if value != self._value:
            self._value = value
            self._number.setText(self._words(value))
            self.changed.emit(value)

    def _moved(self, position: int) -> None:
        self._take(self._low + (position / _STEPS) ** self._curve * (self._high - self._low))

    def _reset(self) -> None:
        self._take(self.default)
        self._show()
        self.finished.emit()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            direction = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
            sign = direction.get(Qt.Key(event.key()), 0)
            if sign:
                many = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
                self._take(self._value + sign * many * 10.0**-self._decimals)
                self._show()
                self.finished.emit()
                return True
        return False

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.PolishRequest):
            self._fix_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fix_width()

    def _fix_width(self) -> None:
        """The value's room is that of the longest value, so that the slider does not jump."""
        metrics = self._number.fontMetrics()
        words = (self._words(self._low), self._words(self._high), self._longest)
        widest = max(map(metrics.horizontalAdvance, words))
        self._number.setFixedWidth(widest + 4)


class FlowLayout(QLayout):
    """Puts widgets in lines, as words in a paragraph."""

    def __init__(self, parent: QWidget | None = None, gap: int = GAP) -> None:
        super().__init__(parent)
        self._gap = gap
        self._items: list[QLayoutItem] = []

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def _place(self, rect: QRect, *, move: bool) -> int:
        inner = rect.marginsRemoved(self.contentsMargins())
        x, y, line = inner.x(), inner.y(), 0
        for item in self._items:
            size = item.sizeHint()
            if x > inner.x() and x + size.width() > inner.right() + 1:
                x, y, line = inner.x(), y + line + self._gap, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), size))
            x, line = x + size.width() + self._gap, max(line, size.height())
        return y + line - rect.y() + self.contentsMargins().bottom()


class LinkButton(QPushButton):
    """A button that looks like a word."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", "link")
        self.setCursor(Qt.CursorShape.PointingHandCursor)


class Line(QWidget):
    """A hairline between two things."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("line"))
        painter.end()
