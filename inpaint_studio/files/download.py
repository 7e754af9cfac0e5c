"""Fetching a file that the user asked for: it goes on after a break and is checked before it is put in place.

The only place where the program uses the network. Bytes come into `NAME.part` beside the target; only a
file of the right size and SHA-256 takes the target's name.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from inpaint_studio.basics import NO_PROGRESS, Progress, StudioError, message
from inpaint_studio.files.http_stream import ConnectionBroken, Head, HttpStream, check_url

_SPARE_BYTES: Final = 64 << 20
"""What is to stay free on the disk beside the file."""
_POLL_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Source:
    """A file to fetch: its address, its `size` in bytes and its `sha256` (hex).

    Where nobody published them, `size` is None and `sha256` is ""; `most` bounds the bytes then.
    """

    url: str
    size: int | None = None
    sha256: str = ""
    most: int = 4 << 30

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or self.url


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a download waits for an answer or the next bytes, and how often it takes up a broken one."""

    seconds: float = 30.0
    tries: int = 4
    pause_seconds: float = 1.0


PATIENCE: Final = Patience()
"""What callers get who ask for nothing else."""


class _Stale(Exception):
    """What lies in the part file is not the beginning of what the server has: begin anew."""


def download(
    source: Source, target: Path, progress: Progress = NO_PROGRESS, patience: Patience | None = None
) -> str:
    """Fetches a file to `target` and returns its SHA-256 (hex); blocks, so call it from a worker.

    What came before a cut or a cancel stays in `target` + ".part" and is gone on from. Raises StudioError,
    with `target` as it was, if the file can't be had or is not what `source` says; Cancelled as
    `progress` does.
    """
    check_url(source.url)
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = _Transfer(source, part, progress, patience or PATIENCE).run()
        os.replace(part, target)  # noqa: PTH105 - as in atomic.py
    except OSError as error:
        raise StudioError(
            message("download.not_kept", name=target.name, parent=target.parent, why=error.strerror or error)
        ) from error
    return digest


class _Excess(StudioError):
    """More bytes come than the file has."""


class _Transfer:
    """Brings a part file to its end, over as many connections as that takes."""

    def __init__(self, source: Source, part: Path, progress: Progress, patience: Patience) -> None:
        self._source, self._part = source, part
        self._progress, self._patience = progress, patience
        self._total = source.size
        self._done = 0

    def run(self) -> str:
        """The SHA-256 of the whole and right part file."""
        anew, trouble, tries = False, "", 0
        while tries < self._patience.tries:
            begun = self._have()
            try:
                self._receive(begun)
                return self._checked()
            except _Stale:
                self._part.unlink(missing_ok=True)
                if anew:
                    raise StudioError(message("download.other_file", host=self._source.host)) from None
                anew = True
            except _Excess:
                self._part.unlink(missing_ok=True)
                raise
            except ConnectionBroken as error:
                trouble = str(error)
                # Only tries in a row that bring nothing count.
                tries = 1 if self._have() > begun else tries + 1
                self._pause()
        raise StudioError(message("download.unreachable", host=self._source.host, trouble=trouble))

    def _have(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0

    def _tick(self) -> None:
        fraction = self._done / self._total if self._total else 0.0
        self._progress.report(min(1.0, fraction), message("job.fetching"))

    def _pause(self) -> None:
        end = time.monotonic() + self._patience.pause_seconds
        while time.monotonic() < end:
            self._tick()
            time.sleep(min(_POLL_SECONDS, self._patience.pause_seconds))

    def _checked(self) -> str:
        with self._part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if self._source.size not in (None, self._have()) or self._source.sha256 not in ("", digest):
            raise _Stale
        return digest

    def _receive(self, begun: int) -> None:
        """Appends what is missing to the part file."""
        size = self._source.size
        if size is not None and begun >= size:
            return
        self._done = begun
        with HttpStream(self._source.url, begun, self._patience.seconds, self._tick) as stream:
            head = stream.head()
            resumed = self._resumed(head, begun)
            self._done = begun if resumed else 0
            self._expect(head)
            with self._part.open("ab" if resumed else "wb") as file:
                for block in stream.blocks():
                    self._done += len(block)
                    self._refuse_excess()
                    file.write(block)
        if self._total is not None and self._done < self._total:
            raise ConnectionBroken("the connection ended early")

    def _resumed(self, head: Head, begun: int) -> bool:
        """Whether the answer begins where the part file ends; else it is the whole file."""
        if head.status == 416:
            raise _Stale
        if head.status in (408, 425, 429) or head.status >= 500:
            raise ConnectionBroken(f"answer {head.status}")
        if head.status not in (200, 206):
            raise StudioError(message("download.not_there", host=self._source.host, status=head.status))
        if head.status == 206 and not head.content_range.startswith(f"bytes {begun}-"):
            raise _Stale
        return head.status == 206

    def _expect(self, head: Head) -> None:
        """Notes how many bytes the whole has; refuses what was not published or finds no room."""
        size, most = self._source.size, self._source.most
        total = size if head.length is None else self._done + head.length
        if total is not None and size not in (None, total):
            raise StudioError(message("download.other_size", host=self._source.host, total=total, size=size))
        if total is not None and total > most:
            raise StudioError(message("download.too_large", total=total, most=most))
        self._total = total
        needed, free = (total or 0) - self._done, shutil.disk_usage(self._part.parent).free
        if needed + _SPARE_BYTES > free:
            raise StudioError(
                message(
                    "download.no_room",
                    parent=self._part.parent,
                    needed=needed / 1000000.0,
                    free=free / 1000000.0,
                )
            )

    def _refuse_excess(self) -> None:
        if self._done > (self._source.most if self._total is None else self._total):
            raise _Excess(f"{self._source.host} sends more than was published; nothing was kept.")
