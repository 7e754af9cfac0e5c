"""Small regions of even colour, how alike neighbours are, and what stands out.

Superpixels: Achanta et al., "SLIC Superpixels" (2012). Saliency: Zhu, Liang, Wei, Sun, "Saliency
Optimization from Robust Background Detection" (CVPR 2014). Both on a small copy of the photo.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.guided_filter import Floats

Numbers = NDArray[np.float64]
Labels = NDArray[np.int32]


def shrunk(image: Array, side: int) -> Array:
    """The image with its longer side at most `side` pixels (the image itself if it is smaller)."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def lab_of(image: Array) -> Floats:
    """CIE Lab float32 (L 0..100) of a uint8 RGB image."""
    lab: Floats = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return lab


def superpixels(lab: Floats, count: int = 400, compactness: float = 12.0, rounds: int = 4) -> Labels:
    """SLIC: about `count` regions numbered from 0, H×W int32."""
    height, width = lab.shape[:2]
    step = max(2.0, float(np.sqrt(height * width / count)))
    rows, cols = max(1, round(height / step)), max(1, round(width / step))
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    pull = np.float32(compactness / step)
    features = np.dstack((cv2.GaussianBlur(lab, (0, 0), 0.8), xs * pull, ys * pull))
    cell_y = np.minimum((ys * rows / height).astype(np.int32), rows - 1)
    cell_x = np.minimum((xs * cols / width).astype(np.int32), cols - 1)
    labels: Labels = cell_y * cols + cell_x
    # The eight cells around a pixel's own are all that its region can come from.
    near = [
        np.clip(cell_y + dy, 0, rows - 1) * cols + np.clip(cell_x + dx, 0, cols - 1)
        for dy in (-1, 0, 1) for dx in (-1, 0, 1)
    ]  # fmt: skip
    for _ in range(rounds):
        means = region_means(labels, features, rows * cols).astype(np.float32)
        best = np.full(labels.shape, np.inf, np.float32)
        for candidate in near:
            difference = features - means[candidate]
            distance = np.einsum("hwc,hwc->hw", difference, difference)
            closer = distance < best
            labels = np.where(closer, candidate, labels)
            np.minimum(best, distance, out=best)
    used, compact = np.unique(labels, return_inverse=True)
    assert len(used) <= rows * cols
    return np.asarray(compact.reshape(labels.shape), np.int32)


def region_means(labels: Labels, values: Floats, count: int) -> Numbers:
    """Mean of H×W×C values in each region, count×C; 1e9 where a region is empty."""
    flat = labels.ravel()
    area = np.bincount(flat, minlength=count)
    sums = [np.bincount(flat, values[..., c].ravel(), count) for c in range(values.shape[2])]
    means = np.stack(sums, axis=1) / np.maximum(area, 1)[:, None]
    means[area == 0] = 1e9
    return means


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """Regions of a picture: `labels` H×W, and for each its area, mean Lab, centre (0..1) and rim length.

    `pairs` (E×2) are neighbours with `length` pixels in common and an edge of `step` Lab units there.
    """

    labels: Labels
    area: Numbers
    colour: Numbers
    centre: Numbers
    rim: Numbers
    pairs: NDArray[np.int64]
    length: Numbers
    step: Numbers

    @classmethod
    def of(cls, image: Array, count: int = 400) -> Regions:
        """Regions of a small uint8 RGB image."""
        lab = lab_of(image)
        labels = superpixels(lab, count)
        height, width = labels.shape
        number = int(labels.max()) + 1
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        places = np.dstack(((xs + 0.5) / max(height, width), (ys + 0.5) / max(height, width)))
        sides = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
        rim = np.bincount(np.concatenate(sides), minlength=number).astype(np.float64)
        pairs, length, step = _neighbours(labels, lab, number)
        return cls(
            labels, np.bincount(labels.ravel(), minlength=number).astype(np.float64),
            region_means(labels, lab, number), region_means(labels, places, number), rim, pairs, length, step,
        )  # fmt: skip

    def picture(self, values: Numbers) -> Floats:
        """A value a region, painted: H×W float32."""
        return np.asarray(values, np.float32)[self.labels]


def _neighbours(labels: Labels, lab: Floats, number: int) -> tuple[NDArray[np.int64], Numbers, Numbers]:
    smooth = cv2.GaussianBlur(lab, (0, 0), 1.0)
    codes, steps = [], []
    reach = 2
    for axis in (0, 1):
        a, b = (np.moveaxis(labels, axis, 0)[s] for s in (slice(None, -1), slice(1, None)))
        colour = np.moveaxis(smooth, axis, 0)
        before = np.maximum(np.arange(len(a)) - reach + 1, 0)
        after = np.minimum(np.arange(len(a)) + reach, len(a))
        edge = np.linalg.norm(colour[after] - colour[before], axis=2)
        apart = a != b
        codes.append((np.minimum(a, b).astype(np.int64) * number + np.maximum(a, b))[apart])
        steps.append(edge[apart])
    code, inverse = np.unique(np.concatenate(codes), return_inverse=True)
    length = np.bincount(inverse, minlength=len(code)).astype(np.float64)
    step = np.bincount(inverse, np.concatenate(steps), len(code)) / np.maximum(length, 1)
    return np.stack(np.divmod(code, number), axis=1).reshape(-1, 2), length, step


@dataclass(frozen=True, slots=True, eq=False)
class MergeTree:
    """Regions joined two by two, the most alike neighbours first.

    Nodes 0..n−1 are the regions; each later one joins two. `parent` (−1 at the root) and `height`
    (how different the two were) are per node.
    """

    parent: list[int]
    height: list[float]
    leaves: list[frozenset[int]]

    def path(self, region: int) -> list[int]:
        """The nodes that hold a region, from itself to the root."""
        out = [region]
        while self.parent[out[-1]] >= 0:
            out.append(self.parent[out[-1]])
        return out


def merge_tree(regions: Regions) -> MergeTree:
    """Joins neighbours by colour difference and the edge between them; small parts go first."""
    number = len(regions.area)
    colour, area = list(regions.colour), list(regions.area)
    around = _borders(regions)
    parent, height = [-1] * number, [0.0] * number
    leaves = [frozenset((i,)) for i in range(number)]
    total = float(sum(area))

    def cost(i: int, j: int) -> float:
        length, edge = around[i][j]
        difference = math.sqrt(float(((colour[i] - colour[j]) ** 2).sum()))
        small = min(area[i], area[j]) / total
        return (0.5 * difference + 0.5 * edge / length) * math.pow(0.15 + min(1.0, small / 0.04), 0.35)

    heap = [(cost(i, j), i, j) for i in range(number) for j in around[i] if i < j]
    heapq.heapify(heap)
    while heap:
        value, i, j = heapq.heappop(heap)
        if parent[i] >= 0 or parent[j] >= 0:
            continue
        new = len(parent)
        parent[i] = parent[j] = new
        parent.append(-1)
        height.append(max(value, height[i], height[j]))
        leaves.append(leaves[i] | leaves[j])
        colour.append((colour[i] * area[i] + colour[j] * area[j]) / (area[i] + area[j]))
        area.append(area[i] + area[j])
        joined = _joined({k: v for k, v in around[i].items() if parent[k] < 0},
                         {k: v for k, v in around[j].items() if parent[k] < 0})  # fmt: skip
        around.append(joined)
        for other, shared in joined.items():
            around[other][new] = shared
            heapq.heappush(heap, (cost(other, new), other, new))
    return MergeTree(parent, height, leaves)


Borders = dict[int, tuple[float, float]]
"""Neighbour → length in common, and the edge's height summed along it."""


def _borders(regions: Regions) -> list[Borders]:
    around: list[Borders] = [{} for _ in regions.area]
    for (i, j), length, step in zip(regions.pairs.tolist(), regions.length, regions.step, strict=True):
        around[i][j] = around[j][i] = (float(length), float(step * length))
    return around


def _joined(one: Borders, other: Borders) -> Borders:
    both = dict(one)
    for node, (length, edge) in other.items():
        before = both.get(node, (0.0, 0.0))
        both[node] = (before[0] + length, before[1] + edge)
    return both


def saliency(regions: Regions) -> Numbers:
    """How far each region stands out from what is connected with the picture's rim, 0..1.

    Boundary connectivity, background-weighted contrast and the least-squares smoothing of Zhu et al.
    All 0 where nothing differs from the rest.
    """
    number = len(regions.area)
    difference = np.linalg.norm(regions.colour[:, None] - regions.colour[None], axis=2)
    i, j = regions.pairs.T
    steps = np.full((number, number), np.inf)
    np.fill_diagonal(steps, 0)
    steps[i, j] = steps[j, i] = np.maximum(difference[i, j] - _common_step(difference[i, j]), 0)
    rim = np.flatnonzero(regions.rim)
    # All regions at the rim count as neighbours, so that a split background stays one.
    steps[np.ix_(rim, rim)] = np.minimum(
        steps[np.ix_(rim, rim)], np.maximum(difference[np.ix_(rim, rim)] - _common_step(difference[i, j]), 0)
    )
    for middle in range(number):
        np.minimum(steps, steps[:, middle, None] + steps[None, middle], out=steps)
    alike = np.exp(-(steps**2) / (2 * 8.0**2))
    connected = (alike @ (regions.rim > 0)) / np.sqrt(alike.sum(axis=1))
    background = 1 - np.exp(-(connected**2) / 2)
    apart = np.linalg.norm(regions.centre[:, None] - regions.centre[None], axis=2)
    share = regions.area / regions.area.mean()
    contrast = (difference * np.exp(-(apart**2) / (2 * 0.25**2))) @ (background * share)
    contrast *= np.sqrt(1 - background)
    order = np.argsort(contrast)
    # Not the maximum: one glint would push all else down.
    covered = np.cumsum(regions.area[order]) / regions.area.sum()
    top = contrast[order[np.searchsorted(covered, 0.95)]]
    if top <= 1e-9:
        return np.zeros(number)
    return _smoothed(regions, difference, background, np.minimum(contrast / top, 1))


def _common_step(steps: Numbers) -> float:
    """Differences up to this are everyday unevenness, not edges."""
    return float(np.percentile(steps, 30)) if len(steps) else 0.0


def _smoothed(regions: Regions, difference: Numbers, background: Numbers, front: Numbers) -> Numbers:
    """min Σ bg·s² + fg·(s−1)² + Σ w (si−sj)², over neighbours."""
    number = len(front)
    weight = np.zeros((number, number))
    i, j = regions.pairs.T
    weight[i, j] = weight[j, i] = np.exp(-(difference[i, j] ** 2) / (2 * 10.0**2)) + 0.1
    system = np.diag(weight.sum(axis=1) + background + front) - weight
    return np.asarray(np.clip(np.linalg.solve(system, front), 0, 1), np.float64)
