"""The layers panel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QMimeData, QPoint, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget

from inpaint_studio.document import Layer
from inpaint_studio.document.properties import properties
from inpaint_studio.editor import theme
from inpaint_studio.editor.actions import add_verbs, with_keys
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.layer_mime import clip_in, source_of
from inpaint_studio.editor.panels.layer_list import LayerList
from inpaint_studio.editor.panels.layer_model import LayerModel
from inpaint_studio.editor.panels.property_rows import Control, control_for
from inpaint_studio.editor.widgets import GAP, HEADER_HEIGHT, MARGIN, Line, Panel, icon_button
from inpaint_studio.studio.clips import paste
from inpaint_studio.studio.verbs import VERBS, context_menu

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.document import Node
    from inpaint_studio.studio.verbs import Verb


class LayersPanel(Panel):
    """All layers, topmost first, with blend mode and opacity of the active one."""

    def __init__(self, app: Application, parent: QWidget | None = None) -> None:
        super().__init__("Layers", parent)
        self._app = app
        self.buttons = {
            verb_id: self._button(icon, VERBS[verb_id])
            for verb_id, icon in (
                ("layer.put_back", "put-back"), ("layer.duplicate", "duplicate"), ("layer.delete", "trash"),
            )
        }  # fmt: skip
        self.search = icon_button("zoom", "Filter layers by name", checkable=True, parent=self)
        self.header.add(self.search)
        self.words = QLineEdit()
        self.words.setPlaceholderText("Name of a layer")
        self.words.setAccessibleName("Filter layers by name")
        self.words.setClearButtonEnabled(True)
        self.words.hide()
        known = properties(Layer)
        self._controls = control_for(known["blend"]), control_for(known["opacity"], beside=True)
        self.blend, self.opacity = (control.widget for control in self._controls)
        self.blend.setFixedWidth(104)
        self._top = QWidget()
        row = QHBoxLayout(self._top)
        row.setContentsMargins(MARGIN, GAP // 2, MARGIN, GAP // 2)
        row.setSpacing(GAP)
        row.addWidget(self.blend)
        row.addWidget(self.opacity, 1)
        self.model = LayerModel(app, self)
        self.list = LayerList(self.model)
        for widget in (self._top, Line(), self.words):
            self.body.addWidget(widget)
        self.body.addWidget(self.list, 1)
        self._connect()
        self._show_active()

    def _button(self, icon: str, verb: Verb) -> QToolButton:
        button = icon_button(icon, verb.title, parent=self)
        button.clicked.connect(partial(self._ask, verb.id))
        self.header.add(button)
        return button

    def _connect(self) -> None:
        app = self._app
        for control in self._controls:
            control.changed.connect(self._value_chosen)
            control.finished.connect(app.verbs.end_merging)
        self.search.toggled.connect(self._search)
        self.words.textChanged.connect(self._filter)
        self.list.chosen.connect(self._rows_chosen)
        self.list.eye_clicked.connect(self._eye_clicked)
        self.list.lock_clicked.connect(self._lock_clicked)
        self.list.dropped.connect(self._dropped)
        self.list.key_command.connect(self._key_command)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._show_menu)
        follow(self, app.workspace.active_changed, self._show_active)
        follow(self, app.workspace.selected_changed, self._show_active)
        follow(self, app.workspace.changed, self._show_active)
        follow(self, app.workspace.current_changed, self._show_active)

    def height_for(self, rows: int) -> int:
        """The height in which so many layers are seen."""
        top = HEADER_HEIGHT + self._top.sizeHint().height() + 1
        return top + rows * theme.LAYER_ROW_HEIGHT + 2 * self.list.frameWidth()

    @property
    def active(self) -> Node | None:
        """The active node, be it in a collapsed group."""
        document = self._app.document
        return None if document is None else document.tree.find(self._app.active)

    @Slot()
    def _show_active(self, *_: object) -> None:
        """Shows the active layer's row, blend mode and opacity; what cannot be done is dimmed."""
        layer = self.active
        self._show_selected()
        tree = None if self._app.document is None else self._app.document.tree
        for control in self._controls:
            control.follow(tree, layer)
        context = self._app.verbs.context()
        for verb_id, button in self.buttons.items():
            refusal = VERBS[verb_id].possible(context)
            button.setEnabled(refusal is None)
            button.setToolTip(refusal or with_keys(VERBS[verb_id]))

    def _show_selected(self) -> None:
        """Selects the rows of the nodes that are chosen together; the active one is the current row."""
        rows = {self.model.row_of(each) for each in self._app.workspace.selected} - {-1}
        model, flags = self.list.selectionModel(), QItemSelectionModel.SelectionFlag
        if rows != {index.row() for index in self.list.selectedIndexes()}:
            wanted = QItemSelection()
            for row in sorted(rows):
                wanted.select(self.model.index(row), self.model.index(row))
            model.select(wanted, flags.ClearAndSelect)
        row = self.model.row_of(self._app.active)
        if row != self.list.currentIndex().row():
            # Not by the view: it would add to the selection while a key such as Ctrl+J is held.
            model.setCurrentIndex(self.model.index(row), flags.NoUpdate)
            self.list.scrollTo(self.model.index(row))

    def _search(self, on: bool) -> None:
        """Shows the field to filter by; without it all layers are listed."""
        self.words.setVisible(on)
        if on:
            self.words.setFocus()
        else:
            self.words.clear()

    def _filter(self, words: str) -> None:
        self.model.filter(words)
        self._show_selected()

    def _ask(self, verb_id: str, _checked: bool = False) -> None:
        self._app.verbs.ask(verb_id)

    @Slot()
    def _rows_chosen(self) -> None:
        ids, current = self.list.selected_ids(), self.model.node(self.list.currentIndex().row())
        if ids:
            self._app.workspace.select(ids, None if current is None else current.id)

    @Slot(object)
    def _value_chosen(self, value: object) -> None:
        layer, control = self.active, self.sender()
        if layer is not None and isinstance(control, Control):
            self._app.verbs.set_property(None, control.known.name, value, merging=control.merging)

    @Slot(str, bool)
    def _eye_clicked(self, layer_id: str, alone: bool) -> None:
        self._app.verbs.ask("layer.solo" if alone else "layer.toggle_visible", layer=layer_id)

    @Slot(str)
    def _lock_clicked(self, layer_id: str) -> None:
        self._app.verbs.ask("layer.toggle_locked", layer=layer_id)

    @Slot(object, int)
    def _dropped(self, mime: QMimeData, gap: int) -> None:
        """The rows that were dragged come to lie in a gap; those of another document are copied."""
        opened = self._app.workspace.current
        if opened is None:
            return
        if source_of(mime) is not opened:
            with self._app.notices.attempt():
                clip = clip_in(mime)
                if clip is not None:
                    opened.select(paste(opened.document, clip, above=opened.active))
            return
        target = self.model.target(opened.selected, gap)
        if target is not None:
            group, index = target
            self._app.verbs.perform("layer.move_into", group=group, index=index)

    @Slot(str)
    def _key_command(self, name: str) -> None:
        self._app.verbs.ask(f"layer.{name}")

    @Slot()
    def rename(self) -> None:
        """Lets the user type a new name into the row of the active layer."""
        if self.active is not None:
            self.list.edit(self.list.currentIndex())

    def menu(self) -> QMenu | None:
        """The menu of the active layer; the caller shows and deletes it."""
        layer = self.active
        if layer is None:
            return None
        return add_verbs(
            QMenu(self),
            context_menu("layer"),
            self._app,
            layer=layer.id,
            layers=list(self._app.workspace.selected),
        )

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        menu = self.menu() if self.list.indexAt(place).isValid() else None
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.list.viewport().mapToGlobal(place))
