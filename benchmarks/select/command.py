"""The command line: `python -m benchmarks.select --data DIR`; `--matte` for edges, `--time` for speed."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.fill.results import Results
from benchmarks.select import table
from benchmarks.select.objects import SETS, places, spread
from benchmarks.select.run import KEY, Run
from benchmarks.select.ways import ways
from inpaint_studio.basics import StudioError

_KEPT = Path("runs/select/results.jsonl")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.select", description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="with voc/, coco128/, bsds/, photos/"
    )
    parser.add_argument(
        "--selectors", metavar="A,B", help="default: all; those that can sharpen also as NAME+zoom"
    )
    parser.add_argument("--sets", default=",".join(SETS), metavar="A,B", help="default: %(default)s")
    parser.add_argument("--limit", type=int, metavar="N", help="only so many objects a set, evenly spread")
    parser.add_argument("--seed", type=int, default=0, help="of boxes and composites (default: %(default)s)")
    parser.add_argument(
        "--results", type=Path, default=_KEPT, help="kept between runs (default: %(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="F", help="write the numbers there, too")
    parser.add_argument("--sheets", type=Path, metavar="DIR", help="write picture sheets there")
    parser.add_argument(
        "--matte", action="store_true", help="measure soft edges on made-up composites instead"
    )
    parser.add_argument(
        "--time", action="store_true", help="measure speed at 12 MP instead; the machine must be idle"
    )
    parser.add_argument(
        "--undo", action="store_true", help="compare 20 clicks with undo and redo and without"
    )
    return parser


def _names(text: str | None) -> list[str] | None:
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


def _sets(text: str) -> list[str]:
    names = _names(text) or []
    for name in names:
        if name not in SETS:
            raise StudioError(f"There is no set called “{name}”; choose from: {', '.join(SETS)}.")
    return names


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _selection(chosen: argparse.Namespace) -> dict[str, Any]:
    measured, absent = ways(_names(chosen.selectors))
    sets = {kind: places(chosen.data, kind) for kind in _sets(chosen.sets)}
    some = [place for found in sets.values() for place in spread(found, chosen.limit)]
    rows = Run(some, measured, chosen.seed, Results(chosen.results, KEY), _say).rows() if measured else []
    found, titles = table.summaries(rows), {way.id: way.title for way in measured}
    print(table.tables(found, titles, absent, {kind: len(all_) for kind, all_ in sets.items()}))
    bars = table.asked(found)
    if bars:
        print(table.verdicts(bars))
    if chosen.sheets:
        from benchmarks.select import sheets

        print(f"{len(sheets.write(chosen.sheets, some, measured, rows))} sheets in {chosen.sheets}")
    return {"absent": absent, "summaries": [asdict(s) for s in found], "asked": bars, "rows": rows}


def _times(chosen: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.select import times

    measured, absent = ways(_names(chosen.selectors))
    lines = times.measure(places(chosen.data, _sets(chosen.sets)[0])[0], measured)
    print(times.report(lines))
    for name, why in absent.items():
        print(f"{name} is absent: {why}")
    return {"absent": absent, "times": [line._asdict() for line in lines]}


def _undos(chosen: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.select import undo

    measured, absent = ways(_names(chosen.selectors))
    found: dict[str, list[tuple[int, int]]] = {}
    for way in measured:
        for kind in _sets(chosen.sets):
            for place in spread(places(chosen.data, kind), chosen.limit):
                found.setdefault(way.id, []).append(undo.differing(place, way))
        clicks, changed = (sum(column) for column in zip(*found[way.id], strict=True))
        print(
            f"{way.id}: {changed} pixels differ, {len(found[way.id])} objects, {clicks} clicks, undo and redo"
        )
    for name, why in absent.items():
        print(f"{name} is absent: {why}")
    return {"absent": absent, "undo": found}


def _mattes(chosen: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.select import mattes

    rows = mattes.rows(chosen.data / "photos" / "eval", chosen.seed, chosen.limit, chosen.sheets, _say)
    print(mattes.table(rows))
    return {"mattes": rows}


def main(arguments: list[str] | None = None) -> int:
    """Runs the benchmark. Returns 0, or 1 with a sentence on stderr."""
    chosen = _parser().parse_args(arguments)
    parts = {"matte": _mattes, "time": _times, "undo": _undos}
    part = next((work for name, work in parts.items() if getattr(chosen, name)), _selection)
    print(f"{os.cpu_count()} cores; seed {chosen.seed}\n")
    try:
        if chosen.limit is not None and chosen.limit < 1:
            raise StudioError("--limit takes a number from 1 on.")
        numbers = part(chosen)
    except StudioError as error:
        print(error, file=sys.stderr)
        return 1
    if chosen.json:
        text = json.dumps({"seed": chosen.seed, "cores": os.cpu_count(), **numbers}, indent=1)
        chosen.json.write_text(text, encoding="utf-8")
    return 0
