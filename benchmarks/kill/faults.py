"""Saves, exports and journal entries, broken off at each moment of writing: one of two files, whole."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.fuzz.seeds import document
from benchmarks.kill.points import FAULTS, Fault, Points
from inpaint_studio.basics import StudioError
from inpaint_studio.document import Document, Layer
from inpaint_studio.files import journal
from inpaint_studio.files.journal import Belonging, Journal
from inpaint_studio.render import render
from inpaint_studio.studio.save import export, write_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from inpaint_studio.document import Snapshot

_DONE, _REFUSED, _BROKEN = 0, 3, 4


@dataclass(frozen=True, slots=True)
class Target:
    """Something that is written over something older.

    `write(folder, old, new, begin)` writes the new document and calls `begin` when that starts; `read` says
    what is in the folder then, and raises StudioError or OSError if it can't be read.
    """

    name: str
    write: Callable[[Path, Document, Document, Callable[[], None]], None]
    read: Callable[[Path], str]


def picture_hash(snapshot: Snapshot) -> str:
    """What a document looks like."""
    return hashlib.sha256(np.ascontiguousarray(render(snapshot).pixels).tobytes()).hexdigest()


def state_hash(snapshot: Snapshot) -> str:
    """What a document is made of, whether or not its holes are filled yet."""
    told = []
    for node in snapshot.state.tree.nodes:
        told.append(f"{node.id} {node.name} {node.opacity} {node.blend} {node.visible}")
        if isinstance(node, Layer):
            masks = [node.mask, *(hole.mask for hole in node.holes)]
            told.append(f"{node.transform.matrix().tolist()} {[mask and mask.digest() for mask in masks]}")
    return hashlib.sha256("|".join(told).encode()).hexdigest()


def _project(folder: Path, _old: Document, new: Document, begin: Callable[[], None]) -> None:
    begin()
    write_project(new.snapshot(), new.photo, folder / "a.ora")


def _export(suffix: str, folder: Path, _old: Document, new: Document, begin: Callable[[], None]) -> None:
    begin()
    export(new, folder / f"a{suffix}")


def _entry(folder: Path, old: Document, new: Document, begin: Callable[[], None]) -> None:
    kept = Journal(folder)
    kept.write(old.snapshot(), old.photo, Belonging("street.png"))
    begin()
    kept.write(new.snapshot(), new.photo, Belonging("street.png"))


def _file_hash(name: str, folder: Path) -> str:
    return hashlib.sha256((folder / name).read_bytes()).hexdigest()


def _journal_hash(folder: Path) -> str:
    (found,) = journal.left_behind(folder)
    made, _ = journal.restore(found.folder)
    return state_hash(made.snapshot()) + picture_hash(made.snapshot())


def targets() -> tuple[Target, ...]:
    """All that is tried."""
    exports = (
        Target(f"export as {suffix[1:]}", partial(_export, suffix), partial(_file_hash, f"a{suffix}"))
        for suffix in (".png", ".jpg", ".psd")
    )
    project = Target("save of a project", _project, partial(_file_hash, "a.ora"))
    return project, *exports, Target("journal entry", _entry, _journal_hash)


def _edited(made: Document) -> Document:
    """The document after an edit that every kind of file shows."""
    dog = replace(made.tree.node("dog"), opacity=0.9)
    return Document(made.photo, made.state.with_tree(made.tree.with_nodes(dog)))


def _in_child(work: Callable[[Callable[[], None]], None], points: Points) -> tuple[int, list[str]]:
    """Does work in a child process in which the fault comes.

    Its exit code (negative for a signal), and the names of the moments that it passed, if it came to its end.
    """
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os._exit(_outcome(work, points, writing))
    os.close(writing)
    with os.fdopen(reading) as told:
        names = told.read().splitlines()
    _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status), names


def _outcome(work: Callable[[Callable[[], None]], None], points: Points, writing: int) -> int:
    try:
        work(points.install)
    except StudioError as error:
        return _BROKEN if "\n" in str(error) else _REFUSED
    except BaseException as error:  # noqa: BLE001 - the parent is to know
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return _BROKEN
    os.write(writing, "\n".join(points.names).encode())
    return _DONE


def tried(target: Target, root: Path) -> Iterator[tuple[str, Fault, str]]:
    """Every moment with every fault: its name, the fault, and what is wrong ("" if nothing)."""
    old = document()
    new = _edited(old)
    good, folder = root / "good", root / "tried"
    before = _written(target, good, old, old)
    after = _written(target, folder, old, new)
    if before == after:
        raise RuntimeError(f"{target.name}: the edit can't be seen")
    _, names = _in_child(partial(target.write, _anew(folder, good), old, new), Points())
    for number, name in enumerate(names):
        for fault in FAULTS:
            work = partial(target.write, _anew(folder, good), old, new)
            code, _ = _in_child(work, Points(number, fault))
            yield name, fault, _wrong(target, folder, fault, code, (before, after))


def _written(target: Target, folder: Path, old: Document, new: Document) -> str:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _in_child(partial(target.write, folder, old, new), Points())
    return target.read(folder)


def _anew(folder: Path, good: Path) -> Path:
    shutil.rmtree(folder)
    # Journals begin in an empty folder; files are written over older ones.
    shutil.copytree(good, folder, ignore=lambda _place, names: [n for n in names if not n.startswith("a.")])
    return folder


def _wrong(target: Target, folder: Path, fault: Fault, code: int, allowed: tuple[str, str]) -> str:
    try:
        found = target.read(folder)
    except (StudioError, OSError, ValueError) as error:
        return f"can't be read: {error}"
    if found not in allowed:
        return "neither the old nor the new file"
    if fault != "full":
        return ""
    left = [path.name for path in folder.rglob("*.tmp")]
    return f"ended with {code}" if code not in (_DONE, _REFUSED) else f"left {left}" if left else ""
