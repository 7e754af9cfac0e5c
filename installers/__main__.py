"""`python -m installers`: what this system installs, out of the built folder, with a table of its parts."""

from __future__ import annotations

import hashlib
import importlib
import sys
from pathlib import Path

from installers.product import DIST, PackagingFailed, sizes

ROOMS = {"linux": "linux", "win32": "windows", "darwin": "mac"}


def table() -> str:
    """Megabytes of each part of the built folder."""
    parts = sizes()
    rows = [f"{size / 1e6:8.1f} MB  {name}" for name, size in parts.items() if size >= 100_000]
    return "\n".join([*rows, f"{sum(parts.values()) / 1e6:8.1f} MB  together"])


def main() -> int:
    try:
        print(table())
        room = next((room for start, room in ROOMS.items() if sys.platform.startswith(start)), None)
        if room is None:
            raise PackagingFailed(f"There is no package for {sys.platform}; use the folder in dist/.")
        made: list[Path] = importlib.import_module(f"installers.{room}.package").build()
    except PackagingFailed as error:
        print(error, file=sys.stderr)
        return 1
    with (DIST / "SHA256SUMS").open("w", encoding="utf-8") as sums:
        for path in made:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            sums.write(f"{digest}  {path.name}\n")
            print(f"{path.stat().st_size / 1e6:8.1f} MB  {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
