"""Copied and pasted, in wide-gamut photos, with 16 bits and on transparent ground, pixels stay the same."""

from __future__ import annotations

import numpy as np
import pytest
from icc import P3, SRGB, rgb_profile

from inpaint_studio.basics import Mask
from inpaint_studio.document import Document
from inpaint_studio.files.photos import photo_from_pixels
from inpaint_studio.render import render
from inpaint_studio.render.colour import between_profiles
from inpaint_studio.studio import lift
from inpaint_studio.studio.clips import copied, merged, paste
from inpaint_studio.studio.fill import fill_missing

NOISE = np.random.default_rng(4).integers(0, 65536, (40, 60, 4)).astype(np.uint16)
PHOTOS = [NOISE, NOISE[..., :3], (NOISE // 257).astype(np.uint8), (NOISE[..., :3] // 257).astype(np.uint8)]


def drawn(document: Document, dtype: type = np.uint16) -> np.ndarray:
    return render(document.snapshot(), dtype=dtype).pixels


def alone(document: Document, layer_id: str) -> np.ndarray:
    nodes = [document.node(layer_id)]
    return render(document.snapshot(), nodes=nodes, dtype=np.uint16).pixels


@pytest.mark.parametrize("pixels", PHOTOS, ids=["deep alpha", "deep", "alpha", "plain"])
def test_a_copy_in_a_wide_photo_is_the_same(pixels: np.ndarray) -> None:
    document = Document(photo_from_pixels(pixels, icc=rgb_profile(P3)))
    (made,) = paste(document, copied(document.snapshot(), [document.layers[0].id]))
    assert np.array_equal(alone(document, made), alone(document, document.layers[0].id))
    assert document.layer(made).source.dtype == pixels.dtype


@pytest.mark.parametrize("pixels", PHOTOS[:2], ids=["deep alpha", "deep"])
def test_the_whole_picture_as_one_layer(pixels: np.ndarray) -> None:
    document = Document(photo_from_pixels(pixels, icc=rgb_profile(P3)))
    surface = render(document.snapshot(), dtype=np.uint16)
    (made,) = paste(document, merged(surface, None, document.photo.icc))
    assert np.array_equal(alone(document, made), surface.pixels)


def test_between_documents_colours_are_converted() -> None:
    wide = Document(photo_from_pixels(NOISE[..., :3], icc=rgb_profile(P3)))
    plain = Document(photo_from_pixels(NOISE[..., :3], icc=rgb_profile(SRGB)))
    (made,) = paste(plain, copied(wide.snapshot(), [wide.layers[0].id]))
    wanted = between_profiles(NOISE[..., :3], rgb_profile(P3), rgb_profile(SRGB))
    assert np.array_equal(alone(plain, made)[..., :3], wanted)


def test_what_was_removed_is_transparent_in_the_copy() -> None:
    pixels = np.zeros((40, 60, 4), np.uint8)
    pixels[10:20, 10:20], pixels[10:20, 40:50] = (200, 0, 0, 255), (0, 200, 0, 255)
    document = Document(photo_from_pixels(pixels))
    lift.remove(document, Mask.place(np.full((10, 10), 255, np.uint8), 10, 10))
    fill_missing(document)
    (made,) = paste(document, copied(document.snapshot(), [document.layers[0].id]))
    assert not alone(document, made)[:, :30, 3].any()
    assert alone(document, made)[12, 45].tolist() == [0, 51400, 0, 65535]
