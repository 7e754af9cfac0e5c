"""`inpaint-studio batch`: one action for many photos."""

from __future__ import annotations

import argparse
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from inpaint_studio.basics import StudioError, message
from inpaint_studio.cli.terminal import TerminalProgress, complain, say, say_json

if TYPE_CHECKING:
    from inpaint_studio.studio.batch import Options, Outcome, Task
    from inpaint_studio.studio.batch.batch import Runner

_TEXT = """\
Do one thing to many photos. Results keep the photos' names. A batch that was stopped goes on where it stopped
when it is started again with the same words; what has changed since is done anew."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to those of the command line."""
    sub = commands.add_parser("batch", description=_TEXT, allow_abbrev=False)
    sub.add_argument("photos", type=Path, nargs="+", metavar="PHOTO", help="files, or folders of photos")
    sub.add_argument(
        "-o", dest="output", type=Path, required=True, metavar="DIR", help="folder of the results"
    )
    what = sub.add_mutually_exclusive_group(required=True)
    what.add_argument("--remove", metavar="LABEL", help="remove all objects of this name, or “subject”")
    what.add_argument(
        "--mask-dir", type=Path, metavar="DIR", help="fill where masks of the same names are white"
    )
    what.add_argument(
        "--layers", action="store_true", help="every object a layer: OpenRaster, or --format psd"
    )
    what.add_argument(
        "--cutout", nargs="?", const="subject", metavar="LABEL", help="cut out what stands out, or this"
    )
    what.add_argument("--enhance", action="store_true", help="take noise, JPEG blocks and blur out")
    what.add_argument("--export", metavar="FORMAT", help="write in another format: png, jpg, webp, tif")
    sub.add_argument(
        "--format", metavar="FORMAT", default="", help="of the results, in place of the photos' own"
    )
    sub.add_argument("--quality", type=int, default=92, metavar="N", help="of JPEG and WebP, 1 to 100")
    sub.add_argument("--strength", type=float, default=1.0, metavar="N", help="of --enhance, 0 to 1")
    sub.add_argument("--filler", default="auto", metavar="NAME")
    sub.add_argument("--seed", type=int, default=0, metavar="N", help="another seed gives another fill")
    sub.add_argument(
        "--existing", choices=("stop", "skip", "replace", "number"), default="stop",
        help="where another file of a result's name is there: stop (default) before anything is done, leave "
        "the photo out, replace the file, or number the result",
    )  # fmt: skip
    sub.add_argument("--jobs", type=int, default=1, metavar="N", help="processes; each takes up to 1 GB")
    sub.add_argument("--dask", metavar="ADDRESS", help="use the workers of a Dask scheduler: tcp://host:8786")
    sub.add_argument(
        "--send", action="store_true", help="send photos to the workers, which do not see them by their paths"
    )
    sub.add_argument("--json", action="store_true", help="print the results as JSON")


def _what(chosen: argparse.Namespace) -> tuple[str, Options]:
    """The action, and what it is told. Raises StudioError for a number out of range."""
    from inpaint_studio.studio.batch import Options

    if not 1 <= chosen.quality <= 100 or not 0 <= chosen.strength <= 1 or chosen.jobs < 1:
        raise StudioError(message("batch.wrong_numbers"))
    wanted = (chosen.export or chosen.format).lower().lstrip(".")
    action = next(
        name
        for name in ("remove", "mask_dir", "layers", "cutout", "enhance", "export")
        if getattr(chosen, name) not in (None, False)
    ).replace("_", "-")
    return action, Options(
        label=chosen.remove or chosen.cutout or "subject",
        mask_dir=str(chosen.mask_dir.absolute()) if chosen.mask_dir else "",
        suffix=f".{wanted}" if wanted else "", strength=chosen.strength, quality=chosen.quality,
        filler=chosen.filler, seed=chosen.seed,
    )  # fmt: skip


def batch(chosen: argparse.Namespace, progress: TerminalProgress) -> int:
    """Runs the command; 1 if a photo could not be done."""
    from inpaint_studio.studio.batch import Batch, Order

    action, options = _what(chosen)
    whole = Batch(Order(tuple(chosen.photos), chosen.output, action, options, chosen.existing))
    clock = _Clock(progress, len(whole.tasks))
    outcomes: list[Outcome] = []
    for outcome in whole.outcomes(_runner(chosen)):
        outcomes.append(outcome)
        clock.tick(outcome.task)
    progress.clear()
    order = {task.target: place for place, task in enumerate(whole.tasks)}
    return _tell(chosen, sorted(outcomes, key=lambda outcome: order[outcome.task.target]), whole.left_out)


def _runner(chosen: argparse.Namespace) -> Runner:
    from inpaint_studio.studio.batch import in_processes, run_on_cluster

    if chosen.dask:
        return partial(run_on_cluster, address=chosen.dask, send=chosen.send)
    return in_processes(chosen.jobs)


class _Clock:
    """Shows how many photos are done and how long the rest will take."""

    def __init__(self, progress: TerminalProgress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0
        self._begun = time.monotonic()

    def tick(self, task: Task) -> None:
        self._done += 1
        left = (time.monotonic() - self._begun) / self._done * (self._total - self._done)
        minutes, seconds = divmod(round(left), 60)
        text = f"{self._done} of {self._total}, {minutes}:{seconds:02d} left, {task.source.name}"
        self._progress.report(self._done / max(1, self._total), text)


def _tell(chosen: argparse.Namespace, outcomes: list[Outcome], left_out: list[Path]) -> int:
    failed = [o for o in outcomes if o.error]
    done = [{"photo": str(o.task.source), "output": str(o.task.target)} for o in outcomes if not o.error]
    if chosen.json:
        errors = [{"photo": str(o.task.source), "error": o.error} for o in failed]
        say_json({"done": done, "left_out": [str(path) for path in left_out], "failed": errors})
    else:
        before = f", {len(left_out)} were there already" if left_out else ""
        say(f"{len(done)} photos done{before}, {len(failed)} failed.")
    for outcome in failed:
        complain(f"{outcome.task.source.name}: {outcome.error}")
    return 1 if failed else 0
