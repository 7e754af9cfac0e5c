"""Teach the scene network to tell streets from other photos.

`python -m training.street --streets CAMVID --others VOC` fits one linear unit on the encoder's mean
features, after training, and rewrites the exported model. Streets are CamVid's photos and those of Pascal
VOC with a car or a bus; others are those of VOC without a vehicle.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from inpaint_studio.engines.networks.unet import SceneUNet
from inpaint_studio.engines.networks.weights import load_network, load_state, read_card
from training.data import list_pairs, normalise, read_picture
from training.export import write_model

VEHICLES = (1, 2, 4, 6, 7, 14, 19)
BUS, CAR = 6, 7
SIDE = 320
"""Longer side at which photos are looked at here; the finder uses up to 480."""
PASSING = 0.04
"""Share of the other photos that may pass for streets; sets where the line is drawn."""


def held_out(path: Path) -> bool:
    """An eighth of VOC, by name, is kept for measuring."""
    return hashlib.sha1(path.stem.encode(), usedforsecurity=False).hexdigest()[0] in "01"


def voc_photos(folder: Path) -> tuple[list[Path], list[Path]]:
    """Photos of VOC with a car or a bus, and those without any vehicle; the rest is left out as unclear."""
    streets, others = [], []
    for label in sorted(folder.glob("*.png")):
        ids = read_picture(label, cv2.IMREAD_UNCHANGED)
        if np.isin(ids, (BUS, CAR)).mean() > 0.001:
            streets.append(label.with_suffix(".webp"))
        elif not np.isin(ids, VEHICLES).any():
            others.append(label.with_suffix(".webp"))
    return streets, others


def features(network: SceneUNet, path: Path) -> Tensor:
    """The encoder's mean features of a photo, 320 numbers."""
    photo = read_picture(path, cv2.IMREAD_COLOR)[..., ::-1]
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


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.street", description=__doc__)
    parser.add_argument("--streets", type=Path, required=True, help="CamVid, as for training.segmentation")
    parser.add_argument("--others", type=Path, required=True, help="folder of Pascal VOC photos and labels")
    parser.add_argument("--models", type=Path, default=Path("resources/models"))
    args = parser.parse_args(argv)
    card = read_card("scene", args.models)
    network = cast("SceneUNet", load_network(card, args.models))

    def look(photos: list[Path]) -> Tensor:
        return torch.stack([features(network, photo) for photo in photos])

    streets, others = voc_photos(args.others)
    camvid = [photo for photo, _ in list_pairs(args.streets, "train")[::4]]
    ones = look(camvid + [photo for photo in streets if not held_out(photo)])
    zeros = look([photo for photo in others if not held_out(photo)][::6])
    truth = torch.cat((torch.ones(len(ones)), torch.zeros(len(zeros))))
    weight, bias = fit(torch.cat((ones, zeros)), truth)
    for name, photos in (("with a car or a bus", streets), ("without vehicles", others[::2])):
        kept = [photo for photo in photos if held_out(photo)]
        passing = float((look(kept) @ weight[0] + bias > 0).float().mean())
        print(f"{len(kept)} held-out photos of VOC {name}: {passing:.1%} taken for streets")
    write_model(load_state(card, args.models) | {"street.weight": weight, "street.bias": bias}, args.models)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
