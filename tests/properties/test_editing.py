"""No sequence of verbs breaks what a document promises; one that does is told as short as possible."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from editing import (
    HEIGHT,
    WIDTH,
    anywhere,
    canvas_boxes,
    looks,
    photo,
    pictures,
    rendered,
    things,
    transforms,
)
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from simple_engines import BlurMatte, NoiseFiller

from inpaint_studio.basics import FoundObject, Mask, StudioError
from inpaint_studio.basics.mask import Box
from inpaint_studio.document import Change, Cutout, Document, Group, Photo, Transform
from inpaint_studio.document.history import History
from inpaint_studio.engines import registry
from inpaint_studio.render.adjustments import ADJUSTMENTS
from inpaint_studio.studio import (
    arrange,
    canvas,
    clips,
    edit,
    fill,
    fill_options,
    groups,
    guides,
    lift,
    match,
    merging,
    replacing,
    save,
)
from inpaint_studio.studio.frames import home
from inpaint_studio.studio.open import open_document
from inpaint_studio.studio.properties import set_property

MOST_LAYERS = 7
HISTORY_BYTES = 40
"""Little enough that the past is moved to a file on the way."""
WHICH = st.integers(0, MOST_LAYERS)
room_for_a_layer = precondition(lambda machine: len(machine.document.tree.nodes) < MOST_LAYERS)


class Editing(RuleBasedStateMachine):
    """Edits a small photo; after each verb the picture is compared with what was promised of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.open(transparent=False)

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @initialize(transparent=st.booleans())
    def open(self, transparent: bool) -> None:
        self.photo = photo(transparent=transparent)
        self.show(Document(Photo(self.photo)))

    def show(self, document: Document) -> None:
        self.document = document
        document.history = History(HISTORY_BYTES)
        self.heard: list[Change] = []
        document.subscribe(self.heard.append)
        self.picture = rendered(document)
        self.past: dict[int, np.ndarray] = {}

    # What verbs are given

    def node(self, which: int) -> str:
        """Any node above the backdrop, where there is one."""
        nodes = self.document.tree.nodes[1:] or self.document.tree.nodes
        return nodes[which % len(nodes)].id

    def any(self, which: int) -> str:
        layers = self.document.layers
        return layers[which % len(layers)].id

    def cutout(self, which: int) -> str:
        """A layer above the backdrop, where there is one."""
        layers = self.document.layers[1:] or self.document.layers
        return layers[which % len(layers)].id

    @property
    def groups(self) -> list[str]:
        return [node.id for node in self.document.tree.nodes if isinstance(node, Group)]

    @property
    def filled(self) -> bool:
        """Whether nothing stands in for a fill that has not come: what does is not promised."""
        return not self.document.missing_parts()

    def do(self, verb: Callable[..., Any], *arguments: object, **options: object) -> Any:
        """Does a verb; one that refuses leaves everything as it was."""
        before, place = self.document.state, self.document.history.position
        try:
            done = verb(self.document, *arguments, **options)
        except StudioError as error:
            assert self.document.state is before and self.document.history.position == place
            assert str(error)
            return None
        if self.document.state is not before:
            now = self.document.history.position
            self.past = {at: picture for at, picture in self.past.items() if at < now}
            assert now == place or self.document.history.bytes <= HISTORY_BYTES
        return done

    # Verbs

    @room_for_a_layer
    @rule(thing=things, which=WHICH)
    def lift(self, thing: Mask, which: int) -> None:
        before, layers, nodes = self.picture, self.document.layers, self.document.tree.nodes
        cutout = self.do(lift.lift, thing, "car", self.any(which))
        resting = self.document.tree.at_home
        if cutout in resting:
            assert np.array_equal(rendered(self.document), before), "a lift is not seen"
        else:
            assert cutout is None or len(nodes) > 1 or layers[0].holes or not layers[0].plain

    @rule(thing=things, which=WHICH)
    def remove(self, thing: Mask, which: int) -> None:
        self.do(lift.remove, thing, "blot", self.any(which))

    @room_for_a_layer
    @rule(thing=things, which=WHICH)
    def lift_and_put_back(self, thing: Mask, which: int) -> None:
        before = self.picture
        cutout = self.do(lift.lift, thing, "car", self.any(which))
        if cutout is not None:
            self.do(edit.put_back, cutout)
            assert np.array_equal(rendered(self.document), before), "what was put back was never away"

    @rule(which=WHICH, dx=st.integers(-14, 14), dy=st.integers(-10, 10), half=st.booleans())
    def move(self, which: int, dx: int, dy: int, half: bool) -> None:
        layer = self.document.layer(self.cutout(which))
        self.do(edit.transform, layer.id, replace(layer.transform, dx=dx + 0.5 * half, dy=float(dy)), "drag")

    @rule(which=WHICH, new=st.one_of(st.booleans(), transforms))
    def turn_or_flip(self, which: int, new: bool | Transform) -> None:
        if isinstance(new, bool):
            self.do(edit.flip, self.cutout(which), horizontal=new)
        else:
            pivot = self.document.layer(self.cutout(which)).transform.pivot
            self.do(edit.transform, self.cutout(which), replace(new, pivot=pivot), step="step.rotate")

    @rule(which=WHICH)
    def move_home(self, which: int) -> None:
        self.do(set_property, self.cutout(which), "opacity", 1.0)
        self.do(set_property, self.cutout(which), "blend", "normal")
        layer = self.document.layer(self.cutout(which))
        self.do(edit.transform, layer.id, home(self.document.tree, layer))

    @room_for_a_layer
    @rule(which=WHICH)
    def duplicate(self, which: int) -> None:
        self.do(edit.duplicate, self.node(which))

    @rule(which=WHICH)
    def delete(self, which: int) -> None:
        self.do(edit.delete, self.node(which))

    @rule(which=WHICH)
    def put_back(self, which: int) -> None:
        self.do(edit.put_back, self.cutout(which))

    @rule(which=WHICH, place=WHICH)
    def reorder(self, which: int, place: int) -> None:
        self.do(groups.reorder, self.node(which), place)

    @room_for_a_layer
    @rule(which=WHICH, other=WHICH)
    def group(self, which: int, other: int) -> None:
        before, plain = self.picture, all(node.visible for node in self.document.tree.nodes)
        made = self.do(groups.group, [self.node(which), self.node(other)])
        if made is not None and plain and which == other:
            assert np.array_equal(rendered(self.document), before), "a group of one node changes nothing"

    @precondition(lambda machine: machine.groups)
    @rule(which=WHICH, node=WHICH, place=WHICH, out=st.booleans())
    def move_between_groups(self, which: int, node: int, place: int, out: bool) -> None:
        target = None if out else self.groups[which % len(self.groups)]
        self.do(groups.move_into, self.node(node), target, place)

    @precondition(lambda machine: machine.groups)
    @rule(which=WHICH)
    def ungroup(self, which: int) -> None:
        self.do(groups.ungroup, self.groups[which % len(self.groups)])

    @room_for_a_layer
    @rule(which=WHICH, adjustment=st.sampled_from(sorted(ADJUSTMENTS)), share=st.floats(0, 1))
    def adjust(self, which: int, adjustment: str, share: float) -> None:
        made = self.do(groups.add_adjustment, adjustment, self.any(which))
        for parameter in ADJUSTMENTS[adjustment].parameters:
            low, high = parameter.value.low, parameter.value.high
            self.do(set_property, made, parameter.name, low + share * (high - low))

    # Several together

    def chosen(self, which: int, other: int) -> list[str]:
        return list(dict.fromkeys((self.node(which), self.node(other))))

    @rule(which=WHICH, other=WHICH, edge=st.sampled_from(arrange.EDGES))
    def align(self, which: int, other: int, edge: arrange.Edge) -> None:
        self.do(arrange.align, self.chosen(which, other), edge)

    @rule(across=st.booleans())
    def distribute(self, across: bool) -> None:
        self.do(arrange.distribute, [node.id for node in self.document.tree.roots[1:]], across=across)

    @rule(
        which=WHICH, other=WHICH, scale=st.sampled_from([0.5, 1.0, 1.0, 1.7]),
        degrees=st.sampled_from([0.0, 0.0, 30.0, 180.0]), dx=st.integers(-5, 5), mirror=st.booleans(),
    )  # fmt: skip
    def place_together(
        self, which: int, other: int, scale: float, degrees: float, dx: int, mirror: bool
    ) -> None:
        placing = arrange.Placing((9.0, 7.0), scale, degrees, dx, 0.0, mirror)
        self.do(arrange.place, self.chosen(which, other), placing, "step.move_several")

    @rule(which=WHICH, other=WHICH, by=st.sampled_from([-9, -1, 1, 9]))
    def raise_together(self, which: int, other: int, by: int) -> None:
        self.do(groups.raise_together, self.chosen(which, other), by)

    @precondition(lambda machine: len(machine.document.tree.roots) > 1)
    @rule()
    def flatten(self) -> None:
        before = self.picture
        made = self.do(merging.flatten)
        if made is not None:
            assert np.array_equal(rendered(self.document), before), "flattened it looks the same"

    @rule(which=WHICH)
    def merge_down(self, which: int) -> None:
        self.do(merging.merge_down, self.node(which))

    @rule(which=WHICH)
    def rasterise(self, which: int) -> None:
        self.do(merging.rasterise, self.node(which))

    @rule(which=WHICH, pixels=pictures)
    def replace_picture(self, which: int, pixels: np.ndarray) -> None:
        self.do(replacing.replace_picture, self.cutout(which), Photo(pixels, "other.png"))

    @room_for_a_layer
    @rule(which=WHICH, cut=st.booleans(), selection=st.one_of(st.none(), things), there=st.booleans())
    def copy_and_paste(self, which: int, cut: bool, selection: Mask | None, there: bool) -> None:
        if selection is not None:
            selection = selection.clipped((0, 0, 24, 18)) or None
        clip = self.do(lambda document: clips.copied(document.snapshot(), [self.any(which)], selection))
        if clip is None:
            return
        if cut:
            self.do(edit.delete, self.any(which))
        made = self.do(clips.paste, clip, None if there else (5.0, 6.0))
        assert made and self.document.tree.find(made[-1]) is not None

    @rule(which=WHICH, look=looks)
    def look(self, which: int, look: tuple[str, object]) -> None:
        name, value = look
        self.do(set_property, self.node(which), name, value, "fade" if name == "opacity" else None)

    @rule(which=WHICH, stroke=things, adding=st.booleans())
    def refine(self, which: int, stroke: Mask, adding: bool) -> None:
        layer = self.document.layer(self.cutout(which))
        if layer.mask is not None:
            mask = layer.mask.union(stroke) if adding else layer.mask.minus(stroke)
            height, width = layer.source.shape[:2]
            self.do(lift.refine, layer.id, mask.clipped((0, 0, width, height)))

    @rule(which=WHICH, amount=st.sampled_from([0.0, 0.5, 1.0]))
    def match(self, which: int, amount: float) -> None:
        self.do(match.match, self.any(which), amount)

    @rule(mask=st.one_of(st.none(), things), label=st.sampled_from(["dog", "building", ""]))
    def select_or_find(self, mask: Mask | None, label: str) -> None:
        if label and mask is not None:
            self.do(lift.set_found, [FoundObject(mask, label, 0.5)])
        else:
            self.do(lift.set_selection, mask, "Select")

    @room_for_a_layer
    @rule(pixels=pictures)
    def paste(self, pixels: np.ndarray) -> None:
        self.do(lift.put_picture, Photo(pixels, "sticker.png"))

    @rule(
        size=st.tuples(st.integers(6, 40), st.integers(6, 32)),
        where=st.tuples(st.integers(-8, 8), st.integers(-8, 8)),
        degrees=st.sampled_from([0.0, 0.0, 11.0]),
        extending=st.booleans(),
    )
    def crop(self, size: tuple[int, int], where: tuple[int, int], degrees: float, extending: bool) -> None:
        self.do(canvas.crop, (*where, *size), degrees, fill=extending)

    @rule(
        change=st.sampled_from(["left", "right", "over", "across", "down", "reveal"]),
        extending=st.booleans(),
    )
    def turn_the_picture(self, change: str, extending: bool) -> None:
        if change in ("across", "down"):
            self.do(canvas.mirror, horizontal=change == "across")
        elif change == "reveal":
            self.do(canvas.reveal_all, fill=extending)
        else:
            self.do(canvas.turn, {"right": 1, "over": 2, "left": 3}[change])

    @rule(axis=st.sampled_from(["x", "y", ""]), place=st.integers(0, 30), number=st.integers(0, 3))
    def guide(self, axis: str, place: int, number: int) -> None:
        if axis:
            self.do(guides.add, axis, float(place))
        elif place % 3:
            self.do(guides.move, number, float(place))
        else:
            self.do(guides.remove, number)

    @rule(width=st.integers(6, 40), height=st.integers(6, 32))
    def resize_the_picture(self, width: int, height: int) -> None:
        self.do(canvas.set_image_size, width, height)

    # Derived data: no steps, and they change what the past looks like, too

    @precondition(lambda machine: machine.document.missing_parts())
    @rule(which=WHICH)
    def fill(self, which: int) -> None:
        missing = self.document.missing_parts()
        layer, part = missing[which % len(missing)]
        for made in fill.run(fill.request(self.document, layer, part)):
            self.document.put_fill(part, made.patch, made.final)
        self.past = {}

    @precondition(lambda machine: machine.document.missing_parts())
    @rule()
    def fill_all(self) -> None:
        fill.fill_missing(self.document)
        assert self.filled
        self.past = {}

    @rule(which=WHICH)
    def soften(self, which: int) -> None:
        layer = self.document.layer(self.cutout(which))
        if isinstance(layer, Cutout) and layer.mask is not None:
            cut = BlurMatte().refine(layer.source, layer.mask)
            lift.settle_cut(self.document, layer.mask, cut)
            self.past = {}

    @rule(which=WHICH)
    def fill_again(self, which: int) -> None:
        self.do(fill_options.fill_again, self.any(which))

    # History

    @precondition(lambda machine: machine.document.can_undo or machine.document.can_redo)
    @rule(by=st.sampled_from([-9, -3, -2, -1, -1, 1, 1, 2, 9]))
    def undo_or_redo(self, by: int) -> None:
        history = self.document.history
        place = min(max(history.position + by, 0), len(history.steps))
        self.document.go_to(place)
        assert history.position == place
        if place in self.past:
            assert np.array_equal(rendered(self.document), self.past[place]), "the past is as it was"

    # Files

    @rule()
    def save_and_reopen(self) -> None:
        path = self.folder / "project.ora"
        save.save(self.document, path)
        assert not self.document.modified
        again, notices = open_document(path)
        assert not notices and not again.modified
        if self.filled:
            assert np.array_equal(rendered(again), self.picture), "a saved document looks the same"
        assert again.state.guides == self.document.state.guides
        assert [x.id for x in again.layers] == [x.id for x in self.document.layers]
        waiting = [sorted(part.key for _, part in d.missing_parts()) for d in (again, self.document)]
        assert waiting[0] == waiting[1], "what was filled stays filled"
        self.show(again)

    # What is true after each

    @rule(box=canvas_boxes)
    def a_box_of_the_picture_is_the_pictures_box(self, box: Box) -> None:
        x, y, w, h = box
        whole = rendered(self.document, anywhere(box))
        left, top = x - anywhere(box)[0], y - anywhere(box)[1]
        assert np.array_equal(rendered(self.document, box), whole[top : top + h, left : left + w])

    @invariant()
    def nothing_changed_outside_of_what_was_told(self) -> None:
        after = rendered(self.document)
        if any(change.canvas for change in self.heard):
            # All is drawn again.
            self.picture = after
        rest = after.copy()
        for x, y, w, h in (box for change in self.heard for box in change.boxes):
            part = slice(max(y, 0), max(y + h, 0)), slice(max(x, 0), max(x + w, 0))
            rest[part] = self.picture[part]
        assert np.array_equal(rest, self.picture)
        self.heard.clear()
        self.picture = after
        if self.filled:
            self.past[self.document.history.position] = after

    @invariant()
    def while_all_is_at_home_the_picture_is_the_photo(self) -> None:
        bottom, *others = self.document.layers
        resting = self.document.tree.at_home
        awake = {x.id for x in others} | {h.owner for h in bottom.holes}
        only_layers = len(self.document.tree.nodes) == len(self.document.layers)
        reframed = bottom.transform != Transform() or bottom.source_frame is not None
        if bottom.plain and awake <= resting and only_layers and not reframed:
            width, height = (
                min(own, whole) for own, whole in zip(self.document.canvas[2:], (WIDTH, HEIGHT), strict=True)
            )
            picture, photo = self.picture[:height, :width], self.photo[:height, :width]
            seen = picture[..., 3] > 0
            assert np.array_equal(picture[seen][:, : photo.shape[2]], photo[seen])
            assert photo.shape[2] == 4 or seen.all()


@pytest.fixture(autouse=True)
def quick_engines(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made = {"filler": NoiseFiller(), "matte": BlurMatte()}
    monkeypatch.setattr(registry, "load", lambda engine_id, kind: made[kind])
    return


class TestEditing(Editing.TestCase):
    settings = settings(stateful_step_count=50)
