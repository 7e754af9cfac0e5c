"""Photos with the masks of their objects, parts and groups, from the label pictures of several data sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import StudioError
from training.common.augment import LIGHT, relight, warp
from training.common.datasets import CAMVID_CLASSES, PHOTOS, VOC_CLASSES, Dataset, held_out
from training.common.samples import UNKNOWN, Array, Pair, Sample, load_sample, normalise, table_of

SETS = {
    "voc": 0.56, "coco128": 0.1, "ccp": 0.08, "people": 0.05, "bsds/train": 0.06, "bsds/val": 0.03,
    "camvid/train": 0.09, "camvid/val": 0.03,
}  # fmt: skip
"""Folders of the data, and which share of the crops each gives."""
TERMS = (
    "Research use, non-commercial: trained on masks of Pascal VOC 2012 and SBD (photos from Flickr), "
    "COCO (CC BY 4.0), BSDS500 (research use), CamVid (CC BY-NC), clothing-co-parsing (Apache-2.0 as "
    "stated) and Human-Segmentation-Dataset (no terms stated)."
)
LEAST = 0.002
"""Regions with a smaller share of the photo are left out as unclear."""
_THINGS = tuple(map(CAMVID_CLASSES.index, ("pole", "sign", "fence", "car", "pedestrian", "bicyclist")))


class Ref(NamedTuple):
    """The pixels of the map `layer` that hold `number`."""

    layer: int
    number: int


class Thing(NamedTuple):
    """Something to point at: its masks as object, as part of one, as group, where known."""

    object: Ref | None = None
    part: Ref | None = None
    group: Ref | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A photo (H×W×3 uint8), maps of numbers (H×W×n uint8; 0 nothing, `UNKNOWN` not known), its things."""

    name: str
    photo: Array
    maps: Array
    things: tuple[Thing, ...]


def open_masks(root: Path, only: Sequence[str] = tuple(SETS)) -> Dataset:
    """The data sets of `SETS` that lie in `root` as one, with the splits train and check.

    check is what of VOC and COCO128 tells during a run how it goes. Neither holds anything kept for
    measuring. Names of samples begin with the folder. StudioError if `root` has none of the folders.
    """
    found = [name for name in only if (root / name).is_dir()]
    if not found:
        raise StudioError(f"{root} holds none of {', '.join(only)}; name the folder of the data with --data.")

    def pairs(split: str) -> list[Pair]:
        if split not in ("train", "check"):
            raise StudioError(f"There are the splits train and check, but no {split}.")
        return [pair for name in found for pair in _pairs(root, name) if _split(pair) == split]

    return Dataset("masks", ("object", "part", "group"), (), (), "check", TERMS, least=0, pairs=pairs)


def _pairs(root: Path, name: str) -> list[Pair]:
    void = {UNKNOWN: len(VOC_CLASSES)} if name == "voc" else {}
    table = table_of({value: value for value in range(UNKNOWN)} | void)
    photos = sorted(p for p in (root / name).iterdir() if p.suffix.lower() in PHOTOS)
    return [Pair(f"{name}/{p.stem}", p, p.with_suffix(".png"), table) for p in photos]


def _split(pair: Pair) -> str:
    folder, _, name = pair.name.rpartition("/")
    if folder not in ("voc", "coco128"):
        return "train"
    if held_out(name):
        return "held-out"
    return "check" if held_out(name, "2") else "train"


def load_scenes(data: Dataset, split: str) -> list[Scene]:
    """All photos of a split that show something to point at."""
    scenes = (scene_of(load_sample(pair)) for pair in data.pairs(split))
    return [scene for scene in scenes if scene.things]


def scene_of(sample: Sample) -> Scene:
    """What there is to point at, by the folder that a sample's name begins with."""
    folder = sample.name.split("/")[0]
    make = {"voc": _voc, "camvid": _camvid, "ccp": _ccp, "people": _people, "bsds": _bsds, "coco128": _coco}
    layers, things = make[folder](sample.labels)
    return Scene(sample.name, sample.photo, np.dstack(layers), tuple(things))


Labelled = tuple[list[Array], list[Thing]]


def regions(labels: Array, classes: Sequence[int]) -> tuple[Array, list[int]]:
    """Connected regions of each class as a map of numbers from 1 on, and the class of each number.

    Regions that are too small are `UNKNOWN`.
    """
    out = np.zeros(labels.shape, np.uint8)
    owners: list[int] = []
    for number in classes:
        count, parts, stats, _ = cv2.connectedComponentsWithStats((labels == number).astype(np.uint8))
        for part in range(1, count):
            if stats[part, cv2.CC_STAT_AREA] < LEAST * labels.size or len(owners) == UNKNOWN - 1:
                out[parts == part] = UNKNOWN
            else:
                owners.append(number)
                out[parts == part] = len(owners)
    return out, owners


def _grouped(objects: Array, owners: Sequence[int], kinds: Sequence[int], *, touching: bool) -> Labelled:
    """Regions as objects, and the groups that they belong to, in three maps.

    A group is all of a class that is one of `kinds`; else, with `touching`, all that touch one another.
    """
    known = (objects > 0) & (objects < UNKNOWN)
    same, piles = np.zeros_like(objects), np.zeros_like(objects)
    for number, owner in enumerate(owners, 1):
        if owner in kinds:
            same[objects == number] = 1 + owner
    if touching:
        # Gaps of a few pixels, as between the outlines of neighbours in VOC, do not part.
        near = cv2.connectedComponents(cv2.dilate(known.astype(np.uint8), np.ones((5, 5), np.uint8)))[1]
        piles[:] = np.where(known & (near < UNKNOWN), near, 0)
    same[objects == UNKNOWN], piles[objects == UNKNOWN] = UNKNOWN, UNKNOWN
    things = []
    for number, owner in enumerate(owners, 1):
        pile, group = int(piles[objects == number][0]), None
        if owner in kinds and list(owners).count(owner) > 1:
            group = Ref(1, 1 + owner)
        elif pile and len(np.unique(objects[piles == pile])) > 1:
            group = Ref(2, pile)
        things.append(Thing(object=Ref(0, number), group=group))
    return [objects, same, piles], things


def _voc(labels: Array) -> Labelled:
    classes = range(1, len(VOC_CLASSES))
    objects, owners = regions(labels, classes)
    objects[labels == len(VOC_CLASSES)] = UNKNOWN
    return _grouped(objects, owners, classes, touching=True)


def _camvid(labels: Array) -> Labelled:
    """Cars, people and the like have groups; sky, road and the like are only objects."""
    objects, owners = regions(labels, range(len(CAMVID_CLASSES)))
    objects[labels == len(CAMVID_CLASSES)] = UNKNOWN
    return _grouped(objects, owners, _THINGS, touching=False)


def _coco(labels: Array) -> Labelled:
    """Instances, which may lie in pieces; those that touch are a group."""
    numbers = [int(n) for n in np.unique(labels) if n and (labels == n).sum() >= LEAST * labels.size]
    objects = np.where(np.isin(labels, (0, *numbers)), labels, UNKNOWN).astype(np.uint8)
    for place, number in enumerate(numbers, 1):
        objects[labels == number] = place
    return _grouped(objects, [0] * len(numbers), (), touching=True)


def _ccp(labels: Array) -> Labelled:
    """A person whose clothes, skin and hair are parts."""
    person = (labels > 0).astype(np.uint8)
    parts, owners = regions(labels, [int(n) for n in np.unique(labels) if n])
    return [person, parts], [Thing(object=Ref(0, 1), part=Ref(1, n)) for n in range(1, len(owners) + 1)]


def _people(labels: Array) -> Labelled:
    objects, owners = regions((labels > 0).astype(np.uint8), (1,))
    return _grouped(objects, owners, (1,), touching=False)


def _bsds(labels: Array) -> Labelled:
    """What one person outlined, be it an object or a part of one."""
    numbers = [int(n) for n in np.unique(labels) if n]
    sizes = {n: int((labels == n).sum()) for n in numbers}
    kept = [n for n in numbers if sizes[n] >= LEAST * labels.size]
    parts = np.where(np.isin(labels, (0, *kept)), labels, UNKNOWN).astype(np.uint8)
    return [parts], [Thing(part=Ref(0, n)) for n in kept]


@dataclass(frozen=True)
class Frame:
    """How crops of scenes are taken: side in pixels, things shown in each, pixels to a cell of the masks.

    A share of `close` of them looks at one thing; the others bring the photo's longer side to `sides`.
    """

    side: int
    things: int
    cell: int
    sides: tuple[float, float] = (300.0, 640.0)
    close: float = 0.5


CLOSEST = 5.0
"""How many pixels of a crop one of the photo becomes at most."""
MEANT, OBJECT, PART, GROUP = range(4)
"""The planes of each thing's truth: what the user means, and its masks as `Thing` has them.

Only the first is known of a photo's subject, at which nobody points.
"""
SUBJECT = 0.12
"""How often all that stands out is meant instead of one thing, in photos whose labels tell what does."""
_STANDING_OUT = ("voc", "coco128", "ccp", "people")
_SUBJECT_SHARE = 0.03, 0.8
_LEAST_CELLS = 0.004


class ThingCrops:
    """Random crops as (photo 3×s×s, truth 4·things×h×w, weight), float32.

    They are the same for the same seed, epoch and index. Truth is 0..1 for each plane of each thing, −1
    where it is not known or there is no such mask.
    """

    def __init__(self, scenes: Sequence[Scene], frame: Frame, seed: int, count: int) -> None:
        self.frame, self.seed, self.count, self.epoch = frame, seed, count, 0
        self._folders: dict[str, list[Scene]] = {}
        for scene in scenes:
            self._folders.setdefault(scene.name.rpartition("/")[0], []).append(scene)
        shares = np.array([SETS[name] for name in self._folders])
        self._shares = shares / shares.sum()

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.float32], np.float32]:
        rng = np.random.default_rng((self.seed, self.epoch, index))
        while True:
            folder = list(self._folders.values())[int(rng.choice(len(self._shares), p=self._shares))]
            scene = folder[int(rng.integers(len(folder)))]
            photo, maps = look(scene, self.frame, rng)
            if shown := _shown(scene, maps, self.frame):
                break
        if rng.random() < LIGHT:
            photo = relight(photo, rng)
        chosen = [shown[i] for i in rng.permutation(len(shown))]
        truth = [_truth(chosen[i % len(chosen)], maps, self.frame, rng) for i in range(self.frame.things)]
        if scene.name.split("/")[0] in _STANDING_OUT and rng.random() < SUBJECT * self.frame.things:
            truth[-1] = _subject(maps, self.frame, truth[-1])
        return normalise(photo), np.concatenate(truth), np.float32(1)


def look(scene: Scene, frame: Frame, rng: np.random.Generator) -> tuple[Array, Array]:
    """A crop around one of the scene's things, and its maps."""
    thing = scene.things[int(rng.integers(len(scene.things)))]
    area = _area(thing.object or thing.part or thing.group, scene.maps)
    rows, columns = np.flatnonzero(area.any(1)), np.flatnonzero(area.any(0))
    height, width = rows[-1] + 1 - rows[0], columns[-1] + 1 - columns[0]
    low, high = (value / max(area.shape) for value in frame.sides)
    if rng.random() < frame.close:
        share = float(np.exp(rng.uniform(np.log(1.15), np.log(3.5))))
        scale = float(np.clip(frame.side / max(height, width) / share, low, CLOSEST))
    else:
        scale = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    half = frame.side / scale / 2
    shift = np.maximum(half - np.array([width, height]) / 2, 0.3 * np.array([width, height]))
    centre = np.array([columns[0] + width / 2, rows[0] + height / 2]) + rng.uniform(-1, 1, 2) * shift
    limits = np.array([area.shape[1], area.shape[0]])
    spare = np.maximum(0.05 * limits, limits / 2 - half)
    x, y = (float(v) for v in np.clip(centre, limits / 2 - spare, limits / 2 + spare))
    size = frame.side, frame.side
    return warp(scene.photo, scene.maps, (x, y), scale, size, UNKNOWN, rng, reflect=False)


def _area(ref: Ref | None, maps: Array) -> NDArray[np.bool_]:
    if ref is None:
        return np.zeros(maps.shape[:2], np.bool_)
    return np.asarray(maps[..., ref.layer] == ref.number)


def _shown(scene: Scene, maps: Array, frame: Frame) -> list[Thing]:
    """The things of which the crop shows enough."""
    counts = [np.bincount(maps[..., layer].ravel(), minlength=256) for layer in range(maps.shape[2])]
    least = _LEAST_CELLS * frame.side**2

    def enough(ref: Ref | None) -> bool:
        return ref is not None and counts[ref.layer][ref.number] >= least

    cut = (Thing(*(ref if enough(ref) else None for ref in thing)) for thing in scene.things)
    return [thing for thing in cut if any(thing)]


def _truth(thing: Thing, maps: Array, frame: Frame, rng: np.random.Generator) -> NDArray[np.float32]:
    """4×h×w: the four planes of a thing."""
    meant: Ref | None = thing.object
    others = [ref for ref in (thing.part, thing.group) if ref is not None]
    if meant is None or (others and rng.random() < 0.3):
        meant = others[int(rng.integers(len(others)))]
    cells = frame.side // frame.cell
    out = np.full((4, cells, cells), -1, np.float32)
    for plane, ref in enumerate((meant, *thing)):
        if ref is not None:
            out[plane] = _cover(_area(ref, maps), maps[..., ref.layer], cells)
    return out


def _cover(area: NDArray[np.bool_], layer: Array, cells: int) -> NDArray[np.float32]:
    """Which share of each cell an area covers, −1 where the map does not tell."""
    size = cells, cells
    cover = cv2.resize(area.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    missing = cv2.resize((layer == UNKNOWN).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return np.where(missing > 0.3, -1, cover).astype(np.float32)


def _subject(maps: Array, frame: Frame, other: NDArray[np.float32]) -> NDArray[np.float32]:
    """The planes of all objects together, or `other` where they are a speck or nearly the whole crop."""
    area = (maps[..., 0] > 0) & (maps[..., 0] < UNKNOWN)
    if not _SUBJECT_SHARE[0] < area.mean() < _SUBJECT_SHARE[1]:
        return other
    out = np.full_like(other, -1)
    out[MEANT] = _cover(area, maps[..., 0], frame.side // frame.cell)
    return out
