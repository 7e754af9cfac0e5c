"""How well Match undoes a known change: `python -m benchmarks.match DATA [--photos 40]`.

DATA is as for `benchmarks.subject`: each photo shows one thing. The photo is changed as a whole by a known
gain of light and of each channel, contrast, blur and grain, and is the new place. The thing is lifted from
the photo as it was and put into the changed one, which lacks it, where it was ("same") or aside of it by half
its width, where other things lie around it ("aside"). Truth is the thing in the changed photo.

Errors of mean and spread are mean differences over the channels within the thing, in levels of 255, before
and after; blur is that of its edges after, beside the truth's, over the photos whose blur was changed.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.subject import photos
from inpaint_studio.basics import Mask
from inpaint_studio.document import Document, Photo
from inpaint_studio.engines.matching import blur_of
from inpaint_studio.studio import lift, match

if TYPE_CHECKING:
    from inpaint_studio.basics.mask import Array

_LARGEST = 900
"""Longer side that photos are reduced to."""


@dataclass(frozen=True, slots=True)
class Known:
    """A known change of a photo."""

    gains: tuple[float, float, float]
    contrast: float
    blur: float
    grain: float

    def __call__(self, pixels: Array, seed: int) -> Array:
        out = pixels.astype(np.float32) / 255
        out = (out * np.float32(self.gains) - 0.5) * self.contrast + 0.5
        if self.blur:
            out = cv2.GaussianBlur(out, (0, 0), self.blur)
        noise = np.random.default_rng(seed).normal(0, self.grain, out.shape)
        return np.clip((out + noise) * 255 + 0.5, 0, 255).astype(np.uint8)


def known(seed: int) -> Known:
    """One of all changes; every other photo is blurred."""
    rng = np.random.default_rng(seed)
    light = rng.uniform(0.65, 1.1)
    gains = light * rng.uniform(0.85, 1.15, 3)
    blur = float(rng.uniform(0.8, 2.5)) if seed % 2 else 0.0
    return Known(tuple(gains.tolist()), float(rng.uniform(0.7, 1.1)), blur, float(rng.uniform(0.0, 0.03)))


def _placed(changed: Array, pixels: Array, thing: Mask, aside: int) -> tuple[Document, str]:
    """The changed photo, transparent where the thing was, and over it the thing of the other, moved aside."""
    place = np.dstack([changed, 255 - thing.full(changed.shape[:2])])
    document, other = Document(Photo(place, "place.png")), Document(Photo(pixels, "thing.png"))
    cutout = other.layer(lift.lift(other, thing, "thing"))
    moved = replace(cutout, transform=replace(cutout.transform, dx=float(aside)), lifted_from=None)
    document.apply("Put", document.state.with_tree(document.tree.above(None, moved)))
    return document, moved.id


def _errors(made: Array, truth: Array, inside: Array) -> tuple[float, float]:
    a, b = (pixels[inside].astype(np.float64) for pixels in (made, truth))
    mean = np.abs(a.mean(axis=0) - b.mean(axis=0)).mean()
    return float(mean), float(np.abs(a.std(axis=0) - b.std(axis=0)).mean())


def measure(pixels: Array, inside: Array, seed: int, *, aside: bool) -> dict[str, float]:
    """Errors before and after, and the blur after and of the truth, of one photo."""
    change = known(seed)
    truth = change(pixels, seed)
    thing = Mask.place(np.where(inside, 255, 0).astype(np.uint8))
    document, layer_id = _placed(truth, pixels, thing, thing.box[2] // 2 if aside else 0)
    match.match(document, layer_id, 1.0)
    colours = document.layer(layer_id).colours
    assert colours is not None
    made = pixels.copy()
    x, y, w, h = colours.box
    made[y : y + h, x : x + w] = colours.crop
    before, after = _errors(pixels, truth, inside), _errors(made, truth, inside)
    out = {"mean before": before[0], "spread before": before[1], "mean": after[0], "spread": after[1]}
    if change.blur:
        out["blur"], out["true blur"] = (
            blur_of(each.astype(np.float32) / np.float32(255), inside) for each in (made, truth)
        )
    return out


def _mean(results: list[dict[str, float]], name: str) -> float:
    return float(np.mean([each[name] for each in results if name in each]))


def summary(results: list[dict[str, float]]) -> dict[str, float]:
    """Means over photos; the median of how far the blur is from the true one, as a share of that."""
    out = {
        name: round(_mean(results, name), 2) for name in ("mean before", "mean", "spread before", "spread")
    }
    blurs = [each for each in results if each.get("true blur", 0) > 0]
    apart = [abs(each["blur"] / each["true blur"] - 1) for each in blurs]
    before, after = (
        sum(_mean(results, f"{name}{end}") for name in ("mean", "spread")) for end in (" before", "")
    )
    return out | {
        "error after / before": round(after / before, 3),
        "blur off": round(float(np.median(apart)), 3) if apart else 0.0,
        "photos": len(results),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--photos", type=int, default=40)
    chosen = parser.parse_args()
    results: dict[str, list[dict[str, float]]] = {"same": [], "aside": []}
    for seed, (pixels, thing, _) in enumerate(photos(chosen.data, chosen.photos)):
        scale = min(1.0, _LARGEST / max(pixels.shape[:2]))
        size = round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        inside = cv2.resize(thing.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
        for name, made in results.items():
            made.append(measure(small, inside, seed, aside=name == "aside"))
    print(json.dumps({name: summary(made) for name, made in results.items()}, indent=2))


if __name__ == "__main__":
    main()
