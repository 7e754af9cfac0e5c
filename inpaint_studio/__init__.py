"""Inpaint Studio: take a photo apart into movable layers, with what they hid filled in.

The functions below are loaded when they are first used, so that `import inpaint_studio` costs nothing.
None of them needs Qt or a display.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inpaint_studio.api import (
        Cancelled,
        Document,
        FoundObject,
        Mask,
        Photo,
        StudioError,
        enhance,
        export,
        fill,
        find_objects,
        label_map,
        lift_all,
        matte,
        open_document,
        open_photo,
        remove,
        save,
        select,
    )

__version__ = "0.1.0"

__all__ = [
    "Cancelled",
    "Document",
    "FoundObject",
    "Mask",
    "Photo",
    "StudioError",
    "enhance",
    "export",
    "fill",
    "find_objects",
    "label_map",
    "lift_all",
    "matte",
    "open_document",
    "open_photo",
    "remove",
    "save",
    "select",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module("inpaint_studio.api"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
