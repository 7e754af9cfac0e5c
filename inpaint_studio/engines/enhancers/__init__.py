"""Enhancers: a better picture of the same size."""

from inpaint_studio.engines.contracts import EngineInfo

ENGINES = (
    EngineInfo(
        "restore", "enhancer", "Noise, blocks and blur taken out",
        "inpaint_studio.engines.enhancers.restore:RestoreEnhancer",
        "Apache-2.0; weights: terms of the photos it learned from", network="enhance", memory_mb=300,
    ),
)  # fmt: skip
