"""A picture that cutouts are pasted on, and the truth about it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.objects.components import UNKNOWN
from training.objects.cutouts import Cutout
from training.objects.scenes import Scene

Floats = NDArray[np.float32]
VISIBLE = 0.35
"""Share of its pixels that a thing keeps whatever is pasted over it."""
LEAST = 10
"""Fewer pixels than these are no thing."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Where and how a cutout is pasted.

    `x`, `y` are its middle and `side` the longer side of its box, in pixels of the picture; `turn` is in
    degrees. Colours become `gain` · colour + `lift`; `blur` is a sigma in pixels. The shadow is a darker
    copy of the cutout, `fall` (x, y) away, as shares of `side`, and at most `shadow` (0 to 1) dark.
    """

    x: float
    y: float
    side: float
    turn: float = 0.0
    mirrored: bool = False
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    lift: tuple[float, float, float] = (0.0, 0.0, 0.0)
    blur: float = 0.0
    shadow: float = 0.0
    fall: tuple[float, float] = (0.0, 0.0)


class Canvas:
    """A scene to paste on; `paste` changes it, `scene` gives it back."""

    def __init__(self, ground: Scene) -> None:
        self.photo = ground.photo.astype(np.float32)
        self.clear = 1 - ground.alpha.astype(np.float32) / 255
        self.known, self.instances = ground.known.copy(), ground.instances.copy()
        self.areas = {n: int((self.instances == n).sum()) for n in range(1, ground.count + 1)}

    def paste(self, cutout: Cutout, at: Placing) -> bool:
        """Paste a cutout, unless it would hide another thing or hardly be seen; says whether it did."""
        if len(self.areas) + 2 >= UNKNOWN:
            return False
        colours, alpha = _laid(cutout, at, (self.clear.shape[0], self.clear.shape[1]))
        own = alpha > 0.5
        area = int(own.sum())
        if area < LEAST or not self._others_stay(own):
            return False
        if at.shadow:
            self.photo *= (1 - at.shadow * self._shadow(alpha, at))[..., None]
        self.photo = colours + (1 - alpha[..., None]) * self.photo
        self.clear *= 1 - alpha
        self.known[alpha > 0.02] = 255
        number = max(self.areas, default=0) + 1
        self.instances[own] = number
        self.areas[number] = area
        return True

    def _others_stay(self, own: NDArray[np.bool_]) -> bool:
        hidden = np.bincount(self.instances[own], minlength=UNKNOWN + 1)
        now = np.bincount(self.instances.ravel(), minlength=UNKNOWN + 1)
        return all(now[n] - hidden[n] >= max(LEAST, VISIBLE * area) for n, area in self.areas.items())

    def _shadow(self, alpha: Floats, at: Placing) -> Floats:
        move = np.array([[1, 0, at.fall[0] * at.side], [0, 1, at.fall[1] * at.side]], np.float32)
        moved = cv2.warpAffine(alpha, move, alpha.shape[::-1])
        return np.asarray(cv2.GaussianBlur(moved, (0, 0), max(1.0, 0.06 * at.side)), np.float32)

    def scene(self, name: str) -> Scene:
        """The picture so far."""
        photo = np.clip(self.photo + 0.5, 0, 255).astype(np.uint8)
        alpha = np.clip((1 - self.clear) * 255 + 0.5, 0, 255).astype(np.uint8)
        return Scene(name, photo, alpha, self.known, self.instances, True)


def _laid(cutout: Cutout, at: Placing, size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Colours times coverage (H×W×3, 0 to 255) and coverage (H×W, 0 to 1) of a cutout in its place."""
    alpha = cutout.alpha.astype(np.float32) / 255
    both = np.dstack([cutout.colours.astype(np.float32) * alpha[..., None], alpha])
    scale = at.side / max(alpha.shape)
    if scale < 0.7:  # else pixels would be left out
        small = max(1, round(alpha.shape[1] * scale)), max(1, round(alpha.shape[0] * scale))
        both = cv2.resize(both, small, interpolation=cv2.INTER_AREA)
        scale = at.side / max(both.shape[:2])
    high, wide = both.shape[:2]
    matrix = cv2.getRotationMatrix2D(((wide - 1) / 2, (high - 1) / 2), at.turn, scale)
    if at.mirrored:
        matrix = matrix @ np.array([[-1, 0, wide - 1], [0, 1, 0], [0, 0, 1]], np.float64)
    matrix[:, 2] += at.x - (wide - 1) / 2, at.y - (high - 1) / 2
    laid = cv2.warpAffine(both, matrix, size[::-1], flags=cv2.INTER_LINEAR)
    if at.blur:
        laid = cv2.GaussianBlur(laid, (0, 0), at.blur)
    cover = np.clip(laid[..., 3], 0, 1)
    colours = laid[..., :3] * np.float32(at.gain) + cover[..., None] * np.float32(at.lift)
    return np.clip(colours, 0, 255 * cover[..., None]).astype(np.float32), cover.astype(np.float32)
