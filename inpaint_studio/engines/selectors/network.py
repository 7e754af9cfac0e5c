"""Selecting by the network for clicks: a look at the whole photo answers prompts, a closer look refines.

The closer look is the second pass of K. Sofiiuk et al., "f-BRS" (CVPR 2020), there called zoom-in.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Progress, StudioError, message
from inpaint_studio.basics.mask import Array, Box
from inpaint_studio.engines.contracts import Prompts, Proposal
from inpaint_studio.engines.guided_filter import carry_up
from inpaint_studio.engines.networks.pictures import Floats, resized
from inpaint_studio.engines.selectors.cells import (
    CELL,
    Look,
    Said,
    cell,
    cells,
    closer,
    enlarged,
    on_look,
    radius,
)
from inpaint_studio.engines.selectors.clicks import FINEST, ClickNetwork, OnnxClicks, asked
from inpaint_studio.engines.selectors.given import Area, Clicks, clicks_on, need_wanted, obey

LOST = 0.5
"""A closer look that agrees less than this (IoU) with the mask it was to refine is not believed."""
SAME = 0.85
"""Proposals with a larger IoU are one."""
LEAST_SURE = 0.25
"""Further proposals whose quality is guessed lower are not made."""
WHOLE_FIRST = 0.15
"""How much better than the object a part or a group must be to come first."""
_REMEMBERED = 96
FAINT = 0.1
"""A mask whose largest chance is below this is empty."""
SUBJECT_SHARE = 0.002, 0.95
"""What stands out covers more of the photo than a speck and less than all of it."""
SPECK = 0.01
"""Regions smaller than this share of the largest are dropped if nobody clicked on them."""

_Ordered = tuple[tuple[tuple[int, int], bool], ...]


class State(NamedTuple):
    """An answer: chances of the three masks on the grid (3×rows×columns, 0..1), a guess of each one's IoU."""

    chances: Floats
    quality: Floats


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPhoto:
    """A photo ready for prompts: itself (not copied), the look at it, and answers given so far."""

    image: Array
    look: Look
    answers: OrderedDict[Any, State] = field(default_factory=OrderedDict)

    @property
    def shape(self) -> tuple[int, int]:
        return self.image.shape[0], self.image.shape[1]


class NetworkSelector:
    """SharpSelector contract: clicks, box, scribbles, lasso and a previous mask, on any photo.

    The answer to clicks is found click by click, each with the mask of the clicks before as a prompt, so that
    it depends on nothing but the prompts. No prompt at all asks for what stands out (`subject`).
    Card and graphs are read at first use; calls from several threads wait for each other.
    """

    def __init__(
        self, name: str = "select", folder: Path | None = None, *, network: ClickNetwork | None = None
    ) -> None:
        """`network` takes the place of that of the card."""
        self.network = network or OnnxClicks(name, folder)
        self._lock = threading.RLock()

    def prepare(self, image: Array, *, progress: Progress = NO_PROGRESS) -> PreparedPhoto:
        """The look at the whole of an H×W×3 uint8 photo, which is kept, not copied.

        StudioError if the network is missing or damaged.
        """
        settings = self.network.settings
        progress.report(0.2)
        box = (0, 0, image.shape[1], image.shape[0])
        return PreparedPhoto(image, self._look(image, box, settings.side))

    def select(self, prepared: PreparedPhoto, prompts: Prompts) -> list[Proposal]:
        """One to three masks, the likeliest first, with edges as fine as the first look saw them.

        Raises StudioError if no prompt lies on the photo, a box or lasso is empty, or nothing says
        what is wanted.
        """
        return self._answer(prepared, prompts, 3)

    def glance(self, prepared: PreparedPhoto, prompts: Prompts) -> Proposal:
        """The first of `select` alone, sooner: for what a click would take."""
        return self._answer(prepared, prompts, 1)[0]

    def subject(self, prepared: PreparedPhoto) -> Proposal | None:
        """All that stands out in the photo, as fine as the first look saw it; None if nothing does.

        `refine` with empty prompts sharpens it.
        """
        look = prepared.look
        said = on_look(look, Prompts())
        state = self._after(prepared, said, ())
        quality = float(state.quality[0])
        area = state.chances[0]
        share = float((area > 0.5).mean())
        if quality < LEAST_SURE or not SUBJECT_SHARE[0] < share < SUBJECT_SHARE[1]:
            return None
        mask = enlarged(_kept(area, look, said, {}), look)
        return Proposal(mask, quality) if mask else None

    def refine(
        self,
        prepared: PreparedPhoto,
        prompts: Prompts,
        proposal: Proposal,
        *,
        progress: Progress = NO_PROGRESS,
    ) -> Proposal:
        """A proposal with the edges that a closer look sees, at the photo's own size.

        `prompts` are those that it answers. Raises StudioError as `select` does.
        """
        return self.look_closer(prepared.image, prompts, proposal, progress=progress)

    def look_closer(
        self, image: Array, prompts: Prompts, proposal: Proposal, *, progress: Progress = NO_PROGRESS
    ) -> Proposal:
        """As `refine`, for a proposal of any selector on an H×W×3 uint8 photo that need not be prepared."""
        shape = image.shape[0], image.shape[1]
        clicks = clicks_on(shape, prompts)
        around = closer(shape, proposal.mask, prompts, clicks)
        progress.report(0.0)
        look = self._look(image, around, self.network.settings.zoom_side)
        progress.report(0.5)
        said = on_look(look, replace(prompts, previous=proposal.mask))
        need_wanted(said.wants, False)
        state = self._pass(look, said, tuple(clicks.items()), said.previous)
        progress.report(0.7)
        chances, quality = state.chances[0], float(state.quality[0])
        if _overlap(chances > 0.5, said.previous > 0.5) < LOST:
            chances, quality = said.previous, proposal.score
        area = _kept(chances, look, said, clicks)
        size = (look.grid[1] * CELL, look.grid[0] * CELL)
        small = (cv2.resize(area, size, interpolation=cv2.INTER_LINEAR) > 0.5).astype(np.uint8) * 255
        x, y, w, h = around
        mask = carry_up(image[y : y + h, x : x + w], np.asarray(small, np.uint8)).moved(x, y)
        mask = obey(mask, shape, prompts, clicks, radius(look))
        if not mask:
            raise StudioError(message("prompt.nothing"))
        return Proposal(mask, quality)

    def _answer(self, prepared: PreparedPhoto, prompts: Prompts, most: int) -> list[Proposal]:
        clicks = clicks_on(prepared.shape, prompts)
        look = prepared.look
        said = on_look(look, prompts)
        unwanted = not all(clicks.values()) or any(label == 0 for _, _, label in said.strokes)
        need_wanted(said.wants or any(clicks.values()), unwanted)
        state = self._after(prepared, said, tuple(clicks.items()))
        found: list[Proposal] = []
        taken: list[Area] = []
        for slot, score in _ranked(state, exact=said.wants or len(clicks) > 1):
            area = _kept(state.chances[slot], look, said, clicks)
            inside = area > 0.5
            if any(_overlap(inside, other) > SAME for other in taken):
                continue
            if taken and not _agrees(inside, look, clicks):
                continue
            mask = obey(enlarged(area, look), prepared.shape, prompts, clicks, radius(look))
            if mask:
                taken.append(inside)
                found.append(Proposal(mask, score))
            if len(found) == most:
                break
        if not found:
            raise StudioError(message("prompt.nothing"))
        return found

    def _after(self, prepared: PreparedPhoto, said: Said, clicks: _Ordered) -> State:
        """The answer after all clicks, from the longest beginning of them that was answered before."""
        silent = said.wants or not clicks
        first = 0 if silent else 1 + [belongs for _, belongs in clicks].index(True)
        with self._lock:
            done, state = first - 1, None
            for count in range(len(clicks), first - 1, -1):
                if (state := prepared.answers.get((said.key, clicks[:count]))) is not None:
                    prepared.answers.move_to_end((said.key, clicks[:count]))
                    done = count
                    break
            for count in range(done + 1, len(clicks) + 1):
                previous = said.previous if state is None else state.chances[0]
                state = self._pass(prepared.look, said, clicks[:count], previous)
                prepared.answers[said.key, clicks[:count]] = state
            while len(prepared.answers) > _REMEMBERED:
                prepared.answers.popitem(last=False)
        if state is None:
            raise AssertionError("there is always a first answer")
        return state

    def _pass(self, look: Look, said: Said, clicks: _Ordered, previous: Floats) -> State:
        """One answer of the network."""
        rows, cols = look.grid
        spots = [*said.strokes, *((*cell(look, spot), int(belongs)) for spot, belongs in clicks)]
        framed = np.zeros(look.seen[FINEST].shape[2:], np.float32)
        framed[:rows, :cols] = previous
        chances, quality = self.network.answer(look.seen, asked(spots, said.box, framed))
        return State(np.ascontiguousarray(chances[:, :rows, :cols]), quality)

    def _look(self, image: Array, box: Box, side: int) -> Look:
        """What the network sees of a part of a photo whose longer side is brought to `side` pixels."""
        x, y, w, h = box
        scale = side / CELL / max(w, h)
        rows, cols = max(1, round(h * scale)), max(1, round(w * scale))
        view = resized(image[y : y + h, x : x + w], (cols * CELL, rows * CELL))
        return Look(self.network.see(view), box, (rows, cols))


def _ranked(state: State, *, exact: bool) -> list[tuple[int, float]]:
    """The masks by number with scores 0..1, the likeliest first: what was meant if that is exact."""
    first, *others = (float(q) for q in state.quality)
    if exact:
        scores = [(0, first), *((n, min(q, first) * 0.9) for n, q in enumerate(others, 1))]
    else:
        scores = [(0, first), *((n, max(0.0, q - WHOLE_FIRST)) for n, q in enumerate(others, 1))]
    kept = [scores[0], *(score for score in scores[1:] if state.quality[score[0]] >= LEAST_SURE)]
    return sorted(kept, key=lambda score: -score[1])


def _kept(chances: Floats, look: Look, said: Said, clicks: Clicks) -> Floats:
    """The chances without specks, and without what a lasso left out; raised if all are below a half."""
    area = chances.copy()
    if said.limit is not None:
        area *= cv2.dilate(said.limit.astype(np.uint8), np.ones((3, 3), np.uint8))
    peak = float(area.max())
    if FAINT < peak <= 0.5:
        area *= np.float32(0.6 / peak)
    count, parts, stats, _ = cv2.connectedComponentsWithStats((area > 0.5).astype(np.uint8), connectivity=8)
    if count > 2:
        sizes = stats[1:, cv2.CC_STAT_AREA]
        speck = np.concatenate(([False], sizes < SPECK * sizes.max()))
        for row, column in cells(look, clicks, True):
            speck[parts[row, column]] = False
        area[speck[parts]] = 0
    return area


def _agrees(inside: Area, look: Look, clicks: Clicks) -> bool:
    """Whether a mask takes the clicks as they were meant."""
    return all(inside[spot] == belongs for belongs in (True, False) for spot in cells(look, clicks, belongs))


def _overlap(a: Area, b: Area) -> float:
    return float((a & b).sum() / max(1, (a | b).sum()))
