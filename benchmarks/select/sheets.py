"""Picture sheets: the worst, the best and evenly spread objects of each way, to see what means do not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.select.measures import after, edge
from benchmarks.select.objects import Place, Target, read_photo, read_target, spread
from benchmarks.select.robot import Click
from benchmarks.select.ways import Opened, Way, clicked
from inpaint_studio.engines.contracts import Prompts

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.fill.results import Row
    from benchmarks.select.objects import Area
    from inpaint_studio.basics.mask import Array

SHOWN = 12
CELL, _LINE = 300, 18
"""Longer side of a picture in a sheet, and the height of its words."""
_SHOWN_CLICKS = (1, 3, 5)
_TRUE, _MINE, _YES, _NO, _BOX = (255, 255, 0), (255, 0, 160), (0, 230, 0), (255, 40, 40), (0, 160, 255)


def write(folder: Path, places: list[Place], ways: list[Way], rows: list[Row]) -> list[Path]:
    """Three sheets for each set and way, SET-WAY-worst.webp, -best and -spread, by IoU after 3 clicks."""
    folder.mkdir(parents=True, exist_ok=True)
    where = {(place.set, place.photo.name, place.number): place for place in places}
    written = []
    for kind in dict.fromkeys(place.set for place in places):
        for way in ways:
            mine = [row for row in rows if (row["set"], row["way"]) == (kind, way.id)]
            ranked = sorted(mine, key=lambda row: after(row["ious"], 3))
            chosen = {"worst": ranked[:SHOWN], "best": ranked[::-1][:SHOWN], "spread": spread(ranked, SHOWN)}
            for name, some in chosen.items():
                target = folder / f"{kind}-{way.id.replace('+', '-')}-{name}.webp"
                lines = [_line(where[r["set"], r["photo"], r["number"]], way, r) for r in some]
                _sheet(lines).save(target, quality=85)
                written.append(target)
    return written


Cell = tuple[str, "Array"]


def _line(place: Place, way: Way, row: Row) -> list[Cell]:
    """One object: the truth, the masks after clicks, and from the box; answered again, so nothing is kept."""
    photo, target = read_photo(place.photo), read_target(place)
    opened = way.open(photo)
    words = f"{place.photo.stem} no. {place.number}, {len(row['clicks'])} clicks made"
    cells: list[Cell] = [(words, _drawn(photo, target, None, []))]
    clicks = [Click(*values) for values in row["clicks"]]
    for number in _SHOWN_CLICKS:
        given = clicks[:number]
        mask = opened.masks(clicked(given))[0]
        text = (
            f"{len(given)} clicks: {after(row['ious'], number):.2f}, edge {after(row['edges'], number):.2f}"
        )
        cells.append((text, _drawn(photo, target, mask, given)))
    cells.append(_boxed(opened, photo, target, row))
    return cells


def _boxed(opened: Opened, photo: Array, target: Target, row: Row) -> Cell:
    x, y, w, h = row["box"]
    picture = _drawn(photo, target, opened.masks(Prompts(box=(x, y, w, h)))[0], [])
    corners = (round(x), round(y)), (round(x + w) - 1, round(y + h) - 1)
    cv2.rectangle(picture, *corners, _BOX, 1)
    return f"box: {row['box_iou']:.2f}, edge {row['box_edge']:.2f}", picture


def _drawn(photo: Array, target: Target, mask: Area | None, clicks: list[Click]) -> Array:
    """The photo with the mask tinted, the true edge as a line and the clicks as dots."""
    out = photo.copy()
    if mask is not None:
        out[mask] = (out[mask] * 0.55 + np.array(_MINE) * 0.45).astype(np.uint8)
    out[edge(target.filled)] = _TRUE
    for click in clicks:
        cv2.circle(out, (click.x, click.y), 4, (255, 255, 255), -1, cv2.LINE_AA)
        cv2.circle(out, (click.x, click.y), 3, _YES if click.belongs else _NO, -1, cv2.LINE_AA)
    return out


def _sheet(lines: list[list[Cell]]) -> Image.Image:
    across = max((len(line) for line in lines), default=1)
    sheet = Image.new("RGB", (across * (CELL + 4), max(1, len(lines)) * (CELL + _LINE)), "white")
    for row, line in enumerate(lines):
        for column, (words, pixels) in enumerate(line):
            left, top = column * (CELL + 4), row * (CELL + _LINE)
            ImageDraw.Draw(sheet).text((left, top), words, fill="black", font=ImageFont.load_default(13))
            scale = CELL / max(pixels.shape[:2])
            size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
            sheet.paste(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS), (left, top + _LINE))
    return sheet
