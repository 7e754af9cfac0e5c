"""Picture sheets: a photo's holes down, the methods across, to see what numbers do not say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.fill import methods
from benchmarks.fill.quality import Plan, hidden, picture_of

if TYPE_CHECKING:
    from benchmarks.fill.results import Row

_CELL = 340
_LINE = 18


def write(folder: Path, plan: Plan, rows: list[Row]) -> list[Path]:
    """A sheet for each photo of the plan, from the pictures that the run has kept."""
    assert plan.fills is not None
    written = []
    for path in plan.photos:
        mine = [row for row in rows if row["photo"] == path.name]
        target = folder / f"{path.stem}.webp"
        _sheet(path, plan, mine).save(target, quality=88)
        written.append(target)
    return written


def _sheet(path: Path, plan: Plan, rows: list[Row]) -> Image.Image:
    photo, holes = plan.case(path)
    height, width = photo.shape[:2]
    scale = _CELL / max(height, width)
    cell = (round(width * scale), round(height * scale))
    names = list(dict.fromkeys(str(row["filler"]) for row in rows))
    across, down = 2 + len(names), len(holes)
    sheet = Image.new("RGB", (across * (cell[0] + 4), down * (cell[1] + _LINE)), "white")
    for line, hole in enumerate(holes):
        cells: list[tuple[str, Image.Image | None]] = [
            ("the photo", Image.fromarray(photo)),
            (f"{hole.kind}, {hole.share:.0%}", Image.fromarray(hidden(photo, hole.flags))),
        ]
        for name in names:
            row = next(r for r in rows if (r["filler"], r["size"], r["kind"]) == (name, hole.size, hole.kind))
            cells.append(_filled(row, plan))
        for column, (words, picture) in enumerate(cells):
            place = (column * (cell[0] + 4), line * (cell[1] + _LINE))
            ImageDraw.Draw(sheet).text(place, words, fill="black", font=ImageFont.load_default(13))
            if picture is not None:
                sheet.paste(picture.resize(cell, Image.Resampling.LANCZOS), (place[0], place[1] + _LINE))
    return sheet


def _filled(row: Row, plan: Plan) -> tuple[str, Image.Image | None]:
    if "error" in row:
        return f"{row['filler']}: failed", None
    assert plan.fills is not None
    with Image.open(picture_of(plan.fills, row)) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    words = f"{methods.title(str(row['filler']))} {row['features']:.2f}"
    return words, Image.fromarray(pixels)
