"""Fills by the parts they were made for: derived data beside the states of a document."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inpaint_studio.basics.mask import Mask, Patch, boxes_meet
from inpaint_studio.document.layers import MOST_CANDIDATES

if TYPE_CHECKING:
    from inpaint_studio.document.plates import Part


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """A fill as kept: `final` is False for a preview; `note` says in plain words who made it and why."""

    patch: Patch
    final: bool
    note: str = ""


class FillStore:
    """Fills by the key of their part, up to a number of bytes.

    Above that those go first that nobody was shown (candidates that were not chosen), then those that were
    not used for longest.
    """

    def __init__(self, limit_bytes: int = 768 << 20) -> None:
        self._fills: OrderedDict[str, Filled] = OrderedDict()
        self._shown: dict[str, Part] = {}
        """What was put to be seen or has been seen since, the last one last."""
        self._given_up: set[str] = set()
        self._complete: set[str] = set()
        self._limit = limit_bytes

    def get(self, key: str) -> Patch | None:
        entry = self._fills.get(key)
        if entry is None:
            return None
        self._fills.move_to_end(key)
        return entry.patch

    def note(self, key: str) -> str:
        """Which filler made a fill and why, "" where that is not known."""
        entry = self._fills.get(key)
        return "" if entry is None else entry.note

    def give_up(self, key: str) -> None:
        """Nobody shall try to fill this part again: the user stopped it, or it can't be done."""
        self._given_up.add(key)

    def given_up(self, key: str) -> bool:
        return key in self._given_up

    def is_final(self, key: str) -> bool:
        entry = self._fills.get(key)
        return entry is not None and entry.final

    def put(
        self, part: Part, patch: Patch, final: bool = True, *, note: str = "", aside: bool = False
    ) -> None:
        """Keeps the fill of a part; a preview never replaces a final one.

        `aside` is for candidates that are only kept to be chosen: until then they stand in for nothing.
        """
        key = part.key
        if self.is_final(key) and not final:
            return
        self._fills[key] = Filled(patch, final, note)
        self._fills.move_to_end(key)
        if not aside:
            self._seen(part)
        while self.bytes > self._limit and len(self._fills) > 1:
            self._drop(key)

    def _seen(self, part: Part) -> None:
        self._shown.pop(part.key, None)
        self._shown[part.key] = part

    def _drop(self, newest: str) -> None:
        others = [key for key in self._fills if key != newest]
        key = next((key for key in others if key not in self._shown), others[0])
        del self._fills[key]
        self._shown.pop(key, None)

    def candidates(self, part: Part) -> list[int]:
        """Numbers of the final fills of a part's run that are here, in order, each picture once."""
        own = part.options.candidate
        there: dict[int, int] = {}
        for number in (own, *(n for n in range(MOST_CANDIDATES) if n != own)):
            entry = self._fills.get(part.candidate(number).key)
            if entry is not None and entry.final:
                # Where a run has fewer than were once chosen from, one stands in for another.
                there.setdefault(id(entry.patch), number)
        return sorted(there.values())

    def completed(self, part: Part) -> None:
        """All candidates of a part's run have come: there are no others."""
        self._complete.add(part.run)

    def is_complete(self, part: Part) -> bool:
        """Whether all candidates of a part's run came once; some may have been dropped since."""
        return part.run in self._complete

    def showing(self, part: Part) -> list[tuple[Patch, Mask]]:
        """What to paint into a part now, in this order, each within its mask.

        Its own fill, or until that has come the earlier fills of the same layer: so that what was filled
        before a hole grew or shrank does not come back for a moment.
        """
        own = self.get(part.key)
        if own is not None:
            self._seen(part)
            return [(own, part.mask)]
        # A list of its own: pictures are composed in other threads too.
        where = part.layer, part.source
        earlier = [p for p in list(self._shown.values()) if (p.layer, p.source) == where]
        kept = [(self._fills.get(p.key), p.mask) for p in earlier if boxes_meet(p.mask.box, part.mask.box)]
        return [(entry.patch, mask) for entry, mask in kept if entry is not None]

    @property
    def bytes(self) -> int:
        return sum(entry.patch.crop.nbytes for entry in self._fills.values())
