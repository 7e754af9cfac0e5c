"""How well finders see what stands out: `python -m benchmarks.subject DATA [--finders subject is-net]`.

DATA holds `voc/NAME.webp` and `voc/NAME.png` (Pascal VOC: class of each pixel, 255 not judged). The photos
are those held out from training (SHA-1 of the name starts with 0 or 1) that show one thing: nine tenths of
what is labelled hangs together and covers 3 to 70 % of the photo. A finder's best guess is compared with it.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from inpaint_studio.engines import registry
from training.common.datasets import held_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inpaint_studio.basics.mask import Array

_LEAST, _MOST, _TOGETHER = 0.03, 0.7, 0.9


def photos(data: Path, count: int) -> Iterator[tuple[Array, Array, Array]]:
    """RGB pixels, what the one thing covers, and what counts (both bool) of up to `count` photos."""
    for path in sorted((data / "voc").glob("*.png")):
        if count == 0:
            return
        if not held_out(path.stem):
            continue
        labels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        photo = cv2.imread(str(path.with_suffix(".webp")), cv2.IMREAD_COLOR)
        if labels is None or photo is None:
            continue
        thing = (labels > 0) & (labels < 255)
        _, _, stats, _ = cv2.connectedComponentsWithStats(thing.astype(np.uint8))
        largest = stats[1:, cv2.CC_STAT_AREA].max(initial=0)
        if _LEAST <= thing.mean() <= _MOST and largest >= _TOGETHER * thing.sum():
            count -= 1
            yield cv2.cvtColor(photo, cv2.COLOR_BGR2RGB), thing, labels < 255


def score(finder: str, data: Path, count: int) -> dict[str, float]:
    """Mean overlap with the thing, share of photos above 0.8, those without an answer, seconds a photo."""
    engine = registry.load(finder, "finder")
    overlaps, missing, seconds = [], 0, 0.0
    for pixels, thing, counts in photos(data, count):
        start = time.perf_counter()
        found = engine.find(pixels)
        seconds += time.perf_counter() - start
        if not found:
            missing += 1
            overlaps.append(0.0)
            continue
        best = max(found, key=lambda each: each.score)
        mask = (best.mask.full(pixels.shape[:2]) >= 128) & counts
        overlaps.append(float((mask & thing).sum() / max((mask | thing).sum(), 1)))
    above = float(np.mean([each > 0.8 for each in overlaps]))
    return {
        "photos": len(overlaps), "mean": float(np.mean(overlaps)), "above 0.8": above,
        "without an answer": missing, "seconds": seconds / max(len(overlaps), 1),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.subject", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--finders", nargs="+", default=["subject", "is-net"])
    parser.add_argument("--count", type=int, default=60)
    chosen = parser.parse_args()
    for finder in chosen.finders:
        print(finder, json.dumps(score(finder, chosen.data, chosen.count)), flush=True)


if __name__ == "__main__":
    main()
