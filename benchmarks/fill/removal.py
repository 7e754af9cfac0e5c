"""Real removals: frames of fixed cameras with people and cars in them, and the true empty background.

A folder holds NAME.webp (the frame), NAME_bg.webp (the background) and NAME.png (0 ground, 1 object, 2 unsure
edge, 4 background unknown); NAME is SCENE_NUMBER.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.fill import methods
from benchmarks.fill.holes import Hole
from inpaint_studio.basics import StudioError

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.fill.results import Row

SIZE = "removal"
"""What stands for the size of these holes in the results."""
_END = "_bg.webp"
_OBJECT, _UNSURE = 1, 2
_SHADOW = 14
"""Levels by which frame and background differ, over five pixels, where an object's shadow lies."""
_GROWN = 2


def backgrounds(folder: Path, limit: int | None = None) -> tuple[Path, ...]:
    """The pictures of empty backgrounds; with a limit, that many, evenly spread. StudioError if none."""
    found = sorted(folder.glob(f"*{_END}"))
    if not found:
        raise StudioError(f"There is no background (NAME{_END}) in {folder}; name another folder.")
    if limit is None or limit >= len(found):
        return tuple(found)
    return tuple(found[len(found) * i // limit] for i in range(limit))


def scene_of(path: Path) -> str:
    """The scene of a background's path: SCENE of SCENE_NUMBER_bg.webp."""
    return path.name.removesuffix(_END).rpartition("_")[0]


def hole_of(background: NDArray[np.uint8], path: Path) -> Hole:
    """What removing the objects of a frame leaves: them, their unsure edges and shadows, grown by 2 px."""
    from PIL import Image

    stem = path.name.removesuffix(_END)
    with Image.open(path.with_name(f"{stem}.png")) as picture:
        labels = np.asarray(picture)
    with Image.open(path.with_name(f"{stem}.webp")) as picture:
        frame = np.asarray(picture.convert("RGB"))
    inside = ((labels == _OBJECT) | (labels == _UNSURE)).astype(np.uint8)
    both = (cv2.blur(x.astype(np.float32), (5, 5)) for x in (frame, background))
    differs = np.abs(np.subtract(*both)).max(axis=2) > _SHADOW
    _, parts = cv2.connectedComponents((differs | (inside > 0)).astype(np.uint8))
    touching = np.setdiff1d(np.unique(parts[inside > 0]), [0])
    whole = np.isin(parts, touching).astype(np.uint8)
    grown = cv2.dilate(whole, np.ones((2 * _GROWN + 1,) * 2, np.uint8)) > 0
    return Hole(SIZE, scene_of(path), grown)


def table(rows: list[Row], absent: dict[str, str]) -> str:
    """Mean feature distance by scene, and as a part of the yardstick's over what both filled; Markdown.

    Grain and edges, inside to around, are medians.
    """
    scenes = sorted({str(row["kind"]) for row in rows})
    names = list(dict.fromkeys(str(row["filler"]) for row in rows))
    good = {(r["photo"], r["filler"]): r for r in rows if "error" not in r}
    head = ["filler", *scenes, "all", f"to {methods.YARDSTICK}", "seam", "grain", "edges", "s"]
    lines = [f"| {' | '.join(head)} |", "|---" + "|---:" * (len(head) - 1) + "|"]
    for name in names:
        own = [row for (_, filler), row in good.items() if filler == name]
        by_scene = [_mean([r["features"] for r in own if r["kind"] == scene]) for scene in scenes]
        both = [
            (r, good[r["photo"], methods.YARDSTICK]) for r in own if (r["photo"], methods.YARDSTICK) in good
        ]
        theirs = _mean([b["features"] for _, b in both])
        ratio = _mean([a["features"] for a, _ in both]) / theirs if both else float("nan")
        cells = [f"{value:.3f}" for value in (*by_scene, _mean([r["features"] for r in own]), ratio)]
        cells.append(f"{_mean([r['seam'] for r in own]):.2f}")
        cells += [f"{np.nanmedian([r[name] for r in own]):.2f}" for name in ("grain", "edges")]
        cells.append(f"{_mean([r['seconds'] for r in own]):.2f}")
        lines.append(f"| {methods.title(name)} | {' | '.join(cells)} |")
    failed = [f"- {r['filler']} on {r['photo']}: {r['error']}" for r in rows if "error" in r]
    return "\n".join([*lines, *(f"- {name}: absent: {why}" for name, why in absent.items()), *failed]) + "\n"


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
