"""The open documents, and which of them is in front."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec

from inpaint_studio.app.notices import Notices
from inpaint_studio.app.open_document import OpenDocument
from inpaint_studio.basics.event import Event
from inpaint_studio.jobs import Worker

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from inpaint_studio.basics import FoundObject
    from inpaint_studio.document import Document
    from inpaint_studio.studio.fill import Fillers

P = ParamSpec("P")


class Workspace:
    """What one window works on. For the window's thread only, in which all events arrive."""

    def __init__(self) -> None:
        self.leaving: Event[[]] = Event()
        """Another document, or none, will be in front; `current` is still the one before."""
        self.current_changed: Event[[]] = Event()
        self.opened: Event[OpenDocument] = Event()
        self.closed: Event[OpenDocument] = Event()
        """It is in `documents` no more, and another one, or none, is in front."""
        self.worker = Worker()
        self.notices = Notices()
        self.documents: list[OpenDocument] = []
        """In the order of their tabs."""
        self.current: OpenDocument | None = None
        self._fillers: Fillers | None = None
        self._followed: list[tuple[Callable[[OpenDocument], Event[...]], Event[...]]] = []
        self._ends: list[Callable[[], None]] = []
        self.changed = self.of_current(lambda each: each.changed)
        self.active_changed = self.of_current(lambda each: each.active_changed)
        self.selected_changed = self.of_current(lambda each: each.selected_changed)
        self.pointed_changed = self.of_current(lambda each: each.pointed_changed)
        self.solo_changed = self.of_current(lambda each: each.solo_changed)
        self.lifted = self.of_current(lambda each: each.lifted)
        self.saved = self.of_current(lambda each: each.saved)

    def of_current(self, select: Callable[[OpenDocument], Event[P]]) -> Event[P]:
        """An event that tells what the current document tells by the event that `select` picks of it."""
        event: Event[P] = Event()
        self._followed.append((select, event))
        if self.current is not None:
            self._ends.append(select(self.current).connect(event.emit))
        return event

    @property
    def document(self) -> Document | None:
        """That of `current`."""
        return None if self.current is None else self.current.document

    @property
    def active(self) -> str | None:
        """The active layer of `current`."""
        return None if self.current is None else self.current.active

    @property
    def busy(self) -> bool:
        """Whether a job waits or runs, or a fill is about to be made."""
        return bool(self.worker.running()) or any(each.filling.busy for each in self.documents)

    @property
    def is_filling(self) -> bool:
        """Whether a fill is waited for in the current document."""
        return self.current is not None and self.current.filling.busy

    def set_active(self, layer_id: str) -> None:
        """Chooses a layer of the current document."""
        if self.current is not None:
            self.current.set_active(layer_id)

    @property
    def selected(self) -> tuple[str, ...]:
        """The nodes of the current document that are chosen together."""
        return () if self.current is None else self.current.selected

    def select(self, node_ids: Iterable[str], active: str | None = None) -> None:
        """Chooses nodes of the current document together (`OpenDocument.select`)."""
        if self.current is not None:
            self.current.select(node_ids, active)

    def point_at(self, found: FoundObject | None) -> None:
        """The pointer is over a found object of the current document, or over none any more."""
        if self.current is not None:
            self.current.point_at(found)

    def open(
        self, document: Document, path: Path | None = None, *, source: Path | None = None
    ) -> OpenDocument:
        """Puts a document in front; `path` is its project file, `source` the photo it was read from."""
        opened = OpenDocument(document, self.worker, self.notices, self.fillers, path, source)
        self.documents.append(opened)
        self.opened.emit(opened)
        self.show(opened)
        return opened

    def move(self, opened: OpenDocument, place: int) -> None:
        """Puts a document at another place among the open ones."""
        self.documents.remove(opened)
        self.documents.insert(place, opened)

    def show_next(self, by: int) -> None:
        """Puts the document so many places further in front, round and round."""
        if self.current is not None:
            place = self.documents.index(self.current) + by
            self.show(self.documents[place % len(self.documents)])

    def find(self, file: Path) -> OpenDocument | None:
        """The open document that was read from a file or is saved there, None if there is none."""
        return next((each for each in self.documents if file in (each.path, each.source)), None)

    def show(self, opened: OpenDocument | None) -> None:
        """Puts an open document in front, or none."""
        if opened is self.current:
            return
        self.leaving.emit()
        for end in self._ends:
            end()
        self.current = opened
        if opened is not None:
            self._ends = [select(opened).connect(event.emit) for select, event in self._followed]
        self.current_changed.emit()

    def close(self, opened: OpenDocument) -> None:
        """Closes a document, saved or not; its neighbour is in front then."""
        place = self.documents.index(opened)
        self.documents.remove(opened)
        if opened is self.current:
            self.show(self.documents[min(place, len(self.documents) - 1)] if self.documents else None)
        self.closed.emit(opened)
        opened.close()

    def fillers(self) -> Fillers:
        """Those of all documents, for one job at a time in the heavy lane; made at the first call."""
        from inpaint_studio.studio.fill import Fillers

        if self._fillers is None:
            self._fillers = Fillers()
        return self._fillers

    def write_recovery_data(self) -> None:
        """Writes what is not saved at once, in any thread: the program is about to end."""
        for opened in self.documents:
            opened.recovery.write_now()

    def shut_down(self) -> bool:
        """Cancels all jobs and ends the threads; whether they ended in time."""
        self.leaving.emit()
        closing, self.documents = self.documents, []
        for opened in closing:
            opened.close()
        ended = self.worker.close()
        if self._fillers is not None:
            self._fillers.close()
            self._fillers = None
        return ended
