"""Edits in the window while it saves, exports and selects: `python -m benchmarks.threads [--seconds N]`.

Says how often each was done, what went wrong, and whether in the end the canvas, a saved file and an exported
one show the document as it is. The exit code is 1 if anything is not as it should be.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from PySide6.QtWidgets import QApplication

from benchmarks.ui_parts import at_rest, close, opened_window, wait
from inpaint_studio.app import clips, exporting
from inpaint_studio.app.exporting import ExportOptions
from inpaint_studio.basics import Mask
from inpaint_studio.document import Document, Photo
from inpaint_studio.render import render
from inpaint_studio.studio.find import Prompts
from inpaint_studio.studio.open import open_document

if TYPE_CHECKING:
    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.basics.mask import Array
    from inpaint_studio.editor.window import Window
    from inpaint_studio.jobs import Job

WIDTH, HEIGHT, MOST_LAYERS = 320, 220, 8
"""Small, so that much happens, and the canvas shows all of it at 100 %."""


def photo() -> Document:
    """Coloured noise."""
    small = np.random.default_rng(5).integers(0, 256, (HEIGHT // 20, WIDTH // 20, 3)).astype(np.uint8)
    return Document(Photo(np.kron(small, np.ones((20, 20, 1), np.uint8)), "noise.png"))


class Edits:
    """Edits a document by chance, by the verbs of the window."""

    def __init__(self, window: Window, opened: OpenDocument, seed: int) -> None:
        self._app, self._opened = window.app, opened
        self._rng = np.random.default_rng(seed)

    def pause(self) -> float:
        """Seconds that somebody thinks before the next edit."""
        return float(self._rng.exponential(0.4))

    def one(self) -> None:
        """One edit."""
        document, perform = self._opened.document, self._app.verbs.perform
        cutouts = document.layers[1:]
        kind = int(self._rng.integers(6))
        if len(document.layers) < 3 or (kind == 0 and len(document.layers) < MOST_LAYERS):
            x, y = (int(v) for v in self._rng.integers(0, (WIDTH - 60, HEIGHT - 60)))
            square = Mask.place(np.full((50, 40), 255, np.uint8), x, y)
            perform("selection.set", mask=square, step="Select")
            perform("selection.lift")
        elif kind == 1 and document.can_undo:
            perform("edit.undo")
        elif kind == 2 and document.can_redo:
            perform("edit.redo")
        elif len(document.layers) >= MOST_LAYERS:
            perform("layer.delete", layer=cutouts[0].id)
        else:
            layer = cutouts[int(self._rng.integers(len(cutouts)))]
            value = ("multiply", "screen", "normal")[kind % 3]
            perform("layer.opacity", layer=layer.id, value=float(self._rng.uniform(0.2, 1)))
            perform("layer.blend", layer=layer.id, value=value)


class Bustle:
    """Edits and has written, drawn and selected, all at once; `counts` says what was done how often."""

    def __init__(self, window: Window, folder: Path) -> None:
        self.counts: Counter[str] = Counter()
        self.errors: list[str] = []
        self._window, self._app, self._folder = window, window.app, folder
        self._opened = self._app.workspace.open(photo())
        self._rng = np.random.default_rng(11)
        self._edits = Edits(window, self._opened, 11)
        self._under_way: dict[str, Job[Any]] = {}
        self._app.notices.error.connect(self.errors.append)

    def round(self) -> None:
        """One edit, and one more of each job that is not under way."""
        self._edits.one()
        self.counts["edits"] += 1
        for name, begin in self._jobs().items():
            job = self._under_way.get(name)
            if job is None or job.done:
                self._under_way[name] = begin()
                self.counts[name] += 1
                self._under_way[name].failed.connect(self.errors.append)

    def _jobs(self) -> dict[str, Callable[[], Job[Any]]]:
        opened, folder = self._opened, self._folder
        click = Prompts(points=((float(self._rng.integers(WIDTH)), 50.5),), labels=(1,))
        return {
            "saves": partial(self._app.filing.save, opened, folder / "bustle.ora"),
            "exports": partial(
                exporting.export, opened, ExportOptions(folder / "bustle.png"), self._app.notices
            ),
            "pictures": partial(clips.copy_merged, opened),
            "selections": partial(opened.selecting.select, click),
        }

    def stale(self) -> list[str]:
        """What does not show the document as it is now, when everything has come to rest."""
        if self._opened.document.state.selection is not None:
            self._app.verbs.perform("selection.drop")
        wait(partial(at_rest, self._window), "the jobs to end")
        now = render(self._opened.document.snapshot()).pixels
        written = {name: begin() for name, begin in self._jobs().items() if name in ("saves", "exports")}
        wait(lambda: all(job.done for job in written.values()), "the last files")
        exported = np.asarray(Image.open(self._folder / "bustle.png").convert("RGBA"))
        saved = render(open_document(self._folder / "bustle.ora")[0].snapshot()).pixels
        shown = {"export": exported, "project": saved, "canvas": canvas(self._window)}
        return [name for name, pixels in shown.items() if not np.array_equal(pixels[..., :3], now[..., :3])]


def canvas(window: Window) -> Array:
    """What the canvas shows at 100 %, read from the window's own pixels."""
    from inpaint_studio.editor.images import from_image

    window.take_tool("hand")
    window.view.actual_size()
    window.view.centerOn(WIDTH / 2, HEIGHT / 2)
    wait(partial(at_rest, window), "the canvas")
    for _ in range(20):
        QApplication.processEvents()
        time.sleep(0.005)
    corner = window.view.mapFromScene(0, 0)
    pixels = from_image(window.view.viewport().grab().toImage())
    return pixels[corner.y() : corner.y() + HEIGHT, corner.x() : corner.x() + WIDTH]


def measured(go_on: Callable[[Counter[str]], bool]) -> tuple[Counter[str], list[str], list[str]]:
    """Bustles as long as `go_on` says; what was done how often, the errors, and what is stale in the end."""
    window = opened_window()
    try:
        with tempfile.TemporaryDirectory() as folder:
            bustle = Bustle(window, Path(folder))
            while go_on(bustle.counts):
                bustle.round()
                for _ in range(3):
                    QApplication.processEvents()
                    time.sleep(0.001)
            return bustle.counts, bustle.errors, bustle.stale()
    finally:
        # Closing would ask about files that are being written.
        for job in window.app.workspace.worker.running():
            job.cancel()
        close(window)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    end = time.monotonic() + parser.parse_args(arguments).seconds
    logging.basicConfig(level=logging.WARNING)
    counts, errors, stale = measured(lambda _counts: time.monotonic() < end)
    print(", ".join(f"{number} {name}" for name, number in counts.items()))
    print(f"errors: {len(errors)}{' ' + errors[0] if errors else ''}")
    print(f"stale: {', '.join(stale) or 'nothing'}")
    return int(bool(errors or stale))


if __name__ == "__main__":
    sys.exit(main())
