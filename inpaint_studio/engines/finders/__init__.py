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
        memory_mb=400, gives=frozenset({"sketch", "names", "label_map"}),
    ),
    EngineInfo(
        "things", "finder", "Things in any photo", f"{_AT}.things:ThingsFinder",
        "Apache-2.0; weights: terms of Pascal VOC and others (research use)", rank=20, network="things",
        memory_mb=400, gives=frozenset({"sketch", "names", "label_map"}),
    ),
    EngineInfo(
        "objects", "finder", "Objects of any kind", f"{_AT}.objects:ObjectsFinder",
        "Apache-2.0; weights: see the card", rank=25, network="objects", memory_mb=300,
        gives=frozenset({"sketch", "coverage"}),
    ),
    EngineInfo(
        "flat", "finder", "Letters, logos and signs", f"{_AT}.flat:FlatFinder", "Apache-2.0", rank=26,
        memory_mb=100, gives=frozenset({"sketch"}),
    ),
    EngineInfo(
        "birefnet", "finder", "What stands out, by BiRefNet", f"{_AT}.saliency:birefnet", "MIT", rank=27,
        network="birefnet", memory_mb=3500, gives=frozenset({"subject"}),
    ),
    EngineInfo(
        "is-net", "finder", "What stands out, by IS-Net", f"{_AT}.saliency:is_net", "Apache-2.0", rank=28,
        network="is-net", memory_mb=2500, gives=frozenset({"subject"}),
    ),
    EngineInfo(
        "subject", "finder", "What stands out", f"{_AT}.subject:SubjectFinder", "Apache-2.0", rank=30,
        gives=frozenset({"subject"}),
    ),
)  # fmt: skip
