"""The benchmark of finding runs on tiny pictures; times are not judged."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from pictures import scene

from benchmarks import find


def test_a_picture_is_enlarged_with_grain(tmp_path) -> None:
    cv2.imwrite(str(tmp_path / "photo.png"), np.full((30, 40, 3), 128, np.uint8))
    large = find.enlarged(tmp_path / "photo.png", 0.03)
    assert large.shape == (150, 200, 3) and 2 < large.std() < 6
    with pytest.raises(SystemExit, match="can't be read"):
        find.enlarged(tmp_path / "none.png", 1)


def test_two_calls_are_measured_and_told(tmp_path) -> None:
    cv2.imwrite(str(tmp_path / "photo.png"), scene()[..., ::-1])
    numbers = json.loads(json.dumps(find.measure(tmp_path / "photo.png")))
    assert numbers["first"] > 0 and numbers["second"] > 0 and numbers["peak"] >= numbers["opened"] > 0
    lines: list[str] = []
    find.report(numbers | {"first": 9.0, "second": 0.1, "peak": 100.0}, lines.append)
    assert [line.split()[-1] for line in lines[1:]] == ["MISSED", "ok", "MB", "ok"]
