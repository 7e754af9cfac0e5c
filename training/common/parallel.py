"""Several processes, one a GPU, as `accelerate launch` starts them. Needs accelerate: imported only there."""

from __future__ import annotations

import contextlib
from typing import Any

import torch
from fastai.distributed import DistributedDL
from fastai.learner import Learner


class SharedLoader(DistributedDL):
    """Each process gets its share of a loader that shuffles alike in all of them, on GPUs or on CPUs."""

    def _broadcast(self, indices: list[int], _rank: int) -> list[int]:
        return indices  # all know them; fastai's own exchange works on GPUs only


def together(learner: Learner, device: torch.device) -> contextlib.AbstractContextManager[Any]:
    """fastai's distributed context, for GPUs or (to try it) for processes on one CPU."""
    on_cpu = device.type == "cpu"
    # Batch norm over all processes works on GPUs only.
    manager: contextlib.AbstractContextManager[Any] = learner.distrib_ctx(sync_bn=not on_cpu, cpu=on_cpu)
    return manager
