"""The fill benchmark measures what it says, on made-up pictures; how well anything fills is not judged."""

from __future__ import annotations

import json
import os
import time

import cv2
import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from benchmarks.fill import cancels, features, holes, like, measures, methods, quality, sheets, table, times
from benchmarks.fill.calls import Child
from benchmarks.fill.command import main
from benchmarks.fill.results import Results
from inpaint_studio.basics import StudioError
from inpaint_studio.engines import registry
from inpaint_studio.studio import fill
from training.common.encoder import Encoder

SHAPE = (90, 120)
MIDDLE = np.zeros(SHAPE, np.bool_)
MIDDLE[30:60, 40:80] = True


def noise(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (*SHAPE, 3), np.uint8)


def flat(level: int) -> np.ndarray:
    return np.full((*SHAPE, 3), level, np.uint8)


def test_an_equal_fill_has_no_error() -> None:
    photo = noise()
    assert measures.psnr(photo, photo, MIDDLE) == float("inf")
    assert measures.ssim(photo, photo, MIDDLE) == pytest.approx(1)
    assert measures.seam(photo, photo, MIDDLE) == 0


def test_psnr_and_ssim_of_known_pictures() -> None:
    changed = flat(100)
    changed[MIDDLE] = 151
    changed[0, 0] = 0  # outside, so it must not count
    assert measures.psnr(flat(100), changed, MIDDLE) == pytest.approx(20 * np.log10(5))
    c1 = (0.01 * 255) ** 2
    inner = np.zeros_like(MIDDLE)
    inner[40:50, 55:65] = True
    wanted = (2 * 100 * 151 + c1) / (100**2 + 151**2 + c1)
    assert measures.ssim(flat(100), changed, inner) == pytest.approx(wanted, rel=1e-6)
    assert abs(measures.ssim(noise(0), noise(1), MIDDLE)) < 0.1


def test_seam_is_the_step_that_the_photo_does_not_have() -> None:
    step = flat(100)
    step[MIDDLE] = 140
    assert measures.seam(flat(100), step, MIDDLE) == pytest.approx(40)
    assert measures.seam(step, step, MIDDLE) == 0
    assert measures.seam(step, flat(100), MIDDLE) == 0
    half = flat(100)
    half[30:60, 40:60] = 140  # half of the hole: of its ring of 140 pixels 20 + 20 + 30 have the step
    assert measures.seam(flat(100), half, MIDDLE) == pytest.approx(20, abs=0.5)


def test_seam_at_the_edge_of_the_photo_and_of_a_full_hole() -> None:
    hole = np.zeros(SHAPE, np.bool_)
    hole[:, :30] = True
    step = flat(100)
    step[hole] = 110
    assert measures.seam(flat(100), step, hole) == pytest.approx(10)
    assert measures.seam(flat(100), step, np.ones(SHAPE, np.bool_)) == 0


def test_detail_is_grain_and_edges_inside_to_around() -> None:
    photo = noise()
    assert measures.detail(photo, MIDDLE) == pytest.approx((1, 1), abs=0.15)
    smooth = photo.copy()
    smooth[MIDDLE] = 128
    grain, edges = measures.detail(smooth, MIDDLE)
    assert grain < 0.05 and edges < 0.05
    assert measures.detail(flat(90), MIDDLE) == (1, 1)
    assert np.isnan(measures.detail(photo, np.ones(SHAPE, np.bool_))).all()


class _TwoChannels(nn.Module):
    """Two levels of features that say only whether a place is bright or dark."""

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        bright = (x[:, :1] > 0).float()
        whole = torch.cat((bright, 1 - bright), 1) * 7
        return [whole[:, :, ::2, ::2], whole[:, :, ::32, ::32]]


def test_feature_distance_is_the_squared_difference_of_unit_vectors() -> None:
    judge = features.FeatureDistance(_TwoChannels())
    truth, filled = np.zeros((64, 64, 3), np.uint8), np.zeros((64, 64, 3), np.uint8)
    filled[:, :32] = 255
    hole = np.zeros((64, 64), np.bool_)
    hole[:, :32] = True
    assert judge.distance(judge.features(truth), judge.features(filled), hole) == pytest.approx((1.0, 2.0))
    assert judge.distance(judge.features(truth), judge.features(truth), hole) == (0.0, 0.0)


def test_feature_distance_takes_pictures_of_any_size() -> None:
    torch.manual_seed(0)
    judge = features.FeatureDistance(Encoder())
    levels = judge.features(noise())
    assert [level.shape[1:] for level in levels] == [(48, 64), (24, 32), (12, 16), (6, 8), (3, 4)]
    assert all(torch.allclose(level.norm(dim=0), torch.ones(1), atol=1e-4) for level in levels)
    other = noise()
    other[MIDDLE] = 128
    everywhere, inside = judge.distance(levels, judge.features(other), MIDDLE)
    assert 0 < everywhere < inside <= 4


@pytest.fixture
def masks(tmp_path) -> tuple:
    """A folder with two label pictures: an empty one and one with a disc and something to ignore."""
    labels = np.zeros((80, 100), np.uint8)
    cv2.circle(labels, (40, 40), 20, 3, -1)
    labels[:10] = 255
    folder = tmp_path / "masks"
    folder.mkdir()
    Image.fromarray(labels).save(folder / "b.png")
    Image.fromarray(np.zeros((80, 100), np.uint8)).save(folder / "a.png")
    return tuple(sorted(folder.iterdir()))


@pytest.mark.parametrize("outlines", [False, True])
def test_holes_have_the_asked_share(outlines: bool, masks: tuple) -> None:
    for name in ("one.webp", "two.webp", "three.webp"):
        found = holes.holes_for(name, (120, 160), both=True, masks=masks if outlines else ())
        assert [(h.size, h.kind) for h in found] == [(s, k) for s in holes.SIZES for k in holes.KINDS]
        for hole in found:
            low, high = holes.SIZES[hole.size]
            assert low <= hole.share <= high and hole.flags.shape == (120, 160)


def test_holes_depend_on_seed_and_name_only() -> None:
    def drawn(name: str, seed: int) -> list[bytes]:
        return [h.flags.tobytes() for h in holes.holes_for(name, SHAPE, seed=seed, both=True)]

    assert drawn("a.png", 1) == drawn("a.png", 1)
    assert all(x != y for x, y in zip(drawn("a.png", 1), drawn("a.png", 2), strict=True))
    assert all(x != y for x, y in zip(drawn("a.png", 1), drawn("b.png", 1), strict=True))
    both = {h.flags.tobytes() for h in holes.holes_for("a.png", SHAPE, both=True)}
    turns = holes.holes_for("a.png", SHAPE)
    assert {h.flags.tobytes() for h in turns} < both and {h.kind for h in turns} == set(holes.KINDS)


def test_outline_is_that_of_the_object(masks: tuple) -> None:
    disc = holes.silhouette(masks, np.random.default_rng(0))
    assert disc.shape == (41, 41) and disc[20, 20] and not disc[0, 0]
    with pytest.raises(StudioError, match="No object"):
        holes.silhouette(masks[:1], np.random.default_rng(0))


def _sleep(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def _memory(megabytes: int) -> int:
    return len(b"x" * (megabytes * 2**20))


def test_child_tells_seconds_and_memory_and_is_ended() -> None:
    with Child() as child:
        pid, seconds, before = child.call(_sleep, 0.05, limit=60)
        assert pid != os.getpid() and 0.05 <= seconds < 10
        assert child.call(_memory, 200, limit=60)[2] > before + 190
        with pytest.raises(StudioError, match="ValueError"):
            child.call(time.sleep, -1, limit=60)
        with pytest.raises(StudioError, match="ended after 0 s"):
            child.call(_sleep, 30, limit=0.2)


@pytest.fixture
def photos(tmp_path, monkeypatch):
    """Two small photos; the yardstick is a network with random weights."""
    torch.manual_seed(0)
    encoder = Encoder()
    monkeypatch.setattr(features, "_pretrained", lambda: encoder)
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        Image.fromarray(noise(ord(name[0]))).save(folder / name)
    return folder


def _arguments(photos, tmp_path, *more: str) -> list[str]:
    kept = ["--results", str(tmp_path / "kept.jsonl"), "--json", str(tmp_path / "out.json")]
    return ["--photos", str(photos), *kept, *more]


def test_a_stopped_run_goes_on(photos, tmp_path, monkeypatch, capsys) -> None:
    arguments = _arguments(photos, tmp_path, "--fillers", "telea", "--peers", "cv2-telea,cv2-ns")
    assert main([*arguments, "--limit", "1"]) == 0
    kept = tmp_path / "kept.jsonl"
    assert len(kept.read_text().splitlines()) == 9
    kept.write_text(kept.read_text()[:-20])  # stopped in the middle of writing
    painted: list[str] = []
    paint = quality.Run._painted

    def counting(self, name, image, hole):
        painted.append(name)
        return paint(self, name, image, hole)

    monkeypatch.setattr(quality.Run, "_painted", counting)
    assert main(arguments) == 0
    assert len(painted) == 10
    assert main(arguments) == 0
    assert len(painted) == 10
    numbers = json.loads((tmp_path / "out.json").read_text())
    assert len(numbers["rows"]) == 18 and len(Results(kept)._rows) == 18
    assert all(row["changed_outside"] == 0 for row in numbers["rows"])
    assert {s["filler"]: s["failed"] for s in numbers["summaries"]} == {
        "telea": 0,
        "cv2-telea": 0,
        "cv2-ns": 0,
    }


def test_changed_code_or_photo_is_measured_again(photos, tmp_path) -> None:
    row = {"photo": "a.png", "size": "5-15", "kind": "object", "hole": 1, "filler": "telea", "version": "x"}
    results = Results(tmp_path / "r.jsonl")
    results.add(row)
    again = Results(tmp_path / "r.jsonl")
    assert again.find(row) == row
    assert again.find({**row, "version": "y"}) is None and again.find({**row, "hole": 2}) is None


def test_an_absent_peer_is_told(photos, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(methods.shutil, "which", lambda name: None)
    assert (
        main(_arguments(photos, tmp_path, "--fillers", "none", "--peers", "gmic,cv2-ns", "--limit", "1")) == 0
    )
    assert "| G'MIC inpaint_matchpatch | absent: not installed: gmic" in capsys.readouterr().out
    assert json.loads((tmp_path / "out.json").read_text())["absent"]["gmic"]


def test_a_failed_fill_is_told_and_the_run_goes_on(photos, tmp_path, monkeypatch, capsys) -> None:
    arguments = _arguments(photos, tmp_path, "--fillers", "telea", "--peers", "cv2-ns", "--most", "0")
    assert main([*arguments, "--limit", "1"]) == 0
    printed = capsys.readouterr().out
    assert "OpenCV Navier-Stokes: 3 failed (ended after 0 s)" in printed


def test_unknown_names_and_empty_folders_are_told(photos, tmp_path, capsys) -> None:
    assert main(_arguments(photos, tmp_path, "--peers", "lama")) == 1
    assert "There is no peer called “lama”" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["--photos", str(tmp_path / "empty")]) == 1
    assert "There is no photo" in capsys.readouterr().err


def test_sheets_show_all_fills(photos, tmp_path, capsys) -> None:
    folder = tmp_path / "sheets"
    assert (
        main(_arguments(photos, tmp_path, "--fillers", "telea", "--peers", "cv2-ns", "--sheets", str(folder)))
        == 0
    )
    with Image.open(folder / "a.webp") as sheet:
        assert sheet.width > 3.9 * sheets._CELL and sheet.height > 3 * 0.7 * sheets._CELL
    assert len(list((folder / "fills").iterdir())) == 12


def test_every_filler_that_is_installed_is_measured() -> None:
    known = {engine.id for engine in registry.installed("filler")}
    assert known <= set(methods.ours())
    assert methods.DEFAULT in methods.ours()
    assert not any(methods.peer(name) for name in methods.ours())


@pytest.mark.parametrize("name", [p.id for p in methods.PEERS])
def test_peers_paint_holes(name: str) -> None:
    why = methods.absent(name)
    if why:
        pytest.skip(why)
    photo = cv2.resize(noise(), (48, 36), interpolation=cv2.INTER_AREA)
    hole = np.zeros((36, 48), np.bool_)
    hole[14:20, 20:28] = True
    seen = quality.hidden(photo, hole)
    out = methods.paint(name, seen, hole).pixels
    assert out.shape == photo.shape and out.dtype == np.uint8
    # Magenta leaks into the fill only where a method looks at what it should not.
    assert (out[hole][:, 1] > 40).all()
    assert methods.version(name)[0].isdigit()


def _row(filler: str, size: str, value: float, photo: str = "a", **more) -> dict:
    row = {"photo": photo, "size": size, "kind": "object", "filler": filler, "changed_outside": 0}
    return {**row, **dict.fromkeys((*table.MEASURES, *table.MEDIANS), 1.0), "features": value, **more}


def test_table_compares_over_common_holes_and_hides_no_failure() -> None:
    rows = [_row(methods.YARDSTICK, size, 0.5) for size in holes.SIZES]
    rows += [_row("telea", "5-15", 0.4), _row("telea", "15-35", 0.4)]
    rows += [_row("telea", "5-15", 9.9, photo="only we filled this")]
    failed = {"photo": "a", "size": "35-60", "kind": "object", "filler": "telea", "error": "no memory"}
    found = table.summaries([*rows, failed])
    ours = found[1]
    assert ours.ratio["all"] == pytest.approx(0.8) and ours.ratio["35-60"] is None
    assert ours.means["features"]["all"] is None and ours.failed == 1
    text = table.table(found, {})
    assert "| ours: telea | – |" in text and "1 failed (no memory)" in text


def test_what_was_asked_is_judged() -> None:
    rows = [_row(methods.YARDSTICK, size, 0.5) for size in holes.SIZES]
    rows += [_row("telea", size, value) for size, value in zip(holes.SIZES, (0.5, 0.4, 0.47), strict=True)]
    lines = table.asked(table.summaries(rows), "telea")
    text = table.verdicts(lines, "telea")
    verdicts = [line.split("|")[-2].strip() for line in text.splitlines()[2:]]
    assert verdicts == ["ok", "ok", "ok", "ok", "MISSED", "ok"]


def test_what_a_hole_is_filled_with_is_named_there(tmp_path, monkeypatch, capsys) -> None:
    """A network that names what is dark “sky” and what is bright “road”."""
    photo = np.full((120, 160, 3), 220, np.uint8)
    photo[:50] = 30
    Image.fromarray(photo).save(tmp_path / "a.png")

    def named(pixels, network="scene"):
        return (pixels[..., 0] > 120).astype(np.uint8), ["sky", "road"]

    monkeypatch.setattr(like, "label_map", named)
    monkeypatch.setattr("inpaint_studio.studio.fill_like.label_map", named)
    assert main(["--photos", str(tmp_path), "--like"]) == 0
    lines = {line.split("|")[1].strip(): line for line in capsys.readouterr().out.splitlines() if "|" in line}
    assert {"sky", "road", "all"} <= set(lines) and "trees" not in lines
    assert float(lines["all"].split("|")[-2]) > 0.95


class _Deaf:
    """A filler that never asks whether it is still wanted."""

    def fill(self, task, *, progress, **_):
        for _ in range(4):
            time.sleep(0.05)
            yield task.image


def test_a_filler_that_does_not_listen_is_charged(monkeypatch) -> None:
    monkeypatch.setattr(fill.Fillers, "get", lambda self, name: _Deaf())
    found = cancels.cancel_waits("telea", noise(), MIDDLE, count=2)
    assert len(found.waits) == 2 and max(found.waits) > 0.1


@pytest.mark.parametrize("name", ["telea"])
def test_every_filler_stops_when_asked(name: str) -> None:
    found = cancels.cancel_waits(name, noise(), MIDDLE, count=2)
    assert len(found.waits) == 2 and found.work > 0


def test_cancels_are_told_for_both_sizes() -> None:
    lines = times.cancels(noise(), ["telea"], sizes=((90, 60), (120, 90)))
    assert [line.what.split(":")[0] for line in lines] == ["telea, 3 MP, 10 %"] * 2 + [
        "telea, 24 MP, 5 %"
    ] * 2


def test_times_give_all_lines() -> None:
    said: list[str] = []
    size = (160, 120)
    lines = times.measure(
        noise(), ["guided"], ["cv2-ns"], repeats=1, middle=size, large=size, say=said.append
    )
    words = " / ".join(line.what for line in lines)
    assert "guided, 3 MP, 10 %: preview" in words and "guided, 3 MP, 10 %: longest wait" in words
    assert "24 MP" in words and not said
    assert all(np.isfinite(line.value) and line.value >= 0 for line in lines)
    times.report([times.Line("x", 2.0, "s", 1.0)], said.append)
    assert said[-1].endswith("MISSED")
