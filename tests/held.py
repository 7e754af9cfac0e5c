"""What the work of a job holds: by rule values and snapshots, never what the window is changing meanwhile."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QObject

from inpaint_studio.app.open_document import OpenDocument
from inpaint_studio.app.workspace import Workspace
from inpaint_studio.document import Document, FillStore
from inpaint_studio.document.history import History
from inpaint_studio.jobs import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHANGING = (QObject, Document, FillStore, History, OpenDocument, Workspace)


def held(work: Any, depth: int = 4) -> Iterator[object]:
    """The objects that a function reaches by its closure, its bound arguments and its instance."""
    if depth == 0:
        return
    if isinstance(work, partial):
        parts = [work.func, *work.args, *work.keywords.values()]
    else:
        cells = [cell.cell_contents for cell in getattr(work, "__closure__", None) or ()]
        own = getattr(work, "__self__", None)
        parts = [*cells, *(() if own is None else (own,))]
    for part in parts:
        yield part
        if callable(part):
            yield from held(part, depth - 1)


def changing(work: Any) -> list[object]:
    """Of those, what must not be in a job's hands."""
    return [each for each in held(work) if isinstance(each, _CHANGING)]


@pytest.fixture(autouse=True)
def jobs_hold_values(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails a test in which a job is given a document, a window or another thing that changes meanwhile."""
    submit = Worker.submit
    wrong: list[str] = []

    def watched(worker: Worker, title: str, work: Any, **options: Any) -> Any:
        wrong.extend(f"{title}: {type(each).__name__}" for each in changing(work))
        return submit(worker, title, work, **options)

    monkeypatch.setattr(Worker, "submit", watched)
    yield
    assert not wrong, wrong
