"""Adjustments, one a file that describes it as `ADJUSTMENT`: what changes the colours of all below it.

To add one put a file here. It must be quick to import: OpenCV and the like are imported where they are used.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from inpaint_studio.render.adjustment import AdjustmentInfo

_described: tuple[AdjustmentInfo, ...] = tuple(
    import_module(f"{__name__}.{module.name}").ADJUSTMENT for module in iter_modules(__path__)
)
ADJUSTMENTS: Mapping[str, AdjustmentInfo] = MappingProxyType({each.id: each for each in _described})
"""All adjustments by their ids."""
