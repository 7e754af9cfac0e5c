"""Finders: what objects a photo shows."""

from inpaint_studio.engines.contracts import EngineInfo

_AT = "inpaint_studio.engines.finders"

ENGINES = (
    EngineInfo(
        "every", "finder", "Streets, things, what stands out", f"{_AT}.everything:EveryFinder", "Apache-2.0",
        rank=0, memory_mb=500,
    ),
    EngineInfo(
        "scene", "finder", "Street scenes", f"{_AT}.scene:SceneFinder",
        "Apache-2.0; weights: terms of CamVid and Pascal VOC (non-commercial)", rank=10, network="scene",
        memory_mb=400, gives=frozenset({"sketch", "label_map"}),
    ),
    EngineInfo(
        "things", "finder", "Things in any photo", f"{_AT}.things:ThingsFinder",
        "Apache-2.0; weights: terms of Pascal VOC and others (research use)", rank=20, network="things",
        memory_mb=400, gives=frozenset({"sketch", "label_map"}),
    ),
    EngineInfo(
        "subject", "finder", "What stands out", f"{_AT}.subject:SubjectFinder", "Apache-2.0", rank=30,
        gives=frozenset({"subject"}),
    ),
)  # fmt: skip
