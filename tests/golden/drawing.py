"""Runs the scenes at a scale, as a screen of that scale would show them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent
SCALES = (1, 2)


def draw(folder: Path, scale: int) -> None:
    """Writes the pictures of all scenes into a folder."""
    folder.mkdir(parents=True)
    # One font wherever there is fontconfig, so that the pictures are those of other machines, too.
    own = {"QT_QPA_PLATFORM": "offscreen", "FONTCONFIG_FILE": str(HERE / "fonts.conf")}
    modules = os.pathsep.join(map(str, (TESTS.parent, TESTS, TESTS / "e2e")))
    environment = os.environ | own | {"QT_SCALE_FACTOR": str(scale), "PYTHONPATH": modules}
    command = [sys.executable, str(HERE / "scenes.py"), str(folder)]
    # Its name is seen where a picture is exported to: as long for each run.
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            command,
            env=environment | {"HOME": home},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    assert done.returncode == 0, done.stderr


def kept(name: str, scale: int) -> Path:
    """Where the picture of a scene and theme is kept."""
    return HERE / "pictures" / f"{name} {scale}x.png"
