"""Projects: OpenRaster files that any program reads, with what is needed to go on editing.

Beside the members of OpenRaster lies `inpaint-studio/`: document.json, the photo's own bytes, and
masks, sources, holes and fills as PNG. Each layer's record holds the SHA-256 of its picture in
`data/`, so that what another program changed is noticed.
"""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Progress, StudioError, SubProgress
from inpaint_studio.document import Backdrop, Document, Layer, State, Tree, parts
from inpaint_studio.files.atomic import atomic_write
from inpaint_studio.files.fields import Fields, read_fields
from inpaint_studio.files.foreign import Pictures, open_foreign, with_backdrop
from inpaint_studio.files.limits import PixelBudget
from inpaint_studio.files.openraster import (
    Reader,
    Stack,
    StackLayer,
    Writer,
    op_of,
    plain_name,
    read_stack,
    stack_xml,
)
from inpaint_studio.files.png import encode_png, without_idle_alpha
from inpaint_studio.files.profiles import profile_space
from inpaint_studio.files.records import FOLDER, Record, Recorder, Restorer, check_layer_size
from inpaint_studio.render import layer_surface, render, shrunk

if TYPE_CHECKING:
    from inpaint_studio.document import Photo, Snapshot

FORMAT = 1
"""Raised by one for each change that an older program would misread."""
_DOCUMENT = f"{FOLDER}/document.json"


def save_project(
    snapshot: Snapshot, photo: Photo, path: str | os.PathLike[str], *, progress: Progress = NO_PROGRESS
) -> None:
    """Writes a document as OpenRaster: its snapshot and its photo. May be called in any thread.

    Raises StudioError where it cannot be written; the old file is then as it was.
    """
    for layer in snapshot.state.layers:
        check_layer_size(layer)

    def write(file: BinaryIO) -> None:
        _write(snapshot, photo, file, progress)

    atomic_write(path, write)


def open_project(path: str | os.PathLike[str]) -> tuple[Document, list[str]]:
    """The document in an OpenRaster file of any program, and notices for the user.

    What another program changed or added is a plain picture layer, and a notice says so. Raises
    StudioError for what is no OpenRaster file, is damaged, too large, or from a newer version.
    """
    with Reader(path) as reader:
        stack = read_stack(reader)
        budget = PixelBudget(reader.name)
        if _DOCUMENT not in reader:
            return open_foreign(reader, stack, budget)
        return _restore(reader, stack, budget)


def _write(snapshot: Snapshot, photo: Photo, file: BinaryIO, progress: Progress) -> None:
    state, merged = snapshot.state, render(snapshot).pixels
    icc = snapshot.icc if profile_space(snapshot.icc) == "RGB" else None
    # The two largest pictures are packed at the same time: the merged one, the bottom layer.
    with Writer(file) as writer, ThreadPoolExecutor(1) as beside:
        packed = beside.submit(encode_png, without_idle_alpha(merged), icc=icc)
        recorder = Recorder(writer, photo)
        draw = _Draw(writer, snapshot, icc)
        drawn, records = _write_layers(draw, recorder, SubProgress(progress, 0.05, 0.9))
        record = {
            "version": FORMAT,
            "canvas": {key: int(value) for key, value in zip("xywh", state.canvas, strict=True)},
            "photo": recorder.photo(),
            "layers": records,
            "fills": _fill_records(recorder, snapshot),
            "selection": recorder.piece("selection", state.selection),
            "found": [recorder.found(found) for found in state.found],
        }
        progress.report(0.9, "Saving the merged picture")
        writer.add("mergedimage.png", packed.result())
        stack = Stack(state.canvas[2], state.canvas[3], drawn)
        writer.add("stack.xml", stack_xml(stack), pack=True)
        writer.add("Thumbnails/thumbnail.png", encode_png(shrunk(merged, 256)))
        writer.add(_DOCUMENT, json.dumps(record, allow_nan=False).encode(), pack=True)


@dataclass(frozen=True)
class _Draw:
    """Writes layers as the pictures that other programs show."""

    writer: Writer
    snapshot: Snapshot
    icc: bytes | None

    def layer(self, layer: Layer, member: str) -> tuple[StackLayer, str]:
        """What stack.xml says of the layer, and the SHA-256 of its picture."""
        # Other programs draw and move a cutout that rests at home, so its hole is filled for them.
        opened = replace(layer, holes=tuple(replace(hole, owner=None) for hole in layer.holes))
        surface = layer_surface(self.snapshot, opened)
        (x, y, _, _), pixels = surface.box, surface.pixels
        # A PNG has at least one pixel.
        seen = without_idle_alpha(pixels) if pixels.size else np.zeros((1, 1, 4), np.uint8)
        data = encode_png(seen, icc=self.icc)
        self.writer.add(member, data)
        left, top, _, _ = self.snapshot.state.canvas
        return _shown(layer, member, x - left, y - top), hashlib.sha256(data).hexdigest()


def _write_layers(
    draw: _Draw, recorder: Recorder, progress: Progress
) -> tuple[tuple[StackLayer, ...], list[Record]]:
    drawn, records = [], []
    layers = draw.snapshot.state.layers
    for i, layer in enumerate(layers):
        progress.report(i / len(layers), "Saving layers")
        shown, digest = draw.layer(layer, f"data/layer{i:03}.png")
        drawn.append(shown)
        place = {"src": shown.src, "x": shown.x, "y": shown.y, "sha256": digest}
        records.append(recorder.node(layer) | {"drawn": place})
    return tuple(drawn), records


def _shown(layer: Layer, member: str, x: int, y: int) -> StackLayer:
    return StackLayer(
        member, layer.name, x, y, layer.opacity, layer.visible, op_of(layer.blend), layer.locked
    )


def _fill_records(recorder: Recorder, snapshot: Snapshot) -> list[Record]:
    records, fills = [], snapshot.fills
    for layer in snapshot.state.layers:
        for part in parts(snapshot.state.tree, layer):
            patch = fills.get(part.key)
            if patch is not None and fills.is_final(part.key):
                record = {"key": part.key, "note": fills.note(part.key)}
                records.append(record | {"pixels": recorder.piece("fill", patch)})
    return records


def _restore(reader: Reader, stack: Stack, budget: PixelBudget) -> tuple[Document, list[str]]:
    record = read_fields(reader, _DOCUMENT)
    if record.whole("version", 1) > FORMAT:
        raise StudioError(
            f"“{reader.name}” was saved by a newer version of this program. Update the program to open it."
        )
    restorer = Restorer(budget)
    photo = restorer.photo(record.fields("photo"))
    corner = record.fields("canvas")
    pictures = Pictures(reader, budget, (corner.whole("x"), corner.whole("y")))
    layers = _restore_layers(record.many("layers"), stack, restorer, pictures)
    if len({layer.id for layer in layers}) < len(layers):
        raise reader.damaged("two of its layers are the same")
    own_backdrop = any(isinstance(layer, Backdrop) for layer in layers)
    canvas = (*pictures.corner, stack.width, stack.height)
    selection = record.fields_or_none("selection")
    state = State(
        canvas,
        Tree(with_backdrop(layers, canvas)),
        None if selection is None else restorer.mask(selection),
        # Found objects lie in the backdrop's pixels; over another picture they mean nothing.
        tuple(restorer.found(found) for found in record.many("found")) if own_backdrop else (),
    )
    document = Document(photo, state)
    open_parts = {part.key: part for layer in state.layers for part in parts(state.tree, layer)}
    for fill in record.many("fills"):
        part = open_parts.get(fill.text("key"))
        if part is not None:
            note = fill.text("note") if "note" in fill else ""
            document.fills.put(part, restorer.patch(fill.fields("pixels")), note=note)
    return document, pictures.notices


def _restore_layers(
    records: list[Fields], stack: Stack, restorer: Restorer, pictures: Pictures
) -> tuple[Layer, ...]:
    saved = {record.fields("drawn").text("src"): record for record in records}
    layers: list[Layer] = []
    for shown in stack.layers:
        record = saved.pop(shown.src, None)
        layer = None if record is None else _unchanged(record, shown, restorer, pictures)
        if layer is None:
            pictures.notices.append(
                f"“{shown.name}” was changed or added by another program: it is a plain picture now."
            )
            layer = pictures.layer(shown)
        if layer is not None:
            layers.append(layer)
    pictures.notices += [
        f"“{record.text('name')}” was taken out by another program." for record in saved.values()
    ]
    return tuple(layers)


def _unchanged(record: Fields, shown: StackLayer, restorer: Restorer, pictures: Pictures) -> Layer | None:
    """The layer as saved, with what stack.xml now says of it; None if its picture is another one."""
    drawn = record.fields("drawn")
    data = record.reader.read(shown.src)
    if hashlib.sha256(data).hexdigest() != drawn.text("sha256"):
        return None
    layer = restorer.layer(record)
    was = _shown(layer, shown.src, drawn.whole("x"), drawn.whole("y"))
    if (shown.x, shown.y) != (was.x, was.y):
        move = layer.transform
        move = replace(move, dx=move.dx + shown.x - was.x, dy=move.dy + shown.y - was.y)
        layer = replace(layer, transform=move)
        pictures.notices.append(f"“{layer.name}” was moved by another program.")
    if shown.name != plain_name(was.name):
        layer = replace(layer, name=shown.name)
    if shown.op != was.op:
        layer = replace(layer, blend=pictures.blend(shown))
    return replace(layer, opacity=shown.opacity, visible=shown.visible)
