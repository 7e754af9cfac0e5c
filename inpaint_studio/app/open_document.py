"""A document that is being edited, with all that belongs to it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inpaint_studio.app.enhancing import Enhancing
from inpaint_studio.app.filling import Filling
from inpaint_studio.app.finding import Finding
from inpaint_studio.app.matting import Matting
from inpaint_studio.app.prompting import Prompting
from inpaint_studio.app.recovery import Recovery
from inpaint_studio.app.selecting import Selecting
from inpaint_studio.basics.event import Event
from inpaint_studio.jobs import JobGroup
from inpaint_studio.studio.edit import alone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from inpaint_studio.app.notices import Notices
    from inpaint_studio.basics import FoundObject
    from inpaint_studio.document import Change, Document, Snapshot, State
    from inpaint_studio.jobs import Job, Worker
    from inpaint_studio.studio.fill import Fillers


class OpenDocument:
    """The document, the project file it belongs to, its jobs, the active layer, the object pointed at, and
    the services that work for it.
    """

    def __init__(
        self,
        document: Document,
        worker: Worker,
        notices: Notices,
        fillers: Callable[[], Fillers],
        path: Path | None = None,
        source: Path | None = None,
    ) -> None:
        """`path` is the project file it was read from, None for a photo, `source` the photo's file."""
        self.changed: Event[Change] = Event()
        self.active_changed: Event[str] = Event()
        self.selected_changed: Event[[]] = Event()
        """Other nodes are chosen together (`selected`), the active one perhaps the same."""
        self.pointed_changed: Event[FoundObject | None] = Event()
        self.solo_changed: Event[[]] = Event()
        self.lifted: Event[str] = Event()
        """A cutout was made, with the rough mask of a selection or a finder."""
        self.saved: Event[[]] = Event()
        self.document = document
        self.path, self.source = path, source
        self.jobs = JobGroup(worker)
        self.active = document.layers[-1].id
        self.selected: tuple[str, ...] = (self.active,)
        """The nodes that are chosen together, the active one among them."""
        self.solo: str | None = None
        """The node that is shown alone. A way of looking, no part of the document."""
        self.saving: tuple[State, Job[State]] | None = None
        """What was last given to a job to be saved, and that job."""
        self.pointed: FoundObject | None = None
        """The found object under the pointer."""
        self._unsubscribe = document.subscribe(self._changed)
        self.finding = Finding(document, self.jobs, notices)
        self.matting = Matting(document, self.jobs, notices)
        self.filling = Filling(document, self.jobs, notices, fillers)
        self.enhancing = Enhancing(document, self.jobs, notices, self.matting)
        self.selecting = Selecting(document, self.jobs, notices)
        self.prompting = Prompting(document, self.selecting, notices)
        self.recovery = Recovery(document, self.jobs, path)

    @property
    def file(self) -> Path | None:
        """What opens it again: its project file, else the photo's; None for a picture without a file."""
        return self.path or self.source

    @property
    def name(self) -> str:
        return self.path.name if self.path is not None else self.document.photo.name

    def _changed(self, change: Change) -> None:
        self._leave_out_what_is_gone()
        if self.pointed is not None and self.pointed not in self.document.state.found:
            self.point_at(None)
        if self.solo is not None and self.document.tree.find(self.solo) is None:
            self.set_solo(None)
        self.changed.emit(change)

    def set_solo(self, node_id: str | None) -> None:
        """Shows a node alone, or all again."""
        if node_id != self.solo:
            self.solo = node_id
            self.solo_changed.emit()

    def seen(self, state: State) -> State:
        """A state of the document as it is looked at: all of it, or a node alone."""
        return state if self.solo is None else state.with_tree(alone(state.tree, self.solo))

    def seen_snapshot(self) -> Snapshot:
        """The document as it is now and as it is looked at."""
        snapshot = self.document.snapshot()
        return snapshot if self.solo is None else snapshot.with_state(self.seen(snapshot.state))

    def _leave_out_what_is_gone(self) -> None:
        tree = self.document.tree
        kept = tuple(each for each in self.selected if tree.find(each) is not None)
        if tree.find(self.active) is not None:
            self.select(kept or (self.active,), self.active)
        else:
            self.select(kept or (self.document.layers[-1].id,))

    def set_active(self, node_id: str) -> None:
        """Chooses one node alone."""
        self.select((node_id,))

    def select(self, node_ids: Iterable[str], active: str | None = None) -> None:
        """Chooses nodes together; the active one is one of them, the last if None is said."""
        selected = tuple(node_ids)
        before, self.active = self.active, active if active in selected else selected[-1]
        other, self.selected = set(selected) != set(self.selected), selected
        if before != self.active:
            self.active_changed.emit(self.active)
        if other:
            self.selected_changed.emit()

    def point_at(self, found: FoundObject | None) -> None:
        """The pointer is over a found object, or over none any more."""
        if found is not self.pointed:
            self.pointed = found
            self.pointed_changed.emit(found)

    def after_lift(self, layer_id: str) -> None:
        """A cutout was made: its edge is softened."""
        self.matting.start(layer_id)
        self.lifted.emit(layer_id)

    def mark_saved(self, path: Path) -> None:
        """The project file is another one now."""
        self.path = path
        self.recovery.saved(path)
        self.saved.emit()

    @property
    def save_under_way(self) -> Job[State] | None:
        """The job that saves the document as it is now, if one waits or runs."""
        state, job = self.saving or (None, None)
        return None if job is None or job.done or state is not self.document.state else job

    def close(self) -> None:
        """Ends all that works for it, but not the files that are being written."""
        self._unsubscribe()
        self.filling.close()
        self.selecting.close()
        self.prompting.pause()
        self.recovery.close()
        self.jobs.cancel_all()
