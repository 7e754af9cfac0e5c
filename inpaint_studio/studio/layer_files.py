"""Layers as picture files of their own, and their masks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from inpaint_studio.basics import NO_PROGRESS, Progress, StudioError, message
from inpaint_studio.render import layer_surface
from inpaint_studio.studio.save import check_folder, check_target, picture_suffixes

if TYPE_CHECKING:
    from inpaint_studio.basics.surface import Surface
    from inpaint_studio.document import Layer, Snapshot

Content = Literal["pictures", "masks", "both"]
CONTENTS: tuple[Content, ...] = ("pictures", "masks", "both")
Extent = Literal["layer", "canvas"]
EXTENTS: tuple[Extent, ...] = ("layer", "canvas")
_LONGEST_NAME = 80


def write_layer(snapshot: Snapshot, layer_id: str, path: str | Path, *, extent: Extent = "layer") -> None:
    """Writes one layer as a picture, in its place and size on the canvas but without opacity and blend mode.

    As large as the layer, or as the canvas. Has the layer's bits and the document's profile. Errors as
    `studio.save.save`, and KeyError for an unknown layer. May be called in any thread.
    """
    path = Path(path)
    check_target(path, picture_suffixes())
    layer = snapshot.state.layer(layer_id)
    if layer is None:
        raise KeyError(layer_id)
    _write(_surface(snapshot, layer, extent), path, snapshot.icc)


def write_layers(
    snapshot: Snapshot,
    folder: str | Path,
    *,
    content: Content = "pictures",
    extent: Extent = "layer",
    suffix: str = ".png",
    progress: Progress = NO_PROGRESS,
) -> list[Path]:
    """Writes all layers, hidden ones too, as `write_layer`, and their masks as grey pictures.

    Files are numbered from the lowest layer up. Nothing that is there is replaced: raises StudioError then.
    Returns the files, in order.
    """
    folder = Path(folder)
    check_folder(folder)
    if suffix not in picture_suffixes():
        raise StudioError(message("file.wrong_suffix", file=suffix, known=", ".join(picture_suffixes())))
    planned = [
        (layer, folder / f"{number:02d} {_safe(layer.name)}{kind}{suffix}", bool(kind))
        for number, layer in enumerate(snapshot.state.layers, 1)
        for kind in {"pictures": ("",), "masks": (" mask",), "both": ("", " mask")}[content]
    ]
    there = next((path for _, path, _ in planned if path.exists()), None)
    if there is not None:
        raise StudioError(message("export.layer_there", file=there.name))
    for number, (layer, path, masked) in enumerate(planned):
        progress.report(number / len(planned), message("job.exporting", file=path.name))
        surface = _surface(snapshot, layer, extent)
        _write(surface, path, None if masked else snapshot.icc, masked=masked)
    return [path for _, path, _ in planned]


def _safe(name: str) -> str:
    """A layer's name as the name of a file in every system."""
    kept = "".join(c if c.isalnum() or c in " -_()" else "_" for c in name)[:_LONGEST_NAME].strip()
    return kept or "layer"


def _surface(snapshot: Snapshot, layer: Layer, extent: Extent) -> Surface:
    # By itself a layer has nothing resting on it: its holes are open and filled.
    opened = replace(layer, holes=tuple(replace(hole, owner=None) for hole in layer.holes))
    box = snapshot.state.canvas if extent == "canvas" else None
    surface = layer_surface(snapshot, opened, box, dtype=layer.source.dtype)
    if not surface.pixels.size:
        surface = replace(surface, pixels=np.zeros((1, 1, 4), layer.source.dtype))
    return surface


def _write(surface: Surface, path: Path, icc: bytes | None, *, masked: bool = False) -> None:
    from inpaint_studio.files.export import export_pixels
    from inpaint_studio.files.png import without_idle_alpha

    pixels = np.ascontiguousarray(surface.pixels[..., 3]) if masked else without_idle_alpha(surface.pixels)
    export_pixels(pixels, path, icc=icc)
