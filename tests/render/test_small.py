"""A layer's small picture is the large one made small, however it was cut, filled or moved."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from inpaint_studio.basics import Mask, Patch
from inpaint_studio.document import Document, Photo, parts
from inpaint_studio.render import fill_picture, layer_surface, shrunk, small_picture
from inpaint_studio.studio import edit, lift

SIZE = 24


@pytest.fixture
def document() -> Document:
    """700 × 500, smooth, with a cutout that was moved away from its green fill."""
    small = np.random.default_rng(5).integers(0, 256, (6, 8, 3)).astype(np.uint8)
    made = Document(Photo(cv2.resize(small, (703, 501), interpolation=cv2.INTER_CUBIC), "photo.png"))
    cutout = lift.lift(made, Mask(211, 133, np.full((190, 260), 255, np.uint8)))
    part = parts(made.tree, made.layers[0])[0]
    x, y, w, h = part.mask.box
    made.put_fill(part, Patch(x, y, np.tile(np.array([0, 255, 0], np.uint8), (h, w, 1))))
    layer = made.layer(cutout)
    edit.transform(made, cutout, replace(layer.transform, dx=layer.transform.dx + 40))
    return made


def seen(pixels: np.ndarray) -> np.ndarray:
    """RGBA over black, and its alpha."""
    return np.dstack([pixels[..., :3] * (pixels[..., 3:] / 255), pixels[..., 3]])


@pytest.mark.parametrize("index", [0, 1])
def test_looks_like_the_large_one(document: Document, index: int) -> None:
    layer = document.layers[index]
    large = layer_surface(document.snapshot(), layer).pixels
    expected = shrunk(large, SIZE).astype(int)
    made = small_picture(document.snapshot(), layer, SIZE).astype(int)
    assert made.shape == expected.shape
    away = np.abs(made - expected)
    # Samples stand for the pixels around them: at an edge a quarter of a pixel may fall otherwise.
    assert away.mean() < 4 and np.percentile(away, 90) < 12


def test_a_resting_cutouts_hole_stays_closed(document: Document) -> None:
    document.undo()
    made = small_picture(document.snapshot(), document.layers[0], SIZE)
    expected = shrunk(np.dstack([document.photo.pixels, np.full((501, 703), 255, np.uint8)]), SIZE)
    assert np.abs(made.astype(int) - expected).max() < 40


def test_clean_colours_show(document: Document) -> None:
    layer = replace(document.layers[1], colours=Patch(211, 133, np.zeros((190, 260, 3), np.uint8)))
    made = small_picture(document.snapshot(), layer, SIZE)
    assert not made[..., :3].any() and (made[..., 3] == 255).all()


def test_small_and_turned_layers_are_made_from_all_pixels(document: Document) -> None:
    layer = replace(document.layers[1], transform=replace(document.layers[1].transform, degrees=30.0))
    large = layer_surface(document.snapshot(), layer).pixels
    made, expected = small_picture(document.snapshot(), layer, SIZE), shrunk(large, SIZE)
    away = np.abs(seen(made) - seen(expected))
    # At an edge a quarter of a pixel may fall otherwise.
    assert away.max() < 64 and away.mean() < 2
    whole = small_picture(document.snapshot(), document.layers[1], 1000)
    large = layer_surface(document.snapshot(), document.layers[1]).pixels
    assert np.array_equal(whole, large)


@pytest.mark.parametrize("box", [(0, 0, 30, 20), (300, 200, 4, 4), (0, 100, 703, 30), (0, 0, 703, 501)])
@pytest.mark.parametrize("size", [(76, 57), (19, 19)])
def test_a_fill_lies_in_its_surroundings(
    document: Document, box: tuple[int, int, int, int], size: tuple[int, int]
) -> None:
    x, y, w, h = box
    lift.remove(document, Mask(x, y, np.full((h, w), 255, np.uint8)))
    layer = document.layers[0]
    part = next(p for p in parts(document.tree, layer) if p.holes[-1] == layer.holes[-1].id)
    x, y, w, h = part.mask.box
    for number, blue in enumerate((200, 250)):
        fill = np.tile(np.array([0, 0, blue], np.uint8), (h, w, 1))
        document.put_fill(part.candidate(number), Patch(x, y, fill))
    steps = len(document.history.steps)
    for number, blue in enumerate((200, 250)):
        made = fill_picture(document.snapshot(), layer, part.candidate(number), size)
        assert made.shape[2] == 4 and 1 <= max(made.shape[:2]) <= max(size)
        painted = np.abs(made[..., :3].astype(int) - (0, 0, blue)).max(axis=2) < 12
        assert painted.any() and len(document.history.steps) == steps
        if w * h < 10_000:
            assert not painted.all(), "something around it shows"
            assert made.shape[1] / made.shape[0] == pytest.approx(size[0] / size[1], rel=0.15)
