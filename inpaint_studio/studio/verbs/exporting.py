"""Verbs that write parts of a document as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.basics.values import Choice, Text
from inpaint_studio.studio import layer_files
from inpaint_studio.studio.verbs import conditions as when
from inpaint_studio.studio.verbs.given import LAYER
from inpaint_studio.studio.verbs.parameters import Parameter
from inpaint_studio.studio.verbs.verb import Verb

if TYPE_CHECKING:
    from inpaint_studio.studio.layer_files import Content, Extent
    from inpaint_studio.studio.verbs.verb import VerbContext


def _export_layer(context: VerbContext, path: str, extent: Extent) -> None:
    layer_files.write_layer(context.opened.snapshot(), context.chosen_layer.id, path, extent=extent)


def _export_layers(context: VerbContext, folder: str, content: Content, extent: Extent, suffix: str) -> None:
    snapshot = context.opened.snapshot()
    layer_files.write_layers(snapshot, folder, content=content, extent=extent, suffix=suffix)


_EXTENT = Parameter(
    "extent", Choice(layer_files.EXTENTS), "Size", "layer", "As large as the layer, or as the canvas"
)

EXPORT_LAYERS = Verb(
    "file.export_layers", "Export layers as files…", "File", (), when.document, _export_layers,
    (
        Parameter("folder", Text(4096), "Folder"),
        Parameter("content", Choice(layer_files.CONTENTS), "What", "pictures", "Pictures, masks, or both"),
        _EXTENT,
        Parameter("suffix", Text(8), "Format", ".png", "The suffix of a format of pictures"),
    ),
    interactive=True,
)  # fmt: skip

EXPORT_LAYER = Verb(
    "layer.export", "Export layer…", "Layer", (), when.layer, _export_layer,
    (LAYER, Parameter("path", Text(4096), "File"), _EXTENT), places=("layer",), interactive=True,
)  # fmt: skip
