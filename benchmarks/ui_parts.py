"""The measurements of the window, each to be run in a fresh process."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from benchmarks import pictures
from benchmarks.watch import LoopWatch
from inpaint_studio.jobs import GuiCollector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inpaint_studio.basics import Mask
    from inpaint_studio.editor.window import Window

Numbers = dict[str, Any]
"""A measured number by name; times in milliseconds, memory in megabytes."""

_PATIENCE = 300.0
_FIRST_PAINT = """
import os, sys, time
begun = float(sys.argv[1])
import inpaint_studio.__main__
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from inpaint_studio.editor.app import application, Window
imported = time.time()

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not self.seen:
            self.seen = True
            QTimer.singleShot(0, self.tell)
        return False
    def tell(self):
        print((imported - begun) * 1000, (time.time() - begun) * 1000, flush=True)
        os._exit(0)

app = application()
window = Window()
first = FirstPaint()
first.seen = False
app.installEventFilter(first)
window.show()
app.exec()
"""


def summary(times: list[float]) -> tuple[float, float]:
    """Median and 99th percentile."""
    return float(np.median(times)), float(np.percentile(times, 99))


def wait(done: Callable[[], object], what: str) -> None:
    """Lets the window run until something is so; RuntimeError after five minutes."""
    end = time.monotonic() + _PATIENCE
    while not done():
        if time.monotonic() > end:
            raise RuntimeError(f"waited in vain for {what}")
        QApplication.processEvents()
        time.sleep(0.0002)


def opened_window() -> Window:
    """The window as the program opens it, at its own size."""
    from inpaint_studio.editor.app import application
    from inpaint_studio.editor.window import Window

    application()
    window = Window()
    # As in the program: widgets must not be freed in a worker's thread or amid an event.
    GuiCollector(window).setObjectName("collector")
    window.show()
    for _ in range(20):
        QApplication.processEvents()
        time.sleep(0.01)
    return window


def close(window: Window) -> None:
    if window.app.document is not None:
        window.app.document.mark_saved()
    window.close()
    collector = window.findChild(GuiCollector, "collector")
    if collector is not None:
        collector.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def at_rest(window: Window) -> bool:
    """Whether no job runs, no fill is waited for and everything is composed."""
    return not (window.app.workspace.busy or window.scene.busy)


def start_up(processes: int) -> Numbers:
    """From the start of a process to the first picture of the empty window."""
    runs = []
    for _ in range(processes + 1):
        answer = subprocess.run(
            [sys.executable, "-c", _FIRST_PAINT, str(time.time())], check=True, capture_output=True, text=True
        )
        runs.append([float(v) for v in answer.stdout.split()])
    # The first one reads the files from the disk, which says more about the disk.
    imports, paints = zip(*runs[1:], strict=True)
    return {"window": statistics.median(paints), "imports": statistics.median(imports), "cold": runs[0][1]}


def open_photo(size: tuple[int, int]) -> Numbers:
    """A JPEG opened in the window until all of it is composed and painted."""
    with tempfile.TemporaryDirectory() as folder:
        path = pictures.written(Path(folder, "photo.jpg"), pictures.textured(*size))
        window = opened_window()
        begun = time.perf_counter()
        window.filing.open_path(path)
        wait(lambda: window.app.document is not None, "the photo")
        read = time.perf_counter()
        painted = _Painted(window)
        wait(lambda: painted.count, "the first picture")
        first = time.perf_counter()
        wait(lambda: not window.scene.busy, "the whole picture")
        window.view.viewport().repaint()
        done = time.perf_counter()
        close(window)
    return {"visible": (done - begun) * 1000, "read": (read - begun) * 1000, "first": (first - begun) * 1000}


class _Painted(QObject):
    """Counts the paint events of the canvas."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.count = 0
        window.view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def event_loop(photo: Path | None, size: tuple[int, int], lifts: int) -> Numbers:
    """Gaps of the event loop while objects are found, lifted, matted and filled, from a fresh process."""
    masks = pictures.objects(*size, lifts)
    with tempfile.TemporaryDirectory() as folder:
        path = photo
        if path is None:
            pixels = pictures.with_objects(pictures.textured(*size), masks)
            path = pictures.written(Path(folder, "photo.jpg"), pixels)
        window = opened_window()
        window.filing.open_path(path)
        wait(lambda: window.app.document is not None and at_rest(window), "the photo")
    document = window.app.document
    assert document is not None
    if photo is not None:
        masks = pictures.objects(*document.photo.size, lifts)
    gaps = {"find": _watched(window, lambda: window.app.verbs.ask("objects.find")), "fill": {}}
    gaps["fill"] = _watched(window, lambda: lift_all(window, masks))
    close(window)
    return gaps


def lift_all(window: Window, masks: list[Mask]) -> None:
    """Selects and lifts each mask, as an artist would one after the other."""
    perform = window.app.verbs.perform
    for mask in masks:
        for act in (partial(perform, "selection.set", mask=mask), partial(perform, "selection.lift")):
            act()
            for _ in range(5):
                QApplication.processEvents()


def _watched(window: Window, act: Callable[[], None]) -> Numbers:
    watch = LoopWatch()
    watch.start()
    act()
    wait(lambda: at_rest(window), "the jobs")
    # Thumbnails come a little later.
    end = time.monotonic() + 1
    wait(lambda: time.monotonic() > end, "the panels")
    watch.stop()
    gaps = watch.gaps()
    return {
        "longest": float(gaps.max()),
        "p99": float(np.percentile(gaps, 99)),
        "over_50": [round(float(g)) for g in np.sort(gaps)[::-1] if g > 50][:12],
        "seconds": float(gaps.sum() / 1000),
        "during": watch.during(),
        "then": watch.during(1),
    }


def large_document(
    size: tuple[int, int], layers: int, frames: int = 150, dabs: int = 60
) -> Iterator[tuple[str, Numbers]]:
    """Frame times and memory with many cutouts on a large photo, whose holes are filled for real."""
    masks = pictures.objects(*size, layers)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "photo.jpg")
        # In a process of its own: what making the picture needs is not the window's memory.
        code = "import sys; from benchmarks import ui_parts; ui_parts.make(*sys.argv[1:])"
        subprocess.run([sys.executable, "-c", code, str(path), *map(str, (*size, layers))], check=True)
        window = opened_window()
        window.filing.open_path(path)
        wait(lambda: window.app.document is not None and at_rest(window), "the photo")
    lifted = _watched(window, lambda: lift_all(window, masks))
    yield "lifted", {**lifted, "layers": len(window.app.document.layers)}  # type: ignore[union-attr]
    yield "memory", {"peak": peak_memory()}
    ids = [x.id for x in window.app.document.layers[1:]]  # type: ignore[union-attr]
    for name, zoom in (("fit", None), ("100 %", 1.0)):
        yield f"drag at {name}", drag(window, masks[0], ids[0], zoom, frames)
    for tool in ("mask", "remove"):
        for name, zoom in (("fit", None), ("100 %", 1.0)):
            yield f"{tool} brush at {name}", brush(window, tool, masks[1], ids[1], zoom, dabs)
            wait(lambda: at_rest(window), "the fill")
    yield "memory", {"peak": peak_memory()}
    close(window)


def make(path: str, width: str, height: str, layers: str) -> None:
    """Writes a photo with objects; for a process of its own."""
    size = int(width), int(height)
    masks = pictures.objects(*size, int(layers))
    pictures.written(Path(path), pictures.with_objects(pictures.textured(*size), masks))


def peak_memory() -> float:
    """The most memory this process ever held, in MB; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _shown_at(window: Window, mask: Mask, zoom: float | None) -> QPointF:
    """Brings a mask's middle into view and returns where it is in the viewport."""
    x, y, w, h = mask.box
    middle = QPointF(x + w / 2, y + h / 2)
    if zoom is None:
        window.view.fit()
    else:
        window.view.set_zoom(zoom)
        window.view.centerOn(middle)
    QApplication.processEvents()
    return window.view.viewportTransform().map(middle)


def _send(window: Window, kind: QEvent.Type, point: QPointF) -> None:
    """A mouse event with the left button at a viewport point."""
    viewport = window.view.viewport()
    moving = kind == QEvent.Type.MouseMove
    up = kind == QEvent.Type.MouseButtonRelease
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    event = QMouseEvent(
        kind, point, QPointF(viewport.mapToGlobal(point.toPoint())), none if moving else left,
        none if up else left, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def drag(window: Window, mask: Mask, layer_id: str, zoom: float | None, frames: int) -> Numbers:
    """One layer dragged in a circle; a frame is a mouse event and the whole canvas painted."""
    window.column.take("move")
    window.app.workspace.set_active(layer_id)
    start = _shown_at(window, mask, zoom)
    _send(window, QEvent.Type.MouseButtonPress, start)

    def frame(turn: float) -> None:
        way = QPointF(120 * np.sin(turn), 120 * (1 - np.cos(turn)))
        _send(window, QEvent.Type.MouseMove, start + way)
        window.view.viewport().repaint()

    first = _timed(lambda: frame(0.3))
    times = []
    for turn in np.linspace(0.3, 1.5 * np.pi, frames):
        times.append(_timed(lambda turn=turn: frame(turn)))  # type: ignore[misc]
        QApplication.processEvents()
    release = _timed(lambda: _send(window, QEvent.Type.MouseButtonRelease, start + QPointF(30, 20)))
    settled = _timed(lambda: wait(lambda: not window.scene.busy, "the picture"))
    document = window.app.document
    assert document is not None
    if document.layer(layer_id).transform.dx == 0:
        raise RuntimeError("the layer was not dragged")
    document.undo()
    wait(lambda: at_rest(window), "the picture")
    median, p99 = summary(times)
    return {"median": median, "p99": p99, "first": first, "release": release, "settled": settled}


def brush(window: Window, name: str, mask: Mask, layer_id: str, zoom: float | None, dabs: int) -> Numbers:
    """One stroke; the time from each mouse event until the canvas was painted with its dab."""
    window.column.take(name)
    window.app.workspace.set_active(layer_id)
    tool: Any = window.column.tools[name]
    tool.brush.set_size(200.0 if zoom is None else 60.0)
    start = _shown_at(window, mask, zoom)
    painted = _Painted(window)
    shown: list[int] = []
    show = tool.show_stroke

    def show_and_tell(stroke: Mask) -> None:
        show(stroke)
        shown.append(painted.count)

    tool.show_stroke = show_and_tell

    def dab(kind: QEvent.Type, turn: float) -> None:
        shown.clear()
        _send(window, kind, start + QPointF(60 * np.cos(turn) - 60, 60 * np.sin(turn)))
        wait(lambda: shown and painted.count > shown[-1], "the dab")

    first = _timed(lambda: dab(QEvent.Type.MouseButtonPress, 0))
    times = []
    for turn in np.linspace(0.3, 12, dabs):
        # As a hand and a 60 Hz mouse do: an event comes when the last one is on the screen.
        time.sleep(0.012)
        times.append(_timed(lambda turn=turn: dab(QEvent.Type.MouseMove, turn)))  # type: ignore[misc]
    release = _timed(lambda: _send(window, QEvent.Type.MouseButtonRelease, start))
    del tool.show_stroke
    median, p99 = summary(times)
    return {"median": median, "p99": p99, "first": first, "release": release}
