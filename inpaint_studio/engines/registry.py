"""The engines that there are: those of our rooms, and those that other packages bring.

A room describes its engines in `ENGINES`; fillers describe themselves, each in its own file. Another package
names an `EngineInfo`, or several, by an entry point of the group `inpaint_studio.engines`.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from importlib import import_module, metadata
from typing import Any

from inpaint_studio.basics import StudioError, message
from inpaint_studio.engines.contracts import EngineInfo, EngineKind
from inpaint_studio.engines.networks.places import has_network

ENTRY_POINTS = "inpaint_studio.engines"
_ROOMS = ("finders", "selectors", "matting", "fillers", "enhancers")

_log = logging.getLogger(__name__)
_preferred: dict[EngineKind, str] = {}


@lru_cache(maxsize=1)
def _described() -> tuple[EngineInfo, ...]:
    ours = [e for room in _ROOMS for e in import_module(f"inpaint_studio.engines.{room}").ENGINES]
    found = {(e.kind, e.id): e for e in ours}
    for engine in _of_other_packages():
        if found.setdefault((engine.kind, engine.id), engine) is not engine:
            _log.warning("There is a %s “%s” already; another one is left out.", engine.kind, engine.id)
    return tuple(found.values())


def _of_other_packages() -> list[EngineInfo]:
    """What other packages describe; one that fails is left out and logged, the program goes on."""
    found: list[EngineInfo] = []
    for point in metadata.entry_points(group=ENTRY_POINTS):
        try:
            described = point.load()
            engines = [described] if isinstance(described, EngineInfo) else list(described)
            if not all(isinstance(engine, EngineInfo) for engine in engines):
                raise TypeError("no EngineInfo")
        except Exception:  # noqa: BLE001 - another package must not keep the program from starting
            _log.warning("The engine “%s” of another package cannot be used.", point.name, exc_info=True)
            continue
        found += engines
    return found


def engines(kind: EngineKind) -> tuple[EngineInfo, ...]:
    """All engines of a kind, the usual one first, whether or not their networks are installed."""
    return tuple(sorted((e for e in _described() if e.kind == kind), key=lambda engine: engine.rank))


def installed(kind: EngineKind) -> tuple[EngineInfo, ...]:
    """The engines of a kind that can be used here, the usual one first."""
    return tuple(e for e in engines(kind) if e.network is None or has_network(e.network))


def prefer(kind: EngineKind, engine_id: str) -> None:
    """Takes this engine where none is named, as long as it is installed; an empty id undoes it."""
    _preferred[kind] = engine_id


def usual(kind: EngineKind, gives: str = "") -> EngineInfo:
    """The engine to use where none is named; with `gives` of those that can do that.

    The one that is preferred, else the first. Raises StudioError if none is installed.
    """
    for engine in sorted(installed(kind), key=lambda each: each.id != _preferred.get(kind)):
        if not gives or gives in engine.gives:
            return engine
    raise StudioError(message("engine.none", kind=kind))


def known(engine_id: str, kind: EngineKind) -> EngineInfo | None:
    """The engine of that name, or the one that took its place; None if there is none."""
    found = engines(kind)
    exact = (e for e in found if e.id == engine_id)
    return next(exact, next((e for e in found if engine_id in e.formerly), None))


def info(engine_id: str, kind: EngineKind) -> EngineInfo:
    """As `known`. Raises StudioError if there is none."""
    found = known(engine_id, kind)
    if found is not None:
        return found
    names = ", ".join(e.id for e in engines(kind))
    raise StudioError(message("engine.unknown", kind=kind, engine_id=engine_id, names=names))


@lru_cache(maxsize=16)
def _made(factory: str) -> Any:
    return make(factory)


def make(factory: str) -> Any:
    """A new engine by "package.module:name", which is imported now."""
    module, name = factory.split(":")
    return getattr(import_module(module), name)()


def load(engine_id: str, kind: EngineKind) -> Any:
    """The engine itself, made once a process. Raises StudioError for an unknown name or bad weights."""
    return _made(info(engine_id, kind).factory)


def load_usual(kind: EngineKind, gives: str = "") -> Any:
    """The engine to use where none is chosen, as `usual` and `load`."""
    return load(usual(kind, gives).id, kind)
