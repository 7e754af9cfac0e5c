"""The benchmark's parts run and say something sensible on tiny pictures; times are not judged."""

from __future__ import annotations

import json

import numpy as np
import pytest
from events import run_events

from benchmarks import pictures, ui, ui_layers, ui_parts
from benchmarks.watch import LoopWatch

SIZE = (480, 320)


def test_objects_do_not_touch_and_show_in_the_picture() -> None:
    masks = pictures.objects(*SIZE, 6)
    covered = sum(m.full((320, 480)).astype(int) for m in masks)
    assert len(masks) == 6 and covered.max() == 255
    plain = pictures.textured(*SIZE)
    changed = (pictures.with_objects(plain, masks) != plain).any(axis=2)
    assert not changed[covered == 0].any() and changed[covered > 0].mean() > 0.9


def test_watch_sees_a_gap(qapp) -> None:
    watch = LoopWatch()
    watch.start()
    run_events(20)
    end = ui_parts.time.perf_counter() + 0.08
    while ui_parts.time.perf_counter() < end:
        pass
    run_events(20)
    watch.stop()
    assert watch.gaps().max() >= 75
    assert any("test_watch_sees_a_gap" in place for place in watch.during())


@pytest.fixture
def whole(own_home, qapp) -> dict:
    """Everything but the start of processes, on small pictures."""
    found = {"open": ui_parts.open_photo(SIZE)}
    found["loop"] = {"fill": ui_parts.event_loop(None, SIZE, 1)["fill"]}
    found["large"] = dict(ui_parts.large_document(SIZE, 2, frames=5, dabs=4))
    found["layers"] = dict(ui_layers.frames(SIZE, 4, moves=5, dabs=4))
    found["turns"] = ui_layers.turns(SIZE, 3)
    return found


def test_every_part_gives_numbers(whole: dict) -> None:
    json.dumps(whole)
    assert whole["large"]["lifted"]["layers"] == 3
    lines: list[str] = []
    ui.report(whole, lines.append)
    numbers = [number for _, _, number, _ in ui.rows(whole)]
    assert len(numbers) > 15 and np.isfinite(numbers).all() and min(numbers) >= 0
    assert any("mask brush at 100 %" in line for line in lines)
    assert any("mask brush, turned layer, at fit" in line for line in lines)


def test_a_missed_bar_is_told() -> None:
    lines: list[str] = []
    ui.report({"open": {"visible": 1500.0}, "start": {"window": 400.0}}, lines.append)
    assert [line.split()[-1] for line in lines] == ["ok", "MISSED"]
