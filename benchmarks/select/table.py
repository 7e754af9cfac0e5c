"""Results as tables, and what was asked held against what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.select.measures import after, clicks_needed
from benchmarks.select.objects import SETS
from benchmarks.select.robot import MOST
from benchmarks.select.ways import PLAIN, ZOOM

if TYPE_CHECKING:
    from benchmarks.fill.results import Row

ASKED_OF = "network"
CLICKS = (1, 3, 5)
_HEAD = (
    "selector", "mIoU, 1 click", "3", "5", "box", "best proposal, 1 click", "NoC@85", "NoC@90", "never 85",
    "edge F, 1 click", "3", "5", "box", "prepare s", "click s", "zoom-in s", "no answer", "objects",
)  # fmt: skip

Bar = tuple[str, float, float, bool]
"""What is asked, measured, the bar, and whether at least (True) or at most that much."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What one way reached on one set, means over its objects.

    `iou[k]` and `edge[k]` after k clicks; `best` is the IoU of the best of all proposals after one;
    `noc[bar]` clicks to an IoU of bar %, `never[bar]` the objects that never had it; seconds are medians.
    """

    set: str
    way: str
    objects: int
    iou: dict[int, float]
    edge: dict[int, float]
    best: float
    box_iou: float
    box_edge: float
    noc: dict[int, float]
    never: dict[int, int]
    seconds: dict[str, float | None]
    errors: dict[str, int]


def summaries(rows: list[Row]) -> list[Summary]:
    """One summary for each set and way, in the order in which they come."""
    keys = dict.fromkeys((str(row["set"]), str(row["way"])) for row in rows)
    return [_summary(*key, [r for r in rows if (r["set"], r["way"]) == key]) for key in keys]


def _summary(kind: str, way: str, rows: list[Row]) -> Summary:
    def mean(values: list[float]) -> float:
        return float(np.mean(values))

    def median(name: str) -> float | None:
        known = [row[name] for row in rows if row[name] is not None]
        return float(np.median(known)) if known else None

    errors = [error for row in rows for error in row["errors"]]
    return Summary(
        kind,
        way,
        len(rows),
        {k: mean([after(row["ious"], k) for row in rows]) for k in CLICKS},
        {k: mean([after(row["edges"], k) for row in rows]) for k in CLICKS},
        mean([row["best"][0] for row in rows]),
        mean([row["box_iou"] for row in rows]),
        mean([row["box_edge"] for row in rows]),
        {bar: mean([clicks_needed(row["ious"], bar / 100, MOST) for row in rows]) for bar in (85, 90)},
        {bar: sum(max(row["ious"]) < bar / 100 for row in rows) for bar in (85, 90)},
        {name: median(f"{name}_s") for name in ("prepare", "click", "zoom")},
        {error: errors.count(error) for error in dict.fromkeys(errors)},
    )


def tables(
    found: list[Summary], titles: dict[str, str], absent: dict[str, str], totals: dict[str, int]
) -> str:
    """A Markdown table for each set. `totals` are the objects that a set has, so that a part is named one."""
    out: list[str] = []
    for kind in dict.fromkeys(s.set for s in found):
        mine = [s for s in found if s.set == kind]
        number, total = mine[0].objects, totals[kind]
        part = "all" if number == total else f"evenly spread, one in {total / number:.1f} of {total}:"
        out += [f"**{SETS[kind].title}** of 1 % of the photo or more, {part} {number} objects", ""]
        out += ["| " + " | ".join(_HEAD) + " |", "|---" + "|---:" * (len(_HEAD) - 1) + "|"]
        out += ["| " + " | ".join(_cells(s, titles)) + " |" for s in mine]
        out += [f"| {name} | absent: {why} |" + " |" * (len(_HEAD) - 2) for name, why in absent.items()]
        out += ["", *(f"- {titles[s.way]}: {n} × “{e}”" for s in mine for e, n in s.errors.items()), ""]
    return "\n".join(out).rstrip() + "\n"


def _cells(summary: Summary, titles: dict[str, str]) -> list[str]:
    seconds = [summary.seconds[name] for name in ("prepare", "click", "zoom")]
    return [
        titles[summary.way],
        *(f"{summary.iou[k]:.3f}" for k in CLICKS),
        f"{summary.box_iou:.3f}",
        f"{summary.best:.3f}",
        *(f"{summary.noc[bar]:.2f}" for bar in (85, 90)),
        str(summary.never[85]),
        *(f"{summary.edge[k]:.3f}" for k in CLICKS),
        f"{summary.box_edge:.3f}",
        *("–" if value is None else f"{value:.3f}" for value in seconds),
        str(sum(summary.errors.values())),
        str(summary.objects),
    ]


def asked(found: list[Summary]) -> list[Bar]:
    """What is asked of the network on VOC, without and with zoom-in; empty where it was not measured."""
    by_way = {s.way: s for s in found if s.set == "voc"}
    bars: list[Bar] = []
    for way in (ASKED_OF, ASKED_OF + ZOOM):
        if way not in by_way:
            continue
        mine = by_way[way]
        bars += [
            (f"{way}: mIoU, {k} clicks", mine.iou[k], bar, True)
            for k, bar in ((1, 0.70), (3, 0.83), (5, 0.88))
        ]
        bars += [
            (f"{way}: mIoU from a box", mine.box_iou, 0.85, True),
            (f"{way}: NoC@85", mine.noc[85], 5.0, False),
        ]
        if PLAIN in by_way:
            bars.append((f"{way}: NoC@85, half of GrabCut's", mine.noc[85], by_way[PLAIN].noc[85] / 2, False))
    if ASKED_OF in by_way and ASKED_OF + ZOOM in by_way:
        plain, zoomed = by_way[ASKED_OF], by_way[ASKED_OF + ZOOM]
        bars.append(("edge F, 1 click: with zoom-in, against without", zoomed.edge[1], plain.edge[1], True))
        bars.append(("edge F, box: with zoom-in, against without", zoomed.box_edge, plain.box_edge, True))
    return bars


def verdicts(bars: list[Bar]) -> str:
    """What was asked as a Markdown table."""
    out = ["| asked | bar | measured | |", "|---|---:|---:|---|"]
    for words, value, bar, least in bars:
        kept = value >= bar if least else value <= bar
        sign = "≥" if least else "≤"
        out.append(f"| {words} | {sign} {bar:.3f} | {value:.3f} | {'ok' if kept else 'MISSED'} |")
    return "\n".join(out) + "\n"
