"""A document as a PSD file: layers, groups, masks, blend modes, names, profile, and the picture as a whole.

What PSD has not got is drawn: holes are filled, turned layers are pixels, an adjustment is a picture of all
that lies below it.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inpaint_studio.basics import NO_PROGRESS, Mask, Progress, StudioError, message
from inpaint_studio.basics.surface import Pixels, full
from inpaint_studio.document import Group, Layer, Node, Picture
from inpaint_studio.files.profiles import profile_space, srgb
from inpaint_studio.files.psd.records import Depth, Record, group_records, layer_record
from inpaint_studio.files.psd.resources import resources
from inpaint_studio.render import layer_surface, render

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

    from inpaint_studio.document import Snapshot
    from inpaint_studio.files.writers.codec import Beside

_MOST_BYTES = (1 << 31) - 1


def write_document(
    snapshot: Snapshot,
    beside: Beside,
    *,
    version: int = 1,
    dtype: DTypeLike = np.uint8,
    progress: Progress = NO_PROGRESS,
) -> bytes:
    """The bytes of a PSD (version 1) or PSB (version 2) file, 8 or 16 bits a channel as `dtype` says.

    Raises StudioError for more than a PSD file can hold. May be called in any thread.
    """
    depth = Depth(8 * np.dtype(dtype).itemsize, version)
    merged = render(snapshot, dtype=depth.dtype).pixels
    records = _Records(snapshot, depth, progress)
    return _file(merged, records.of(snapshot.state.tree.roots, ()), records.depth, beside)


def write_picture(pixels: Pixels, beside: Beside, *, version: int = 1) -> bytes:
    """The bytes of a file with one layer, of an H×W (grey), H×W×3 or H×W×4 array, uint8 or uint16.

    Raises StudioError as `write_document`.
    """
    colour = np.repeat(pixels[:, :, None], 3, axis=2) if pixels.ndim == 2 else pixels
    if colour.shape[2] == 3:
        opaque = np.full((*colour.shape[:2], 1), full(colour.dtype), colour.dtype)
        colour = np.concatenate([colour, opaque], axis=2)
    depth = Depth(colour.dtype.itemsize * 8, version)
    only = layer_record(Picture("Picture", colour[:, :, :3]), (0, 0), colour, None, depth)
    return _file(colour, [only], depth, beside)


class _Records:
    """Makes the records of a snapshot's nodes, in the order of the file."""

    def __init__(self, snapshot: Snapshot, depth: Depth, progress: Progress) -> None:
        self._snapshot, self.depth, self._progress = snapshot, depth, progress
        self._corner = snapshot.state.canvas[:2]
        self._dtype = depth.dtype
        self._done = 0

    def of(self, nodes: tuple[Node, ...], below: tuple[Node, ...]) -> list[Record]:
        """The records of nodes, bottom first; `below` is what lies below them and joins them."""
        made: list[Record] = []
        for place, node in enumerate(nodes):
            under = (*below, *nodes[:place])
            if isinstance(node, Group):
                inside = self.of(node.children, () if node.composed_apart else under)
                made += group_records(node, node.composed_apart, inside)
            elif isinstance(node, Layer):
                made.append(self._layer(node))
            else:
                made.append(self._drawn(node, under))
        return made

    def _layer(self, layer: Layer) -> Record:
        self._done += 1
        count = len(self._snapshot.state.layers)
        self._progress.report(0.05 + 0.9 * self._done / (count + 1), message("job.saving_layers"))
        # Other programs draw and move a cutout that rests at home, so its hole is filled for them.
        opened = replace(layer, holes=tuple(replace(hole, owner=None) for hole in layer.holes))
        surface = layer_surface(self._snapshot, opened, dtype=self._dtype)
        pixels, mask = surface.pixels, None
        if pixels.size and opened.mask is not None and _hides_a_picture(opened):
            pixels, mask = self._masked(opened, opened.mask, pixels)
        return layer_record(layer, self._place(surface.box), pixels, mask, self.depth)

    def _place(self, box: tuple[int, int, int, int]) -> tuple[int, int]:
        return box[0] - self._corner[0], box[1] - self._corner[1]

    def _masked(self, layer: Layer, mask: Mask, pixels: Pixels) -> tuple[Pixels, NDArray[Any]]:
        """A layer's pixels with those that its mask hides, and the mask."""
        bare = replace(layer, mask=Mask(mask.x, mask.y, np.full_like(mask.crop, 255)))
        whole = layer_surface(self._snapshot, bare, dtype=self._dtype).pixels
        shown, most = pixels[:, :, 3:], full(self._dtype)
        # Through a turn or scale colours are weighted by what covers them, so those that show are kept.
        whole[:, :, :3] = np.where(shown > 0, pixels[:, :, :3], whole[:, :, :3])
        cover = np.maximum(whole[:, :, 3], 1).astype(np.float64)
        return whole, np.rint(np.minimum(shown[:, :, 0] * (most / cover), most))

    def _drawn(self, node: Node, below: tuple[Node, ...]) -> Record:
        """A picture of what an adjustment makes of what lies below it."""
        seen = replace(node, visible=True)
        picture = render(self._snapshot, nodes=(*below, seen), dtype=self._dtype).pixels
        plain = replace(node, opacity=1.0, blend="normal")
        return layer_record(plain, (0, 0), picture, None, self.depth)


def _hides_a_picture(layer: Layer) -> bool:
    """Whether what a layer's mask hides is more than one colour: then it is a mask, else transparency."""
    mask = layer.mask
    assert mask is not None
    hidden = layer.pixels(mask.box)[mask.crop == 0]
    return bool(hidden.size) and bool((hidden != hidden[0]).any())


def _file(merged: Pixels, records: list[Record], depth: Depth, beside: Beside) -> bytes:
    from psd_tools.psd import PSD
    from psd_tools.psd.header import FileHeader

    height, width = merged.shape[:2]
    see_through = bool((merged[:, :, 3] < full(merged.dtype)).any())
    header = FileHeader(
        version=depth.version, channels=4 if see_through else 3, height=height, width=width, depth=depth.bits
    )
    # Programs take pictures of 16 bits for linear ones where no profile says what they are.
    icc = beside.icc if profile_space(beside.icc) == "RGB" else srgb()
    made = PSD(
        header=header,
        image_resources=resources(icc, beside.metadata),
        layer_and_mask_information=_layers(records, depth, see_through),
        image_data=_merged(merged, depth, see_through),
    )
    file = io.BytesIO()
    made.write(file)
    if depth.version == 1 and file.tell() > _MOST_BYTES:
        raise StudioError(message("psd.too_large"))
    return file.getvalue()


def _layers(records: list[Record], depth: Depth, see_through: bool) -> Any:
    """The section of layers; where there are more than 8 bits they lie in a block of their own."""
    from psd_tools.constants import Tag
    from psd_tools.psd.layer_and_mask import (
        ChannelImageData,
        LayerAndMaskInformation,
        LayerInfo,
        LayerRecords,
    )  # fmt: skip
    from psd_tools.psd.tagged_blocks import TaggedBlocks

    # A negative count says that the merged picture's fourth channel is its transparency.
    known, pixels = LayerRecords(), ChannelImageData()
    for record, channels in records:
        known.append(record)
        pixels.append(channels)
    values = (-len(records) if see_through else len(records), known, pixels)
    blocks = TaggedBlocks()
    if depth.bits == 8:
        return LayerAndMaskInformation(LayerInfo(*values), None, blocks)
    blocks.set_data(Tag.LAYER_16, *values)
    return LayerAndMaskInformation(LayerInfo(), None, blocks)


def _merged(pixels: Pixels, depth: Depth, see_through: bool) -> Any:
    """The picture as a whole, on white where it is transparent, as Photoshop has it."""
    from psd_tools.compression import compress
    from psd_tools.constants import Compression
    from psd_tools.psd.image_data import ImageData

    height, width = pixels.shape[:2]
    planes = [pixels[:, :, place] for place in range(3)]
    if see_through:
        most = full(pixels.dtype)
        cover = pixels[:, :, 3].astype(np.float64) / most
        planes = [np.rint(plane * cover + most * (1 - cover)) for plane in planes]
        planes.append(pixels[:, :, 3])
    data = b"".join(depth.stored(plane) for plane in planes)
    rows = height * len(planes)
    packed = compress(data, Compression.RLE, width, rows, depth.bits, depth.version)
    return ImageData(Compression.RLE, packed)
