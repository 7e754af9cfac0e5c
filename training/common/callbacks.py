"""What happens beside the steps of a training run: clock, averages, precision, log, checkpoints."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from fastai.callback.core import Callback, CancelFitException, CancelValidException
from fastai.torch_core import num_distrib, rank_distrib
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from training.common import plot
from training.common.checkpoints import NAME, save_checkpoint

State = dict[str, Tensor]


def inner(network: nn.Module) -> nn.Module:
    """The network itself, where it is wrapped for several processes."""
    return network.module if isinstance(network, DistributedDataParallel) else network


class Seeded(Protocol):
    """Data that is another one in every epoch."""

    epoch: int


class EpochSeed(Callback):
    """Starts each epoch from its own random state, so that a resumed run goes on as it would have."""

    def __init__(self, crops: Seeded, seed: int) -> None:
        self.crops, self.seed = crops, seed

    def before_epoch(self) -> None:
        self.crops.epoch = self.epoch
        numbers = np.random.SeedSequence((self.seed, self.epoch, rank_distrib()))
        torch.manual_seed(int(numbers.generate_state(1)[0]))


class Average(Callback):
    """A running mean of all weights, which scores better than the last ones (Polyak averaging)."""

    order = 70

    def __init__(self, keep: float) -> None:
        self.keep, self.steps = keep, 0
        self.state: State = {}

    def before_fit(self) -> None:
        if not self.state:
            own = inner(self.learn.model).state_dict()
            self.state = {key: value.detach().clone() for key, value in own.items()}

    def after_step(self) -> None:
        self.steps += 1
        keep = min(self.keep, self.steps / (self.steps + 10))
        for name, value in inner(self.learn.model).state_dict().items():
            if value.is_floating_point():
                self.state[name].lerp_(value.detach(), 1 - keep)
            else:
                self.state[name].copy_(value)


class Clock(Callback):
    """Binds the one-cycle schedule to wall time, so that a slow machine still reaches its end."""

    order = 5  # before MixedPrecision (10) opens its context, before ParamScheduler (60), after TrainEval

    def __init__(self, minutes: float | None, spent: float = 0.0) -> None:
        self.budget, self.spent, self.started = (minutes or 0) * 60, spent, time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds of wall time, those of earlier stretches of the run included."""
        return self.spent + time.monotonic() - self.started

    def before_fit(self) -> None:
        self.started = time.monotonic()

    def before_batch(self) -> None:
        if self.training and self.budget:
            share = self._together(self.elapsed / self.budget)
            if share >= 1:
                raise CancelFitException
            self.learn.pct_train = min(0.9999, max(float(self.learn.pct_train), share))

    def _together(self, share: float) -> float:
        """The first process's share: all have to stop at the same step."""
        if num_distrib() < 2:
            return share
        value = torch.tensor([share], device=next(self.learn.model.parameters()).device)
        torch.distributed.broadcast(value, 0)
        return float(value)


class ChannelsLast(Callback):
    """Faster convolutions: nearly half the time of a step on CPUs."""

    order = 55

    def before_batch(self) -> None:
        self.learn.xb = tuple(x.contiguous(memory_format=torch.channels_last) for x in self.xb)


class CpuHalfPrecision(Callback):
    """bfloat16 for all but the depthwise convolutions, whose backward pass is slow in it on CPUs.

    fastai's MixedPrecision is for GPUs only.
    """

    order = 56

    def before_fit(self) -> None:
        self._context = torch.autocast("cpu", torch.bfloat16)
        self._changed = [
            part
            for part in self.learn.model.modules()
            if isinstance(part, nn.Conv2d) and part.groups > 1 and part.weight.requires_grad
        ]
        for part in self._changed:
            part.forward = functools.partial(_full_precision, part)  # type: ignore[method-assign]

    def before_batch(self) -> None:
        self._context.__enter__()

    def after_pred(self) -> None:
        self._context.__exit__(None, None, None)
        self.learn.pred = self.pred.float()

    def after_fit(self) -> None:
        for part in self._changed:
            del part.forward


def _full_precision(conv: nn.Conv2d, x: Tensor) -> Tensor:
    with torch.autocast("cpu", enabled=False):
        return nn.Conv2d.forward(conv, x.float())


class Journal(Callback):
    """Every epoch: a line with the time left, a row in log.csv, log.png, a checkpoint, now and then a score.

    `known` is what the checkpoint says beside the state (architecture, data set, settings ...). `score` says
    how a state of the network does on val, in the `measure` of `plot.MEASURES`; it is called after every
    `every` epochs. On a terminal a line shows the progress within the epoch. With several processes only
    the first writes.
    """

    order = 80
    SECONDS = 2.0
    """Least time between two progress lines within an epoch."""

    def __init__(self, out: Path, average: Average, clock: Clock, known: dict[str, Any]) -> None:
        self.out, self.average, self.clock, self.known = out, average, clock, known
        self.score: Callable[[State], float] | None = None
        self.every, self.measure = 1, "val_miou"
        self.scaler_state: dict[str, Any] = {}
        self._sum, self._count, self._shown = torch.zeros(()), 0, 0.0

    def before_fit(self) -> None:
        if self.scaler_state and getattr(self.learn, "scaler", None):
            self.learn.scaler.load_state_dict(self.scaler_state)

    def before_epoch(self) -> None:
        self._sum, self._count = torch.zeros(()), 0

    def after_batch(self) -> None:
        if not self.training:
            return
        self._sum, self._count = self._sum + self.learn.loss.detach(), self._count + 1
        now = time.monotonic()
        if sys.stdout.isatty() and rank_distrib() == 0 and now - self._shown > self.SECONDS:
            self._shown = now
            print(f"\r{self._progress()}", end="  ", flush=True)

    def before_validate(self) -> None:
        raise CancelValidException  # scored on whole photos in after_epoch

    def after_epoch(self) -> None:
        if self._count:  # else an earlier run has done this epoch
            self._close(self.epoch + 1, due=(self.epoch + 1) % self.every == 0)

    def after_cancel_fit(self) -> None:
        # The epoch that time cut short is done again if the run is resumed with more.
        if self._count:
            self._close(self.epoch, due=True)
        else:
            self.save(self.epoch)

    def _close(self, done: int, *, due: bool) -> None:
        if rank_distrib():
            return
        score = self.score(self.average.state) if due and self.score else float("nan")
        line = self._progress() + (f"  {plot.MEASURES[self.measure]} {score:.3f}" if score == score else "")
        print(("\r" if sys.stdout.isatty() else "") + line, flush=True)
        row = {
            "epoch": self.epoch + 1,
            "share": f"{self._share():.4f}",
            "loss": f"{self._loss():.5f}",
            self.measure: f"{score:.4f}",
            "learning_rate": f"{float(self.learn.opt.hypers[-1]['lr']):.3e}",
            "seconds": f"{self.clock.elapsed:.0f}",
        }
        plot.add_row(self.out / "log.csv", row)
        plot.draw(self.out / "log.csv", self.out / "log.png")
        self.save(done)

    def _share(self) -> float:
        return max(1e-6, float(self.learn.pct_train))

    def _loss(self) -> float:
        return float(self._sum) / self._count if self._count else float("nan")

    def _progress(self) -> str:
        elapsed, share = self.clock.elapsed, self._share()
        left = max(0.0, elapsed / share - elapsed)
        return (
            f"epoch {self.epoch + 1}  {share:.0%}  loss {self._loss():.4f}  "
            f"{elapsed / 60:.1f} min done, {left / 60:.1f} min left"
        )

    def save(self, epoch: int) -> None:
        """Write the checkpoint of a run that has done so many epochs."""
        if rank_distrib():
            return
        scaler = getattr(self.learn, "scaler", None)
        state = self.known | {
            "model": inner(self.learn.model).state_dict(),
            "average": self.average.state,
            "steps": self.average.steps,
            "optimiser": _plain_state(self.learn.opt),
            "scaler": scaler.state_dict() if scaler else {},
            "epoch": epoch,
            "seconds": self.clock.elapsed,
        }
        save_checkpoint(self.out / NAME, state)


def _plain_state(optimiser: Any) -> dict[str, list[dict[str, Any]]]:
    """The optimiser's state in built-in types, so that it loads with weights_only."""
    state = optimiser.state_dict()
    hypers = [{k: v if isinstance(v, bool) else float(v) for k, v in h.items()} for h in state["hypers"]]
    return {"state": [dict(s) for s in state["state"]], "hypers": hypers}
