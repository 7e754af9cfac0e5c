"""The self-test tells working parts from broken ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pictures import StubFinder, scene
from PIL import Image

from inpaint_studio import selftest
from inpaint_studio.basics import StudioError
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import Fill, FillTask
from inpaint_studio.files import export
from inpaint_studio.studio import cut

WITHOUT_NETWORK = {k: v for k, v in selftest.STEPS.items() if k != "networks"}


class IdleFiller:
    """A broken filler: it paints nothing."""

    def fill(self, task: FillTask, **options: object):
        yield Fill(task.image.copy(), final=True)


Replace = Callable[[str, object], None]


@pytest.fixture
def replace(monkeypatch: pytest.MonkeyPatch) -> Replace:
    """Replaces engines by kind; finders are the stub from the start."""
    stubs: dict[str, object] = {"finder": StubFinder()}
    load = registry.load
    monkeypatch.setattr(registry, "load", lambda name, kind: stubs.get(kind) or load(name, kind))
    return stubs.__setitem__


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "sample.png"
    Image.fromarray(scene()).save(path)
    monkeypatch.setattr(selftest, "sample_path", lambda: path)
    monkeypatch.setattr(selftest, "STEPS", WITHOUT_NETWORK)
    return path


def outcome(capsys: pytest.CaptureFixture[str]) -> dict[str, bool]:
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] == all(part["ok"] for part in report["parts"])
    return {part["part"]: part["ok"] for part in report["parts"]}


def test_every_part_works(replace: Replace, sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert selftest.run() == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(WITHOUT_NETWORK)
    assert all(" OK " in line and " s " in line for line in lines)
    assert "car 0.90" in lines[1]


def test_a_broken_network_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("inpaint_studio.studio.models.resource", lambda name: tmp_path)
    monkeypatch.setattr(selftest, "STEPS", {"networks": selftest._network})
    assert selftest.run(as_json=True) == 1
    assert outcome(capsys) == {"networks": False}


def test_a_filler_that_paints_nothing_is_seen(
    replace: Replace, sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replace("filler", IdleFiller())
    assert selftest.run(as_json=True) == 1
    parts = outcome(capsys)
    assert not parts["fill (guided)"]
    assert parts["open"] and parts["matte"], "the other parts are tried all the same"


def test_a_cutout_of_something_else_is_seen(
    replace: Replace, sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_out = cut.matte_pixels

    def other(pixels: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        alpha, colours = cut_out(pixels, mask)
        return 255 - alpha, colours

    monkeypatch.setattr(cut, "matte_pixels", other)
    assert selftest.run(as_json=True) == 1
    assert not outcome(capsys)["matte"]


def test_what_is_written_wrong_is_seen(
    replace: Replace, sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    encode = export.encode
    monkeypatch.setattr(export, "encode", lambda pixels, *a, **k: encode(pixels ^ 1, *a, **k))
    assert selftest.run(as_json=True) == 1
    assert not outcome(capsys)["export"]


def test_parts_that_lack_their_input_are_not_tried(
    replace: Replace, sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replace("selector", object())
    assert selftest.run() == 1
    rows = {line[:18].strip(): line[18:] for line in capsys.readouterr().out.splitlines()}
    assert "AttributeError" in rows["select"]
    assert "not tried, because “select” failed" in rows["matte"]
    assert " OK " in " " + rows["export"]


def test_an_exception_is_one_row(sample: Path) -> None:
    def breaks(bench: selftest.Bench) -> str:
        raise ZeroDivisionError("oh")

    bench = selftest.Bench(sample.parent, sample)
    assert selftest.check("x", breaks, bench).note == "ZeroDivisionError: oh"
    assert not selftest.check("x", breaks, bench).ok


def test_missing_samples_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "resource", lambda name: tmp_path)
    with pytest.raises(StudioError, match="Install"):
        selftest.sample_path()


def test_window_step_is_run_when_asked_for(
    sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(selftest, "STEPS", {})
    monkeypatch.setattr(selftest, "_window", lambda bench: bench.sample.name)
    assert selftest.run(window=True) == 0
    assert "window" in capsys.readouterr().out
    assert selftest.run() == 0
    assert capsys.readouterr().out == ""
