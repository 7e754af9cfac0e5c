"""PatchMatch in a child process: equal results, quick cancel, recovery, nothing left behind."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from inpaint_studio.basics import NO_PROGRESS, Cancelled, StudioError
from inpaint_studio.engines.contracts import FillTask
from inpaint_studio.engines.fillers.patchmatch import PatchMatchFiller
from inpaint_studio.engines.inpainting import pieces
from inpaint_studio.engines.inpainting.child import ChildProcess
from inpaint_studio.engines.inpainting.pieces import InProcess, Piece


def piece(side=60, hole=20, seed=0):
    pixels = np.random.default_rng(5).integers(0, 256, (side, side, 3)).astype(np.uint8)
    mask = np.zeros((side, side), np.uint8)
    mask[side // 3 : side // 3 + hole, side // 3 : side // 3 + hole] = 1
    return Piece(pixels, mask, np.zeros_like(mask), 3, seed)


LONG = piece(900, 300)
"""Takes many seconds."""


@pytest.fixture
def child():
    runner = ChildProcess()
    yield runner
    runner.close()
    assert runner.pid is None


class CancelAfter:
    def __init__(self, seconds):
        self.at = time.monotonic() + seconds

    def report(self, fraction, message=""):
        if time.monotonic() > self.at:
            self.raised = time.monotonic()
            raise Cancelled


def gone(pid):
    """Whether a process has ended and was waited for (a zombie still exists)."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_same_result_as_in_process_and_the_child_stays(child):
    for seed in (0, 1):
        expected = InProcess().run(piece(seed=seed), NO_PROGRESS)
        assert np.array_equal(child.run(piece(seed=seed), NO_PROGRESS), expected)
        pid = child.pid
    assert child.pid == pid


def test_a_whole_fill_is_the_same(child):
    image = np.random.default_rng(0).integers(0, 99, (90, 120, 3)).astype(np.uint8)
    hole = np.zeros((90, 120), np.uint8)
    hole[30:60, 40:70] = 255
    ours, theirs = (
        list(PatchMatchFiller(runner).fill(FillTask(image, hole)))[-1] for runner in (InProcess(), child)
    )
    assert np.array_equal(ours.pixels, theirs.pixels)


def test_cancel_ends_the_child_at_once_and_the_next_piece_works(child):
    child.run(piece(), NO_PROGRESS)
    pid, progress = child.pid, CancelAfter(0.3)
    with pytest.raises(Cancelled):
        child.run(LONG, progress)
    assert time.monotonic() - progress.raised < 0.5
    assert gone(pid)
    assert child.pid not in (None, pid), "the next child is booting already"
    assert child.run(piece(), NO_PROGRESS).shape == (60, 60, 3)


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")
def test_a_killed_child_is_replaced(child):
    child.run(piece(), NO_PROGRESS)
    pid = child.pid
    os.kill(pid, signal.SIGKILL)
    expected = InProcess().run(piece(), NO_PROGRESS)
    assert np.array_equal(child.run(piece(), NO_PROGRESS), expected)
    assert gone(pid)


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")
def test_a_child_that_dies_every_time_is_an_error(child):
    class KillOnReport:
        def report(self, fraction, message=""):
            os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(StudioError, match="unexpectedly"):
        child.run(LONG, KillOnReport())
    assert child.run(piece(), NO_PROGRESS).shape == (60, 60, 3)


def test_an_error_in_the_child_is_told(child):
    wrong = Piece(piece().pixels, np.zeros((5, 5), np.uint8), np.zeros((5, 5), np.uint8), 3, 0)
    with pytest.raises(StudioError, match="could not be filled"):
        child.run(wrong, NO_PROGRESS)
    assert child.run(piece(), NO_PROGRESS).shape == (60, 60, 3)


def test_without_the_library_there_is_a_sentence(monkeypatch):
    monkeypatch.setattr(pieces, "available", lambda: False)
    with pytest.raises(StudioError, match="quick filler"):
        InProcess().run(piece(), NO_PROGRESS)


@pytest.mark.skipif(sys.platform == "win32", reason="looks at processes by signal 0")
@pytest.mark.parametrize("end", ["killed", "returns"])
def test_the_child_ends_with_its_parent_and_leaves_no_warning(end, tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import os, signal
            import numpy as np
            from inpaint_studio.basics import NO_PROGRESS
            from inpaint_studio.engines.inpainting.child import ChildProcess
            from inpaint_studio.engines.inpainting.pieces import Piece

            if __name__ == "__main__":
                child = ChildProcess()
                hole = np.zeros((40, 40), np.uint8)
                hole[10:20, 10:20] = 1
                child.run(Piece(np.ones((40, 40, 3), np.uint8), hole, 0 * hole, 3, 0), NO_PROGRESS)
                print(child.pid, flush=True)
                if {end!r} == "killed":
                    os.kill(os.getpid(), signal.SIGKILL)
            """
        )
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.returncode == (-signal.SIGKILL if end == "killed" else 0), done.stderr
    assert done.stderr == ""
    assert wait_until(lambda: gone(int(done.stdout)))


def test_the_child_imports_nothing_heavy():
    code = "import sys, inpaint_studio.engines.inpainting.child; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"onnxruntime", "cv2", "PySide6", "patchmatch"} & set(loaded.stdout.split())
