"""How much texture a photo has, as a guide: what is finely written on is not filled with what is blank.

At small sizes fine texture is gone, and what had it looks like what never had any. After Newson et al., Video
Inpainting of Complex Scenes, SIAM Journal on Imaging Sciences 2014.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from inpaint_studio.engines.inpainting.descriptors import PER_COST
from inpaint_studio.engines.inpainting.pyramid import diffuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.engines.inpainting.descriptors import Rows
    from inpaint_studio.engines.inpainting.pyramid import Level

_SIGMA = 2.0
"""Pixels of a level over which texture is averaged."""
_FINE = 128
"""Units of a level of brightness, as means are whole numbers."""
_LEAST = 0.02
"""Share of known pixels around from which on a place's texture is known."""


class Texture:
    """Steps between neighbouring pixels at full size, down and across, averaged for smaller levels.

    In the hole the texture is that of its surroundings.
    """

    def __init__(self, full: Level) -> None:
        """`full` is the level of full size."""
        luma = cv2.cvtColor(full.pixels, cv2.COLOR_RGB2GRAY)
        known = full.known.view(np.uint8)
        self._steps = []
        for ahead in ((slice(1, None), slice(None)), (slice(None), slice(1, None))):
            behind = tuple(slice(None, -1) if part.start else slice(None) for part in ahead)
            both = np.zeros_like(known)
            both[behind] = known[behind] & known[ahead]
            step = np.zeros_like(luma)
            step[behind] = cv2.absdiff(luma[behind], luma[ahead])
            self._steps.append((step.astype(np.uint16) * both * np.uint16(_FINE), both * np.uint16(_FINE)))

    def rows(self, level: Level, pad: int, pause: Callable[[], None] = lambda: None) -> Rows:
        """Two numbers to compare patches by beside their colours, as `descriptors.described` takes them.

        For a level, which `pad` pixels on each side are added to.
        """
        height, width = level.hole.shape
        planes = []
        for step, both in self._steps:
            pause()
            sums, share = (
                cv2.GaussianBlur(
                    cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32),
                    (0, 0), _SIGMA,
                )
                for plane in (step, both)
            )  # fmt: skip
            mean = sums / np.maximum(share, 1e-6)
            seen = level.known & (share > _LEAST * _FINE)
            spread = diffuse(mean[..., None].astype(np.float32), seen.astype(np.float32))[..., 0]
            scaled = np.rint(spread / np.sqrt(PER_COST)).astype(np.int16)
            planes.append(cv2.copyMakeBorder(scaled, pad, pad, pad, pad, cv2.BORDER_REFLECT))
        return np.asarray(cv2.merge(planes), np.int16)
