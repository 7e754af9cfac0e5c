"""What the parts of the window share: the document in front and the services for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from inpaint_studio.app.candidates import Candidates
from inpaint_studio.app.fill_choices import FillChoices
from inpaint_studio.app.merge_keys import new_merge_key
from inpaint_studio.app.verbs import VerbService
from inpaint_studio.app.workspace import Workspace
from inpaint_studio.editor.images import on_checkerboard
from inpaint_studio.render import small_picture, to_srgb

if TYPE_CHECKING:
    from inpaint_studio.basics import FoundObject
    from inpaint_studio.document import Document


class Session:
    """The document in front, or none, and what can be done to it."""

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
        self.drag_key = new_merge_key
        self._merge_key = self.drag_key("property")
        self.fills = FillChoices(self.workspace)
        self.candidates = Candidates(self.workspace, self.fills)
        self.verbs = VerbService(self.workspace, self.fills)
        self.verb_context = self.verbs.context
        self.perform = self.verbs.perform
        self.ask = self.verbs.ask
        self.asked = self.verbs.asked

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
        key = f"{self._merge_key}:{name}:{layer_id}" if merging else None
        self.perform(f"layer.{name}", merge_key=key, layer=layer_id, value=value)

    def end_merging(self) -> None:
        """The slider was let go: the next change is a step of its own."""
        self._merge_key = self.drag_key("property")

    # What is pointed at

    def hover(self, found: FoundObject | None) -> None:
        """The pointer is over a found object, or over none any more."""
        if self.workspace.current is not None:
            self.workspace.current.point_at(found)

    def hover_found(self, index: int | None) -> None:
        found = self.document.state.found if self.document else ()
        self.hover(found[index] if index is not None and index < len(found) else None)

    # Work behind the window

    @property
    def filling(self) -> bool:
        """Whether a fill is waited for."""
        return self.workspace.current is not None and self.workspace.current.filling.busy

    def find(self) -> None:
        """Looks for objects in the photo."""
        if self.workspace.current is not None:
            self.workspace.current.finding.start()

    # Pictures

    def thumbnail(self, layer_id: str, size: int) -> QImage:
        """One layer, at most size × size, on a checkerboard."""
        assert self.document is not None
        layer = self.document.layer(layer_id)
        pixels = small_picture(self.document.snapshot(), layer, size)
        return on_checkerboard(to_srgb(pixels, self.document.photo.icc))
