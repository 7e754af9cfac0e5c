"""Results as a table, and what was asked held against what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.fill import methods
from benchmarks.fill.holes import SIZES

if TYPE_CHECKING:
    from benchmarks.fill.results import Row

MEASURES = ("features", "features_in_hole", "seam", "psnr", "ssim", "seconds", "mb")
MEDIANS = ("grain", "edges")
"""Measures of which the median over all holes is told."""
_HEAD = (
    "filler",
    "feature distance",
    *(f"{size} %" for size in SIZES),
    f"to {methods.YARDSTICK}",
    "seam",
    "seam 5-15 %",
    "grain",
    "edges",
    "PSNR",
    "SSIM",
    "s",
    "peak MB",
    "holes",
)


@dataclass(frozen=True, slots=True)
class Summary:
    """What one method reached. `means[measure][size]`, with "all" for the mean of the sizes (None if a size
    has no result, so that nobody gains by failing); `ratio[size]` is its feature distance as a part of the
    yardstick's over the holes that both filled."""

    filler: str
    holes: dict[str, int]
    means: dict[str, dict[str, float | None]]
    ratio: dict[str, float | None]
    failed: int
    errors: tuple[str, ...]
    changed_outside: int


def summaries(rows: list[Row]) -> list[Summary]:
    """One summary for each method, in the order in which they come."""
    names = list(dict.fromkeys(str(row["filler"]) for row in rows))
    yardstick = {_place(r): r for r in rows if r["filler"] == methods.YARDSTICK and "error" not in r}
    return [_summary(name, [r for r in rows if r["filler"] == name], yardstick) for name in names]


def _place(row: Row) -> tuple[Any, ...]:
    return row["photo"], row["size"], row["kind"]


def _summary(name: str, rows: list[Row], yardstick: dict[tuple[Any, ...], Row]) -> Summary:
    good = [row for row in rows if "error" not in row]
    means: dict[str, dict[str, float | None]] = {}
    for measure in MEASURES:
        sizes = {size: _mean([r[measure] for r in good if r["size"] == size]) for size in SIZES}
        means[measure] = {**sizes, "all": _of_all(sizes)}
    for measure in MEDIANS:
        values = [row[measure] for row in good]
        means[measure] = {"all": float(np.nanmedian(values)) if values else None}
    means["mb"]["all"] = max((row["mb"] for row in good), default=None)
    ratio: dict[str, float | None] = {}
    for size in (*SIZES, "all"):
        both = [r for r in good if _place(r) in yardstick and size in (r["size"], "all")]
        theirs = _mean([yardstick[_place(r)]["features"] for r in both])
        mine = _mean([r["features"] for r in both])
        ratio[size] = mine / theirs if mine is not None and theirs else None
    return Summary(
        name,
        {size: sum(r["size"] == size for r in good) for size in SIZES},
        means,
        ratio,
        len(rows) - len(good),
        tuple(dict.fromkeys(str(r["error"]) for r in rows if "error" in r)),
        sum(r["changed_outside"] for r in good),
    )


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _of_all(sizes: dict[str, float | None]) -> float | None:
    known = [value for value in sizes.values() if value is not None]
    return _mean(known) if len(known) == len(sizes) else None


def table(found: list[Summary], absent: dict[str, str]) -> str:
    """The results as a Markdown table, with a line for each peer that is absent and each failure."""
    lines = ["| " + " | ".join(_HEAD) + " |", "|---" + "|---:" * (len(_HEAD) - 1) + "|"]
    lines += ["| " + " | ".join(_cells(summary)) + " |" for summary in found]
    lines += [
        f"| {methods.title(name)} | absent: {why} |" + " |" * (len(_HEAD) - 2) for name, why in absent.items()
    ]
    notes = []
    for summary in found:
        if summary.failed:
            notes.append(
                f"{methods.title(summary.filler)}: {summary.failed} failed ({'; '.join(summary.errors)})"
            )
        if summary.changed_outside:
            notes.append(f"{methods.title(summary.filler)}: {summary.changed_outside} pixels outside changed")
    return "\n".join([*lines, "", *(f"- {note}" for note in notes)]).rstrip() + "\n"


def _cells(summary: Summary) -> list[str]:
    means = summary.means
    return [
        methods.title(summary.filler),
        _shown(means["features"]["all"], 3),
        *(_shown(means["features"][size], 3) for size in SIZES),
        _shown(summary.ratio["all"], 3),
        _shown(means["seam"]["all"], 2),
        _shown(means["seam"]["5-15"], 2),
        *(_shown(means[measure]["all"], 2) for measure in MEDIANS),
        _shown(means["psnr"]["all"], 2),
        _shown(means["ssim"]["all"], 3),
        _shown(means["seconds"]["all"], 2),
        _shown(means["mb"]["all"], 0),
        str(sum(summary.holes.values())),
    ]


def _shown(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def asked(found: list[Summary], ours: str) -> list[tuple[str, float, float]]:
    """What is asked of our filler: words, measured, bar (at most). Empty without it or the yardstick."""
    by_name = {summary.filler: summary for summary in found}
    mine, yardstick = by_name.get(ours), by_name.get(methods.YARDSTICK)
    if mine is None or yardstick is None:
        return []
    peers = [s.means["features"]["all"] for s in found if methods.peer(s.filler)]
    best = min((value for value in peers if value is not None), default=None)
    lines = [
        ("feature distance, all sizes: the best of the peers", mine.means["features"]["all"], best),
        ("feature distance, all sizes, to PyPatchMatch", mine.ratio["all"], 0.97),
        ("feature distance, 5-15 %, to PyPatchMatch", mine.ratio["5-15"], 1.0),
        ("seam, 5-15 %: PyPatchMatch", mine.means["seam"]["5-15"], yardstick.means["seam"]["5-15"]),
        ("feature distance, 35-60 %, to PyPatchMatch", mine.ratio["35-60"], 0.92),
        ("pixels changed outside the hole", float(mine.changed_outside), 0.0),
    ]
    return [(words, a, b) for words, a, b in lines if a is not None and b is not None]


def verdicts(lines: list[tuple[str, float, float]], ours: str) -> str:
    """What was asked as a Markdown table."""
    out = [f"| asked of {methods.title(ours)} | at most | measured | |", "|---|---:|---:|---|"]
    out += [f"| {w} | {bar:.3f} | {m:.3f} | {'ok' if m <= bar else 'MISSED'} |" for w, m, bar in lines]
    return "\n".join(out) + "\n"
