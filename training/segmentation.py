"""Train a segmentation network: `python -m training.segmentation --data DIR --out DIR`.

docs/training.md says how to resume, evaluate, export, and use several GPUs.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fastai.callback.fp16 import AMPMode, MixedPrecision
from fastai.callback.schedule import fit_one_cycle  # noqa: F401  adds the method to Learner
from fastai.callback.training import BnFreeze, GradientAccumulation
from fastai.data.core import DataLoaders
from fastai.data.load import DataLoader
from fastai.learner import Learner
from fastai.optimizer import Adam
from fastai.torch_core import num_distrib, rank_distrib, set_seed
from torch import nn

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.networks.segmenters import build_segmenter
from training.architectures import ARCHITECTURES, Architecture
from training.augment import Crops, View, class_shares, sequence_shares
from training.callbacks import Average, ChannelsLast, Clock, CpuHalfPrecision, EpochSeed, Journal, State
from training.checkpoints import NAME, RUN, read_checkpoint
from training.datasets import DATASETS, Dataset, fetch_camvid, open_dataset
from training.losses import SegmentationLoss, class_weights
from training.memory import keep_memory
from training.plot import trim_log
from training.samples import Sample
from training.scores import counted, scores, whole_photo_counts

PASSING = {"resume", "out", "data", "minutes", "threads", "workers", "device", "url", "val_every", "val_step"}
"""Options that may change when a run is resumed without a word."""

BATCH, DENSE_BATCH = 8, 4
"""Crops to a batch, meant for 8 GB: FC-DenseNets keep about ten times as much of a crop as the others."""


class ShuffledLoader(DataLoader):
    """Batches of crops in an order that is the same for the same seed and epoch, in every process."""

    def shuffle_fn(self, indices: Sequence[int]) -> list[int]:
        rng = np.random.default_rng((self.dataset.seed, self.dataset.epoch))
        return [int(index) for index in rng.permutation(indices)]


def open_data(args: argparse.Namespace) -> Dataset:
    """The data set that the options name, fetched first if it may be."""
    if args.url and (args.dataset != "camvid32" or args.data):
        raise StudioError("--url fetches data for --dataset camvid32 and takes the place of --data.")
    if args.data is None and args.dataset != "camvid32":
        raise StudioError(f"Name the folder of {args.dataset} with --data; only camvid32 can be fetched.")
    root = args.data if args.data is not None else fetch_camvid(args.url)
    return open_dataset(args.dataset, root, args.persons, args.longer_side)


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


def take_weights(network: nn.Module, path: Path) -> None:
    """Start from the averaged weights of a checkpoint, as far as they fit."""
    given = read_checkpoint(path, {"average": dict})["average"]
    own = network.state_dict()
    fits = {key: value for key, value in given.items() if key in own and value.shape == own[key].shape}
    if not any(value.dim() > 1 for value in fits.values()):
        raise StudioError(f"{path} holds weights of another network; choose its --arch.")
    network.load_state_dict(fits, strict=False)
    print(f"{len(fits)} of {len(own)} tensors taken from {path}", flush=True)


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


def make_learner(
    network: nn.Module, arch: Architecture, crops: Crops, args: argparse.Namespace, device: torch.device
) -> Learner:
    """fastai's Learner without its own progress bar and recorder; the Journal does their work."""
    loader: Any = make_loader(crops, args, device)
    if num_distrib() > 1:
        from training.parallel import SharedLoader

        loader = SharedLoader(loader, device=device)
    weights = class_weights(crops.samples, crops.view.void, args.weight_power)
    learner = Learner(
        DataLoaders(loader, loader, device=device),
        network,
        loss_func=SegmentationLoss(weights, args.jaccard),
        opt_func=Adam,
        splitter=arch.groups,
        wd=args.weight_decay,
        cbs=[ChannelsLast(), BnFreeze(), EpochSeed(crops, args.seed)],
    )
    return set_up(learner, args, device)


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


def plain_settings(args: argparse.Namespace) -> dict[str, Any]:
    """The options in built-in types, as the checkpoint keeps them."""

    def plain(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        return str(value) if isinstance(value, Path) else value

    return {name: plain(value) for name, value in vars(args).items()}


def read_run(args: argparse.Namespace, data: Dataset, device: torch.device) -> dict[str, Any]:
    """The checkpoint to go on from, or nothing for a new run; StudioError if the folder does not fit."""
    path = args.out / NAME
    if not args.resume:
        if path.exists():
            raise StudioError(f"{args.out} holds a run already; go on with --resume, or take another --out.")
        (args.out / "log.csv").unlink(missing_ok=True)
        return {}
    state = read_checkpoint(path, RUN, device)
    for key, mine in (("arch", args.arch), ("dataset", args.dataset), ("classes", list(data.classes))):
        if state[key] != mine:
            raise StudioError(
                f"{path} was trained with {key} {state[key]}, not {mine}; resume with the same."
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


def train(args: argparse.Namespace) -> None:
    """Train as the options say and leave last.pt, log.csv and log.png in `args.out`."""
    if num_distrib() > 1 and importlib.util.find_spec("accelerate") is None:
        raise StudioError("Several processes need accelerate: pip install accelerate.")
    set_seed(args.seed)
    if args.threads:
        torch.set_num_threads(args.threads)
    device, arch = pick_device(args.device), ARCHITECTURES[args.arch]
    data = open_data(args)
    args.out.mkdir(parents=True, exist_ok=True)
    state = read_run(args, data, device)
    network, crops = make_network(arch, len(data.classes), args).to(device), make_crops(data, args)
    learner = make_learner(network, arch, crops, args, device)
    known = {
        "arch": arch.name,
        "dataset": data.name,
        "classes": list(data.classes),
        "licence": data.licence,
        "settings": plain_settings(args),
    }
    average, clock = Average(args.average), Clock(args.minutes, state.get("seconds", 0.0))
    journal = Journal(args.out, average, clock, known)
    every = 2 * ("val" not in args.train_on.split("+")) if args.val_every is None else args.val_every
    if every and rank_distrib() == 0:
        journal.score, journal.every = ValScore(data, arch, args.val_step, device), every
    learner.add_cbs([average, clock, journal])
    if state:
        restore(learner, average, journal, state)
    if rank_distrib() == 0:
        parameters = sum(p.numel() for p in network.parameters())
        print(f"{len(crops)} photos, {parameters / 1e6:.2f} M parameters, {device}", flush=True)
    rates = slice(args.lr * args.encoder_share, args.lr)
    with together(learner, device):
        learner.fit_one_cycle(args.epochs, rates, pct_start=0.15, div=10, start_epoch=state.get("epoch", 0))


def together(learner: Learner, device: torch.device) -> contextlib.AbstractContextManager[Any]:
    """fastai's distributed context where several processes were started, else one that does nothing."""
    if num_distrib() < 2:
        return contextlib.nullcontext()
    from training import parallel

    return parallel.together(learner, device)


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


def run_options(add: argparse._ArgumentGroup) -> None:
    add.add_argument("--out", type=Path, required=True, help="folder for last.pt, log.csv, log.png")
    add.add_argument("--resume", action="store_true", help="go on with the run in --out")
    add.add_argument("--epochs", type=count, default=60)
    add.add_argument("--minutes", type=float, help="end the schedule after this wall time, if not earlier")
    add.add_argument("--batch", type=count, help=f"{BATCH}, or {DENSE_BATCH} for FC-DenseNets")
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


def main(argv: list[str] | None = None) -> int:
    args = parse(argv)
    return finish(train, args)


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


if __name__ == "__main__":
    raise SystemExit(main())
