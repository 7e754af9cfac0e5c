"""The files that a training run leaves: all that is needed to go on, to score and to export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from inpaint_studio.basics import StudioError

NAME = "last.pt"
WEIGHTS: dict[str, type] = {
    "arch": str,
    "dataset": str,
    "classes": list,
    "settings": dict,
    "licence": str,
    "average": dict,
}
"""What a checkpoint holds for those who want its weights, and of which type."""
RUN: dict[str, type] = WEIGHTS | {
    "model": dict,
    "steps": int,
    "optimiser": dict,
    "epoch": int,
    "seconds": float,
}
"""What it holds for going on with the run."""


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write a checkpoint; the file is either the old or the new one, never half of it."""
    part = path.with_name(path.name + ".part")
    torch.save(state, part)
    part.replace(path)


def read_checkpoint(
    path: Path, needed: dict[str, type], device: torch.device | str = "cpu"
) -> dict[str, Any]:
    """A checkpoint with at least these keys, its tensors on `device`.

    StudioError names the file if it is missing, damaged, or was not written by a training run.
    """
    if not path.is_file():
        raise StudioError(f"There is no checkpoint {path}.")
    try:
        state = torch.load(path, map_location=device, weights_only=True)
    except Exception:  # noqa: BLE001  damaged bytes make the unpickler fail in many ways
        raise StudioError(
            f"{path} is damaged or no checkpoint; use another one, or train again without --resume."
        ) from None
    if not isinstance(state, dict) or any(not isinstance(state.get(k), kind) for k, kind in needed.items()):
        raise StudioError(f"{path} is no checkpoint of a training run, or one of an older version.")
    return state
