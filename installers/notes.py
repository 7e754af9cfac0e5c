"""Prints the part of CHANGELOG.md about one version: `python installers/notes.py 0.2.0`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).resolve().parent.parent / "CHANGELOG.md"


def notes(text: str, version: str) -> str:
    """What stands below the heading of a version, "" if there is none."""
    found = re.search(rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    return found[1].strip() if found else ""


def main(argv: list[str]) -> int:
    text = notes(CHANGELOG.read_text("utf-8"), argv[0]) if argv else ""
    if not text:
        print("CHANGELOG.md says nothing about that version.", file=sys.stderr)
        return 1
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
