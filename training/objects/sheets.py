"""Sheets of cases to look at: the photo, the truth, coverage and things side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from training.common.samples import Array
from training.common.sheets import palette, save_sheet

if TYPE_CHECKING:
    from training.objects.evaluate import Case

_HIGH, _ROWS = 160, 8


def save_cases(folder: Path, name: str, cases: Sequence[Case]) -> list[Path]:
    """Write NAME-worst, NAME-best and NAME-tenth: eight cases each, and every tenth from worst to best."""
    order = sorted(cases, key=lambda case: case.score)
    kinds = {"worst": order[:_ROWS], "best": order[: -_ROWS - 1 : -1], "tenth": order[::10]}
    return [
        save_sheet(folder, f"{name}-{kind}", np.vstack([row(case) for case in chosen]))
        for kind, chosen in kinds.items()
        if chosen
    ]


def row(case: Case) -> Array:
    """One case as a strip of pictures of one size, the score in the corner of the photo."""
    alpha = np.clip(case.things.alpha * 255 + 0.5, 0, 255).astype(np.uint8)
    said = _painted(case.things.numbers)
    truth = np.repeat(case.truth[..., None], 3, 2) if case.soft else _painted(case.truth)
    strip = [_shown(p) for p in (case.photo, truth, np.repeat(alpha[..., None], 3, 2), said)]
    cv2.putText(strip[0], f"{case.score:.2f}", (4, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 0), 1)
    return np.hstack(strip)


def _painted(numbers: Array) -> Array:
    colours = np.vstack([np.zeros((1, 3), np.uint8), palette(254), np.full((1, 3), 255, np.uint8)])
    return np.asarray(colours[numbers], np.uint8)


def _shown(picture: Array) -> Array:
    out = np.zeros((_HIGH, 2 * _HIGH, 3), np.uint8)
    scale = min(_HIGH / picture.shape[0], 2 * _HIGH / picture.shape[1])
    size = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
    out[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return out
