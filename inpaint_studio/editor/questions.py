"""Questions about files that the user answers in a dialog."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtWidgets import QFileDialog, QMessageBox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from inpaint_studio.jobs import Job


def ask_place(parent: QWidget, title: str, proposal: Path, kind: str, suffix: str) -> Path | None:
    """Where to save a file whose name must end in `suffix` (".png"); None if the user thought better of it.

    `kind` is what the dialog calls such files. The ending is added where it is missing.
    """
    text, _ = QFileDialog.getSaveFileName(parent, title, str(proposal), f"{kind} (*{suffix})")
    if not text:
        return None
    path = Path(text)
    if path.suffix.lower() == suffix:
        return path
    path = path.with_name(path.name + suffix)
    # The file dialog asked about the name as it was typed, not about this one.
    buttons = QMessageBox.StandardButton
    if path.exists():
        answer = QMessageBox.question(
            parent,
            title,
            f"{path.name} is there already. Replace it?",
            buttons.Yes | buttons.Cancel,
            buttons.Cancel,
        )
        return path if answer == buttons.Yes else None
    return path


def ask_about_changes(parent: QWidget, name: str) -> Literal["save", "discard", "stay"]:
    """What to do about a document with changes that would be lost."""
    buttons = QMessageBox.StandardButton
    answer = QMessageBox.question(
        parent,
        "Save changes?",
        f"“{name}” has changes that are not saved.",
        buttons.Save | buttons.Discard | buttons.Cancel,
        buttons.Save,
    )
    return "save" if answer == buttons.Save else "discard" if answer == buttons.Discard else "stay"


def ask_about_writing(parent: QWidget, jobs: Sequence[Job[Any]]) -> Literal["wait", "stop", "stay"]:
    """What to do about files that are still being written when the window is to be closed."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Still writing")
    titles = " and ".join(job.title for job in jobs)
    box.setText(f"{titles} is not done yet." if len(jobs) == 1 else f"{titles} are not done yet.")
    box.setInformativeText("The window closes when it is. If you stop it, an older file stays as it was.")
    wait = box.addButton("Wait for it", QMessageBox.ButtonRole.AcceptRole)
    stop = box.addButton("Stop it", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(wait)
    box.exec()
    pressed = box.clickedButton()
    box.deleteLater()
    return "wait" if pressed is wait else "stop" if pressed is stop else "stay"
