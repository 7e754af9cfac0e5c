"""The scene: the picture of the document, and the marks of selections and tools over it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QColor, QRegion
from PySide6.QtWidgets import QGraphicsScene

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.basics.mask import Box, intersect_boxes
from inpaint_studio.document import Change, Snapshot, Transform
from inpaint_studio.document.changes import difference
from inpaint_studio.document.document import original_state
from inpaint_studio.document.transform import transform_point
from inpaint_studio.editor.canvas.guides import GuideItem, PixelGridItem
from inpaint_studio.editor.canvas.items import PictureItem, pixel_box
from inpaint_studio.editor.canvas.masks import MaskOutlineItem, TintItem
from inpaint_studio.editor.canvas.picture import Picture
from inpaint_studio.editor.canvas.pictures import KeptPictures
from inpaint_studio.editor.canvas.stacking import OUTLINE_Z, TINT_Z
from inpaint_studio.editor.following import follow
from inpaint_studio.editor.theme import color
from inpaint_studio.studio.selections import found_on_canvas

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtCore import QObject

    from inpaint_studio.app.application import Application
    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.document import Layer, State


class Scene(QGraphicsScene):
    """Shows the app's document. Scene coordinates are canvas pixels, pixel centres at .5."""

    def __init__(self, app: Application, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._app = app
        self._opened: OpenDocument | None = None
        self._kept = KeptPictures(app.workspace)
        self._picture_item: PictureItem | None = None
        self._picture: Picture | None = None
        self._original: Picture | None = None
        self._previewed: State | None = None
        self._tint, self._hover, self.outline = TintItem(), TintItem(), MaskOutlineItem()
        for item, z in ((self._hover, TINT_Z), (self._tint, TINT_Z), (self.outline, OUTLINE_Z)):
            item.setZValue(z)
            self.addItem(item)
        self._drawing = QTimer(self)
        self._drawing.setInterval(0)
        self._drawing.timeout.connect(self._draw_some)
        self._marching = QTimer(self)
        self._marching.setInterval(120)
        self._marching.timeout.connect(self.outline.march)
        follow(self, app.workspace.changed, self._changed)
        follow(self, app.workspace.current_changed, self._replaced)
        follow(self, app.workspace.solo_changed, self._looked_otherwise)
        follow(self, app.workspace.closed, self._kept.forget)
        follow(self, app.workspace.pointed_changed, self.highlight)
        self.grid, self.guides = PixelGridItem(app, self), GuideItem(app, self)
        self._replaced()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the canvas; 0, 0 without a document."""
        return self._picture.size if self._picture is not None else (0, 0)

    @property
    def busy(self) -> bool:
        """Whether a part of what is looked at is still to be drawn."""
        return self._drawing.isActive()

    def expose(self, region: QRegion) -> None:
        """Says which part of a view is painted next, in its pixels."""
        if self._picture_item is not None:
            self._picture_item.exposed = region

    # Following the document

    def _replaced(self) -> None:
        if self._picture_item is not None:
            self.removeItem(self._picture_item)
        self._drawing.stop()
        before, self._opened = self._opened, self._app.workspace.current
        if before is not None and before is not self._opened and self._picture is not None:
            self._kept.keep(before, self._picture)
        self._picture_item = self._picture = self._original = self._previewed = None
        self.highlight(None)
        document = self._app.document
        if document is not None and self._opened is not None:
            self._picture = self._kept.take(self._opened) or Picture(self._opened.seen_snapshot())
            self._picture_item = PictureItem(self._picture, self._drawing.start)
            self.addItem(self._picture_item)
            _, _, width, height = document.canvas
            # Room around, so that every point can be scrolled under the pointer when zooming.
            self.setSceneRect(QRectF(-width, -height, 3 * width, 3 * height))
            # The first picture may take a while: not in the first painting.
            self._drawing.start()
        self.refresh_selection()

    def _changed(self, change: Change) -> None:
        if change.canvas:
            self._replaced()
            return
        document = self._app.document
        assert document is not None
        if document.tree.base.id in change.nodes:
            self._original = None
        if change.selection:
            self.refresh_selection()
        previewed, boxes = self._previewed, change.boxes
        if previewed is not None and change.layers:
            # What was previewed is done now, or something else was.
            self._previewed = None
            boxes = (*boxes, *difference(previewed, document.state).boxes)
        self._show(self._previewed or document.state, boxes)

    def _looked_otherwise(self) -> None:
        """A node is shown alone, or all are again."""
        document = self._app.document
        if document is not None:
            self._show(self._previewed or document.state, (document.canvas,))

    # Drawing

    def _show(self, state: State, boxes: Iterable[Box]) -> None:
        """Has the picture show a state that differs in these boxes from the one before."""
        if self._picture is None or self._picture_item is None or self._opened is None:
            return
        boxes = tuple(boxes)
        self._picture.show(self._opened.document.snapshot().with_state(self._opened.seen(state)), boxes)
        left, top, _, _ = state.canvas
        for x, y, w, h in boxes:
            # Where the picture is shown small its pixels mix with their neighbours.
            near = 4 << self._seen()[0]
            self._picture_item.update(QRectF(x - left - near, y - top - near, w + 2 * near, h + 2 * near))

    def _seen(self) -> tuple[int, Box]:
        """The level of the picture that is looked at, and the box of the canvas."""
        assert self._picture_item is not None
        picture = self._picture_item.picture
        whole = (0, 0, *picture.size)
        for view in self.views():
            seen = view.mapToScene(view.viewport().rect()).boundingRect()
            scale = abs(view.transform().determinant()) ** 0.5 * view.devicePixelRatioF()
            return picture.level_for(scale), intersect_boxes(pixel_box(seen), whole)
        return 0, whole

    def _draw_some(self) -> None:
        item = self._picture_item
        if item is None:
            self._drawing.stop()
            return
        item.paint_again()
        level, box = self._seen()
        waiting = item.picture.waiting(level, box)
        if waiting:
            item.update(QRectF(*item.picture.draw(level, waiting[0])))
        if len(waiting) <= 1:
            self._drawing.stop()

    # Previews: the document as it would be

    def preview_layers(self, *layers: Layer) -> None:
        """Shows the document as if `layers` stood in the place of those of their ids, until `end_preview`."""
        document = self._app.document
        if document is None or any(document.state.layer(layer.id) is None for layer in layers):
            return
        state = document.state.with_tree(document.tree.with_nodes(*layers))
        self._preview(state, difference(self._previewed or document.state, state).boxes)

    def preview_mask(self, layer: Layer, mask: Mask, touched: Box) -> None:
        """As `preview_layers` with another mask, which differs from what is shown only in a canvas box."""
        document = self._app.document
        if document is not None and document.state.layer(layer.id) is not None:
            state = document.state.with_tree(document.tree.with_nodes(replace(layer, mask=mask)))
            self._preview(state, (touched,))

    def _preview(self, state: State, boxes: tuple[Box, ...]) -> None:
        self._previewed = state
        self._show(state, boxes)

    def end_preview(self) -> None:
        """Shows the document as it is again."""
        document, previewed = self._app.document, self._previewed
        self._previewed = None
        if document is not None and previewed is not None:
            self._show(document.state, difference(previewed, document.state).boxes)

    def move_layer(self, layer_id: str, transform: Transform) -> None:
        """Shows a layer under another transform, as it will be once that is applied."""
        document = self._app.document
        layer = document.state.layer(layer_id) if document is not None else None
        if layer is not None:
            self.preview_layers(replace(layer, transform=transform))

    # What lies where

    def layer_at(self, x: float, y: float) -> str | None:
        """The topmost visible, unlocked layer that covers a canvas point as it is shown and can be moved."""
        document = self._app.document
        if document is None:
            return None
        tree = (self._previewed or document.state).tree
        for layer in reversed(tree.layers):
            open_to_moves = layer.movable and tree.locked_by(layer.id) is None and tree.shows(layer)
            if open_to_moves and layer.covers(x, y):
                return layer.id
        return None

    def found_at(self, x: float, y: float) -> FoundObject | None:
        """The smallest object offered under a canvas point; areas only where there is no thing."""
        current = self._app.workspace.current
        if current is None:
            return None
        spot = transform_point(current.document.tree.base.transform.inverse(), x, y)
        hits = [o for o in current.finding.offered if o.mask.covers(*spot)]
        things = [o for o in hits if o.kind == "thing"]
        return min(things or hits, key=lambda o: o.mask.area, default=None)

    # Marks

    def show_original(self, on: bool) -> None:
        """Shows the photo as it was opened instead of the document."""
        document = self._app.document
        if document is None or self._picture_item is None or self._picture is None:
            return
        if on and self._original is None:
            # Kept: only what is looked at is ever converted, and only once.
            photo = original_state(document.photo, document.state)
            self._original = Picture(Snapshot(photo, icc=document.photo.icc))
        shown = self._original if on and self._original is not None else self._picture
        self._picture_item.set_picture(shown)
        for item in (self.outline, self._tint):
            item.setOpacity(0.0 if on else 1.0)

    def highlight(self, found: FoundObject | None) -> None:
        """Tints the found object pointed at."""
        document = self._app.document
        if found is None or document is None:
            self.highlight_mask(None)
        else:
            self.highlight_mask(found_on_canvas(document.state, found))

    def highlight_mask(self, mask: Mask | None) -> None:
        """Tints what a click would take."""
        self._hover.set_mask(mask, color("accent-line"), 0.38)

    @property
    def highlighted(self) -> Mask | None:
        """What is tinted under the pointer."""
        return self._hover.mask

    @property
    def shown_selection(self) -> Mask | None:
        """The selection as it is drawn."""
        return self.outline.mask

    def refresh_selection(self) -> None:
        """Draws the document's selection again after previews of another."""
        document = self._app.document
        self.show_selection(document.state.selection if document is not None else None)

    def show_selection(self, selection: Mask | None, outlined: bool = True) -> None:
        """Draws a selection; without its outline while it is painted."""
        self.outline.set_mask(selection if outlined else None)
        self._tint.set_mask(selection, color("accent-line"), 0.2 if outlined else 0.35)
        if selection is not None:
            self._marching.start()
        else:
            self._marching.stop()

    def show_tint(self, mask: Mask | None, colour: QColor | None = None, strength: float = 0.45) -> None:
        """Tints an area that is being painted."""
        self._tint.set_mask(mask, colour or color("accent-line"), strength)
