"""The layers of a app as rows, topmost first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QImage

from inpaint_studio.document import parts
from inpaint_studio.document.properties import THUMBNAIL, changed
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.panels.thumbnails import Thumbnails

if TYPE_CHECKING:
    from inpaint_studio.app.application import Application
    from inpaint_studio.document import Change, Document, Layer

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
THUMBNAIL_SIZE = 96
"""Twice the width shown, for screens with small pixels."""


def holes_in_words(document: Document, layer: Layer) -> str:
    """What is known of a layer's holes: "", "2 holes filled", "filling…" or "not filled"."""
    pieces = parts(document.tree, layer)
    if not pieces:
        return ""
    rough = [p for p in pieces if not document.fills.is_final(p.key)]
    if rough:
        return "not filled" if all(document.fills.given_up(p.key) for p in rough) else "filling…"
    return "1 hole filled" if len(pieces) == 1 else f"{len(pieces)} holes filled"


def note_of(document: Document, layer: Layer) -> str:
    """The second line of a layer: its size or its holes, and what is unusual about it."""
    _, _, width, height = layer.bounds()
    holes = holes_in_words(document, layer)
    words = [holes] if holes and not layer.movable else [f"{width} × {height}", holes]
    if layer.blend != "normal":
        words.append(layer.blend.replace("-", " "))
    if layer.opacity < 1:
        words.append(f"{round(layer.opacity * 100)} %")
    return " · ".join(w for w in words if w)


class LayerModel(QAbstractListModel):
    """Follows the app by what really changed, so that the view keeps its place and its editor."""

    def __init__(self, app: Application, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._layers: list[Layer] = []
        self._resting: frozenset[str] = frozenset()
        self.thumbnails = Thumbnails(app, THUMBNAIL_SIZE, self)
        self.thumbnails.ready.connect(self._repaint)
        follow(self, app.workspace.changed, self._follow)
        follow(self, app.workspace.current_changed, self._restart)
        self._restart()

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._layers)

    def layer(self, row: int) -> Layer | None:
        """The layer of a row; None outside."""
        return self._layers[row] if 0 <= row < len(self._layers) else None

    def row_of(self, layer_id: str | None) -> int:
        """The row of a layer; -1 for an unknown one."""
        return next((i for i, x in enumerate(self._layers) if x.id == layer_id), -1)

    def note(self, row: int) -> str:
        layer, document = self.layer(row), self._app.document
        return note_of(document, layer) if layer is not None and document is not None else ""

    def thumbnail(self, row: int) -> QImage | None:
        layer = self.layer(row)
        return None if layer is None else self.thumbnails.get(layer.id)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        layer = self.layer(index.row())
        if layer is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return layer.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            states = ("" if layer.visible else "hidden", "locked" if layer.locked else "")
            return ", ".join(w for w in (layer.name, self.note(index.row()), *states) if w)
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        layer = self.layer(index.row())
        name = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or layer is None or not name or name == layer.name:
            return False
        self._app.verbs.set_property(layer.id, "name", name)
        return True

    def flags(self, index: _Index) -> Qt.ItemFlag:
        layer = self.layer(index.row())
        if layer is None:
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable
        if layer.movable and not layer.locked:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    @Slot(object)
    def _follow(self, change: Change) -> None:
        if change.layers or change.canvas:
            self._sync()
        elif change.fills:
            self.thumbnails.expire(x.id for x in self._layers if x.holes)
            self._repaint_all()

    @Slot()
    def _restart(self) -> None:
        self.beginResetModel()
        self._layers, self._resting = self._wanted(), self._at_home()
        self.endResetModel()
        self.thumbnails.keep_only(set())
        self.thumbnails.expire(x.id for x in self._layers)

    def _wanted(self) -> list[Layer]:
        document = self._app.document
        return [] if document is None else list(reversed(document.layers))

    def _at_home(self) -> frozenset[str]:
        document = self._app.document
        return frozenset() if document is None else document.tree.at_home

    def _sync(self) -> None:
        wanted = self._wanted()
        before = {x.id: x for x in self._layers}
        resting = self._at_home()
        # The hole of a cutout is closed as long as that rests at home.
        woken, self._resting = self._resting ^ resting, resting
        ids = {x.id for x in wanted}
        self._remove(ids)
        self._sort([x.id for x in wanted if x.id in before])
        for row, layer in enumerate(wanted):
            if layer.id not in before:
                self.beginInsertRows(QModelIndex(), row, row)
                self._layers.insert(row, layer)
                self.endInsertRows()
        self._layers = wanted
        self.thumbnails.keep_only(ids)
        self.thumbnails.expire(
            x.id
            for x in wanted
            if x.id not in before
            or changed(before[x.id], x) & THUMBNAIL
            or any(hole.owner in woken for hole in x.holes)
        )
        self._repaint_all()

    def _remove(self, keep: set[str]) -> None:
        for row in reversed(range(len(self._layers))):
            if self._layers[row].id not in keep:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._layers[row]
                self.endRemoveRows()

    def _sort(self, order: list[str]) -> None:
        if [x.id for x in self._layers] == order:
            return
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        new_rows = [order.index(self._layers[i.row()].id) for i in old]
        self._layers.sort(key=lambda layer: order.index(layer.id))
        self.changePersistentIndexList(old, [self.index(row) for row in new_rows])
        self.layoutChanged.emit()

    @Slot(str)
    def _repaint(self, layer_id: str) -> None:
        index = self.index(self.row_of(layer_id))
        self.dataChanged.emit(index, index)

    def _repaint_all(self) -> None:
        if self._layers:
            self.dataChanged.emit(self.index(0), self.index(len(self._layers) - 1))
