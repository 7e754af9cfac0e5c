"""The panel of found objects that are not lifted yet."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QFocusEvent, QIcon, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QScrollArea, QWidget

from inpaint_studio.document import Cutout
from inpaint_studio.editor import theme
from inpaint_studio.editor.actions import add_verbs
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.panels.found_pictures import picture_of
from inpaint_studio.editor.widgets import MARGIN, FlowLayout, LinkButton, Panel, Slider, label
from inpaint_studio.studio.verbs import context_menu

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inpaint_studio.app.application import Application
    from inpaint_studio.basics import FoundObject
    from inpaint_studio.document import Change, Document

EMPTY = "Press Find objects to see what can be lifted."
NONE_LEFT = "None left to lift. Find objects looks for more."
MANY = 8
"""More chips than that have pictures: so many words are hard to tell apart."""
_ROOM = 44
"""At least a line of chips; more of them scroll, so that no other panel is pushed about."""
_FEW = 2
"""Of no more objects there is nothing to choose."""
_PICTURE = 24
_SUREST = 0.95
"""What is offered where the slider stands at "Few"."""


def chip_order(found: Sequence[FoundObject]) -> list[tuple[int, str]]:
    """Index and name of each object as offered: things first; names that come twice are numbered."""
    order = sorted(range(len(found)), key=lambda i: found[i].kind != "thing")
    total, seen, out = Counter(o.label for o in found), Counter[str](), []
    for i in order:
        word = found[i].label
        seen[word] += 1
        name = word[:1].upper() + word[1:]
        out.append((i, f"{name} {seen[word]}" if total[word] > 1 else name))
    return out


class Chip(QPushButton):
    """One found object: shown on the canvas while the mouse or the keys are on it, lifted by a click."""

    hovered = Signal(object)
    """The object, or None."""

    def __init__(self, found: FoundObject, name: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self.found = found
        self.setToolTip(f"Lift {name[:1].lower()}{name[1:]}")
        self.dress()

    def dress(self) -> None:
        """Areas, which one seldom lifts, are less bright than things."""
        if self.found.kind == "area":
            self.setStyleSheet(f"color: {theme.tokens()['second']};")

    def show_pointed(self, on: bool) -> None:
        """Shows that the pointer is over the object on the canvas."""
        if self.property("pointed") != on:
            self.setProperty("pointed", on)
            self.style().unpolish(self)
            self.style().polish(self)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.hovered.emit(self.found)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.hovered.emit(self.found)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.hovered.emit(None)


class Amount(QWidget):
    """How many of the objects that were found are offered: from few, the surest ones, to many."""

    changed = Signal(float)
    """The least score, 0..1."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.slider = Slider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, 100)
        self.slider.setAccessibleName("How many objects are shown")
        self.slider.setToolTip("Show only the objects found that are sure, or all of them")
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, MARGIN - 4, MARGIN, 0)
        for widget in (label("Few", "muted"), self.slider, label("Many", "muted")):
            row.addWidget(widget)
        self.slider.valueChanged.connect(self._moved)

    def show_least(self, score: float) -> None:
        """Puts the slider where it stands for a least score, and tells nobody."""
        self.slider.blockSignals(True)
        self.slider.setValue(round(100 * (1 - score / _SUREST)))
        self.slider.blockSignals(False)

    def _moved(self, value: int) -> None:
        self.changed.emit(_SUREST * (1 - value / 100))


class FoundPanel(Panel):
    """A chip for each object offered; a click lifts it."""

    def __init__(self, app: Application, parent: QWidget | None = None) -> None:
        super().__init__("Found", parent)
        self._app = app
        self._shown: Sequence[FoundObject] = ()
        self.chips: list[Chip] = []
        self.lift_all = LinkButton("Lift all", self)
        self.lift_all.setToolTip(
            "Make a layer of each thing shown, but not of scenery such as buildings and sky (Ctrl+Shift+L)"
        )
        self.lift_all.clicked.connect(self._lift_all)
        self.header.add(self.lift_all)
        self.amount = Amount(self)
        self.amount.changed.connect(self._offer)
        self.body.addWidget(self.amount)
        self._add_body()
        follow(self, app.workspace.changed, self._follow)
        follow(self, app.workspace.current_changed, self._refresh)
        follow(self, app.workspace.of_current(lambda each: each.finding.offered_changed), self._refresh)
        follow(self, app.workspace.pointed_changed, self._show_pointed)
        theme.theme().changed.connect(self._dress)
        self._refresh()

    def _add_body(self) -> None:
        self.sentence = label(EMPTY, "muted")
        self.sentence.setWordWrap(True)
        self.sentence.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.holder = QWidget()
        self.holder.setProperty("role", "panel")
        self._flow = FlowLayout(self.holder)
        self._flow.setContentsMargins(MARGIN, MARGIN - 4, MARGIN, MARGIN - 4)
        self._area.setWidget(self.holder)
        for widget in (self.sentence, self._area):
            widget.setMinimumHeight(_ROOM)
            self.body.addWidget(widget, 1)

    @Slot(object)
    def _follow(self, change: Change) -> None:
        if change.found:
            self._refresh()
        elif change.layers:
            self.sentence.setText(self._nothing(self._app.document))

    @Slot()
    def _refresh(self) -> None:
        current = self._app.workspace.current
        offered = () if current is None else current.finding.offered
        found = () if current is None else current.document.state.found
        self.sentence.setText(self._nothing(self._app.document))
        self.amount.setVisible(len(found) > _FEW)
        if current is not None:
            self.amount.show_least(current.finding.least_score)
        if len(offered) == len(self._shown) and all(map(lambda a, b: a is b, offered, self._shown)):
            return
        if self.chips:
            self._app.workspace.point_at(None)
        self._shown = offered
        self._replace_chips(offered)
        self.lift_all.setVisible(any(each.kind == "thing" for each in offered))
        # Never both for a moment: the panel would ask for room for both.
        shown, hidden = (self._area, self.sentence) if found else (self.sentence, self._area)
        hidden.hide()
        shown.show()

    @staticmethod
    def _nothing(document: Document | None) -> str:
        lifted = document is not None and any(isinstance(layer, Cutout) for layer in document.layers)
        return NONE_LEFT if lifted else EMPTY

    def _replace_chips(self, offered: Sequence[FoundObject]) -> None:
        for chip in self.chips:
            chip.blockSignals(True)
            self._flow.removeWidget(chip)
            chip.hide()
            # Later: the chip may be the one whose click brought us here.
            chip.deleteLater()
        self.chips = []
        for index, name in chip_order(offered):
            chip = Chip(offered[index], name, self.holder)
            chip.clicked.connect(self._chip_clicked)
            chip.hovered.connect(self._app.workspace.point_at)
            chip.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            chip.customContextMenuRequested.connect(self._show_menu)
            if len(offered) > MANY:
                self._add_picture(chip)
            self._flow.addWidget(chip)
            chip.show()
            self.chips.append(chip)

    def _add_picture(self, chip: Chip) -> None:
        document = self._app.document
        assert document is not None
        scale = self.devicePixelRatioF()
        picture = QPixmap.fromImage(picture_of(document, chip.found, round(_PICTURE * scale)))
        picture.setDevicePixelRatio(scale)
        chip.setIcon(QIcon(picture))
        chip.setIconSize(QSize(round(picture.deviceIndependentSize().width()), _PICTURE))

    @Slot()
    def _dress(self) -> None:
        for chip in self.chips:
            chip.dress()

    def _show_pointed(self, found: FoundObject | None) -> None:
        for chip in self.chips:
            chip.show_pointed(chip.found is found)
            if chip.found is found and not chip.underMouse():
                self._area.ensureWidgetVisible(chip, 0, 0)

    def _offer(self, least_score: float) -> None:
        if self._app.workspace.current is not None:
            self._app.workspace.current.finding.offer(least_score)

    def menu_of(self, chip: Chip) -> QMenu:
        """The menu of the object of a chip; the caller shows and deletes it."""
        return add_verbs(QMenu(self), context_menu("object"), self._app, object=self._number(chip))

    def _number(self, chip: Chip) -> int | None:
        document = self._app.document
        found = () if document is None else document.state.found
        return next((number for number, each in enumerate(found) if each is chip.found), None)

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        chip = self.sender()
        if isinstance(chip, Chip):
            menu = self.menu_of(chip)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(chip.mapToGlobal(place))

    @Slot()
    def _chip_clicked(self) -> None:
        chip = self.sender()
        if isinstance(chip, Chip):
            self._app.verbs.perform("object.lift", object=self._number(chip))

    @Slot()
    def _lift_all(self) -> None:
        self._app.verbs.ask("objects.lift_all")
