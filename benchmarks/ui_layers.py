"""Frames and memory with turned and scaled layers: what `benchmarks.ui` measures as "layers" and "turns"."""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks import pictures
from benchmarks.ui_parts import Numbers, at_rest, brush, close, drag, opened_window, wait
from inpaint_studio.document import Cutout, Document, Photo, Picture, Transform
from inpaint_studio.render import layer_surface

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inpaint_studio.basics import Mask
    from inpaint_studio.basics.mask import Array
    from inpaint_studio.editor.window import Window

TURNS = 200
KINDS = ("moved", "turned", "scaled")


def kind_of(number: int, layers: int) -> str:
    """Half of the layers are turned, a quarter is scaled, the rest only moved."""
    return "turned" if number < layers // 2 else "scaled" if number < layers * 3 // 4 else "moved"


def _transform(kind: str, mask: Mask, number: int) -> Transform:
    x, y, w, h = mask.box
    middle = (x + w / 2, y + h / 2)
    if kind == "turned":
        return Transform(degrees=7.0 + 23 * number, pivot=middle)
    scale = 0.7 + 0.1 * (number % 5)
    return Transform(9, 6, scale, scale, 0, middle) if kind == "scaled" else Transform(9, 6, pivot=middle)


def document(size: tuple[int, int], layers: int) -> tuple[Document, list[Mask]]:
    """A photo whose objects lie on it as layers that were moved, turned and scaled."""
    masks = pictures.objects(*size, layers)
    made = Document(Photo(pictures.with_objects(pictures.textured(*size), masks), "photo.png"))
    tree = made.tree
    for number, mask in enumerate(masks):
        transform = _transform(kind_of(number, layers), mask, number)
        cutout = Cutout(f"{number}", made.photo.pixels, id=f"{number}", mask=mask, transform=transform)
        tree = tree.above(None, cutout)
    made.apply("Lift", made.state.with_tree(tree))
    return made, masks


def _shown(made: Document) -> Window:
    window = opened_window()
    window.app.workspace.open(made)
    wait(lambda: at_rest(window), "the picture")
    return window


def frames(
    size: tuple[int, int], layers: int, moves: int = 150, dabs: int = 60
) -> Iterator[tuple[str, Numbers]]:
    """Frame times of dragging, and of the mask brush, by what was done to the layer before."""
    made, masks = document(size, layers)
    window = _shown(made)
    for kind in KINDS:
        number = next(i for i in range(layers) if kind_of(i, layers) == kind)
        for name, zoom in (("fit", None), ("100 %", 1.0)):
            yield f"drag, {kind} layer, at {name}", drag(window, masks[number], f"{number}", zoom, moves)
            yield (
                f"mask brush, {kind} layer, at {name}",
                brush(window, "mask", masks[number], f"{number}", zoom, dabs),
            )
    close(window)


def turns(size: tuple[int, int], count: int = TURNS) -> Numbers:
    """Memory in MB: before, after turning a layer as large as the photo, and with the document closed."""
    window = opened_window()
    start = memory()
    opened = window.app.workspace.open(_turned(pictures.textured(*size)))
    made = opened.document
    for number in range(count):
        layer = made.layer("turned")
        middle = (size[0] / 2, size[1] / 2)
        made.update("Turn", replace(layer, transform=Transform(degrees=number * 1.7 + 1, pivot=middle)))
        window.view.viewport().repaint()
        wait(lambda: not window.scene.busy, "the picture")
        layer_surface(made.snapshot(), made.layer("turned"), (0, 0, 600, 400))
    turned = memory()
    made.mark_saved()
    window.app.workspace.close(opened)
    del made, opened
    for _ in range(5):
        QApplication.processEvents()
    gc.collect()
    closed = memory()
    close(window)
    return {"start": start, "turned": turned, "closed": max(0.0, closed - start)}


def _turned(pixels: Array) -> Document:
    made = Document(Photo(pixels, "photo.png"))
    copy = Picture("Turned", np.ascontiguousarray(pixels[::-1]), id="turned")
    made.apply("Put", made.state.with_tree(made.tree.above(None, copy)))
    return made


def memory() -> float:
    """What this process holds now, in MB; 0 where the system does not tell."""
    if not sys.platform.startswith("linux"):
        return 0.0
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
