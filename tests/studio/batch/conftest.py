"""A folder of small photos."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def photos(tmp_path):
    """Five photos of 40×30 in a folder, PNG and JPEG, each of another colour."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(5):
        pixels = np.full((30, 40, 3), 40 * number, np.uint8)
        Image.fromarray(pixels).save(folder / f"p{number}.{'png' if number % 2 else 'jpg'}")
    return folder
