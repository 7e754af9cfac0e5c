"""The verbs of the window, done to the document in front."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from inpaint_studio.app.candidates import Candidates
from inpaint_studio.app.fill_choices import FillChoices
from inpaint_studio.app.workspace import Workspace
from inpaint_studio.basics import FoundObject, Mask, message
from inpaint_studio.document import Document, Transform
from inpaint_studio.editor.images import on_checkerboard
from inpaint_studio.render import small_picture, to_srgb
from inpaint_studio.studio import edit, lift
from inpaint_studio.studio.depth import things_by_depth
from inpaint_studio.studio.properties import set_property
from inpaint_studio.studio.selections import to_source

if TYPE_CHECKING:
    from inpaint_studio.basics import Patch
    from inpaint_studio.document import Layer


class Session:
    """The document in front, or none. Verbs never raise: what can't be done is told by `error`."""

    def __init__(self, workspace: Workspace | None = None) -> None:
        self.workspace = workspace or Workspace()
        self.lifted = self.workspace.lifted
        self.changed = self.workspace.changed
        self.leaving = self.workspace.leaving
        self.replaced = self.workspace.current_changed
        self.active_changed = self.workspace.active_changed
        self.hovered = self.workspace.pointed_changed
        self.message = self.workspace.notices.message
        self.error = self.workspace.notices.error
        self.worker = self.workspace.worker
        self.drag_key = self.workspace.new_merge_key
        self._merge_key = self.drag_key("property")
        self.fills = FillChoices(self.workspace)
        self.candidates = Candidates(self.workspace, self.fills)

    # The document

    @property
    def document(self) -> Document | None:
        return self.workspace.document

    @property
    def active(self) -> str | None:
        return self.workspace.active

    def show(self, document: Document | None, path: Path | None = None) -> None:
        """Makes another document the one that is edited."""
        before = self.workspace.current
        if document is not None:
            self.workspace.open(document, path, instead_of=before)
        elif before is not None:
            self.workspace.close(before)
        self.worker.cancel_all()

    def undo(self) -> None:
        if self.document is not None and self.document.can_undo:
            self.document.undo()

    def redo(self) -> None:
        if self.document is not None and self.document.can_redo:
            self.document.redo()

    def _told(self) -> AbstractContextManager[None]:
        return self.workspace.notices.attempt()

    def amendable(self, merge_key: str) -> bool:
        """Whether a step with this key would join the newest one, and the document stands there."""
        current = self.workspace.current
        return current is not None and current.would_merge(merge_key)

    @property
    def last_merge_key(self) -> str | None:
        """What the newest step of the history merges with."""
        steps = self.document.history.steps if self.document is not None else []
        return steps[-1].merge_key if steps else None

    def set_active(self, layer_id: str) -> None:
        if self.workspace.current is not None:
            self.workspace.current.set_active(layer_id)

    # Layers

    def set_property(self, layer_id: str, name: str, value: object, *, merging: bool = False) -> None:
        """Sets a declared property. `merging` joins changes of one property until `end_merging`."""
        if self.document:
            key = f"{self._merge_key}:{name}:{layer_id}" if merging else None
            with self._told():
                set_property(self.document, layer_id, name, value, key)

    def solo(self, layer_id: str) -> None:
        if self.document:
            edit.solo(self.document, layer_id)

    def end_merging(self) -> None:
        """The slider was let go: the next change is a step of its own."""
        self._merge_key = self.drag_key("property")

    def set_transform(
        self, layer_id: str, transform: Transform, merge_key: str | None = None, step: str = "step.move"
    ) -> None:
        if self.document:
            with self._told():
                edit.transform(self.document, layer_id, transform, merge_key, step)

    def flip(self, horizontal: bool) -> None:
        if self.document and self.active:
            with self._told():
                edit.flip(self.document, self.active, horizontal=horizontal)

    def delete(self, layer_id: str) -> None:
        if self.document:
            with self._told():
                behind = self._hole_behind(layer_id)
                edit.delete(self.document, layer_id)
                self.fills.look(behind)

    def _hole_behind(self, layer_id: str) -> str | None:
        """The hole that a cutout left where it was lifted."""
        assert self.document is not None
        origin = self.document.tree.origin(self.document.node(layer_id))
        holes = origin.holes if origin is not None else ()
        return next((h.id for h in holes if h.owner == layer_id), None)

    def duplicate(self, layer_id: str, merge_key: str | None = None) -> None:
        if self.document:
            self.set_active(edit.duplicate(self.document, layer_id, merge_key))

    def put_back(self, layer_id: str) -> None:
        if self.document:
            with self._told():
                edit.put_back(self.document, layer_id)

    def reorder(self, layer_id: str, new_index: int) -> None:
        """`new_index` counts from the bottom."""
        if self.document:
            with self._told():
                edit.reorder(self.document, layer_id, new_index)

    def refine(self, layer_id: str, mask: Mask) -> None:
        if self.document:
            with self._told():
                lift.refine(self.document, layer_id, mask)

    def put_edge(self, layer_id: str, mask: Mask, colours: Patch | None) -> None:
        """Gives a cutout an edge and colours that were made for it."""
        if self.document:
            with self._told():
                lift.refine(self.document, layer_id, mask, "step.refine_edge", colours=colours)

    # Objects and selections

    def hover(self, found: FoundObject | None) -> None:
        """The pointer is over a found object, or over none any more."""
        if self.workspace.current is not None:
            self.workspace.current.point_at(found)

    def hover_found(self, index: int | None) -> None:
        found = self.document.state.found if self.document else ()
        self.hover(found[index] if index is not None and index < len(found) else None)

    def lift_found(self, index: int) -> None:
        if self.document and index < len(self.document.state.found):
            self.lift_object(self.document.state.found[index])

    def lift_object(self, found: FoundObject) -> str | None:
        """Makes a layer of a found object; returns the cutout's id, None if it could not be done."""
        return self._lift(found.mask, found.label, None, stuff=found.kind == "area")

    def _lift(
        self,
        mask: Mask,
        label: str,
        layer_id: str | None,
        step: tuple[str, str] | None = None,
        *,
        stuff: bool = False,
    ) -> str | None:
        if self.document is None:
            return None
        with self._told():
            cutout = lift.lift(self.document, mask, label, layer_id, step=step, stuff=stuff)
            self.set_active(cutout)
            self._after_lift(cutout)
            return cutout
        return None

    def _after_lift(self, cutout: str) -> None:
        if self.workspace.current is not None:
            self.workspace.current.after_lift(cutout)

    @property
    def filling(self) -> bool:
        """Whether a fill is waited for."""
        return self.workspace.current is not None and self.workspace.current.filling.busy

    def find(self) -> None:
        """Looks for objects in the photo."""
        if self.workspace.current is not None:
            self.workspace.current.finding.start()

    def lift_all(self) -> None:
        if self.document is None:
            return
        step = (message("step.lift_all"), self.drag_key("lift"))
        for found in things_by_depth(self.document.state.found):
            self._lift(found.mask, found.label, None, step)

    def remove_object(self, found: FoundObject) -> None:
        if self.document:
            with self._told():
                self.fills.look(lift.remove(self.document, found.mask, found.label))

    def select(self, mask: Mask | None, name: str = "", merge_key: str | None = None) -> None:
        """`mask` in canvas pixels; None drops the selection."""
        if self.document:
            lift.set_selection(self.document, mask, name or message("step.select"), merge_key)

    def _target(self, mask: Mask) -> tuple[str | None, Mask]:
        """The layer a selection is lifted from, and the selection in its pixels."""
        assert self.document is not None
        cutout, inside = self._on_cutout(mask)
        if cutout is not None and inside.area > 0.5 * max(1, to_source(cutout, mask).area):
            return cutout.id, inside
        return None, to_source(self.document.tree.base, mask)

    def _on_cutout(self, mask: Mask) -> tuple[Layer | None, Mask]:
        """The active layer if it has a mask of its own, and the part of a selection that lies on it."""
        assert self.document is not None
        active = self.document.state.layer(self.active)
        if active is None or not active.movable or active.mask is None:
            return None, Mask.empty()
        return active, to_source(active, mask).intersection(active.mask)

    def lift_selection(self) -> None:
        if self.document is None or self.document.state.selection is None:
            self.message.emit("Select an object first: press W and click it.")
            return
        layer_id, mask = self._target(self.document.state.selection)
        self._lift(mask, "object", layer_id)

    def remove_selection(self) -> None:
        """Cuts the selection off the active cutout; on the backdrop it fills over it."""
        if self.document is None or self.document.state.selection is None:
            return
        selection = self.document.state.selection
        cutout, inside = self._on_cutout(selection)
        if cutout is not None and cutout.mask is not None and inside:
            with self._told():
                rest = cutout.mask.minus(to_source(cutout, selection))
                lift.refine(self.document, cutout.id, rest, "step.erase_selection")
        else:
            self.remove_area(selection, "selection")

    def remove_area(self, mask: Mask, label: str) -> None:
        """Fills over an area (canvas pixels) of the layer it lies on."""
        if self.document is not None:
            with self._told():
                layer_id, inside = self._target(mask)
                self.fills.look(lift.remove(self.document, inside, label, layer_id))

    # Pictures

    def thumbnail(self, layer_id: str, size: int) -> QImage:
        """One layer, at most size × size, on a checkerboard."""
        assert self.document is not None
        layer = self.document.layer(layer_id)
        pixels = small_picture(self.document.snapshot(), layer, size)
        return on_checkerboard(to_srgb(pixels, self.document.photo.icc))
