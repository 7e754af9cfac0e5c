"""What a batch has done, so that it goes on where it stopped: a JSON line a photo, beside the results."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from inpaint_studio import __version__
from inpaint_studio.studio.batch.actions import Options

NAME = ".inpaint-studio-batch.jsonl"


class Ledger:
    """The notes of a folder. What can't be read in them counts as not done.

    To be used by one process; another batch may write into the same folder at another time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / NAME
        self._done: dict[str, tuple[str, int]] = {}
        for line in self._lines():
            try:
                note = json.loads(line)
                self._done[str(note["key"])] = (str(note["output"]), int(note["size"]))
            except (ValueError, KeyError, TypeError):
                # A line cut off by a crash: its photo is done again.
                continue

    def _lines(self) -> list[str]:
        try:
            return self._path.read_text("utf-8", errors="replace").splitlines()
        except OSError:
            return []

    @staticmethod
    def key(source: Path, action: str, options: Options) -> str:
        """Names a photo's contents, what is done to it and by which version; raises OSError if unreadable."""
        with source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        text = json.dumps([digest, source.name, action, asdict(options), __version__])
        return hashlib.sha256(text.encode()).hexdigest()

    def done(self, key: str) -> Path | None:
        """The result noted under a key if it is still there as it was written, else None."""
        name, size = self._done.get(key, ("", -1))
        path = self._folder / name
        try:
            return path if name and path.stat().st_size == size else None
        except OSError:
            return None

    def note(self, key: str, source: Path, target: Path) -> None:
        """Notes that a photo's result is written; on the disk when this returns."""
        size = target.stat().st_size
        entry = {"key": key, "input": source.name, "output": target.name, "size": size}
        self._done[key] = (target.name, size)
        with self._path.open("a", encoding="utf-8") as file:
            # A new line first: the last one may have been cut off by a crash.
            file.write("\n" + json.dumps(entry, ensure_ascii=False))
            file.flush()
