"""Measure the network of objects: `python -m training.objects.evaluate --data D --masks M --weights last.pt`.

Without --weights the editor's own finder is measured, in the same way.

Only files that are held out are shown to it, and composites of such files, the same ones every time.
"""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.finders.grouping import Answer, Grouped, grouped
from inpaint_studio.engines.finders.object_network import SIDE as LOOK
from inpaint_studio.engines.finders.object_network import Viewer, look
from training.common.checkpoints import WEIGHTS, read_checkpoint
from training.common.runs import count, finish
from training.common.samples import Array, normalise, read_labels, read_photo
from training.objects import editor
from training.objects.components import voc_components
from training.objects.composites import composite
from training.objects.matches import Tally
from training.objects.network import ARCH, CELL, REACH, STRIDE, ObjectNetwork
from training.objects.scenes import USABLE, greyness, load_scenes
from training.objects.sets import photos_of
from training.objects.sheets import save_cases
from training.objects.stream import material_of
from training.objects.trainer import SIDE

LEAST = 0.01
"""Smallest share of the photo from which on VOC's components count."""
_SEED = 20


See = Callable[[Array], Grouped]
"""What is found in a photo (H×W×3 uint8 RGB), at its size."""


class Case(NamedTuple):
    """A photo with its truth (a mask if `soft`, else numbers), what was found, and how well, 0 to 1."""

    name: str
    photo: Array
    truth: Array
    things: Grouped
    score: float
    soft: bool = False


@dataclass
class Result:
    """The lines of the table, and all cases by measurement."""

    lines: list[str] = field(default_factory=list)
    cases: dict[str, list[Case]] = field(default_factory=dict)


def load_network(path: Path) -> ObjectNetwork:
    """The network with the averaged weights of a checkpoint, ready to look at photos."""
    state = read_checkpoint(path, WEIGHTS)
    if state["arch"] != ARCH:
        raise StudioError(f"{path} is no checkpoint of training.objects.")
    network = ObjectNetwork()
    network.load_state_dict(state["average"])
    return network.eval().to(memory_format=torch.channels_last)  # type: ignore[no-any-return,call-overload]


class TorchObjects:
    """A trained network as the editor looks with it."""

    stride = STRIDE

    def __init__(self, network: ObjectNetwork) -> None:
        self.network = network

    def answer(self, view: Array) -> Answer:
        """As `Viewer.answer`."""
        with torch.inference_mode():
            x = torch.from_numpy(normalise(view))[None].contiguous(memory_format=torch.channels_last)
            alpha, middles, offsets = (answer[0].numpy() for answer in self.network(x))
        return Answer(alpha[0], middles[0], offsets * np.float32(REACH / CELL))


def see_once(viewer: Viewer, photo: Array, side: int) -> Grouped:
    """What a network finds in a photo, at the photo's size, looking once."""
    found = grouped(look(viewer, photo, side))
    size = photo.shape[1], photo.shape[0]
    return Grouped(
        np.asarray(cv2.resize(found.alpha, size, interpolation=cv2.INTER_LINEAR), np.float32),
        np.asarray(cv2.resize(found.numbers, size, interpolation=cv2.INTER_NEAREST), np.uint8),
        found.quality,
    )


def subject(see: See, args: argparse.Namespace, result: Result) -> None:
    """Coverage of one half or more against the teacher's, on all photos and where it is sure."""
    cases, sure = [], []
    for path in photos_of(args.data, "photos/imagenet", args.split)[:: args.step]:
        photo, truth = read_photo(path), read_labels(args.masks / "photos/imagenet" / f"{path.stem}.png")
        things = see(photo)
        one, other = things.alpha > 0.5, truth > 127
        score = float((one & other).sum() / max(1, (one | other).sum()))
        cases.append(Case(path.stem, photo, truth, things, score, soft=True))
        sure.append(greyness(truth) <= USABLE)
    scores = np.array([case.score for case in cases])
    for name, some in (("photos/imagenet", scores), ("where it is not in doubt", scores[np.array(sure)])):
        if some.size:
            line = f"mean IoU {some.mean():.3f}, above 0.8: {np.mean(some > 0.8):.3f}, {some.size} photos"
            result.lines.append(f"subject against the teacher, {name}: {line}")
    result.cases["subject"] = cases


def voc(args: argparse.Namespace) -> Iterator[tuple[str, Array, Array]]:
    for path in photos_of(args.data, "voc", args.split)[:: args.step]:
        yield path.stem, read_photo(path), voc_components(read_labels(path.with_suffix(".png")))


def coco(args: argparse.Namespace) -> Iterator[tuple[str, Array, Array]]:
    for path in photos_of(args.data, "coco128", args.split):
        yield path.stem, read_photo(path), read_labels(path.with_suffix(".png"))


def composites(args: argparse.Namespace) -> Iterator[tuple[str, Array, Array]]:
    """Composites of the photos measured only, from seeds of their own."""
    material = material_of(load_scenes(args.data, args.masks, args.split, SIDE))
    for number in range(args.composites):
        scene = composite(material.stock, (256, 320), np.random.default_rng((_SEED, number)))
        yield f"{number:03}", scene.photo, scene.instances


Source = Callable[[argparse.Namespace], Iterator[tuple[str, Array, Array]]]
SOURCES: tuple[tuple[str, Source, float], ...] = (
    ("composites", composites, 0.0),
    ("voc", voc, LEAST),
    ("coco128", coco, 0.0),
    ("coco128, 1 % or more", coco, LEAST),
)
"""Name, photos with numbers of things, and the least share of a photo that counts."""


def separate(see: See, args: argparse.Namespace, result: Result) -> None:
    """Things found, each by the one said that overlaps it most."""
    for name, source, least in SOURCES:
        tally, cases = Tally(least), []
        for stem, photo, truth in source(args):
            things = see(photo)
            cases.append(Case(stem, photo, truth, things, tally.add(truth, things.numbers)))
        found = f"{tally.found(0.5):.3f} at 0.5, {tally.found(0.75):.3f} at 0.75"
        wrong = f"{tally.said} said, {tally.wrong} of them match none at 0.5"
        result.lines.append(
            f"{name}: found {found}; {len(tally.best)} things in {len(cases)} photos; {wrong}"
        )
        result.cases[name] = cases


def evaluate(args: argparse.Namespace) -> None:
    torch.set_num_threads(args.threads)
    cv2.setNumThreads(args.threads)
    see = editor.see if args.weights is None else _by_weights(args.weights, args.side)
    result = Result()
    subject(see, args, result)
    separate(see, args, result)
    print("\n".join(result.lines), flush=True)
    if args.sheets is not None:
        for name, cases in result.cases.items():
            save_cases(args.sheets, name.split(",")[0], cases)


def _by_weights(path: Path, side: int) -> See:
    return functools.partial(see_once, TorchObjects(load_network(path)), side=side)


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.objects.evaluate",
        description=(__doc__ or "").splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder with the folders photos, voc, coco128 ...")
    add("--masks", type=Path, required=True, help="folder of the teacher's masks, under the same paths")
    add("--weights", type=Path, help="checkpoint whose averaged weights are measured")
    add("--side", type=count, default=LOOK, help="longer side at which the network of --weights looks")
    add("--split", choices=("held-out", "check"), default="held-out", help="photos that are measured")
    add("--composites", type=count, default=150, help="how many composites are made")
    add("--step", type=count, default=1, help="use every n-th photo of photos/imagenet and voc")
    add("--sheets", type=Path, help="folder for pictures of the worst, best and every tenth case")
    add("--threads", type=count, default=1)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    return finish(evaluate, parse(argv))


if __name__ == "__main__":
    raise SystemExit(main())
