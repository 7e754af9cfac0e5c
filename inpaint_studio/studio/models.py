"""The networks: which there are and whether they are whole; a user's own are fetched and removed here."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inpaint_studio.basics import NO_PROGRESS, Progress, StudioError, SubProgress, message
from inpaint_studio.engines.networks import catalogue, graph_file, runtime, sessions
from inpaint_studio.engines.networks import devices as networks
from inpaint_studio.engines.networks.card import LARGEST, Card, read_card
from inpaint_studio.engines.networks.graph_file import Facts
from inpaint_studio.engines.networks.places import own_folder
from inpaint_studio.files.atomic import atomic_bytes
from inpaint_studio.files.download import Source, download
from inpaint_studio.files.http_stream import check_url
from inpaint_studio.resources import resource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class ModelState:
    """A network and its files, in `weights`. `size` in bytes as its card says; `state` in plain words."""

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
    """The networks of these names (all if none); `contents` also compares the SHA-256 of their files.

    Raises StudioError for an unknown name or a damaged card.
    """
    known = {p.stem: p.parent for folder in (resource("models"), own_folder()) for p in folder.glob("*.json")}
    for name in names:
        if name not in known:
            there = ", ".join(sorted(known)) or "none"
            raise StudioError(message("models.unknown", name=name, there=there))
    return [_check_one(name, known[name], contents) for name in names or sorted(known)]


def _check_one(name: str, folder: Path, contents: bool) -> ModelState:
    card = read_card(name, folder)
    graphs = card.graphs.values()
    states = [_state_of(folder / graph.file, graph.size, graph.sha256 * contents) for graph in graphs]
    state, good = next((found for found in states if not found[1]), states[0])
    files = ", ".join(graph.file for graph in graphs)
    return ModelState(card.id, card.task, card.licence, files, card.size, str(folder), state, good)


def _state_of(path: Path, size: int, sha256: str) -> tuple[str, bool]:
    try:
        if path.stat().st_size != size:
            return "the file has the wrong size", False
        if not sha256:
            return "installed", True
        with path.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return "the file is missing", False
    return ("verified", True) if same else ("the file is damaged", False)


@dataclass(frozen=True, slots=True)
class Offer:
    """A network that can be added: its name, what it is good for, its terms and where it comes from.

    `size` in bytes; `sources` are the addresses of its files.
    """

    id: str
    title: str
    about: str
    licence: str
    home: str
    size: int
    sources: tuple[str, ...]
    installed: bool

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def offers() -> list[Offer]:
    """The catalogue of networks by others, by name."""
    return [_offer(entry) for entry in catalogue.entries()]


def offer(name: str) -> Offer:
    """The network of that name in the catalogue. Raises StudioError if there is none."""
    return _offer(_offered(name))


def _offer(entry: catalogue.Entry) -> Offer:
    card = entry.card
    return Offer(
        card.id, entry.title, entry.about, card.licence, entry.home, card.size,
        tuple(graph.url for graph in card.graphs.values()), (own_folder() / f"{card.id}.json").exists(),
    )  # fmt: skip


def _offered(name: str) -> catalogue.Entry:
    entry = catalogue.entry(name)
    if entry is None:
        there = ", ".join(each.card.id for each in catalogue.entries())
        raise StudioError(message("models.not_offered", name=name, there=there))
    return entry


def fetch(name: str, progress: Progress = NO_PROGRESS) -> Path:
    """Fetches a network of the catalogue; as `get`."""
    entry = _offered(name)
    return _fetch(entry.card, json.dumps(entry.text, indent=2).encode(), progress)


def get(card_path: Path, progress: Progress = NO_PROGRESS) -> Path:
    """Fetches the graphs that a card (NAME.json, each with a `url`) names into the user's own folder.

    They are kept, with the card, only if size and SHA-256 are as the card says; returns the first one's
    path. Raises StudioError if it can't be done.
    """
    if card_path.suffix != ".json" or not card_path.is_file():
        raise StudioError(message("models.no_card", card_path=card_path))
    card = read_card(card_path.stem, card_path.parent)
    _check_sources(card, card_path)
    return _fetch(card, card_path.read_bytes(), progress)


def _fetch(card: Card, text: bytes, progress: Progress) -> Path:
    folder = _made_folder()
    graphs, done = list(card.graphs.values()), 0
    for graph in graphs:
        share = SubProgress(progress, done / card.size, (done + graph.size) / card.size)
        download(Source(graph.url, graph.size, graph.sha256), folder / graph.file, share)
        done += graph.size
    atomic_bytes(folder / f"{card.id}.json", text)
    return folder / graphs[0].file


def _made_folder() -> Path:
    folder = own_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudioError(message("folder.not_made", folder=folder, why=error.strerror)) from error
    return folder


def _check_sources(card: Card, path: Path) -> None:
    """Raises StudioError for a card that asks for what it must not."""
    if card.id != path.stem or not all(graph.file.startswith(card.id) for graph in card.graphs.values()):
        raise StudioError(message("models.card_wrong", file=path.name))
    for graph in card.graphs.values():
        check_url(graph.url)


def add(files: Sequence[Path], name: str = "", progress: Progress = NO_PROGRESS) -> str:
    """Adds a network from files on the disk and returns its name.

    The files are recognised by what goes in and out; `name` says which network of the catalogue they are
    where several fit. What is kept is a copy with a card of its own. Raises StudioError for what is no ONNX
    file, keeps weights elsewhere, needs operators of others, or is not known.
    """
    contents = [(path.name, _read(path)) for path in files]
    found = [_facts(*content) for content in contents]
    known = catalogue.fitting(found)
    names = [entry.card.id for entry in known]
    if name and name not in names:
        _offered(name)
        raise StudioError(message("models.files_not", name=name, file=files[0].name))
    if not known:
        raise StudioError(message("models.files_unknown", file=files[0].name))
    if len(known) > 1 and not name:
        raise StudioError(message("models.files_several", names=", ".join(names)))
    entry = next(each for each in known if each.card.id == (name or names[0]))
    graphs = catalogue.assigned(entry, found)
    assert graphs is not None
    order = [id(facts) for facts in found]
    data = {graph: contents[order.index(id(facts))][1] for graph, facts in graphs.items()}
    _keep_copies(entry, data, graphs, progress)
    return entry.card.id


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise StudioError(message("models.file_large", file=path.name))
        return path.read_bytes()
    except OSError as error:
        raise StudioError(message("models.file_unreadable", file=path.name, why=error.strerror)) from error


def _facts(file: str, data: bytes) -> Facts:
    found = graph_file.facts(data, file)
    graph_file.check(found, file)
    return found


def _keep_copies(
    entry: catalogue.Entry, contents: Mapping[str, bytes], graphs: Mapping[str, Facts], progress: Progress
) -> None:
    """Writes files into the user's own folder, with a card that fits them."""
    folder, text = _made_folder(), json.loads(json.dumps(entry.text))
    for done, (name, data) in enumerate(contents.items()):
        progress.report(done / len(contents), message("models.adding", name=entry.card.id))
        record = text["graphs"][name]
        record |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        record["inputs"], record["outputs"] = _ports(entry, name, graphs[name])
        atomic_bytes(folder / record["file"], data)
    atomic_bytes(folder / f"{entry.card.id}.json", json.dumps(text, indent=2).encode())


def _ports(entry: catalogue.Entry, name: str, found: Facts) -> tuple[list[str], list[str]]:
    """Names of inputs and outputs in the order that the network's form has them."""
    known = entry.card.graphs[name]
    inputs = list(known.inputs) if set(known.inputs) == set(found.inputs) else list(found.inputs)
    outputs = list(known.outputs) if set(known.outputs) <= set(found.outputs) else list(found.outputs)[:1]
    return inputs, outputs


def devices() -> tuple[str, ...]:
    """What networks may run on here, by name; “auto” takes the fastest for each."""
    return (networks.AUTO, *runtime.devices())


def device() -> str:
    """The device that was chosen."""
    return networks.chosen()


def choose_device(name: str) -> None:
    """Keeps the choice of one of `devices()`; loaded networks go. StudioError for any other name."""
    networks.choose(name)
    sessions.give_up_all()


def remove(name: str) -> None:
    """Deletes a network from the user's own folder. Raises StudioError if it is not there."""
    own = {path.stem: path for path in own_folder().glob("*.json")}
    if name not in own:
        where = f"“{name}” is not among your own networks in “{own_folder()}”"
        raise StudioError(message("models.not_own", where=where))
    try:
        files = [graph.file for graph in read_card(name, own_folder()).graphs.values()]
        own[name].unlink()
        for file in files:
            (own_folder() / file).unlink(missing_ok=True)
    except OSError as error:
        raise StudioError(message("models.not_removed", name=name, why=error.strerror)) from error
