"""Layers on the clipboard and under the pointer: our own form between our windows, PNG for other programs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from weakref import ReferenceType, ref

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

from inpaint_studio.app import clips

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.app.clips import EncodedClip
    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.studio.clips import Clip

LAYERS = "application/x-inpaint-studio-layers"
"""A token for what this process holds itself."""
OPENRASTER, PNG = "image/openraster", "image/png"


@dataclass(slots=True)
class _Held:
    """What was copied or is being dragged last: nothing is packed that stays in this process."""

    token: bytes = b""
    source: ReferenceType[OpenDocument] | None = None
    clip: Callable[[], Clip] | None = None


@cache
def _held(_purpose: str) -> _Held:
    return _Held()


def mime_of(
    clip: Callable[[], Clip], source: OpenDocument, purpose: str, encoded: EncodedClip | None = None
) -> QMimeData:
    """What stands for a clip; `purpose` is "clipboard" or "drag". `clip` is asked when it is pasted here."""
    held = _held(purpose)
    held.token, held.source, held.clip = uuid.uuid4().bytes, ref(source), clip
    mime = QMimeData()
    mime.setData(LAYERS, purpose.encode() + b":" + held.token)
    if encoded is not None:
        # Both: programs of this process ask for the image, others for the file.
        mime.setImageData(QImage.fromData(encoded.png))
        mime.setData(PNG, encoded.png)
        mime.setData(OPENRASTER, encoded.openraster)
    return mime


def has_layers(mime: QMimeData) -> bool:
    """Whether there are layers in it, of this process or of another one."""
    return mime.hasFormat(OPENRASTER) or _of_this_process(mime) is not None


def clip_in(mime: QMimeData) -> Clip | None:
    """The layers in it, None if there are none. Raises StudioError for damaged ones."""
    held = _of_this_process(mime)
    if held is not None and held.clip is not None:
        return held.clip()
    return clips.decoded(bytes(mime.data(OPENRASTER).data())) if mime.hasFormat(OPENRASTER) else None


def source_of(mime: QMimeData) -> OpenDocument | None:
    """The document of this process that they come from, if it is still open."""
    held = _of_this_process(mime)
    return None if held is None or held.source is None else held.source()


def end_drag() -> None:
    """What was dragged is dropped: nothing of it is kept."""
    _held("drag").clip = None


def is_held(clip: Clip, mime: QMimeData) -> bool:
    """Whether a clip is still what it stands for."""
    held = _of_this_process(mime)
    return held is not None and held.clip is not None and held.clip() is clip


def _of_this_process(mime: QMimeData) -> _Held | None:
    purpose, _, token = bytes(mime.data(LAYERS).data()).partition(b":")
    held = _held(purpose.decode("ascii", "replace")) if purpose in (b"clipboard", b"drag") else None
    return held if held is not None and held.token == token else None
