"""How well touching things are taken apart: `python -m benchmarks.split --data COCO128 [--held-out]`.

DIR holds photos' labels as PNG, in which each pixel has the number of its object (0 none). Every two objects
that touch are joined to one shape without a name and taken apart again; every single object must stay whole.
The evidence of `split_touching` was fitted on the files that are not held out (SHA-1 of the name begins with
neither 0 nor 1).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np

from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.finders.splitting import split_touching
from training.common.datasets import held_out as is_held_out

LEAST_OBJECT, LEAST_PIECE, LEAST_PART = 0.003, 0.001, 0.002
"""Shares of the picture: of an object, of a piece, of a part that is looked at."""
_UNEQUAL = 0.12
"""Pairs are left out in which one object is less than this share of the other."""
_TOUCH = np.ones((5, 5), np.uint8)

Split = Callable[[Array, int], list[Array]]


def labels(folder: Path, held_out: bool) -> Iterator[Array]:
    """The label pictures, H×W, of one side of the data."""
    for path in sorted(folder.glob("*.png")):
        if is_held_out(path.stem) == held_out:
            yield np.asarray(cv2.imread(str(path), cv2.IMREAD_UNCHANGED))


def objects(numbers: Array) -> list[Array]:
    """The objects that are large enough, as masks 0 or 255."""
    masks = [(numbers == i).astype(np.uint8) * np.uint8(255) for i in np.unique(numbers) if i]
    return [mask for mask in masks if np.count_nonzero(mask) >= LEAST_OBJECT * mask.size]


def joined(one: Array, two: Array) -> Array | None:
    """The shape of two objects that touch, or None."""
    areas = np.count_nonzero(one), np.count_nonzero(two)
    if min(areas) < _UNEQUAL * max(areas) or np.count_nonzero(cv2.dilate(one, _TOUCH) & two) < 3:
        return None
    both = cv2.morphologyEx(one | two, cv2.MORPH_CLOSE, _TOUCH)
    largest = max(parts(both, 0.0), key=np.count_nonzero)
    most = all(np.count_nonzero(largest & m) >= 0.8 * a for m, a in zip((one, two), areas, strict=True))
    return largest if most else None


def parts(mask: Array, least: float) -> list[Array]:
    """The connected parts of a mask, of at least this share of the picture."""
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(mask)
    kept = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] >= least * mask.size]
    return [(numbers == i).astype(np.uint8) * np.uint8(255) for i in kept]


def pieces(mask: Array, split: Split) -> list[list[Array]]:
    """What becomes of each part of a mask that is drawn as softly as a network draws it."""
    drawn = (cv2.GaussianBlur(mask, (0, 0), 2.0) > 127).astype(np.uint8) * np.uint8(255)
    return [split(part, max(12, round(LEAST_PIECE * part.size))) for part in parts(drawn, LEAST_PART)]


def overlap(one: Array, two: Array) -> float:
    """Intersection over union."""
    return np.count_nonzero(one & two) / max(1, np.count_nonzero(one | two))


def measure(folder: Path, held_out: bool, split: Split = split_touching) -> dict[str, int]:
    """Counts: touching pairs, those taken apart rightly; single parts, those cut wrongly."""
    counts = {"pairs": 0, "right": 0, "singles": 0, "wrong": 0}
    for numbers in labels(folder, held_out):
        found = objects(numbers)
        for mask in found:
            cut = pieces(mask, split)
            counts["singles"] += len(cut)
            counts["wrong"] += sum(len(made) > 1 for made in cut)
        for one, two in combinations(found, 2):
            both = joined(one, two)
            if both is not None:
                made = [piece for part in pieces(both, split) for piece in part]
                best = [max((overlap(piece, mask) for piece in made), default=0.0) for mask in (one, two)]
                counts["pairs"] += 1
                counts["right"] += int(len(made) == 2 and min(best) > 0.5)
    return counts


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.split", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of label pictures")
    parser.add_argument("--held-out", action="store_true", help="the files that nothing was fitted on")
    parser.add_argument("--json", type=Path, help="write the numbers here too")
    args = parser.parse_args(argv)
    counts = measure(args.data, args.held_out)
    print(f"{counts['right']} of {counts['pairs']} touching pairs taken apart rightly")
    print(f"{counts['wrong']} of {counts['singles']} single objects cut")
    if args.json:
        args.json.write_text(json.dumps(counts, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
