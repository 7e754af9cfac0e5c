"""`python -m benchmarks.fuzz [--count N] [--first N] [--keep DIR]`: damaged files of all kinds are opened.

Every number is one damaged file, the same each time; `--first 4711 --count 1` opens that one again. Files are
opened by child processes. It must not come to a crash, a fault that is no sentence for the user, more than
ten seconds, more than `--memory` megabytes, or a file outside of the folder; the exit code is 1 if it does.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from benchmarks.fuzz.mutate import mutated

if TYPE_CHECKING:
    from collections.abc import Iterator

_START = 120.0
"""Seconds that a child may take to come up."""
_OUTCOMES = ("opened", "refused", "fault", "crash", "hang", "memory", "outside")


class Child:
    """A process that opens damaged files."""

    def __init__(self, folder: Path, memory: int) -> None:
        self._log = (folder / "stderr").open("w+b")
        known = {**os.environ, "HOME": str(folder), "XDG_STATE_HOME": str(folder), "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-X", "faulthandler", "-m", "benchmarks.fuzz.worker", str(folder), str(memory)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, env=known,
        )  # fmt: skip
        if self._line(_START) != b"ready\n":
            raise RuntimeError(f"the child did not start: {self.end()}")

    def ask(self, number: int, seconds: float) -> dict[str, Any]:
        """What came of one file; a child that died or hung is gone afterwards."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"%d\n" % number)
        self._process.stdin.flush()
        line = self._line(seconds)
        if line:
            told: dict[str, Any] = json.loads(line)
            return told
        what = "hang" if self._process.poll() is None and line is None else "crash"
        return {"number": number, "what": what, "why": self.end()}

    @property
    def pid(self) -> int:
        """Its number among the processes."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return self._process.poll() is None

    def end(self) -> str:
        """Ends it, waits for that, and gives what it said last."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.kill()
        self._process.wait()
        self._log.seek(0)
        words = self._log.read()[-1500:].decode("utf-8", "replace")
        for pipe in (self._process.stdin, self._process.stdout, self._log):
            pipe.close()
        return words

    def _line(self, seconds: float) -> bytes | None:
        """The next line; None if there is none in time, b"" if there will be none."""
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], seconds)
        return self._process.stdout.readline() if ready else None


def run(numbers: range, memory: int, seconds: float) -> Iterator[dict[str, Any]]:
    """Opens the files of all numbers and tells of each."""
    with tempfile.TemporaryDirectory() as folder:
        child = Child(Path(folder), memory)
        for number in numbers:
            if not child.alive:
                child = Child(Path(folder), memory)
            told = child.ask(number, seconds)
            if told.get("memory", 0) > memory and told["what"] in ("opened", "refused"):
                told |= {"what": "memory", "why": f"{told['memory'] >> 20} MB"}
            yield told
        child.end()


def _keep(number: int, folder: Path) -> None:
    """Writes the damaged file of a number where it can be looked at."""
    seed = mutated(Random(number))
    folder.mkdir(parents=True, exist_ok=True)
    if seed.members is None:
        (folder / f"{number}{seed.suffix}").write_bytes(seed.data)
    else:
        (folder / f"{number}.json").write_text(json.dumps({k: v.hex() for k, v in seed.members.items()}))


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="benchmarks.fuzz", description=__doc__, allow_abbrev=False)
    parser.add_argument("--count", type=int, default=2000, metavar="N", help="how many files")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the number of the first")
    parser.add_argument("--memory", type=int, default=1024, metavar="MB", help="that a file may take")
    parser.add_argument("--seconds", type=float, default=10.0, metavar="N", help="that a file may take")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where files go that show a fault")
    chosen = parser.parse_args()
    numbers, begun = range(chosen.first, chosen.first + chosen.count), time.monotonic()
    counts: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    most = 0
    for told in run(numbers, chosen.memory << 20, chosen.seconds):
        counts[told["what"]] += 1
        kinds[told.get("kind", "?")] += 1
        most = max(most, told.get("memory", 0))
        if told["what"] not in ("opened", "refused"):
            which = f"{told['number']} ({told.get('kind', '?')})"
            print(f"{which}: {told['what']}\n{told.get('why', '')}", flush=True)
            if chosen.keep is not None:
                _keep(told["number"], chosen.keep)
    print(f"{chosen.count} files of {len(kinds)} kinds from number {chosen.first} on, "
          f"{time.monotonic() - begun:.0f} s, at most {most >> 20} MB")  # fmt: skip
    print("  ".join(f"{what} {counts[what]}" for what in _OUTCOMES))
    return int(any(counts[what] for what in _OUTCOMES[2:]))


if __name__ == "__main__":
    raise SystemExit(main())
