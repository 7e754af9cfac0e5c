"""Finds the objects of a street photo with the scene network."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import NO_PROGRESS, FoundObject, Progress, SubProgress
from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.finders.instances import Rule, parts_of, without_overlaps
from inpaint_studio.engines.guided import carry_up
from inpaint_studio.engines.networks.weights import Card, load_network, read_card

if TYPE_CHECKING:
    from pathlib import Path

    from inpaint_studio.engines.networks.unet import LiteUNet

Floats = NDArray[np.float32]

BASE_SIDES = 160, 480
"""Longer side of the first look at a photo: its own, but within these."""
LOOKS = (1.0, False), (1.25, True)
"""A photo is looked at twice: as it is at the base side, and mirrored at a multiple of it."""
LARGEST_LOOK = 1.25
STRIDE = 32
WORK_SIDE = 480
"""Longer side at which objects are told apart before their masks are sharpened at full size."""
MOST_OBJECTS = 60
"""More than this many things in one photo are noise."""
LEAST_SCORE = 0.55
LEAST_STREET = 0.5

RULES = {
    "car": Rule("car", "thing", 0.001, 0.018, split=True),
    "pedestrian": Rule("person", "thing", 0.0006, 0.010, split=True),
    "bicyclist": Rule("cyclist", "thing", 0.0006, 0.012),
    "sign": Rule("sign", "thing", 0.0005, 0.010),
    "pole": Rule("pole", "thing", 0.0005, 0.005),
    "fence": Rule("fence", "thing", 0.002, 0.015),
    "tree": Rule("tree", "thing", 0.004, 0.025),
    "building": Rule("building", "thing", 0.008, 0.04),
    "sky": Rule("sky", "area", 0.004, 0.03),
    "road": Rule("road", "area", 0.004, 0.03),
    "pavement": Rule("pavement", "area", 0.003, 0.02),
}
"""Class of the data → what is offered to the user."""


class _Part(NamedTuple):
    mask: Array
    rule: Rule
    score: float
    weight: float


class SceneFinder:
    """Cars, people, cyclists, signs, poles, fences, trees, buildings, sky, road and pavement on streets.

    The network was trained on streets only and calls anything something. Two checks keep nonsense out:
    an object is dropped whose pixels are on average less than `LEAST_SCORE` certain, and nothing at all
    is reported when the network's unit for streets, fitted on street photos against animals, rooms and the
    like (training/street.py), says less than `LEAST_STREET`.
    The network is loaded at first use; calls from several threads wait for each other.
    """

    def __init__(self, folder: Path | None = None, name: str = "scene") -> None:
        """`folder` holds the card NAME.json and its weights; by default the program's own."""
        self._folder, self._name = folder, name
        self._loaded: tuple[Card, LiteUNet] | None = None
        self._lock = threading.Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """The classes, in the order of their numbers, as in the data."""
        return tuple(self._network()[0].options["classes"])

    def label_map(self, image: Array, *, progress: Progress = NO_PROGRESS) -> tuple[Array, tuple[str, ...]]:
        """The likeliest class of every pixel.

        `image` is H×W×3 uint8 RGB sRGB of any size. Returns H×W uint8 class numbers and the class names.
        StudioError if the network is missing or damaged.
        """
        chances = self.probabilities(image, progress=SubProgress(progress, 0.0, 0.8))
        height, width = image.shape[:2]
        ids = np.zeros((height, width), np.uint8)
        best = np.zeros((height, width), np.uint16)
        for number, plane in enumerate(chances):
            large = cv2.resize(plane * np.float32(65535), (width, height), interpolation=cv2.INTER_LINEAR)
            values = large.astype(np.uint16)
            ids[values > best] = number
            np.maximum(best, values, out=best)
            progress.report(0.8 + 0.2 * (number + 1) / len(chances))
        return ids, self.names

    def probabilities(self, image: Array, *, progress: Progress = NO_PROGRESS) -> Floats:
        """Certainty of each class, classes×h×w float32 (sums to 1 over the classes).

        h×w is the photo's own size where its longer side is at most 600, else reduced to 600.
        """
        return self._see(image, progress)[0]

    def _see(self, image: Array, progress: Progress) -> tuple[Floats, float]:
        """Certainty of each class, and how surely the photo is a street, 0..1."""
        import torch

        height, width = image.shape[:2]
        base = float(np.clip(max(height, width), *BASE_SIDES))
        fit = min(1.0, base * LARGEST_LOOK / max(height, width))
        size = max(1, round(width * fit)), max(1, round(height * fit))
        small = image if fit == 1 else _resize(image, size)
        total: Floats | np.float32 = np.float32(0)
        street = 0.0
        with self._lock, torch.inference_mode():
            card, network = self._network()
            for index, (look, mirrored) in enumerate(LOOKS):
                view = np.ascontiguousarray(small[:, ::-1]) if mirrored else small
                seen, sure = _look(network, card, view, base * look / max(size))
                total = total + (seen[..., ::-1] if mirrored else seen)
                street += sure / len(LOOKS)
                progress.report((index + 1) / len(LOOKS), "Looking at the photo")
        return np.asarray(total / np.float32(len(LOOKS)), np.float32), street

    def find(self, image: Array, *, progress: Progress = NO_PROGRESS) -> list[FoundObject]:
        """All objects of a street photo, H×W×3 uint8 RGB; things first, then areas, by size and certainty.

        No two masks share a pixel. An empty list if the photo does not look like a street.
        StudioError if the network is missing or damaged.
        """
        chances, street = self._see(image, SubProgress(progress, 0.0, 0.4))
        if street < LEAST_STREET:
            return []
        parts = _parts(_within(chances, WORK_SIDE), self.names)
        masks = []
        for index, part in enumerate(parts):
            masks.append(carry_up(image, part.mask))
            progress.report(0.4 + 0.55 * (index + 1) / len(parts), "Sharpening edges")
        found = without_overlaps(masks, (image.shape[0], image.shape[1]))
        progress.report(1.0)
        return [
            FoundObject(mask, part.rule.label, part.score, _kind(part.rule))
            for mask, part in zip(found, parts, strict=True)
            if mask
        ]

    def _network(self) -> tuple[Card, LiteUNet]:
        if self._loaded is None:
            card = read_card(self._name, self._folder)
            self._loaded = card, cast("LiteUNet", load_network(card, self._folder))
        return self._loaded


def _kind(rule: Rule) -> Literal["thing", "area"]:
    return "area" if rule.kind == "area" else "thing"


def _resize(image: Array, size: tuple[int, int]) -> Array:
    shrinks = size[0] < image.shape[1]
    return np.asarray(
        cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.uint8
    )


def _look(network: LiteUNet, card: Card, image: Array, scale: float) -> tuple[Floats, float]:
    """Certainties from a picture seen at one scale, at the picture's own size, and that of a street."""
    import torch

    height, width = image.shape[:2]
    w, h = max(1, round(width * scale)), max(1, round(height * scale))
    photo = image if scale == 1 else _resize(image, (w, h))
    framed = cv2.copyMakeBorder(photo, 0, -h % STRIDE, 0, -w % STRIDE, cv2.BORDER_REFLECT)
    mean, std = np.float32(card.options["mean"]), np.float32(card.options["std"])
    values = torch.from_numpy((framed.astype(np.float32) / 255 - mean) / std).permute(2, 0, 1)[None]
    logits, street = network.look(values)
    planes = logits.softmax(1)[0].numpy()
    step_x, step_y = w / width / 2, h / height / 2
    to_planes = np.array([[step_x, 0, step_x / 2 - 0.5], [0, step_y, step_y / 2 - 0.5]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    full = [cv2.warpAffine(p, to_planes, (width, height), None, how, cv2.BORDER_REPLICATE) for p in planes]
    return np.asarray(full, np.float32), float(street.sigmoid()[0])


def _within(chances: Floats, side: int) -> Floats:
    """Certainties reduced to a longer side, if they are larger."""
    _, height, width = chances.shape
    scale = side / max(height, width)
    if scale >= 1:
        return chances
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.stack([cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in chances])


def _parts(chances: Floats, names: tuple[str, ...]) -> list[_Part]:
    """The objects to report, as masks at working size: things before areas, each by size and certainty."""
    ids = chances.argmax(axis=0)
    found: list[_Part] = []
    for number, name in enumerate(names):
        rule = RULES[name]
        for mask in parts_of((ids == number).astype(np.uint8) * np.uint8(255), rule):
            inside = mask > 0
            score = float(chances[number][inside].mean())
            if score >= LEAST_SCORE:
                found.append(_Part(mask, rule, score, score * float(np.sqrt(np.count_nonzero(inside)))))
    found.sort(key=lambda part: (part.rule.kind == "area", -part.weight))
    return found[:MOST_OBJECTS]
