"""Undo and redo: named steps between states, bounded by bytes."""

from __future__ import annotations

import tempfile
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from inpaint_studio.document.properties import arrays

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


def _holders(state: State, seen: set[int]) -> Iterator[tuple[Any, str]]:
    """Every (object, attribute) of a state that holds an array, but for nodes with an id() in `seen`."""
    fresh = [node for node in state.tree.nodes if id(node) not in seen]
    seen.update(id(node) for node in fresh)
    for node in fresh:
        yield from arrays(node)
    if state.selection is not None:
        yield state.selection, "crop"


class History:
    """A line of steps and the place where the document stands on it.

    States share everything that did not change, so undo is exact by construction. Arrays that only
    the past holds are moved to a temporary file, oldest first, when they pass `limit_bytes`.
    """

    def __init__(self, limit_bytes: int = 512 << 20) -> None:
        self.steps: list[Step] = []
        self.position = 0
        self._limit = limit_bytes
        self._file: Any = None

    def push(self, step: Step) -> bool:
        """Adds a step after the present; returns whether it was merged into the last one."""
        del self.steps[self.position :]
        last = self.steps[-1] if self.steps else None
        if last is not None and step.merge_key is not None and last.merge_key == step.merge_key:
            last.after = step.after
            return True
        self.steps.append(step)
        self.position = len(self.steps)
        self._spill()
        return False

    def state_at(self, position: int) -> State:
        """The state after `position` steps. Raises IndexError for a place that is not on the line."""
        if not 0 <= position <= len(self.steps) or not self.steps:
            raise IndexError(position)
        return self.steps[position].before if position < len(self.steps) else self.steps[-1].after

    def rewrite(self, change: Callable[[State], State]) -> None:
        """Replaces every state of the line by what `change` makes of it: the same for the same state."""
        for step in self.steps:
            step.before, step.after = change(step.before), change(step.after)

    def _past_arrays(self) -> dict[int, tuple[Array, list[tuple[Any, str]]]]:
        present = {id(getattr(o, name)) for o, name in _holders(self.state_at(self.position), set())}
        found: dict[int, tuple[Array, list[tuple[Any, str]]]] = {}
        states = {id(s): s for step in self.steps for s in (step.before, step.after)}
        seen: set[int] = set()
        for state in states.values():
            for holder, name in _holders(state, seen):
                array = getattr(holder, name)
                if id(array) not in present and not isinstance(array, np.memmap):
                    found.setdefault(id(array), (array, []))[1].append((holder, name))
        return found

    @property
    def bytes(self) -> int:
        """Bytes in memory that only the history holds."""
        return sum(array.nbytes for array, _ in self._past_arrays().values()) if self.steps else 0

    def _spill(self) -> None:
        past = self._past_arrays()
        held = sum(array.nbytes for array, _ in past.values())
        for array, holders in past.values():
            if held <= self._limit:
                return
            mapped = self._to_file(array)
            for holder, name in holders:
                object.__setattr__(holder, name, mapped)
            held -= array.nbytes

    def _to_file(self, array: Array) -> Array:
        if array.size == 0:
            return array
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="inpaint-studio-history-")  # noqa: SIM115
            weakref.finalize(self, self._file.close)
        self._file.seek(0, 2)
        offset = self._file.tell()
        self._file.write(np.ascontiguousarray(array).tobytes())
        self._file.flush()
        return np.memmap(self._file, array.dtype, "r", offset, array.shape)
