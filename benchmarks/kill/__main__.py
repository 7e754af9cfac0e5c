"""`python -m benchmarks.kill [--faults] [--sessions N] [--first N]`: is ever anything lost?

`--faults` breaks off saving, exporting and the journal at every write, fsync, rename and the like, by kill -9
before, in the middle of and after it, and by a full disk: the old or the new file must be there, whole.
`--sessions` kills N editing sessions of the real window at random moments: at most ten seconds of work may be
lost, and what is restored must equal the journal's last entry to the pixel. The exit code is 1 if not so.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections import Counter
from pathlib import Path

MOST_LOST = 10.0
"""Seconds of work."""


def faults() -> int:
    """Tries every moment; how many were wrong."""
    from benchmarks.kill.faults import targets, tried

    wrong = 0
    for target in targets():
        counts: Counter[str] = Counter()
        with tempfile.TemporaryDirectory() as folder:
            for number, (name, fault, why) in enumerate(tried(target, Path(folder))):
                counts[name] += 1
                if why:
                    wrong += 1
                    print(f"{target.name}, moment {number // 4} ({name}), {fault}: {why}", flush=True)
        moments = ", ".join(f"{count // 4} {name}" for name, count in counts.items())
        print(f"{target.name}: {counts.total()} tries at {moments}", flush=True)
    return wrong


def sessions(numbers: range) -> int:
    """Kills sessions; how many were wrong."""
    from benchmarks.kill.sessions import session

    wrong, edits, lost = 0, 0, [0.0]
    for number in numbers:
        with tempfile.TemporaryDirectory() as folder:
            outcome = session(number, Path(folder))
        why = outcome.wrong or ("too much is lost" if outcome.lost > MOST_LOST else "")
        if why:
            wrong += 1
            print(f"session {number}: {why} ({outcome.lost:.1f} s of work lost)", flush=True)
        edits += outcome.edits
        lost.append(outcome.lost)
    middle = sorted(lost)[len(lost) // 2]
    print(f"{len(numbers)} sessions, {edits} edits: lost at most {max(lost):.1f} s, median {middle:.1f} s")
    return wrong


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="benchmarks.kill", description=__doc__, allow_abbrev=False)
    parser.add_argument("--faults", action="store_true", help="break off every moment of writing")
    parser.add_argument("--sessions", type=int, default=0, metavar="N", help="how many sessions are killed")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the number of the first session")
    chosen = parser.parse_args()
    # Threads of libraries do not live on in the children.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    wrong = faults() if chosen.faults or not chosen.sessions else 0
    if chosen.sessions:
        wrong += sessions(range(chosen.first, chosen.first + chosen.sessions))
    print("nothing is lost" if not wrong else f"{wrong} faults")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
