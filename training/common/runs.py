"""What training runs share: their options, batches, device, precision, and how they go on after a break."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fastai.callback.fp16 import AMPMode, MixedPrecision
from fastai.callback.schedule import fit_one_cycle  # noqa: F401  adds the method to Learner
from fastai.callback.training import GradientAccumulation
from fastai.data.load import DataLoader
from fastai.learner import Learner
from torch import nn

from inpaint_studio.basics import StudioError
from training.common.callbacks import Average, CpuHalfPrecision, Journal
from training.common.checkpoints import NAME, RUN, read_checkpoint
from training.common.memory import keep_memory
from training.common.plot import trim_log

PASSING = {"resume", "out", "data", "minutes", "threads", "workers", "device", "url", "val_every", "val_step"}
"""Options that may change when a run is resumed without a word."""


class ShuffledLoader(DataLoader):
    """Batches of crops in an order that is the same for the same seed and epoch, in every process."""

    def shuffle_fn(self, indices: Sequence[int]) -> list[int]:
        rng = np.random.default_rng((self.dataset.seed, self.dataset.epoch))
        return [int(index) for index in rng.permutation(indices)]


def pick_device(wanted: str) -> torch.device:
    """The device to train on; of several GPUs that of this process."""
    if wanted == "cuda" and not torch.cuda.is_available():
        raise StudioError("torch finds no GPU here; use --device cpu, or install a build of torch for it.")
    if wanted == "cpu" or not torch.cuda.is_available():
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
    torch.cuda.set_device(device)
    return device


def precision_callbacks(wanted: str, device: torch.device) -> list[Any]:
    """Mixed precision on a GPU unless `full` is asked for, on a CPU only with `bf16`."""
    if device.type == "cpu":
        if wanted == "fp16":
            raise StudioError("CPUs train in full precision or bf16; use --precision bf16.")
        return [CpuHalfPrecision()] if wanted == "bf16" else []
    if wanted == "auto":
        wanted = "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp16"
    return [] if wanted == "full" else [MixedPrecision(AMPMode(wanted))]


def take_weights(network: nn.Module, path: Path) -> None:
    """Start from the averaged weights of a checkpoint, as far as they fit."""
    given = read_checkpoint(path, {"average": dict})["average"]
    own = network.state_dict()
    fits = {key: value for key, value in given.items() if key in own and value.shape == own[key].shape}
    if not any(value.dim() > 1 for value in fits.values()):
        raise StudioError(f"{path} holds weights of another network; choose its --arch.")
    network.load_state_dict(fits, strict=False)
    print(f"{len(fits)} of {len(own)} tensors taken from {path}", flush=True)


def make_loader(crops: Any, args: argparse.Namespace, device: torch.device) -> ShuffledLoader:
    """Batches of crops, which know their `seed` and `epoch`, made by as many processes as the options say."""
    workers = args.workers if args.workers >= 0 else min(4, os.cpu_count() or 1) * (device.type == "cuda")
    enough = len(crops) >= args.batch
    return ShuffledLoader(crops, bs=args.batch, shuffle=True, drop_last=enough, num_workers=workers)


def set_up(learner: Learner, args: argparse.Namespace, device: torch.device) -> Learner:
    """Accumulation and precision as the options say, and nothing of what the Journal does."""
    if args.accumulate > 1:
        learner.add_cb(GradientAccumulation(args.accumulate * args.batch))
    learner.add_cbs(precision_callbacks(args.precision, device))
    shown = [cb for cb in learner.cbs if type(cb).__name__ in ("ProgressCallback", "Recorder")]
    return learner.remove_cbs(shown)


def plain_settings(args: argparse.Namespace) -> dict[str, Any]:
    """The options in built-in types, as the checkpoint keeps them."""

    def plain(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        return str(value) if isinstance(value, Path) else value

    return {name: plain(value) for name, value in vars(args).items()}


def read_run(args: argparse.Namespace, known: dict[str, Any], device: torch.device) -> dict[str, Any]:
    """The checkpoint to go on from, or nothing for a new run; StudioError if the folder does not fit.

    `known` is what this run's checkpoints say: `arch`, `dataset` and `classes` must be the same.
    """
    path = args.out / NAME
    if not args.resume:
        if path.exists():
            raise StudioError(f"{args.out} holds a run already; go on with --resume, or take another --out.")
        (args.out / "log.csv").unlink(missing_ok=True)
        return {}
    state = read_checkpoint(path, RUN, device)
    for key in ("arch", "dataset", "classes"):
        if state[key] != known[key]:
            raise StudioError(
                f"{path} was trained with {key} {state[key]}, not {known[key]}; resume with the same."
            )
    now = plain_settings(args)
    changed = [k for k, v in state["settings"].items() if k not in PASSING and k in now and now[k] != v]
    for key in changed:
        print(f"{key} is {now[key]} now and was {state['settings'][key]}", flush=True)
    trim_log(args.out / "log.csv", state["epoch"])
    return state


def restore(learner: Learner, average: Average, journal: Journal, state: dict[str, Any]) -> None:
    """Put weights, optimiser and averages of a checkpoint where they were."""
    try:
        learner.model.load_state_dict(state["model"])
        learner.create_opt()
        learner.opt.load_state_dict(state["optimiser"])
    except (RuntimeError, KeyError, AssertionError):
        raise StudioError(f"{journal.out / NAME} does not fit this network; train again.") from None
    average.state, average.steps = state["average"], state["steps"]
    journal.scaler_state = state.get("scaler", {})


def run_options(add: argparse._ArgumentGroup) -> None:
    add.add_argument("--out", type=Path, required=True, help="folder for last.pt, log.csv, log.png")
    add.add_argument("--resume", action="store_true", help="go on with the run in --out")
    add.add_argument("--epochs", type=count, default=60)
    add.add_argument("--minutes", type=float, help="end the schedule after this wall time, if not earlier")
    add.add_argument("--batch", type=count, help="crops to a batch; by default as fits into 8 GB")
    add.add_argument("--accumulate", type=count, default=1, help="batches to a step of the optimiser")
    add.add_argument("--lr", type=float, default=2e-3, help="highest learning rate of the one cycle")
    add.add_argument("--encoder-share", type=float, default=0.3, help="that of the encoder, as a share")
    add.add_argument("--weight-decay", type=float, default=0.02, help="decoupled, as in AdamW")
    add.add_argument("--average", type=float, default=0.997, help="how much the running mean keeps a step")
    add.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    add.add_argument("--precision", choices=("auto", "full", "bf16", "fp16"), default="auto")
    add.add_argument(
        "--bf16",
        dest="precision",
        action="store_const",
        const="bf16",
        default=argparse.SUPPRESS,
        help="--precision bf16; fast on new CPUs",
    )
    add.add_argument("--val-every", type=whole, help="score val so often; 0 never; 2, or 0 if trained on")
    add.add_argument("--val-step", type=count, default=4, help="use every n-th photo of val for that")
    add.add_argument("--threads", type=whole, default=0, help="0: as torch chooses")
    add.add_argument("--workers", type=int, default=-1, help="processes that make crops; -1: 4 for a GPU")
    add.add_argument("--seed", type=whole, default=1)


def whole(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is below 0")
    return value


def count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is below 1")
    return value


def finish(work: Callable[[argparse.Namespace], None], args: argparse.Namespace) -> int:
    """Do the work; the exit code of the program, after a line that says what was wrong."""
    keep_memory()
    try:
        work(args)
    except StudioError as error:
        print(error, file=sys.stderr)
        return 1
    except torch.OutOfMemoryError:
        print("Not enough memory on the GPU; halve --batch and double --accumulate.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nStopped; go on after the last whole epoch with --out {args.out} --resume.", file=sys.stderr)
        return 130
    return 0
