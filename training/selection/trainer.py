"""Train the network behind clicks, boxes and scribbles: `python -m training.selection --data DIR --out DIR`.

`--data` is the folder that holds those of `training.selection.masks.SETS`; what is missing there is left out.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import cast

import numpy as np
import torch
from fastai.callback.training import BnFreeze, GradientClip
from fastai.data.core import DataLoaders
from fastai.learner import Learner
from fastai.optimizer import Adam
from torch import Tensor, nn
from torch.nn import functional as F

from inpaint_studio.basics import StudioError
from training.common import trainer
from training.common.callbacks import ChannelsLast, EpochSeed
from training.common.checkpoints import read_checkpoint
from training.common.imagenet import load_imagenet
from training.common.runs import count, finish, make_loader, run_options, set_up, whole
from training.common.trainer import Score, alone
from training.selection.clicks import ARCH, CELL, SLOTS, STRIDE, Answer, Asked, ClickNetwork
from training.selection.masks import MEANT, OBJECT, Frame, ThingCrops, load_scenes, open_masks
from training.selection.prompts import BOXES, Wish, asked, go_on, odds, start
from training.selection.robot import RobotScore

BATCH = 8

STEEPEST = 5.0
"""Largest norm of a gradient; larger ones are made shorter."""
UNSURE = 0.3
"""Weight of a mask that may be what a single click means, but need not."""
BESIDE = 0.5, 0.25
"""Weight of the masks as part and as group, after one prompt and after several."""


class ClickTask(nn.Module):
    """The network with a made-up user before it: N×3×H×W photos and their truth → a loss for each photo.

    Truth is N×4k×h×w as `ThingCrops` makes it. Every thing is pointed at in one to `rounds` rounds, each
    after looking at the answer of the last; the loss is that of all answers. After K. Sofiiuk et al. (2022).
    """

    def __init__(self, network: ClickNetwork, rounds: int, boxes: float = BOXES) -> None:
        """`boxes` is the share of things that a box is drawn around first."""
        super().__init__()
        self.network, self.rounds, self.odds = network, rounds, odds(boxes)

    def forward(self, photos: Tensor, truth: Tensor) -> Tensor:
        rng = np.random.default_rng(int(torch.randint(2**31, ())))
        planes = truth.reshape(len(truth), -1, 4, *truth.shape[2:])
        seen = self.network.see(photos).repeat(planes.shape[1])
        planes = planes.flatten(0, 1)
        meant = planes[:, MEANT].cpu().numpy()
        areas, known = meant > 0.5, meant >= 0
        subject = (planes[:, OBJECT:] < 0).flatten(1).all(1).tolist()
        wishes = [
            Wish((area.shape[0], area.shape[1])) if silent else start(area, sure, rng, self.odds)
            for area, sure, silent in zip(areas, known, subject, strict=True)
        ]
        losses: list[Tensor] = []
        rounds = int(rng.integers(1, self.rounds + 1))
        for turn in range(rounds):
            answer = self.network.answer(seen, Asked(*(part.to(photos.device) for part in asked(wishes))))
            losses.append(answer_loss(answer, planes, wishes))
            if turn + 1 < rounds:
                found = answer.masks[:, 0].detach().float().sigmoid().cpu().numpy()
                for wish, mask, area, sure in zip(wishes, found, areas, known, strict=True):
                    if not wish.silent:
                        go_on(wish, mask, area, sure, rng)
        return torch.stack(losses).mean(0).reshape(len(photos), -1).mean(1)


def answer_loss(answer: Answer, truth: Tensor, wishes: list[Wish]) -> Tensor:
    """The loss of each answer; `truth` is N×4×h×w, −1 where not known.

    After one click the first mask is to be the whole object, and what is meant only if there is no whole;
    after more prompts always what is meant.
    """
    exact = torch.tensor([wish.exact for wish in wishes], device=truth.device)
    whole = (truth[:, OBJECT] >= 0).flatten(1).any(1)
    first = torch.where((exact | ~whole)[:, None, None], truth[:, MEANT], truth[:, OBJECT])
    target = torch.stack((first, truth[:, OBJECT + 1], truth[:, OBJECT + 2]), 1)
    weight = torch.ones(target.shape[:2], device=truth.device)
    weight[:, 0] = torch.where(exact | whole, 1.0, UNSURE)
    weight[:, 1:] = torch.where(exact, BESIDE[1], BESIDE[0])[:, None]
    known = target >= 0
    weight = weight * known.flatten(2).any(2)
    masks, target = answer.masks.float(), target.clamp_min(0)
    loss = focal(masks, target, known) + jaccard(masks, target, known)
    loss = loss + F.mse_loss(answer.quality.float().sigmoid(), iou(masks, target, known), reduction="none")
    return (loss * weight).sum(1)


def focal(logits: Tensor, target: Tensor, known: Tensor, gamma: float = 2.0) -> Tensor:
    """Normalised focal loss, N×3: K. Sofiiuk et al., "AdaptIS" (ICCV 2019). `target` is 0..1."""
    miss = (target - logits.sigmoid()).abs()
    focus = miss**gamma * known
    scale = (known.sum((2, 3)) / focus.sum((2, 3)).clamp_min(1e-3)).detach()
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    return (focus * entropy).sum((2, 3)) * scale / known.sum((2, 3)).clamp_min(1)


def jaccard(logits: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """Soft Jaccard distance, N×3."""
    chances, target = logits.sigmoid() * known, target * known
    common = (chances * target).sum((2, 3))
    return 1 - (common + 1) / (chances.sum((2, 3)) + target.sum((2, 3)) - common + 1)


def iou(logits: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """IoU of the masks as they would be taken, N×3, without gradient."""
    found, wanted = (logits.detach() > 0) & known, (target > 0.5) & known
    return (found & wanted).sum((2, 3)) / (found | wanted).sum((2, 3)).clamp_min(1)


def make_network(args: argparse.Namespace) -> ClickNetwork:
    """The network with the encoder it starts from, the first parts of that frozen."""
    network = ClickNetwork()
    if args.init is not None and not args.resume:
        given = read_checkpoint(args.init, {"average": dict})["average"]
        entire = {key.removeprefix("network."): value for key, value in given.items()}
        if entire.keys() == network.state_dict().keys():
            network.load_state_dict(entire)
            given = entire
        inner = {k.removeprefix("encoder."): v for k, v in given.items() if k.startswith("encoder.")}
        try:
            network.encoder.load_state_dict(inner)
        except RuntimeError:
            raise StudioError(f"{args.init} holds no EfficientNet-Lite0; choose another --init.") from None
    elif not args.resume:
        load_imagenet(network.encoder)
    for part in [network.encoder.stem, *network.encoder.stages][: args.freeze]:
        part.requires_grad_(False)
    return network.to(memory_format=torch.channels_last)


def _groups(task: nn.Module) -> list[list[nn.Parameter]]:
    network = cast("ClickTask", task).network
    rest = [*network.pyramid.parameters(), *network.head.parameters()]
    return [list(network.encoder.parameters()), rest]


def _loss(found: Tensor, weight: Tensor) -> Tensor:
    return (found * weight).mean()


class Selection:
    """The recipe of the network for clicks."""

    measure, warm_up, encoder_apart = "val_miou", 0.1, True

    def __init__(self, args: argparse.Namespace, device: torch.device) -> None:
        alone()
        if args.side % STRIDE:
            raise StudioError(f"--side must be a multiple of {STRIDE}.")
        self.args, self.device = args, device
        self.data = open_masks(args.data)
        name, licence = self.data.name, self.data.licence
        self.known = {"arch": ARCH, "dataset": name, "classes": list(SLOTS), "licence": licence}
        self.photos = 0

    def network(self) -> nn.Module:
        return ClickTask(make_network(self.args), self.args.rounds, self.args.boxes)

    def learner(self, network: nn.Module) -> Learner:
        args = self.args
        scenes = load_scenes(self.data, "train")
        self.photos = len(scenes)
        crops = ThingCrops(scenes, Frame(args.side, args.things, CELL), args.seed, args.crops)
        loader = make_loader(crops, args, self.device)
        learner = Learner(
            DataLoaders(loader, loader, device=self.device),
            network,
            loss_func=_loss,
            opt_func=Adam,
            splitter=_groups,
            wd=args.weight_decay,
            cbs=[ChannelsLast(), BnFreeze(), GradientClip(STEEPEST), EpochSeed(crops, args.seed)],
        )
        return set_up(learner, args, self.device)

    def score(self) -> tuple[Score, int] | None:
        every = 1 if self.args.val_every is None else self.args.val_every
        return (RobotScore(load_scenes(self.data, "check"), self.args.val_step), every) if every else None


def train(args: argparse.Namespace) -> None:
    """Train as the options say and leave last.pt, log.csv and log.png in `args.out`."""
    trainer.train(args, Selection)


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.selection",
        description=(__doc__ or "").splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument_group("what is shown")
    add.add_argument("--data", type=Path, required=True, help="folder with the folders voc, coco128 ...")
    add.add_argument("--crops", type=count, default=2048, help="crops to an epoch")
    add.add_argument("--side", type=count, default=352, help="height and width of a crop in pixels")
    add.add_argument("--things", type=count, default=3, help="things pointed at in each crop")
    add.add_argument("--rounds", type=count, default=3, help="most rounds of clicks on each thing")
    add.add_argument("--boxes", type=float, default=BOXES, help="share of things shown by a box, 0 to 1")
    add = parser.add_argument_group("network")
    add.add_argument(
        "--init", type=Path,
        help="start with the encoder of this checkpoint of training.segmentation, or all of one of this",
    )  # fmt: skip
    add.add_argument("--freeze", type=whole, default=3, help="first parts of the encoder left as they are")
    run_options(parser.add_argument_group("run"))
    parser.set_defaults(arch=ARCH, dataset="masks", batch=BATCH)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    return finish(train, parse(argv))
