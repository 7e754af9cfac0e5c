"""Many photos: names, what is there already, going on after a stop, photos that bring a process down."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from inpaint_studio.basics import StudioError
from inpaint_studio.studio.batch import ACTIONS, Options, actions, inputs_in, plan, run
from inpaint_studio.studio.batch.ledger import NAME, Ledger

EXPORT = Options(suffix=".png")


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def planned(photos, out, action="export", options=EXPORT, existing="stop"):
    return plan(inputs_in([photos]), out, action, options, existing, Ledger(out))


def finished(photos, out, action="export", options=EXPORT, processes=1, existing="stop"):
    """Runs a batch and notes what is done; the errors by photo."""
    tasks, _ = planned(photos, out, action, options, existing)
    ledger, errors = Ledger(out), {}
    for outcome in run(tasks, action, options, processes):
        if outcome.error:
            errors[outcome.task.source.name] = outcome.error
        else:
            ledger.note(outcome.task.key, outcome.task.source, outcome.task.target)
    return errors


def names(folder):
    return sorted(p.name for p in folder.iterdir() if p.name != NAME)


def test_photos_are_found_in_folders_and_named_once(photos, tmp_path):
    (photos / "notes.txt").write_text("no photo")
    (photos / "a.ora").write_text("no photo")
    found = inputs_in([photos, photos / "p1.png"])
    assert [p.name for p in found] == ["p0.jpg", "p1.png", "p2.jpg", "p3.png", "p4.jpg"]
    with pytest.raises(StudioError, match="no file"):
        inputs_in([photos / "gone.png"])
    with pytest.raises(StudioError, match="no photo in the folder"):
        (tmp_path / "empty").mkdir()
        inputs_in([tmp_path / "empty"])


def test_results_keep_names_and_formats(photos, out):
    tasks, _ = planned(photos, out, options=Options())
    assert [t.target.name for t in tasks] == ["p0.jpg", "p1.png", "p2.jpg", "p3.png", "p4.jpg"]
    tasks, _ = planned(photos, out, "layers", Options())
    assert {t.target.suffix for t in tasks} == {".ora"}
    with pytest.raises(StudioError, match="can't be written"):
        planned(photos, out, "layers", Options(suffix=".png"))


def test_photos_of_one_name_do_not_meet_in_one_result(photos, out):
    shutil.copy(photos / "p0.jpg", photos / "p1.jpg")
    tasks, _ = planned(photos, out)
    assert sorted(t.target.name for t in tasks) == [
        "p0.png",
        "p1-2.png",
        "p1.png",
        "p2.png",
        "p3.png",
        "p4.png",
    ]


def test_a_result_never_replaces_a_photo_of_the_batch(photos):
    tasks, _ = planned(photos, photos, options=Options(), existing="replace")
    assert not {t.target for t in tasks} & set(inputs_in([photos]))


@pytest.mark.parametrize(
    ("existing", "targets"), [("replace", ["p1.png"]), ("number", ["p1-2.png"]), ("skip", [])]
)
def test_what_is_there_is_asked_about(photos, out, existing, targets):
    (out / "p1.png").write_bytes(b"mine")
    with pytest.raises(StudioError, match="there already"):
        planned(photos, out)
    tasks, left_out = planned(photos, out, existing=existing)
    assert [t.target.name for t in tasks if t.source.name == "p1.png"] == targets
    assert [p.name for p in left_out] == ([] if targets else ["p1.png"])


@pytest.mark.parametrize("processes", [1, 2])
def test_all_are_done_once(photos, out, processes):
    assert finished(photos, out, processes=processes) == {}
    assert names(out) == ["p0.png", "p1.png", "p2.png", "p3.png", "p4.png"]
    assert np.asarray(Image.open(out / "p3.png"))[0, 0, 0] == 120
    tasks, left_out = planned(photos, out)
    assert tasks == []
    assert len(left_out) == 5


def test_a_stopped_batch_goes_on_where_it_stopped(photos, out):
    tasks, _ = planned(photos, out)
    ledger = Ledger(out)

    def note(outcome):
        ledger.note(outcome.task.key, outcome.task.source, outcome.task.target)

    # What is under way when it stops is finished and noted, too.
    going = run(tasks, "export", EXPORT, 1, note)
    for _ in range(2):
        note(next(going))
    going.close()
    assert finished(photos, out) == {}
    assert names(out) == ["p0.png", "p1.png", "p2.png", "p3.png", "p4.png"]


def test_a_note_cut_off_by_a_crash_is_passed_over(photos, out):
    assert finished(photos, out) == {}
    text = (out / NAME).read_text().rstrip()
    (out / NAME).write_text(text[:-20])
    tasks, _ = planned(photos, out, existing="replace")
    assert len(tasks) == 1


@pytest.mark.parametrize("change", ["photo", "options", "result gone", "result changed"])
def test_what_changed_is_done_again(photos, out, change):
    finished(photos, out)
    options = EXPORT
    if change == "photo":
        Image.new("RGB", (3, 3)).save(photos / "p1.png")
    elif change == "options":
        options = replace(EXPORT, quality=50)
    elif change == "result gone":
        (out / "p1.png").unlink()
    else:
        (out / "p1.png").write_bytes(b"other")
    tasks, _ = planned(photos, out, options=options, existing="replace")
    assert [t.source.name for t in tasks] == (
        [p.name for p in inputs_in([photos])] if change == "options" else ["p1.png"]
    )


def test_one_bad_photo_costs_only_itself(photos, out):
    (photos / "p2.jpg").write_bytes(b"no picture at all")
    errors = finished(photos, out, processes=2)
    assert list(errors) == ["p2.jpg"]
    assert "not a picture" in errors["p2.jpg"]
    assert len(names(out)) == 4


def _die(source, target, options, progress):
    if source.name == "p3.png":
        os._exit(9)
    ACTIONS["export"].work(source, target, options, progress)


def _start_dying(threads):
    """In the new process: the action "enhance" ends it for one of the photos."""
    actions.ACTIONS["enhance"] = replace(actions.ACTIONS["enhance"], work=_die)


def test_a_photo_that_brings_a_process_down_costs_only_itself(photos, out, monkeypatch):
    monkeypatch.setattr("inpaint_studio.studio.batch.processes._start", _start_dying)
    errors = finished(photos, out, "enhance", EXPORT, processes=2)
    assert list(errors) == ["p3.png"]
    assert "ended badly" in errors["p3.png"]
    assert names(out) == ["p0.png", "p1.png", "p2.png", "p4.png"]


def test_masks_are_found_by_name(photos, out, tmp_path):
    masks = tmp_path / "masks"
    masks.mkdir()
    for number in (0, 1):
        mask = np.zeros((30, 40), np.uint8)
        mask[10:20, 10:20] = 255
        Image.fromarray(mask).save(masks / f"p{number}.png")
    errors = finished(photos, out, "mask-dir", Options(mask_dir=str(masks), filler="telea", suffix=".png"))
    assert sorted(errors) == ["p2.jpg", "p3.png", "p4.jpg"]
    assert "no mask called “p2”" in errors["p2.jpg"]
    assert names(out) == ["p0.png", "p1.png"]
