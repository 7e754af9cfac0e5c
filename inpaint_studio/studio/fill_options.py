"""What a user may choose for fills: one verb each, one step of history each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from inpaint_studio.basics import Mask, StudioError, message
from inpaint_studio.document import MOST_CANDIDATES, Document, parts
from inpaint_studio.engines import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from inpaint_studio.document import FillOptions, Hole, Layer, Part


def filler_choices() -> list[tuple[str, str]]:
    """Ids and names of the fillers that can be used here, the usual one first."""
    return [(engine.id, engine.title) for engine in registry.installed("filler")]


def filler_name(filler: str) -> str:
    """What a filler is called, its id where it is not known here."""
    return next((name for engine, name in filler_choices() if engine == filler), filler)


def part_of(document: Document, hole_id: str) -> tuple[Layer, Part] | None:
    """The layer and the part to which a hole belongs, None if it is gone."""
    for layer in document.layers:
        for part in parts(document.tree, layer):
            if hole_id in part.holes:
                return layer, part
    return None


def _change(
    document: Document,
    layer_id: str,
    holes: Collection[str] | None,
    name: str,
    change: Callable[[FillOptions], FillOptions],
    merge_key: str | None = None,
) -> None:
    """Changes the options of some of a layer's holes, all if None; no step if nothing changes."""
    layer = document.layer(layer_id)
    if not layer.holes:
        raise StudioError(message("layer.has_no_hole", name=layer.name))

    def changed(hole: Hole) -> Hole:
        if holes is not None and hole.id not in holes:
            return hole
        options = change(hole.options)
        return hole if options == hole.options else replace(hole, options=options)

    new = tuple(changed(hole) for hole in layer.holes)
    if any(a is not b for a, b in zip(new, layer.holes, strict=True)):
        document.update(name, replace(layer, holes=new), merge_key=merge_key)


def choose_candidate(document: Document, layer_id: str, part: Part, number: int) -> None:
    """Shows another fill of the same run. Raises StudioError for a number that no run has."""
    if not 0 <= number < MOST_CANDIDATES:
        raise StudioError(message("fill.number_unknown", number=number + 1, most=MOST_CANDIDATES))
    if number == part.options.candidate:
        return
    # The options of the part for all of its holes: a part is filled by those of its newest one.
    chosen = replace(part.options, candidate=number)
    step = message("step.choose_fill", number=number + 1)
    _change(document, layer_id, part.holes, step, lambda _: chosen)


def fill_again(document: Document, layer_id: str, holes: Collection[str] | None = None) -> None:
    """Other fills for holes of a layer (all if None): the next seed."""
    layer = document.layer(layer_id)
    seeds = [h.options.seed for h in layer.holes if holes is None or h.id in holes]
    set_seed(document, layer_id, max(seeds, default=0) + 1, holes)


def set_seed(document: Document, layer_id: str, seed: int, holes: Collection[str] | None = None) -> None:
    """Other fills for holes of a layer: those of that seed."""

    def change(options: FillOptions) -> FillOptions:
        return options if options.seed == seed else replace(options, seed=seed, candidate=0)

    _change(document, layer_id, holes, message("step.fill_again"), change)


def set_filler(document: Document, layer_id: str, filler: str, holes: Collection[str] | None = None) -> None:
    """Chooses the filler. Raises StudioError for one that does not exist."""
    registry.info(filler, "filler")

    def change(options: FillOptions) -> FillOptions:
        return options if options.filler == filler else replace(options, filler=filler, candidate=0)

    _change(document, layer_id, holes, message("step.filler", filler=filler_name(filler)), change)


def set_adaptation(
    document: Document,
    layer_id: str,
    adaptation: float,
    holes: Collection[str] | None = None,
    merge_key: str | None = None,
) -> None:
    """How far copied colours follow those around the hole, 0..1; the chosen candidate stays chosen."""
    value = min(max(round(adaptation, 4), 0.0), 1.0)
    step = message("step.colour_adaptation")
    _change(document, layer_id, holes, step, lambda o: replace(o, adaptation=value), merge_key)


def set_sample(
    document: Document, layer_id: str, sample: Mask | None, holes: Collection[str] | None = None
) -> None:
    """The only area (pixels of the layer's source) that fills copy from; an empty one or None is anywhere."""
    sample = sample if sample else None

    def change(options: FillOptions) -> FillOptions:
        old = options.sample
        if old is sample or (old is not None and sample is not None and old.same(sample)):
            return options
        return replace(options, sample=sample, candidate=0)

    step = message("step.clear_sample" if sample is None else "step.sample")
    _change(document, layer_id, holes, step, change)
