"""Verbs by their ids, with plain values, without a window."""

from __future__ import annotations

import json

import numpy as np
import pytest

from inpaint_studio.basics import FoundObject, Mask, Message, StudioError, message
from inpaint_studio.document import Document
from inpaint_studio.studio import lift
from inpaint_studio.studio.verbs import VERBS, VerbContext, perform


def square(x: int, y: int, side: int) -> Mask:
    return Mask.place(np.full((side, side), 255, np.uint8), x, y)


@pytest.fixture
def context(document: Document) -> VerbContext:
    """A photo in which a car and the sky were found."""
    lift.set_found(
        document,
        [FoundObject(square(20, 20, 30), "car", 1.0), FoundObject(square(90, 5, 20), "sky", 1.0, "area")],
    )
    return VerbContext(document, document.layers[0].id)


def names(context: VerbContext) -> list[str]:
    return [layer.name for layer in context.opened.layers]


def test_an_object_is_lifted_and_the_cutout_is_the_active_layer(context):
    done = perform(context, "object.lift", {"object": 0})
    assert names(context) == ["Backdrop", "Car"]
    car = context.opened.layers[1].id
    assert context.active == car and context.lifted == [car]
    assert done.parameters == {"object": 0}
    assert done.made == (car, context.opened.layers[0].holes[0].id)


def test_the_pointed_object_is_meant_where_none_is_named(context):
    context.pointed = context.opened.state.found[1]
    assert perform(context, "object.select").parameters == {"object": 1}
    assert context.opened.state.selection.same(square(90, 5, 20))
    assert context.opened.history.steps[-1].name == "Select sky"


def test_a_named_layer_is_meant_and_the_active_one_stays_active(context):
    perform(context, "object.lift", {"object": 0})
    car, backdrop = context.active, context.opened.layers[0].id
    perform(context, "layer.opacity", {"layer": backdrop, "value": 0.5})
    assert context.opened.layers[0].opacity == 0.5 and context.active == car
    perform(context, "layer.duplicate", {"layer": backdrop})
    assert context.active not in (car, backdrop), "the copy is looked at"


def test_delete_takes_the_selection_then_the_object_then_the_layer(context):
    context.pointed = context.opened.state.found[0]
    perform(context, "selection.set", {"mask": square(100, 60, 10)})
    perform(context, "edit.delete")
    assert len(context.opened.layers[0].holes) == 1 and context.uncovered is not None
    perform(context, "edit.delete")
    assert context.opened.history.steps[-1].name == "Remove car"
    context.pointed = None
    with pytest.raises(StudioError, match="choose a layer to delete"):
        perform(context, "edit.delete")
    perform(context, "layer.duplicate")
    perform(context, "edit.delete")
    assert names(context) == ["Backdrop"]


def test_deleting_a_cutout_uncovers_its_hole(context):
    perform(context, "object.lift", {"object": 0})
    hole = context.opened.layers[0].holes[0].id
    perform(context, "layer.delete")
    assert context.uncovered == hole


def test_all_things_are_lifted_in_one_step_and_areas_are_not(context):
    lift.set_found(context.opened, [*context.opened.state.found, FoundObject(square(60, 60, 20), "dog", 1.0)])
    steps = len(context.opened.history.steps)
    perform(context, "objects.lift_all")
    assert names(context) == ["Backdrop", "Car", "Dog"]
    assert len(context.lifted) == 2 and len(context.opened.history.steps) == steps + 1
    perform(context, "edit.undo")
    assert names(context) == ["Backdrop"]


def test_steps_with_one_merge_key_become_one(context):
    for value in (0.1, 0.2, 0.3):
        context.merge_key = "drag"
        perform(context, "layer.opacity", {"value": value})
    assert context.opened.history.position == 2
    perform(context, "edit.undo")
    assert context.opened.layers[0].opacity == 1


@pytest.mark.parametrize("reshape", ["grow", "shrink", "feather", "close_gaps", "remove_specks"])
def test_a_selection_is_reshaped_by_pixels(context, reshape):
    perform(context, "selection.set", {"mask": square(20, 20, 30)})
    perform(context, f"selection.{reshape}", {"pixels": 3})
    made = context.opened.state.selection
    assert made is not None
    expected = {"grow": 36, "shrink": 24}.get(reshape)
    assert expected is None or made.box[2:] == (expected, expected)


def test_masks_on_the_disk(context, tmp_path):
    path = str(tmp_path / "mask.png")
    perform(context, "selection.set", {"mask": square(20, 20, 30)})
    perform(context, "selection.save_mask", {"path": path})
    perform(context, "selection.drop")
    perform(context, "selection.load_mask", {"path": path})
    assert context.opened.state.selection.same(square(20, 20, 30))


def test_a_mask_and_the_name_of_a_step_survive_as_plain_values(context):
    step = message("step.select_named", label="car")
    done = perform(context, "selection.set", {"mask": square(3, 4, 5), "step": step})
    context.opened.undo()
    perform(context, done.verb, json.loads(json.dumps(done.parameters)))
    name = context.opened.history.steps[-1].name
    assert context.opened.state.selection.same(square(3, 4, 5))
    assert isinstance(name, Message) and (name.id, name) == ("step.select_named", "Select car")


def test_choices_for_a_fill(context):
    perform(context, "object.remove", {"object": 0})
    hole = context.uncovered
    perform(context, "fill.seed", {"hole": hole, "seed": 7})
    perform(context, "fill.candidate", {"hole": hole, "number": 2})
    options = context.opened.layers[0].holes[0].options
    assert (options.seed, options.candidate) == (7, 2)
    perform(context, "fill.again")
    assert context.opened.layers[0].holes[0].options.seed == 8
    with pytest.raises(StudioError, match="Choose among fills"):
        perform(context, "fill.candidate", {"number": 1})


@pytest.mark.parametrize(
    ("verb", "given", "words"),
    [
        ("layer.dance", {}, "no verb “layer.dance”"),
        ("file.open", {}, "only in the editor"),
        ("layer.opacity", {}, "needs the parameter “value”"),
        ("layer.opacity", {"value": "much"}, "“value”"),
        ("layer.opacity", {"value": 1, "how": 2}, "no parameter “how”"),
        ("layer.opacity", {"value": 1, "layer": "gone"}, "Choose a layer"),
        ("layer.blend", {"value": "burn"}, "“value”"),
        ("layer.place", {"transform": {"left": 3}}, "“transform”"),
        ("layer.delete", {}, "backdrop stays"),
        ("layer.group", {"layers": ["gone"]}, "."),
        ("object.lift", {"object": 9}, "Point at an object"),
        ("object.lift", {"object": -1}, "Point at an object"),
        ("selection.set", {"mask": {"x": 0, "y": 0, "width": 9, "height": 9, "coverage": "AAAA"}}, "“mask”"),
        ("edit.go_to", {"position": 99}, "no step 99"),
    ],
)
def test_what_can_not_be_done_says_why_and_changes_nothing(context, verb, given, words):
    state, active = context.opened.state, context.active
    with pytest.raises(StudioError, match=words) as told:
        perform(context, verb, given)
    assert isinstance(told.value.args[0], Message)
    assert context.opened.state is state and context.active == active


def test_a_locked_layer_refuses(context):
    perform(context, "layer.duplicate")
    perform(context, "layer.toggle_locked")
    for verb in ("layer.delete", "layer.flip_vertical", "layer.forward", "layer.reset_transform"):
        assert (
            VERBS[verb].possible(context) == "“Backdrop copy” is locked; unlock it in the layers panel first."
        )


def test_a_layer_is_put_into_the_middle(context):
    perform(context, "object.lift", {"object": 0})
    perform(context, "layer.place", {"transform": {"dx": 7.25, "dy": -3}})
    perform(context, "layer.centre")
    x, y, w, h = context.opened.layer(context.active).bounds()
    assert abs(x + w / 2 - 80) <= 1 and abs(y + h / 2 - 60) <= 1
    assert context.opened.history.steps[-1].name == "Move car"


def test_order_of_layers(context):
    perform(context, "object.lift", {"object": 0})
    car = context.active
    perform(context, "layer.duplicate", {"layer": context.opened.layers[0].id})
    assert names(context) == ["Backdrop", "Backdrop copy", "Car"]
    context.active = car
    assert VERBS["layer.forward"].possible(context) == "“Car” is in front of all others already."
    perform(context, "layer.backward")
    assert names(context) == ["Backdrop", "Car", "Backdrop copy"]
    assert VERBS["layer.to_back"].possible(context) == "“Car” is below all others already."
