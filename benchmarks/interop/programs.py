"""GIMP and Krita without a screen: what turns one file into another."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PATIENCE = 240.0
"""Seconds; the first start looks through all plug-ins."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program: what must be installed, the command that makes a target of a source, and its suffixes.

    A target that is no picture keeps its layers.
    """

    name: str
    needs: tuple[str, ...]
    command: Callable[[Path, Path], list[str]]
    reads: tuple[str, ...]
    writes: tuple[str, ...]

    @property
    def there(self) -> bool:
        """Whether it is installed."""
        return all(shutil.which(each) for each in self.needs)

    def convert(self, source: Path, target: Path) -> bool:
        """Opens one file and writes another; whether that is there then."""
        target.unlink(missing_ok=True)
        process = subprocess.Popen(
            self.command(source, target), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return target.is_file() and target.stat().st_size > 0

    def version(self) -> str:
        """What it says of itself."""
        found = subprocess.run([self.needs[0], "--version"], capture_output=True, text=True, check=False)
        lines = [line for line in found.stdout.splitlines() if any(c.isdigit() for c in line)]
        return lines[-1].strip() if lines else self.name


def _gimp(source: Path, target: Path) -> list[str]:
    load = f'(image (car (gimp-file-load RUN-NONINTERACTIVE "{source}" "{source.name}")))'
    if target.suffix == ".png":
        layer = "(drawable (car (gimp-image-merge-visible-layers image CLIP-TO-IMAGE)))"
        save = f'(file-png-save RUN-NONINTERACTIVE image drawable "{target}" "{target.name}" 0 1 0 0 0 0 0)'
    else:
        layer = "(drawable (car (gimp-image-get-active-drawable image)))"
        save = f'(gimp-file-save RUN-NONINTERACTIVE image drawable "{target}" "{target.name}")'
    script = f"(let* ({load} {layer}) {save})"
    return [
        "gimp", "-i", "-d", "-f", "--batch-interpreter=plug-in-script-fu-eval",
        "-b", script, "-b", "(gimp-quit 0)",
    ]  # fmt: skip


def _krita(source: Path, target: Path) -> list[str]:
    return [
        "xvfb-run", "-a", "krita", "--nosplash", "--export", "--export-filename", str(target), str(source)
    ]  # fmt: skip


GIMP = Program("GIMP", ("gimp",), _gimp, (".psd", ".ora"), (".psd",))
KRITA = Program("Krita", ("krita", "xvfb-run"), _krita, (".psd", ".ora"), (".psd", ".ora"))
