"""Outlines and tints of masks on the canvas."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QMarginsF, QRectF

from inpaint_studio.basics import Mask
from inpaint_studio.editor.canvas.masks import outline
from inpaint_studio.editor.images import from_image, tinted


def test_outline_follows_the_pixel_borders_and_leaves_holes_out() -> None:
    crop = np.full((6, 10), 255, np.uint8)
    crop[2:4, 3:6] = 0
    path = outline(Mask(20, 30, crop))
    wide = path.boundingRect()
    assert wide.marginsAdded(QMarginsF(0.3, 0.3, 0.3, 0.3)).contains(QRectF(20, 30, 10, 6))
    assert QRectF(20, 30, 10, 6).contains(wide)
    assert path.contains(QRectF(20.4, 30.4, 2, 5)) and not path.contains(QRectF(23.6, 32.6, 1.5, 0.8))


def test_outline_of_a_very_ragged_mask_stays_small_and_near() -> None:
    rng = np.random.default_rng(2)
    crop = np.where(rng.random((400, 400)) < 0.5, 255, 0).astype(np.uint8)
    path = outline(Mask(0, 0, crop))
    box = path.boundingRect()
    assert abs(box.width() - 400) < 3 and abs(box.height() - 400) < 3
    assert outline(Mask.empty()).isEmpty()


def test_tint_has_one_colour_and_the_masks_strength() -> None:
    mask = np.tile(np.arange(0, 255, 5, dtype=np.uint8), (7, 1))
    made = from_image(tinted(mask[:, 3:-2], (200, 100, 50), 0.5)).astype(int)
    assert np.abs(made[..., 3] - mask[:, 3:-2] / 2).max() <= 1
    strong = made[..., 3] > 100
    assert np.abs(made[..., :3][strong] - (200, 100, 50)).max() <= 2


def test_outline_of_a_very_large_mask_is_half_a_pixel_off_at_most() -> None:
    crop = np.zeros((2100, 2100), np.uint8)
    crop[10:-10, 10:-10] = 255
    box = outline(Mask(30, 40, crop)).boundingRect()
    assert box.marginsAdded(QMarginsF(0.6, 0.6, 0.6, 0.6)).contains(QRectF(40, 50, 2080, 2080))
    assert QRectF(40, 50, 2080, 2080).contains(box)
