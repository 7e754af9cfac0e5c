"""What a user may choose for fills: one verb each, one step of history each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from inpaint_studio.basics import Mask, StudioError, message
from inpaint_studio.basics.values import Number
from inpaint_studio.document import MOST_CANDIDATES, Document, parts
from inpaint_studio.engines import registry
from inpaint_studio.studio.fill import check_parameters, fill_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from inpaint_studio.basics.parameters import Parameter, Value
    from inpaint_studio.document import FillOptions, Hole, Layer, Part


def filler_choices() -> list[tuple[str, str]]:
    """Ids and names of the fillers that can be used here, the usual one first."""
    return [(engine.id, engine.title) for engine in registry.installed("filler")]


def filler_name(filler: str) -> str:
    """What a filler is called, its id where it is not known here."""
    found = registry.known(filler, "filler")
    return filler if found is None else found.title


def filler_id(filler: str) -> str:
    """The id under which a filler is offered today; projects may name one that another took the place of."""
    found = registry.known(filler, "filler")
    return filler if found is None else found.id


def filler_facts(filler: str) -> str:
    """The licence of a filler that is known here, and what memory it needs."""
    about = registry.info(filler, "filler")
    return f"{about.title}. {about.licence}. Needs about {about.memory_mb} MB of memory."


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


def set_value(
    document: Document,
    layer_id: str,
    name: str,
    value: Value,
    holes: Collection[str] | None = None,
    merge_key: str | None = None,
) -> None:
    """Chooses a value for a parameter of the fillers of holes of a layer (all if None).

    Numbers out of range become the nearest allowed one. Raises StudioError for an unknown parameter and for a
    value that is none of its kind.
    """
    known = {parameter.name: parameter for parameter in fill_parameters()}
    check_parameters({name: value})
    step = message("step.fill_value", option=known[name].label)

    def change(options: FillOptions) -> FillOptions:
        parameter = {p.name: p for p in parameters_of(options.filler)}.get(name, known[name])
        chosen = parameter.checked(_allowed(parameter, value))
        changed = options.with_value(name, None if chosen == parameter.default else chosen)
        other = changed != options and parameter.changes_all
        return replace(changed, candidate=0) if other else changed

    _change(document, layer_id, holes, step, change, merge_key)


def _allowed(parameter: Parameter, value: Value) -> Value:
    if isinstance(parameter.value, Number) and isinstance(value, int | float):
        return round(parameter.value.checked(value), 4)
    return value


def parameters_of(filler: str) -> tuple[Parameter, ...]:
    """What can be chosen for the fills of a filler; nothing where it is not known here."""
    found = registry.known(filler, "filler")
    return () if found is None else found.parameters


def values_of(options: FillOptions) -> dict[str, Value]:
    """What a filler works with, by the names of its parameters: what was chosen, else the usual values."""
    chosen = dict(options.values)
    found = registry.known(options.filler, "filler")
    return chosen if found is None else found.values(chosen, strict=False)


def takes_sample(filler: str) -> bool:
    """Whether a filler heeds an area to copy from."""
    found = registry.known(filler, "filler")
    return found is not None and "source_mask" in found.takes


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
