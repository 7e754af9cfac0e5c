"""One editing session in the real window, until it is killed: `python -m benchmarks.kill.session SEED`.

It tells its parent, a line each: "edit TIME STATE" after an edit, "begun TIME STATE:PICTURE"
and "entry TIME STATE:PICTURE" before and after an entry of the journal is put on the disk.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from benchmarks.kill.faults import picture_hash, state_hash
from benchmarks.threads import Edits, photo
from benchmarks.ui_parts import opened_window
from inpaint_studio.document import parts
from inpaint_studio.files.journal import Journal

if TYPE_CHECKING:
    from inpaint_studio.document import Photo, Snapshot
    from inpaint_studio.files.journal import Belonging


def _say(what: str, mark: str) -> None:
    print(what, time.monotonic(), mark, flush=True)


class _Telling(Journal):
    """Tells of each entry that is written."""

    def write(self, snapshot: Snapshot, photo: Photo, belonging: Belonging) -> None:
        # Fills that are not final are shown, but are made anew after a crash.
        tree, fills = snapshot.state.tree, snapshot.fills
        open_parts = [part for layer in tree.layers for part in parts(tree, layer)]
        whole = all(fills.is_final(part.key) for part in open_parts if fills.get(part.key) is not None)
        mark = f"{state_hash(snapshot)}:{picture_hash(snapshot) if whole else ''}"
        _say("begun", mark)
        super().write(snapshot, photo, belonging)
        _say("entry", mark)


def main() -> None:
    """Edits until it is killed."""
    import inpaint_studio.app.recovery as recovery

    recovery.Journal = _Telling  # type: ignore[misc]
    window = opened_window()
    opened = window.app.workspace.open(photo())
    edits = Edits(window, opened, int(sys.argv[1]))
    _say("ready", "-")
    while True:
        edits.one()
        _say("edit", state_hash(opened.document.snapshot()))
        end = time.monotonic() + edits.pause()
        while time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(0.002)


if __name__ == "__main__":
    main()
