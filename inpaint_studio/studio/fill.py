"""Fill the holes of a document, or of an array."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Mask, Patch, Progress, StudioError, SubProgress
from inpaint_studio.basics.mask import Array, Box, grow_box, intersect_boxes, unite, unite_boxes
from inpaint_studio.document import MOST_CANDIDATES, resting_stuff
from inpaint_studio.engines import registry
from inpaint_studio.studio.alike import Distinct
from inpaint_studio.studio.find import rgb

if TYPE_CHECKING:
    from inpaint_studio.document import Document, Layer, Part
    from inpaint_studio.engines.contracts import Fill


@dataclass(frozen=True, slots=True, eq=False)
class FillRequest:
    """All that a filler needs for one part: a worker never touches the document.

    `image` h×w×3, `hole`, `keep_out` and `sample_from` h×w uint8 of the crop `box` in source pixels; `labels`
    h×w uint8 tell areas and scenery that were found apart, 0 elsewhere.
    """

    part: Part
    box: Box
    image: Array
    hole: Array
    keep_out: Array
    sample_from: Array | None
    labels: Array | None = None


def _context(mask: Mask, width: int, height: int) -> Box:
    _, _, w, h = mask.box
    return grow_box(mask.box, max(96, round(1.0 * max(w, h))), width, height)


def request(document: Document, layer: Layer, part: Part) -> FillRequest:
    """What it takes to fill a part.

    Nothing is copied from other holes and found things; from scenery always, also where it was lifted and is
    at home. A sampling area that the user painted over a thing wins over that.
    """
    height, width = layer.source.shape[:2]
    box = _context(part.mask, width, height)
    sample = part.options.sample
    if sample is not None:
        box = unite_boxes((box, intersect_boxes(sample.box, (0, 0, width, height))))
    hole = part.mask.window(box)
    there = resting_stuff(layer, document.layers)
    gone = (h for h in layer.holes if h.id not in part.holes and h.id not in there)
    keep_out = unite(h.mask.clipped(box) for h in gone).window(box)
    if layer.kind == "backdrop" and sample is None:
        things = [o.mask for o in document.state.found if o.kind == "thing"]
        np.maximum(keep_out, unite(m.clipped(box) for m in things).window(box), out=keep_out)
    keep_out[hole > 0] = 0
    allowed = [m.window(box) > 127 for m in (layer.mask, sample) if m is not None]
    area = np.where(np.logical_and.reduce(allowed), 255, 0).astype(np.uint8) if allowed else None
    labels = _labels(_scenery(document, layer, part), box)
    return FillRequest(part, box, layer.pixels(box), hole, keep_out, area, labels)


def _scenery(document: Document, layer: Layer, part: Part) -> list[tuple[str, Mask]]:
    """Names and places of the scenery on a layer: what was found, and what was lifted and is at home."""
    found = document.state.found if layer.kind == "backdrop" else ()
    named = [(o.label, o.mask) for o in found if o.kind == "area"]
    there = resting_stuff(layer, document.layers).difference(part.holes)
    for hole in layer.holes:
        cutout = document.state.layer(hole.owner) if hole.id in there else None
        if cutout is not None and cutout.label is not None and cutout.mask is not None:
            named.append((cutout.label, cutout.mask))
    return named


def _labels(named: Sequence[tuple[str, Mask]], box: Box) -> Array | None:
    """Where sky, road, trees and so on are in a box, a number for each, h×w uint8; None if nowhere."""
    names = dict.fromkeys(name for name, _ in named)
    numbers = {name: number for number, name in enumerate(names, 1)}
    out = np.zeros((box[3], box[2]), np.uint8)
    for name, whole in named:
        mask = whole.clipped(box)
        if mask:
            x, y, w, h = mask.box
            out[y - box[1] : y - box[1] + h, x - box[0] : x - box[0] + w][mask.crop > 127] = numbers[name]
    return out if out.any() else None


def _loaded(name: str, labels: Array | None, get: Callable[[str, Array | None], Any] | None = None) -> Any:
    """The filler of that name, told what the parts of the photo show if it can use that.

    `get` gives the fillers that another one passes its work on to.
    """
    if name == "auto" and (get is not None or labels is not None):
        from inpaint_studio.engines.fillers.auto import AutoFiller

        return AutoFiller(lambda other: (get or _loaded)(other, labels))
    if labels is not None and name == "guided":
        from inpaint_studio.engines.fillers.guided import GuidedFiller

        return GuidedFiller(labels)
    return registry.load(name, "filler")


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One fill of a run, for the box of its part. `number` 0 is the best; `final` is False for a preview."""

    number: int
    patch: Patch
    final: bool
    note: str = ""
    score: float = 0.0


def run(
    wanted: FillRequest,
    progress: Progress = NO_PROGRESS,
    filler: Any = None,
    *,
    candidates: int | None = None,
    known: Mapping[int, Patch] | None = None,
) -> Iterator[Candidate]:
    """Fills a part: previews of the chosen candidate, then the final ones, the best first.

    Asks for `candidates`, or for as many as it takes to have the chosen one. What looks like an earlier one
    is left out and takes no number. `known` are final ones that are there, by number: neither they nor
    what looks like them is given again. If the filler has too few, its best stands in for the chosen one.
    """
    options, known = wanted.part.options, known or {}
    engine = filler or _loaded(options.filler, wanted.labels)
    distinct = Distinct(wanted.part.mask)
    there, best = set(known), None
    for fill in _fills(engine, wanted, candidates or (MOST_CANDIDATES if options.candidate else 1), progress):
        patch = _cut(wanted, fill.pixels)
        if not fill.final:
            yield Candidate(options.candidate, patch, False, fill.note, fill.score)
            continue
        number = distinct.add(patch)
        if number is None or number in there:
            continue
        made = Candidate(number, patch, True, fill.note, fill.score)
        best = best or made
        if not any(distinct.alike(patch, old) for old in known.values()):
            there.add(number)
            yield made
    if options.candidate not in there and best is not None:
        yield replace(best, number=options.candidate)


def _fills(engine: Any, wanted: FillRequest, candidates: int, progress: Progress) -> Iterator[Fill]:
    """What a filler gives for a request."""
    options = wanted.part.options
    given: Iterator[Fill] = engine.fill(
        wanted.image, wanted.hole, sample_from=wanted.sample_from, keep_out=wanted.keep_out,
        seed=options.seed, candidates=candidates, adaptation=options.adaptation, progress=progress,
    )  # fmt: skip
    return given


def _cut(wanted: FillRequest, pixels: Array) -> Patch:
    """The part's box out of a filled crop."""
    x, y, w, h = wanted.part.mask.box
    dx, dy = x - wanted.box[0], y - wanted.box[1]
    return Patch(x, y, np.ascontiguousarray(pixels[dy : dy + h, dx : dx + w]))


class Fillers:
    """The fillers of a window: PatchMatch runs in a child process, which is ended when a job is cancelled.

    To be used from one thread at a time; `close` ends the child.
    """

    def __init__(self) -> None:
        self._patchmatch: Any = None

    def get(self, filler: str, labels: Array | None = None) -> Any:
        """The filler of that name, told the labels of what it is to fill (`FillRequest.labels`).

        Raises StudioError if there is none.
        """
        if registry.info(filler, "filler").id != "patchmatch":
            return _loaded(filler, labels, self.get)
        if self._patchmatch is None:
            from inpaint_studio.engines.fillers.child import ChildProcess
            from inpaint_studio.engines.fillers.patchmatch import PatchMatchFiller

            self._patchmatch = PatchMatchFiller(runner=ChildProcess())
        return self._patchmatch

    def close(self) -> None:
        if self._patchmatch is not None:
            self._patchmatch.close()
            self._patchmatch = None


def fill_missing(document: Document, progress: Progress = NO_PROGRESS) -> None:
    """Fills every part that has no fill yet, here and now."""
    missing = document.missing_parts()
    for i, (layer, part) in enumerate(missing):
        step = SubProgress(progress, i / len(missing), (i + 1) / len(missing))
        for made in run(request(document, layer, part), step):
            document.put_fill(part.candidate(made.number), made.patch, made.final, made.note)


def check_filler(name: str) -> None:
    """Raises StudioError if there is no filler of that name: known before long work."""
    registry.info(name, "filler")


def fill_pixels(
    pixels: Array,
    hole: Array,
    *,
    filler: str = "auto",
    keep_out: Array | None = None,
    sample_from: Array | None = None,
    seed: int = 0,
    adaptation: float = 1.0,
    progress: Progress = NO_PROGRESS,
) -> Array:
    """`pixels` (H×W, H×W×3 or H×W×4 uint8) painted exactly where `hole` (H×W uint8) > 0.

    Options as in `Filler.fill`. Raises StudioError if the sizes differ, the hole is empty or covers
    everything, and for an adaptation that is not from 0 to 1.
    """
    if not 0 <= adaptation <= 1:
        raise StudioError("The colour adaptation must be a number from 0 to 1.")
    if hole.ndim != 2 or hole.shape != pixels.shape[:2]:
        size, other = f"{hole.shape[1]}×{hole.shape[0]}", f"{pixels.shape[1]}×{pixels.shape[0]}"
        raise StudioError(f"The mask is {size} pixels, the photo {other}; both must have the same size.")
    if not hole.any():
        raise StudioError("The mask is empty; make white what shall be filled.")
    if (hole > 0).all():
        raise StudioError("The mask covers the whole photo, so there is nothing left to fill from.")
    image, last = rgb(pixels), None
    for fill in registry.load(filler, "filler").fill(
        image, hole, keep_out=keep_out, sample_from=sample_from, seed=seed, adaptation=adaptation,
        progress=progress,
    ):  # fmt: skip
        last = fill
    if last is None:
        raise StudioError("The hole could not be filled; try another filler.")
    return _like(pixels, last.pixels, hole > 0)


def _like(pixels: Array, filled: Array, where: Any) -> Array:
    """The filled colours in the shape of the original: grey stays grey, alpha becomes opaque."""
    out = pixels.copy()
    if pixels.ndim == 2:
        grey = np.rint(filled @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
        out[where] = grey[where]
        return out
    out[where, :3] = filled[where]
    if pixels.shape[2] == 4:
        out[where, 3] = 255
    return out


def remove_pixels(
    pixels: Array, mask: Array, *, hole_out: Callable[[Array], None] | None = None, **options: Any
) -> Array:
    """`fill_pixels` of the hole that removing `mask` (H×W uint8) leaves; `hole_out` is told that hole."""
    if mask.ndim != 2 or mask.shape != pixels.shape[:2] or not mask.any():
        return fill_pixels(pixels, mask, **options)
    from inpaint_studio.engines.fillers.holes import hole_for

    hole = hole_for(Mask.place(mask), pixels.shape[:2]).full(pixels.shape[:2])
    if hole_out is not None:
        hole_out(hole)
    return fill_pixels(pixels, hole, **options)
