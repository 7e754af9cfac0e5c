"""Fit how sure the finder of objects is: `python -m training.objects.calibrate --weights last.pt ...`.

By the photos of the split "check", and composites of them, a logistic curve says how often objects of a
quality overlap a true one by a half. Prints what `training.export --certainty` takes, and how well it fits.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch

from inpaint_studio.engines.finders.object_network import SIDE
from training.common.runs import count, finish
from training.objects.evaluate import SOURCES, TorchObjects, load_network, see_once
from training.objects.matches import overlaps

_ROUNDS = 50
_CALM = 1e-3
_BINS = 5


def measured(args: argparse.Namespace) -> tuple[np.ndarray, np.ndarray]:
    """Quality of each object said, and whether it is right."""
    viewer = TorchObjects(load_network(args.weights))
    quality: list[float] = []
    right: list[bool] = []
    for name, source, _ in SOURCES[:3]:
        before = len(right)
        for _, photo, truth in source(args):
            said = see_once(viewer, photo, args.side)
            if said.quality:
                quality += said.quality
                right += (overlaps(truth, said.numbers).max(axis=0, initial=0) >= 0.5).tolist()
        print(
            f"{name}: {len(right) - before} objects, {np.mean(right[before:] or [0]):.3f} right", flush=True
        )
    return np.array(quality), np.array(right, np.float64)


def fitted(quality: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Level and slope of the likeliest logistic curve, by Newton's method."""
    rows = np.stack([np.ones_like(quality), quality], axis=1)
    weights = np.zeros(2)
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (right - chance) - _CALM * weights
        bend = (rows * (chance * (1 - chance))[:, None]).T @ rows + _CALM * np.eye(2)
        weights += np.linalg.solve(bend, slope)
    return float(weights[0]), float(weights[1])


def calibrate(args: argparse.Namespace) -> None:
    torch.set_num_threads(args.threads)
    cv2.setNumThreads(args.threads)
    quality, right = measured(args)
    level, slope = fitted(quality, right)
    said = 1 / (1 + np.exp(-(level + slope * quality)))
    for some in np.array_split(np.argsort(said), _BINS):
        if some.size:
            print(f"said {said[some].mean():.2f}: right {right[some].mean():.2f} of {some.size}")
    print(f"--certainty {level:.3f} {slope:.3f}", flush=True)


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.objects.calibrate",
        description=(__doc__ or "").splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder with the folders photos, voc, coco128 ...")
    add("--masks", type=Path, required=True, help="folder of the teacher's masks, under the same paths")
    add("--weights", type=Path, required=True, help="checkpoint of training.objects")
    add("--side", type=count, default=SIDE, help="longer side at which it looks")
    add("--composites", type=count, default=150, help="how many composites are made")
    add("--step", type=count, default=1, help="use every n-th photo of voc")
    add("--threads", type=count, default=1)
    args = parser.parse_args(argv)
    args.split = "check"
    return args


def main(argv: list[str] | None = None) -> int:
    return finish(calibrate, parse(argv))


if __name__ == "__main__":
    raise SystemExit(main())
