"""How fast the window feels: `python -m benchmarks.ui [--photo PHOTO] [--json OUT] [--quick]`.

Each part runs in a fresh process, because the first use of everything counts too. Without a display the
window is drawn by Qt's offscreen platform: the same painting, without the way to a screen.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import pictures

PARTS = ("start", "open", "loop", "large", "layers", "turns")
_SMALL, _TINY = (1500, 1000), (900, 600)


def measure(part: str, photo: Path | None, quick: bool) -> dict[str, Any]:
    """One part, in this process. `quick` takes small photos and few layers, to see that all works."""
    from benchmarks import ui_layers, ui_parts

    if part == "start":
        return ui_parts.start_up(2 if quick else 5)
    if part == "open":
        return ui_parts.open_photo(_SMALL if quick else pictures.LARGE)
    if part == "loop":
        return ui_parts.event_loop(photo, _TINY if quick else pictures.MIDDLE, 2 if quick else 4)
    if part == "turns":
        return ui_layers.turns(_TINY, 10) if quick else ui_layers.turns(pictures.TWELVE)
    size, layers = (_SMALL, 4) if quick else (pictures.LARGE, 20)
    if part == "layers":
        return dict(ui_layers.frames(size, layers))
    return dict(ui_parts.large_document(size, layers))


def rows(found: dict[str, Any]) -> list[tuple[str, str, float, float | None]]:
    """Part, what, the number and its bar (None where there is none), as printed."""
    start, opened, loop, large, layers, turns = (found.get(p, {}) for p in PARTS)
    out: list[tuple[str, str, float, float | None]] = []

    def add(what: str, unit: str, numbers: dict[str, Any], name: str, bar: float | None = None) -> None:
        if name in numbers:
            out.append((what, unit, numbers[name], bar))

    add("window up, empty", "ms", start, "window", 1000)
    add("  of it: imports", "ms", start, "imports")
    add("  the first process, files not in memory yet", "ms", start, "cold")
    add("24 MP JPEG dropped to visible", "ms", opened, "visible", 1000)
    add("  of it: read", "ms", opened, "read")
    add("  first picture", "ms", opened, "first")
    for what, name in (("find", "find"), ("lift and fill", "fill")):
        add(f"event loop, {what}: longest gap", "ms", loop.get(name, {}), "longest", 100)
        add("  99th percentile", "ms", loop.get(name, {}), "p99")
    add("event loop, 24 MP, 20 lifts and fills: longest gap", "ms", large.get("lifted", {}), "longest")
    add("  99th percentile", "ms", large.get("lifted", {}), "p99")
    for name, numbers in (*large.items(), *layers.items()):
        drag = name.startswith("drag")
        if drag or "brush" in name:
            add(f"{name}: median", "ms", numbers, "median", 16)
            add("  99th percentile", "ms", numbers, "p99", 33 if drag or "mask" in name else None)
            add("  first frame", "ms", numbers, "first")
            add("  letting go", "ms", numbers, "release")
            add("  composed after", "ms", numbers, "settled")
    add("memory, 24 MP, 20 cutouts", "MB", large.get("memory", {}), "peak", 1536)
    add("memory after 200 turns of a layer of 12 MP", "MB", turns, "turned", 1536)
    add("  with the document closed, over the start", "MB", turns, "closed", 100)
    return out


def report(found: dict[str, Any], say: Callable[[str], None] = print) -> None:
    """Prints the table, and what ran in the longest gaps."""
    for what, unit, number, bar in rows(found):
        verdict = "" if bar is None else f"{bar:8.0f}  {'ok' if number <= bar else 'MISSED'}"
        say(f"{what:52s} {number:8.1f} {unit} {verdict}")
    watched = {**found.get("loop", {}), "many lifts at 24 MP": found.get("large", {}).get("lifted")}
    for name, numbers in watched.items():
        if not numbers:
            continue
        say(f"\nLongest gaps while {name} ran ({numbers['seconds']:.1f} s), ms: {numbers['over_50']}")
        for line in numbers["during"]:
            say(f"  {line}")
        say("  second longest:")
        for line in numbers["then"]:
            say(f"  {line}")


def _in_fresh_process(part: str, arguments: argparse.Namespace) -> Any:
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "benchmarks.ui", "--part", part, "--json", str(Path(home, "out"))]
        command += ["--quick"] if arguments.quick else []
        command += ["--photo", str(arguments.photo)] if arguments.photo else []
        # Settings of its own: the user's recent files and window layout stay as they are.
        surroundings = {**os.environ, "XDG_CONFIG_HOME": home}
        subprocess.run(command, check=True, env=surroundings)
        return json.loads(Path(home, "out").read_text())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photo", type=Path, help="for the event loop: a photo in place of a made-up one")
    parser.add_argument("--json", type=Path, help="write the numbers there, too")
    parser.add_argument("--quick", action="store_true", help="small photos: only to see that all works")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="these parts")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if sys.platform.startswith("linux") and not any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY"))):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if chosen.part:
        found: dict[str, Any] = measure(chosen.part, chosen.photo, chosen.quick)
    else:
        print(f"platform: {os.environ.get('QT_QPA_PLATFORM', 'the desktop')}, {os.cpu_count()} cores")
        found = {part: _in_fresh_process(part, chosen) for part in chosen.only}
        report(found)
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
