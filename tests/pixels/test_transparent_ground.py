"""Stickers on a transparent ground: alpha is filled as colours are, rims stay soft, what is hidden hidden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inpaint_studio.basics import Mask
from inpaint_studio.basics.mask import Array
from inpaint_studio.document import Document, Photo
from inpaint_studio.render import render
from inpaint_studio.studio import edit, lift
from inpaint_studio.studio.fill import fill_missing, fill_pixels, remove_pixels
from inpaint_studio.studio.finish import settle_edge

WIDTH, HEIGHT = 220, 120
SECRET = (255, 0, 255)
"""The colour that lies hidden where nothing is seen."""


def ramp(x: float, y: float, radius: float, soft: float) -> Array:
    """A disc whose rim fades over so many pixels."""
    yy, xx = np.mgrid[:HEIGHT, :WIDTH]
    away = radius - np.hypot(xx - x, yy - y)
    return np.asarray(np.clip(away / soft + 0.5, 0, 1) * 255 + 0.5).astype(np.uint8)


LEFT, RIGHT = ramp(55, 60, 30, 8), ramp(165, 60, 30, 8)


def stickers() -> Array:
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    pixels[..., :3] = SECRET
    pixels[LEFT > 0, :3], pixels[RIGHT > 0, :3] = (20, 160, 40), (30, 60, 200)
    pixels[..., 3] = np.maximum(LEFT, RIGHT)
    return pixels


def seen(pixels: Array) -> Array:
    """Without the colours that lie hidden."""
    return np.where(pixels[..., 3:] > 0, pixels, 0).astype(np.uint8)


def hard(cover: Array) -> Mask:
    return Mask.place(np.where(cover > 127, 255, 0).astype(np.uint8))


def drawn(document: Document) -> Array:
    return render(document.snapshot()).pixels


def test_removing_a_sticker_leaves_transparent_ground() -> None:
    document = Document(Photo(stickers()))
    lift.remove(document, hard(LEFT))
    fill_missing(document)
    made = drawn(document)
    assert not made[:, :110, 3].any()
    assert np.array_equal(made[:, 110:], seen(stickers())[:, 110:])


@pytest.mark.parametrize("filler", ["auto", "guided", "telea"])
def test_arrays_too(filler: str) -> None:
    hole = np.where(LEFT > 0, 255, 0).astype(np.uint8)
    out = fill_pixels(stickers(), hole, filler=filler)
    assert not out[hole > 0].any()
    assert np.array_equal(out[hole == 0], stickers()[hole == 0])


def test_removing_an_object_from_an_array_takes_its_rim_along() -> None:
    out = remove_pixels(stickers(), np.where(LEFT > 127, 255, 0).astype(np.uint8))
    assert not out[:, :110, 3].any()


def test_a_moved_sticker_keeps_its_rim_and_leaves_nothing() -> None:
    document = Document(Photo(stickers()))
    cutout = lift.lift(document, hard(LEFT))
    settle_edge(document, cutout)
    fill_missing(document)
    assert np.array_equal(drawn(document), seen(stickers()))
    edit.transform(document, cutout, replace(document.layer(cutout).transform, dy=20.0, dx=-10.0))
    made = drawn(document)[:, :110]
    wanted = np.roll(np.roll(LEFT, 20, 0), -10, 1)[:, :110]
    assert np.abs(made[..., 3].astype(int) - wanted).max() <= 1
    # Its own colour up to the last pixel of the rim, and nothing of what is hidden beside it.
    assert np.abs(made[made[..., 3] > 8][:, :3].astype(int) - (20, 160, 40)).max() <= 2


def test_the_rim_between_two_goes_to_the_nearer() -> None:
    alpha = np.maximum(ramp(80, 60, 30, 16), ramp(150, 60, 30, 16))
    pixels = np.dstack([np.full((HEIGHT, WIDTH, 3), 90, np.uint8), alpha])
    document = Document(Photo(pixels))
    cutout = lift.lift(document, hard(ramp(80, 60, 30, 16)))
    mask = document.layer(cutout).mask
    assert mask is not None
    cover = mask.full((HEIGHT, WIDTH))
    assert np.array_equal(cover[:, :112], alpha[:, :112]) and not cover[:, 118:].any()


def test_an_edge_that_ends_at_the_hole_goes_on_in_it() -> None:
    # The left half is solid; a hole lies across its border.
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    alpha[:, :110] = 255
    pixels = np.dstack([np.full((HEIGHT, WIDTH, 3), 120, np.uint8), alpha])
    hole = np.zeros((HEIGHT, WIDTH), np.uint8)
    hole[40:80, 90:130] = 255
    out = fill_pixels(pixels, hole)
    assert np.abs(out[..., 3].astype(int) - alpha).mean() < 2
    assert (out[44:76, 92:104, 3] == 255).all() and not out[44:76, 116:128, 3].any()
    assert np.abs(out[out[..., 3] > 0][:, :3].astype(int) - 120).max() <= 2


def test_glass_stays_glass() -> None:
    pixels = np.full((HEIGHT, WIDTH, 4), (200, 100, 50, 128), np.uint8)
    pixels[50:70, 100:120] = (0, 0, 0, 255)
    hole = np.zeros((HEIGHT, WIDTH), np.uint8)
    hole[48:72, 98:122] = 255
    out = fill_pixels(pixels, hole)
    assert np.abs(out.astype(int) - (200, 100, 50, 128)).max() <= 2


def test_a_hole_in_a_solid_photo_with_alpha_stays_solid() -> None:
    pixels = np.full((HEIGHT, WIDTH, 4), (200, 100, 50, 255), np.uint8)
    pixels[:, :20, 3] = 0
    hole = np.zeros((HEIGHT, WIDTH), np.uint8)
    hole[48:72, 98:122] = 255
    assert np.array_equal(fill_pixels(pixels, hole)[hole > 0], pixels[hole > 0])


def test_a_brush_brings_nothing_hidden_to_light() -> None:
    document = Document(Photo(stickers()))
    cutout = lift.lift(document, hard(LEFT))
    edit.transform(document, cutout, replace(document.layer(cutout).transform, dy=10.0))
    lift.refine(document, cutout, Mask.place(np.full((100, 100), 255, np.uint8), 5, 10))
    fill_missing(document)
    made = drawn(document)
    assert not (made[made[..., 3] > 0][:, :3] == SECRET).all(axis=1).any()
    assert np.array_equal(made[:, :110, 3], np.roll(LEFT, 10, 0)[:, :110])
