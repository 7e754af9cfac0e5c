"""Recovery journals: what comes back, what is written again, what a crash in between leaves."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from test_project import same

from inpaint_studio.basics import StudioError
from inpaint_studio.files import atomic, journal
from inpaint_studio.files.journal import Belonging, Journal
from inpaint_studio.render import render

NAMED = Belonging("street.ora", "/somewhere/street.ora", "abc")


@pytest.fixture
def root(tmp_path):
    return tmp_path / "recovery"


@pytest.fixture
def kept(root):
    """A new journal; its lock is given back in the end, as at the end of a process."""
    made = Journal(root)
    yield made
    made._lock.release()


def left(root, kept):
    """The journals once the program that wrote them has ended."""
    kept._lock.release()
    return journal.left_behind(root)


def write(kept, document):
    kept.write(document.snapshot(), document.photo, NAMED)


def test_everything_comes_back(document, root, kept):
    write(kept, document)
    (found,) = left(root, kept)
    assert found.belonging == NAMED
    assert found.preview is not None
    again, belonging = journal.restore(found.folder)
    assert belonging == NAMED
    assert same(again.photo, document.photo)
    assert same(again.state.tree.roots, document.state.tree.roots)
    assert same(again.state.selection, document.state.selection)
    assert same(again.state.found, document.state.found)
    assert np.array_equal(render(again.snapshot()).pixels, render(document.snapshot()).pixels)
    assert again.missing_parts() == []


def test_what_can_not_be_deleted_does_not_refuse_an_entry(document, root, kept, monkeypatch):
    write(kept, document)
    gone = kept.folder / "pixels" / "old.png"
    gone.write_bytes(b"x")

    def refuse(*_args, **_known):
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refuse)
    write(kept, document)
    monkeypatch.undo()
    write(kept, document)
    assert not gone.exists()


def test_a_journal_in_use_is_not_offered(document, root, kept):
    write(kept, document)
    assert journal.left_behind(root) == []


def test_only_what_changed_is_written_again(document, kept, monkeypatch):
    write(kept, document)
    layer = document.layers[1]
    document.update("Move", replace(layer, transform=replace(layer.transform, dx=9.0)))
    written = []
    whole = atomic.atomic_bytes

    def counted(path, data):
        written.append(Path(path).name)
        whole(path, data)

    monkeypatch.setattr(journal, "atomic_bytes", counted)
    write(kept, document)
    # The picture that tells journals apart, and the entry.
    assert len(written) == 2
    assert written[-1] == "entry.json"


def test_what_is_not_used_any_more_goes(document, kept):
    write(kept, document)
    before = set(kept.folder.rglob("*.png"))
    document.update("Cut", replace(document.layers[1], holes=()))
    gone = [layer.id for layer in document.layers[2:]]
    document.apply("Delete", document.state.with_tree(document.tree.without(gone)))
    write(kept, document)
    after = set(kept.folder.rglob("*.png"))
    assert len(after) < len(before)
    assert same(journal.restore(kept.folder)[0].state.tree.roots, document.tree.roots)


@pytest.mark.parametrize("fails_at", range(1, 40, 3))
def test_whatever_write_fails_the_last_entry_stays_whole(document, root, kept, monkeypatch, fails_at):
    write(kept, document)
    before = journal.restore(kept.folder)[0]
    for layer in document.layers[1:]:
        mask = layer.mask
        if mask is not None:
            crop = mask.crop.copy()
            crop[:2] = 0
            document.update("Brush", replace(layer, mask=replace(mask, crop=crop)))
    calls = 0
    real = os.replace

    def failing(source, target):
        nonlocal calls
        calls += 1
        if calls == fails_at:
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "replace", failing)
    failed = False
    try:
        write(kept, document)
    except StudioError:
        failed = True
    monkeypatch.undo()
    again = journal.restore(kept.folder)[0]
    wanted = before if failed else document
    assert np.array_equal(render(again.snapshot()).pixels, render(wanted.snapshot()).pixels)


@pytest.mark.parametrize("damage", ["cut", "not json", "newer", "member gone", "outside"])
def test_damaged_journals_are_told_and_set_aside_not_deleted(document, root, kept, damage):
    write(kept, document)
    entry = kept.folder / "entry.json"
    record = json.loads(entry.read_text())
    if damage == "cut":
        entry.write_bytes(entry.read_bytes()[:100])
    elif damage == "not json":
        entry.write_bytes(b"\xff\xfe")
    elif damage == "newer":
        entry.write_text(json.dumps(record | {"version": 99}))
    elif damage == "member gone":
        next((kept.folder / "pixels").iterdir()).unlink()
    else:
        record["photo"]["member"] = "../../secret"
        entry.write_text(json.dumps(record))
    found = left(root, kept)
    if found:
        with pytest.raises(StudioError):
            # One of the pictures may be the preview, which is not needed to restore.
            journal.restore(found[0].folder)
            raise StudioError("restored without its preview")
        journal.set_aside(root, found[0].folder)
    assert journal.left_behind(root) == []
    assert [p.name for p in (root / "broken").iterdir()] == [kept.folder.name]


def test_a_journal_without_an_entry_leaves_nothing(root, kept):
    assert left(root, kept) == []
    assert not kept.folder.exists()


def test_a_place_that_can_not_be_made_is_told(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StudioError, match="No recovery data"):
        Journal(tmp_path / "file" / "recovery")
