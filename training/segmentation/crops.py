"""Random crops of labelled photos: place, scale, slant, side, light, and things pasted from other photos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.common.augment import LIGHT, relight, warp
from training.common.samples import Array, Sample, normalise

PASTE = 0.7
"""How likely each class that may be pasted is, where a crop is mixed."""


@dataclass(frozen=True)
class View:
    """How crops are taken: their size, the least and largest scale, and what labels mean.

    `rare` are classes that every other crop is aimed at, `void` is the label of what lies outside the photo.
    A share of `mix` of the crops gets things of the classes `pasted` from another photo.
    """

    height: int
    width: int
    zoom: tuple[float, float]
    void: int
    rare: tuple[int, ...] = ()
    pasted: tuple[int, ...] = ()
    mix: float = 0.0


def sequence_shares(samples: Sequence[Sample], power: float) -> NDArray[np.float64]:
    """How often each photo is drawn, summing to 1: (photos of its sequence) to the power of −`power`.

    A sequence is what its name says before the first underscore. Photos of one sequence look alike; with a
    power of 1 each sequence is drawn equally often, with 0 each photo.
    """
    sequences = [sample.name.split("_")[0] for sample in samples]
    counts = Counter(sequences)
    shares = np.array([counts[sequence] ** -power for sequence in sequences], np.float64)
    return np.asarray(shares / shares.sum())


def class_shares(samples: Sequence[Sample], classes: int, power: float) -> NDArray[np.float64]:
    """How often each photo is drawn, for more of rare classes: (photos that show its rarest class)^-`power`.

    Photos that show nothing but void count as if they showed the commonest class. The sum is 1.
    """
    there = np.array([np.bincount(s.labels.ravel(), minlength=256)[:classes] > 0 for s in samples])
    photos = there.sum(axis=0)
    rarest = np.where(there, photos, photos.max()).min(axis=1).astype(np.float64)
    shares = rarest**-power
    return shares / shares.sum()


class Crops:
    """Random crops as (3×h×w float32, h×w int64); the same for the same seed, epoch and index.

    With `shares` each index gives a crop of any photo, drawn by them; without, of the photo of that index.
    """

    def __init__(
        self, samples: Sequence[Sample], view: View, seed: int, shares: NDArray[np.float64] | None = None
    ) -> None:
        self.samples, self.view, self.seed, self.epoch = samples, view, seed, 0
        self._sums = None if shares is None else np.cumsum(shares) / np.sum(shares)

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        rng = np.random.default_rng((self.seed, self.epoch, index))
        photo, labels = crop(self._draw(index, rng), self.view, rng)
        if rng.random() < self.view.mix:
            donor = self.samples[int(rng.integers(len(self.samples)))]
            photo, labels = paste(photo, labels, *crop(donor, self.view, rng), self.view.pasted, rng)
        if rng.random() < LIGHT:
            photo = relight(photo, rng)
        return normalise(photo), labels.astype(np.int64)

    def _draw(self, index: int, rng: np.random.Generator) -> Sample:
        if self._sums is None:
            return self.samples[index]
        return self.samples[min(int(np.searchsorted(self._sums, rng.random())), len(self.samples) - 1)]


def paste(
    photo: Array,
    labels: Array,
    other: Array,
    other_labels: Array,
    classes: Sequence[int],
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """A photo and its labels with the pixels of some `classes` of another crop of the same size over them.

    After V. Olsson et al., "ClassMix" (WACV 2021), and G. Ghiasi et al., "Simple Copy-Paste" (CVPR 2021).
    """
    chosen = [number for number in classes if number in other_labels and rng.random() < PASTE]
    taken = np.isin(other_labels, chosen)
    return np.where(taken[..., None], other, photo), np.where(taken, other_labels, labels)


def crop(sample: Sample, view: View, rng: np.random.Generator) -> tuple[Array, Array]:
    """A crop of the size of `view` and its labels, at a random place, scale, slant and side."""
    rows, columns = sample.labels.shape
    high, wide = view.height, view.width
    scale = float(np.exp(rng.uniform(np.log(view.zoom[0]), np.log(view.zoom[1]))))
    x, y = _centre(sample, view.rare, rng)
    half_w, half_h = wide / scale / 2, high / scale / 2
    x = _within(x + rng.uniform(-0.6, 0.6) * half_w, half_w, columns)
    y = _within(y + rng.uniform(-0.6, 0.6) * half_h, half_h, rows)
    return warp(sample.photo, sample.labels, (x, y), scale, (wide, high), view.void, rng)


def _centre(sample: Sample, rare: Sequence[int], rng: np.random.Generator) -> tuple[float, float]:
    """Where to look: anywhere, or (every other time) at a class that is rare."""
    height, width = sample.labels.shape
    if rng.random() < 0.5:
        present = [number for number in rare if number in sample.labels]
        if present:
            rows, columns = np.nonzero(sample.labels == rng.choice(present))
            pick = rng.integers(len(rows))
            return float(columns[pick]), float(rows[pick])
    return rng.uniform(0, width), rng.uniform(0, height)


def _within(centre: float, half: float, length: int) -> float:
    """The centre moved so that a window lies inside the picture; the middle if it is too large."""
    return min(max(centre, half), length - half) if length > 2 * half else length / 2
