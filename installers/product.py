"""What is packaged: names, version, the built folder and how large its parts are."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "installers"
APP = ROOT / "resources" / "app"
DIST = ROOT / "dist"
FOLDER = DIST / "inpaint-studio"
NAME = "inpaint-studio"


class PackagingFailed(Exception):
    """A step did not work; the text says which and what to do."""


def run(*command: str | Path, cwd: Path | None = None) -> None:
    """Runs a tool of the system. Raises PackagingFailed if it says that it failed."""
    if subprocess.run([str(part) for part in command], cwd=cwd, check=False).returncode:
        raise PackagingFailed(f"{command[0]} failed; it says above why.")


def version() -> str:
    text = (ROOT / "inpaint_studio" / "__init__.py").read_text("utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    if found is None:
        raise PackagingFailed("inpaint_studio/__init__.py names no version.")
    return found[1]


def folder() -> Path:
    """The built program. Raises PackagingFailed where it was not built yet."""
    if not FOLDER.is_dir():
        raise PackagingFailed(f"{FOLDER} is missing; run: python3 make.py package")
    return FOLDER


def files(base: Path) -> Iterator[Path]:
    """All files below a folder, links too, always in the same order."""
    return (path for path in sorted(base.rglob("*")) if path.is_symlink() or path.is_file())


def part_of(path: Path) -> str:
    """To which part of the program a file of the built folder belongs."""
    parts = path.relative_to(FOLDER).parts
    inside = parts[1:] if parts[0] == "_internal" else parts
    first = inside[0].split(".")[0] if inside else parts[0]
    named = {"PySide6": "Qt", "shiboken6": "Qt", "cv2": "OpenCV", "inpaint_studio": "our resources"}
    if len(inside) == 1:
        return "program, Python and system libraries"
    return named.get(first, first)


def sizes() -> dict[str, int]:
    """Bytes of each part of the built folder, the largest first; links count nothing."""
    out: dict[str, int] = {}
    for path in files(folder()):
        if not path.is_symlink():
            out[part_of(path)] = out.get(part_of(path), 0) + path.stat().st_size
    return dict(sorted(out.items(), key=lambda item: -item[1]))
