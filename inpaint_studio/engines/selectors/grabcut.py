"""Selecting without a network: a tree of regions guesses the object, GrabCut and the edge settle it.

GrabCut: Rother, Kolmogorov, Blake (2004), OpenCV's. The guess for a click is the region around it that
keeps its outline longest while ever less alike regions are joined.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Progress, StudioError, message
from inpaint_studio.basics.mask import Array
from inpaint_studio.engines.contracts import Prompts, Proposal
from inpaint_studio.engines.guided_filter import carry_up
from inpaint_studio.engines.regions import MergeTree, Regions, merge_tree, shrunk
from inpaint_studio.engines.selectors.given import (
    Area,
    Clicks,
    clicks_on,
    enclosed,
    need_wanted,
    obey,
    on_grid,
)

LARGE = 3 * 6_000_000
"""Values in a photo above which a third proposal would make the first one late."""
LEAST_WORTH = 0.1
"""A proposal less likely than this share of the likeliest one is not made."""

SMALL_SIDE = 320
"""Longer side in pixels of the copy that is analysed."""
CUT_SIDE = 176
"""Longer side in pixels of the crop that GrabCut sees: its time grows faster than the area."""


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPhoto:
    """A photo ready for prompts: itself (not copied), a small copy, and the copy's regions."""

    image: Array
    small: Array
    regions: Regions
    tree: MergeTree


@dataclass(frozen=True, slots=True, eq=False)
class Seeds:
    """The prompts on the small copy: what surely belongs, what surely does not, how far it may reach."""

    wanted: Area
    unwanted: Area
    limit: Area | None
    previous: Area | None


class GrabCutSelector:
    """Selector contract: clicks, box, scribbles, lasso and a previous mask, on any photo."""

    def prepare(self, image: Array, *, progress: Progress = NO_PROGRESS) -> PreparedPhoto:
        """The small copy and its tree of regions; `image` H×W×3 uint8 is kept, not copied."""
        small = np.ascontiguousarray(shrunk(image, SMALL_SIDE))
        progress.report(0.1)
        regions = Regions.of(small)
        progress.report(0.7)
        return PreparedPhoto(image, small, regions, merge_tree(regions))

    def select(self, prepared: PreparedPhoto, prompts: Prompts) -> list[Proposal]:
        """One to three masks, the likeliest first.

        Raises StudioError if no prompt lies on the photo, a box or lasso is empty, or nothing says
        what is wanted.
        """
        shape = (prepared.image.shape[0], prepared.image.shape[1])
        clicks = clicks_on(shape, prompts)
        radius = max(1, round(max(shape) / SMALL_SIDE / 2))
        seeds = _seeds(prepared, prompts, clicks)
        found: list[Proposal] = []
        taken: list[Area] = []
        most = 3 if prepared.image.size < LARGE else 2
        for guess, score in _guesses(prepared, seeds)[:most]:
            area = _settle(prepared.small, guess, seeds)
            if any(_overlap(area, other) > 0.85 for other in taken) or not area.any():
                continue
            taken.append(area)
            mask = carry_up(prepared.image, area.astype(np.uint8) * 255)
            mask = obey(mask, shape, prompts, clicks, radius)
            if mask:
                found.append(Proposal(mask, score))
        if not found:
            raise StudioError(message("prompt.nothing"))
        return found


def _seeds(prepared: PreparedPhoto, prompts: Prompts, clicks: Clicks) -> Seeds:
    shape = height, width = prepared.image.shape[0], prepared.image.shape[1]
    grid = rows, cols = prepared.small.shape[0], prepared.small.shape[1]
    wanted = on_grid(prompts.wanted, shape, grid, 1)
    unwanted = on_grid(prompts.unwanted, shape, grid, 1)
    for (x, y), belongs in clicks.items():
        spot = (y * rows // height, x * cols // width)
        wanted[spot], unwanted[spot] = belongs, not belongs
    limit = enclosed(shape, grid, prompts)
    previous = on_grid(prompts.previous, shape, grid, 128)
    unwanted &= ~wanted
    if limit is not None:
        limit |= wanted
    need_wanted(bool(wanted.any() or limit is not None or previous.any()), bool(unwanted.any()))
    return Seeds(wanted, unwanted, limit, previous if previous.any() else None)


def _guesses(prepared: PreparedPhoto, seeds: Seeds) -> list[tuple[Area, float]]:
    """Areas that may be meant, with scores 0..1, the likeliest first."""
    if seeds.limit is not None:
        return [(seeds.limit & ~seeds.unwanted, 0.7)]
    labels = prepared.regions.labels
    wanted = frozenset(labels[seeds.wanted].tolist())
    unwanted = frozenset(labels[seeds.unwanted].tolist()) - wanted
    if seeds.previous is None:
        return [(_paint(prepared, leaves) | seeds.wanted, score)
                for leaves, score in _nested(prepared, wanted, unwanted)]  # fmt: skip
    area = seeds.previous.copy()
    inside = frozenset(labels[seeds.previous].tolist())
    new = frozenset(labels[seeds.wanted & ~area].tolist())
    if new:
        area |= _paint(prepared, _nested(prepared, new, unwanted)[0][0])
    for region in unwanted:
        out = frozenset((region,))
        for node in prepared.tree.path(region):
            leaves = prepared.tree.leaves[node]
            if leaves & wanted or len(leaves & inside) > 0.5 * len(inside):
                break
            out = leaves
        area &= ~_paint(prepared, out)
    return [(area, 0.8)]


def _paint(prepared: PreparedPhoto, leaves: frozenset[int]) -> Area:
    chosen = np.zeros(len(prepared.regions.area), np.bool_)
    chosen[list(leaves)] = True
    return np.asarray(chosen[prepared.regions.labels])


def _nested(
    prepared: PreparedPhoto, wanted: frozenset[int], unwanted: frozenset[int]
) -> list[tuple[frozenset[int], float]]:
    """Up to three sets of regions around the wanted ones and without the unwanted."""
    tree = prepared.tree
    paths = [[n for n in tree.path(r) if not tree.leaves[n] & unwanted] for r in sorted(wanted)]
    apart = frozenset[int]().union(*(tree.leaves[_best(prepared, p)[0]] for p in paths))
    common = [n for n in paths[0] if wanted <= tree.leaves[n]]

    def size(leaves: frozenset[int]) -> float:
        return float(prepared.regions.area[list(leaves)].sum())

    ranked = [tree.leaves[n] for n in _best(prepared, common)] if common else []
    if len(paths) > 1 and (not common or size(tree.leaves[common[0]]) > 1.5 * size(apart)):
        # Parts that only join through much else (or something unwanted): each part for itself.
        ranked.insert(0, apart)
    chosen: list[frozenset[int]] = []
    for leaves in ranked:
        if all(max(size(leaves), size(c)) > 1.3 * min(size(leaves), size(c)) for c in chosen):
            chosen.append(leaves)
    return [(leaves, 0.7 / (1 + 0.5 * i)) for i, leaves in enumerate(chosen[:3])]


def _best(prepared: PreparedPhoto, nodes: list[int]) -> list[int]:
    """Nodes of one path by how much they look like an object of its own."""
    tree, regions = prepared.tree, prepared.regions
    total, rim = regions.area.sum(), regions.rim.sum()

    def worth(node: int) -> float:
        leaves = list(tree.leaves[node])
        share = float(regions.area[leaves].sum() / total)
        above = tree.height[tree.parent[node]] if tree.parent[node] >= 0 else tree.height[node]
        stands_out = (above - tree.height[node]) / (above + 4.0)
        size = math.exp(-(math.log(share / 0.2) ** 2) / (2 * 1.1**2))
        at_rim = float(regions.rim[leaves].sum() / rim)
        return (stands_out + 0.05) * size * max(0.02, 1 - at_rim)

    ranked = sorted(((worth(n), n) for n in nodes), reverse=True)
    return [node for value, node in ranked if value >= LEAST_WORTH * ranked[0][0]]


def _settle(small: Array, guess: Area, seeds: Seeds) -> Area:
    """GrabCut around a guess; what touches nothing wanted is dropped."""
    reach = max(3, round(0.06 * math.sqrt(int(guess.sum()))))
    if seeds.limit is not None:
        zone = seeds.limit
    else:
        zone = _grown(guess, reach)
        if seeds.previous is not None:
            zone &= _grown(guess ^ seeds.previous, 2 * reach) | _grown(seeds.wanted | seeds.unwanted, reach)
    trimap = np.where(guess, cv2.GC_FGD, cv2.GC_BGD).astype(np.uint8)
    core = _grown(~guess, 2 * reach)
    loose = zone & (core if seeds.limit is None else True)
    trimap[loose & guess], trimap[loose & ~guess] = cv2.GC_PR_FGD, cv2.GC_PR_BGD
    trimap[seeds.unwanted], trimap[seeds.wanted] = cv2.GC_BGD, cv2.GC_FGD
    area = run_grabcut(small, trimap, 3 if seeds.limit is not None else 1)
    if area.sum() < 0.1 * guess.sum():
        area = guess
    return _kept(area, seeds)


def _kept(area: Area, seeds: Seeds) -> Area:
    """The area with its prompts obeyed, small gaps closed, only components that were meant."""
    if min(area.shape) > 32:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
        closed = cv2.morphologyEx(area.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
        area = cv2.morphologyEx(closed, cv2.MORPH_OPEN, kernel) > 0
    area = (area & ~seeds.unwanted) | seeds.wanted
    count, parts, stats, _ = cv2.connectedComponentsWithStats(area.astype(np.uint8), connectivity=4)
    if count <= 2:
        return np.asarray(area)
    sizes = stats[1:, cv2.CC_STAT_AREA]
    meant = np.zeros(count, np.bool_)
    meant[parts[seeds.wanted]] = True
    if seeds.previous is not None:
        meant[parts[seeds.previous & area]] = True
    elif not seeds.wanted.any():
        meant[1:] = sizes >= 0.1 * sizes.max()
    meant[0] = False
    return np.asarray(meant[parts])


def run_grabcut(small: Array, trimap: Array, rounds: int) -> Area:
    """OpenCV's GrabCut on the crop around what is undecided; `trimap` holds its cv2.GC_ values.

    Where one side has no pixels at all, the trimap's own guess is returned.
    """
    front = (trimap == cv2.GC_FGD) | (trimap == cv2.GC_PR_FGD)
    open_ = (trimap == cv2.GC_PR_FGD) | (trimap == cv2.GC_PR_BGD)
    if not open_.any():
        return np.asarray(front)
    ys, xs = np.nonzero(front | open_)
    margin = 6 + max(ys.max() - ys.min(), xs.max() - xs.min()) // 8
    part = np.s_[max(0, ys.min() - margin) : ys.max() + margin, max(0, xs.min() - margin) : xs.max() + margin]
    crop = shrunk(small[part], CUT_SIDE)
    size = (crop.shape[1], crop.shape[0])
    state = cv2.resize(trimap[part], size, interpolation=cv2.INTER_NEAREST)
    inside = (state == cv2.GC_FGD) | (state == cv2.GC_PR_FGD)
    if inside.sum() < 5 or (~inside).sum() < 5:
        return np.asarray(front)
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(np.ascontiguousarray(crop), state, (0, 0, 1, 1), *models, rounds, cv2.GC_INIT_WITH_MASK)
    inside = (state == cv2.GC_FGD) | (state == cv2.GC_PR_FGD)
    shape = front[part].shape
    grown = cv2.resize(inside.astype(np.float32), (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR) > 0.5
    out = front.copy()
    out[part] = np.where(open_[part], grown, front[part])
    return np.asarray(out)


def _grown(area: Area, radius: int) -> Area:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.asarray(cv2.dilate(area.astype(np.uint8), kernel) > 0)


def _overlap(a: Area, b: Area) -> float:
    return float((a & b).sum() / max(1, (a | b).sum()))
