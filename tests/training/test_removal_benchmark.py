"""The benchmark of real removals: what the hole is, and the table by scene."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from PIL import Image

from benchmarks.fill import features, methods, removal
from benchmarks.fill.command import main
from inpaint_studio.basics import StudioError
from training.common.encoder import Encoder


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two frames of a scene and one of another: a box with an unsure rim, its shadow, and another shadow."""
    torch.manual_seed(0)
    encoder = Encoder()
    monkeypatch.setattr(features, "_pretrained", lambda: encoder)
    made = tmp_path / "removal"
    made.mkdir()
    rng = np.random.default_rng(0)
    for name in ("Yard_1_000001", "Yard_1_000002", "Street_000003"):
        background = rng.integers(90, 110, (80, 120, 3), np.uint8)
        frame, labels = background.copy(), np.zeros((80, 120), np.uint8)
        labels[28:52, 38:62], labels[30:50, 40:60] = 2, 1
        frame[30:50, 40:60] = 240
        frame[52:58, 40:70] -= 60  # its shadow
        frame[5:15, 90:110] -= 60  # that of something else
        Image.fromarray(background).save(made / f"{name}_bg.webp", lossless=True)
        Image.fromarray(frame).save(made / f"{name}.webp", lossless=True)
        Image.fromarray(labels).save(made / f"{name}.png")
    return made


def test_the_hole_is_object_edge_and_own_shadow(folder) -> None:
    paths = removal.backgrounds(folder)
    assert [removal.scene_of(path) for path in paths] == ["Street", "Yard_1", "Yard_1"]
    with Image.open(paths[0]) as picture:
        hole = removal.hole_of(np.asarray(picture), paths[0]).flags
    assert hole[26:54, 36:64].all(), "object and edge, two pixels more"
    assert hole[54, 68], "the shadow that touches it"
    assert not hole[5:15, 90:110].any() and not hole[:, :30].any()


def test_the_table_is_by_scene(folder, tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(methods, "YARDSTICK", "cv2-telea")  # PyPatchMatch is not in every environment
    arguments = ["--removal", str(folder), "--fillers", "telea", "--peers", "cv2-telea,cv2-ns"]
    out, sheets = tmp_path / "out.json", tmp_path / "sheets"
    arguments += ["--results", str(tmp_path / "kept.jsonl"), "--json", str(out), "--sheets", str(sheets)]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert "| Street | Yard_1 | all |" in printed
    line = next(line for line in printed.splitlines() if line.startswith("| OpenCV Telea"))
    assert line.split("|")[5].strip() == "1.000"
    assert len(json.loads(out.read_text())["rows"]) == 9
    assert len(list(sheets.glob("*.webp"))) == 3


def test_what_is_missing_is_told(folder, tmp_path, capsys) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(StudioError, match="no background"):
        removal.backgrounds(tmp_path / "empty")
    assert main(["--removal", str(folder), "--time", "--fillers", "telea"]) == 1
    assert "measured on --photos" in capsys.readouterr().err
    assert len(removal.backgrounds(folder, 2)) == 2
