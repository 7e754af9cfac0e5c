"""`python -m benchmarks.interop [--only PROGRAM]`: our files in GIMP and Krita, theirs here; same pictures.

Our .ora and .psd files (every mode, groups, masks; 8 and 16 bits) are opened by both, and what they show is
compared with our own picture. Then they write .ora and .psd files, which are opened here and compared with
what they show. A pixel agrees if no colour, by what covers it, differs by more than one level of 8 bits;
99.9 % must. Needs the Debian packages gimp, krita and xvfb. A Krita that runs keeps another from answering,
so none may run meanwhile. The exit code is 1 if something does not agree.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from benchmarks.interop.documents import groups, modes
from benchmarks.interop.programs import GIMP, KRITA, Program
from inpaint_studio.basics import StudioError
from inpaint_studio.render import render
from inpaint_studio.studio.open import open_document
from inpaint_studio.studio.save import write_layers

if TYPE_CHECKING:
    from inpaint_studio.document import Document

_PROGRAMS = {"gimp": GIMP, "krita": KRITA}
ASKED = 0.999
"""The share of the pixels that agree."""


def shown(document: Document) -> Any:
    """Our picture, h×w×4 of 0..255."""
    deep = document.state.deep
    pixels = render(document.snapshot(), dtype=np.uint16 if deep else np.uint8).pixels
    return pixels.astype(np.float32) / (257 if deep else 1)


def read(path: Path) -> Any:
    """A picture that a program wrote, h×w×4 of 0..255."""
    found: Any = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    scale = np.float32(257 if found.dtype == np.uint16 else 1)
    found = found if found.ndim == 3 else np.repeat(found[..., None], 3, 2)
    code = cv2.COLOR_BGRA2RGBA if found.shape[2] == 4 else cv2.COLOR_BGR2RGBA
    return cv2.cvtColor(found, code).astype(np.float32) / scale


def agreeing(one: Any, other: Any) -> float:
    """The share of pixels that differ by at most a level."""
    if one.shape != other.shape:
        return 0.0
    light = [each[..., :3] * each[..., 3:] / 255 for each in (one, other)]
    off = np.maximum(np.abs(light[0] - light[1]).max(-1), np.abs(one[..., 3] - other[..., 3]))
    # Both are rounded: by half a level each.
    return float((off <= 1.5).mean())


def ours(program: Program, name: str, document: Document, suffix: str, folder: Path) -> float | None:
    """How much of our file looks there as here; None if nothing came of opening it there."""
    path, seen = folder / f"{name}{suffix}", folder / f"{name}{suffix} in {program.name}.png"
    write_layers(document, path)
    return agreeing(read(seen), shown(document)) if program.convert(path, seen) else None


def theirs(program: Program, name: str, suffix: str, folder: Path) -> tuple[float | None, list[str]]:
    """How much of a file that the program wrote looks here as there, and the notices."""
    source = folder / f"{name}.psd"
    path = folder / f"{name} by {program.name}{suffix}"
    seen = folder / f"{path.name} in {program.name}.png"
    if not program.convert(source, path) or not (
        program.convert(path, seen) if suffix in program.reads else program.convert(source, seen)
    ):
        return None, []
    try:
        document, notices = open_document(path)
    except StudioError as error:
        return 0.0, [str(error)]
    return agreeing(read(seen), shown(document)), notices


def _row(what: str, share: float | None, notices: list[str]) -> bool:
    if share is None:
        print(f"| {what} | MISSED: no file came of it |")
        return False
    told = f" ({'; '.join(notices)})" if notices else ""
    print(f"| {what} | {share:.2%}{'' if share >= ASKED else ' MISSED'}{told} |", flush=True)
    return share >= ASKED


def compare(programs: tuple[Program, ...], folder: Path) -> bool:
    """Prints a row for each comparison; whether all agree."""
    documents = {"modes": modes(np.uint8), "groups": groups(np.uint8), "deep": groups(np.uint16)}
    fine = True
    for program in programs:
        if not program.there:
            print(f"| {program.name} | not installed |")
            fine = False
            continue
        print(f"| {program.version()} | |")
        for name, document in documents.items():
            for suffix in program.reads:
                share = ours(program, name, document, suffix, folder)
                fine &= _row(f"our {name}{suffix} in {program.name}", share, [])
            for suffix in program.writes:
                share, notices = theirs(program, name, suffix, folder)
                fine &= _row(f"{name}{suffix} by {program.name} here", share, notices)
    return fine


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="benchmarks.interop", description=__doc__, allow_abbrev=False)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the files stay")
    parser.add_argument("--only", choices=tuple(_PROGRAMS), help="one of the programs")
    chosen = parser.parse_args()
    programs = tuple(_PROGRAMS.values()) if chosen.only is None else (_PROGRAMS[chosen.only],)
    if chosen.keep is not None:
        chosen.keep.mkdir(parents=True, exist_ok=True)
        return int(not compare(programs, chosen.keep))
    with tempfile.TemporaryDirectory() as folder:
        return int(not compare(programs, Path(folder)))


if __name__ == "__main__":
    raise SystemExit(main())
