"""Gives a layer, and what lies at home in it, a source made anew: enhanced, or reaching further."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from inpaint_studio.document import Cutout, FillOptions, Layer, SourceFrame, parts
from inpaint_studio.document.holes import new_id

if TYPE_CHECKING:
    from inpaint_studio.basics import Patch
    from inpaint_studio.basics.surface import Pixels
    from inpaint_studio.document import Part, State
    from inpaint_studio.document.fills import FillStore
    from inpaint_studio.studio.frames import Frame


@dataclass(frozen=True, slots=True, eq=False)
class Renewal:
    """What gets a new source.

    `layers` are the chosen one and those that lie at home in it, all of one source; `frame` is where the new
    source lies on that; `fills` are final fills of their parts, with the number of the candidate.
    """

    layers: tuple[Layer, ...]
    frame: Frame
    fills: tuple[tuple[Layer, Part, int, Patch], ...]


@dataclass(frozen=True, slots=True, eq=False)
class NewPixels:
    """The new source and, by layer id, the new colours; the fills of the renewal, as the new source is."""

    source: Pixels
    colours: dict[str, Patch]
    fills: tuple[Patch, ...]


def together(state: State, layer: Layer) -> tuple[Layer, ...]:
    """A layer and what lies at home in it, or in that: all that looks like a part of it."""
    resting, found = state.tree.at_home, [layer]
    for other in state.layers:
        if other.id in resting and state.tree.origin(other) in found:
            found.append(other)
    return tuple(found)


def fills_of(
    state: State, fills: FillStore, layers: tuple[Layer, ...]
) -> tuple[tuple[Layer, Part, int, Patch], ...]:
    """The final fills of layers: each with its layer, part and candidate's number."""
    return tuple(
        (layer, part, number, patch)
        for layer in layers
        for part in parts(state.tree, layer)
        for number in fills.candidates(part)
        if (patch := fills.get(part.candidate(number).key)) is not None
    )


def renewed(state: State, fills: FillStore, wanted: Renewal, made: NewPixels) -> State:
    """The state in which the layers have their new pixels; their fills are kept for it.

    What else was lifted from them keeps its own pixels and can still be put back.
    """
    chosen, source_id = wanted.layers[0], new_id()
    renewing = {layer.id for layer in wanted.layers}
    new: list[Layer] = []
    for layer in state.layers:
        if layer.id in renewing:
            place = _new_frame(layer, wanted.frame, source_id, chosen=layer.id == chosen.id)
            new.append(_renewed(layer, wanted.frame, made, place))
        elif isinstance(layer, Cutout) and layer.lifted_from in renewing:
            new.append(replace(layer, source_frame=_left_behind(layer, wanted.frame)))
    found = state.found
    if chosen.id == state.tree.base.id and wanted.frame.shift != (0, 0):
        found = tuple(replace(each, mask=wanted.frame.mask(each.mask)) for each in found)
    after = replace(state.with_tree(state.tree.with_nodes(*new)), found=found)
    _keep_fills(fills, wanted, made, after)
    return after


def _renewed(layer: Layer, frame: Frame, made: NewPixels, place: SourceFrame) -> Layer:
    def options(old: FillOptions) -> FillOptions:
        return old if old.sample is None else replace(old, sample=frame.mask(old.sample))

    return replace(
        layer,
        source=made.source,
        mask=None if layer.mask is None else frame.mask(layer.mask),
        colours=made.colours.get(layer.id),
        holes=tuple(
            replace(h, mask=frame.mask(h.mask, solid=True), options=options(h.options)) for h in layer.holes
        ),
        transform=frame.transform(layer.transform),
        source_frame=place,
    )


def _new_frame(layer: Layer, frame: Frame, source_id: str, *, chosen: bool) -> SourceFrame:
    """Where the new source lies on the origin's: what lies at home in the chosen layer shares its own."""
    if not chosen:
        return SourceFrame(source_id)
    old = layer.source_frame or SourceFrame()
    return SourceFrame(
        source_id, old.left + frame.left / old.scale_x, old.top + frame.top / old.scale_y,
        old.scale_x * frame.scale_x, old.scale_y * frame.scale_y,
    )  # fmt: skip


def _left_behind(layer: Layer, frame: Frame) -> SourceFrame | None:
    """Where a layer's source lies on its origin's, after that has got a new one."""
    if frame.shift == (0, 0):
        return layer.source_frame
    old = layer.source_frame or SourceFrame()
    return replace(
        old, left=(old.left - frame.left) * frame.scale_x, top=(old.top - frame.top) * frame.scale_y,
        scale_x=old.scale_x / frame.scale_x, scale_y=old.scale_y / frame.scale_y,
    )  # fmt: skip


def _keep_fills(fills: FillStore, wanted: Renewal, made: NewPixels, state: State) -> None:
    """Keeps the fills for the new parts, so that what was chosen stays."""
    for (layer, old, number, _), patch in zip(wanted.fills, made.fills, strict=True):
        now = state.layer(layer.id)
        there = () if now is None else parts(state.tree, now)
        new = next((p for p in there if p.holes == old.holes), None)
        if new is None:
            continue
        note, chosen = fills.note(old.candidate(number).key), new.options.candidate
        fills.put(new.candidate(number), patch, note=note, shown=number == chosen)
        if fills.is_complete(old):
            fills.completed(new)
