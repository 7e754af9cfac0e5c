"""The course of a run by fastai's Learner; a recipe says what is trained, on what, and how it scores."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable
from typing import Any, Protocol

import torch
from fastai.learner import Learner
from fastai.torch_core import num_distrib, rank_distrib, set_seed
from torch import nn

from inpaint_studio.basics import StudioError
from training.common.callbacks import Average, Clock, Journal, State
from training.common.runs import pick_device, plain_settings, read_run, restore

Score = Callable[[State], float]


class Recipe(Protocol):
    """What one kind of network brings to a run. It is made from the options, with its data opened.

    `known` is what checkpoints say of it: arch, dataset, classes, licence. `photos` counts what it learns
    from, `measure` is what its score is in (`plot.MEASURES`), `warm_up` the share of the run in which the
    learning rate rises. With `encoder_apart` the encoder learns at a share of the rate.
    """

    known: dict[str, Any]
    photos: int
    measure: str
    warm_up: float
    encoder_apart: bool

    def network(self) -> nn.Module:
        """What is trained, with the weights it starts from, on its device."""
        ...

    def learner(self, network: nn.Module) -> Learner:
        """fastai's Learner without its own progress bar and recorder; the Journal does their work."""
        ...

    def score(self) -> tuple[Score, int] | None:
        """How a state of the network does on photos kept for that, and after how many epochs it is asked."""
        ...


def alone() -> None:
    """StudioError where several processes were started to train what one must."""
    if num_distrib() > 1:
        raise StudioError("This network is trained by one process; start it without accelerate.")


def train(args: argparse.Namespace, make: Callable[[argparse.Namespace, torch.device], Recipe]) -> None:
    """Train as the options say and leave last.pt, log.csv and log.png in `args.out`."""
    if args.threads:
        torch.set_num_threads(args.threads)
    device = pick_device(args.device)
    set_seed(args.seed)
    recipe = make(args, device)
    args.out.mkdir(parents=True, exist_ok=True)
    known = recipe.known | {"settings": plain_settings(args)}
    state = read_run(args, known, device)
    network = recipe.network()
    learner = recipe.learner(network)
    average, clock = Average(args.average), Clock(args.minutes, state.get("seconds", 0.0))
    journal = Journal(args.out, average, clock, known)
    journal.measure = recipe.measure
    if rank_distrib() == 0 and (scored := recipe.score()) is not None:
        journal.score, journal.every = scored
    learner.add_cbs([average, clock, journal])
    if state:
        restore(learner, average, journal, state)
    if rank_distrib() == 0:
        parameters = sum(p.numel() for p in network.parameters())
        print(f"{recipe.photos} photos, {parameters / 1e6:.2f} M parameters, {device}", flush=True)
    rates = slice(args.lr * args.encoder_share, args.lr) if recipe.encoder_apart else args.lr
    start = state.get("epoch", 0)
    with together(learner, device):
        learner.fit_one_cycle(args.epochs, rates, pct_start=recipe.warm_up, div=10, start_epoch=start)


def together(learner: Learner, device: torch.device) -> contextlib.AbstractContextManager[Any]:
    """fastai's distributed context where several processes were started, else one that does nothing."""
    if num_distrib() < 2:
        return contextlib.nullcontext()
    from training.common import parallel

    return parallel.together(learner, device)
