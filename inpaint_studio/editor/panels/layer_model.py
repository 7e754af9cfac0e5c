"""The nodes of the document in front as rows, topmost first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Slot,
)
from PySide6.QtGui import QImage

from inpaint_studio.document import Group, Layer, Tree, parts
from inpaint_studio.document.properties import THUMBNAIL, changed
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.layer_mime import LAYERS, mime_of
from inpaint_studio.editor.panels.thumbnails import Thumbnails
from inpaint_studio.studio.clips import copied

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inpaint_studio.app.application import Application
    from inpaint_studio.document import Change, Document, Node

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


def note_of(document: Document, node: Node) -> str:
    """The second line of a row: size and holes, or what is in a group, and what is unusual about it."""
    words = [_size_of(document, node)]
    if node.blend != "normal":
        words.append(node.blend.replace("-", " "))
    if node.opacity < 1:
        words.append(f"{round(node.opacity * 100)} %")
    return " · ".join(w for w in words if w)


def _size_of(document: Document, node: Node) -> str:
    if isinstance(node, Group):
        count = len(Tree(node.children).layers)
        return "1 layer" if count == 1 else f"{count} layers"
    if not isinstance(node, Layer):
        return "changes all below"
    holes = holes_in_words(document, node)
    if holes and not node.movable:
        return holes
    _, _, width, height = node.bounds()
    return " · ".join(w for w in (f"{width} × {height}", holes) if w)


def _rows(nodes: tuple[Node, ...], collapsed: set[str]) -> Iterator[Node]:
    """Nodes topmost first, each group above what is in it; the inside of those collapsed is left out."""
    for node in reversed(nodes):
        yield node
        if isinstance(node, Group) and node.id not in collapsed:
            yield from _rows(node.children, collapsed)


class LayerModel(QAbstractListModel):
    """Follows what really changed in the document, so that the view keeps its place and its editor."""

    def __init__(self, app: Application, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._nodes: list[Node] = []
        self._collapsed: set[str] = set()
        self._words = ""
        self._resting: frozenset[str] = frozenset()
        self.thumbnails = Thumbnails(app, THUMBNAIL_SIZE, self)
        self.thumbnails.ready.connect(self._repaint)
        follow(self, app.workspace.changed, self._follow)
        follow(self, app.workspace.current_changed, self._restart)
        self._restart()

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._nodes)

    def node(self, row: int) -> Node | None:
        """The node of a row; None outside."""
        return self._nodes[row] if 0 <= row < len(self._nodes) else None

    def row_of(self, node_id: str | None) -> int:
        """The row of a node; -1 for one that is unknown or in a collapsed group."""
        return next((i for i, x in enumerate(self._nodes) if x.id == node_id), -1)

    def depth(self, row: int) -> int:
        """How many groups the node of a row is in."""
        node, document = self.node(row), self._app.document
        return 0 if node is None or document is None else len(document.tree.groups_of(node.id))

    def is_collapsed(self, node_id: str) -> bool:
        return node_id in self._collapsed

    def toggle(self, group_id: str) -> None:
        """Hides the rows of what is in a group, or shows them again."""
        self._collapsed ^= {group_id}
        self._sync()

    def filter(self, words: str) -> None:
        """Shows only nodes in whose names the words occur, in collapsed groups, too; all of them for none."""
        self._words = words.strip().casefold()
        self._sync()

    def target(self, node_ids: Sequence[str], gap: int) -> tuple[str | None, int] | None:
        """The group and the place in it, without the nodes themselves, that a gap between rows stands for.

        None if one of the nodes lies below the gap.
        """
        document, below = self._app.document, self.node(gap)
        if document is None or (below is not None and below.id in node_ids):
            return None
        if below is None:
            return None, 0
        groups = document.tree.groups_of(below.id)
        rest = [each.id for each in document.tree.siblings(below.id) if each.id not in node_ids]
        return (groups[0].id if groups else None), rest.index(below.id) + 1

    def note(self, row: int) -> str:
        node, document = self.node(row), self._app.document
        return note_of(document, node) if node is not None and document is not None else ""

    def thumbnail(self, row: int) -> QImage | None:
        node = self.node(row)
        return None if node is None else self.thumbnails.get(node.id)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        node = self.node(index.row())
        if node is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return node.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return " · ".join(w for w in (node.name, self.note(index.row())) if w)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            states = ("" if node.visible else "hidden", "locked" if node.locked else "")
            return ", ".join(w for w in (node.name, self.note(index.row()), *states) if w)
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        node = self.node(index.row())
        name = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or node is None or not name or name == node.name:
            return False
        self._app.verbs.set_property(node.id, "name", name)
        return True

    def flags(self, index: _Index) -> Qt.ItemFlag:
        node = self.node(index.row())
        if node is None:
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable
        document = self._app.document
        # The document may be a step ahead of the rows.
        there = document is not None and document.tree.find(node.id) is not None
        if node.movable and there and document is not None and document.tree.locked_by(node.id) is None:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags

    def mimeTypes(self) -> list[str]:
        return [LAYERS]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The nodes of rows, to be dragged: copied only where they are dropped in another document."""
        opened, nodes = self._app.workspace.current, [self.node(index.row()) for index in indexes]
        assert opened is not None
        ids = [node.id for node in nodes if node is not None]
        return mime_of(lambda: copied(opened.document.snapshot(), ids), opened, "drag")

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    @Slot(object)
    def _follow(self, change: Change) -> None:
        if change.layers or change.canvas:
            self._sync()
        elif change.fills:
            self.thumbnails.expire(x.id for x in self._nodes if isinstance(x, Layer) and x.holes)
            self._repaint_all()

    @Slot()
    def _restart(self) -> None:
        self.beginResetModel()
        self._nodes, self._resting = self._wanted(), self._at_home()
        self.endResetModel()
        self.thumbnails.keep_only(set())
        self.thumbnails.expire(x.id for x in self._nodes if isinstance(x, Layer))

    def _wanted(self) -> list[Node]:
        document = self._app.document
        if document is None:
            return []
        rows = _rows(document.tree.roots, set() if self._words else self._collapsed)
        return [node for node in rows if self._words in node.name.casefold()]

    def _at_home(self) -> frozenset[str]:
        document = self._app.document
        return frozenset() if document is None else document.tree.at_home

    def _sync(self) -> None:
        wanted = self._wanted()
        before = {x.id: x for x in self._nodes}
        resting = self._at_home()
        # The hole of a cutout is closed as long as that rests at home.
        woken, self._resting = self._resting ^ resting, resting
        ids = {x.id for x in wanted}
        self._remove(ids)
        self._sort([x.id for x in wanted if x.id in before])
        for row, node in enumerate(wanted):
            if node.id not in before:
                self.beginInsertRows(QModelIndex(), row, row)
                self._nodes.insert(row, node)
                self.endInsertRows()
        self._nodes = wanted
        self.thumbnails.keep_only(ids)
        self.thumbnails.expire(
            x.id
            for x in wanted
            if isinstance(x, Layer)
            and (
                x.id not in before
                or changed(before[x.id], x) & THUMBNAIL
                or any(hole.owner in woken for hole in x.holes)
            )
        )
        self._repaint_all()

    def _remove(self, keep: set[str]) -> None:
        for row in reversed(range(len(self._nodes))):
            if self._nodes[row].id not in keep:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._nodes[row]
                self.endRemoveRows()

    def _sort(self, order: list[str]) -> None:
        if [x.id for x in self._nodes] == order:
            return
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        new_rows = [order.index(self._nodes[i.row()].id) for i in old]
        self._nodes.sort(key=lambda node: order.index(node.id))
        self.changePersistentIndexList(old, [self.index(row) for row in new_rows])
        self.layoutChanged.emit()

    @Slot(str)
    def _repaint(self, layer_id: str) -> None:
        index = self.index(self.row_of(layer_id))
        self.dataChanged.emit(index, index)

    def _repaint_all(self) -> None:
        if self._nodes:
            self.dataChanged.emit(self.index(0), self.index(len(self._nodes) - 1))
