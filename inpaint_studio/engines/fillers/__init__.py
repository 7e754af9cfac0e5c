"""Fillers, one a file that describes it as `ENGINE`: what paints holes.

To add one put a file here. It must be quick to import, so that the window can list it: OpenCV and the like
are imported where they are used, and larger work lies in `engines/inpainting/`.
"""

from importlib import import_module
from pkgutil import iter_modules

from inpaint_studio.engines.contracts import EngineInfo

ENGINES: tuple[EngineInfo, ...] = tuple(
    import_module(f"{__name__}.{module.name}").ENGINE for module in iter_modules(__path__)
)
