"""Recovery journals: what is open now, kept beside the user's files, so that a crash costs seconds.

A journal is a folder. `entry.json` describes the document as projects do; pixels lie beside it in files named
by their contents, so that an entry writes only what changed since the last one. A new entry takes the place
of the old one in one step: whatever happens, one of them is there, whole. Who writes holds `lock`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import weakref
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock, Timeout
from numpy.typing import NDArray

from inpaint_studio.basics import message
from inpaint_studio.basics.errors import StudioError
from inpaint_studio.document import Group, Tree
from inpaint_studio.files.atomic import atomic_bytes
from inpaint_studio.files.fields import Fields, read_fields
from inpaint_studio.files.limits import MAX_MEMBER_BYTES, MAX_TEXT_BYTES, PixelBudget
from inpaint_studio.files.png import encode_png
from inpaint_studio.files.records import Record, Recorder, Restorer
from inpaint_studio.render import render, shrunk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inpaint_studio.document import Document, Node, Photo, Snapshot

VERSION: Final = 1
_ENTRY: Final = "entry.json"
_LOCK: Final = "lock"
_BROKEN: Final = "broken"
_PREVIEW: Final = 320
"""Pixels of the longer side of the picture that tells journals apart."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a journal's document is: its name for people, its project file ("" for none), its SHA-256."""

    name: str
    path: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A journal that a program left which runs no more; `written` is when, `preview` a PNG file or None."""

    folder: Path
    belonging: Belonging
    written: datetime
    preview: Path | None


class _Members:
    """The files of a journal, named by their contents; what is there is not written again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[int, tuple[weakref.ref[NDArray[Any]], str]] = {}
        self.used: set[str] = set()

    def begin(self) -> None:
        """A new entry: nothing is used yet, and what lives no more is forgotten."""
        self.used = set()
        self._known = {key: kept for key, kept in self._known.items() if kept[0]() is not None}

    def add(self, name: str, data: bytes, pack: bool = False) -> None:
        """As `MemberWriter.add`; never packed."""
        self.used.add(name)
        path = self._folder / name
        with contextlib.suppress(OSError):
            if path.stat().st_size == len(data):
                return
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_bytes(path, data)

    def pixels(self, pixels: NDArray[Any]) -> str:
        """The member that holds these pixels. Arrays of documents never change, so each is packed once."""
        ref, member = self._known.get(id(pixels), (None, ""))
        if ref is None or ref() is not pixels:
            data = encode_png(pixels)
            member = f"pixels/{hashlib.sha256(data).hexdigest()[:40]}.png"
            self.add(member, data)
            self._known[id(pixels)] = weakref.ref(pixels), member
        self.used.add(member)
        return member

    def sweep(self) -> None:
        """Deletes what the entry in place does not use."""
        for path in (self._folder / "pixels").glob("*"):
            if f"pixels/{path.name}" not in self.used:
                # What can't be deleted is tried again after the next entry.
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)


class _Recorder(Recorder):
    def __init__(self, members: _Members, photo: Photo) -> None:
        super().__init__(members, photo)
        self._members = members

    def png(self, kind: str, pixels: NDArray[Any]) -> str:
        return self._members.pixels(pixels)

    def tree(self, nodes: tuple[Node, ...]) -> list[Record]:
        """Nodes with those in their groups, bottom first."""
        return [
            self.node(node) | ({"children": self.tree(node.children)} if isinstance(node, Group) else {})
            for node in nodes
        ]


class Journal:
    """The journal of one open document. `write` in one thread at a time; any thread."""

    def __init__(self, root: Path) -> None:
        """A new folder in `root`, which is made if it is missing. Raises StudioError if that can't be."""
        self.folder = root / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
        try:
            self.folder.mkdir(parents=True, mode=0o700)
        except OSError as error:
            raise StudioError(message("recovery.not_kept", root=root, why=error.strerror)) from error
        self._lock = FileLock(self.folder / _LOCK, timeout=0, thread_local=False)
        self._lock.acquire()
        self._members = _Members(self.folder)

    def write(self, snapshot: Snapshot, photo: Photo, belonging: Belonging) -> None:
        """Makes this the entry. Raises StudioError if the disk refuses; the last entry stays then."""
        members = self._members
        members.begin()
        recorder = _Recorder(members, photo)
        record: Record = {
            "version": VERSION,
            "written": datetime.now(UTC).isoformat(timespec="seconds"),
            "name": belonging.name,
            "path": belonging.path,
            "sha256": belonging.sha256,
            "photo": recorder.photo(),
            "tree": recorder.tree(snapshot.state.tree.roots),
            **recorder.state(snapshot),
            "preview": members.pixels(_preview(snapshot)),
        }
        atomic_bytes(self.folder / _ENTRY, json.dumps(record, allow_nan=False).encode())
        members.sweep()

    def remove(self) -> None:
        """Deletes the journal: its document is saved or given up."""
        self._lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)


def _preview(snapshot: Snapshot) -> NDArray[Any]:
    width, height = snapshot.state.canvas[2:]
    level = 0
    while max(width, height) >> (level + 1) >= _PREVIEW:
        level += 1
    return shrunk(render(snapshot, level=level).pixels, _PREVIEW)


class _Reader:
    """The members of a journal's folder, as `MemberReader`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.name = folder, "the recovery data"

    def _path(self, member: object) -> Path:
        path = self._folder / str(member)
        if not path.resolve().is_relative_to(self._folder.resolve()):
            raise self.damaged("it names a file outside of its folder")
        return path

    def __contains__(self, member: object) -> bool:
        return self._path(member).is_file()

    def damaged(self, why: str) -> StudioError:
        return StudioError(message("recovery.damaged", why=why, folder=self._folder))

    def read(self, member: str) -> bytes:
        return self._limited(member, MAX_MEMBER_BYTES)

    def read_text(self, member: str) -> str:
        try:
            return self._limited(member, MAX_TEXT_BYTES).decode()
        except UnicodeDecodeError as error:
            raise self.damaged(f"“{member}” is no text") from error

    def _limited(self, member: str, most: int) -> bytes:
        path = self._path(member)
        try:
            if path.stat().st_size > most:
                raise self.damaged(f"“{member}” is too large")
            return path.read_bytes()
        except OSError as error:
            raise self.damaged(f"“{member}” cannot be read") from error


def restore(folder: Path) -> tuple[Document, Belonging]:
    """The document in a journal. Raises StudioError for one that is damaged or from a newer version."""
    record = read_fields(_Reader(folder), _ENTRY)
    if record.whole("version", 1) > VERSION:
        raise StudioError(message("recovery.newer"))
    restorer = Restorer(PixelBudget("the recovery data"))
    photo = restorer.photo(record.fields("photo"))
    corner = record.fields("canvas")
    x, y, width, height = (corner.whole(key) for key in "xywh")
    tree = Tree(_nodes(record, "tree", restorer))
    ids = [node.id for node in tree.nodes]
    if len(set(ids)) < len(ids) or not tree.layers or width < 1 or height < 1:
        raise record.reader.damaged("its layers make no sense")
    return restorer.document(record, photo, tree, (x, y, width, height)), _belonging(record)


def _nodes(record: Fields, key: str, restorer: Restorer) -> tuple[Node, ...]:
    return tuple(_node(each, restorer) for each in record.many(key))


def _node(record: Fields, restorer: Restorer) -> Node:
    node = restorer.node(record)
    if isinstance(node, Group):
        return replace(node, children=_nodes(record, "children", restorer))
    return node


def _belonging(record: Fields) -> Belonging:
    return Belonging(record.text("name"), record.text("path"), record.text("sha256"))


def left_behind(root: Path) -> list[Found]:
    """The journals that no running program writes, the newest first; broken ones are set aside."""
    found = [each for folder in _folders(root) if (each := _read(root, folder)) is not None]
    return sorted(found, key=lambda each: each.written, reverse=True)


def _folders(root: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from (p for p in sorted(root.iterdir()) if p.is_dir() and p.name != _BROKEN)


def _read(root: Path, folder: Path) -> Found | None:
    lock = FileLock(folder / _LOCK, timeout=0)
    try:
        with lock:
            return _described(root, folder)
    except (Timeout, OSError):
        # Another program has it open, or it is being deleted.
        return None


def _described(root: Path, folder: Path) -> Found | None:
    if not (folder / _ENTRY).is_file():
        # Nothing was written before the program ended.
        shutil.rmtree(folder, ignore_errors=True)
        return None
    try:
        record = read_fields(_Reader(folder), _ENTRY)
        written = datetime.fromisoformat(record.text("written"))
        preview = folder / record.text("preview")
        return Found(folder, _belonging(record), written, preview if preview.is_file() else None)
    except (StudioError, ValueError):
        set_aside(root, folder)
        return None


def set_aside(root: Path, folder: Path) -> Path:
    """Puts a broken journal where it is not offered again, but not lost; its new place."""
    target = root / _BROKEN / folder.name
    with contextlib.suppress(OSError):
        target.parent.mkdir(exist_ok=True)
        os.replace(folder, target)  # noqa: PTH105 - as in atomic.py
    return target


def discard(folder: Path) -> None:
    """Deletes a journal that nobody wants."""
    shutil.rmtree(folder, ignore_errors=True)
