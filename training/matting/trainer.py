"""Train the network of soft edges: `python -m training.matting --photos DIR --out RUN --minutes 45`.

A plain loop: each picture is drawn when it is needed, so there are no epochs, no labels and no validation
set that a Learner would look after. `training.export` makes the network of the editor from the checkpoint.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.matting.features import features
from training.common.checkpoints import RUN, read_checkpoint, save_checkpoint
from training.common.datasets import held_out
from training.common.runs import finish, take_weights
from training.matting.composites import Sample, sample
from training.matting.edges import ARCH, MARGIN, EdgeNetwork, coverage

if TYPE_CHECKING:
    from collections.abc import Callable

    from inpaint_studio.basics.mask import Array

LEARNING_RATE, DECAY, WARM_UP = 2.5e-3, 0.995, 100
LICENCE = "Apache-2.0; trained on photos of drewnoakes/metadata-extractor-images, free to use as stated there"
_SAVED = 200
"""Steps from one checkpoint, and line of the log, to the next."""


def read_photos(folder: Path, least: int = 320) -> list[Array]:
    """The photos (WebP) of a folder that are not held out and whose shorter side has `least` pixels.

    Raises StudioError if there are fewer than two.
    """
    found = []
    for path in sorted(folder.glob("*.webp")):
        if not held_out(path.stem):
            with Image.open(path) as photo:
                if min(photo.size) >= least:
                    found.append(np.asarray(photo.convert("RGB"), np.uint8))
    if len(found) < 2:
        raise StudioError(f"There are no photos (WebP of {least} pixels or more) in {folder}.")
    return found


def batch_of(samples: list[Sample]) -> tuple[Tensor, Tensor]:
    """Planes N×12×H×W and true coverage N×1×H×W."""
    planes = np.stack([features(s.picture, s.given) for s in samples])
    x = torch.from_numpy(planes).permute(0, 3, 1, 2)
    return x, torch.from_numpy(np.stack([s.alpha for s in samples]))[:, None]


def loss_of(logits: Tensor, true: Tensor) -> Tensor:
    """Cross entropy of coverage, and absolute differences of its slopes, to the number of pixels on an edge.

    Absolute differences of coverage alone do not teach: where a rough mask is copied with certainty, their
    slope through the sigmoid is next to nothing.
    """
    unsure = binary_cross_entropy_with_logits(logits, (true + MARGIN) / (1 + 2 * MARGIN), reduction="sum")
    off = coverage(logits) - true
    slopes = off.diff(dim=-1).abs().sum() + off.diff(dim=-2).abs().sum()
    soft = ((true > 0) & (true < 1)).sum().clamp(min=1000)
    return (unsure + off.abs().sum() + 0.5 * slopes) / soft


class Run:
    """Network, optimiser and the running average of the weights, which is what is exported."""

    def __init__(self, seed: int, init: Path | None = None) -> None:
        torch.manual_seed(seed)
        self.network = EdgeNetwork()
        if init is not None:
            take_weights(self.network, init)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = torch.optim.AdamW(self.network.parameters(), LEARNING_RATE, weight_decay=1e-4)
        self.average = {key: value.clone() for key, value in self.network.state_dict().items()}
        self.steps, self.seconds = 0, 0.0

    def step(self, samples: list[Sample], share: float, *, bf16: bool) -> float:
        """One step at `share` 0..1 of the schedule; returns the loss."""
        rate = LEARNING_RATE * min(1.0, (self.steps + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * share))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        x, true = batch_of(samples)
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            loss = loss_of(self.network.logits(x.contiguous(memory_format=torch.channels_last)), true)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.steps += 1
        with torch.no_grad():
            for key, value in self.network.state_dict().items():
                if value.is_floating_point():
                    self.average[key].lerp_(value, 1 - min(DECAY, self.steps / (self.steps + 10)))
        return loss.item()

    def save(self, path: Path, settings: dict[str, Any]) -> None:
        state = {"arch": ARCH, "dataset": "edges", "classes": [], "settings": settings, "licence": LICENCE}
        run = {"model": self.network.state_dict(), "optimiser": self.optimiser.state_dict(), "epoch": 0}
        more = {"average": self.average, "steps": self.steps, "seconds": self.seconds}
        save_checkpoint(path, state | run | more)

    def load(self, path: Path) -> None:
        state = read_checkpoint(path, RUN)
        if state["arch"] != ARCH:
            raise StudioError(f"{path} is no checkpoint of training.matting.")
        self.network.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average, self.steps, self.seconds = state["average"], state["steps"], state["seconds"]


def train(
    photos: Path,
    out: Path,
    minutes: float,
    *,
    batch: int = 8,
    side: int = 128,
    seed: int = 1,
    bf16: bool = True,
    init: Path | None = None,
    resume: bool = False,
    say: Callable[[str], None] = print,
) -> Path:
    """Train until so many minutes are over, those of a resumed run included; returns the checkpoint."""
    pictures, run, path = read_photos(photos), Run(seed, init), out / "last.pt"
    if resume:
        run.load(path)
    out.mkdir(parents=True, exist_ok=True)
    rng, losses = np.random.default_rng((seed, run.steps)), []
    start, share = time.monotonic() - run.seconds, 0.0
    while share < 1:
        run.seconds = time.monotonic() - start
        share = min(1.0, run.seconds / (60 * minutes))
        losses.append(run.step([sample(pictures, side, rng) for _ in range(batch)], share, bf16=bf16))
        if run.steps % _SAVED == 0 or share >= 1:
            row = {"steps": run.steps, "share": share, "loss": float(np.mean(losses)), "seconds": run.seconds}
            losses = []
            with (out / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(row) + "\n")
            say(" ".join(f"{key} {value:.4g}" for key, value in row.items()))
            run.save(path, {"batch": batch, "side": side, "seed": seed, "minutes": minutes, "bf16": bf16})
    return path


def work(args: argparse.Namespace) -> None:
    torch.set_num_threads(args.threads)
    options = {"batch": args.batch, "side": args.side, "seed": args.seed, "resume": args.resume}
    train(args.photos, args.out, args.minutes, bf16=not args.no_bf16, init=args.init, **options)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.matting", description=__doc__)
    parser.add_argument("--photos", type=Path, required=True, help="folder of WebP photos")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--minutes", type=float, default=45.0, help="how long in all (default: 45)")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--side", type=int, default=128, help="of a picture in pixels, a multiple of 16")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-bf16", action="store_true", help="all in single precision")
    parser.add_argument("--init", type=Path, help="checkpoint whose averaged weights to start from")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    return finish(work, parser.parse_args(argv))
