"""The networks that come with the program: which there are and whether they are whole."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.networks.weights import read_card
from inpaint_studio.resources import resource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ModelState:
    """A network and its weights file. `size` in bytes as its card says; `state` in plain words."""

    id: str
    kind: str
    licence: str
    weights: str
    size: int
    state: str
    good: bool

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def check(names: Sequence[str] = (), *, contents: bool, folder: Path | None = None) -> list[ModelState]:
    """The networks of these names (all if none); `contents` also compares the SHA-256 of their weights.

    Raises StudioError for an unknown name or a damaged card.
    """
    folder = folder or resource("models")
    known = sorted(path.stem for path in folder.glob("*.json"))
    for name in names:
        if name not in known:
            there = ", ".join(known) or "none"
            raise StudioError(f"There is no network called “{name}”; there are: {there}.")
    return [_check_one(name, folder, contents) for name in names or known]


def _check_one(name: str, folder: Path, contents: bool) -> ModelState:
    card = read_card(name, folder)
    state, good = _state_of(folder / card.weights, card.size, card.sha256 if contents else None)
    return ModelState(card.id, card.kind, card.licence, card.weights, card.size, state, good)


def _state_of(path: Path, size: int, sha256: str | None) -> tuple[str, bool]:
    try:
        if path.stat().st_size != size:
            return "the weights have the wrong size", False
        if sha256 is None:
            return "installed", True
        with path.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return "the weights are missing", False
    return ("verified", True) if same else ("the weights are damaged", False)
