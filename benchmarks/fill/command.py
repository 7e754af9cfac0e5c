"""The command line: `python -m benchmarks.fill --photos DIR`; `--time` measures speed instead of quality."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.fill import methods, removal, table
from benchmarks.fill.holes import SEED
from benchmarks.fill.quality import Plan, Run, pictures
from benchmarks.fill.removal import backgrounds
from benchmarks.fill.results import Results, Row
from inpaint_studio.basics import StudioError

_KEPT = Path("runs/fill/results.jsonl")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fill", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--photos", type=Path, metavar="DIR", help="photos to cut holes into")
    what.add_argument(
        "--removal", type=Path, metavar="DIR",
        help="real removals: frames (NAME.webp), true backgrounds (NAME_bg.webp) and masks (NAME.png)",
    )  # fmt: skip
    parser.add_argument("--masks", type=Path, metavar="DIR", help="label pictures (PNG) that lend outlines")
    parser.add_argument("--seed", type=int, default=SEED, help="of the holes (default: %(default)s)")
    parser.add_argument("--fillers", metavar="A,B", help="ours to measure (default: all; “none” for none)")
    peers = ", ".join(p.id for p in methods.PEERS)
    parser.add_argument("--peers", metavar="A,B", help=f"default: all, or “none”; there are {peers}")
    parser.add_argument("--limit", type=int, metavar="N", help="only so many photos, evenly spread")
    parser.add_argument("--both", action="store_true", help="both kinds of hole at each size")
    parser.add_argument("--fresh", action="store_true", help="a fresh process for each fill")
    parser.add_argument("--most", type=float, default=900, metavar="S", help="end a fill after that long")
    parser.add_argument(
        "--results", type=Path, default=_KEPT, help="kept between runs (default: %(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="F", help="write the numbers there, too")
    parser.add_argument("--sheets", type=Path, metavar="DIR", help="write picture sheets there")
    parser.add_argument("--time", action="store_true", help="measure speed instead; the machine must be idle")
    parser.add_argument("--cancel", action="store_true", help="measure only how soon each filler stops")
    parser.add_argument(
        "--like", action="store_true", help="fill with sky, road, trees, walls; what a network sees there"
    )
    parser.add_argument("--choice", action="store_true", help="compare ours by kind of hole instead")
    return parser


def _chosen(text: str | None, known: list[str], default: list[str], what: str) -> list[str]:
    if text is None:
        return default
    names = [name.strip() for name in text.split(",") if name.strip() and name.strip() != "none"]
    for name in names:
        if name not in known:
            raise StudioError(f"There is no {what} called “{name}”; choose from: {', '.join(known)}.")
    return names


def _quality(chosen: argparse.Namespace, names: list[str]) -> dict[str, Any]:
    masks = tuple(sorted(chosen.masks.rglob("*.png"))) if chosen.masks else ()
    if chosen.masks and not masks:
        raise StudioError(f"There is no label picture (PNG) in {chosen.masks}; name another folder.")
    real = chosen.removal is not None
    photos = backgrounds(chosen.removal, chosen.limit) if real else pictures(chosen.photos, chosen.limit)
    plan = Plan(
        photos, tuple(names), masks, chosen.seed, chosen.both, chosen.fresh, chosen.most,
        chosen.sheets / "fills" if chosen.sheets else None, real,
    )  # fmt: skip
    run = Run(plan, Results(chosen.results), lambda text: print(text, file=sys.stderr, flush=True))
    rows = run.rows()
    _write_sheets(chosen, plan, rows)
    if real:
        print(removal.table(rows, run.absent))
        return {"absent": run.absent, "rows": rows}
    found = table.summaries(rows)
    print(table.table(found, run.absent))
    best = methods.DEFAULT
    lines = table.asked(found, best)
    if lines:
        print(table.verdicts(lines, best))
    return {"absent": run.absent, "summaries": [asdict(s) for s in found], "asked": lines, "rows": rows}


def _write_sheets(chosen: argparse.Namespace, plan: Plan, rows: list[Row]) -> None:
    if chosen.sheets:
        from benchmarks.fill import sheets

        print(f"{len(sheets.write(chosen.sheets, plan, rows))} sheets in {chosen.sheets}")


def _times(chosen: argparse.Namespace, fillers: list[str], peers: list[str]) -> dict[str, Any]:
    from benchmarks.fill import times

    lines = times.measure(times.first_photo(chosen.photos), fillers, peers)
    times.report(lines)
    return {"times": [line._asdict() for line in lines]}


def _cancels(chosen: argparse.Namespace, fillers: list[str]) -> dict[str, Any]:
    from benchmarks.fill import times

    lines = times.cancels(times.first_photo(chosen.photos), fillers)
    times.report(lines)
    return {"times": [line._asdict() for line in lines]}


def _like(chosen: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.fill import like

    photos = pictures(chosen.photos, chosen.limit)
    found = like.tried(photos, lambda text: print(text, file=sys.stderr, flush=True))
    print(like.table(found))
    return {"liked": [one._asdict() for one in found]}


def _choice(chosen: argparse.Namespace, fillers: list[str]) -> dict[str, Any]:
    from benchmarks.fill import choice

    photos = pictures(chosen.photos, chosen.limit)
    found = choice.tried(photos, fillers, lambda text: print(text, file=sys.stderr, flush=True))
    print(choice.table(found))
    return {"tried": [one._asdict() for one in found]}


def main(arguments: list[str] | None = None) -> int:
    """Runs the benchmark. Returns 0, or 1 with a sentence on stderr."""
    chosen = _parser().parse_args(arguments)
    all_peers = [p.id for p in methods.PEERS]
    try:
        fillers = _chosen(chosen.fillers, methods.ours(), methods.ours(), "filler")
        timed = [methods.YARDSTICK] if chosen.time else all_peers
        peers = _chosen(chosen.peers, all_peers, timed, "peer")
        print(f"{os.cpu_count()} cores; seed {chosen.seed}\n")
        if chosen.removal is not None and (chosen.choice or chosen.cancel or chosen.time or chosen.like):
            raise StudioError("--choice, --cancel, --time and --like are measured on --photos.")
        if chosen.choice:
            numbers = _choice(chosen, fillers)
        elif chosen.like:
            numbers = _like(chosen)
        elif chosen.cancel:
            numbers = _cancels(chosen, fillers)
        else:
            numbers = _times(chosen, fillers, peers) if chosen.time else _quality(chosen, [*fillers, *peers])
    except StudioError as error:
        print(error, file=sys.stderr)
        return 1
    if chosen.json:
        chosen.json.write_text(
            json.dumps({"seed": chosen.seed, "cores": os.cpu_count(), **numbers}, indent=1)
        )
    return 0
