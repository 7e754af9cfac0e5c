"""One function a command: checks what can be checked, does it, writes, says what was done."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from inpaint_studio.basics import FoundObject, Mask, StudioError, SubProgress, message
from inpaint_studio.basics.mask import Array
from inpaint_studio.cli import models, verbs
from inpaint_studio.cli.batch import batch
from inpaint_studio.cli.parser import given_for
from inpaint_studio.cli.terminal import TerminalProgress, complain, say, say_json, table, tell
from inpaint_studio.studio import cut
from inpaint_studio.studio.enhance import enhance_pixels
from inpaint_studio.studio.fill import check_filler, fill_parameters, fill_pixels, remove_pixels
from inpaint_studio.studio.fill_like import area_like
from inpaint_studio.studio.find import find_objects
from inpaint_studio.studio.labelled import labelled
from inpaint_studio.studio.layers import engine_pixels, lift_all
from inpaint_studio.studio.mask_files import read_coverage
from inpaint_studio.studio.open import open_photo
from inpaint_studio.studio.save import (
    check_folder,
    check_target,
    layered_suffixes,
    picture_parameters,
    picture_suffixes,
    write_layers,
    write_pixels,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from inpaint_studio.studio.layers import Photo


def _opened(path: Path) -> Photo:
    """The photo, after what its file lacks was said on stderr."""
    photo = open_photo(path)
    for notice in photo.notices:
        complain(notice)
    return photo


def objects(chosen: argparse.Namespace, progress: TerminalProgress) -> int:
    folder: Path | None = chosen.output
    if folder is not None:
        check_folder(folder if folder.exists() else folder.absolute().parent)
    photo = _opened(chosen.photo)
    found = find_objects(engine_pixels(photo), finder=chosen.finder, progress=SubProgress(progress, 0.0, 0.5))
    files = _write_objects(photo, found, folder, SubProgress(progress, 0.5, 1.0)) if folder else {}
    progress.clear()
    rows = [_as_row(i, o) | files.get(i, {}) for i, o in enumerate(found, 1)]
    if chosen.json:
        say_json({"photo": str(chosen.photo), "size": list(photo.size), "objects": rows})
    elif not rows:
        say("No object was found.")
    else:
        cells: list[tuple[str, ...]] = [("no.", "label", "kind", "score", "x,y,w,h", "pixels")]
        cells += [
            (
                str(r["number"]),
                r["label"],
                r["kind"],
                f"{r['score']:.2f}",
                ",".join(map(str, r["box"])),
                str(r["area"]),
            )
            for r in rows
        ]
        say(table(cells))
    return 0


def _as_row(number: int, found: FoundObject) -> dict[str, Any]:
    return {
        "number": number, "label": found.label, "kind": found.kind, "score": round(found.score, 4),
        "box": list(found.mask.box), "area": found.mask.area,
    }  # fmt: skip


def _write_objects(
    photo: Photo, found: list[FoundObject], folder: Path, progress: SubProgress
) -> dict[int, dict[str, str]]:
    """Every mask in the photo's size; of things also the cutout, in the size of its box."""
    folder.mkdir(exist_ok=True)
    width, height = photo.size
    files: dict[int, dict[str, str]] = {}
    for number, thing in enumerate(found, 1):
        progress.report((number - 1) / len(found), message("job.cutting_out", label=thing.label))
        stem = f"{number:02d}-{re.sub(r'[^a-z0-9]+', '-', thing.label.lower()).strip('-') or 'object'}"
        mask = folder / f"{stem}-mask.png"
        write_pixels(thing.mask.full((height, width)), mask)
        files[number] = {"mask": str(mask)}
        if thing.kind == "thing":
            made = cut.cut_out(photo.exact, thing.mask)
            cutout = folder / f"{stem}.png"
            write_pixels(cut.cut_picture(made), cutout, like=photo)
            files[number] |= {"cutout": str(cutout)}
    return files


def select(chosen: argparse.Namespace, progress: TerminalProgress) -> int:
    check_target(chosen.output, (".png",))
    photo = _opened(chosen.photo)
    labels = [1] * len(chosen.at) + [0] * len(chosen.outside)
    progress.report(0.1, message("job.selecting"))
    mask = cut.select_pixels(engine_pixels(photo), [*chosen.at, *chosen.outside], labels, chosen.box)
    write_pixels(mask, chosen.output)
    progress.clear()
    placed = Mask.place(mask)
    result = {"output": str(chosen.output), "box": list(placed.box), "area": placed.area}
    tell(chosen, result, f"{chosen.output}: {placed.area} pixels selected")
    return 0


def fill(chosen: argparse.Namespace, progress: TerminalProgress) -> int:
    _check_painting(chosen)
    photo = _opened(chosen.photo)
    hole = read_coverage(chosen.mask)
    cut.check_mask(photo.pixels, hole)
    return _paint(chosen, photo, hole, fill_pixels, progress)


def remove(chosen: argparse.Namespace, progress: TerminalProgress) -> int:
    _check_painting(chosen)
    if chosen.hole_out is not None:
        check_target(chosen.hole_out, (".png",))
        if chosen.hole_out.absolute() == chosen.output.absolute():
            raise StudioError(message("cli.same_file"))
    photo = _opened(chosen.photo)
    mask, others = _what(chosen, photo, progress)
    return _paint(chosen, photo, mask, remove_pixels, progress, others)


def _what(chosen: argparse.Namespace, photo: Photo, progress: TerminalProgress) -> tuple[Array, Array | None]:
    """The mask of what shall go, and what else was found on the way and must not be copied."""
    progress.report(0.0, message("job.finding_what_to_remove"))
    if chosen.label is not None:
        return labelled(photo, chosen.label, SubProgress(progress, 0.0, 0.2))
    if chosen.area is not None:
        return cut.area_mask(photo.pixels, chosen.area), None
    points = [] if chosen.at is None else [chosen.at]
    return cut.select_pixels(engine_pixels(photo), points, None, chosen.box), None


def _check_painting(chosen: argparse.Namespace) -> None:
    check_target(chosen.output, picture_suffixes())
    check_filler(chosen.filler)


def _paint(
    chosen: argparse.Namespace,
    photo: Photo,
    mask: Array,
    painter: Callable[..., Array],
    progress: TerminalProgress,
    others: Array | None = None,
) -> int:
    start, holes = time.monotonic(), [mask]
    options: dict[str, Any] = {
        "filler": chosen.filler, "seed": chosen.seed, "keep_out": others,
        **given_for(chosen, fill_parameters()),
    }  # fmt: skip
    if chosen.keep_out is not None:
        asked = read_coverage(chosen.keep_out)
        if asked.shape != mask.shape:
            raise StudioError(message("mask.not_of_photo", file=chosen.keep_out.name))
        options["keep_out"] = asked if others is None else np.maximum(asked, others)
    if chosen.like is not None:
        options["sample_from"] = area_like(engine_pixels(photo), mask, chosen.like)
    if painter is remove_pixels:
        options["hole_out"] = holes.append
    out = painter(photo.exact, mask, progress=SubProgress(progress, 0.2, 1.0), **options)
    if getattr(chosen, "hole_out", None) is not None:
        write_pixels(holes[-1], chosen.hole_out)
    write_pixels(out, chosen.output, like=photo, values=given_for(chosen, picture_parameters()))
    progress.clear()
    painted, seconds = int(np.count_nonzero(holes[-1])), time.monotonic() - start
    result = {
        "output": str(chosen.output), "size": list(photo.size), "box": list(Mask.place(holes[-1]).box),
        "painted": painted, "seconds": round(seconds, 2),
    }  # fmt: skip
    tell(chosen, result, f"{chosen.output}: {painted} pixels painted in {seconds:.1f} s")
    return 0


def enhance(chosen: argparse.Namespace, progress: TerminalProgress) -> int:
    check_target(chosen.output, picture_suffixes())
    photo = _opened(chosen.photo)
    start = time.monotonic()
    progress.report(0.0, message("job.enhancing"))
    out = enhance_pixels(photo.exact, chosen.strength, progress)
    write_pixels(out, chosen.output, like=photo, values=given_for(chosen, picture_parameters()))
    progress.clear()
    seconds = time.monotonic() - start
    result = {
        "output": str(chosen.output), "size": list(photo.size), "strength": chosen.strength,
        "seconds": round(seconds, 2),
    }  # fmt: skip
    tell(chosen, result, f"{chosen.output}: enhanced in {seconds:.1f} s")
    return 0


def layers(chosen: argparse.Namespace, progress: TerminalProgress) -> int:
    check_target(chosen.output, layered_suffixes())
    photo = _opened(chosen.photo)
    document = lift_all(photo, progress=progress)
    names = [layer.name for layer in document.layers if layer.movable]
    if not names:
        raise StudioError(message("find.no_thing", file=photo.name))
    write_layers(document, chosen.output)
    progress.clear()
    rows = [{"name": x.name, "kind": x.kind, "box": list(x.bounds())} for x in document.layers]
    tell(chosen, {"output": str(chosen.output), "layers": rows}, f"{chosen.output}: {', '.join(names)}")
    return 0


TABLE: dict[str, Callable[[argparse.Namespace, TerminalProgress], int]] = {
    "objects": objects,
    "select": select,
    "fill": fill,
    "remove": remove,
    "enhance": enhance,
    "layers": layers,
    "batch": batch,
    "do": verbs.do,
    "verbs": verbs.list_verbs,
    "models": models.models,
}
