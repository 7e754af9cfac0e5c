"""The scene: layers as items over the composed picture, and the marks of selections and tools."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainterPath, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsScene

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.basics.mask import Array, Box, intersect_boxes, unite_boxes
from inpaint_studio.document import Change
from inpaint_studio.document.changes import difference
from inpaint_studio.document.transform import transform_point
from inpaint_studio.editor.canvas.items import ImageItem, LayerItem, OutlineItem, PictureItem
from inpaint_studio.editor.canvas.picture import Picture, straight
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.images import tinted, to_image
from inpaint_studio.editor.theme import color
from inpaint_studio.render import layer_surface, to_srgb

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

    from inpaint_studio.document import Layer, State
    from inpaint_studio.editor.session import Session

_AT_ONCE = 1 << 20
"""A change of up to this many pixels is composed before the next frame, more in pieces between frames."""
_MANY_CORNERS = 20_000
_LARGE = 1 << 22
"""Masks of more pixels are traced through the middles of their outermost pixels."""
_COARSE = 1 << 19
"""A tint that follows the pointer has at most about so many pixels."""
_Z_PATCH, _Z_LAYERS, _Z_TINT, _Z_OUTLINE, TOOL_Z = 10, 20, 1000, 1010, 1020


def outline(mask: Mask) -> QPainterPath:
    """The edge of a mask at half coverage as closed lines along the pixel borders.

    One of very many corners is drawn to within a pixel, a very large one to within half a pixel.
    """
    import cv2

    path = QPainterPath()
    if not mask:
        return path
    solid = np.pad((mask.crop > 127).astype(np.uint8), 1)
    # Doubled, so that the contour through pixel centres becomes one along the borders.
    times = 2 if solid.size <= _LARGE else 1
    traced = cv2.resize(solid, None, fx=times, fy=times, interpolation=cv2.INTER_NEAREST)
    contours, _ = cv2.findContours(traced, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if sum(map(len, contours)) > _MANY_CORNERS:
        contours = [cv2.approxPolyDP(c, 1.5, closed=True) for c in contours]
    for contour in contours:
        points = (contour[:, 0, :].astype(np.float64) + 0.5) / times - 1 + (mask.x, mask.y)
        path.addPolygon(QPolygonF([QPointF(*p) for p in points.tolist()]))
        path.closeSubpath()
    return path


class Scene(QGraphicsScene):
    """Shows the session's document. Scene coordinates are canvas pixels, pixel centres at .5."""

    settled = Signal()
    """Everything that changed is composed."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._session = session
        self._picture_item: PictureItem | None = None
        self._items: dict[str, LayerItem] = {}
        self._live: str | None = None
        self._ending = False
        self._waiting: list[Box] = []
        self._below = ImageItem(board=True)
        self._tint = ImageItem()
        self._selection = OutlineItem()
        self._hover = ImageItem()
        for item, z in (
            (self._below, _Z_PATCH),
            (self._hover, _Z_TINT),
            (self._tint, _Z_TINT),
            (self._selection, _Z_OUTLINE),
        ):
            item.setZValue(z)
            item.setVisible(False)
            self.addItem(item)
        self._previewed: Box = (0, 0, 0, 0)
        self._composing = QTimer(self)
        self._composing.setInterval(0)
        self._composing.timeout.connect(self._compose_some)
        self._marching = QTimer(self)
        self._marching.setInterval(120)
        self._marching.timeout.connect(self._selection.march)
        follow(self, session.changed, self._changed)
        follow(self, session.replaced, self._replaced)
        follow(self, session.hovered, self.highlight)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the canvas; 0, 0 without a document."""
        return self._picture_item.picture.size if self._picture_item is not None else (0, 0)

    @property
    def busy(self) -> bool:
        """Whether a part of the picture is still to be composed."""
        return bool(self._waiting)

    # Following the document

    def _replaced(self) -> None:
        self.end_live()
        if self._picture_item is not None:
            self.removeItem(self._picture_item)
            self._picture_item = None
        for item in self._items.values():
            self.removeItem(item)
        self._items.clear()
        self._waiting.clear()
        self._previewed = (0, 0, 0, 0)
        self.highlight(None)
        document = self._session.document
        if document is not None:
            self._picture_item = PictureItem(Picture(document))
            self.addItem(self._picture_item)
            _, _, width, height = document.canvas
            # Room around, so that every point can be scrolled under the pointer when zooming.
            self.setSceneRect(QRectF(-width, -height, 3 * width, 3 * height))
            self._compose(document.canvas)
            self._sync_items()
        self._show_selection()

    def _changed(self, change: Change) -> None:
        if change.canvas:
            self._replaced()
            return
        if change.layers:
            self._sync_items()
        if change.selection:
            self._show_selection()
        self._compose(change.rect)
        if self._live is not None and not self._ending and (change.layers or change.fills):
            self._refresh_live()

    def _sync_items(self) -> None:
        assert self._session.document is not None
        layers = self._session.document.layers
        for key in self._items.keys() - {x.id for x in layers}:
            if key == self._live:
                self.end_live()
            self.removeItem(self._items.pop(key))
        for index, layer in enumerate(layers):
            item = self._items.get(layer.id)
            if item is None:
                item = self._items[layer.id] = LayerItem(layer)
                self.addItem(item)
            item.follow(layer)
            item.setZValue(_Z_LAYERS + index)

    def _compose(self, box: Box) -> None:
        if self._picture_item is None or not (box[2] and box[3]):
            return
        if box[2] * box[3] <= _AT_ONCE:
            self._repair(box)
            if not self._waiting:
                self._all_composed()
            return
        self._waiting += [t for t in Picture.tiles(box) if t not in self._waiting]
        self._composing.start()

    def _repair(self, box: Box) -> None:
        assert self._picture_item is not None
        self._picture_item.picture.repair(box)
        self._picture_item.update(QRectF(*box))

    def _compose_some(self) -> None:
        if self._waiting and self._picture_item is not None:
            self._repair(self._waiting.pop(0))
        if not self._waiting:
            self._composing.stop()
            self._all_composed()

    def _all_composed(self) -> None:
        if self._ending:
            self.end_live()
        self.settled.emit()

    def pixels(self) -> Array:
        """The whole canvas as it is composed, premultiplied BGRA in sRGB; to be called with a document."""
        assert self._picture_item is not None
        while self._waiting:
            self._compose_some()
        return self._picture_item.picture.pixels()

    # Previews of a mask being painted

    def preview_layer(self, layer: Layer, box: Box) -> None:
        """Composes a canvas box as if `layer` stood in its namesake's place."""
        document = self._session.document
        if document is None or self._picture_item is None:
            return
        tree = document.tree.with_nodes(layer)
        self._picture_item.picture.repair(box, document.state.with_tree(tree))
        self._picture_item.update(QRectF(*box))
        self._previewed = unite_boxes((self._previewed, box))

    def end_preview(self) -> None:
        """Composes what `preview_layer` may have changed as the document has it."""
        box, self._previewed = self._previewed, (0, 0, 0, 0)
        self._compose(box)

    def refresh_selection(self) -> None:
        """Draws the document's selection again after previews of another."""
        self._show_selection()

    # Moving a layer

    def begin_live(self, layer_id: str) -> None:
        """Takes a layer out of the composed picture, to be moved by `move_live`."""
        self.end_live()
        self._live = layer_id
        self._refresh_live()

    def _refresh_live(self) -> None:
        """What lies below the moving layer as one image, the layer and those above it as items."""
        document = self._session.document
        assert document is not None and self._live is not None
        state = document.state
        index = next(i for i, layer in enumerate(state.layers) if layer.id == self._live)
        without = _without(state, self._live)
        above = [
            x for x in without.layers[index:] if without.tree.shows(x) and x.id not in without.tree.at_home
        ]
        boxes = [state.layers[index].bounds(), *(x.bounds() for x in above)]
        # Without the layer others may get up or lie down, and its hole opens.
        boxes.append(difference(state, without).rect)
        x, y, w, h = box = intersect_boxes(unite_boxes(boxes), document.canvas)
        if w and h:
            self._below.show_image(straight(document.snapshot().with_state(without), box, (0, index)), x, y)
        self._go_live(without, state.layers[index])
        for layer in above:
            self._go_live(without, layer)

    def _go_live(self, state: State, layer: Layer) -> None:
        assert self._session.document is not None
        snapshot = self._session.document.snapshot().with_state(state)
        surface = layer_surface(snapshot, layer)
        (x, y, _, _), pixels = surface.box, surface.pixels
        image = to_image(to_srgb(pixels, self._session.document.photo.icc)) if pixels.size else QImage()
        self._items[layer.id].go_live(image, x, y, QRectF(*self._session.document.canvas))

    def move_live(self, change: QTransform) -> None:
        """Draws the live layer moved by `change`, canvas to canvas."""
        if self._live is not None:
            self._items[self._live].setTransform(change)

    def end_live(self) -> None:
        """Shows the composed picture again."""
        if self._live is None:
            return
        self._live, self._ending = None, False
        for item in self._items.values():
            if item.live:
                item.rest()
        self._below.show_image(None)

    def commit_live(self, change: Callable[[], object]) -> None:
        """Makes the change that the drag stood for; the live layer stays until it is composed."""
        self._ending = True
        try:
            change()
        finally:
            if not self._waiting:
                self.end_live()

    def layer_at(self, x: float, y: float) -> str | None:
        """The topmost visible, unlocked layer that covers a canvas point; not the backdrop."""
        document = self._session.document
        if document is None:
            return None
        for layer in reversed(document.layers):
            if not layer.movable or not document.tree.shows(layer) or layer.locked:
                continue
            sx, sy = transform_point(layer.transform.inverse(), x, y)
            if layer.mask is None:
                height, width = layer.source.shape[:2]
                hit = 0 <= sx < width and 0 <= sy < height
            else:
                hit = layer.mask.window((int(np.floor(sx)), int(np.floor(sy)), 1, 1))[0, 0] > 24
            if hit:
                return layer.id
        return None

    def found_at(self, x: float, y: float) -> FoundObject | None:
        """The smallest found object under a canvas point; areas only where there is no thing."""
        document = self._session.document
        if document is None:
            return None
        bx, by = (int(np.floor(v)) for v in (x, y))
        hits = [o for o in document.state.found if o.mask.window((bx, by, 1, 1))[0, 0] > 127]
        things = [o for o in hits if o.kind == "thing"]
        return min(things or hits, key=lambda o: o.mask.area, default=None)

    # Marks

    def show_original(self, on: bool) -> None:
        """Shows the photo as it was opened instead of the document."""
        document = self._session.document
        if document is None or self._picture_item is None:
            return
        self._picture_item.original = (
            to_image(_rgba(document.photo.pixels, document.photo.icc)) if on else None
        )
        self._picture_item.update()
        for item in (self._selection, self._tint):
            item.setOpacity(0.0 if on else 1.0)

    def highlight(self, found: FoundObject | None) -> None:
        """Tints the found object pointed at."""
        self.highlight_mask(found.mask if found is not None else None)

    def highlight_mask(self, mask: Mask | None) -> None:
        """Tints what a click would take, coarsely where it is large: it follows the pointer."""
        if not mask:
            self._hover.show_image(None)
            return
        step = max(1, math.ceil(math.sqrt(mask.crop.size / _COARSE)))
        shade = color("accent-line")
        tint = tinted(mask.crop[::step, ::step], (shade.red(), shade.green(), shade.blue()), 0.38)
        self._hover.show_image(tint, mask.x, mask.y, step)

    def _show_selection(self) -> None:
        document = self._session.document
        selection = document.state.selection if document is not None else None
        self.show_selection(selection)

    def show_selection(self, selection: Mask | None, outlined: bool = True) -> None:
        """Draws a selection; without its outline, which takes longer than a frame, while it is painted."""
        edge = outline(selection) if selection is not None and outlined else QPainterPath()
        self._selection.set_path(edge)
        self._show_tint(self._tint, selection, 0.2 if outlined else 0.35)
        if selection is not None:
            self._marching.start()
        else:
            self._marching.stop()

    def show_tint(self, mask: Mask | None, colour: QColor | None = None, strength: float = 0.45) -> None:
        """Tints an area that is being painted."""
        self._show_tint(self._tint, mask, strength, colour)

    @staticmethod
    def _show_tint(item: ImageItem, mask: Mask | None, strength: float, colour: QColor | None = None) -> None:
        if not mask:
            item.show_image(None)
            return
        shade = colour or color("accent-line")
        item.show_image(
            tinted(mask.crop, (shade.red(), shade.green(), shade.blue()), strength), mask.x, mask.y
        )


def _without(state: State, layer_id: str) -> State:
    return state.with_tree(state.tree.without({layer_id}))


def _rgba(pixels: Array, icc: bytes | None) -> Array:
    pixels = to_srgb(pixels, icc)
    if pixels.shape[2] == 4:
        return pixels
    return np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
