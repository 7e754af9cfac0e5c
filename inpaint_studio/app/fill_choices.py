"""The fill that the user looks at, and what can be chosen for it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from inpaint_studio.basics import message
from inpaint_studio.basics.event import Event
from inpaint_studio.document.transform import transform_point
from inpaint_studio.studio.fill_options import part_of
from inpaint_studio.studio.fill_scope import Scope, scope, scope_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inpaint_studio.app.workspace import Workspace
    from inpaint_studio.document import Change, Document, Layer, Part


class FillChoices:
    """One part of a layer's holes is looked at, or none; choices are made for it, else for a whole layer.

    Whatever else the user does ends the looking: what is shown is kept.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.looked: Event[[]] = Event()
        """Another part is looked at, or none."""
        self._workspace = workspace
        self._hole: str | None = None
        self._choosing = False
        self._last: object = None
        workspace.changed.connect(self._follow)
        workspace.leaving.connect(self._forget)
        workspace.current_changed.connect(self._begin)

    @property
    def hole(self) -> str | None:
        """A hole of the part looked at."""
        return self._hole

    @property
    def _document(self) -> Document | None:
        return self._workspace.document

    # What is looked at

    @property
    def target(self) -> tuple[Layer, Part] | None:
        """The layer and the part looked at."""
        if self._document is None or self._hole is None:
            return None
        return part_of(self._document, self._hole)

    def look(self, hole_id: str | None) -> None:
        """Looks at the part of a hole; None ends it."""
        if hole_id is None and self._hole is None:
            return
        self._hole = hole_id
        self._last = self._newest_step()
        self.looked.emit()

    def look_at_scope(self) -> None:
        """Looks at the newest open hole of what choices are made for now."""
        found = self.scope()
        if found is None or self._document is None:
            self._workspace.notices.tell(message("no_hole"))
            return
        resting = self._document.tree.at_home
        of_scope = [h for h in found.layer.holes if h.id in found.holes]
        opened = [h for h in of_scope if h.owner not in resting]
        self.look((opened or of_scope)[-1].id)

    def hole_at(self, x: float, y: float) -> str | None:
        """The hole that shows at a canvas point, the newest where several do."""
        if self._document is None:
            return None
        resting = self._document.tree.at_home
        for layer in reversed(self._document.layers):
            if not layer.visible or layer.id in resting:
                continue
            sx, sy = transform_point(layer.transform.inverse(), x, y)
            pixel = (int(sx // 1), int(sy // 1), 1, 1)
            for hole in reversed(layer.holes):
                if hole.owner not in resting and hole.mask.window(pixel)[0, 0]:
                    return hole.id
            height, width = layer.source.shape[:2]
            inside = 0 <= pixel[0] < width and 0 <= pixel[1] < height
            if inside and (layer.mask is None or layer.mask.window(pixel)[0, 0] > 127):
                return None
        return None

    def _newest_step(self) -> object:
        steps = self._document.history.steps if self._document is not None else []
        return steps[-1] if steps else None

    def _follow(self, _change: Change) -> None:
        newest = self._newest_step()
        other, self._last = newest is not self._last and not self._choosing, newest
        if self._hole is not None and (other or self.target is None):
            self.look(None)

    def _forget(self) -> None:
        self.look(None)

    def _begin(self) -> None:
        self._last = self._newest_step()

    # What choices are made for

    def scope(self) -> Scope | None:
        """The part looked at, else the holes of the active layer, the one behind it, or of another layer."""
        return None if self._document is None else scope(self._document, self._workspace.active, self._hole)

    def scope_of(self, layer_id: str | None) -> Scope | None:
        """All holes of a layer, or of a cutout without holes the part that it left in its parent."""
        return None if self._document is None else scope_of(self._document, layer_id)

    # Choices

    @contextmanager
    def keeping(self, on: bool) -> Iterator[None]:
        """Steps made inside are choices for what is looked at, if `on`: it stays in view."""
        before, self._choosing = self._choosing, on
        try:
            yield
        finally:
            self._choosing = before

    @property
    def numbers(self) -> list[int]:
        """Numbers of the fills that the part looked at can show at once."""
        target = self.target
        return [] if target is None or self._document is None else self._document.fills.candidates(target[1])

    def neighbour(self, by: int) -> int | None:
        """The number of the next fill of the part looked at (1) or the one before (-1), round and round."""
        target, numbers = self.target, self.numbers
        if target is None or not numbers:
            return None
        now = target[1].options.candidate
        place = numbers.index(now) + by if now in numbers else 0
        return numbers[place % len(numbers)]
