"""Projects: OpenRaster files that any program reads, with what is needed to go on editing.

Beside the members of OpenRaster lies `inpaint-studio/`: document.json, the photo's own bytes, and
masks, sources, holes and fills as PNG. Each layer's record holds the SHA-256 of its picture in
`data/`, so that what another program changed is noticed.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, BinaryIO

from inpaint_studio.basics import NO_PROGRESS, Progress, StudioError, SubProgress, message
from inpaint_studio.files.atomic import atomic_write
from inpaint_studio.files.fields import read_fields
from inpaint_studio.files.foreign import Pictures, open_foreign
from inpaint_studio.files.limits import PixelBudget
from inpaint_studio.files.openraster import Reader, Stack, Writer, read_stack, stack_xml, with_operators
from inpaint_studio.files.pictures import with_backdrop
from inpaint_studio.files.png import encode_png, without_idle_alpha
from inpaint_studio.files.profiles import profile_space, srgb
from inpaint_studio.files.records import FOLDER, Recorder, Restorer, check_layer_size
from inpaint_studio.files.stacks import NodeReader, NodeWriter
from inpaint_studio.render import render, shrunk

if TYPE_CHECKING:
    from inpaint_studio.document import Document, Photo, Snapshot

FORMAT = 2
"""The newest version that is read; raised by one for each change that an older program would misread.

A file says 1 where all it holds can be read by a program that reads no more: it has neither groups nor
adjustments.
"""
_PLAIN = "Another program erased or clipped something in this file: its layers are plain pictures now."
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
        if with_operators(stack.nodes):
            document, notices = open_foreign(reader, stack, budget)
            return document, [_PLAIN, *notices]
        return _restore(reader, stack, budget)


def _write(snapshot: Snapshot, photo: Photo, file: BinaryIO, progress: Progress) -> None:
    state = snapshot.state
    merged = render(snapshot, dtype=state.dtype).pixels
    icc = snapshot.icc if profile_space(snapshot.icc) == "RGB" else None
    if icc is None and state.deep:
        # Krita asks what colours of 16 bits are where no profile says so, and waits for an answer.
        icc = srgb()
    # The two largest pictures are packed at the same time: the merged one, the bottom layer.
    with Writer(file) as writer, ThreadPoolExecutor(1) as beside:
        packed = beside.submit(encode_png, without_idle_alpha(merged), icc=icc)
        recorder = Recorder(writer, photo)
        nodes = NodeWriter(writer, recorder, snapshot, icc, SubProgress(progress, 0.05, 0.9))
        drawn = nodes.write()
        record = {
            "version": 1 if len(state.tree.nodes) == len(state.layers) else FORMAT,
            "photo": recorder.photo(),
            **nodes.records,
            **recorder.state(snapshot),
        }
        progress.report(0.9, message("job.saving_merged"))
        writer.add("mergedimage.png", packed.result())
        stack = Stack(state.canvas[2], state.canvas[3], drawn)
        writer.add("stack.xml", stack_xml(stack), pack=True)
        writer.add("Thumbnails/thumbnail.png", encode_png(shrunk(merged, 256)))
        writer.add(_DOCUMENT, json.dumps(record, allow_nan=False).encode(), pack=True)


def _restore(reader: Reader, stack: Stack, budget: PixelBudget) -> tuple[Document, list[str]]:
    record = read_fields(reader, _DOCUMENT)
    if record.whole("version", 1) > FORMAT:
        raise StudioError(message("project.newer", name=reader.name))
    restorer = Restorer(budget)
    photo = restorer.photo(record.fields("photo"))
    corner = record.fields("canvas")
    canvas = (corner.whole("x"), corner.whole("y"), stack.width, stack.height)
    pictures = Pictures(reader, budget, canvas, icc=photo.icc)
    tree = NodeReader(record, restorer, pictures).tree(stack.nodes)
    document = restorer.document(
        record, photo, with_backdrop(tree, canvas), canvas, same_backdrop=tree.backdrop is not None
    )
    return document, pictures.notices
