"""Soft edges and clean colours for a cutout.

Alpha: closed-form matting (Levin, Lischinski, Weiss, 2008), whose Laplacian applied to a vector is the
vector minus its guided filter (He, Sun, Tang, "Fast Matting Using Large Kernel Matting Laplacian
Matrices", 2010), solved by conjugate gradients from coarse to fine. Colours: multi-level foreground
estimation (Germer et al., 2020). Both work only on small tiles along the edge, so time follows the
length of the outline and not the area of the object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import NO_PROGRESS, Mask, Patch, Progress, StudioError, SubProgress
from inpaint_studio.basics.mask import Array, grow_box
from inpaint_studio.engines.contracts import Cut
from inpaint_studio.engines.guided import ColourGuide, Floats, box_mean, unit

TILE, RIM = 24, 2
"""Side of a tile, and how far it looks beyond its side: twice the radius of a matting window."""


class EdgeMatte:
    """Matte contract: works from the picture alone, without a network."""

    def refine(self, image: Array, mask: Mask, *, band: float = 0.0, progress: Progress = NO_PROGRESS) -> Cut:
        """Soft coverage and colours without the old background.

        `image` H×W×3 uint8; `band` is the half width in pixels of the strip along the edge that is
        worked out anew, 0 chooses it from the picture's size. Inside the strip's inner side coverage
        stays 255, outside its outer side 0. Raises StudioError for an empty mask.
        """
        height, width = image.shape[:2]
        mask = mask.clipped((0, 0, width, height))
        if not mask or not (mask.crop > 127).any():
            raise StudioError("There is nothing selected to cut out; select an object first.")
        band = float(np.clip(band or auto_band(width, height, mask.area), 1.0, 64.0))
        box = grow_box(mask.box, int(np.ceil(2 * band)) + 4, width, height)
        x, y, w, h = box
        crop = np.ascontiguousarray(image[y : y + h, x : x + w])
        trimap = make_trimap(mask.window(box), band)
        progress.report(0.1)
        if not (trimap == UNKNOWN).any():
            return _cut(trimap, crop, x, y)
        alpha = solve_alpha(crop, trimap, mask.window(box), band, SubProgress(progress, 0.1, 0.7))
        colours = clean_colours(crop, alpha, trimap == UNKNOWN, SubProgress(progress, 0.7, 1.0))
        return _cut(alpha, colours, x, y)


def _cut(alpha: Array, colours: Array, x: int, y: int) -> Cut:
    placed = Mask.place(alpha, x, y)
    left, top, w, h = placed.x - x, placed.y - y, placed.box[2], placed.box[3]
    return Cut(placed, Patch(placed.x, placed.y, colours[top : top + h, left : left + w].copy()))


UNKNOWN = 128


def auto_band(width: int, height: int, area: int) -> float:
    """Half width of the uncertain strip: 2.5 px for a 480 px photo, 12 px for 24 megapixels.

    Never more than a twentieth of the side of a square with the object's area in pixels, so that a
    small object keeps its shape.
    """
    wide = float(np.clip(2.5 * (max(width, height) / 480) ** 0.62, 2.0, 16.0))
    return min(wide, max(1.5, 0.05 * float(np.sqrt(area))))


def make_trimap(coverage: Array, band: float) -> Array:
    """0 outside, 255 inside, 128 where alpha is to be found, H×W uint8.

    Where the object (or a gap in it) is thinner than the band, its middle stays known.
    """
    inside = (coverage > 127).astype(np.uint8)
    known_in = _deep(inside, band)
    known_out = _deep(1 - inside, band) & (coverage < 255)
    out = np.full(coverage.shape, UNKNOWN, np.uint8)
    out[known_in], out[known_out] = 255, 0
    return out


def _deep(inside: Array, band: float) -> NDArray[np.bool_]:
    """Where a 0/1 area is deeper than the band, or deepest within a thin part."""
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    np.minimum(depth, np.float32(2 * band + 1), out=depth)
    side = 2 * int(np.ceil(band)) + 1
    deepest = cv2.dilate(depth, np.ones((side, side), np.uint8))
    return np.asarray((depth > np.minimum(np.float32(band), 0.75 * deepest)) & (depth > 1))


@dataclass(frozen=True, slots=True)
class Strip:
    """Tiles along the unknown pixels, packed into one picture so that OpenCV filters them together.

    `where` (rows × columns) holds the flat index in the crop of each packed pixel; `own` the packed
    positions of the unknown pixels; `slot` (rows × columns) each packed pixel's number among the
    unknown ones, or their count for a known pixel.
    """

    where: NDArray[np.intp]
    own: NDArray[np.intp]
    slot: NDArray[np.intp]
    width: int

    @classmethod
    def along(cls, unknown: NDArray[np.bool_]) -> Strip:
        height, width = unknown.shape
        rows, cols = -(-height // TILE), -(-width // TILE)
        padded = np.zeros((rows * TILE, cols * TILE), np.bool_)
        padded[:height, :width] = unknown
        ty, tx = np.nonzero(padded.reshape(rows, TILE, cols, TILE).any(axis=(1, 3)))
        across = max(1, int(np.sqrt(len(ty))))
        missing = -len(ty) % across
        empty = np.zeros(missing, np.bool_)
        real = np.concatenate((np.ones(len(ty), np.bool_), empty))
        ty, tx = (np.concatenate((t, np.repeat(t[:1], missing))) for t in (ty, tx))
        reach = np.arange(-RIM, TILE + RIM)
        ys, xs = ty[:, None] * TILE + reach, tx[:, None] * TILE + reach
        core = (reach >= 0) & (reach < TILE)
        mine = (core & (ys < height) & real[:, None])[:, :, None] & (core & (xs < width))[:, None, :]
        ys, xs = np.clip(ys, 0, height - 1), np.clip(xs, 0, width - 1)
        where = _pack(ys[:, :, None] * width + xs[:, None, :], across)
        wanted = unknown.ravel()[where]
        own = np.flatnonzero(_pack(mine, across) & wanted)
        numbers = np.zeros(height * width, np.int32)
        numbers[where.ravel()[own]] = np.arange(len(own))
        slot = np.where(wanted, numbers[where], len(own))
        return cls(where, own, slot, width)

    def take(self, picture: NDArray[Any]) -> NDArray[Any]:
        """The packed pixels of an H×W or H×W×C picture of the crop's size."""
        return np.take(picture.reshape(-1, *picture.shape[2:]), self.where, axis=0)

    def sample(self, picture: Floats, shape: tuple[int, int]) -> Floats:
        """The packed pixels of a smaller picture enlarged to the crop's shape."""
        fy, fx = picture.shape[0] / shape[0], picture.shape[1] / shape[1]
        ys, xs = np.divmod(self.where, self.width)
        map_x = ((xs + 0.5) * fx - 0.5).astype(np.float32)
        map_y = ((ys + 0.5) * fy - 0.5).astype(np.float32)
        out: Floats = cv2.remap(picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return out

    def pixels(self) -> NDArray[np.intp]:
        """Flat index in the crop of each unknown pixel."""
        return self.where.ravel()[self.own]


def _pack(tiles: NDArray[Any], across: int) -> NDArray[Any]:
    n, h, w = tiles.shape
    return tiles.reshape(n // across, across, h, w).swapaxes(1, 2).reshape(n // across * h, across * w)


def _halved(picture: Array) -> Array:
    h, w = picture.shape[:2]
    size = (max(1, (w + 1) // 2), max(1, (h + 1) // 2))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def solve_alpha(image: Array, trimap: Array, coverage: Array, band: float, progress: Progress) -> Array:
    """Alpha 0..255, H×W uint8; known pixels of the trimap stay exactly as they are."""
    levels = [(image, trimap, coverage)]
    while band / 2 ** (len(levels) - 1) > 4 and min(levels[-1][1].shape) > 48:
        image, trimap, coverage = (_halved(p) for p in levels[-1])
        levels.append(
            (image, np.where((trimap == 0) | (trimap == 255), trimap, UNKNOWN).astype(np.uint8), coverage)
        )
    start: Array | None = None
    for number, level in enumerate(reversed(levels)):
        start = _solve_level(*level, band / 2 ** (len(levels) - 1 - number), start, progress)
        progress.report((number + 1) / len(levels))
    assert start is not None
    return start


def _solve_level(
    image: Array, trimap: Array, coverage: Array, band: float, start: Array | None, progress: Progress
) -> Array:
    if not (trimap == UNKNOWN).any():
        return trimap
    strip = Strip.along(trimap == UNKNOWN)
    colours = unit(np.asarray(strip.take(image), np.uint8))
    guess, weight = _colour_guess(image, trimap, coverage, band, strip, colours)
    known = np.asarray(strip.take(trimap), np.float32) / 255
    first = guess if start is None else strip.sample(start.astype(np.float32) / 255, trimap.shape)
    known = np.where(strip.slot < len(strip.own), first, known)
    guide = ColourGuide(colours, RIM // 2, 1e-5)
    solution = _conjugate_gradients(guide, strip, known, guess, weight, 60 if start is None else 20, progress)
    out = trimap.copy()
    # The solver's last percents are noise; a cutout that is 99 % opaque inside would show it.
    stretched = np.clip((solution - 0.01) / 0.98, 0, 1)
    out.ravel()[strip.pixels()] = np.asarray(stretched * 255 + 0.5).astype(np.uint8)
    return out


def _conjugate_gradients(
    guide: ColourGuide, strip: Strip, x: Floats, guess: Floats, weight: Floats, steps: int, progress: Progress
) -> Floats:
    """Solves (L + weight) α = weight · guess for the unknown pixels, L the matting Laplacian."""
    own, slot = strip.own, strip.slot
    pull = weight.ravel()[own]
    solution = x.ravel()[own].copy()
    residual = pull * (guess.ravel()[own] - solution) - (x - guide.filter(x)).ravel()[own]
    direction, energy = residual.copy(), float(residual @ residual)
    enough = max(1e-7 * len(own), 1e-12)
    for step in range(steps):
        if energy <= enough:
            break
        packed = np.append(direction, np.float32(0))[slot]
        image = (packed - guide.filter(packed)).ravel()[own] + pull * direction
        curvature = float(direction @ image)
        if curvature <= 0:
            break
        length = np.float32(energy / curvature)
        solution += length * direction
        residual -= length * image
        before, energy = energy, float(residual @ residual)
        direction = residual + np.float32(energy / before) * direction
        progress.report(min(0.9, step / steps))
    return np.asarray(np.clip(solution, 0, 1), np.float32)


def _colour_guess(
    image: Array, trimap: Array, coverage: Array, band: float, strip: Strip, colours: Floats
) -> tuple[Floats, Floats]:
    """What local colours alone say about alpha, and how far to trust it; both packed float32.

    Where object and background look alike, the guess is the mask's own edge.
    """
    scale = min(1.0, 3 / band)
    size = tuple(max(1, round(s * scale)) for s in trimap.shape[::-1])
    small = unit(np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8))
    parts = [
        _local_colour(small, cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA))
        for known in (trimap == 255, trimap == 0)
    ]
    (fore, spread_f), (back, spread_b) = (
        (strip.sample(mean, trimap.shape), strip.sample(spread, trimap.shape)) for mean, spread in parts
    )
    across = fore - back
    distance = np.einsum("hwc,hwc->hw", across, across)
    from_colour = np.einsum("hwc,hwc->hw", colours - back, across) / (distance + 1e-6)
    trust = (distance / (distance + 2 * (spread_f + spread_b) + 4e-3)) ** 2
    mask = np.asarray(strip.take(cv2.GaussianBlur(coverage, (0, 0), 0.7)), np.float32) / 255
    guess = trust * np.clip(from_colour, 0, 1) + (1 - trust) * mask
    alike = (0.002 / (distance + 0.002)) ** 2
    return guess, np.asarray(0.0015 + 0.0075 * trust + 1.0 * alike, np.float32)


def _local_colour(image: Floats, known: Floats) -> tuple[Floats, Floats]:
    """Mean colour of the known pixels around each pixel, and their variance summed over channels."""
    weighted = np.dstack((image * known[..., None], (image * image).sum(axis=2) * known, known))
    near = (
        box_mean(box_mean(weighted, 4), 4) + 1e-3 * box_mean(weighted, 16) + 1e-6 * weighted.mean(axis=(0, 1))
    )
    near /= near[..., 4:] + np.float32(1e-12)
    mean = np.ascontiguousarray(near[..., :3], np.float32)
    variance = np.maximum(near[..., 3] - (mean * mean).sum(axis=2), 0)
    return mean, np.asarray(variance, np.float32)


def clean_colours(image: Array, alpha: Array, unknown: NDArray[np.bool_], progress: Progress) -> Array:
    """Foreground colours for H×W×3 uint8; other than `unknown` pixels keep the picture's."""
    levels = [(image, alpha, unknown.astype(np.uint8) * 255)]
    while max(levels[-1][1].shape) > 2:
        level_image, level_alpha, level_unknown = levels[-1]
        levels.append((_halved(level_image), _halved(level_alpha), _halved(level_unknown)))
    fore = back = levels[-1][0].astype(np.float32) / 255
    for number, level in enumerate(reversed(levels[1:])):
        fore, back = _colour_level(*level, fore, back)
        progress.report((number + 1) / len(levels))
    strip = Strip.along(unknown)
    packed = np.asarray(strip.take(image), np.float32) / 255
    packed_alpha = np.asarray(strip.take(alpha), np.float32) / 255
    first, second = (strip.sample(p, alpha.shape) for p in (fore, back))
    found, _ = _estimate(packed, packed_alpha, first, second, RIM)
    out = image.copy()
    values = np.clip(found.reshape(-1, 3)[strip.own] * 255 + 0.5, 0, 255).astype(np.uint8)
    out.reshape(-1, 3)[strip.pixels()] = values
    return out


def _colour_level(
    image: Array, alpha: Array, unknown: Array, fore: Floats, back: Floats
) -> tuple[Floats, Floats]:
    """Colours of a coarser level, grown from those of the next coarser one."""
    size = (alpha.shape[1], alpha.shape[0])
    fore, back = (cv2.resize(p, size, interpolation=cv2.INTER_LINEAR) for p in (fore, back))
    if alpha.size <= 16384:
        steps = 10 if alpha.size <= 1024 else 4
        return _estimate(image.astype(np.float32) / 255, alpha.astype(np.float32) / 255, fore, back, steps)
    strip = Strip.along(unknown > 0)
    packed, packed_alpha = (np.asarray(strip.take(p), np.float32) / 255 for p in (image, alpha))
    # Two steps only: each makes one more pixel of a tile's rim stale.
    found = _estimate(packed, packed_alpha, strip.take(fore), strip.take(back), RIM)
    for picture, values in zip((fore, back), found, strict=True):
        picture.reshape(-1, 3)[strip.pixels()] = values.reshape(-1, 3)[strip.own]
    return fore, back


SIDES = ((0, 1), (2, 1), (1, 0), (1, 2))
"""Row and column of a pixel's four neighbours in a picture with a rim of one pixel."""


def _estimate(image: Floats, alpha: Floats, fore: Floats, back: Floats, steps: int) -> tuple[Floats, Floats]:
    """Jacobi steps of the smooth foreground and background that explain the picture."""
    near = cv2.copyMakeBorder(alpha, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    h, w = alpha.shape
    weights = [1e-5 + np.abs(near[y : y + h, x : x + w] - alpha) for y, x in SIDES]
    total = np.sum(weights, axis=0)
    rest = 1 - alpha
    scale = 1 / (total * (total + alpha * alpha + rest * rest))
    for _ in range(steps):
        f_sum, b_sum = (_neighbours(p, weights) for p in (fore, back))
        left = total[..., None] * image - alpha[..., None] * f_sum - rest[..., None] * b_sum
        fore = np.clip(f_sum / total[..., None] + (alpha * scale)[..., None] * left, 0, 1)
        back = np.clip(b_sum / total[..., None] + (rest * scale)[..., None] * left, 0, 1)
    return fore, back


def _neighbours(picture: Floats, weights: list[Floats]) -> Floats:
    h, w = picture.shape[:2]
    wide = cv2.copyMakeBorder(picture, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    total = np.zeros_like(picture)
    for (y, x), weight in zip(SIDES, weights, strict=True):
        total += wide[y : y + h, x : x + w] * weight[..., None]
    return total
