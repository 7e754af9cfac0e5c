"""Selectors: from clicks, boxes and lines to masks."""

from inpaint_studio.engines.contracts import EngineInfo

_AT = "inpaint_studio.engines.selectors"

ENGINES = (
    EngineInfo(
        "network", "selector", "Things, parts and groups", f"{_AT}.network:NetworkSelector",
        "Apache-2.0; weights: terms of Pascal VOC and others (research use, non-commercial)", rank=0,
        network="select", memory_mb=400, gives=frozenset({"subject"}),
    ),
    EngineInfo(
        "mobile-sam", "selector", "Parts and things, by MobileSAM", f"{_AT}.segment_anything:mobile_sam",
        "Apache-2.0", rank=5, network="mobile-sam", memory_mb=700, gives=frozenset({"subject"}),
    ),
    EngineInfo(
        "grabcut", "selector", "Colour and edge", f"{_AT}.grabcut:GrabCutSelector", "Apache-2.0", rank=10
    ),
)  # fmt: skip
