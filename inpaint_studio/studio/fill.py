"""Fill the holes of a document, or of an array."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Mask, Patch, Progress, StudioError, SubProgress, message
from inpaint_studio.basics.mask import Array, Box, grow_box, intersect_boxes, unite, unite_boxes
from inpaint_studio.basics.surface import Pixels, as_dtype
from inpaint_studio.document import MOST_CANDIDATES, Cutout, resting_stuff
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import FillTask
from inpaint_studio.engines.inpainting.likeness import DistinctFills
from inpaint_studio.render.colour import between_profiles
from inpaint_studio.studio.fill_results import FillResults
from inpaint_studio.studio.find import rgb
from inpaint_studio.studio.rims import with_rim

if TYPE_CHECKING:
    from inpaint_studio.basics.parameters import Parameter
    from inpaint_studio.document import Document, Layer, Part
    from inpaint_studio.engines.contracts import EngineInfo, Fill, Filler


@dataclass(frozen=True, slots=True, eq=False)
class FillRequest:
    """All that a filler needs for one part: a worker never touches the document.

    The task is that of the crop `box` in source pixels, in the profile `icc` unless the filler asks for sRGB;
    `deep` is its image in 16 bits, if the layer has so many, `alpha` its coverage, if the layer has a mask.
    """

    part: Part
    box: Box
    task: FillTask
    icc: bytes | None = None
    deep: Pixels | None = None
    alpha: Array | None = None


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
    there = resting_stuff(document.tree, layer)
    gone = (h for h in layer.holes if h.id not in part.holes and h.id not in there)
    excluded = unite(h.mask.clipped(box) for h in gone).window(box)
    if layer.id == document.tree.base.id and sample is None:
        things = [o.mask for o in document.state.found if o.kind == "thing"]
        np.maximum(excluded, unite(m.clipped(box) for m in things).window(box), out=excluded)
    excluded[hole > 0] = 0
    allowed = [m.window(box) > 127 for m in (layer.mask, sample) if m is not None]
    source = np.where(np.logical_and.reduce(allowed), 255, 0).astype(np.uint8) if allowed else None
    labels = _labels(scenery(document, layer, part.holes), box)
    return FillRequest(
        part, box, FillTask(layer.pixels(box), hole, source, excluded, labels), document.photo.icc,
        layer.pixels(box, np.uint16) if layer.deep else None,
        None if layer.mask is None or _goes_on(layer, part) else layer.mask.window(box),
    )  # fmt: skip


def _goes_on(layer: Layer, part: Part) -> bool:
    """Whether the mask says how far the layer goes in these holes."""
    return all(hole.behind for hole in layer.holes if hole.id in part.holes)


def scenery(document: Document, layer: Layer, holes: Collection[str] = ()) -> list[tuple[str, Mask]]:
    """Names and places of the scenery on a layer: what was found, and what was lifted and is at home.

    Masks are in the pixels of the layer's source. What left one of the `holes` is not in it.
    """
    found = document.state.found if layer.id == document.tree.base.id else ()
    named = [(o.label, o.mask) for o in found if o.kind == "area"]
    there = resting_stuff(document.tree, layer).difference(holes)
    for hole in layer.holes:
        cutout = document.state.layer(hole.owner) if hole.id in there else None
        if isinstance(cutout, Cutout) and cutout.label is not None and cutout.mask is not None:
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
    fillers: Fillers | None = None,
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
    results = FillResults(wanted.task, wanted.deep, wanted.alpha)
    plain = _without_filler(wanted, results)
    if plain is not None:
        yield plain
        return
    distinct = DistinctFills(wanted.part.mask)
    there, best = set(known), None
    number = candidates or (MOST_CANDIDATES if options.candidate else 1)
    for fill in _fills(replace(wanted, task=results.task), number, progress, fillers):
        seen, patch = _cut(wanted, fill.pixels), _cut(wanted, results.finished(fill.pixels))
        if not fill.final:
            yield Candidate(options.candidate, patch, False, fill.note, fill.score)
            continue
        placed = distinct.add(seen)
        if placed is None or placed in there:
            continue
        made = Candidate(placed, patch, True, fill.note, fill.score)
        best = best or made
        if not any(distinct.same(seen, _plain(old)) for old in known.values()):
            there.add(placed)
            yield made
    if options.candidate not in there and best is not None:
        yield replace(best, number=options.candidate)


def _without_filler(wanted: FillRequest, results: FillResults) -> Candidate | None:
    """The fill of a hole in a transparent ground, or around which nothing may be copied; else None."""
    if not results.blank and (wanted.alpha is None or results.copies):
        return None
    note = message("fill.transparent") if results.blank else message("fill.smooth")
    patch = _cut(wanted, results.finished(results.smooth()))
    return Candidate(wanted.part.options.candidate, patch, True, note)


def _fills(
    wanted: FillRequest, candidates: int, progress: Progress, fillers: Fillers | None
) -> Iterator[Fill]:
    """What the filler chosen for a part gives, in the document's colours."""
    options = wanted.part.options
    info = registry.info(options.filler, "filler")
    converted = info.colour_space == "srgb"
    task = wanted.task
    if converted:
        task = replace(task, image=between_profiles(task.image, wanted.icc, None), colour_space="srgb")
    chosen = dict(options.values)
    for fill in painted(info, task, chosen, progress, fillers, seed=options.seed, candidates=candidates):
        pixels = between_profiles(fill.pixels, None, wanted.icc) if converted else fill.pixels
        note = fill.note if wanted.deep is None else message("fill.smoothed", note=fill.note)
        yield replace(fill, pixels=pixels, note=note)


def painted(
    info: EngineInfo,
    task: FillTask,
    chosen: Mapping[str, object],
    progress: Progress,
    fillers: Fillers | None = None,
    *,
    seed: int = 0,
    candidates: int = 1,
    strict: bool = False,
) -> Iterator[Fill]:
    """The fills of a filler for a task, with the values `chosen` for its parameters, as `EngineInfo.values`.

    `fillers` are those of a window; by default fillers work in this process.
    """
    get = _loaded if fillers is None else fillers.get
    given: dict[str, Any] = dict(info.values(chosen, strict=strict))
    if "fillers" in info.takes:
        given["fillers"] = get
    fills: Iterator[Fill] = get(info.id).fill(
        task, seed=seed, candidates=candidates, progress=progress, **given
    )
    return fills


def _loaded(filler: str) -> Filler:
    engine: Filler = registry.load(filler, "filler")
    return engine


def _plain(patch: Patch) -> Patch:
    """A patch as fillers make them: RGB of 8 bits."""
    return Patch(patch.x, patch.y, as_dtype(patch.crop[..., :3], np.uint8))


def _cut(wanted: FillRequest, pixels: Pixels) -> Patch:
    """The part's box out of a filled crop."""
    x, y, w, h = wanted.part.mask.box
    dx, dy = x - wanted.box[0], y - wanted.box[1]
    return Patch(x, y, np.ascontiguousarray(pixels[dy : dy + h, dx : dx + w]))


class Fillers:
    """The fillers of a window: one that cannot be interrupted works in a process that a cancel ends.

    To be used from one thread at a time; `close` ends the processes.
    """

    def __init__(self) -> None:
        self._isolated: dict[str, Any] = {}

    def get(self, filler: str) -> Filler:
        """The filler of that name. Raises StudioError if there is none."""
        info = registry.info(filler, "filler")
        if not info.isolated:
            return _loaded(filler)
        if filler not in self._isolated:
            self._isolated[filler] = registry.make(info.isolated)
        engine: Filler = self._isolated[filler]
        return engine

    def close(self) -> None:
        for engine in self._isolated.values():
            engine.close()
        self._isolated.clear()


def fill_missing(document: Document, progress: Progress = NO_PROGRESS) -> None:
    """Fills every part that has no fill yet, here and now."""
    missing = document.missing_parts()
    for i, (layer, part) in enumerate(missing):
        step = SubProgress(progress, i / len(missing), (i + 1) / len(missing))
        for made in run(request(document, layer, part), step):
            document.put_fill(part.candidate(made.number), made.patch, made.final, made.note)


def check_parameters(given: Mapping[str, object]) -> None:
    """Raises StudioError if no filler has a parameter of one of the names."""
    known = [parameter.name for parameter in fill_parameters()]
    for name in given:
        if name not in known:
            raise StudioError(message("fill.option_unknown", name=name, known=", ".join(known)))


def fill_parameters() -> tuple[Parameter, ...]:
    """What can be chosen for fills: the parameters of all fillers, each once, by their names."""
    declared = {p.name: p for engine in registry.engines("filler") for p in engine.parameters}
    return tuple(declared.values())


def check_filler(name: str) -> None:
    """Raises StudioError if there is no filler of that name: known before long work."""
    registry.info(name, "filler")


def fill_pixels(
    pixels: Pixels,
    hole: Array,
    *,
    filler: str = "auto",
    keep_out: Array | None = None,
    sample_from: Array | None = None,
    seed: int = 0,
    progress: Progress = NO_PROGRESS,
    **parameters: object,
) -> Pixels:
    """`pixels` (H×W, H×W×3 or H×W×4; uint8 or uint16) painted exactly where `hole` (H×W uint8) > 0.

    Copied only from `sample_from` and not from `keep_out`, both H×W uint8. Alpha is filled like a colour.
    Raises StudioError if the sizes differ, the hole is empty or covers everything, and for an option that is
    not allowed.
    """
    if hole.ndim != 2 or hole.shape != pixels.shape[:2]:
        size, other = f"{hole.shape[1]}×{hole.shape[0]}", f"{pixels.shape[1]}×{pixels.shape[0]}"
        raise StudioError(message("mask.wrong_size", size=size, other=other))
    if not hole.any():
        raise StudioError(message("mask.nothing_to_fill"))
    if (hole > 0).all():
        raise StudioError(message("fill.nothing_to_copy"))
    info, last = registry.info(filler, "filler"), None
    check_parameters(parameters)
    results = _results(pixels, hole, sample_from, keep_out)
    if results.blank or (pixels.ndim == 3 and pixels.shape[2] == 4 and not results.copies):
        return _like(pixels, results.finished(results.smooth()), hole > 0)
    for fill in painted(info, results.task, parameters, progress, seed=seed, strict=True):
        last = fill
    if last is None:
        raise StudioError(message("fill.failed"))
    return _like(pixels, results.finished(last.pixels), hole > 0)


def _results(pixels: Pixels, hole: Array, sample_from: Array | None, keep_out: Array | None) -> FillResults:
    shallow = as_dtype(pixels, np.uint8)
    alpha = shallow[..., 3] if pixels.ndim == 3 and pixels.shape[2] == 4 else None
    image = rgb(shallow if alpha is None else np.ascontiguousarray(shallow[..., :3]))
    if alpha is not None:
        seen = np.where(alpha > 127, 255, 0).astype(np.uint8)
        sample_from = seen if sample_from is None else np.minimum(seen, sample_from)
    deep = None
    if pixels.dtype == np.uint16:
        deep = np.dstack([pixels] * 3) if pixels.ndim == 2 else pixels[..., :3]
    task = FillTask(image, hole, sample_from, keep_out, colour_space="srgb")
    return FillResults(task, deep, alpha)


def _like(pixels: Pixels, filled: Pixels, where: Any) -> Pixels:
    """The filled pixels in the shape of the original."""
    out = pixels.copy()
    out[where] = filled[where, 0] if pixels.ndim == 2 else filled[where]
    return out


def remove_pixels(
    pixels: Pixels, mask: Array, *, hole_out: Callable[[Array], None] | None = None, **options: Any
) -> Pixels:
    """`fill_pixels` of the hole that removing `mask` (H×W uint8) leaves; `hole_out` is told that hole."""
    if mask.ndim != 2 or mask.shape != pixels.shape[:2] or not mask.any():
        return fill_pixels(pixels, mask, **options)
    from inpaint_studio.engines.inpainting.holes import hole_for

    whole = Mask.place(mask)
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        alpha = Mask(0, 0, np.ascontiguousarray(as_dtype(pixels[..., 3], np.uint8)))
        whole = unite((whole, with_rim(whole, alpha, (pixels.shape[1], pixels.shape[0]))))
    hole = hole_for(whole, pixels.shape[:2]).full(pixels.shape[:2])
    if hole_out is not None:
        hole_out(hole)
    return fill_pixels(pixels, hole, **options)
