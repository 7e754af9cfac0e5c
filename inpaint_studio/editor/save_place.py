"""Asking where to save a file of one kind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMessageBox

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


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
