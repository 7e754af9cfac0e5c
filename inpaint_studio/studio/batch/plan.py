"""Which photo gives which file: names kept, no result over another, no old file lost unasked."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from inpaint_studio.basics import StudioError, message
from inpaint_studio.studio.batch.actions import ACTIONS, Options
from inpaint_studio.studio.batch.ledger import Ledger
from inpaint_studio.studio.open import PROJECT_SUFFIX, openable_suffixes

EXISTING = ("stop", "skip", "replace", "number")
"""What to do where a file of a result's name is there: stop before anything is done, leave the photo out,
replace the file, or number the result."""


@dataclass(frozen=True, slots=True)
class Task:
    """One photo to do: its file, the file to write, and the key under which the ledger notes it."""

    source: Path
    target: Path
    key: str


def inputs_in(paths: Iterable[Path]) -> list[Path]:
    """The photos among files and directly in folders, in order, each once.

    Raises StudioError for what is not there, and for folders without a photo.
    """
    found: dict[Path, None] = {}
    kinds = set(openable_suffixes()) - {PROJECT_SUFFIX}
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in kinds and p.is_file())
            if not inside:
                raise StudioError(message("batch.no_photo", path=path))
            found |= dict.fromkeys(p.absolute() for p in inside)
        elif path.is_file():
            found[path.absolute()] = None
        else:
            raise StudioError(message("file.not_there", path=path))
    return list(found)


def plan(
    sources: list[Path], folder: Path, action: str, options: Options, existing: str, ledger: Ledger
) -> tuple[list[Task], list[Path]]:
    """What is left to do, and the photos that are done or left out.

    Raises StudioError if a result would replace a file that no earlier run of the same batch wrote and
    `existing` is "stop", and if it would replace a photo that it is made of.
    """
    tasks, left_out, taken = [], [], {source.resolve() for source in sources}
    for source in sources:
        target = folder / (source.stem + ACTIONS[action].suffix_for(source, options))
        key = ledger.key(source, action, options)
        done = ledger.done(key)
        if done is not None:
            left_out.append(source)
            taken.add(done.resolve())
            continue
        if target.resolve() in taken or (target.exists() and existing == "number"):
            target = next(t for t in _numbered(target) if t.resolve() not in taken and not t.exists())
        elif target.exists() and existing == "stop":
            raise StudioError(message("batch.target_there", target=target))
        elif target.exists() and existing == "skip":
            left_out.append(source)
            continue
        taken.add(target.resolve())
        tasks.append(Task(source, target, key))
    return tasks, left_out


def _numbered(target: Path) -> Iterator[Path]:
    return (target.with_name(f"{target.stem}-{number}{target.suffix}") for number in itertools.count(2))
