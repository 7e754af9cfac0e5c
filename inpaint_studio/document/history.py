"""Undo and redo: named steps between states, bounded by bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from inpaint_studio.document.nodes import Node
from inpaint_studio.document.properties import Holder, arrays
from inpaint_studio.document.spill import SpillFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inpaint_studio.basics.mask import Array
    from inpaint_studio.document.state import State


@dataclass(slots=True)
class Step:
    """One command: its name for people, the state before and after, and what it may merge with."""

    name: str
    before: State
    after: State
    merge_key: str | None = None


@dataclass(slots=True)
class _Owner:
    """A node or a selection, and in how many states of the line it is."""

    value: object
    uses: int = 0


@dataclass(slots=True)
class _Held:
    """An array in memory, the step it came with, and those who hold it: how often each was counted."""

    array: Array
    born: int
    holders: dict[tuple[int, str], tuple[Holder, int]] = field(default_factory=dict)


def _owners(state: State) -> Iterator[object]:
    yield from state.tree.nodes
    if state.selection is not None:
        yield state.selection


def _arrays(owner: object) -> Iterator[Holder]:
    return arrays(owner) if isinstance(owner, Node) else iter([(owner, "crop")])


class _Ledger:
    """Which arrays the states of a line hold in memory, counted as states come and go.

    What a state shares with the ones before it is only counted, so that the work of a step does not grow
    with the history.
    """

    def __init__(self) -> None:
        self._owners: dict[int, _Owner] = {}
        self._held: dict[int, _Held] = {}
        """By id() of the array, the oldest first."""
        self.bytes = 0

    def add(self, state: State, step: int) -> None:
        """Counts a state that came with a step of this number."""
        for value in _owners(state):
            owner = self._owners.get(id(value))
            if owner is None:
                owner = self._owners[id(value)] = _Owner(value)
                for holder in _arrays(value):
                    self._hold(holder, step)
            owner.uses += 1

    def remove(self, state: State) -> None:
        for value in _owners(state):
            owner = self._owners[id(value)]
            owner.uses -= 1
            if not owner.uses:
                del self._owners[id(value)]
                for holder in _arrays(value):
                    self._let_go(holder)

    def born(self, array: Array) -> int:
        """The step that an array came with; 0 for one that is not in memory."""
        held = self._held.get(id(array))
        return 0 if held is None else held.born

    def _hold(self, holder: Holder, step: int) -> None:
        array = getattr(*holder)
        held = self._held.get(id(array))
        if held is None:
            if isinstance(array, np.memmap):
                return
            held = self._held[id(array)] = _Held(array, step)
            self.bytes += array.nbytes
        key = id(holder[0]), holder[1]
        held.holders[key] = holder, held.holders.get(key, (holder, 0))[1] + 1

    def _let_go(self, holder: Holder) -> None:
        held = self._held.get(id(getattr(*holder)))
        key = id(holder[0]), holder[1]
        if held is None or key not in held.holders:
            return
        count = held.holders[key][1] - 1
        if count:
            held.holders[key] = holder, count
            return
        del held.holders[key]
        if not held.holders:
            del self._held[id(held.array)]
            self.bytes -= held.array.nbytes

    def past(self, present: State) -> int:
        """Bytes that only other states hold."""
        return self.bytes - sum(held.array.nbytes for held in self._of(present).values())

    def _of(self, state: State) -> dict[int, _Held]:
        keys = {id(getattr(*holder)) for value in _owners(state) for holder in _arrays(value)}
        return {key: self._held[key] for key in keys if key in self._held}

    def spill(self, present: State, limit: int, file: SpillFile) -> None:
        """Moves arrays that only other states hold to a file, the oldest first, down to a number of bytes."""
        kept = self._of(present)
        excess = self.bytes - sum(held.array.nbytes for held in kept.values()) - limit
        moved = []
        for key, held in self._held.items():
            if excess <= 0:
                break
            if key not in kept:
                moved.append(key)
                excess -= held.array.nbytes
        for key in moved:
            held = self._held.pop(key)
            self.bytes -= held.array.nbytes
            mapped = file.store(held.array)
            for (owner, name), _ in held.holders.values():
                object.__setattr__(owner, name, mapped)


class History:
    """A line of steps and the place where the document stands on it.

    States share everything that did not change, so undo is exact by construction. Arrays that only
    the past holds are moved to a temporary file, oldest first, when they pass `limit_bytes`.
    """

    def __init__(self, limit_bytes: int = 512 << 20) -> None:
        self.steps: list[Step] = []
        self.position = 0
        self.limit = limit_bytes
        """Bytes that only the past may hold in memory."""
        self._ledger = _Ledger()
        self._file = SpillFile()

    def push(self, step: Step) -> bool:
        """Adds a step after the present; returns whether it was merged into the last one."""
        for undone in self.steps[self.position :]:
            self._forget(undone)
        del self.steps[self.position :]
        last = self.steps[-1] if self.steps else None
        merged = last is not None and step.merge_key is not None and last.merge_key == step.merge_key
        if last is not None and merged:
            self._ledger.add(step.after, len(self.steps) - 1)
            self._ledger.remove(last.after)
            last.after = step.after
        else:
            self._remember(step, len(self.steps))
            self.steps.append(step)
            self.position = len(self.steps)
        self._ledger.spill(self.state_at(self.position), self.limit, self._file)
        self._file.tidy()
        return merged

    def _remember(self, step: Step, number: int) -> None:
        self._ledger.add(step.before, number)
        self._ledger.add(step.after, number)

    def _forget(self, step: Step) -> None:
        self._ledger.remove(step.before)
        self._ledger.remove(step.after)

    def state_at(self, position: int) -> State:
        """The state after `position` steps. Raises IndexError for a place that is not on the line."""
        if not 0 <= position <= len(self.steps) or not self.steps:
            raise IndexError(position)
        return self.steps[position].before if position < len(self.steps) else self.steps[-1].after

    def rewrite(self, change: Callable[[State], State], since: Array | None = None) -> None:
        """Replaces states by what `change` makes of them: the same for the same state.

        All, or those from the step on that the array `since` came with, where those before stay as they are.
        """
        for number in range(0 if since is None else self._ledger.born(since), len(self.steps)):
            step = self.steps[number]
            new = Step(step.name, change(step.before), change(step.after), step.merge_key)
            if new.before is not step.before or new.after is not step.after:
                self._remember(new, number)
                self._forget(step)
                step.before, step.after = new.before, new.after

    @property
    def bytes(self) -> int:
        """Bytes in memory that only the history holds."""
        return self._ledger.past(self.state_at(self.position)) if self.steps else 0

    @property
    def file_bytes(self) -> int:
        """How large the file is that holds the rest."""
        return self._file.size
