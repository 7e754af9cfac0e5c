"""A filler and a matte that are quick and do something that can be told from everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from inpaint_studio.basics import Mask, Patch
from inpaint_studio.engines.contracts import Cut, Fill, FillTask

if TYPE_CHECKING:
    from collections.abc import Iterator


class NoiseFiller:
    """Paints the hole in colours that no photo here has, others for each seed; remembers its calls."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def fill(self, task: FillTask, **options: Any) -> Iterator[Fill]:
        image, hole = task.image, task.hole
        self.calls.append({"image": image, "hole": hole, **options})
        for final in (False, True):
            pixels = image.copy()
            pixels[hole > 0] = 200 + options["seed"] % 40 + 10 * final
            yield Fill(pixels, final)


class BlurMatte:
    """A soft edge two pixels to each side, and colours 20 levels brighter than the photo's."""

    def refine(self, image: np.ndarray, mask: Mask, **_: Any) -> Cut:
        x, y, w, h = mask.box
        wide = (x - 3, y - 3, w + 6, h + 6)
        alpha = Mask.place(cv2.blur(mask.window(wide), (5, 5)), x - 3, y - 3)
        alpha = alpha.clipped((0, 0, image.shape[1], image.shape[0]))
        x, y, w, h = alpha.box
        return Cut(alpha, Patch(x, y, image[y : y + h, x : x + w] + np.uint8(20)))
