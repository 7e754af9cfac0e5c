"""The engines as data; a new one is one file and one line here."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.contracts import EngineInfo, EngineKind

_AT = "inpaint_studio.engines"

ENGINES: tuple[EngineInfo, ...] = (
    EngineInfo(
        "scene", "finder", "Street scenes", f"{_AT}.finders.scene:SceneFinder",
        "Apache-2.0; weights: terms of CamVid and Pascal VOC (non-commercial)",
        weights="scene.safetensors", memory_mb=400,
    ),
    EngineInfo(
        "things", "finder", "Things in any photo", f"{_AT}.finders.things:ThingsFinder",
        "Apache-2.0; weights: terms of Pascal VOC and others (research use)",
        weights="things.safetensors", memory_mb=400,
    ),
    EngineInfo("subject", "finder", "What stands out", f"{_AT}.finders.subject:SubjectFinder", "Apache-2.0"),
    EngineInfo("every", "finder", "Streets, things, what stands out", f"{_AT}.finders.everything:EveryFinder",
               "Apache-2.0", memory_mb=500),
    EngineInfo(
        "grabcut", "selector", "Colour and edge", f"{_AT}.selectors.grabcut:GrabCutSelector", "Apache-2.0",
        prompts=frozenset({"click", "box", "scribble", "lasso", "previous"}),
    ),
    EngineInfo(
        "network", "selector", "Things, parts and groups", f"{_AT}.selectors.network:NetworkSelector",
        "Apache-2.0; weights: terms of Pascal VOC and others (research use, non-commercial)",
        weights="select.safetensors", memory_mb=400,
        prompts=frozenset({"click", "box", "scribble", "lasso", "previous"}),
    ),
    EngineInfo(
        "edge", "matte", "Soft edge", f"{_AT}.matting:EdgeMatte", "Apache-2.0", weights="edges.safetensors",
        memory_mb=200,
    ),
    EngineInfo(
        "auto", "filler", "Chosen for the hole", f"{_AT}.fillers.auto:AutoFiller", "Apache-2.0",
        memory_mb=900,
    ),
    EngineInfo(
        "guided", "filler", "Structure, then texture", f"{_AT}.fillers.guided:GuidedFiller", "Apache-2.0",
        memory_mb=900,
    ),
    EngineInfo(
        "patchmatch", "filler", "Texture from the photo", f"{_AT}.fillers.patchmatch:PatchMatchFiller", "MIT",
        memory_mb=900,
    ),
    EngineInfo(
        "network", "filler", "Forms, no texture", f"{_AT}.fillers.network:NetworkFiller",
        "Apache-2.0; weights: terms of the photos it learned from", weights="inpaint.safetensors",
        memory_mb=300,
    ),
    EngineInfo("telea", "filler", "Smooth and quick", f"{_AT}.fillers.telea:TeleaFiller", "Apache-2.0"),
    EngineInfo(
        "restore", "enhancer", "Noise, blocks and blur taken out", f"{_AT}.enhancing:RestoreEnhancer",
        "Apache-2.0; weights: terms of the photos it learned from", weights="enhance.safetensors",
        memory_mb=300,
    ),
)  # fmt: skip


def info(engine_id: str, kind: EngineKind) -> EngineInfo:
    """The engine of that name. Raises StudioError if there is none."""
    known = [e for e in ENGINES if e.kind == kind]
    for engine in known:
        if engine.id == engine_id:
            return engine
    names = ", ".join(e.id for e in known)
    raise StudioError(f"There is no {kind} called “{engine_id}”; choose one of: {names}.")


@lru_cache(maxsize=16)
def _made(factory: str) -> Any:
    module, name = factory.split(":")
    return getattr(import_module(module), name)()


def load(engine_id: str, kind: EngineKind) -> Any:
    """The engine itself, made once a process. Raises StudioError for an unknown name or bad weights."""
    return _made(info(engine_id, kind).factory)
