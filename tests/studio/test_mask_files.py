"""Masks as pictures: what is written is read again, and what does not fit is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inpaint_studio.basics import Mask, StudioError
from inpaint_studio.studio.mask_files import load_mask, read_coverage, save_mask

SIZE = (40, 30)


def soft() -> Mask:
    return Mask.place(np.tile(np.arange(0, 250, 10, np.uint8), (12, 1)), 5, 6)


def test_what_was_saved_is_loaded_again(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    save_mask(soft(), path, SIZE)
    with Image.open(path) as picture:
        assert picture.mode == "L" and picture.size == SIZE
    assert load_mask(path, SIZE).same(soft())


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "1", "P", "I;16"])
def test_any_kind_of_picture_is_a_mask(tmp_path: Path, mode: str) -> None:
    area = np.zeros((30, 40), np.uint8)
    area[6:18, 5:30] = 255
    path = tmp_path / "mask.png"
    if mode == "I;16":
        Image.fromarray(area.astype(np.uint16) * 257).save(path)
    else:
        Image.fromarray(area).convert(mode).save(path)
    assert np.array_equal(load_mask(path, SIZE).full((30, 40)), area)


def test_what_is_see_through_is_not_selected(tmp_path: Path) -> None:
    pixels = np.full((30, 40, 4), 255, np.uint8)
    pixels[:, :10, 3], pixels[:, 10:20, 3], pixels[:, 20:30, :3] = 0, 1, 0
    path = tmp_path / "mask.png"
    Image.fromarray(pixels).save(path)
    row = read_coverage(path)[0]
    assert [row[5], row[15], row[25], row[35]] == [0, 1, 0, 255]


def test_what_does_not_fit_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    save_mask(soft(), path, SIZE)
    with pytest.raises(StudioError, match=r"40 × 30 pixels, this picture 41 × 30"):
        load_mask(path, (41, 30))
    Image.new("L", SIZE).save(path)
    with pytest.raises(StudioError, match="black all over"):
        load_mask(path, SIZE)
    path.write_bytes(b"not a picture")
    with pytest.raises(StudioError, match=r"mask\.png"):
        load_mask(path, SIZE)
    with pytest.raises(StudioError, match="must end with"):
        save_mask(soft(), tmp_path / "mask.jpg", SIZE)
    with pytest.raises(StudioError, match="no folder"):
        save_mask(soft(), tmp_path / "none" / "mask.png", SIZE)
