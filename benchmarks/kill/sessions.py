"""Editing sessions of the real window that are killed at moments drawn at random, and what is restored."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.kill.faults import picture_hash, state_hash
from inpaint_studio.basics import StudioError
from inpaint_studio.files import journal

SHORTEST, LONGEST = 1.0, 14.0
"""Seconds of work before the kill."""
_START = 180.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a killed session left: seconds of work that are lost, and what is wrong ("" if nothing)."""

    edits: int
    lost: float
    wrong: str


def session(number: int, folder: Path) -> Outcome:
    """Runs a session of its own home folder, kills it, and looks at what can be restored."""
    rng = random.Random(number)
    home = {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state"), "XDG_CONFIG_HOME": str(folder)}
    known = {**os.environ, **home, "QT_QPA_PLATFORM": "offscreen"}
    told = folder / "told"
    with told.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.kill.session", str(number)],
            stdout=file, stderr=subprocess.DEVNULL, env=known,
        )  # fmt: skip
    _wait(process, told, rng.uniform(SHORTEST, LONGEST))
    killed = time.monotonic()
    process.kill()
    process.wait()
    # The last line may be half of one.
    lines = told.read_text().split("\n")[:-1]
    return _judged([line.split() for line in lines], killed, folder)


def _wait(process: subprocess.Popen[bytes], told: Path, seconds: float) -> None:
    """Until so many seconds after a session is ready."""
    end = time.monotonic() + _START
    while "ready" not in told.read_text() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(seconds)


def _judged(told: list[list[str]], killed: float, folder: Path) -> Outcome:
    edits = [(float(when), mark) for what, when, mark in told if what == "edit"]
    entries = [mark for what, _, mark in told if what == "entry"]
    begun = [mark for what, _, mark in told if what == "begun"]
    if not edits:
        # Killed before there was anything to lose, or not come up at all.
        up = any(what == "ready" for what, _, _ in told)
        return Outcome(0, 0.0, "" if up else "the session did not start")
    found = journal.left_behind(folder / "state" / "inpaint-studio" / "recovery")
    if len(found) > 1:
        return Outcome(len(edits), 0.0, "several journals of one document")
    if not found:
        wrong = "nothing is restored, but an entry was written" if entries else ""
        return Outcome(len(edits), killed - edits[0][0], wrong)
    try:
        restored = journal.restore(found[0].folder)[0].snapshot()
    except StudioError as error:
        return Outcome(len(edits), 0.0, f"can't be restored: {error}")
    state = state_hash(restored)
    mark = f"{state}:{picture_hash(restored)}"
    # The kill may come between an entry's end and its being told: then it is the one that was begun last.
    if not {mark, f"{state}:"} & {*entries[-1:], *begun[-1:]}:
        return Outcome(len(edits), 0.0, "what is restored is not the journal's last entry")
    after = [when for place, (when, _) in enumerate(edits) if place > _last(edits, state)]
    return Outcome(len(edits), killed - after[0] if after else 0.0, "")


def _last(edits: list[tuple[float, str]], mark: str) -> int:
    return max((place for place, (_, each) in enumerate(edits) if each == mark), default=-1)
