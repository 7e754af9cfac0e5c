"""The pictures of documents that are not in front, so that a tab shows what it showed, at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.app.workspace import Workspace
    from inpaint_studio.document import Change
    from inpaint_studio.editor.canvas.picture import Picture

_MOST = 4
"""A picture of 24 MP that was looked at from edge to edge holds 130 MB."""


class KeptPictures:
    """Keeps those of the documents seen last, and tells them what changes meanwhile, such as a fill."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._kept: dict[OpenDocument, tuple[Picture, Callable[[], None]]] = {}

    def keep(self, opened: OpenDocument, picture: Picture) -> None:
        """Another document is in front now. One that is closed is not kept."""
        if opened not in self._workspace.documents:
            return
        self._kept[opened] = picture, opened.changed.connect(partial(self._changed, opened))
        while len(self._kept) > _MOST:
            self.take(next(iter(self._kept)))

    def take(self, opened: OpenDocument) -> Picture | None:
        """Gives back the picture of a document, None if it is not kept; its owner follows the document."""
        picture, end = self._kept.pop(opened, (None, None))
        if end is not None:
            end()
        return picture

    def forget(self, opened: OpenDocument) -> None:
        """The document was closed."""
        self.take(opened)

    def _changed(self, opened: OpenDocument, change: Change) -> None:
        if change.canvas:
            self.take(opened)
        else:
            self._kept[opened][0].show(opened.seen_snapshot(), change.boxes)
