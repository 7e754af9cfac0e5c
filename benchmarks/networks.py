"""How long the networks take: `python -m benchmarks.networks [--against CHECKOUT] [--rounds 5]`.

Each task runs in fresh processes: the first call there counts all that is loaded, those after it are warm.
With `--against` the same tasks run in turn with the code of another checkout (such as an older version of
this one, in the same environment), so that both see the machine in the same state. Numbers are medians.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.basics.mask import Array

    Task = Callable[[Array], Callable[[], object]]

SAMPLE, MEGAPIXELS = "meadow", 3.0
WARM_CALLS = 5


def _label_map(pixels: Array) -> Callable[[], object]:
    from inpaint_studio.studio.find import label_map

    return lambda: label_map(pixels, "things")


def _find(pixels: Array) -> Callable[[], object]:
    from inpaint_studio.studio.find import find_objects

    return lambda: find_objects(pixels)


def _first_click(pixels: Array) -> Callable[[], object]:
    """The look at the whole photo, and the answer to one click on it."""
    from inpaint_studio.engines.contracts import Prompts
    from inpaint_studio.studio.find import Picker

    return lambda: Picker(pixels).select(Prompts((_middle(pixels),), (1,)))


def _hover(pixels: Array) -> Callable[[], object]:
    from inpaint_studio.engines.contracts import Prompts
    from inpaint_studio.studio.find import Picker

    picker, spots = Picker(pixels), iter(_spots(pixels))
    return lambda: picker.glance(Prompts((next(spots),), (1,)))


def _sharpen(pixels: Array) -> Callable[[], object]:
    from inpaint_studio.engines.contracts import Prompts
    from inpaint_studio.studio.find import Picker

    picker, prompts = Picker(pixels), Prompts((_middle(pixels),), (1,))
    proposal = picker.select(prompts)[0]
    return lambda: picker.refine(prompts, proposal)


def _matte(pixels: Array) -> Callable[[], object]:
    """The soft edge of an ellipse a third of the photo wide."""
    import cv2

    from inpaint_studio.studio.cut import matte_pixels

    height, width = pixels.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    cv2.ellipse(mask, (width // 2, height // 2), (width // 6, height // 5), 0, 0, 360, 255, -1)
    return lambda: matte_pixels(pixels, mask)


def _enhance(pixels: Array) -> Callable[[], object]:
    """768 × 768 pixels: nine tiles."""
    from inpaint_studio.engines import registry

    part = np.ascontiguousarray(pixels[:768, :768])
    return lambda: registry.load("restore", "enhancer").enhance(part)


TASKS: dict[str, Task] = {
    "label map": _label_map,
    "find": _find,
    "first click": _first_click,
    "hover": _hover,
    "sharpen": _sharpen,
    "matte": _matte,
    "enhance": _enhance,
}
OBJECTS = "memory of objects"
"""The largest memory of a process of the command line, in MB."""


def _middle(pixels: Array) -> tuple[float, float]:
    return pixels.shape[1] / 2, pixels.shape[0] / 2


def _spots(pixels: Array) -> list[tuple[float, float]]:
    rng = np.random.default_rng(0)
    return [(float(x), float(y)) for x, y in rng.random((200, 2)) * (pixels.shape[1], pixels.shape[0])]


def sample() -> Array:
    """H×W×3 uint8: the sample picture brought to the size that is measured, with grain of its own."""
    import cv2

    from inpaint_studio.resources import resource

    image = cv2.imread(str(resource("samples", f"{SAMPLE}.jpg")), cv2.IMREAD_COLOR_RGB)
    if image is None:
        raise SystemExit("The sample picture can't be read.")
    scale = float(np.sqrt(MEGAPIXELS * 1e6 / (image.shape[0] * image.shape[1])))
    large = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(0).normal(0, 4, large.shape).astype(np.float32)
    return np.clip(large + grain, 0, 255).astype(np.uint8)


def measure(name: str, photo: Path) -> dict[str, float]:
    """Seconds of the first call in this process and of a further one: by the clock, and of the processors.

    The latter hardly depend on what else the machine does.
    """
    pixels = np.load(photo)
    start = time.perf_counter(), time.process_time()
    call = TASKS[name](pixels)
    call()
    first = time.perf_counter() - start[0], time.process_time() - start[1]
    warm = []
    for _ in range(WARM_CALLS):
        start = time.perf_counter(), time.process_time()
        call()
        warm.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    clock, work = (statistics.median(values) for values in zip(*warm, strict=True))
    return {"fresh": first[0], "fresh work": first[1], "warm": clock, "warm work": work}


def in_fresh_process(name: str, photo: Path, checkout: Path) -> dict[str, float]:
    """`measure` in a process of its own, with the package of a checkout."""
    command = [sys.executable, "-P", __file__, "--one", name, "--photo", str(photo)]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(checkout)}
    )
    numbers: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return numbers


def memory_of_objects(photo: Path, checkout: Path) -> dict[str, float]:
    """The largest memory of `inpaint-studio objects PHOTO`, in MB."""
    code = (
        "import subprocess, sys; from resource import RUSAGE_CHILDREN, getrusage;"
        "subprocess.run([sys.executable, '-m', 'inpaint_studio', 'objects', sys.argv[1], '--json'],"
        "check=True, stdout=subprocess.DEVNULL); print(getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(photo)], check=True, capture_output=True, text=True, cwd=checkout
    )
    return {"peak": float(done.stdout.split()[-1])}


def collect(
    checkouts: dict[str, Path], rounds: int, names: list[str]
) -> dict[str, dict[str, dict[str, float]]]:
    """Medians by task, checkout and number; the checkouts take turns."""
    import cv2

    taken: dict[tuple[str, str], list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        pixels, photo, picture = sample(), Path(folder, "photo.npy"), Path(folder, "photo.png")
        np.save(photo, pixels)
        cv2.imwrite(str(picture), pixels[..., ::-1])
        for name in names:
            for _ in range(rounds):
                for label, checkout in checkouts.items():
                    one = (
                        memory_of_objects(picture, checkout)
                        if name == OBJECTS
                        else in_fresh_process(name, photo, checkout)
                    )
                    taken.setdefault((name, label), []).append(one)
    return {
        name: {
            label: {
                key: statistics.median(one[key] for one in taken[name, label])
                for key in taken[name, label][0]
            }
            for label in checkouts
        }
        for name in names
    }


def report(numbers: dict[str, dict[str, dict[str, float]]], say: Callable[[str], None] = print) -> None:
    """Prints the table: seconds (memory: MB), and this checkout as a share of the other."""
    for name, by_label in numbers.items():
        for key in next(iter(by_label.values())):
            values = [row[key] for row in by_label.values()]
            share = f"{values[-1] / values[0]:8.2f}" if len(values) > 1 else ""
            say(f"{name:18s} {key:10s} " + " ".join(f"{value:9.3f}" for value in values) + share)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.networks", description=__doc__)
    parser.add_argument("--against", type=Path, help="another checkout, measured in turn with this one")
    parser.add_argument("--rounds", type=int, default=5, help="fresh processes a task (default: %(default)s)")
    parser.add_argument("--tasks", nargs="+", choices=[*TASKS, OBJECTS], default=[*TASKS, OBJECTS])
    parser.add_argument("--json", type=Path, help="write the numbers here too")
    parser.add_argument("--one", choices=TASKS, help=argparse.SUPPRESS)
    parser.add_argument("--photo", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.one:
        print(json.dumps(measure(args.one, args.photo)))
        return 0
    here = {"here": Path(__file__).resolve().parents[1]}
    checkouts = {"against": args.against.resolve()} | here if args.against else here
    numbers = collect(checkouts, args.rounds, args.tasks)
    report(numbers)
    if args.json:
        args.json.write_text(json.dumps(numbers, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
