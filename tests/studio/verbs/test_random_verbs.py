"""Any verbs in any order: nothing but StudioErrors, undo is exact, and a journal does it all again."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any
from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inpaint_studio.basics import FoundObject, Mask, StudioError
from inpaint_studio.basics.values import Choice, Flag, Number, Text
from inpaint_studio.document import Document, Group, Photo
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import Fill, FillTask
from inpaint_studio.studio import lift
from inpaint_studio.studio.verbs import VERBS, Performed, VerbContext, perform, replay
from inpaint_studio.studio.verbs.parameters import (
    Coverage,
    Id,
    InGroup,
    Name,
    Parameter,
    Pixels,
    Placement,
    Whole,
)

WIDTH, HEIGHT = 48, 36
Call = tuple[str, dict[str, Any]]
_HISTORY = ("edit.undo", "edit.redo", "edit.go_to")
_FILES = ("selection.load_mask", "selection.save_mask", "layer.replace_picture")
"""Left out: random texts are names of files."""
VERB_IDS = sorted(id for id, verb in VERBS.items() if verb.do is not None and id not in _FILES)


def box(x: int, y: int, w: int, h: int) -> Mask:
    return Mask.place(np.full((h, w), 255, np.uint8), x, y)


class _Finder:
    def find(self, image: np.ndarray, **_: Any) -> list[FoundObject]:
        return [
            FoundObject(box(5, 5, 12, 9), "car", 0.9),
            FoundObject(box(20, 10, 9, 20), "dog", 0.8),
            FoundObject(box(0, 0, WIDTH, 6), "sky", 0.7, "area"),
        ]


class _Filler:
    def fill(self, task: FillTask, **options: Any) -> Any:
        pixels = task.image.copy()
        pixels[task.hole > 0] = options["seed"] % 256
        yield Fill(pixels, True)


def _load(engine: str, kind: str) -> Any:
    if kind not in ("finder", "filler"):
        raise StudioError(f"There is no {kind} here.")
    return _Finder() if kind == "finder" else _Filler()


_BEGIN: tuple[Call, ...] = (
    ("object.lift", {"object": 0}),
    ("layer.place", {"transform": {"dx": 6, "dy": 2}}),
    ("layer.duplicate", {}),
    ("layer.group", {}),
    ("layer.add_hue_saturation", {}),
    ("area.remove", {"mask": box(30, 20, 8, 8), "label": "spot"}),
    ("object.lift", {"object": 0}),
    ("selection.set", {"mask": box(2, 2, 20, 20)}),
)
"""So that most verbs can be done from the start: a copy in a group, cutouts, two holes, a selection."""


def fresh() -> VerbContext:
    photo = Photo(np.random.default_rng(3).integers(0, 255, (HEIGHT, WIDTH, 3)).astype(np.uint8))
    seen = VerbContext(Document(photo))
    lift.set_found(seen.opened, _Finder().find(photo.pixels))
    for verb, chosen in _BEGIN:
        perform(seen, verb, chosen)
    return VerbContext(Document(photo, seen.opened.state), seen.active)


masks = st.none() | st.builds(
    box, st.integers(0, WIDTH - 4), st.integers(0, HEIGHT - 4), st.integers(1, 20), st.integers(1, 20)
).map(lambda mask: mask.clipped((0, 0, WIDTH, HEIGHT)))
junk = st.sampled_from([None, "", "x", -1, 1e300, float("nan"), [], {}, {"x": 1}, True, "backdrop"])
transforms = st.fixed_dictionaries(
    {},
    optional={
        "dx": st.floats(-60, 60), "dy": st.floats(-60, 60), "degrees": st.floats(-400, 400),
        "scale_x": st.floats(-3, 3), "scale_y": st.floats(-3, 3),
    },
)  # fmt: skip


def values(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Mostly values that a parameter takes. Ids are numbers: places in the lists."""
    kind = parameter.kind
    if isinstance(kind, Id | InGroup):
        return st.integers(0, 5).map(lambda number: ("id", number))
    if isinstance(kind, Number):
        return st.floats(kind.low, kind.high)
    if isinstance(kind, Whole):
        return st.integers(kind.low, min(kind.high, 12))
    if isinstance(kind, Choice):
        return st.sampled_from(kind.options)
    if isinstance(kind, Flag):
        return st.booleans()
    if isinstance(kind, Text | Name):
        return st.text(max_size=9) | st.just("telea")
    if isinstance(kind, Coverage):
        return masks
    if isinstance(kind, Placement):
        return transforms
    assert isinstance(kind, Pixels)
    return st.none()


@st.composite
def calls(draw: st.DrawFn) -> Call:
    verb = VERBS[draw(st.sampled_from(VERB_IDS))]
    chosen = {
        p.name: draw(values(p) | junk if draw(st.integers(0, 9)) == 0 else values(p)) for p in verb.parameters
    }
    if chosen and draw(st.integers(0, 3)) == 0:
        del chosen[draw(st.sampled_from(sorted(chosen)))]
    return verb.id, chosen


def named(context: VerbContext, verb: str, chosen: dict[str, Any]) -> dict[str, Any]:
    """The same with the ids that things have in this document."""
    tree = context.opened.tree
    nodes = [node.id for node in tree.nodes]
    ids = {
        "layer": nodes,
        "layers": [nodes[first:] for first in range(len(nodes))],
        "group": [None, *(node.id for node in tree.nodes if isinstance(node, Group))],
        "hole": [hole.id for layer in tree.layers for hole in layer.holes],
        "object": list(range(len(context.opened.state.found))),
        "objects": [list(range(first, len(context.opened.state.found))) for first in range(3)],
    }
    kinds = {p.name: p.kind for p in VERBS[verb].parameters}
    out = {}
    for name, value in chosen.items():
        kind = kinds[name]
        if isinstance(value, tuple) and isinstance(kind, Id | InGroup):
            of = ids[kind.word]
            value = of[value[1] % len(of)] if of else None
        out[name] = value
    return out


def same_picture(a: Document, b: Document) -> bool:
    """Whether two documents show the same: by all that drawing goes by."""
    drawn = ("name", "kind", "transform", "opacity", "blend", "visible", "locked", "isolated", "values")
    pairs = list(zip(a.tree.nodes, b.tree.nodes, strict=True))
    alike = all(getattr(x, name, None) == getattr(y, name, None) for x, y in pairs for name in drawn)
    alike &= all(len(a.tree.groups_of(x.id)) == len(b.tree.groups_of(y.id)) for x, y in pairs)
    masks_of = [[[x.mask, *(h.mask for h in x.holes)] for x in document.layers] for document in (a, b)]
    return alike and all(
        (p is None and q is None) or (p is not None and q is not None and p.same(q))
        for one, other in zip(*masks_of, strict=True)
        for p, q in zip(one, other, strict=True)
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(calls(), max_size=14))
def test_any_verbs_in_any_order(sequence: list[Call]) -> None:
    with patch.object(registry, "load", _load):
        context = fresh()
        document, journal = context.opened, []
        first, begun = document.state, context.active
        for verb, chosen in sequence:
            state, position = document.state, document.history.position
            try:
                line = perform(context, verb, named(context, verb, chosen))
            except StudioError as error:
                assert str(error)
                assert document.state is state and document.history.position == position
                continue
            journal.append(json.loads(json.dumps(asdict(line))))
            if verb not in _HISTORY and document.history.position != position:
                now = document.state
                document.undo()
                assert document.state is state
                document.redo()
                assert document.state is now
        again = VerbContext(Document(document.photo, first), begun)
        replay(again, [Performed(**line) for line in journal])
        assert same_picture(document, again.opened)
        assert [s.name for s in document.history.steps] == [s.name for s in again.opened.history.steps]
        if document.history.steps:
            document.go_to(0)
        assert document.state is first
