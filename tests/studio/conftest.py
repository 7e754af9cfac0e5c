from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from simple_engines import BlurMatte, NoiseFiller

from inpaint_studio.document import Document, Photo
from inpaint_studio.engines import registry


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
