"""The networks: which there are and whether they are whole; a user's own are fetched and removed here."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inpaint_studio.basics import NO_PROGRESS, Progress, StudioError
from inpaint_studio.engines.networks.places import own_folder
from inpaint_studio.engines.networks.weights import Card, read_card
from inpaint_studio.files.atomic import atomic_bytes
from inpaint_studio.files.download import Source, download
from inpaint_studio.files.http_stream import check_url
from inpaint_studio.resources import resource

if TYPE_CHECKING:
    from collections.abc import Sequence

_LARGEST = 2 << 30


@dataclass(frozen=True, slots=True)
class ModelState:
    """A network and its weights file. `size` in bytes as its card says; `state` in plain words."""

    id: str
    kind: str
    licence: str
    weights: str
    size: int
    folder: str
    state: str
    good: bool

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def check(names: Sequence[str] = (), *, contents: bool) -> list[ModelState]:
    """The networks of these names (all if none); `contents` also compares the SHA-256 of their weights.

    Raises StudioError for an unknown name or a damaged card.
    """
    known = {p.stem: p.parent for folder in (resource("models"), own_folder()) for p in folder.glob("*.json")}
    for name in names:
        if name not in known:
            there = ", ".join(sorted(known)) or "none"
            raise StudioError(f"There is no network called “{name}”; there are: {there}.")
    return [_check_one(name, known[name], contents) for name in names or sorted(known)]


def _check_one(name: str, folder: Path, contents: bool) -> ModelState:
    card = read_card(name, folder)
    state, good = _state_of(folder / card.weights, card.size, card.sha256 if contents else None)
    return ModelState(card.id, card.kind, card.licence, card.weights, card.size, str(folder), state, good)


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


def get(card_path: Path, progress: Progress = NO_PROGRESS) -> Path:
    """Fetches the weights that a card (NAME.json with a `url`) names into the user's own folder.

    They are kept, with the card, only if size and SHA-256 are as the card says; returns their path. Raises
    StudioError if it can't be done.
    """
    if card_path.suffix != ".json" or not card_path.is_file():
        raise StudioError(f"“{card_path}” is no card of a network; name a file NAME.json.")
    card = read_card(card_path.stem, card_path.parent)
    url = _checked_url(card, card_path)
    folder = own_folder()
    try:
        text = card_path.read_bytes()
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudioError(f"“{folder}” can't be made: {error.strerror}.") from error
    weights = folder / card.weights
    download(Source(url, card.size, card.sha256), weights, progress)
    atomic_bytes(folder / card_path.name, text)
    return weights


def _checked_url(card: Card, path: Path) -> str:
    """The address of the weights. Raises StudioError for a card that asks for what it must not."""
    if card.id != path.stem or card.weights != f"{card.id}.safetensors" or not 0 < card.size <= _LARGEST:
        raise StudioError(f"“{path.name}” does not fit its network: name, weights file or size are wrong.")
    url = str(card.options.get("url", ""))
    check_url(url)
    return url


def remove(name: str) -> None:
    """Deletes a network from the user's own folder. Raises StudioError if it is not there."""
    own = {path.stem: path for path in own_folder().glob("*.json")}
    if name not in own:
        where = f"“{name}” is not among your own networks in “{own_folder()}”"
        raise StudioError(f"{where}; those that come with the program stay.")
    try:
        own[name].unlink()
        own[name].with_suffix(".safetensors").unlink(missing_ok=True)
    except OSError as error:
        raise StudioError(f"“{name}” could not be removed: {error.strerror}.") from error
