"""The layers panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from inpaint_studio.document import Layer
from inpaint_studio.document.properties import properties
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.panels.layer_list import LayerList
from inpaint_studio.editor.panels.layer_model import LayerModel
from inpaint_studio.editor.panels.property_rows import Control, control_for
from inpaint_studio.editor.widgets import GAP, MARGIN, Line, Panel, icon_button

if TYPE_CHECKING:
    from inpaint_studio.editor.session import Session


class LayersPanel(Panel):
    """All layers, topmost first, with blend mode and opacity of the active one."""

    refine_asked = Signal()
    """The edge of the active layer shall be refined."""
    enhance_asked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Layers", parent)
        self._session = session
        self._put_back = self._button("put-back", "Put back where it was lifted", self.put_back)
        self._duplicate = self._button("duplicate", "Duplicate (Ctrl+J)", self.duplicate)
        self._delete = self._button("trash", "Delete (Del)", self.delete)
        known = properties(Layer)
        self._controls = control_for(known["blend"]), control_for(known["opacity"], beside=True)
        self.blend, self.opacity = (control.widget for control in self._controls)
        self.blend.setFixedWidth(104)
        top = QWidget()
        row = QHBoxLayout(top)
        row.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        row.setSpacing(GAP)
        row.addWidget(self.blend)
        row.addWidget(self.opacity, 1)
        self.model = LayerModel(session, self)
        self.list = LayerList(self.model)
        for widget in (top, Line()):
            self.body.addWidget(widget)
        self.body.addWidget(self.list, 1)
        self._connect()
        self._show_active()

    def _button(self, icon: str, tooltip: str, slot: object) -> QToolButton:
        button = icon_button(icon, tooltip, parent=self)
        button.clicked.connect(slot)
        self.header.add(button)
        return button

    def _connect(self) -> None:
        session = self._session
        for control in self._controls:
            control.changed.connect(self._value_chosen)
            control.finished.connect(session.end_merging)
        self.list.selectionModel().currentChanged.connect(self._row_chosen)
        self.list.eye_clicked.connect(self._eye_clicked)
        self.list.lock_clicked.connect(self._lock_clicked)
        self.list.dropped.connect(self._dropped)
        self.list.key_command.connect(self._key_command)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._show_menu)
        follow(self, session.active_changed, self._show_active)
        follow(self, session.changed, self._show_active)
        follow(self, session.replaced, self._show_active)

    @property
    def active(self) -> Layer | None:
        """The active layer."""
        return self.model.layer(self.model.row_of(self._session.active))

    def _lifted(self, layer: Layer | None) -> bool:
        """Whether a layer was lifted from one that is still here."""
        document = self._session.document
        return document is not None and layer is not None and document.tree.origin(layer) is not None

    @Slot()
    def _show_active(self, *_: object) -> None:
        """Shows the active layer's row, blend mode and opacity; what cannot be done is dimmed."""
        layer = self.active
        row = self.model.row_of(self._session.active)
        if row != self.list.currentIndex().row():
            self.list.setCurrentIndex(self.model.index(row))
        for control in self._controls:
            control.follow(layer)
        free = layer is not None and layer.movable and not layer.locked
        self._delete.setEnabled(free)
        self._put_back.setEnabled(free and self._lifted(layer))
        self._duplicate.setEnabled(layer is not None)

    @Slot(QModelIndex)
    def _row_chosen(self, current: QModelIndex, _previous: object = None) -> None:
        layer = self.model.layer(current.row())
        if layer is not None and layer.id != self._session.active:
            self._session.set_active(layer.id)

    @Slot(object)
    def _value_chosen(self, value: object) -> None:
        layer, control = self.active, self.sender()
        if layer is not None and isinstance(control, Control):
            self._session.set_property(layer.id, control.known.name, value, merging=control.merging)

    @Slot(str, bool)
    def _eye_clicked(self, layer_id: str, alone: bool) -> None:
        layer = self.model.layer(self.model.row_of(layer_id))
        if alone:
            self._session.solo(layer_id)
        elif layer is not None:
            self._session.set_property(layer_id, "visible", not layer.visible)

    @Slot(str)
    def _lock_clicked(self, layer_id: str) -> None:
        layer = self.model.layer(self.model.row_of(layer_id))
        if layer is not None:
            self._session.set_property(layer_id, "locked", not layer.locked)

    @Slot(str, int)
    def _dropped(self, layer_id: str, gap: int) -> None:
        row = self.model.row_of(layer_id)
        target = gap - 1 if gap > row else gap
        if target != row:
            self._session.reorder(layer_id, self.model.rowCount() - 1 - target)

    @Slot(str)
    def _key_command(self, name: str) -> None:
        {"delete": self.delete, "duplicate": self.duplicate}[name]()

    @Slot()
    def delete(self) -> None:
        layer = self.active
        if layer is not None and layer.movable and not layer.locked:
            self._session.delete(layer.id)

    @Slot()
    def duplicate(self) -> None:
        layer = self.active
        if layer is not None:
            self._session.duplicate(layer.id)

    @Slot()
    def put_back(self) -> None:
        layer = self.active
        if layer is not None:
            self._session.put_back(layer.id)

    @Slot()
    def rename(self) -> None:
        """Lets the user type a new name into the row of the active layer."""
        if self.active is not None:
            self.list.edit(self.list.currentIndex())

    @Slot()
    def toggle_visible(self) -> None:
        if self.active is not None:
            self._eye_clicked(self.active.id, False)

    @Slot()
    def toggle_lock(self) -> None:
        if self.active is not None:
            self._lock_clicked(self.active.id)

    @Slot()
    def solo(self) -> None:
        if self.active is not None:
            self._session.solo(self.active.id)

    def menu(self) -> QMenu | None:
        """The menu of the active layer; the caller shows and deletes it."""
        layer = self.active
        if layer is None:
            return None
        menu = QMenu(self)
        free = layer.movable and not layer.locked
        menu.addAction("Rename\tF2", self.rename)
        menu.addAction("Duplicate\tCtrl+J", self.duplicate)
        put_back = menu.addAction("Put back\tCtrl+Shift+J", self.put_back)
        put_back.setEnabled(free and self._lifted(layer))
        menu.addSeparator()
        refine = menu.addAction("Refine edge…\tCtrl+Alt+R", self.refine_asked.emit)
        refine.setEnabled(free and layer.mask is not None)
        menu.addAction("Enhance…", self.enhance_asked.emit).setEnabled(not layer.movable or free)
        menu.addSeparator()
        menu.addAction("Hide" if layer.visible else "Show", self.toggle_visible)
        menu.addAction("Unlock" if layer.locked else "Lock", self.toggle_lock)
        menu.addAction("Show only this\tAlt+click on the eye", self.solo)
        menu.addSeparator()
        menu.addAction("Delete\tDel", self.delete).setEnabled(free)
        return menu

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        menu = self.menu() if self.list.indexAt(place).isValid() else None
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.list.viewport().mapToGlobal(place))
