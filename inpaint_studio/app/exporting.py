"""Makes flat pictures of what is open: files, and the clipboard's."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from inpaint_studio.basics import message
from inpaint_studio.basics.surface import full
from inpaint_studio.render import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inpaint_studio.app.notices import Notices
    from inpaint_studio.app.open_document import OpenDocument
    from inpaint_studio.app.settings import Settings
    from inpaint_studio.basics import Progress
    from inpaint_studio.basics.parameters import Value
    from inpaint_studio.basics.surface import Pixels
    from inpaint_studio.document import Snapshot
    from inpaint_studio.files.metadata import Keep
    from inpaint_studio.jobs import Job, JobContext


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What the user chose; `values` are those of the format's parameters, by their names."""

    path: Path
    values: Mapping[str, Value] = field(default_factory=dict)
    metadata: Keep = "all"


def remember(settings: Settings, options: ExportOptions) -> None:
    """Keeps what was chosen for the next time."""
    settings.keep("export folder", str(options.path.parent))
    settings.keep("export suffix", options.path.suffix)
    settings.keep("export values", json.dumps(dict(options.values)))
    settings.keep("export metadata", options.metadata)


def remembered(settings: Settings) -> ExportOptions:
    """What was chosen last time; values that make no sense are the dialog's to leave out."""
    try:
        values = json.loads(settings.text("export values", "{}"))
    except ValueError:
        values = {}
    metadata = settings.text("export metadata", "all")
    keep: Keep = "copyright" if metadata == "copyright" else "none" if metadata == "none" else "all"
    place = Path(settings.text("export folder")) / f"picture{settings.text('export suffix', '.png')}"
    return ExportOptions(place, values if isinstance(values, dict) else {}, keep)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Of a file that could be written: its bytes, and whether the picture is transparent anywhere."""

    size: int
    transparent: bool


@dataclass(slots=True)
class FlatPicture:
    """A document as it is now, flat; drawn when it is first asked about, in the lane that asks."""

    snapshot: Snapshot
    _pixels: Pixels | None = field(default=None, init=False)

    def estimate(self, options: ExportOptions, progress: Progress) -> Estimate:
        """What a file with these options would be like. Raises StudioError if there can be none."""
        from inpaint_studio.studio.save import encoded_size, layered_size

        if self._pixels is None:
            self._pixels = render(self.snapshot, dtype=self.snapshot.state.dtype).pixels
        progress.report(0.5)
        size = layered_size(self.snapshot, options.path, values=options.values, progress=progress)
        if size is None:
            size = encoded_size(self._pixels, options.path, values=options.values)
        return Estimate(size, bool((self._pixels[..., 3] < full(self._pixels.dtype)).any()))


def proposed_suffix(photo: str, settings: Settings) -> str:
    """The photo's own suffix if such files can be written, else that of the last export."""
    from inpaint_studio.studio.save import picture_suffixes

    own = Path(photo).suffix.lower()
    return own if own in picture_suffixes() else settings.text("export suffix", ".png")


def export(opened: OpenDocument, options: ExportOptions, notices: Notices) -> Job[None]:
    """Writes a picture of a document as it is now; it can be edited or closed meanwhile."""
    snapshot = opened.document.snapshot()
    photo = opened.document.photo

    def work(context: JobContext) -> None:
        from inpaint_studio.studio.save import export_snapshot, metadata_of

        metadata = metadata_of(photo, options.metadata)
        export_snapshot(snapshot, options.path, values=options.values, metadata=metadata, progress=context)

    title = message("job.exporting", file=options.path.name)
    job = opened.jobs.submit(title, work, lane="file", writes=True)
    job.finished.connect(partial(_exported, notices, options.path))
    job.failed.connect(notices.fail)
    return job


def _exported(notices: Notices, path: Path, _result: None) -> None:
    notices.tell(message("file.exported", file=path.name))
