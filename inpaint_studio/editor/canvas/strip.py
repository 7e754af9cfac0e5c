"""The strip under a hole: the fills to choose from."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMargins, QObject, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout

from inpaint_studio.document import MOST_CANDIDATES
from inpaint_studio.document.transform import transformed_box
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.images import on_checkerboard
from inpaint_studio.editor.theme import color, theme
from inpaint_studio.editor.widgets import GAP, HEADER_HEIGHT, icon_button, label
from inpaint_studio.render import fill_picture, to_srgb

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.document import Document, Layer, Part
    from inpaint_studio.editor.canvas.view import View

_PICTURE = QSize(76, 57)
_FRAME = 3
_MARGIN = 12
_AROUND = QMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
_NOTE_HEIGHT = 32
"""Two lines of small type."""
_LOOK_MS = 100
_STEPS = {Qt.Key.Key_Period: 1, Qt.Key.Key_Comma: -1}
_DONE = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape})


class Thumbnail(QAbstractButton):
    """One fill as a small picture; without one a place where it will come."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._picture: QPixmap | None = None
        self._number = number
        self.setCheckable(True)
        self.setFixedSize(_PICTURE + QSize(2 * _FRAME, 2 * _FRAME))
        # A click must not leave it with the focus: the keys are the canvas's.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_picture(None, chosen=False)

    def show_picture(self, picture: QPixmap | None, *, chosen: bool) -> None:
        self._picture = picture
        self.setEnabled(picture is not None)
        self.setChecked(chosen)
        self.setAccessibleName(f"Fill {self._number}")
        self.setToolTip(f"Fill {self._number}" if picture is not None else "Being made")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = QRectF(self.rect()).adjusted(_FRAME, _FRAME, -_FRAME, -_FRAME)
        if self._picture is None:
            painter.setPen(QPen(color("line"), 1, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(inside.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        else:
            self._paint_picture(painter, inside, self._picture)
        painter.end()

    def _paint_picture(self, painter: QPainter, inside: QRectF, picture: QPixmap) -> None:
        shape = QPainterPath()
        shape.addRoundedRect(inside, 4, 4)
        painter.save()
        painter.setClipPath(shape)
        painter.fillRect(inside, color("canvas"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        # Cut to the place rather than squeezed: a layer may be too small for its proportions.
        size = QSize(picture.size()).scaled(
            inside.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding
        )
        place = QRectF(QPointF(), size.toSizeF())
        place.moveCenter(inside.center())
        painter.drawPixmap(place, picture, QRectF(picture.rect()))
        painter.restore()
        ring = self._ring()
        if ring is not None:
            painter.setPen(QPen(ring, 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def _ring(self) -> QColor | None:
        if self.hasFocus():
            return color("focus")
        if self.isChecked():
            return color("accent-line")
        return color("second") if self.underMouse() else None


class Strip(QFrame):
    """Floats under the hole that is looked at: its fills, the next, others, keep. Follows zoom and pan."""

    def __init__(self, app: Application, view: View) -> None:
        super().__init__(view)
        self._app, self._view = app, view
        self._pictures: dict[str, QPixmap] = {}
        self._pressed = False
        self.setProperty("role", "card")
        # As wide with one fill as with all of them, so that it does not jump while they come.
        self.setFixedWidth(MOST_CANDIDATES * (_PICTURE.width() + 2 * _FRAME + 2) + 2 * (HEADER_HEIGHT + GAP))
        self.thumbnails = [Thumbnail(n + 1) for n in range(MOST_CANDIDATES)]
        self.previous = icon_button("chevron-left", "Previous fill ( , )")
        self.next = icon_button("chevron-right", "Next fill ( . )")
        self.more = QPushButton("More")
        self.more.setToolTip("Other fills, made anew (Shift+R); undo brings these back")
        self.keep = QPushButton("Keep")
        self.keep.setToolTip("Keeps the fill that shows and closes this strip (Enter)")
        self.note = label("", "second")
        self.note.setWordWrap(True)
        self.note.setFixedHeight(_NOTE_HEIGHT)
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Fills being made")
        self._arrange()
        self._watch = QTimer(self)
        self._watch.setInterval(_LOOK_MS)
        self._watch.timeout.connect(self._show_progress)
        self.hide()
        self._connect()

    def _arrange(self) -> None:
        pictures = QHBoxLayout()
        pictures.setSpacing(2)
        pictures.addWidget(self.previous)
        for thumbnail in self.thumbnails:
            pictures.addWidget(thumbnail)
        pictures.addWidget(self.next)
        pictures.insertStretch(1)
        pictures.insertStretch(pictures.count() - 1)
        words = QHBoxLayout()
        words.setSpacing(GAP)
        words.addWidget(self.note, 1)
        for button in (self.more, self.keep):
            words.addWidget(button)
        for each in (self.more, self.keep, self.previous, self.next):
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(4)
        column.addLayout(pictures)
        column.addWidget(self.bar)
        column.addLayout(words)
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(policy)

    def _connect(self) -> None:
        app, view, fills = self._app, self._view, self._app.fills
        for place, thumbnail in enumerate(self.thumbnails):
            thumbnail.clicked.connect(partial(self._clicked, place))
        self.previous.clicked.connect(self._go_back)
        self.next.clicked.connect(self._go_on)
        self.more.clicked.connect(self._fill_again)
        self.keep.clicked.connect(self.close_strip)
        follow(self, fills.looked, self.follow)
        follow(self, app.workspace.changed, self.follow)
        follow(self, app.candidates.changed, self.follow)
        view.zoomed.connect(self._place)
        view.horizontalScrollBar().valueChanged.connect(self._place)
        view.verticalScrollBar().valueChanged.connect(self._place)
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)
        theme().changed.connect(self.update)

    # What it shows

    def follow(self, _what: object = None) -> None:
        """Shows the fills of the part looked at; hides without one."""
        document, target = self._app.document, self._app.fills.target
        if document is None or target is None:
            self._pictures.clear()
            self._watch.stop()
            self.hide()
            return
        layer, part = target
        numbers = document.fills.candidates(part)
        self._pictures = {key: p for key, p in self._pictures.items() if key.startswith(part.run)}
        making = self._fraction(part) is not None
        slots = MOST_CANDIDATES if making else max(1, len(numbers))
        for place, thumbnail in enumerate(self.thumbnails):
            thumbnail.setVisible(place < slots)
            number = numbers[place] if place < len(numbers) else None
            picture = None if number is None else self._picture(document, layer, part.candidate(number))
            thumbnail.show_picture(picture, chosen=number == part.options.candidate)
        for button in (self.previous, self.next):
            button.setEnabled(len(numbers) > 1)
        self.note.setText(self._words(document, part, making, len(numbers)))
        self._show_progress()
        self.setVisible(not self._pressed)
        self._place()

    def _fraction(self, part: Part) -> float | None:
        """How much of what is being made is done, None if nothing is."""
        opened, candidates = self._app.workspace.current, self._app.candidates
        if opened is None or opened.document.fills.given_up(part.key):
            return None
        if not opened.document.fills.is_final(part.key):
            return opened.filling.fraction(part) or 0.0
        return candidates.fraction if candidates.making else None

    def _words(self, document: Document, part: Part, making: bool, count: int) -> str:
        if document.fills.is_final(part.key):
            note = document.fills.note(part.key)
            alone = count == 1 and not making
            return " · ".join(w for w in (note, "no other fill looks different" if alone else "") if w)
        if document.fills.given_up(part.key):
            return "Not filled; try More or another filler."
        return "Filling…"

    def _picture(self, document: Document, layer: Layer, part: Part) -> QPixmap:
        if part.key not in self._pictures:
            ratio = self.devicePixelRatioF()
            size = round(_PICTURE.width() * ratio), round(_PICTURE.height() * ratio)
            pixels = fill_picture(document.snapshot(), layer, part, size)
            image = on_checkerboard(to_srgb(pixels, document.photo.icc))
            self._pictures[part.key] = QPixmap.fromImage(image)
        return self._pictures[part.key]

    def _show_progress(self) -> None:
        target = self._app.fills.target
        fraction = None if target is None else self._fraction(target[1])
        self.bar.setVisible(fraction is not None)
        if fraction is None:
            self._watch.stop()
        else:
            self.bar.setValue(round(100 * fraction))
            self._watch.start()

    # Where it lies

    def _place(self, _what: object = None) -> None:
        """Under the hole where there is room, else above it, else at the bottom."""
        target = self._app.fills.target
        if target is None:
            return
        layer, part = target
        box = QRectF(*transformed_box(layer.transform, part.mask.box))
        hole = self._view.mapFromScene(box).boundingRect()
        room = self._view.viewport().rect().marginsRemoved(_AROUND)
        size = QSize(self.width(), self.sizeHint().height())
        left = max(room.left(), min(hole.center().x() - size.width() // 2, room.right() - size.width()))
        below, above = hole.bottom() + _MARGIN, hole.top() - _MARGIN - size.height()
        lowest = room.bottom() - size.height()
        top = below if below <= lowest else above if above >= room.top() else lowest
        corner = self._view.viewport().pos()
        self.setGeometry(
            QRect(corner.x() + left, corner.y() + max(room.top(), top), size.width(), size.height())
        )
        self.raise_()

    # What it does

    def _clicked(self, place: int, _checked: bool = False) -> None:
        numbers = self._app.fills.numbers
        if place < len(numbers):
            self._app.verbs.perform("fill.candidate", number=numbers[place])
        self.follow()

    def _step(self, by: int) -> None:
        number = self._app.fills.neighbour(by)
        if number is not None:
            self._app.verbs.perform("fill.candidate", number=number)

    def _go_on(self) -> None:
        self._step(1)

    def _go_back(self) -> None:
        self._step(-1)

    def _fill_again(self, _checked: bool = False) -> None:
        self._app.verbs.ask("fill.again")

    def close_strip(self) -> None:
        """Keeps the fill that shows."""
        focused = self.isAncestorOf(w) if (w := self.focusWidget()) is not None else False
        self._app.fills.look(None)
        if focused:
            self._view.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._key(event):
            super().keyPressEvent(event)

    def _key(self, event: QKeyEvent) -> bool:
        """Whether the strip used a key."""
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if key in _STEPS:
            self._step(_STEPS[key])
        elif key in _DONE:
            self.close_strip()
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._view:
            if isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress and not self.isHidden():
                return self._key(event)
            return False
        if kind == QEvent.Type.Resize:
            self._place()
        elif isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            self._step_aside(kind)
        return False

    def _step_aside(self, kind: QEvent.Type) -> None:
        """While something is painted or dragged on the canvas the strip is out of the way."""
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            self._pressed = True
            self.hide()
        elif kind == QEvent.Type.MouseButtonRelease:
            self._pressed = False
            # After the tool: what it does may end the looking.
            QTimer.singleShot(0, self, self.follow)

    def enterEvent(self, event: QEnterEvent) -> None:
        # The canvas is not left by this: the strip lies on it. But its brush must not stay behind.
        if self._view.tool is not None:
            self._view.tool.leave()
        super().enterEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # Not on to the canvas below.
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
