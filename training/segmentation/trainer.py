"""Train a segmentation network: `python -m training.segmentation --data DIR --out DIR`.

docs/training.md says how to resume, evaluate, export, and use several GPUs.
"""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path
from typing import Any

import torch
from fastai.callback.training import BnFreeze
from fastai.data.core import DataLoaders
from fastai.learner import Learner
from fastai.optimizer import Adam
from fastai.torch_core import num_distrib
from torch import nn

from inpaint_studio.basics import StudioError
from training.common.callbacks import ChannelsLast, EpochSeed, State
from training.common.datasets import DATASETS, Dataset, fetch_camvid, open_dataset
from training.common.runs import count, finish, make_loader, run_options, set_up, take_weights, whole
from training.common.samples import Sample
from training.common.scores import counted, scores
from training.common.trainer import Score, train
from training.segmentation.architectures import ARCHITECTURES, Architecture
from training.segmentation.crops import Crops, View, class_shares, sequence_shares
from training.segmentation.losses import SegmentationLoss, class_weights
from training.segmentation.segmenters import build_segmenter
from training.segmentation.whole import whole_photo_counts

BATCH, DENSE_BATCH = 8, 4
"""Crops to a batch, meant for 8 GB: FC-DenseNets keep about ten times as much of a crop as the others."""


def open_data(args: argparse.Namespace) -> Dataset:
    """The data set that the options name, fetched first if it may be."""
    if args.url and (args.dataset != "camvid32" or args.data):
        raise StudioError("--url fetches data for --dataset camvid32 and takes the place of --data.")
    if args.data is None and args.dataset != "camvid32":
        raise StudioError(f"Name the folder of {args.dataset} with --data; only camvid32 can be fetched.")
    root = args.data if args.data is not None else fetch_camvid(args.url)
    return open_dataset(args.dataset, root, args.persons, args.longer_side)


def make_network(arch: Architecture, classes: int, args: argparse.Namespace) -> nn.Module:
    """The network to train, with the weights it starts from, the first parts of its encoder frozen."""
    if args.height % arch.stride or args.width % arch.stride:
        raise StudioError(f"--height and --width must be multiples of {arch.stride} for {arch.name}.")
    given = args.init is not None
    load = args.pretrained and not given and not args.resume
    network = arch.make(classes, (args.height, args.width), load)
    if given and not args.resume:
        take_weights(network, args.init)
    freeze = args.freeze if args.freeze is not None else 3 * (given or args.pretrained)
    for part in arch.frozen(network)[:freeze]:
        part.requires_grad_(False)
    return network.to(memory_format=torch.channels_last)


def make_crops(data: Dataset, args: argparse.Namespace) -> Crops:
    samples = data.load(args.train_on)
    zoom = float(args.zoom[0]), float(args.zoom[1])
    if not 0 < zoom[0] <= zoom[1]:
        raise StudioError("--zoom takes the least and the largest scale, both above 0.")
    view = View(args.height, args.width, zoom, data.void, data.rare, data.pasted, args.mix)
    shares = None
    if args.balance or args.balance_classes:
        shares = sequence_shares(samples, args.balance)
        shares *= class_shares(samples, data.void, args.balance_classes)
    return Crops(samples, view, args.seed, shares)


class ValScore:
    """Mean IoU of a state of the network on whole photos of val, through the editor's own network."""

    def __init__(self, data: Dataset, arch: Architecture, step: int, device: torch.device) -> None:
        samples = data.load("val")
        self.names, self.arch, self.device = data.classes, arch, device
        self.count = counted([sample.labels for sample in samples], data.void, data.least)
        self.samples: list[Sample] = samples[::step]

    def __call__(self, state: State) -> float:
        network = build_segmenter(self.arch.card, len(self.names))
        network.load_state_dict(self.arch.shipped(state))
        network.to(self.device, memory_format=torch.channels_last)
        table = whole_photo_counts(network, self.samples, len(self.names), self.arch.stride)
        return scores(table, self.names, self.count).mean_iou


class Segmentation:
    """The recipe of networks that name pixels."""

    measure, warm_up, encoder_apart = "val_miou", 0.15, True

    def __init__(self, args: argparse.Namespace, device: torch.device) -> None:
        if num_distrib() > 1 and importlib.util.find_spec("accelerate") is None:
            raise StudioError("Several processes need accelerate: pip install accelerate.")
        self.args, self.device, self.arch = args, device, ARCHITECTURES[args.arch]
        self.data = open_data(args)
        classes, licence = list(self.data.classes), self.data.licence
        self.known = {
            "arch": self.arch.name,
            "dataset": self.data.name,
            "classes": classes,
            "licence": licence,
        }
        self.photos = 0

    def network(self) -> nn.Module:
        return make_network(self.arch, len(self.data.classes), self.args).to(self.device)

    def learner(self, network: nn.Module) -> Learner:
        crops = make_crops(self.data, self.args)
        self.photos = len(crops)
        loader: Any = make_loader(crops, self.args, self.device)
        if num_distrib() > 1:
            from training.common.parallel import SharedLoader

            loader = SharedLoader(loader, device=self.device)
        weights = class_weights(crops.samples, crops.view.void, self.args.weight_power)
        learner = Learner(
            DataLoaders(loader, loader, device=self.device),
            network,
            loss_func=SegmentationLoss(weights, self.args.jaccard),
            opt_func=Adam,
            splitter=self.arch.groups,
            wd=self.args.weight_decay,
            cbs=[ChannelsLast(), BnFreeze(), EpochSeed(crops, self.args.seed)],
        )
        return set_up(learner, self.args, self.device)

    def score(self) -> tuple[Score, int] | None:
        args = self.args
        every = 2 * ("val" not in args.train_on.split("+")) if args.val_every is None else args.val_every
        return (ValScore(self.data, self.arch, args.val_step, self.device), every) if every else None


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.segmentation",
        description=(__doc__ or "").splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    _data_options(parser.add_argument_group("data"))
    _crop_options(parser.add_argument_group("crops"))
    _network_options(parser.add_argument_group("network and loss"))
    run_options(parser.add_argument_group("run"))
    args = parser.parse_args(argv)
    args.batch = args.batch or (DENSE_BATCH if args.arch.startswith("fc_densenet") else BATCH)
    return args


def _data_options(add: argparse._ArgumentGroup) -> None:
    add.add_argument("--data", type=Path, help="folder of the data set")
    add.add_argument("--dataset", choices=DATASETS, default="camvid11", help="what lies there")
    add.add_argument("--url", default="", help="camvid32: fetch this archive in place of fastai's")
    add.add_argument(
        "--persons", type=Path, nargs="+", default=[], help="voc: folders of photos with masks of people"
    )
    add.add_argument("--train-on", default="train", help="a split, or several: train+val")
    add.add_argument("--longer-side", type=whole, default=0, help="reduce larger photos; 0: as they are")
    add.add_argument(
        "--balance", type=float, default=0.0, help="draw photos by (photos of their sequence)^-BALANCE"
    )
    add.add_argument(
        "--balance-classes",
        type=float,
        default=0.0,
        help="by (photos of their rarest class)^-POWER, too",
    )


def _crop_options(add: argparse._ArgumentGroup) -> None:
    add.add_argument("--height", type=count, default=224)
    add.add_argument("--width", type=count, default=288)
    add.add_argument("--zoom", type=float, nargs=2, default=(0.6, 1.8), help="least and largest scale")
    add.add_argument("--mix", type=float, default=0.0, help="share of crops with things of another photo")


def _network_options(add: argparse._ArgumentGroup) -> None:
    add.add_argument("--arch", choices=sorted(ARCHITECTURES), default="efficientnet_lite0")
    add.add_argument("--no-pretrained", dest="pretrained", action="store_false", help="no ImageNet weights")
    add.add_argument("--init", type=Path, help="start from the averaged weights of this checkpoint")
    add.add_argument(
        "--freeze", type=whole, help="first parts of the encoder left as they are; 3, or 0 from scratch"
    )
    add.add_argument("--weight-power", type=float, default=0.35, help="class weights: frequency^-POWER")
    add.add_argument("--jaccard", type=float, default=1.0, help="share of the soft Jaccard loss")


def main(argv: list[str] | None = None) -> int:
    args = parse(argv)
    return finish(lambda given: train(given, Segmentation), args)
