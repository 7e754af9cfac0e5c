"""Declared properties: what follows from a declaration holds for each of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inpaint_studio.basics import StudioError
from inpaint_studio.basics.values import Choice, Flag, Number, Text
from inpaint_studio.document import Cutout, Document, Photo
from inpaint_studio.document.properties import DRAWN, Affects, changed, properties
from inpaint_studio.files.project import open_project, save_project
from inpaint_studio.render import render
from inpaint_studio.studio.lift import put_picture
from inpaint_studio.studio.properties import set_property, settable

SETTABLE = [name for name, known in properties(Cutout).items() if known.step]


def another(known, now):
    """A value that the property has not got yet."""
    match known.value:
        case Number(low, high):
            return (low + high) / 2
        case Choice(options):
            return next(option for option in options if option != now)
        case Flag():
            return not now
        case Text():
            return f"{now} b"
    raise AssertionError(known)


@pytest.fixture
def document():
    pixels = np.random.default_rng(1).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    document = Document(Photo(pixels))
    put_picture(document, Photo(np.ascontiguousarray(pixels[::-1, :, ::-1])))
    return Document(document.photo, document.state)


def test_a_layer_has_properties_that_can_be_set():
    assert {"name", "opacity", "blend", "visible", "locked", "tag"} <= set(SETTABLE)


@pytest.mark.parametrize("name", SETTABLE)
def test_setting_one_is_a_step_that_undo_takes_back_and_files_keep(document, name, tmp_path):
    layer = document.layers[1]
    known, before = properties(Cutout)[name], getattr(layer, name)
    value = another(known, before)
    changes = []
    document.subscribe(changes.append)
    picture = render(document.snapshot()).pixels
    set_property(document, layer.id, name, value)
    assert getattr(document.layers[1], name) == value
    assert len(document.history.steps) == 1 and document.modified
    # Only where a declaration says so may the picture differ.
    drawn = not np.array_equal(picture, render(document.snapshot()).pixels)
    assert drawn == bool(known.affects & DRAWN)
    assert any(changes[0].rect) == drawn
    assert changed(layer, document.layers[1]) == known.affects
    save_project(document.snapshot(), document.photo, tmp_path / "a.ora")
    again, _ = open_project(tmp_path / "a.ora")
    assert getattr(again.layers[1], name) == value
    document.undo()
    assert getattr(document.layers[1], name) == before and not document.modified


@pytest.mark.parametrize("name", SETTABLE)
def test_the_same_value_is_no_step(document, name):
    set_property(document, document.layers[1].id, name, getattr(document.layers[1], name))
    assert document.history.steps == []


@pytest.mark.parametrize("name", [name for name in SETTABLE if properties(Cutout)[name].unlocked])
def test_a_lock_holds(document, name):
    layer, known = document.layers[1].id, properties(Cutout)[name]
    set_property(document, layer, "locked", True)
    with pytest.raises(StudioError, match="locked"):
        set_property(document, layer, name, another(known, known.default))


def test_numbers_come_into_their_range(document):
    layer = document.layers[1].id
    set_property(document, layer, "opacity", -3)
    assert document.layers[1].opacity == 0
    with pytest.raises(StudioError, match="opacity"):
        set_property(document, layer, "opacity", math.nan)


def test_only_what_is_declared_can_be_set(document):
    for name in ("colour", "mask", "id"):
        with pytest.raises(StudioError, match="no property"):
            set_property(document, document.layers[1].id, name, "x")


def test_choices_are_held_to(document):
    with pytest.raises(StudioError, match="no colour tag “pink”"):
        set_property(document, document.layers[1].id, "tag", "pink")


def test_changes_in_a_row_with_one_key_are_one_step(document):
    layer = document.layers[1].id
    for value in (0.9, 0.8, 0.7):
        set_property(document, layer, "opacity", value, "drag")
    assert len(document.history.steps) == 1
    assert changed(document.layers[1], document.layers[1]) == Affects(0)
    assert list(settable(document.layers[1])) == SETTABLE
