"""Train the network of objects: `python -m training.objects --data DATA --masks MASKS --out RUN`.

A plain loop as in training.matting: every picture is made when it is needed, so there are no epochs.
"""

from __future__ import annotations

import argparse
import functools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from inpaint_studio.basics import StudioError
from training.common.checkpoints import NAME, RUN, read_checkpoint, save_checkpoint
from training.common.imagenet import load_imagenet
from training.common.onnx import shipped_weights
from training.common.runs import count, finish, plain_settings, take_weights
from training.objects.losses import Losses, losses
from training.objects.network import ARCH, STRIDE, ObjectNetwork
from training.objects.scenes import load_scenes
from training.objects.sets import licence
from training.objects.stream import COMPOSITES, Material, batch_of, material_of, picture, shape

RATE, ENCODER_SHARE, WEIGHT_DECAY = 1.5e-3, 0.3, 0.02
DECAY, WARM_UP, STEEPEST = 0.998, 100, 5.0
FALLING = 0.35
"""Last share of the schedule, in which the learning rate falls to nothing."""
FROZEN = 3
"""First parts of the encoder that stay as they are, their batch norm too."""
SIDE = 352
"""Longer side of the photos that are kept in memory."""


class Run:
    """Network, optimiser, and the running average of the weights, which is what is used afterwards."""

    def __init__(self, seed: int, init: Path | None, *, bf16: bool) -> None:
        torch.manual_seed(seed)
        self.network, self.bf16 = start(init), bf16
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        inner = [p for p in self.network.encoder.parameters() if p.requires_grad]
        known = {id(p) for p in self.network.encoder.parameters()}
        rest = [p for p in self.network.parameters() if id(p) not in known]
        groups = [{"params": inner, "share": ENCODER_SHARE}, {"params": rest, "share": 1.0}]
        self.optimiser = torch.optim.AdamW(groups, RATE, weight_decay=WEIGHT_DECAY)
        self.average = {key: value.clone() for key, value in self.network.state_dict().items()}
        self.steps = 0
        self.seconds = 0.0  # of processor time: the run may wait for other work for long
        if bf16:
            keep_depthwise_exact(self.network)

    def step(self, x: Tensor, truth: Any, share: float) -> Losses:
        """One step at `share` 0..1 of the schedule."""
        rate = RATE * min(1.0, (self.steps + 1) / WARM_UP) * min(1.0, (1 - share) / FALLING + 1e-3)
        for group in self.optimiser.param_groups:
            group["lr"] = rate * group["share"]
        to_train(self.network)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            found = self.network.find(x)
        parts = losses(found, truth)
        self.optimiser.zero_grad()
        parts.total().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), STEEPEST)
        self.optimiser.step()
        self.steps += 1
        self._follow()
        return Losses(*(part.detach() for part in parts))

    @torch.no_grad()
    def _follow(self) -> None:
        keep = min(DECAY, self.steps / (self.steps + 10))
        for key, value in self.network.state_dict().items():
            if value.is_floating_point():
                self.average[key].lerp_(value, 1 - keep)

    def save(self, path: Path, settings: dict[str, Any]) -> None:
        state = {
            "arch": ARCH,
            "dataset": "objects",
            "classes": [],
            "settings": settings,
            "licence": licence(),
        }
        run = {"model": self.network.state_dict(), "optimiser": self.optimiser.state_dict(), "epoch": 0}
        more = {"average": self.average, "steps": self.steps, "seconds": self.seconds}
        save_checkpoint(path, state | run | more)

    def load(self, path: Path) -> None:
        state = read_checkpoint(path, RUN)
        if state["arch"] != ARCH:
            raise StudioError(f"{path} is no checkpoint of training.objects.")
        self.network.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average, self.steps, self.seconds = state["average"], state["steps"], state["seconds"]


def start(init: Path | None) -> ObjectNetwork:
    """The network with what it starts from: a checkpoint, weights of the editor, or ImageNet's encoder."""
    network = ObjectNetwork()
    if init is None:
        load_imagenet(network.encoder)
    elif init.suffix == ".onnx":
        take_shipped(network, init)
    else:
        take_weights(network, init)
    for part in frozen(network):
        part.requires_grad_(False)
    return network


def take_shipped(network: ObjectNetwork, path: Path) -> None:
    """Start from weights of the editor with the same encoder, as far as they fit."""
    own = network.state_dict()
    given = {k: v for k, v in shipped_weights(path).items() if k in own and v.shape == own[k].shape}
    if not any(key.startswith("encoder.") for key in given):
        raise StudioError(f"{path} holds no EfficientNet-Lite0; choose another --init.")
    network.load_state_dict(given, strict=False)
    print(f"{len(given)} of {len(own)} tensors taken from {path}", flush=True)


def frozen(network: ObjectNetwork) -> list[nn.Module]:
    return [network.encoder.stem, *network.encoder.stages][:FROZEN]


def to_train(network: ObjectNetwork) -> None:
    network.train()
    for part in frozen(network):
        part.eval()


def keep_depthwise_exact(network: nn.Module) -> None:
    """Single precision for depthwise convolutions: on CPUs their way back is slow in bfloat16."""
    for part in network.modules():
        if isinstance(part, nn.Conv2d) and part.groups > 1 and part.weight.requires_grad:
            part.forward = functools.partial(_exact, part)  # type: ignore[method-assign]


def _exact(conv: nn.Conv2d, x: Tensor) -> Tensor:
    with torch.autocast("cpu", enabled=False):
        return nn.Conv2d.forward(conv, x.float())


def go_on(run: Run, material: Material, args: argparse.Namespace, say: Callable[[str], None]) -> None:
    """Train up to `args.steps`, those of a resumed run included, or for `args.minutes`."""
    path, settings = args.out / NAME, plain_settings(args)
    rng = np.random.default_rng((args.seed, run.steps))
    begun, spent, saved, rows = time.monotonic(), run.seconds, time.monotonic(), []
    done = run.steps >= args.steps
    while not done:
        size = shape(args.side, rng)
        x, truth = batch_of([picture(material, size, args.composites, rng) for _ in range(args.batch)])
        rows.append([float(part) for part in run.step(x, truth, run.steps / args.steps)])
        run.seconds = spent + time.process_time()
        late = args.minutes is not None and time.monotonic() - begun > 60 * args.minutes
        done = late or run.steps >= args.steps
        if done or time.monotonic() - saved > 60 * args.save_every:
            parts = dict(zip(Losses._fields, np.mean(rows, axis=0).tolist(), strict=True))
            write(args.out / "log.jsonl", {"steps": run.steps, "minutes": run.seconds / 60, **parts}, say)
            run.save(path, settings)
            saved, rows = time.monotonic(), []


def write(log: Path, row: dict[str, float], say: Callable[[str], None]) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    say(" ".join(f"{key} {value:.4g}" for key, value in row.items()))


def train(args: argparse.Namespace) -> None:
    if args.side % STRIDE:
        raise StudioError(f"--side must be a multiple of {STRIDE}.")
    torch.set_num_threads(args.threads)
    cv2.setNumThreads(args.threads)
    path = args.out / NAME
    if path.exists() and not args.resume:
        raise StudioError(f"{args.out} holds a run already; go on with --resume, or take another --out.")
    run = Run(args.seed, None if args.resume else args.init, bf16=args.bf16)
    if args.resume:
        run.load(path)
    args.out.mkdir(parents=True, exist_ok=True)
    material = material_of(load_scenes(args.data, args.masks, "train", SIDE))
    counts = ", ".join(f"{len(group)} {name}" for name, group in material.scenes.items())
    stock = material.stock
    print(f"{counts}; {len(stock.grounds)} grounds, {len(stock.cutouts)} cutouts", flush=True)
    go_on(run, material, args, functools.partial(print, flush=True))


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.objects",
        description=(__doc__ or "").splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder with the folders photos, voc, coco128 ...")
    add("--masks", type=Path, required=True, help="folder of the teacher's masks, under the same paths")
    add("--out", type=Path, required=True, help="folder for last.pt and log.jsonl")
    add("--resume", action="store_true", help="go on with the run in --out")
    add("--init", type=Path, help="checkpoint or things.onnx to start from; else ImageNet's encoder")
    add("--steps", type=count, default=40000, help="in all; the learning rate falls over the last third")
    add("--minutes", type=float, help="stop after so much time by the clock; --resume goes on")
    add("--save-every", type=float, default=3.0, help="minutes between checkpoints")
    add("--batch", type=count, default=8)
    add("--side", type=count, default=256, help="side of a picture in pixels; some are higher or wider")
    add("--composites", type=float, default=COMPOSITES, help="share of composites")
    add("--threads", type=count, default=1)
    add("--bf16", action="store_true", help="bfloat16; fast on new CPUs")
    add("--seed", type=int, default=1)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    return finish(train, parse(argv))


if __name__ == "__main__":
    raise SystemExit(main())
