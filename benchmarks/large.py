"""`python -m benchmarks.large`: a JPEG of 100 megapixels is opened, an object lifted, moved, all exported.

Prints the seconds of each step and the largest memory of the process so far.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

_SIDE = (11_600, 8_700)
"""Width and height: 100.9 megapixels."""
_MOST_MB = 3_000


@contextmanager
def _step(name: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    # Kilobytes on Linux.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    seconds = time.monotonic() - start
    print(json.dumps({"step": name, "seconds": round(seconds, 1), "peak_mb": round(peak)}), flush=True)


def _write(path: Path, width: int, height: int, *, deep: bool) -> None:
    """A photo made of four mirrored quarters: so that making it takes less memory than editing it."""
    from benchmarks.pictures import textured

    part = textured(width // 2, height // 2)
    rows = np.concatenate([part, part[::-1]], axis=0)
    whole = np.concatenate([rows, rows[:, ::-1]], axis=1)
    if deep:
        import tifffile

        tifffile.imwrite(path, whole.astype(np.uint16) * np.uint16(257), photometric="rgb")
    else:
        Image.fromarray(whole).save(path, quality=92)


def _edit(path: Path, out: Path) -> None:
    """What the benchmark measures; to be run in a process of its own."""
    from inpaint_studio.basics import Mask
    from inpaint_studio.studio import edit, lift
    from inpaint_studio.studio.finish import finish
    from inpaint_studio.studio.open import open_document
    from inpaint_studio.studio.save import export

    with _step("open"):
        document, _ = open_document(path)
    width, height = document.canvas[2:]
    side = min(width, height) // 8
    yy, xx = np.mgrid[:side, :side]
    disc = np.where(np.hypot(xx - side / 2, yy - side / 2) < side / 2, 255, 0).astype(np.uint8)
    with _step("lift, soft edge, fill"):
        cutout = lift.lift(document, Mask.place(disc, width // 3, height // 3))
        finish(document, [cutout])
    with _step("move and turn"):
        layer = document.layer(cutout)
        edit.transform(document, cutout, replace(layer.transform, dx=float(side), degrees=12.0))
    with _step("export"):
        export(document, out)


def _size(path: Path) -> tuple[int, int]:
    """Width and height of a JPEG or TIFF file."""
    if path.suffix != ".tif":
        return Image.open(path).size
    import tifffile

    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        return page.imagewidth, page.imagelength


def main() -> int:
    """0 if the process never took more than 3 GB."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, nargs=2, default=_SIDE, metavar=("WIDTH", "HEIGHT"))
    parser.add_argument("--deep", action="store_true", help="a TIFF of 16 bits a channel")
    parser.add_argument("--edit", type=Path, nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.edit:
        _edit(*chosen.edit)
        return 0
    Image.MAX_IMAGE_PIXELS = None
    suffix = ".tif" if chosen.deep else ".jpg"
    with tempfile.TemporaryDirectory() as folder:
        given, out = Path(folder) / f"large{suffix}", Path(folder) / f"out{suffix}"
        _write(given, *chosen.size, deep=chosen.deep)
        words = [sys.executable, "-m", "benchmarks.large", "--edit", str(given), str(out)]
        done = subprocess.run(words, check=True, capture_output=True, text=True)
        print(done.stdout, end="")
        size = _size(out)
    peak = max(json.loads(line)["peak_mb"] for line in done.stdout.splitlines())
    whole = size == tuple(chosen.size)
    print(f"largest memory {peak} MB of {_MOST_MB}; {'whole' if whole else 'the export is incomplete'}")
    return 0 if peak <= _MOST_MB and whole else 1


if __name__ == "__main__":
    raise SystemExit(main())
