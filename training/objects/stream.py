"""An endless stream of training pictures with their targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from training.common.augment import LIGHT, relight
from training.common.samples import MEAN, STD
from training.objects.composites import Stock, composite, developed
from training.objects.cutouts import cutouts_of
from training.objects.losses import Truth
from training.objects.scenes import Scene
from training.objects.targets import target_of
from training.objects.views import look

Rng = np.random.Generator
SHARES = {
    "photos/imagenet": 0.46,
    "photos/camera": 0.08,
    "voc": 0.24,
    "coco128": 0.06,
    "ccp": 0.1,
    "people": 0.06,
}
"""How often each set is drawn where a photo is shown as it is."""
COMPOSITES = 0.45
"""Share of composites among the pictures."""
MOST = {"ccp": 150}
"""Scenes of a set that go into composites at most: standing persons would be in all of them."""
SHAPES = ((1.0, 1.0), (1.0, 1.0), (0.875, 1.125), (1.125, 0.875), (0.75, 1.25), (1.25, 0.75))
"""Height and width of a batch, to its side."""


@dataclass(frozen=True)
class Material:
    """Scenes by set, and what composites are made of."""

    scenes: dict[str, list[Scene]]
    stock: Stock


def material_of(scenes: dict[str, list[Scene]]) -> Material:
    """All that scenes give, those that are clear as grounds and as cutouts, but for those above `MOST`."""
    clear: list[Scene] = []
    for name, group in scenes.items():
        clear += [scene for scene in group if scene.clear][: MOST.get(name)]
    cutouts = [cutout for scene in clear for cutout in cutouts_of(scene)]
    return Material({name: group for name, group in scenes.items() if group}, Stock(clear, cutouts))


def picture(material: Material, size: tuple[int, int], composites: float, rng: Rng) -> Scene:
    """A composite or a view of a photo, of `size` (height, width)."""
    if rng.random() < composites:
        scene = composite(material.stock, size, rng)
    else:
        names = list(material.scenes)
        odds = np.array([SHARES[name] for name in names])
        group = material.scenes[names[int(rng.choice(len(names), p=odds / odds.sum()))]]
        scene = look(group[int(rng.integers(len(group)))], size, rng)
    photo = relight(scene.photo, rng) if rng.random() < LIGHT else scene.photo
    return replace(scene, photo=developed(photo, rng))


def shape(side: int, rng: Rng) -> tuple[int, int]:
    """Height and width of a batch, multiples of 32."""
    high, wide = SHAPES[int(rng.integers(len(SHAPES)))]
    return round(high * side / 32) * 32, round(wide * side / 32) * 32


def batch_of(scenes: Sequence[Scene]) -> tuple[Tensor, Truth]:
    """Scenes of one size as N×3×H×W normalised floats (channels last), and the truth about them."""
    photos = torch.from_numpy(np.stack([scene.photo for scene in scenes])).float().div_(255)
    photos = (photos - torch.tensor(MEAN)) / torch.tensor(STD)
    targets = [target_of(scene) for scene in scenes]

    def stacked(field: str) -> Tensor:
        planes = torch.from_numpy(np.stack([getattr(target, field) for target in targets]))
        return planes if planes.dim() == 4 else planes[:, None]

    return photos.permute(0, 3, 1, 2), Truth(*(stacked(field) for field in Truth._fields))
