"""The networks that restore, by the name that `--arch` takes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from training.restoring.partial import PARTIAL_INPAINT
from training.restoring.restorer import ENHANCE, INPAINT
from training.restoring.restorers import PARTIAL, UNET


def _shaped(shape: Any) -> dict[str, Any]:
    values = {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(shape).items()}
    return {"shape": values}


RESTORERS: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {
    "inpaint": {"unet": (UNET, _shaped(INPAINT)), "partial_unet": (PARTIAL, _shaped(PARTIAL_INPAINT))},
    "enhance": {"unet": (UNET, _shaped(ENHANCE))},
}
"""Networks that restore, by task and name: `arch` and options of the editor's card."""
