"""How near a soft edge comes to the true one on composites, against the mask and the mask feathered."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import product
from typing import TYPE_CHECKING, Any
from zlib import crc32

import cv2
import numpy as np
from PIL import Image

from benchmarks.select.composites import KINDS, Composite, Floats, composite
from benchmarks.select.objects import read_photo, spread
from inpaint_studio.basics import Mask, StudioError
from inpaint_studio.engines import registry

if TYPE_CHECKING:
    from pathlib import Path

    from inpaint_studio.basics.mask import Array

RADII = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0)
"""Sigmas in pixels that a mask is feathered with; for each composite the one with the least SAD is kept."""
PLAIN, FEATHER = "mask", "feather"
SIGMA = 1.4
ASKED = 0.6
"""SAD of our matte to that of the feathered mask, at most."""


def sad(alpha: Floats, true: Floats) -> float:
    """Sum of absolute differences of two H×W alphas 0..1 over the picture, divided by the number of pixels
    whose true alpha lies strictly between 0 and 1, so that a long edge counts no more than a short one."""
    return float(np.abs(alpha - true).sum(dtype=np.float64)) / _soft_pixels(true)


def gradient_error(alpha: Floats, true: Floats) -> float:
    """Rhemann et al. 2009, "A Perceptually Motivated Online Benchmark for Image Matting", with q = 2.

    The sum over the picture of the squared difference of the gradients' magnitudes, these from first-order
    Gaussian derivative filters of sigma 1.4 and unit L2 norm; divided by the soft pixels as in `sad`.
    """
    return float(((_gradient(alpha) - _gradient(true)) ** 2).sum(dtype=np.float64)) / _soft_pixels(true)


def _soft_pixels(true: Floats) -> int:
    return max(1, int(((true > 0) & (true < 1)).sum()))


def _gradient(alpha: Floats) -> Floats:
    reach = np.arange(-5, 6, dtype=np.float64)
    bell = np.exp(-(reach**2) / (2 * SIGMA**2))
    slope = -reach * bell
    slope /= np.sqrt((bell**2).sum() * (slope**2).sum())
    wide = cv2.sepFilter2D(alpha, cv2.CV_32F, slope, bell, borderType=cv2.BORDER_REPLICATE)
    high = cv2.sepFilter2D(alpha, cv2.CV_32F, bell, slope, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.magnitude(wide, high), np.float32)


def colour_error(colours: Array, case: Composite) -> float:
    """Mean absolute difference, 0..255, of an object's colours over its soft pixels, weighted by coverage."""
    weight = np.where(case.alpha < 1, case.alpha, 0)
    far = np.abs(colours.astype(np.float32) - case.fore).mean(axis=2)
    return float((far * weight).sum(dtype=np.float64) / max(1e-6, float(weight.sum(dtype=np.float64))))


def rows(
    folder: Path, seed: int, limit: int | None, sheets: Path | None, say: Callable[[str], None]
) -> list[dict[str, Any]]:
    """A row for each composite: on every photo of the folder one with each kind of edge.

    With `limit` on so many of the photos, evenly spread.

    Each way has `sad`, `gradient` and `colour`; the feather its `sigma`, our mattes their `seconds`. Raises
    StudioError if the folder has fewer than two photos.
    """
    photos = sorted(folder.glob("*.webp")) if folder.is_dir() else []
    if len(photos) < 2:
        raise StudioError(f"There are no photos (WebP) in {folder}; name the data with --data.")
    found = []
    numbers = spread(range(len(photos)), limit)
    for number, kind in product(numbers, KINDS):
        back, other = (read_photo(photos[n % len(photos)]) for n in (number, number + len(photos) // 2))
        name = f"{photos[number].stem}-{kind}"
        case = composite(kind, back, other, crc32(f"{seed} {name}".encode()))
        ways, alphas = measured(case)
        found.append({"photo": photos[number].name, "kind": kind, "of": len(photos), "ways": ways})
        if sheets is not None:
            _sheet(sheets / f"matte-{name}.webp", case, ways, alphas)
        say(f"{len(found)} of {len(numbers) * len(KINDS)} composites")
    return found


def measured(case: Composite) -> tuple[dict[str, dict[str, float]], dict[str, Floats]]:
    """The measures of each way on one composite, and its alphas."""
    mask = case.mask.astype(np.float32)
    feathered = {sigma: np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma), np.float32) for sigma in RADII}
    best = min(RADII, key=lambda sigma: sad(feathered[sigma], case.alpha))
    alphas: dict[str, Floats] = {PLAIN: mask, FEATHER: feathered[best]}
    ways = {name: _measures(alpha, case.picture, case) for name, alpha in alphas.items()}
    ways[FEATHER]["sigma"] = best
    for engine in registry.engines("matte"):
        start = time.perf_counter()
        cut = registry.load(engine.id, "matte").refine(
            case.picture, Mask.place(case.mask.astype(np.uint8) * np.uint8(255))
        )
        seconds = time.perf_counter() - start
        alpha = cut.alpha.full((mask.shape[0], mask.shape[1])).astype(np.float32) / 255
        colours = case.picture.copy()
        x, y, w, h = cut.colours.box
        colours[y : y + h, x : x + w] = cut.colours.crop
        alphas[engine.id] = alpha
        ways[engine.id] = {**_measures(alpha, colours, case), "seconds": round(seconds, 4)}
    return ways, alphas


def _measures(alpha: Floats, colours: Array, case: Composite) -> dict[str, float]:
    return {
        "sad": round(sad(alpha, case.alpha), 5),
        "gradient": round(gradient_error(alpha, case.alpha), 5),
        "colour": round(colour_error(colours, case), 3),
    }


def table(found: list[dict[str, Any]]) -> str:
    """Means over composites as a Markdown table, for all and for each kind, and the ratio that was asked."""
    photos = len({row["photo"] for row in found})
    part = "all" if photos == found[0]["of"] else f"every k-th of {found[0]['of']}:"
    out = [f"**Composites with known soft alpha** over photos, {part} {photos}, {len(found)} in all", ""]
    out += [
        "| edge | way | SAD | to feather | gradient | colour | composites |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    verdicts = []
    for kind in ("all", *KINDS):
        some = [row["ways"] for row in found if kind in ("all", row["kind"])]
        if not some:
            continue
        mean = {
            w: {m: float(np.mean([s[w][m] for s in some])) for m in ("sad", "gradient", "colour")}
            for w in some[0]
        }
        for way, values in mean.items():
            ratio = values["sad"] / max(1e-9, mean[FEATHER]["sad"])
            out.append(
                f"| {kind} | {way} | {values['sad']:.4f} | {ratio:.2f} | {values['gradient']:.4f} "
                f"| {values['colour']:.1f} | {len(some)} |"
            )
            if kind == "all" and way not in (PLAIN, FEATHER):
                verdicts.append(
                    f"{way}: SAD to the best feather's: {ratio:.2f}, asked at most {ASKED}: "
                    f"{'ok' if ratio <= ASKED else 'MISSED'}"
                )
    return "\n".join([*out, "", *verdicts]) + "\n"


def _sheet(path: Path, case: Composite, ways: dict[str, dict[str, float]], alphas: dict[str, Floats]) -> None:
    """The composite, the true alpha and each way's beside each other, their numbers in the picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [case.picture, np.dstack([np.asarray(case.alpha * 255, np.uint8)] * 3)]
    for name, alpha in alphas.items():
        grey = np.dstack([np.asarray(alpha * 255, np.uint8)] * 3)
        words = f"{name} SAD {ways[name]['sad']:.3f}"
        cv2.putText(grey, words, (8, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (255, 200, 0), 2, cv2.LINE_AA)
        cells.append(grey)
    Image.fromarray(np.hstack(cells)).save(path, quality=85)
