"""The kills: they come where they should, and what was lost would be seen."""

import time

import numpy as np

from benchmarks.fuzz.seeds import document
from benchmarks.kill.faults import Target, picture_hash, state_hash, targets, tried
from benchmarks.kill.sessions import Outcome, _judged
from inpaint_studio.files.journal import Belonging, Journal
from inpaint_studio.render import render


def test_an_export_is_whole_whatever_breaks_it_off(tmp_path):
    picture = next(each for each in targets() if each.name == "export as png")
    found = list(tried(picture, tmp_path))
    assert {name for name, _, _ in found} >= {"open", "write", "fsync", "replace"}
    assert [why for _, _, why in found if why] == []


def test_a_file_that_is_written_in_its_place_is_seen_to_break(tmp_path):
    def careless(folder, _old, new, begin):
        (folder / "a.bin").unlink(missing_ok=True)
        begin()
        with (folder / "a.bin").open("xb") as file:
            file.write(np.ascontiguousarray(render(new.snapshot()).pixels).tobytes())

    target = Target("careless", careless, lambda folder: (folder / "a.bin").read_bytes().hex())
    assert any(why for _, _, why in tried(target, tmp_path))


def lines(made, *whats, at=0.0):
    mark = state_hash(made.snapshot())
    both = f"{mark}:{picture_hash(made.snapshot())}"
    return [[what, str(at), mark if what == "edit" else both] for what in whats]


def test_what_a_session_lost(tmp_path):
    folder = tmp_path / "state" / "inpaint-studio" / "recovery"
    made = document()
    kept = Journal(folder)
    kept.write(made.snapshot(), made.photo, Belonging("a.png"))
    kept._lock.release()
    now = time.monotonic()
    told = lines(made, "edit", "begun", "entry", at=now - 9)
    later = [["edit", str(now - 4), "another"]]
    assert _judged(told, now, tmp_path) == Outcome(1, 0.0, "")
    assert abs(_judged(told + later, now, tmp_path).lost - 4) < 1e-6
    wrong = [[what, when, mark + "x"] for what, when, mark in told]
    assert "last entry" in _judged(wrong, now, tmp_path).wrong
    assert "did not start" in _judged([], now, tmp_path).wrong
