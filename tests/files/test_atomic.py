import os
import stat

import pytest

from inpaint_studio.basics import Cancelled, StudioError
from inpaint_studio.files.atomic import atomic_bytes, atomic_write


def _fail(*_args, **_kwargs):
    raise OSError(28, "No space left on device")


def test_writes_and_replaces(tmp_path):
    target = tmp_path / "a.bin"
    atomic_bytes(target, b"one")
    atomic_bytes(target, b"two")
    assert target.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failing_call_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, call):
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    monkeypatch.setattr(os, call, _fail)
    with pytest.raises(StudioError, match=r"a\.bin.*No space left"):
        atomic_bytes(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(("error", "seen"), [(OSError(5, "I/O"), StudioError), (Cancelled(), Cancelled)])
def test_a_failing_writer_leaves_the_old_file(tmp_path, error, seen):
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")

    def write(file):
        file.write(b"half")
        raise error

    with pytest.raises(seen):
        atomic_write(target, write)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes and links")
def test_keeps_the_mode_and_the_link(tmp_path):
    target, link = tmp_path / "a.bin", tmp_path / "link"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    atomic_bytes(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_new_file_has_the_usual_mode(tmp_path):
    (tmp_path / "usual").write_bytes(b"")
    atomic_bytes(tmp_path / "ours", b"")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_places_that_cannot_be_written(tmp_path, monkeypatch):
    with pytest.raises(StudioError, match="does not exist"):
        atomic_bytes(tmp_path / "missing" / "a.bin", b"")
    with pytest.raises(StudioError, match="folder"):
        atomic_bytes(tmp_path, b"")
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(StudioError, match="read-only"):
        atomic_bytes(target, b"new")
    assert target.read_bytes() == b"old"
