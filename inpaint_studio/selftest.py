"""Starts every part once on a sample picture: what works here, how long it takes, and an exit code."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from inpaint_studio.basics import FoundObject, Mask, StudioError, message
from inpaint_studio.resources import resource
from inpaint_studio.studio.fill_options import filler_choices

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.basics.mask import Array
    from inpaint_studio.document import Document, Photo

_CALLS = 1000
"""How often Qt is called when references are counted; a lost one a call then stands out."""

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@dataclass(slots=True)
class Bench:
    """What one step leaves for the next."""

    folder: Path
    sample: Path
    photo: Photo = field(init=False)
    found: list[FoundObject] = field(default_factory=list)
    mask: Mask = field(default_factory=Mask.empty)
    document: Document = field(init=False)


@dataclass(frozen=True, slots=True)
class Result:
    """One row of the table. `note` says what was seen, or what went wrong."""

    part: str
    ok: bool
    seconds: float
    note: str


class CheckFailed(Exception):
    """A part ran and gave a wrong result."""


def expect(condition: bool, text: str) -> None:
    """Raises CheckFailed with `text` unless the condition holds; kept under python -O, unlike assert."""
    if not condition:
        raise CheckFailed(text)


def sample_path() -> Path:
    """The picture that the self-test works on. Raises StudioError if none came with the program."""
    samples = sorted(resource("samples").glob("*.jpg"))
    if not samples:
        raise StudioError(message("selftest.no_samples"))
    return samples[0]


def _open(bench: Bench) -> str:
    from inpaint_studio.studio.open import open_photo

    bench.photo = open_photo(bench.sample)
    width, height = bench.photo.size
    expect(bench.photo.pixels.std() > 5, "the sample picture is plain")
    return f"{bench.sample.name}, {width}×{height}"


def _find(bench: Bench) -> str:
    from inpaint_studio.studio.find import find_objects

    bench.found = find_objects(bench.photo.pixels)
    expect(bool(bench.found), "nothing was found in the sample picture")
    return ", ".join(f"{o.label} {o.score:.2f}" for o in bench.found[:4])


def _select(bench: Bench) -> str:
    from inpaint_studio.studio.cut import select_pixels

    things = [o for o in bench.found if o.kind == "thing"] or bench.found
    x, y, w, h = things[0].mask.box
    mask = select_pixels(bench.photo.pixels, box=(x, y, w, h))
    bench.mask = Mask.place(mask)
    share = bench.mask.area / mask.size
    expect(0.0005 < share < 0.9, f"the box selected {share:.1%} of the picture")
    return f"{bench.mask.area} pixels"


def _matte(bench: Bench) -> str:
    from inpaint_studio.studio.cut import matte_pixels

    mask = bench.mask.full(bench.photo.pixels.shape[:2])
    alpha, colours = matte_pixels(bench.photo.pixels, mask)
    expect(colours.shape == (*bench.photo.pixels.shape[:2], 3), "the colours have the wrong size")
    # A crisp edge has no soft pixel, so what can be asked of any picture is that both mean the same thing.
    cut, wanted = alpha > 127, mask > 127
    same = int((cut & wanted).sum()) / max(1, int((cut | wanted).sum()))
    expect(same > 0.5 and alpha.max() == 255, "the cutout is not what was selected")
    return f"{int(np.count_nonzero((alpha > 0) & (alpha < 255)))} soft pixels"


def _fill(bench: Bench, filler: str) -> str:
    from inpaint_studio.studio.fill import remove_pixels

    pixels, holes = bench.photo.pixels, list[Any]()
    mask = bench.mask.full(pixels.shape[:2])
    out = remove_pixels(pixels, mask, hole_out=holes.append, filler=filler)
    outside = holes[-1] == 0
    expect(np.array_equal(out[outside], pixels[outside]), "pixels outside the hole changed")
    expect(not np.array_equal(out, pixels), "the hole was not painted")
    return f"{int(np.count_nonzero(~outside))} pixels painted"


def _network(bench: Bench) -> str:
    from inpaint_studio.studio.models import check

    states = check(contents=True)
    expect(bool(states), "no network came with the program")
    bad = [s for s in states if not s.good]
    expect(not bad, "; ".join(f"{s.id}: {s.state}" for s in bad))
    return ", ".join(s.id for s in states)


def _lift(bench: Bench) -> str:
    from inpaint_studio.render import render
    from inpaint_studio.studio.layers import lift_all

    bench.document = lift_all(bench.photo)
    names = [layer.name for layer in bench.document.layers[1:]]
    expect(not bench.document.missing_parts(), "a hole was left without a fill")
    far = render(bench.document.snapshot()).pixels[..., :3].astype(int) - bench.photo.pixels[..., :3]
    expect(int(np.abs(far).max()) <= 2, "the picture changed although nothing was moved")
    return ", ".join(names) or "no thing in the picture"


def _picture(document: Document) -> Array:
    from inpaint_studio.render import render

    return render(document.snapshot()).pixels


def _move_first(document: Document) -> None:
    from inpaint_studio.document import Transform
    from inpaint_studio.studio.edit import transform

    for layer in document.layers[1:2]:
        place = layer.transform
        transform(document, layer.id, Transform(dx=place.dx + 40, dy=place.dy + 8, pivot=place.pivot))


def _save(bench: Bench) -> str:
    from inpaint_studio.studio.open import open_document
    from inpaint_studio.studio.save import save

    # Moved, so that the fill behind it is seen and must survive the file.
    _move_first(bench.document)
    before = _picture(bench.document)
    path = bench.folder / "selftest.ora"
    save(bench.document, path)
    again, notices = open_document(path)
    expect(not notices, "; ".join(notices))
    expect([x.name for x in again.layers] == [x.name for x in bench.document.layers], "layers were lost")
    expect(np.array_equal(_picture(again), before), "the picture changed by saving and opening")
    return f"{path.stat().st_size / 1e6:.1f} MB"


def _export(bench: Bench) -> str:
    from inpaint_studio.studio.open import open_photo
    from inpaint_studio.studio.save import export

    path = bench.folder / "selftest.png"
    export(bench.document, path)
    again = open_photo(path)
    expect(
        np.array_equal(again.pixels[..., :3], _picture(bench.document)[..., :3]), "the PNG is another picture"
    )
    return f"{path.stat().st_size / 1e6:.1f} MB"


def _layered(bench: Bench) -> str:
    from inpaint_studio.studio.open import open_document
    from inpaint_studio.studio.save import export

    path = bench.folder / "selftest.psd"
    export(bench.document, path)
    again, notices = open_document(path)
    expect(not notices, "; ".join(notices))
    expect([x.name for x in again.layers] == [x.name for x in bench.document.layers], "layers were lost")
    return f"{path.stat().st_size / 1e6:.1f} MB"


def lost_references(calls: int = _CALLS) -> tuple[int, int]:
    """References of None and of True that are lost in `calls` calls each of Qt.

    PySide6 6.12.0 on Python 3.11 loses one a call, until the process aborts. Needs no window, only QtCore.
    """
    from PySide6.QtCore import QObject, Signal

    class Sender(QObject):
        sent = Signal()

    sender = Sender()

    def count(thing: object, call: Callable[[], object]) -> int:
        call()
        before = sys.getrefcount(thing)
        for _ in range(calls):
            call()
        return before - sys.getrefcount(thing)

    return count(None, lambda: sender.setObjectName("x")), count(True, sender.sent.emit)


def _references(bench: Bench) -> str:
    from PySide6 import __version__ as version

    none, true = lost_references()
    # A few references come and go by themselves; a fault loses one a call.
    expect(max(none, true) < _CALLS // 10, f"PySide6 {version} loses references; install another version")
    return f"PySide6 {version}"


def _window(bench: Bench) -> str:
    if sys.platform.startswith("linux") and not any(os.environ.get(n) for n in _DISPLAYS):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QSettings

    # The user's own settings and list of recent files stay as they are.
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(bench.folder))
    from inpaint_studio.editor.app import self_test

    return self_test(bench.sample)


STEPS: dict[str, Callable[[Bench], str]] = {
    "open": _open,
    "networks": _network,
    "find": _find,
    "select": _select,
    "matte": _matte,
    **{f"fill ({filler})": partial(_fill, filler=filler) for filler, _ in filler_choices()},
    "lift all": _lift,
    "save and open": _save,
    "export": _export,
    "PSD": _layered,
    "Qt": _references,
}

NEEDS = {
    "select": "find",
    "matte": "select",
    **{f"fill ({filler})": "select" for filler, _ in filler_choices()},
    "lift all": "find",
    "save and open": "lift all",
    "export": "lift all",
    "PSD": "lift all",
}
"""What a step works with; where that failed, the step is not tried."""


def check(name: str, step: Callable[[Bench], str], bench: Bench) -> Result:
    """Runs one step; whatever it raises becomes a row that failed."""
    start = time.monotonic()
    try:
        note, ok = step(bench), True
    except (CheckFailed, StudioError) as error:
        note, ok = str(error), False
    except Exception as error:  # noqa: BLE001 - any fault of any part is what this is there to tell
        note, ok = f"{type(error).__name__}: {error}", False
    return Result(name, ok, time.monotonic() - start, note)


def run(*, window: bool = False, as_json: bool = False) -> int:
    """Runs all steps, prints a table or JSON and returns 0 if all are OK, else 1."""
    sample = sample_path()
    steps = STEPS | ({"window": _window} if window else {})
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="inpaint-studio-selftest-") as folder:
        bench = Bench(Path(folder), sample)
        for name, step in steps.items():
            failed = {result.part for result in results if not result.ok}
            if NEEDS.get(name) in failed:
                results.append(Result(name, False, 0.0, f"not tried, because “{NEEDS[name]}” failed"))
            else:
                results.append(check(name, step, bench))
            if not as_json:
                print(_line(results[-1]), flush=True)
    if as_json:
        print(json.dumps({"ok": all(r.ok for r in results), "parts": [asdict(r) for r in results]}, indent=2))
    return 0 if all(r.ok for r in results) else 1


def _line(result: Result) -> str:
    return f"{result.part:<18} {'OK' if result.ok else 'FAILED':<6} {result.seconds:6.2f} s  {result.note}"
