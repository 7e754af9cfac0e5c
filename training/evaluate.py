"""Score the editor's networks on labelled photos: `python -m training.evaluate segmentation --data DIR`.

Runs in the editor's environment, too.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.finders.network import LabelNetwork
from training.common import sheets
from training.common.datasets import DATASETS, NETWORKS, Dataset, open_dataset
from training.common.samples import Array, load_sample
from training.common.scores import Scores, confusion, counted, scores

LabelMap = Callable[[Array], tuple[Array, Sequence[str]]]
TIMED = 40
"""So many photos are looked at once more, in a single look, to time that."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores on so many photos, and median seconds a photo: with the card's looks, and with one look.

    `counted` are the classes whose mean is `scores.mean_iou`.
    """

    scores: Scores
    counted: tuple[str, ...]
    photos: int
    looks: int
    seconds: float
    seconds_one_look: float


def label_maps(name: str, folder: Path | None) -> tuple[LabelNetwork, LabelMap, LabelMap]:
    """A network, its label map as the editor makes it, and the same with a single look.

    The scene network that the program itself would use is asked through the public `label_map`.
    """
    network = LabelNetwork(name, folder)
    single = LabelNetwork(name, folder, looks=[(1.0, False)]).label_map
    if name == "scene" and folder is None:
        import inpaint_studio

        return network, inpaint_studio.label_map, single
    return network, network.label_map, single


def evaluate(
    data: Dataset,
    split: str,
    name: str,
    folder: Path | None = None,
    show: int = 0,
    into: Path = sheets.FOLDER,
) -> Evaluation:
    """Score the network `name` (of `folder`, or the editor's own) on a split.

    So many photos as `show` says, spread over the split, become sheets in the folder `into`. StudioError if
    the network is missing or knows other classes than the data.
    """
    network, label_map, single = label_maps(name, folder)
    if tuple(network.names) != data.classes:
        raise StudioError(f"The network knows other classes ({', '.join(network.names)}) than {data.name}.")
    pairs = data.pairs(split)
    table = np.zeros((data.void, data.void), np.int64)
    truths: list[Array] = []
    times: list[float] = []
    times_single: list[float] = []
    for index, pair in enumerate(pairs):
        sample = load_sample(pair)
        ids = _timed(label_map, sample.photo, times)
        table += confusion(sample.labels, ids, data.void)
        truths.append(np.unique(sample.labels))
        if _is_one_of(index, len(pairs), TIMED):
            _timed(single, sample.photo, times_single)
        if _is_one_of(index, len(pairs), show):
            pixels = sheets.sheet(sample.photo, sample.labels, ids, data.classes)
            sheets.save_sheet(into, f"{name}-{sample.name}", pixels)
    count = counted(truths, data.void, data.least)
    return Evaluation(
        scores(table, data.classes, count),
        tuple(data.classes[number] for number in count),
        len(pairs),
        len(network.card.options.get("looks", [0])),
        float(np.median(times)),
        float(np.median(times_single)),
    )


def _timed(label_map: LabelMap, photo: Array, times: list[float]) -> Array:
    start = time.perf_counter()
    ids = label_map(photo)[0]
    times.append(time.perf_counter() - start)
    return ids


def _is_one_of(index: int, length: int, wanted: int) -> bool:
    """Whether the photo is one of `wanted` that are spread evenly over all."""
    return index * wanted // length != (index - 1) * wanted // length


def table_of_results(result: Evaluation, parameters: int) -> str:
    """The result as lines of text."""
    lines = []
    for name, value in result.scores.iou.items():
        mark = "" if name in result.counted else "  (not counted)"
        lines.append(f"{name:20} " + ("  –  " if value is None else f"{value:.3f}") + mark)
    lines.append(f"{'mean IoU':20} {result.scores.mean_iou:.3f}")
    if len(result.counted) < len(result.scores.iou):
        lines[-1] += f"  over {len(result.counted)} classes with enough photos"
        lines.append(f"{'mean IoU, all':20} {result.scores.mean_iou_present:.3f}")
    lines.append(f"{'accuracy':20} {result.scores.accuracy:.3f}")
    lines.append(
        f"{result.photos} photos, {parameters / 1e6:.2f} M parameters, median {result.seconds:.2f} s a photo "
        f"with {result.looks} look{'s' * (result.looks != 1)}, {result.seconds_one_look:.2f} s with one"
    )
    return "\n".join(lines)


def segmentation(args: argparse.Namespace) -> None:
    """Print a table of the scores and write them as JSON, as the options say."""
    folder, name = (args.card.parent, args.card.stem) if args.card else (None, args.network)
    if args.card and not args.card.is_file():
        raise StudioError(f"There is no file {args.card}; export the network first.")
    dataset = args.dataset or next((data for data, known in NETWORKS.items() if known == name), "camvid11")
    data = open_dataset(dataset, args.data)
    card = LabelNetwork(name, folder).card
    result = evaluate(data, args.split or data.held, name, folder, args.sheets, args.sheets_out)
    parameters = int(card.options.get("parameters", 0))
    print(table_of_results(result, parameters))
    if args.json:
        numbers = asdict(result)
        numbers |= numbers.pop("scores")
        sha256 = card.graphs["look"].sha256
        arch = card.options.get("arch", "")
        about = {"network": name, "arch": arch, "sha256": sha256, "parameters": parameters}
        where = {"dataset": data.name, "split": args.split or data.held}
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(about | where | numbers, indent=2) + "\n", "utf-8")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m training.evaluate", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("what", choices=["segmentation"])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--dataset", choices=DATASETS, help="what lies there; by default by the network")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--card", type=Path, help="a card NAME.json with its graph beside it")
    chosen.add_argument("--network", default="scene", help="one of the editor's: scene (default), things")
    parser.add_argument("--split", help="default: test, or what is held out")
    parser.add_argument("--json", type=Path, help="write the numbers here, too")
    parser.add_argument(
        "--sheets", type=int, default=0, help="draw so many photos with truth and answer beside them"
    )
    parser.add_argument("--sheets-out", type=Path, default=sheets.FOLDER, help="default: %(default)s")
    args = parser.parse_args(argv)
    try:
        segmentation(args)
    except StudioError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
