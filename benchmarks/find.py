"""How long finding takes: `python -m benchmarks.find [--photo PHOTO | --megapixels 12] [--json OUT]`.

A fresh process opens the photo and calls `find_objects` twice: the first call also loads ONNX Runtime
and the networks. The first peak is the memory of the whole process, the photo included.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from benchmarks.fill.calls import peak_mb
from inpaint_studio.resources import resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.basics.mask import Array

BARS = {"first": 2.0, "second": 2.0, "peak": 1024.0}
"""Seconds of the first and of a further call, and MB of memory, that a photo of 12 megapixels may take."""


def enlarged(photo: Path, megapixels: float) -> Array:
    """H×W×3 uint8 BGR: a picture brought to a size, with the grain that a camera's own pixels have."""
    image = cv2.imread(str(photo), cv2.IMREAD_COLOR)
    if image is None:
        raise SystemExit(f"“{photo}” can't be read as a picture.")
    scale = float(np.sqrt(megapixels * 1e6 / (image.shape[0] * image.shape[1])))
    large = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    rng = np.random.default_rng(0)
    for row in large:  # a row at a time: a whole picture of numbers would need gigabytes
        row[:] = np.clip(row + rng.normal(0, 4, row.shape), 0, 255).astype(np.uint8)
    return np.asarray(large, np.uint8)


def measure(photo: Path) -> dict[str, Any]:
    """Seconds of two calls, peak memory and what was found, in this process."""
    import inpaint_studio as ips

    pixels = ips.open_photo(photo).pixels
    opened = peak_mb()
    seconds = []
    found: list[Any] = []
    for _ in range(2):
        start = time.perf_counter()
        found = ips.find_objects(pixels)
        seconds.append(time.perf_counter() - start)
    return {
        "megapixels": pixels.shape[0] * pixels.shape[1] / 1e6,
        "first": seconds[0],
        "second": seconds[1],
        "opened": opened,
        "peak": peak_mb(),
        "found": [o.label for o in found],
    }


def report(numbers: dict[str, Any], say: Callable[[str], None] = print) -> None:
    """Prints the table."""
    found = numbers["found"]
    say(f"{numbers['megapixels']:.1f} megapixels, {len(found)} objects: {', '.join(found)}")
    for what, unit, name in (
        ("first call, networks loaded in it", "s", "first"),
        ("second call", "s", "second"),
        ("memory before the first call", "MB", "opened"),
        ("memory at most", "MB", "peak"),
    ):
        bar = BARS.get(name)
        verdict = "" if bar is None else f"{bar:8.0f}  {'ok' if numbers[name] <= bar else 'MISSED'}"
        say(f"{what:44s} {numbers[name]:8.2f} {unit:2s} {verdict}")


def in_fresh_process(photo: Path) -> dict[str, Any]:
    """`measure` in a process of its own."""
    code = "import json, sys; from pathlib import Path; from benchmarks import find; "
    code += "print(json.dumps(find.measure(Path(sys.argv[1]))))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(photo)], check=True, capture_output=True, text=True
    )
    numbers: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return numbers


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.find", description=__doc__)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--photo", type=Path, help="a photo of your own, as it is")
    which.add_argument("--megapixels", type=float, default=12.0, help="size that the sample is brought to")
    parser.add_argument("--sample", default="meadow", help="which sample, by name (default: %(default)s)")
    parser.add_argument("--json", type=Path, help="write the numbers here too")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        photo = args.photo
        if photo is None:
            photo = Path(folder, "photo.jpg")
            large = enlarged(resource("samples", f"{args.sample}.jpg"), args.megapixels)
            cv2.imwrite(str(photo), large, [cv2.IMWRITE_JPEG_QUALITY, 92])
        numbers = in_fresh_process(photo)
    report(numbers)
    if args.json:
        args.json.write_text(json.dumps(numbers, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
