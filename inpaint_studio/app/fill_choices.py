"""The fill that the user looks at, and what can be chosen for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inpaint_studio.basics import Mask, StudioError
from inpaint_studio.basics.event import Event
from inpaint_studio.document import FillOptions, parts
from inpaint_studio.document.transform import transform_point
from inpaint_studio.studio import fill_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.app.workspace import Workspace
    from inpaint_studio.basics.parameters import Value
    from inpaint_studio.document import Change, Document, Layer, Part

_NO_HOLE = "There is no hole to fill; lift or remove something first."


@dataclass(frozen=True, slots=True)
class Scope:
    """What a choice is made for: `holes` of a layer. `part` is the one looked at, None for all of them."""

    layer: Layer
    holes: tuple[str, ...]
    part: Part | None
    options: FillOptions


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
    def _document(self) -> Document | None:
        return self._workspace.document

    # What is looked at

    @property
    def target(self) -> tuple[Layer, Part] | None:
        """The layer and the part looked at."""
        if self._document is None or self._hole is None:
            return None
        return fill_options.part_of(self._document, self._hole)

    def look(self, hole_id: str | None) -> None:
        """Looks at the part of a hole; None ends it."""
        if hole_id is None and self._hole is None:
            return
        self._hole = hole_id
        self._last = self._newest_step()
        self.looked.emit()

    def look_at_scope(self) -> None:
        """Looks at the newest open hole of what choices are made for now."""
        scope = self.scope()
        if scope is None or self._document is None:
            self._workspace.notices.tell(_NO_HOLE)
            return
        resting = self._document.tree.at_home
        of_scope = [h for h in scope.layer.holes if h.id in scope.holes]
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
        target = self.target
        if target is not None:
            return Scope(target[0], target[1].holes, target[1], target[1].options)
        return self.scope_of(self._workspace.active) or next(
            (scope for scope in map(self.scope_of, self._ids()) if scope is not None), None
        )

    def _ids(self) -> list[str]:
        return [x.id for x in reversed(self._document.layers)] if self._document is not None else []

    def scope_of(self, layer_id: str | None) -> Scope | None:
        """All holes of a layer, or of a cutout without holes the part that it left in its parent."""
        layer = self._document.state.layer(layer_id) if self._document is not None else None
        if layer is None or self._document is None:
            return None
        if layer.holes:
            holes = tuple(h.id for h in layer.holes)
            return Scope(layer, holes, None, layer.holes[-1].options)
        parent = self._document.tree.origin(layer)
        behind = [h.id for h in parent.holes if h.owner == layer.id] if parent is not None else []
        if parent is None or not behind:
            return None
        part = next((p for p in parts(self._document.tree, parent) if behind[-1] in p.holes), None)
        return None if part is None else Scope(parent, part.holes, None, part.options)

    # Choices

    def _choose(self, change: Callable[[Document, Scope], None]) -> None:
        """Makes a change as a choice for the scope; what can't be done is told as an error."""
        scope = self.scope()
        if scope is None or self._document is None:
            self._workspace.notices.fail(_NO_HOLE)
            return
        self._choosing = True
        try:
            change(self._document, scope)
        except StudioError as error:
            self._workspace.notices.fail(str(error))
        finally:
            self._choosing = False

    @property
    def numbers(self) -> list[int]:
        """Numbers of the fills that the part looked at can show at once."""
        target = self.target
        return [] if target is None or self._document is None else self._document.fills.candidates(target[1])

    def choose(self, number: int) -> None:
        """Shows another fill of the part looked at."""
        target = self.target
        if target is not None:
            part = target[1]
            self._choose(lambda d, s: fill_options.choose_candidate(d, s.layer.id, part, number))

    def step(self, by: int) -> None:
        """The next fill of the part looked at (1) or the one before (-1), round and round."""
        target, numbers = self.target, self.numbers
        if target is None or not numbers:
            return
        now = target[1].options.candidate
        place = numbers.index(now) + by if now in numbers else 0
        self.choose(numbers[place % len(numbers)])

    def again(self) -> None:
        """Other fills: the next seed."""
        self._choose(lambda d, s: fill_options.fill_again(d, s.layer.id, s.holes))

    def set_seed(self, seed: int) -> None:
        self._choose(lambda d, s: fill_options.set_seed(d, s.layer.id, seed, s.holes))

    def set_filler(self, filler: str) -> None:
        self._choose(lambda d, s: fill_options.set_filler(d, s.layer.id, filler, s.holes))

    def set_value(self, name: str, value: Value, merge_key: str | None = None) -> None:
        """A value for a parameter of the filler."""
        self._choose(lambda d, s: fill_options.set_value(d, s.layer.id, name, value, s.holes, merge_key))

    def set_sample(self, sample: Mask | None) -> None:
        """`sample` in pixels of the scope's layer; None for anywhere."""
        self._choose(lambda d, s: fill_options.set_sample(d, s.layer.id, sample, s.holes))
