"""The command line as tests call it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pictures import scene, square
from PIL import Image

from inpaint_studio.cli import main


class Program:
    """Runs the command line in this process, in an empty folder with one photo and some masks."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self.opened: list[list[Path]] = []
        self.out = self.err = ""
        Image.fromarray(scene()).save(folder / "photo.png")
        Image.fromarray(square()).save(folder / "mask.png")
        self.before = self.files()

    def files(self) -> set[str]:
        return {str(p.relative_to(self.folder)) for p in self.folder.rglob("*")}

    def new_files(self) -> set[str]:
        return self.files() - self.before

    def __call__(self, *words: str) -> int:
        def editor(paths: list[Path]) -> int:
            self.opened.append(paths)
            return 0

        code = main(list(words), editor=editor, self_test=lambda window, as_json: 40 + window + 2 * as_json)
        self.out, self.err = self._capsys.readouterr()
        return code

    def fails(self, *words: str) -> str:
        """Runs what cannot be done; its one line on stderr. Nothing may be written."""
        files = self.files()
        assert self(*words) == 1
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("inpaint-studio: ")
        assert "Traceback" not in self.err
        assert self.files() == files, "nothing half-written"
        return self.err

    def picture(self, name: str) -> np.ndarray:
        return np.asarray(Image.open(self.folder / name))
