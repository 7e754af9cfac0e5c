"""What fillers do not know of: transparency, 16 bits a channel, and that a grey photo is to stay grey."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.surface import Pixels, as_dtype
from inpaint_studio.studio.fill_alpha import filled_alpha
from inpaint_studio.studio.sixteen_bits import grey, greyed, unbanded

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array
    from inpaint_studio.engines.contracts import FillTask


class FillResults:
    """Makes of a task what fillers see, and of what they answer pixels as those of the layer.

    `deep` is the task's image in 16 bits, `alpha` its coverage, H×W uint8; None where it has neither. For a
    worker: making it takes as long as a smooth preview.
    """

    def __init__(self, task: FillTask, deep: Pixels | None = None, alpha: Array | None = None) -> None:
        self._hole, self._deep, self._alpha = task.hole > 0, deep, None
        self._grey = grey(task.image)
        if alpha is not None:
            excluded = task.excluded_mask
            ignored = np.zeros_like(self._hole) if excluded is None else excluded > 0
            self._alpha = filled_alpha(alpha, self._hole, ignored)
            task = replace(task, image=_without_hidden(task.image, alpha > 0))
        self.task = task

    @property
    def blank(self) -> bool:
        """Whether the ground is transparent, so that no colours are needed."""
        return self._alpha is not None and not self._alpha[self._hole].any()

    @property
    def copies(self) -> bool:
        """Whether anything may be copied into the hole."""
        task, there = self.task, ~self._hole
        if task.source_mask is not None:
            there &= task.source_mask > 0
        if task.excluded_mask is not None:
            there &= task.excluded_mask == 0
        return bool(there.any())

    def smooth(self) -> Array:
        """Colours that go on smoothly from around the hole, as a filler would give them."""
        return _without_hidden(self.task.image, ~self._hole)

    def finished(self, pixels: Array) -> Pixels:
        """What a filler gave, in the layer's depth, with alpha where the layer has some: h×w×3 or h×w×4."""
        out: Pixels = greyed(pixels) if self._grey else pixels
        if self._deep is not None:
            out = unbanded(out, self._hole, self._deep)
        if self._alpha is None:
            return out
        colours = np.where(self._alpha[..., None] > 0, out, 0).astype(out.dtype)
        return np.dstack([colours, as_dtype(self._alpha, out.dtype)])


def _without_hidden(image: Array, seen: NDArray[np.bool_]) -> Array:
    """The picture with smooth colours where it can't be seen."""
    from inpaint_studio.engines.inpainting.pyramid import diffused_pixels

    if seen.all():
        return image
    if not seen.any():
        return np.zeros_like(image)
    return np.where(seen[..., None], image, diffused_pixels(image, seen)).astype(np.uint8)
