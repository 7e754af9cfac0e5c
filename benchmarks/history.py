"""What a step of the history costs, by how many there are: `python -m benchmarks.history [--steps N]`."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import replace

import numpy as np

from inpaint_studio.basics import Mask
from inpaint_studio.document import Cutout, Document, Photo

LAYERS, SIDE, SOME = 20, 64, 100


def document() -> Document:
    """A photo with cutouts."""
    made = Document(Photo(np.zeros((600, 800, 3), np.uint8)))
    tree = made.tree
    for number in range(LAYERS):
        mask = Mask(number, number, np.full((SIDE, SIDE), 255, np.uint8))
        tree = tree.above(None, Cutout(f"{number}", made.photo.pixels, id=f"{number}", mask=mask))
    made.apply("Lift", made.state.with_tree(tree))
    return made


def step(made: Document, number: int) -> float:
    """Paints on a mask, or moves a layer; milliseconds."""
    layer = made.layer(str(number % LAYERS))
    if number % 2:
        new = replace(layer, transform=replace(layer.transform, dx=float(number % 50)))
    else:
        new = replace(layer, mask=Mask(0, 0, np.full((SIDE, SIDE), number % 255 + 1, np.uint8)))
    begun = time.perf_counter()
    made.update("Step", new)
    return (time.perf_counter() - begun) * 1000


def measure(steps: int) -> tuple[float, float]:
    """The median of the `SOME` steps around the hundredth, and of the last ones."""
    made = document()
    times = [step(made, number) for number in range(steps)]
    return statistics.median(times[SOME // 2 : SOME // 2 + SOME]), statistics.median(times[-SOME:])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000)
    chosen = parser.parse_args(arguments)
    early, late = measure(chosen.steps)
    verdict = "ok" if late <= 2 * early else "MISSED"
    print(f"a step after 100: {early:.3f} ms, after {chosen.steps}: {late:.3f} ms, at most twice: {verdict}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
