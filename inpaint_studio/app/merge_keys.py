"""Keys by which steps of history join."""

from __future__ import annotations

import itertools

_numbers = itertools.count()


def new_merge_key(kind: str) -> str:
    """A key by which the steps of one drag merge with each other and with nothing else."""
    return f"{kind}:{next(_numbers)}"
