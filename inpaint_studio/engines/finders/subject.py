"""Finds whatever stands out in any photo, without knowing what it is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Mask, Progress, SubProgress
from inpaint_studio.basics.mask import Array
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import FoundObject, Prompts
from inpaint_studio.engines.guided_filter import Floats, carry_up
from inpaint_studio.engines.regions import Regions, saliency, shrunk
from inpaint_studio.engines.selectors.given import Area
from inpaint_studio.engines.selectors.grabcut import run_grabcut

if TYPE_CHECKING:
    from collections.abc import Callable

SIDE = 320
REGIONS = 250
LEAST_SHARE, MOST_SHARE = 0.004, 0.7
"""Share of the picture that a subject covers: less is a speck, more is the scene."""
LEAST_SCORE = 0.3
MOST_SUBJECTS = 3


class SubjectFinder:
    """Finder contract: what a network that knows objects sees as one, whatever it is.

    Without such a network: what that for clicks sees when it is asked nothing. Without both: saliency from
    boundary connectivity (Zhu et al., 2014), GrabCut, edge refinement.
    """

    def find(self, image: Array, *, progress: Progress = NO_PROGRESS) -> list[FoundObject]:
        """Up to three separate objects labelled "subject", the surest first; [] where nothing stands out.

        `image` is H×W×3 uint8 RGB of any size. StudioError if the network is there but damaged.
        """
        covering = [engine.id for engine in registry.installed("finder") if "coverage" in engine.gives]
        if covering:
            return covered_subjects(image, registry.load(covering[0], "finder").coverage, progress)
        sharp = [engine for engine in registry.installed("selector") if "subject" in engine.gives]
        return seen_subjects(image, progress) if sharp else salient_subjects(image, progress)


def covered_subjects(
    image: Array, coverage: Callable[[Array], Array], progress: Progress
) -> list[FoundObject]:
    """As `SubjectFinder.find`, from how much of each pixel belongs to an object (H×W uint8 of H×W×3)."""
    progress.report(0.1)
    seen = coverage(shrunk(image, SIDE))
    progress.report(0.5)
    if (seen > 127).mean() < LEAST_SHARE:
        return []
    # How decided it is where it saw something.
    score = float(np.abs(seen[seen > 12].astype(np.float32) / 127.5 - 1).mean())
    fine = carry_up(image, np.where(seen > 127, 255, 0).astype(np.uint8))
    parts = _separate(fine, LEAST_SHARE * image.shape[0] * image.shape[1])
    progress.report(1.0)
    return [FoundObject(mask, "subject", score) for mask in parts[:MOST_SUBJECTS]]


def seen_subjects(image: Array, progress: Progress) -> list[FoundObject]:
    """As `SubjectFinder.find`, by the network: the separate parts of what stands out, the largest first."""
    selector = registry.load_usual("selector", "subject")
    prepared = selector.prepare(image, progress=SubProgress(progress, 0.0, 0.4))
    seen = selector.subject(prepared)
    if seen is None:
        return []
    fine = selector.refine(prepared, Prompts(), seen, progress=SubProgress(progress, 0.5, 0.9))
    parts = _separate(fine.mask, LEAST_SHARE * image.shape[0] * image.shape[1])
    return [FoundObject(mask, "subject", fine.score) for mask in parts[:MOST_SUBJECTS]]


def _separate(mask: Mask, least: float) -> list[Mask]:
    """The parts of a mask that do not touch and have `least` pixels or more, the largest first."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats(
        (mask.crop > 0).astype(np.uint8), connectivity=8
    )
    sizes = stats[:, cv2.CC_STAT_AREA]
    kept = [i for i in np.argsort(-sizes[1:]) + 1 if sizes[i] >= least] if count > 1 else []
    return [Mask.place(np.where(parts == i, mask.crop, 0).astype(np.uint8), mask.x, mask.y) for i in kept]


def salient_subjects(image: Array, progress: Progress) -> list[FoundObject]:
    """As `SubjectFinder.find`, without a network."""
    small = np.ascontiguousarray(shrunk(image, SIDE))
    if min(small.shape[:2]) < 16:
        return []
    progress.report(0.05)
    regions = Regions.of(small, REGIONS)
    progress.report(0.3)
    standing_out = regions.picture(saliency(regions))
    progress.report(0.5)
    found: list[FoundObject] = []
    taken = Mask.empty()
    for area in _subjects(small, standing_out):
        score = _score(small, standing_out, area)
        if score >= LEAST_SCORE:
            mask = carry_up(image, area.astype(np.uint8) * 255).minus(taken)
            taken = taken.union(mask)
            found.append(FoundObject(mask, "subject", score))
        progress.report(0.7)
    return sorted(found, key=lambda o: -o.score)[:MOST_SUBJECTS]


def _subjects(small: Array, standing_out: Floats) -> list[Area]:
    """Areas that stand out, settled by GrabCut, the most salient first."""
    level = cv2.threshold((standing_out * 255).astype(np.uint8), 0, 1, cv2.THRESH_OTSU)[0] / 255
    level = max(float(level), 0.1)
    front = standing_out > level
    if not front.any():
        return []
    trimap = np.full(front.shape, cv2.GC_BGD, np.uint8)
    reach = 2 * round(0.05 * max(front.shape)) + 1
    near = cv2.dilate(front.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    trimap[(near > 0) | (standing_out > 0.4 * level)] = cv2.GC_PR_BGD
    trimap[front] = cv2.GC_PR_FGD
    trimap[standing_out > min(0.95, 2.0 * level)] = cv2.GC_FGD
    settled = run_grabcut(small, trimap, 2).astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    opened = cv2.morphologyEx(settled, cv2.MORPH_OPEN, kernel)
    area = np.asarray(cv2.morphologyEx(opened, cv2.MORPH_CLOSE, kernel), np.uint8)
    _, parts, stats, _ = cv2.connectedComponentsWithStats(_without_pinholes(area), connectivity=4)
    share = stats[:, cv2.CC_STAT_AREA] / area.size
    weight = np.bincount(parts.ravel(), standing_out.ravel(), len(share))
    weight[0] = 0
    kept = [
        i
        for i in np.argsort(-weight)
        if LEAST_SHARE < share[i] < MOST_SHARE and weight[i] > 0.2 * weight.max()
    ]
    return [np.asarray(parts == i) for i in kept if i]


def _without_pinholes(area: Array) -> Array:
    """Gaps smaller than a speck belong to what surrounds them."""
    _, parts, stats, _ = cv2.connectedComponentsWithStats(1 - area, connectivity=4)
    tiny = stats[:, cv2.CC_STAT_AREA] < LEAST_SHARE * area.size
    tiny[0] = False
    return np.asarray(area | tiny[parts], np.uint8)


def _score(small: Array, standing_out: Floats, area: Area) -> float:
    """Certainty 0..1: salient, of another colour than its surroundings, and with an edge around it.

    The last two are measured against the picture itself, so that noise and gradients score nothing.
    """
    lab: Floats = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    inner = area.astype(np.uint8)
    reach = max(2, round(0.2 * float(np.sqrt(inner.sum()))))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    ring = (cv2.dilate(inner, kernel) > 0) & ~area
    outline = cv2.morphologyEx(inner, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    if not ring.any():
        return 0.0
    smooth = cv2.GaussianBlur(lab, (0, 0), 1.5)
    slope = np.sqrt(
        sum(cv2.Sobel(smooth, cv2.CV_32F, *d)[..., c] ** 2 for d in ((1, 0), (0, 1)) for c in range(3))
    )
    # Half a unit: below it a slope is rounding, not a picture.
    edge = float(slope[outline].mean()) / (float(np.median(slope)) + 0.5)
    apart = float(np.linalg.norm(lab[area].mean(axis=0) - lab[ring].mean(axis=0)))
    contrast = float(standing_out[area].mean() - standing_out[~area].mean())
    clear = float(np.clip((edge - 1.2) / 1.5, 0, 1))
    return math.sqrt(min(1.0, max(0.0, 1.4 * contrast))) * (1 - math.exp(-apart / 10)) * clear
