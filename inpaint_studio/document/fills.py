"""Fills by the parts they were made for: derived data beside the states of a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING

from inpaint_studio.basics.mask import Mask, Patch, boxes_meet
from inpaint_studio.document.holes import MOST_CANDIDATES

if TYPE_CHECKING:
    from inpaint_studio.document.plates import Part


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """A fill as kept: `final` is False for a preview; `note` says in plain words who made it and why."""

    patch: Patch
    final: bool
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Fills:
    """The fills of one moment by the key of their part. Immutable: may be read in any thread."""

    entries: Mapping[str, Fill]
    shown: Mapping[str, Part]
    """The parts that were put to be seen or have been shown since, the last one last."""

    def get(self, key: str) -> Patch | None:
        entry = self.entries.get(key)
        return None if entry is None else entry.patch

    def note(self, key: str) -> str:
        """Which filler made a fill and why, "" where that is not known."""
        entry = self.entries.get(key)
        return "" if entry is None else entry.note

    def is_final(self, key: str) -> bool:
        entry = self.entries.get(key)
        return entry is not None and entry.final

    def candidates(self, part: Part) -> list[int]:
        """Numbers of the final fills of a part's run that are here, in order, each picture once."""
        own = part.options.candidate
        there: dict[int, int] = {}
        for number in (own, *(n for n in range(MOST_CANDIDATES) if n != own)):
            entry = self.entries.get(part.candidate(number).key)
            if entry is not None and entry.final:
                # Where a run has fewer than were once chosen from, one stands in for another.
                there.setdefault(id(entry.patch), number)
        return sorted(there.values())

    def showing(self, part: Part) -> list[tuple[Patch, Mask]]:
        """What to paint into a part now, in this order, each within its mask.

        Its own fill, or until that has come the earlier fills of the same layer: so that what was filled
        before a hole grew or shrank does not come back for a moment.
        """
        own = self.get(part.key)
        if own is not None:
            return [(own, part.mask)]
        where = part.layer, part.source
        earlier = (p for p in self.shown.values() if (p.layer, p.source) == where)
        near = (p for p in earlier if boxes_meet(p.mask.box, part.mask.box))
        return [(self.entries[p.key].patch, p.mask) for p in near if p.key in self.entries]


NO_FILLS = Fills(MappingProxyType({}), MappingProxyType({}))


class FillStore:
    """The fills of a document, up to a number of bytes; safe to use from any thread.

    Above the limit those go first that nobody was shown (candidates that were not chosen), then those that
    were not shown for longest. Reading changes nothing: `show` says what is shown.
    """

    def __init__(self, limit_bytes: int = 768 << 20) -> None:
        self._lock = Lock()
        self._limit = limit_bytes
        self._now = NO_FILLS
        self._bytes = 0
        self._given_up: frozenset[str] = frozenset()
        self._complete: frozenset[str] = frozenset()

    @property
    def now(self) -> Fills:
        """The fills as they are at this moment; later changes do not reach it."""
        return self._now

    @property
    def bytes(self) -> int:
        return self._bytes

    def get(self, key: str) -> Patch | None:
        return self._now.get(key)

    def note(self, key: str) -> str:
        """As `Fills.note`."""
        return self._now.note(key)

    def is_final(self, key: str) -> bool:
        return self._now.is_final(key)

    def candidates(self, part: Part) -> list[int]:
        """As `Fills.candidates`."""
        return self._now.candidates(part)

    def give_up(self, key: str) -> None:
        """Nobody shall try to fill this part again: the user stopped it, or it can't be done."""
        with self._lock:
            self._given_up |= {key}

    def given_up(self, key: str) -> bool:
        return key in self._given_up

    def completed(self, part: Part) -> None:
        """All candidates of a part's run have come: there are no others."""
        with self._lock:
            self._complete |= {part.run}

    def is_complete(self, part: Part) -> bool:
        """Whether all candidates of a part's run came once; some may have been dropped since."""
        return part.run in self._complete

    def put(
        self, part: Part, patch: Patch, final: bool = True, *, note: str = "", shown: bool = True
    ) -> None:
        """Keeps the fill of a part; a preview never replaces a final one.

        Not `shown` are candidates that are only kept to be chosen: until then they stand in for nothing.
        """
        key = part.key
        with self._lock:
            if self._now.is_final(key) and not final:
                return
            # Copied, so that whoever reads the old ones can go on; there are hundreds at most.
            entries, seen = dict(self._now.entries), dict(self._now.shown)
            old = entries.pop(key, None)
            self._bytes += patch.crop.nbytes - (0 if old is None else old.patch.crop.nbytes)
            entries[key] = Fill(patch, final, note)
            if shown:
                seen.pop(key, None)
                seen[key] = part
            while self._bytes > self._limit and len(entries) > 1:
                self._bytes -= _drop(entries, seen, key)
            self._set(entries, seen)

    def show(self, parts: Iterable[Part]) -> None:
        """Says which parts the present state shows: their fills are kept longest."""
        with self._lock:
            now = self._now
            wanted = {part.key: part for part in parts if part.key in now.entries}
            if not wanted or list(wanted) == list(now.shown)[-len(wanted) :]:
                return
            rest = {key: entry for key, entry in now.entries.items() if key not in wanted}
            others = {key: part for key, part in now.shown.items() if key not in wanted}
            self._set(rest | {key: now.entries[key] for key in wanted}, others | wanted)

    def _set(self, entries: dict[str, Fill], shown: dict[str, Part]) -> None:
        self._now = Fills(MappingProxyType(entries), MappingProxyType(shown))


def _drop(entries: dict[str, Fill], shown: dict[str, Part], newest: str) -> int:
    """Takes the least wanted fill out; returns its bytes."""
    others = [key for key in entries if key != newest]
    key = next((key for key in others if key not in shown), others[0])
    shown.pop(key, None)
    return entries.pop(key).patch.crop.nbytes
