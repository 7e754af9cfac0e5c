"""What the command line says: results on stdout, progress and errors on stderr."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any, Protocol, TextIO

if TYPE_CHECKING:
    import argparse

_EVERY_SECONDS = 0.1


class _Reconfigurable(Protocol):
    def reconfigure(self, *, errors: str) -> None: ...


def forgive_encodings() -> None:
    """Lets a terminal that lacks a sign show another one instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            known: _Reconfigurable = stream
            known.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


def say_json(value: Any) -> None:
    say(json.dumps(value, ensure_ascii=False, indent=2))


def complain(text: str) -> None:
    """One line on stderr."""
    sys.stderr.write("inpaint-studio: " + " ".join(text.split()) + "\n")


def tell(chosen: argparse.Namespace, result: dict[str, Any], sentence: str) -> None:
    """The result of a command, as JSON if that was asked for."""
    if chosen.json:
        say_json(result)
    else:
        say(sentence)


def table(rows: list[tuple[str, ...]]) -> str:
    """Left-aligned columns, the first row being their names."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines)


class TerminalProgress:
    """One line on stderr that counts up, if that is a terminal; gone when the work is done."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._shown = bool(self._stream) and self._stream.isatty()
        self._last, self._message, self._written = 0.0, "", False

    def report(self, fraction: float, message: str = "") -> None:
        """Shows the fraction done, at most ten times a second."""
        self._message = message or self._message
        now = time.monotonic()
        if not self._shown or now - self._last < _EVERY_SECONDS:
            return
        self._last, self._written = now, True
        self._stream.write(f"\r\x1b[K{100 * min(max(fraction, 0.0), 1.0):3.0f} %  {self._message}")
        self._stream.flush()

    def clear(self) -> None:
        """Takes the line away."""
        if self._written:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._written = False
