"""How much better spoiled photos look after enhancing: `python -m benchmarks.enhance --photos DIR`.

The middle of each photo is spoiled in five ways, each drawn from the seed, the photo's name and the way. Each
method gets the spoiled picture alone. Measured against the true one: PSNR over all pixels, and the feature
distance of `benchmarks.fill.features` (EfficientNet-Lite0; less is better) over the whole picture. What was
measured before is not measured again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import cv2
import numpy as np

from benchmarks.fill import measures
from benchmarks.fill.quality import pictures, read
from benchmarks.fill.results import Results
from inpaint_studio.basics import StudioError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.fill.features import FeatureDistance
    from benchmarks.fill.results import Row
    from inpaint_studio.basics.mask import Array

SEED = 20261122
VERSION = 1
"""Changes when ways of spoiling, measures or a peer's settings change, so that old results stay apart."""
SIDE = 512
KEY = ("photo", "kind", "spoiled", "method", "version")
_KEPT = Path("runs/enhance/results.jsonl")
_LARGEST_PSNR = 100.0
_OURS = "ours"


# Ways of spoiling: H×W×3 uint8 → the same shape


def add_noise(image: Array, rng: np.random.Generator) -> Array:
    """Gaussian noise of a deviation of 8 to 28 levels, half of it in all colours alike, as sensors have."""
    deviation = rng.uniform(8, 28) * np.sqrt(0.5)
    alike = rng.normal(0, deviation, (*image.shape[:2], 1))
    return _levels(image + alike + rng.normal(0, deviation, image.shape))


def as_jpeg(image: Array, rng: np.random.Generator) -> Array:
    """Written as a JPEG of quality 10 to 35 and read again."""
    quality = int(rng.integers(10, 36))
    _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    read_again = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(read_again[..., ::-1])


def blurred(image: Array, rng: np.random.Generator) -> Array:
    """A Gaussian blur of a deviation of 0.8 to 2.2 pixels."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.8, 2.2)), np.uint8)


def made_small(image: Array, rng: np.random.Generator) -> Array:
    """Shrunk by area to a half or a third of its sides and enlarged again, cubic."""
    height, width = image.shape[:2]
    scale = rng.uniform(2, 3)
    size = max(1, round(width / scale)), max(1, round(height / scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def all_at_once(image: Array, rng: np.random.Generator) -> Array:
    """A little blurred, then noisy, then a JPEG: a photo taken in the dark and sent through a messenger."""
    soft = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 1.2)), np.uint8)
    noisy = _levels(soft + rng.normal(0, rng.uniform(4, 14), image.shape))
    return as_jpeg(noisy, rng)


def _levels(values: Any) -> Array:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


KINDS: dict[str, Callable[[Array, np.random.Generator], Array]] = {
    "noise": add_noise, "jpeg": as_jpeg, "blur": blurred, "small": made_small, "all": all_at_once,
}  # fmt: skip


def spoil(photo: Array, kind: str, name: str, seed: int = SEED) -> Array:
    """A photo spoiled in one of the ways of `KINDS`, the same for the same seed and photo's name."""
    return KINDS[kind](photo, np.random.default_rng((seed, crc32(name.encode()), crc32(kind.encode()))))


def middle(photo: Array, side: int) -> Array:
    """The middle of a photo, at most `side` pixels a side."""
    height, width = photo.shape[:2]
    h, w = min(side, height), min(side, width)
    top, left = (height - h) // 2, (width - w) // 2
    return np.ascontiguousarray(photo[top : top + h, left : left + w])


# Methods


def _nlmeans(strength: float) -> Callable[[Array], Array]:
    def clean(image: Array) -> Array:
        # The other settings are OpenCV's own.
        made = cv2.fastNlMeansDenoisingColored(image[..., ::-1].copy(), None, strength, strength)
        return np.ascontiguousarray(made[..., ::-1], np.uint8)

    return clean


def _enhance(image: Array) -> Array:
    from inpaint_studio.studio.enhance import enhance_pixels

    return enhance_pixels(image)


METHODS: dict[str, tuple[str, Callable[[Array], Array]]] = {
    "spoiled": ("as spoiled", lambda image: image),
    "nlmeans-3": ("OpenCV fastNlMeans, h 3 (its default)", _nlmeans(3)),
    "nlmeans-6": ("OpenCV fastNlMeans, h 6", _nlmeans(6)),
    "nlmeans-10": ("OpenCV fastNlMeans, h 10", _nlmeans(10)),
    _OURS: ("ours: enhance", _enhance),
}


def version(method: str) -> str:
    """Changes when a method may give another result; StudioError if ours is not installed."""
    if method != _OURS:
        return f"{VERSION}/{cv2.__version__}"
    from inpaint_studio.engines.networks.card import read_card

    return f"{VERSION}/{read_card('enhance').graphs['restore'].sha256[:12]}"


# The run


class Run:
    """Measures the methods on the photos; writes each result at once, so it can be stopped at any time."""

    def __init__(
        self, photos: tuple[Path, ...], methods: list[str], results: Results, *,
        seed: int = SEED, side: int = SIDE, judge: FeatureDistance | None = None,
        say: Callable[[str], None] = print,
    ) -> None:  # fmt: skip
        self._photos, self._results, self._seed, self._side = photos, results, seed, side
        self._judge, self._say = judge, say
        self.absent: dict[str, str] = {}
        self._versions: dict[str, str] = {}
        for method in methods:
            try:
                self._versions[method] = version(method)
            except StudioError as error:
                self.absent[method] = str(error)

    def rows(self) -> list[Row]:
        """All results, old and new."""
        found: list[Row] = []
        for number, path in enumerate(self._photos, 1):
            truth = middle(read(path), self._side)
            for kind in KINDS:
                found += self._of(path.name, kind, truth)
            self._say(f"{number} of {len(self._photos)} photos")
        return found

    def _of(self, name: str, kind: str, truth: Array) -> Iterator[Row]:
        spoiled = spoil(truth, kind, name, self._seed)
        for method, made_by in self._versions.items():
            row: Row = {
                "photo": name, "kind": kind, "method": method, "version": made_by,
                "spoiled": crc32(spoiled.tobytes(), crc32(truth.tobytes())),
            }  # fmt: skip
            done = self._results.find(row)
            if done is None:
                done = row | self._measured(method, spoiled, truth)
                self._results.add(done)
            yield done

    def _measured(self, method: str, spoiled: Array, truth: Array) -> Row:
        start = time.perf_counter()
        made = METHODS[method][1](spoiled)
        seconds = time.perf_counter() - start
        if self._judge is None:
            from benchmarks.fill.features import FeatureDistance

            self._judge = FeatureDistance()
        everywhere = np.ones(truth.shape[:2], np.bool_)
        true, own = self._judge.features(truth), self._judge.features(made)
        return {
            "psnr": min(_LARGEST_PSNR, measures.psnr(truth, made, everywhere)),
            "features": self._judge.distance(true, own, everywhere)[0],
            "seconds": seconds,
        }


# The table


def means(rows: list[Row]) -> dict[str, dict[str, dict[str, float]]]:
    """Mean PSNR, feature distance and seconds by method and kind; the kind "mean" is that of all kinds."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for method in dict.fromkeys(row["method"] for row in rows):
        mine = [row for row in rows if row["method"] == method]
        kinds = {
            kind: {m: float(np.mean([r[m] for r in mine if r["kind"] == kind])) for m in _MEASURES}
            for kind in dict.fromkeys(row["kind"] for row in mine)
        }
        every = {m: float(np.mean([values[m] for values in kinds.values()])) for m in _MEASURES}
        found[method] = kinds | {"mean": every}
    return found


_MEASURES = ("psnr", "features", "seconds")


def table(found: dict[str, dict[str, dict[str, float]]], absent: dict[str, str]) -> str:
    """PSNR (dB, more is better) and feature distance (less is better) as one Markdown table."""
    columns = ["mean", *KINDS]
    lines = [
        "| method | " + " | ".join(f"PSNR {c}" for c in columns) + " | "
        + " | ".join(f"features {c}" for c in columns) + " | s |",
        "|---" + "|---:" * (2 * len(columns) + 1) + "|",
    ]  # fmt: skip
    for method, kinds in found.items():
        cells = [f"{kinds[c]['psnr']:.2f}" for c in columns] + [
            f"{kinds[c]['features']:.3f}" for c in columns
        ]
        lines.append(f"| {METHODS[method][0]} | {' | '.join(cells)} | {kinds['mean']['seconds']:.2f} |")
    lines += [f"\n- {METHODS[method][0]}: absent. {why}" for method, why in absent.items()]
    return "\n".join(lines) + "\n"


def asked(found: dict[str, dict[str, dict[str, float]]]) -> list[tuple[str, float, float, bool]]:
    """What is asked of ours, means of all kinds: words, measured, best of the others, whether it is met."""
    others = [kinds["mean"] for method, kinds in found.items() if method != _OURS]
    if _OURS not in found or not others:
        return []
    mine = found[_OURS]["mean"]
    psnr, features = max(o["psnr"] for o in others), min(o["features"] for o in others)
    return [
        ("PSNR, more than all others", mine["psnr"], psnr, mine["psnr"] > psnr),
        ("feature distance, less than all others", mine["features"], features, mine["features"] < features),
    ]


def verdicts(lines: list[tuple[str, float, float, bool]]) -> str:
    out = ["| asked of ours | best of the others | measured | |", "|---|---:|---:|---|"]
    out += [
        f"| {words} | {best:.3f} | {own:.3f} | {'ok' if met else 'MISSED'} |"
        for words, own, best, met in lines
    ]
    return "\n".join(out) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.enhance", description=__doc__)
    parser.add_argument("--photos", type=Path, required=True, metavar="DIR")
    parser.add_argument("--limit", type=int, metavar="N", help="only so many photos, evenly spread")
    parser.add_argument("--side", type=int, default=SIDE, help="of the part measured (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, help="of the spoiling (default: %(default)s)")
    parser.add_argument("--methods", metavar="A,B", help=f"default: all; there are {', '.join(METHODS)}")
    parser.add_argument(
        "--results", type=Path, default=_KEPT, help="kept between runs (default: %(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="F", help="write the numbers there, too")
    return parser


def _methods(text: str | None) -> list[str]:
    names = [name.strip() for name in text.split(",")] if text else list(METHODS)
    unknown = [name for name in names if name not in METHODS]
    if unknown:
        raise StudioError(f"There is no method “{unknown[0]}”; choose from: {', '.join(METHODS)}.")
    return names


def main(arguments: list[str] | None = None) -> int:
    """Runs the benchmark. Returns 0, or 1 with a sentence on stderr."""
    chosen = _parser().parse_args(arguments)
    try:
        methods = _methods(chosen.methods)
        photos = pictures(chosen.photos, chosen.limit)
        print(f"{len(photos)} photos, {os.cpu_count()} cores, seed {chosen.seed}\n")
        run = Run(
            photos, methods, Results(chosen.results, KEY), seed=chosen.seed, side=chosen.side,
            say=lambda text: print(text, file=sys.stderr, flush=True),
        )  # fmt: skip
        rows = run.rows()
    except StudioError as error:
        print(error, file=sys.stderr)
        return 1
    found = means(rows)
    lines = asked(found)
    print(table(found, run.absent))
    if lines:
        print(verdicts(lines))
    if chosen.json:
        numbers = {"seed": chosen.seed, "side": chosen.side, "means": found, "asked": lines, "rows": rows}
        chosen.json.write_text(
            json.dumps(numbers | {"absent": run.absent, "cores": os.cpu_count()}, indent=1)
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
