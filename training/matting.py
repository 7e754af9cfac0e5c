"""Train the network of soft edges: `python -m training.matting --photos DIR --out RUN --minutes 20`."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from hashlib import sha1
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.matting.features import features
from inpaint_studio.engines.networks.edges import ARCH, MARGIN, EdgeNetwork, coverage
from training.checkpoints import read_checkpoint, save_checkpoint
from training.composites import Sample, sample
from training.memory import keep_memory

LEARNING_RATE, DECAY = 2.5e-3, 0.995
KEPT: dict[str, type] = {
    "arch": str,
    "model": dict,
    "average": dict,
    "optimiser": dict,
    "steps": int,
    "seconds": float,
}


def held_out(path: Path) -> bool:
    """Whether a photo is kept for measuring: an eighth, by the SHA-1 of its name."""
    return sha1(path.stem.encode()).hexdigest()[0] in "01"


def read_photos(folder: Path, least: int = 320) -> list[np.ndarray[Any, np.dtype[np.uint8]]]:
    """The photos of a folder that are not held out and whose shorter side has `least` pixels."""
    found = []
    for path in sorted(folder.glob("*.webp")):
        if not held_out(path):
            with Image.open(path) as photo:
                if min(photo.size) >= least:
                    found.append(np.asarray(photo.convert("RGB")))
    if len(found) < 2:
        raise StudioError(f"There are no photos (WebP) in {folder}.")
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


def train(photos: Path, out: Path, minutes: float, *, batch: int = 8, side: int = 128, seed: int = 1,
          bf16: bool = True, resume: bool = False, say: Any = print) -> Path:  # fmt: skip
    """Train for so many minutes; returns the checkpoint. Photos are WebP."""
    torch.manual_seed(seed)
    network = EdgeNetwork().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=1e-4)
    path, steps, before = out / "last.pt", 0, 0.0
    average = {k: v.clone() for k, v in network.state_dict().items()}
    if resume:
        state = read_checkpoint(path, KEPT)
        network.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        average, steps, before = state["average"], state["steps"], state["seconds"]
    out.mkdir(parents=True, exist_ok=True)
    pictures, start, losses = read_photos(photos), time.monotonic() - before, []
    rng = np.random.default_rng((seed, steps))
    while True:
        seconds = time.monotonic() - start
        share = min(1.0, seconds / (60 * minutes))
        rate = LEARNING_RATE * min(1, (steps + 1) / 100) * 0.5 * (1 + math.cos(math.pi * share))
        for group in optimiser.param_groups:
            group["lr"] = rate
        x, true = batch_of([sample(pictures, side, rng) for _ in range(batch)])
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            logits = network.logits(x.contiguous(memory_format=torch.channels_last))
            loss = loss_of(logits, true)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        steps += 1
        losses.append(loss.item())
        with torch.no_grad():
            for key, value in network.state_dict().items():
                if value.is_floating_point():
                    average[key].lerp_(value, 1 - min(DECAY, steps / (steps + 10)))
        if steps % 200 == 0 or share >= 1:
            row = {
                "steps": steps,
                "share": share,
                "loss": float(np.mean(losses)),
                "rate": rate,
                "seconds": seconds,
            }
            losses = []
            with (out / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(row) + "\n")
            say(" ".join(f"{k} {v:.4g}" for k, v in row.items()))
            save_checkpoint(path, {"arch": ARCH, "model": network.state_dict(), "average": average,
                                   "optimiser": optimiser.state_dict(), "steps": steps, "seconds": seconds})  # fmt: skip
        if share >= 1:
            return path


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.matting", description=__doc__)
    parser.add_argument("--photos", type=Path, required=True, help="folder of WebP photos")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--minutes", type=float, default=20.0, help="how long (default: 20)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    args = parser.parse_args(argv)
    torch.set_num_threads(args.threads)
    keep_memory()
    try:
        train(args.photos, args.out, args.minutes, seed=args.seed, resume=args.resume)
    except StudioError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
