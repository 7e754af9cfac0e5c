"""Score the shipped engines on labelled photos: `python -m training.evaluate segmentation --data DIR`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.networks.weights import read_card
from training.data import CLASSES, VOID, list_pairs, load_sample

Array = NDArray[np.uint8]
LabelMap = Callable[[Array], tuple[Array, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Scores:
    """IoU per class (None where labels and answers lack it), their mean, and the share of right pixels."""

    iou: dict[str, float | None]
    mean_iou: float
    accuracy: float


def confusion(truth: Array, answer: Array) -> NDArray[np.int64]:
    """Counts of (true class, answered class) over the pixels that are not void, 11×11."""
    known = truth != VOID
    pairs = truth[known].astype(np.int64) * VOID + answer[known]
    return np.bincount(pairs, minlength=VOID * VOID).reshape(VOID, VOID)


def scores(table: NDArray[np.int64]) -> Scores:
    """Scores of a summed confusion table."""
    right = np.diag(table).astype(float)
    union = table.sum(0) + table.sum(1) - right
    each = {name: float(r / u) if u else None for name, r, u in zip(CLASSES, right, union, strict=True)}
    known = [value for value in each.values() if value is not None]
    return Scores(each, float(np.mean(known)), float(right.sum() / max(1, table.sum())))


def shipped_label_map(weights: Path | None) -> LabelMap:
    """The public `label_map`, or the same engine with other weights (their card must lie beside them)."""
    if weights is None:
        import inpaint_studio

        return inpaint_studio.label_map
    from inpaint_studio.engines.finders.scene import SceneFinder

    return SceneFinder(weights.parent, weights.stem).label_map


def segmentation(data: Path, split: str, weights: Path | None) -> tuple[Scores, float, int]:
    """Scores on a split, median seconds a photo, number of photos."""
    label_map = shipped_label_map(weights)
    table = np.zeros((VOID, VOID), np.int64)
    times = []
    for pair in list_pairs(data, split):
        sample = load_sample(*pair)
        start = time.perf_counter()
        ids, names = label_map(sample.photo)
        times.append(time.perf_counter() - start)
        if tuple(names) != CLASSES:
            raise StudioError(f"The network knows other classes ({', '.join(names)}) than the data.")
        table += confusion(sample.labels, ids)
    return scores(table), float(np.median(times)), len(times)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("what", choices=["segmentation"])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--weights", type=Path, help="safetensors with its card beside it; default: the shipped ones"
    )
    parser.add_argument("--split", default="test")
    parser.add_argument("--json", type=Path, help="write the numbers here too")
    args = parser.parse_args(argv)
    try:
        result, seconds, photos = segmentation(args.data, args.split, args.weights)
        card = read_card(args.weights.stem, args.weights.parent) if args.weights else read_card("scene")
    except StudioError as error:
        print(error, file=sys.stderr)
        return 1
    for name, value in result.iou.items():
        print(f"{name:12} " + ("  –" if value is None else f"{value:.3f}"))
    print(f"{'mean IoU':12} {result.mean_iou:.3f}\n{'accuracy':12} {result.accuracy:.3f}")
    print(
        f"{photos} photos, {card.options['parameters'] / 1e6:.2f} M parameters, {seconds:.2f} s each (median)"
    )
    if args.json:
        numbers = asdict(result) | {
            "photos": photos,
            "seconds": seconds,
            "sha256": card.sha256,
            "split": args.split,
        }
        args.json.write_text(json.dumps(numbers, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
