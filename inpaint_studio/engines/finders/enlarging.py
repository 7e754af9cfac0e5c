"""Certainties of a small picture to the likeliest class of every pixel of a large one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import NO_PROGRESS, Progress
from inpaint_studio.engines.networks.pictures import Floats

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array


def likeliest(chances: Floats, size: tuple[int, int], progress: Progress = NO_PROGRESS) -> Array:
    """The number of the class that is the likeliest at each pixel, H×W uint8; the first of equal ones.

    `chances` is classes×h×w float32 and sums to 1 over the classes; it is enlarged bilinearly to `size`
    (W, H). Each class is looked at only where it may win, so a picture of few classes takes little time.
    """
    width, height = size
    count, rows = chances.shape[:2]
    # The likeliest of n classes has a certainty of at least 1/n: where it never comes near it none can win.
    near = chances >= 0.99 / count
    wide = [
        cv2.resize(plane, (width, rows), interpolation=cv2.INTER_LINEAR) if may.any() else plane
        for plane, may in zip(chances, near, strict=True)
    ]
    ids = np.zeros((height, width), np.uint8)
    at = np.clip((np.arange(height) + 0.5) * (rows / height) - 0.5, 0, rows - 1)
    starts = np.searchsorted(at, np.arange(rows + 1))
    for row in range(rows):
        progress.report(row / rows)
        here = slice(starts[row], starts[row + 1])
        if here.start < here.stop:
            below = min(row + 1, rows - 1)
            shares = (at[here] - row).astype(np.float32)[:, None]
            inside = _reaches(near[:, row] | near[:, below], width)
            _settle(ids[here], [(n, x, wide[n][row, x], wide[n][below, x]) for n, x in inside], shares)
    return ids


def _settle(out: Array, planes: list[tuple[int, slice, Floats, Floats]], shares: Floats) -> None:
    """Fills rows between two of the small picture: classes, their columns, and what is above and below."""
    if len(planes) == 1:
        out[:] = planes[0][0]
        return
    best = np.zeros(out.shape, np.float32)
    for number, columns, above, below in planes:
        values = shares * (below - above)
        values += above
        better = values > best[:, columns]
        np.copyto(best[:, columns], values, where=better)
        np.copyto(out[:, columns], np.uint8(number), where=better)


def _reaches(near: NDArray[np.bool_], width: int) -> list[tuple[int, slice]]:
    """The classes that may win somewhere in a row, classes×w, each with the columns of the large picture."""
    columns = near.shape[1]
    found = []
    for number in np.flatnonzero(near.any(axis=1)):
        may = np.flatnonzero(near[number])
        left, right = int(may[0] - 1) * width // columns, -(-int(may[-1] + 2) * width // columns)
        found.append((int(number), slice(max(0, left), min(width, right))))
    return found
