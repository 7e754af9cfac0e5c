"""One process that opens damaged files, one after the other, and says what came of each.

It reads numbers from its standard input, a line each, and answers with a line of JSON each. It ends itself
when it may not go on.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.fuzz.mutate import mutated
from benchmarks.fuzz.seeds import seeds
from inpaint_studio.basics import StudioError
from inpaint_studio.files import journal
from inpaint_studio.render import render
from inpaint_studio.studio.open import open_document

if TYPE_CHECKING:
    from benchmarks.fuzz.seeds import Seed
    from inpaint_studio.document import Document

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CHANGING = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree")
_LONGEST = 400
"""Most letters of a sentence for the user."""


class Watch:
    """Notes files that are made, changed or removed outside of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.outside: list[str] = []
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        writing = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
        # Removing a tree names what is in it by folders that are open; the tree itself is noted.
        inside = event in ("os.remove", "os.rmdir") and arguments[-1] != -1
        if writing or (event in _CHANGING and not inside):
            self._note(arguments[0])

    def _note(self, path: object) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return
        place = Path(os.fsdecode(path)).absolute()
        if not place.is_relative_to(self._folder) and place != Path(os.devnull):
            self.outside.append(str(place))


def _open(seed: Seed, folder: Path) -> Document:
    if seed.members is None:
        path = folder / f"damaged{seed.suffix}"
        path.write_bytes(seed.data)
        return open_document(path)[0]
    place = folder / "recovery" / "20260101-000000-aa"
    for name, data in seed.members.items():
        # The damage of names is for archives; a folder can't hold them.
        if not name.startswith(("/", ".")) and ".." not in name and "\0" not in name:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(data)
    journal.left_behind(place.parent)
    return journal.restore(place if place.exists() else place.parent / "broken" / place.name)[0]


def case(number: int, folder: Path, watch: Watch) -> dict[str, Any]:
    """What came of the damaged file of that number."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    seed = mutated(random.Random(number))
    told: dict[str, Any] = {"number": number, "kind": seed.name, "what": "opened"}
    _reset_peak()
    watch.outside.clear()
    try:
        document = _open(seed, folder)
        render(document.snapshot(), (0, 0, 64, 64))
    except StudioError as error:
        told["what"] = "refused"
        if "\n" in str(error) or len(str(error)) > _LONGEST:
            told |= {"what": "fault", "why": f"no sentence: {str(error)[:200]!r}"}
    except Exception:  # noqa: BLE001 - this is what is looked for
        told |= {"what": "fault", "why": traceback.format_exc(limit=-6)}
    if watch.outside:
        told |= {"what": "outside", "why": ", ".join(watch.outside[:5])}
    return told | {"memory": _peak()}


def _reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    """The most memory since `_reset_peak`, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    """`python -m benchmarks.fuzz.worker FOLDER BYTES`: numbers in, answers out."""
    folder, limit = Path(sys.argv[1]), int(sys.argv[2])
    seeds()
    watch = Watch(folder)
    resource.setrlimit(resource.RLIMIT_AS, (4 * limit, 4 * limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    # What libraries print must not be taken for an answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    answers.write("ready\n")
    for line in sys.stdin:
        told = case(int(line), folder / "inside", watch)
        answers.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
