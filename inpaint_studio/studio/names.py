"""New names of layers, which no other layer has."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from inpaint_studio.document import Document


def free_name(document: Document, name: str) -> str:
    """A name that no layer has: "Car", else "Car 2", "Car 3"."""
    return untaken(name, {layer.name for layer in document.tree.nodes})


def untaken(name: str, taken: Collection[str]) -> str:
    """A name that is not taken: "Car", else "Car 2", "Car 3"."""
    numbered = (f"{name} {number}" for number in itertools.count(2))
    return next(n for n in itertools.chain([name], numbered) if n not in taken)


def copy_name(document: Document, name: str) -> str:
    """A copy of "Car", or of a copy of it, is "Car copy", then "Car copy 2"."""
    return free_name(document, re.sub(r" copy( \d+)?$", "", name) + " copy")
