"""Pictures to look at: a photo, its labels and a network's answer side by side."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from training.common.samples import Array

FOLDER = Path("runs/sheets")
"""Ignored by git: sheets show photos whose terms may not allow to pass them on."""
_LINE = 16
_GOLDEN = 0.618034


def palette(classes: int) -> NDArray[np.uint8]:
    """(n + 1)×3 colours that are told apart well; the last, for void, is black."""
    found = []
    for number in range(classes):
        tone = 1.0 if number % 2 else 0.75
        found.append(colorsys.hsv_to_rgb(number * _GOLDEN % 1, 0.55 + 0.35 * (number % 3 == 0), tone))
    return np.asarray(np.round(np.array([*found, (0, 0, 0)]) * 255), np.uint8)


def sheet(photo: Array, truth: Array, answer: Array, names: Sequence[str]) -> Array:
    """Photo, labels and answer (void as in the labels) side by side, over the names of what they show.

    `photo` is H×W×3 uint8, `truth` and `answer` are H×W uint8 class numbers, n for void.
    """
    colours = palette(len(names))
    masked = np.where(truth == len(names), truth, answer)
    row = np.concatenate((photo, colours[truth], colours[masked]), axis=1)
    shown = [int(n) for n in np.union1d(truth, masked) if n < len(names)]
    return np.concatenate((row, _legend(shown, names, colours, row.shape[1])), axis=0)


def _legend(shown: Sequence[int], names: Sequence[str], colours: NDArray[np.uint8], width: int) -> Array:
    columns = max(1, width // 130)
    lines = max(1, -(-len(shown) // columns))
    picture = Image.new("RGB", (width, lines * _LINE + 4), "white")
    draw = ImageDraw.Draw(picture)
    for place, number in enumerate(shown):
        x, y = place % columns * (width // columns) + 4, place // columns * _LINE + 3
        draw.rectangle((x, y, x + 10, y + 10), fill=tuple(int(value) for value in colours[number]))
        draw.text((x + 15, y), names[number], fill="black")
    return np.array(picture, np.uint8)


def save_sheet(folder: Path, name: str, pixels: Array) -> Path:
    """Write a sheet as NAME.png; the folder is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    Image.fromarray(pixels).save(path)
    return path
