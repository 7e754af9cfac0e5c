"""The benchmark of finding runs on tiny pictures; times are not judged."""

from __future__ import annotations

import hashlib
import json

import cv2
import numpy as np
import pytest
from pictures import scene

from benchmarks import find, split


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


def test_pairs_and_single_objects_are_counted(tmp_path) -> None:
    numbers = np.zeros((120, 200), np.uint8)
    cv2.circle(numbers, (60, 60), 30, 1, -1)
    cv2.circle(numbers, (118, 60), 30, 2, -1)
    cv2.circle(numbers, (180, 20), 12, 3, -1)
    cv2.imwrite(str(tmp_path / "photo.png"), numbers)
    held_out = hashlib.sha1(b"photo").hexdigest()[0] in "01"
    assert split.measure(tmp_path, held_out) == {"pairs": 1, "right": 1, "singles": 3, "wrong": 0}
    never = split.measure(tmp_path, held_out, lambda part, least: [part])
    assert never == {"pairs": 1, "right": 0, "singles": 3, "wrong": 0}
    assert split.measure(tmp_path, not held_out)["singles"] == 0
    assert split.main(["--data", str(tmp_path), "--json", str(tmp_path / "out.json")]) == 0
    assert set(json.loads((tmp_path / "out.json").read_text())) == set(never)
