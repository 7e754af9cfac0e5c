from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest

from inpaint_studio.basics import Mask, Patch
from inpaint_studio.document import Document, Photo
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import Cut, Fill, FillTask


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


@pytest.fixture(autouse=True)
def engines(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the registry gives in these tests, by kind."""
    made: dict[str, Any] = {"filler": NoiseFiller(), "matte": BlurMatte()}
    monkeypatch.setattr(registry, "load", lambda engine_id, kind: made[kind])
    return made


@pytest.fixture
def document() -> Document:
    """A photo of 160×120, dark noise."""
    pixels = np.random.default_rng(5).integers(0, 150, (120, 160, 3)).astype(np.uint8)
    return Document(Photo(pixels))
