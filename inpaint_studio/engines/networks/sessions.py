"""Graphs of networks ready to run: kept while memory allows, the least recently used given up first."""

from __future__ import annotations

import gc
import hashlib
import logging
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from inpaint_studio.basics import StudioError, message
from inpaint_studio.basics.memory import out_of_memory
from inpaint_studio.engines.networks import devices, runtime
from inpaint_studio.engines.networks.card import Card, Graph
from inpaint_studio.engines.networks.places import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from inpaint_studio.engines.networks.pictures import Floats

log = logging.getLogger(__name__)
S = TypeVar("S")
T = TypeVar("T")

BUDGET_MB = 1200
"""All sessions together hold at most so much, by what their cards say; the one in use may be larger."""


def too_large(card: Card) -> StudioError:
    """What to say where even the processor's own memory does not suffice."""
    return StudioError(message("network.no_memory", id=card.id))


class Session:
    """One graph of a network. It is read, checked and opened at its first run.

    May be used from any thread; runs of one session wait for each other.
    """

    def __init__(self, card: Card, graph: str, folder: Path | None = None) -> None:
        """`folder` holds the graph's file (default: where `folder_of` finds the network)."""
        self.card, self._name, self._folder = card, graph, folder
        self._opened: Any = None
        self._device = ""
        self._lock = threading.RLock()

    @property
    def device(self) -> str:
        """The device that it runs on, or was to, as in `runtime.PROVIDERS`; empty before it is opened."""
        return self._device

    def open(self) -> None:
        """Makes the session ready, so that the first run need not.

        StudioError if the file is missing, is not what the card describes, or can't be used here.
        """
        with self._lock:
            if self._opened is None:
                data = self._read()
                self._open_on(devices.device_for(self._graph, data), data)

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, Floats]:
        """What the graph makes of its inputs, by name.

        Where a device lacks the memory the CPU goes on. StudioError if that lacks it, too, and as `open`.
        """

        def once(_size: None) -> dict[str, Floats]:
            return self.attempt(inputs)

        return self.with_less(once, (None,))

    def with_less(self, work: Callable[[S], T], sizes: Iterable[S]) -> T:
        """What `work` makes with the first of `sizes` that memory suffices for, on this device, else the CPU.

        `work` calls `attempt`, and is begun anew with the next size where it raises MemoryError. StudioError
        if memory suffices for none.
        """
        sizes = tuple(sizes)
        while True:
            for size in sizes:
                try:
                    return work(size)
                except Exception as error:
                    if not out_of_memory(error):
                        raise
                    log.warning("Not enough memory for “%s” on %s at %s", self.card.id, self._device, size)
                gc.collect()
            if not self._fall_back():
                raise too_large(self.card)

    def attempt(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, Floats]:
        """As `run`, but MemoryError where memory does not suffice, for those who can ask for less."""
        with self._lock:
            try:
                self.open()
                made = self._opened.run(list(self._graph.outputs), dict(inputs))
            except StudioError:
                raise
            except Exception as error:
                if out_of_memory(error):
                    raise MemoryError(str(error)) from error
                log.exception("The network “%s” failed on %s", self.card.id, self._device)
                raise self._unfit() from error
        return {
            name: np.asarray(value, np.float32) for name, value in zip(self._graph.outputs, made, strict=True)
        }

    @property
    def _graph(self) -> Graph:
        if self._name not in self.card.graphs:
            raise self._unfit()
        return self.card.graphs[self._name]

    def _unfit(self) -> StudioError:
        return StudioError(message("network.other_version", id=self.card.id))

    def _read(self) -> bytes:
        path = (self._folder or folder_of(self.card.id)) / self._graph.file
        try:
            data = path.read_bytes()
        except OSError:
            raise StudioError(message("network.unreadable", id=self.card.id, file=path.name)) from None
        if len(data) != self._graph.size or hashlib.sha256(data).hexdigest() != self._graph.sha256:
            raise StudioError(message("network.damaged", id=self.card.id, file=path.name))
        return data

    def _open_on(self, device: str, data: bytes) -> None:
        self._device = device
        try:
            opened = runtime.open_graph(data, device)
        except Exception as error:
            if out_of_memory(error):
                raise MemoryError(str(error)) from error
            log.exception("The network “%s” can't be opened on %s", self.card.id, device)
            raise StudioError(message("network.unknown_format", id=self.card.id)) from error
        inputs = {port.name for port in opened.get_inputs()}
        outputs = {port.name for port in opened.get_outputs()}
        if inputs != set(self._graph.inputs) or not set(self._graph.outputs) <= outputs:
            raise StudioError(message("network.card_does_not_fit", id=self.card.id))
        self._opened = opened

    def _fall_back(self) -> bool:
        """Goes on with the CPU; False if there is nothing to fall back from."""
        with self._lock:
            if self._device in ("", "cpu"):
                return False
            self._opened = None
            try:
                self._open_on("cpu", self._read())
            except MemoryError as error:
                raise too_large(self.card) from error
        log.warning("The network “%s” goes on with the CPU", self.card.id)
        return True


class Pool:
    """Sessions by card and graph, the most recently used kept; may be used from any thread."""

    def __init__(self, budget_mb: int = BUDGET_MB) -> None:
        self._budget = budget_mb
        self._kept: OrderedDict[tuple[str, str], Session] = OrderedDict()
        self._lock = threading.Lock()

    def session(self, card: Card, graph: str, folder: Path | None = None) -> Session:
        """The session of a graph, not yet opened if it is new. Others are given up where it is too much."""
        known = card.graphs.get(graph)
        key = (str(folder or ""), known.sha256 if known else f"{card.id} {graph}")
        with self._lock:
            found = self._kept.pop(key, None) or Session(card, graph, folder)
            self._kept[key] = found
            while len(self._kept) > 1 and self._held() > self._budget:
                self._kept.popitem(last=False)
        return found

    def clear(self) -> None:
        """Gives up all sessions; those that run do so to their end."""
        with self._lock:
            self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)

    def _held(self) -> int:
        """Megabytes of all networks here; the graphs of one share what its card says."""
        return sum({kept.card.id: kept.card.memory_mb for kept in self._kept.values()}.values())


_pool = Pool()


def session(card: Card, graph: str, folder: Path | None = None) -> Session:
    """The session of a network's graph in the program's own pool. Ask for it at each use: it may go."""
    return _pool.session(card, graph, folder)


def give_up_all() -> None:
    """Gives up every session, as where another device was chosen or memory is short."""
    _pool.clear()
