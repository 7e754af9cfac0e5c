"""Soft edges and clean colours for a cutout."""

from inpaint_studio.engines.contracts import EngineInfo

ENGINES = (
    EngineInfo(
        "edge", "matte", "Soft edge", "inpaint_studio.engines.matting.matte:EdgeMatte", "Apache-2.0",
        memory_mb=200,
    ),
)  # fmt: skip
