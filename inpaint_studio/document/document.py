"""The document: a photo, its present state, its history and its fills."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.basics.event import Event
from inpaint_studio.basics.found import FoundObject, unlifted
from inpaint_studio.basics.mask import Array, Box, Mask, Patch
from inpaint_studio.document.cache import RenderCache
from inpaint_studio.document.changes import Change, difference
from inpaint_studio.document.fills import FillStore
from inpaint_studio.document.history import History, Step
from inpaint_studio.document.nodes import Backdrop, Layer, Node, source_and_mask
from inpaint_studio.document.plates import Part, parts
from inpaint_studio.document.properties import Affects
from inpaint_studio.document.snapshot import Snapshot
from inpaint_studio.document.state import State
from inpaint_studio.document.transform import Transform, reach
from inpaint_studio.document.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from inpaint_studio.document.photo import Photo


def backdrop_of(photo: Photo) -> Backdrop:
    """The bottom layer of a freshly opened photo."""
    source, mask = source_and_mask(photo.exact)
    return Backdrop("Backdrop", source, mask)


def opened_state(photo: Photo) -> State:
    """A freshly opened photo."""
    width, height = photo.size
    return State((0, 0, width, height), Tree((backdrop_of(photo),)))


def original_state(photo: Photo, state: State) -> State:
    """The photo as it was opened, where it lies on the canvas of a state."""
    base, opened = state.tree.base, opened_state(photo)
    transform = base.transform
    if isinstance(base, Backdrop) and base.source_frame is not None:
        made = base.source_frame
        onto = np.array(
            [[made.scale_x, 0, -made.left * made.scale_x], [0, made.scale_y, -made.top * made.scale_y]]
        )
        transform = Transform().followed_by(onto).followed_by(transform.matrix())
    shown = replace(opened.tree.base, transform=transform)
    return State(state.canvas, Tree((shown,)))


class Document:
    """What is being edited. All changes go through `apply`, `undo`, `redo` and `go_to`."""

    def __init__(self, photo: Photo, state: State | None = None) -> None:
        self.photo = photo
        self._state = state or opened_state(photo)
        self.history = History()
        self.fills = FillStore()
        self._cache = RenderCache()
        self._changed: Event[[Change]] = Event()
        self._saved: State | None = self._state
        self._joining = False

    @property
    def state(self) -> State:
        return self._state

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The nodes that have pixels of their own, bottom first."""
        return self._state.layers

    @property
    def canvas(self) -> Box:
        return self._state.canvas

    def snapshot(self) -> Snapshot:
        """The document as it is now, for drawing and for jobs: later changes do not reach it."""
        return Snapshot(self._state, self.fills.now, self.photo.icc, self._cache)

    @property
    def tree(self) -> Tree:
        return self._state.tree

    def node(self, node_id: str) -> Node:
        """Raises KeyError for an unknown id."""
        return self.tree.node(node_id)

    def layer(self, layer_id: str) -> Layer:
        """A node that has pixels of its own. Raises KeyError for an unknown id and for other nodes."""
        layer = self.tree.layer(layer_id)
        if layer is None:
            raise KeyError(layer_id)
        return layer

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Calls `listener` after each change; returns what ends it."""
        return self._changed.connect(listener)

    def _go(self, state: State) -> None:
        before, self._state = self._state, state
        self.fills.show(part for layer in state.layers for part in parts(state.tree, layer))
        self._changed.emit(difference(before, state))

    def apply(self, name: str, state: State, merge_key: str | None = None) -> None:
        """Makes `state` the present as one undoable step called `name`.

        Steps in a row with the same `merge_key` become one.
        """
        if self._joining:
            self._state = state
            return
        self.history.push(Step(name, self._state, state, merge_key))
        self._go(state)

    @contextmanager
    def one_step(self, name: str, merge_key: str | None = None) -> Iterator[None]:
        """Makes one step called `name` of all that is applied inside; of nothing, no step.

        Listeners hear of it at the end. Where something raises, all is as it was before.
        """
        before, self._joining = self._state, True
        try:
            yield
            after = self._state
        except BaseException:
            self._joining, self._state = False, before
            raise
        self._joining, self._state = False, before
        if after is not before:
            self.apply(name, after, merge_key)

    def update(self, name: str, *nodes: Node, merge_key: str | None = None) -> None:
        """Puts each of `nodes` in the place of that of its id, in one step. Raises KeyError without one."""
        self.apply(name, self._state.with_tree(self.tree.with_nodes(*nodes)), merge_key)

    @property
    def can_undo(self) -> bool:
        return self.history.position > 0

    @property
    def can_redo(self) -> bool:
        return self.history.position < len(self.history.steps)

    def undo(self) -> None:
        self.go_to(self.history.position - 1)

    def redo(self) -> None:
        self.go_to(self.history.position + 1)

    def go_to(self, position: int) -> None:
        """Stands after `position` steps of the history. Raises IndexError outside of it."""
        state = self.history.state_at(position)
        self.history.position = position
        self._go(state)

    @property
    def modified(self) -> bool:
        """Whether a node, the canvas or a guide changed since opening or saving.

        A selection is no work to lose.
        """
        saved, now = self._saved, self._state
        if saved is None:
            return True
        return saved.tree is not now.tree or (saved.canvas, saved.guides) != (now.canvas, now.guides)

    def mark_unsaved(self) -> None:
        """Says that no file holds the document as it is, whatever is undone."""
        self._saved = None

    def mark_saved(self, state: State | None = None) -> None:
        """Says that a state, the present one if None, is what the file holds."""
        self._saved = state or self._state

    def settle(self, rough: Mask, mask: Mask, colours: Patch) -> None:
        """Gives a cutout that was lifted with a rough mask the soft edge and colours made for it since.

        Like a fill this is derived data and no step of history: it reaches every state in which the
        layer, or a duplicate of it, still has that very mask.
        """
        made: dict[int, tuple[Node, Node]] = {}

        def settled(node: Node) -> Node:
            if not isinstance(node, Layer) or node.mask is not rough:
                return node
            return made.setdefault(id(node), (node, replace(node, mask=mask, colours=colours)))[1]

        # The same answer for the same tree and state, so that the steps go on sharing them.
        trees: dict[int, tuple[Tree, Tree]] = {}
        states: dict[int, tuple[State, State]] = {}

        def changed(state: State) -> State:
            if id(state) not in states:
                tree = trees.setdefault(id(state.tree), (state.tree, state.tree.mapped(settled)))[1]
                states[id(state)] = state, state.with_tree(tree)
            return states[id(state)][1]

        self._rewrite(changed, since=rough.crop)

    def offer(self, found: Sequence[FoundObject]) -> None:
        """Shows what was found in the photo without being asked for, where nothing was found so far.

        It is no step of history either: every state shows those that are not lifted in it.
        """
        made: dict[int, tuple[State, State]] = {}

        def changed(state: State) -> State:
            if id(state) not in made:
                fresh = () if state.found else unlifted(found, state.tree.base.hole)
                made[id(state)] = state, replace(state, found=fresh) if fresh else state
            return made[id(state)][1]

        self._rewrite(changed)

    def _rewrite(self, changed: Callable[[State], State], since: Array | None = None) -> None:
        """Replaces every state by what `changed` makes of it, as `History.rewrite` does."""
        before = self._state
        self.history.rewrite(changed, since)
        self._state = changed(before)
        self._saved = None if self._saved is None else changed(self._saved)
        if self._state is not before:
            self._changed.emit(difference(before, self._state))

    def unfilled_parts(self) -> list[tuple[Layer, Part]]:
        """Parts of holes that have no final fill, top layer first."""
        return [
            (layer, part)
            for layer in reversed(self.layers)
            for part in parts(self.tree, layer)
            if not self.fills.is_final(part.key)
        ]

    def missing_parts(self) -> list[tuple[Layer, Part]]:
        """The unfilled parts that wait for a fill: those given up do not."""
        return [(layer, part) for layer, part in self.unfilled_parts() if not self.fills.given_up(part.key)]

    def give_up_fill(self, part: Part) -> None:
        """Leaves a part as it is: the user stopped its fill, or it can't be done."""
        self.fills.give_up(part.key)
        self._changed.emit(Change(fills=True))

    def put_fill(self, part: Part, patch: Patch, final: bool = True, note: str = "") -> None:
        """Keeps a fill that arrived. Not a step of history: fills are derived data.

        That of a candidate which is not chosen now is kept to be chosen.
        """
        layer = self._state.layer(part.layer)
        wanted = layer is not None and any(p.key == part.key for p in parts(self.tree, layer))
        self.fills.put(part, patch, final, note=note, shown=wanted)
        shown = layer is not None and wanted
        boxes = (reach(layer.transform, part.mask.box),) if layer is not None and wanted else ()
        self._changed.emit(Change(boxes, {part.layer: Affects.HOLES} if shown else {}, fills=True))
