"""Crops of photos before and after they were spoiled, to train a restoring network on and to score it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.common.samples import Array
from training.common.sheets import save_sheet
from training.restoring.corruption import crappified, hole, noisy
from training.restoring.photos import Gallery

Floats = NDArray[np.float32]
_SCORED, _SHOWN = 64, 8
"""Crops of the score, and how many of them the sheet shows."""


@dataclass(frozen=True)
class Spoiling:
    """What is done to a crop of side×side pixels, cut out at a scale within `zoom`.

    With `holes` it gets a hole, and a share of `noise` of the crops is spoiled otherwise, too; without holes
    all are. With `noisy_targets` input and target have only noise, each its own: J. Lehtinen et al.,
    "Noise2Noise" (ICML 2018).
    """

    holes: bool
    side: int
    zoom: tuple[float, float]
    noise: float = 0.0
    noisy_targets: bool = False


class Spoiled:
    """Random crops of a gallery, the same for the same seed, epoch and index.

    Each is (input, target) in float32 0..1: 4×h×w RGB and hole plane, or 3×h×w without holes; 4×h×w true RGB
    and what counts (the hole, or everything).
    """

    def __init__(self, gallery: Gallery, spoiling: Spoiling, seed: int, crops: int) -> None:
        self.gallery, self.spoiling, self.seed, self.crops = gallery, spoiling, seed, crops
        self.epoch = 0

    def __len__(self) -> int:
        return self.crops

    def __getitem__(self, index: int) -> tuple[Floats, Floats]:
        rng = np.random.default_rng((self.seed, self.epoch, index))
        photo = self.gallery.photos[int(rng.integers(len(self.gallery.photos)))]
        truth = cut(photo, self.spoiling, rng)
        return spoiled(truth, self.gallery, self.spoiling, rng)


def cut(photo: Array, spoiling: Spoiling, rng: np.random.Generator) -> Array:
    """A crop at a random place and scale, mirrored every other time; reduced by area, so that it is sharp."""
    height, width = photo.shape[:2]
    least = spoiling.side / min(height, width)
    scale = max(least, float(np.exp(rng.uniform(*np.log(spoiling.zoom)))))
    length = min(height, width, round(spoiling.side / scale))
    y, x = int(rng.integers(0, height - length + 1)), int(rng.integers(0, width - length + 1))
    part = photo[y : y + length, x : x + length]
    size = (spoiling.side, spoiling.side)
    way = cv2.INTER_AREA if length > spoiling.side else cv2.INTER_CUBIC
    part = (
        part if length == spoiling.side else np.asarray(cv2.resize(part, size, interpolation=way), np.uint8)
    )
    return np.ascontiguousarray(part[:, :: int(rng.choice((-1, 1)))])


def spoiled(
    truth: Array, gallery: Gallery, spoiling: Spoiling, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Input and target of a true crop, as `Spoiled` gives them."""
    shown, target = truth, truth
    if spoiling.noisy_targets:
        level = rng.uniform(2, 25)
        shown, target = (noisy(truth, rng, (level, level)) for _ in range(2))
    elif not spoiling.holes or rng.random() < spoiling.noise:
        shown = crappified(truth, rng)
    planes = [planar(shown)]
    if spoiling.holes:
        missing = hole(spoiling.side, gallery.outlines, rng)[None].astype(np.float32)
        planes = [planes[0] * (1 - missing), missing]
    counts = planes[1] if spoiling.holes else np.ones_like(planes[0][:1])
    return np.concatenate(planes), np.concatenate((planar(target), counts))


def planar(picture: Array) -> Floats:
    """H×W×3 uint8 → 3×H×W float32 0..1."""
    return np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32) / np.float32(255)


class RestorationScore:
    """How near to the truth a state of the network comes: PSNR in dB of all that it had to restore.

    Always the same crops of photos that are not trained on; with each score a sheet of samples is drawn, from
    left to right the input, what the network makes of it, the truth.
    """

    def __init__(
        self, gallery: Gallery, spoiling: Spoiling, make: Callable[[], nn.Module], folder: Path, step: int = 1
    ) -> None:
        """`make` gives the network with any weights; `folder` takes sheets; every `step`-th crop counts."""
        crops = Spoiled(gallery, spoiling, 0, _SCORED)
        self.make, self.folder = make, folder
        self.pairs = [crops[index] for index in range(0, _SCORED, step)]
        self.sheets = len(list(folder.glob("*.png"))) if folder.is_dir() else 0

    def __call__(self, state: dict[str, Tensor]) -> float:
        network = self.make()
        network.load_state_dict(state)
        network.eval()
        device = next(network.parameters()).device
        errors, rows = [], []
        for given, target in self.pairs:
            with torch.inference_mode():
                made = network(torch.from_numpy(given)[None].to(device))[0].float().clamp(0, 1).cpu().numpy()
            truth, counts = target[:3], target[3:]
            made = truth + (made - truth) * counts
            errors.append(float(((made - truth) ** 2).sum() / (3 * counts.sum())))
            rows.append(np.concatenate((given[:3], made, truth), 2))
        self.sheets += 1
        save_sheet(self.folder, f"{self.sheets:03}", _tiled(rows[:_SHOWN]))
        # Of the mean error: crops that were hardly spoiled would have the say in a mean of PSNRs.
        return float(-10 * np.log10(max(np.mean(errors), 1e-8)))


def _tiled(rows: list[Floats]) -> Array:
    """Rows of pictures, 3×h×w each, two of them beside each other, as one H×W×3 uint8."""
    rows += [np.zeros_like(rows[0])] * (len(rows) % 2)
    pairs = [np.concatenate(rows[place : place + 2], 2) for place in range(0, len(rows), 2)]
    return np.asarray(np.concatenate(pairs, 1).transpose(1, 2, 0) * 255 + 0.5, np.uint8)
