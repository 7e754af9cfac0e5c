"""Keeps how the window and its dialogs look now: `python tests/golden/update.py`; look at the pictures."""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2
from comparing import read, shrunk
from drawing import SCALES, draw, kept


def main() -> None:
    pictures = kept("", SCALES[0]).parent
    with tempfile.TemporaryDirectory() as folder:
        for scale in SCALES:
            drawn = Path(folder) / str(scale)
            draw(drawn, scale)
            for old in pictures.glob(f"* {scale}x.png"):
                old.unlink()
            for path in drawn.glob("*.png"):
                if not path.stem.startswith("without "):
                    cv2.imwrite(str(kept(path.stem, scale)), shrunk(read(path)))


if __name__ == "__main__":
    main()
