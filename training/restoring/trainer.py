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
from torch import nn

from inpaint_studio.basics import StudioError
from training.common.callbacks import ChannelsLast, EpochSeed
from training.common.runs import count, finish, make_loader, run_options, set_up, take_weights
from training.common.trainer import Score, alone, train
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


class Restoring:
    """The recipe of networks that fill holes or enhance; a run leaves samples/ besides."""

    measure, warm_up, encoder_apart = "val_psnr", 0.1, False

    def __init__(self, args: argparse.Namespace, device: torch.device) -> None:
        alone()
        if not 0 < args.zoom[0] <= args.zoom[1]:
            raise StudioError("--zoom takes the least and the largest scale, both above 0.")
        self.args, self.device = args, device
        self.made = make_network(args)
        self.known = {"arch": args.arch, "dataset": args.task, "classes": [], "licence": TERMS}
        noisy = args.targets == "noisy"
        self.spoiling = Spoiling(args.task == "inpaint", args.side, tuple(args.zoom), args.noise, noisy)
        self.photos = 0

    def network(self) -> nn.Module:
        network: nn.Module = self.made.to(self.device)
        return network

    def learner(self, network: nn.Module) -> Learner:
        args = self.args
        gallery = load_gallery(args.data, "train", args.longer_side, outlines=self.spoiling.holes)
        self.photos = len(gallery.photos)
        crops = Spoiled(gallery, self.spoiling, args.seed, args.crops)
        loader = make_loader(crops, args, self.device)
        learner = Learner(
            DataLoaders(loader, loader, device=self.device),
            network,
            loss_func=make_loss(args, self.device),
            opt_func=partial(Adam, eps=EPSILON),
            wd=args.weight_decay,
            cbs=[ChannelsLast(), GradientClip(STEEPEST), EpochSeed(crops, args.seed)],
        )
        return set_up(learner, args, self.device)

    def score(self) -> tuple[Score, int] | None:
        """PSNR on spoiled photos of the split "check", and a sheet of samples in `args.out` beside it."""
        args, every = self.args, 1 if self.args.val_every is None else self.args.val_every
        if not every:
            return None
        gallery = load_gallery(args.data, "check", args.longer_side, outlines=self.spoiling.holes)

        def make() -> nn.Module:
            return fresh(args.task, args.arch).to(self.device)

        return RestorationScore(gallery, self.spoiling, make, args.out / "samples", args.val_step), every


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
    return finish(lambda args: train(args, Restoring), parse(argv))
