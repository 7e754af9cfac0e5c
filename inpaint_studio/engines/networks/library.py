"""Imports torch without stopping the window."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from importlib.util import find_spec
from pathlib import Path

_WITH_ITS_NEIGHBOURS = 0x8
"""LOAD_WITH_ALTERED_SEARCH_PATH of LoadLibraryExW: what a library needs is looked for beside it."""


def import_torch() -> None:
    """`import torch`, from a worker's thread, with no long gap between the window's events."""
    if "torch" in sys.modules:
        return
    _open_library()
    import torch  # noqa: F401

    # Its 150,000 objects live as long as the program: the garbage collector, which runs in the
    # window's thread, need not look at them.
    gc.freeze()


def _open_library() -> None:
    """Maps torch's compiled part into memory, so that the import finds it there.

    An import holds Python's lock while the system loads and initialises a library, a fifth of a second
    here. A call through ctypes gives the lock up. Without effect where the library is not found.
    """
    spec = find_spec("torch")
    if spec is None or spec.origin is None:
        return
    folder = Path(spec.origin).parent / "lib"
    if sys.platform == "win32":
        path = folder / "torch_python.dll"
        if path.exists():
            kernel = ctypes.WinDLL("kernel32")
            kernel.LoadLibraryExW.restype = ctypes.c_void_p
            kernel.LoadLibraryExW(str(path), None, _WITH_ITS_NEIGHBOURS)
        return
    path = folder / f"libtorch_python.{'dylib' if sys.platform == 'darwin' else 'so'}"
    if path.exists():
        loader = ctypes.CDLL(None)
        loader.dlopen.restype = ctypes.c_void_p
        loader.dlopen(os.fsencode(path), ctypes.c_int(os.RTLD_NOW))
