"""The benchmark of enhancing measures what it says, on made-up pictures; nothing is judged."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from PIL import Image
from test_fill_benchmark import _TwoChannels

from benchmarks import enhance
from benchmarks.fill.features import FeatureDistance
from benchmarks.fill.results import Results


def soft(seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 256, (70, 90, 3)).astype(np.float32)
    return np.clip((cv2.GaussianBlur(noise, (0, 0), 2) - 128) * 4 + 128, 0, 255).astype(np.uint8)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for i in range(3):
        Image.fromarray(soft(i)).save(folder / f"{i}.png")
    return folder


@pytest.fixture(autouse=True)
def untrained(monkeypatch: pytest.MonkeyPatch) -> None:
    """The yardstick's weights are not needed here, nor is our network."""
    monkeypatch.setattr("benchmarks.fill.features._pretrained", _TwoChannels)
    monkeypatch.setitem(enhance.METHODS, "ours", ("ours: enhance", lambda image: image // 2))
    monkeypatch.setattr(enhance, "version", lambda method: "1")


@pytest.mark.parametrize("kind", enhance.KINDS)
def test_spoiling_is_drawn_from_seed_and_name(kind: str) -> None:
    photo = soft()
    before = photo.copy()
    a = enhance.spoil(photo, kind, "a.png")
    assert a.shape == photo.shape
    assert a.dtype == np.uint8
    assert a.flags.c_contiguous
    assert np.array_equal(a, enhance.spoil(photo, kind, "a.png"))
    others = enhance.spoil(photo, kind, "b.png"), enhance.spoil(photo, kind, "a.png", seed=1)
    assert not any(np.array_equal(a, other) for other in (*others, photo))
    assert np.array_equal(photo, before)


def detail(image: np.ndarray) -> float:
    return float(np.abs(np.diff(image.astype(int), axis=1)).mean())


def test_each_way_does_what_its_name_says() -> None:
    photo = soft()
    assert detail(enhance.spoil(photo, "noise", "x")) > 1.3 * detail(photo)
    for kind in ("blur", "small"):
        assert detail(enhance.spoil(photo, kind, "x")) < 0.95 * detail(photo)
    flat = np.full((64, 64, 3), 100, np.uint8)
    assert np.abs(enhance.spoil(flat, "noise", "x").mean() - 100) < 1
    for kind in ("jpeg", "blur", "small"):
        assert np.abs(enhance.spoil(flat, kind, "x").astype(int) - 100).max() <= 2, "only detail is lost"


def test_colours_are_not_swapped_on_the_way() -> None:
    red = np.zeros((48, 48, 3), np.uint8)
    red[..., 0] = 200
    assert enhance.spoil(red, "jpeg", "x").mean((0, 1))[0] > 180
    for method in ("nlmeans-3", "nlmeans-10"):
        assert enhance.METHODS[method][1](red).mean((0, 1))[0] > 180


def test_the_middle() -> None:
    photo = soft()
    part = enhance.middle(photo, 40)
    assert np.array_equal(part, photo[15:55, 25:65])
    assert np.array_equal(enhance.middle(photo, 500), photo)


def test_what_is_measured(photos: Path, tmp_path: Path) -> None:
    results = Results(tmp_path / "r.jsonl", enhance.KEY)
    said: list[str] = []
    paths = tuple(sorted(photos.iterdir()))[:2]
    run = enhance.Run(paths, ["spoiled"], results, say=said.append, judge=FeatureDistance(_TwoChannels()))
    rows = run.rows()
    assert len(rows) == 2 * len(enhance.KINDS)
    assert said == ["1 of 2 photos", "2 of 2 photos"]
    truth = soft(0)
    for row in rows[: len(enhance.KINDS)]:
        spoiled = enhance.spoil(truth, row["kind"], "0.png")
        error = np.mean((truth.astype(float) - spoiled) ** 2)
        assert row["psnr"] == pytest.approx(10 * np.log10(255**2 / error))
        assert 0 < row["features"] <= 4


def test_what_is_known_is_not_measured_again(photos: Path, tmp_path: Path, monkeypatch) -> None:
    calls = []

    def counted(image: np.ndarray) -> np.ndarray:
        calls.append(1)
        return image

    monkeypatch.setitem(enhance.METHODS, "spoiled", ("x", counted))
    path = tmp_path / "r.jsonl"
    for _ in range(2):
        enhance.Run(tuple(photos.iterdir()), ["spoiled"], Results(path, enhance.KEY), say=str).rows()
        assert len(calls) == 3 * len(enhance.KINDS)


def test_table_verdicts_and_json(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--photos", str(photos), "--limit", "2", "--side", "48", "--methods", "spoiled,nlmeans-3,ours"]
    kept = ["--results", str(tmp_path / "r.jsonl"), "--json", str(tmp_path / "o.json")]
    assert enhance.main([*words, *kept]) == 0
    out = capsys.readouterr().out
    assert "| ours: enhance |" in out
    assert out.count("MISSED") == 2, "half as bright is no enhancement"
    numbers = json.loads((tmp_path / "o.json").read_text())
    assert set(numbers["means"]["ours"]) == {*enhance.KINDS, "mean"}
    assert len(numbers["rows"]) == 2 * 5 * 3
    mean = np.mean([numbers["means"]["ours"][kind]["psnr"] for kind in enhance.KINDS])
    assert numbers["means"]["ours"]["mean"]["psnr"] == pytest.approx(mean)


def test_our_network_may_be_absent(photos: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    def version(method: str) -> str:
        if method == "ours":
            raise enhance.StudioError("It is not installed.")
        return "1"

    monkeypatch.setattr(enhance, "version", version)
    words = ["--photos", str(photos), "--methods", "spoiled,ours", "--results", str(tmp_path / "r")]
    assert enhance.main(words) == 0
    assert "ours: enhance: absent. It is not installed." in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--methods", "magic"], ["--photos", "."]])
def test_what_can_not_be_done(photos: Path, words: list[str], capsys, monkeypatch) -> None:
    monkeypatch.chdir(photos.parent)
    assert enhance.main(["--photos", str(photos), *words]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_judge_sees_noise() -> None:
    torch.manual_seed(0)
    judge = FeatureDistance(_TwoChannels())
    photo = soft()
    everywhere = np.ones(photo.shape[:2], np.bool_)
    levels = judge.features(photo)
    assert judge.distance(levels, judge.features(enhance.spoil(photo, "noise", "x")), everywhere)[0] > 0
