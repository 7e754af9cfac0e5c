"""The panel of found objects that are not lifted yet."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QFocusEvent
from PySide6.QtWidgets import QPushButton, QScrollArea, QWidget

from inpaint_studio.document import Cutout
from inpaint_studio.editor import theme
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.widgets import MARGIN, FlowLayout, LinkButton, Panel, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inpaint_studio.app.application import Application
    from inpaint_studio.basics import FoundObject
    from inpaint_studio.document import Change, Document

EMPTY = "Press Find objects to see what can be lifted."
NONE_LEFT = "None left to lift. Find objects looks for more."
_ROOM = 84
"""At least two lines of chips; more of them scroll, so that no other panel is pushed about."""


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
    """The index of the object, or None."""

    def __init__(self, index: int, name: str, kind: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self.index, self.kind = index, kind
        self.setToolTip(f"Lift {name[:1].lower()}{name[1:]}")
        if kind == "area":
            self.setStyleSheet(f"color: {theme.tokens()['second']};")

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.hovered.emit(self.index)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.hovered.emit(self.index)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.hovered.emit(None)


class FoundPanel(Panel):
    """A chip for each found object; a click lifts it."""

    def __init__(self, app: Application, parent: QWidget | None = None) -> None:
        super().__init__("Found", parent)
        self._app = app
        self._shown: Sequence[FoundObject] | None = None
        self.chips: list[Chip] = []
        self.lift_all = LinkButton("Lift all", self)
        self.lift_all.setToolTip(
            "Make a layer of each thing found, but not of scenery such as buildings and sky (Ctrl+Shift+L)"
        )
        self.lift_all.clicked.connect(self._lift_all)
        self.header.add(self.lift_all)
        self.sentence = label(EMPTY, "muted")
        self.sentence.setWordWrap(True)
        self.sentence.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
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
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        follow(self, app.workspace.changed, self._follow)
        follow(self, app.workspace.current_changed, self._refresh)
        theme.theme().changed.connect(self._dress)
        self._refresh()

    @Slot(object)
    def _follow(self, change: Change) -> None:
        if change.found:
            self._refresh()
        elif change.layers:
            self.sentence.setText(self._nothing(self._app.document))

    @Slot()
    def _refresh(self) -> None:
        document = self._app.document
        found: Sequence[FoundObject] = () if document is None else document.state.found
        self.sentence.setText(self._nothing(document))
        if found is self._shown:
            return
        if self.chips:
            self._app.workspace.point_at(None)
        self._shown = found
        self._replace_chips(found)
        self.lift_all.setVisible(bool(found))
        # Never both for a moment: the panel would ask for room for both.
        shown, hidden = (self._area, self.sentence) if found else (self.sentence, self._area)
        hidden.hide()
        shown.show()

    @staticmethod
    def _nothing(document: Document | None) -> str:
        lifted = document is not None and any(isinstance(layer, Cutout) for layer in document.layers)
        return NONE_LEFT if lifted else EMPTY

    def _replace_chips(self, found: Sequence[FoundObject]) -> None:
        for chip in self.chips:
            chip.blockSignals(True)
            self._flow.removeWidget(chip)
            chip.hide()
            # Later: the chip may be the one whose click brought us here.
            chip.deleteLater()
        self.chips = []
        for index, name in chip_order(found):
            chip = Chip(index, name, found[index].kind, self.holder)
            chip.clicked.connect(self._chip_clicked)
            chip.hovered.connect(self._point_at)
            self._flow.addWidget(chip)
            chip.show()
            self.chips.append(chip)

    @Slot()
    def _dress(self) -> None:
        for chip in self.chips:
            if chip.kind == "area":
                chip.setStyleSheet(f"color: {theme.tokens()['second']};")

    def _point_at(self, index: int | None) -> None:
        document = self._app.document
        found = document.state.found if document is not None else ()
        self._app.workspace.point_at(found[index] if index is not None and index < len(found) else None)

    @Slot()
    def _chip_clicked(self) -> None:
        chip = self.sender()
        if isinstance(chip, Chip):
            self._app.verbs.perform("object.lift", object=chip.index)

    @Slot()
    def _lift_all(self) -> None:
        self._app.verbs.ask("objects.lift_all")
