"""What helps those who help: versions, device and memory; no picture, no path, no name."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

from inpaint_studio import __version__

_LIBRARIES = (
    "PySide6_Essentials",
    "onnxruntime",
    "opencv-python-headless",
    "numpy",
    "pillow",
    "PyPatchMatch",
)


def diagnostics() -> str:
    """A few lines of text. Asks for the networks' device, which loads ONNX Runtime: half a second."""
    lines = [
        f"Inpaint Studio {__version__}",
        f"{platform.system()} {platform.release()} {platform.machine()}, Python {platform.python_version()}",
        f"{os.cpu_count() or 1} cores{_memory()}",
        *(f"{name} {found}" for name in _LIBRARIES if (found := _version(name))),
        f"Networks run on: {_device()}",
        *_networks(),
    ]
    return "\n".join(lines)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # in the packaged program, or under another name
        return ""


def _memory() -> str:
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows
        return ""
    return f", {total / (1 << 30):.1f} GB of memory"


def _device() -> str:
    from inpaint_studio.studio import models

    return f"{models.device()}; there are: {', '.join(models.devices())}"


def _networks() -> list[str]:
    from inpaint_studio.basics import StudioError
    from inpaint_studio.studio.models import check

    try:
        return [f"Network {model.id}: {model.state}" for model in check(contents=False)]
    except StudioError as error:
        return [f"Networks: {error}"]
