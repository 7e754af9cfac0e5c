"""Train a restoring network: `python -m training.restoring --task inpaint --data DIR --out DIR`.

`--task inpaint` fills holes; `--task enhance` takes out noise, JPEG blocks, blur and small size. `--data` is
the folder that holds those of `training.restoring.photos.SETS`; what is missing there is left out.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

import torch
from fastai.callback.training import GradientClip
from fastai.data.core import DataLoaders
from fastai.learner import Learner
from fastai.optimizer import Adam
from fastai.torch_core import num_distrib, set_seed
from torch import nn

from inpaint_studio.basics import StudioError
from training.common.callbacks import Average, ChannelsLast, Clock, EpochSeed, Journal
from training.common.runs import (
    count,
    finish,
    make_loader,
    pick_device,
    plain_settings,
    read_run,
    restore,
    run_options,
    set_up,
    take_weights,
)
from training.restoring.architectures import RESTORERS
from training.restoring.damage import RestorationScore, Spoiled, Spoiling
from training.restoring.perceptual import LOSS_NETWORKS, RestorationLoss, load_features
from training.restoring.photos import TERMS, load_gallery
from training.restoring.restorers import build_restorer

STEEPEST = 1.0
"""Largest norm of a gradient; larger ones are made shorter."""
EPSILON = 1e-8
"""Of Adam: gradients of millions of weights are small beside fastai's default."""
TASKS = tuple(RESTORERS)


def make_network(args: argparse.Namespace) -> Any:
    """The network to train, with the weights it starts from."""
    network: Any = fresh(args.task, args.arch)
    if args.side % network.shape.stride:
        raise StudioError(f"--side must be a multiple of {network.shape.stride}.")
    if args.init is not None and not args.resume:
        take_weights(network, args.init)
    return network.to(memory_format=torch.channels_last)


def fresh(task: str, arch: str) -> nn.Module:
    """A network with random weights; StudioError if it can't do the task."""
    if arch not in RESTORERS[task]:
        raise StudioError("Partial convolutions are for holes; take --task inpaint, or --arch unet.")
    return build_restorer(*RESTORERS[task][arch])


def make_loss(args: argparse.Namespace, device: torch.device) -> RestorationLoss:
    """Pixels, features and textures; with noisy targets only pixels, squared, can be told from noise."""
    noisy = args.targets == "noisy"
    wanted = not noisy and (args.feature or args.texture)
    features = load_features(args.features).to(device, memory_format=torch.channels_last) if wanted else None
    return RestorationLoss(
        features, feature=args.feature, texture=args.texture, rest=args.rest, squared=noisy
    )


def make_learner(
    network: nn.Module, crops: Spoiled, loss: nn.Module, args: argparse.Namespace, device: torch.device
) -> Learner:
    """fastai's Learner without its own progress bar and recorder; the Journal does their work."""
    loader = make_loader(crops, args, device)
    learner = Learner(
        DataLoaders(loader, loader, device=device),
        network,
        loss_func=loss,
        opt_func=partial(Adam, eps=EPSILON),
        wd=args.weight_decay,
        cbs=[ChannelsLast(), GradientClip(STEEPEST), EpochSeed(crops, args.seed)],
    )
    return set_up(learner, args, device)


def train(args: argparse.Namespace) -> None:
    """Train as the options say; leaves last.pt, log.csv, log.png and samples/ in `args.out`."""
    if num_distrib() > 1:
        raise StudioError("This network is trained by one process; start it without accelerate.")
    if not 0 < args.zoom[0] <= args.zoom[1]:
        raise StudioError("--zoom takes the least and the largest scale, both above 0.")
    if args.threads:
        torch.set_num_threads(args.threads)
    device = pick_device(args.device)
    set_seed(args.seed)
    network = make_network(args).to(device)
    args.out.mkdir(parents=True, exist_ok=True)
    known = {
        "arch": args.arch, "dataset": args.task, "classes": [], "licence": TERMS,
        "settings": plain_settings(args),
    }  # fmt: skip
    state = read_run(args, known, device)
    spoiling = Spoiling(
        args.task == "inpaint", args.side, tuple(args.zoom), args.noise, args.targets == "noisy"
    )
    gallery = load_gallery(args.data, "train", args.longer_side, outlines=spoiling.holes)
    crops = Spoiled(gallery, spoiling, args.seed, args.crops)
    learner = make_learner(network, crops, make_loss(args, device), args, device)
    average, clock = Average(args.average), Clock(args.minutes, state.get("seconds", 0.0))
    journal = Journal(args.out, average, clock, known)
    journal.measure = "val_psnr"
    every = 1 if args.val_every is None else args.val_every
    if every:
        journal.score, journal.every = make_score(args, spoiling, device), every
    learner.add_cbs([average, clock, journal])
    if state:
        restore(learner, average, journal, state)
    parameters = sum(p.numel() for p in network.parameters())
    print(f"{len(gallery.photos)} photos, {parameters / 1e6:.2f} M parameters, {device}", flush=True)
    learner.fit_one_cycle(args.epochs, args.lr, pct_start=0.1, div=10, start_epoch=state.get("epoch", 0))


def make_score(args: argparse.Namespace, spoiling: Spoiling, device: torch.device) -> RestorationScore:
    """PSNR on spoiled photos of the split "check", and a sheet of samples in `args.out` beside it."""
    gallery = load_gallery(args.data, "check", args.longer_side, outlines=spoiling.holes)

    def make() -> nn.Module:
        return fresh(args.task, args.arch).to(device)

    return RestorationScore(gallery, spoiling, make, args.out / "samples", args.val_step)


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.restoring",
        description=(__doc__ or "").splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument_group("what is shown")
    add.add_argument("--task", choices=TASKS, default="inpaint")
    add.add_argument("--data", type=Path, required=True, help="folder with the folders photos, voc ...")
    add.add_argument("--crops", type=count, default=2048, help="crops to an epoch")
    add.add_argument("--side", type=count, default=128, help="height and width of a crop in pixels")
    add.add_argument("--zoom", type=float, nargs=2, default=(0.45, 1.0), help="least and largest scale")
    add.add_argument("--longer-side", type=count, default=352, help="reduce larger photos to this")
    add.add_argument(
        "--noise", type=float, default=0.0, help="inpaint: share of crops with noise and the like"
    )
    add.add_argument(
        "--targets", choices=("clean", "noisy"), default="clean",
        help="noisy: Noise2Noise, the target has a noise of its own; the loss is then that of pixels",
    )  # fmt: skip
    add = parser.add_argument_group("network and loss")
    add.add_argument("--arch", choices=sorted(RESTORERS["inpaint"]), default="unet")
    add.add_argument("--init", type=Path, help="start from the averaged weights of this checkpoint")
    add.add_argument("--features", choices=LOSS_NETWORKS, nargs="+", default=("lite1",), help="loss networks")
    add.add_argument("--feature", type=float, default=0.1, help="weight of the feature term, 0: without")
    add.add_argument("--texture", type=float, default=0.1, help="weight of the Gram term, 0: without")
    add.add_argument("--rest", type=float, default=0.05, help="weight of pixels outside of the hole")
    run_options(parser.add_argument_group("run"))
    parser.set_defaults(batch=16)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    return finish(train, parse(argv))
