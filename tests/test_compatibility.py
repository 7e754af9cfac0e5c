"""What was promised stays: files saved by earlier versions open as they were, public names go on working."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import inpaint_studio as ips

DATA = Path(__file__).parent / "data"

SIGNATURES = {
    "enhance": ("pixels", "strength", "progress"),
    "export": ("document", "path", "quality", "metadata"),
    "fill": ("pixels", "hole", "filler", "keep_out", "sample_from", "seed", "adaptation", "progress"),
    "find_objects": ("pixels", "progress"),
    "label_map": ("pixels", "network"),
    "lift_all": ("photo", "progress"),
    "matte": ("pixels", "mask", "progress"),
    "open_document": ("path",),
    "open_photo": ("path",),
    "remove": ("pixels", "mask", "options"),
    "save": ("document", "path"),
    "select": ("pixels", "points", "labels", "box"),
}
"""The functions of version 0.1 and their parameters; later ones may have more."""
TYPES = ("Cancelled", "Document", "FoundObject", "Mask", "Photo", "StudioError")


@pytest.fixture(scope="module")
def old() -> ips.Document:
    """A project saved by version 0.1: turned, blended, hidden, locked and duplicated layers, holes, fills."""
    return ips.open_document(DATA / "project-0.1.ora")


def test_an_old_project_looks_as_it_did(old, tmp_path):
    path = tmp_path / "out.png"
    ips.export(old, path)
    now = np.asarray(Image.open(path).convert("RGBA")).astype(int)
    before = np.asarray(Image.open(DATA / "project-0.1.png")).astype(int)
    off = np.abs(now - before).max(axis=2)
    assert (off <= 1).mean() >= 0.999
    assert off.max() <= 4


def test_an_old_project_keeps_all_it_held(old):
    assert [layer.name for layer in old.layers] == [
        "Backdrop", "Car", "Wheel", "Tree", "Bird", "Baum ✓", "sticker",
    ]  # fmt: skip
    assert old.missing_parts() == []
    assert old.state.selection is not None
    # The found ball and the sky are still to be lifted.
    assert sorted(o.label for o in old.state.found) == ["ball", "sky"]
    car, copy, bird = old.layers[1], old.layers[5], old.layers[4]
    assert (car.blend, car.opacity, car.transform.degrees) == ("multiply", 0.8, 24)
    assert copy.locked
    assert not bird.visible


def test_an_old_project_saved_again_looks_the_same(old, tmp_path):
    ips.save(old, tmp_path / "again.ora")
    again = ips.open_document(tmp_path / "again.ora")
    for document, name in ((old, "a.png"), (again, "b.png")):
        ips.export(document, tmp_path / name)
    assert np.array_equal(*(np.asarray(Image.open(tmp_path / name)) for name in ("a.png", "b.png")))


def test_public_names_are_all_there():
    assert set(SIGNATURES) | set(TYPES) <= set(ips.__all__)


@pytest.mark.parametrize("name", SIGNATURES)
def test_public_functions_take_what_they_took(name):
    assert set(SIGNATURES[name]) <= set(inspect.signature(getattr(ips, name)).parameters)
