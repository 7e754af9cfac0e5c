"""Teach the scene network to tell streets from other photos.

`python -m training.street --streets CAMVID --others VOC --checkpoint RUN/last.pt` fits one linear unit on
the encoder's mean features, after training, and adds it to the checkpoint, for `training.export`. Streets
are CamVid's photos and those of Pascal VOC with a car or a bus; others are those of VOC without a vehicle.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from inpaint_studio.basics import StudioError
from training.common.checkpoints import WEIGHTS, read_checkpoint, save_checkpoint
from training.common.datasets import VOC_CLASSES, held_out, open_dataset
from training.common.samples import normalise, read_labels, read_photo
from training.segmentation.architectures import ARCHITECTURES
from training.segmentation.segmenters import build_segmenter
from training.segmentation.unet import LiteUNet

BUS, CAR = VOC_CLASSES.index("bus"), VOC_CLASSES.index("car")
VEHICLES = tuple(map(VOC_CLASSES.index, ("aeroplane", "bicycle", "boat", "bus", "car", "motorbike", "train")))
SIDE = 320
"""Longer side at which photos are looked at here; the finder uses up to 480."""
TERMS = "Its street unit was fitted with Pascal VOC 2012 photos (Flickr, research use) as well."
"""What the unit adds to the licence in the card."""
PASSING = 0.04
"""Share of the other photos that may pass for streets; sets where the line is drawn."""


def voc_photos(folder: Path) -> tuple[list[Path], list[Path]]:
    """Photos of VOC with a car or a bus, and those without any vehicle; the rest is left out as unclear.

    Sorted by name; those held out for measuring are among them.
    """
    data = open_dataset("voc", folder)
    streets, others = [], []
    for pair in sorted([*data.pairs("train"), *data.pairs("held-out")], key=lambda pair: pair.name):
        ids = read_labels(pair.label)
        if np.isin(ids, (BUS, CAR)).mean() > 0.001:
            streets.append(pair.photo)
        elif not np.isin(ids, VEHICLES).any():
            others.append(pair.photo)
    return streets, others


def features(network: LiteUNet, path: Path) -> Tensor:
    """The encoder's mean features of a photo, 320 numbers."""
    photo = read_photo(path)
    scale = SIDE / max(photo.shape[:2])
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    framed = cv2.copyMakeBorder(small, 0, -height % 32, 0, -width % 32, cv2.BORDER_REFLECT)
    with torch.inference_mode():
        deep = network.encoder(torch.from_numpy(normalise(np.asarray(framed, np.uint8)))[None])[-1]
    return cast("Tensor", deep.mean((0, 2, 3)))


def fit(values: Tensor, truth: Tensor, decay: float = 0.1) -> tuple[Tensor, Tensor]:
    """Weights and bias of a logistic regression, both sides counted alike; `PASSING` of the zeros pass."""
    mean, spread = values.mean(0), values.std(0) + 1e-3
    scaled = (values - mean) / spread
    importance = torch.where(truth > 0.5, 0.5 / truth.mean(), 0.5 / (1 - truth.mean()))
    unit = torch.zeros(values.shape[1] + 1, requires_grad=True)
    search = torch.optim.LBFGS([unit], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        search.zero_grad()
        answer = scaled @ unit[:-1] + unit[-1]
        miss = F.binary_cross_entropy_with_logits(answer, truth, importance)
        total = miss + decay * unit[:-1].square().sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    search.step(loss)  # type: ignore[no-untyped-call]
    found = unit.detach()
    weight = found[:-1] / spread
    return weight[None], -torch.quantile(values[truth < 0.5] @ weight, 1 - PASSING)[None]


def add_street(streets: Path, others: Path, checkpoint: Path) -> None:
    """Fit the unit and add it to the checkpoint of a scene network; prints how many photos pass."""
    state = read_checkpoint(checkpoint, WEIGHTS)
    arch = ARCHITECTURES.get(state["arch"])
    network = None if arch is None else build_segmenter(arch.card, len(state["classes"]))
    if arch is None or not isinstance(network, LiteUNet):
        raise StudioError(f"Networks of the kind {state['arch']} have no unit for streets.")
    network.load_state_dict(arch.shipped(state["average"]))
    network.eval()

    def look(photos: list[Path]) -> Tensor:
        return torch.stack([features(network, photo) for photo in photos])

    vehicles, rest = voc_photos(others)
    camvid = [pair.photo for pair in open_dataset("camvid11", streets).pairs("train")[::4]]
    ones = look(camvid + [photo for photo in vehicles if not held_out(photo.stem)])
    zeros = look([photo for photo in rest if not held_out(photo.stem)][::6])
    truth = torch.cat((torch.ones(len(ones)), torch.zeros(len(zeros))))
    weight, bias = fit(torch.cat((ones, zeros)), truth)
    for name, photos in (("with a car or a bus", vehicles), ("without vehicles", rest[::2])):
        if kept := [photo for photo in photos if held_out(photo.stem)]:
            passing = float((look(kept) @ weight[0] + bias > 0).float().mean())
            print(f"{len(kept)} held-out photos of VOC {name}: {passing:.1%} taken for streets")
    if TERMS not in state["licence"]:
        state["licence"] += f" {TERMS}"
    save_checkpoint(checkpoint, state | {"street": {"street.weight": weight, "street.bias": bias}})


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m training.street", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--streets", type=Path, required=True, help="CamVid, as for training.segmentation")
    parser.add_argument("--others", type=Path, required=True, help="Pascal VOC, as for training.segmentation")
    parser.add_argument("--checkpoint", type=Path, required=True, help="last.pt of the scene network's run")
    args = parser.parse_args(argv)
    try:
        add_street(args.streets, args.others, args.checkpoint)
    except StudioError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
