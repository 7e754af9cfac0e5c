"""Soft edges and clean colours for a cutout."""

from inpaint_studio.engines.matting.matte import EdgeMatte
from inpaint_studio.engines.matting.trimap import auto_band

__all__ = ["EdgeMatte", "auto_band"]
