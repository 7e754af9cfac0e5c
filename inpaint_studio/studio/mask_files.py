"""Masks as pictures on the disk: white is covered, black is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from inpaint_studio.basics import Mask, StudioError, message
from inpaint_studio.basics.mask import Array
from inpaint_studio.studio.open import open_photo
from inpaint_studio.studio.save import check_target, write_pixels

SUFFIX = ".png"
_LABELS = 16
"""A picture darker than this share of white all over numbers things, it does not shade them."""


def read_coverage(path: str | Path) -> Array:
    """Coverage from a picture file, H×W uint8: brightness, less where the picture is see-through.

    What is neither black nor wholly transparent stays above 0; in a mask of labels (small numbers, as 0 and
    1) all but 0 is covered. Raises StudioError if it is no picture.
    """
    photo = open_photo(path)
    pixels = photo.exact
    top = int(np.iinfo(pixels.dtype).max)
    bright = pixels[..., :3].max(axis=2).astype(np.uint64)
    if bright.max(initial=0) <= top // _LABELS:
        bright[bright > 0] = top
    if pixels.shape[2] == 4:
        bright = (bright * pixels[..., 3] + np.uint64(top - 1)) // np.uint64(top)
    return np.asarray((bright * np.uint64(255) + np.uint64(top - 1)) // np.uint64(top), np.uint8)


def load_mask(path: str | Path, size: tuple[int, int]) -> Mask:
    """The mask in a picture file for a picture of a size (width, height).

    Raises StudioError if the file is no picture, of another size, or all black.
    """
    coverage, name = read_coverage(path), Path(path).name
    own = coverage.shape[1], coverage.shape[0]
    if own != size:
        raise StudioError(
            message(
                "mask.wrong_size_file",
                name=name,
                width=own[0],
                height=own[1],
                wide=size[0],
                high=size[1],
            )
        )
    mask = Mask.place(coverage)
    if not mask:
        raise StudioError(message("mask.black", name=name))
    return mask


def save_mask(mask: Mask, path: str | Path, size: tuple[int, int]) -> None:
    """Writes a mask as a grey PNG of a size (width, height). Errors as `studio.save.save`."""
    path = Path(path)
    check_target(path, (SUFFIX,))
    write_pixels(mask.full((size[1], size[0])), path)
