"""Write a trained network for the editor: `python -m training.export --checkpoint RUN/last.pt`."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor, nn

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.finders.network import FORM as LABELS
from inpaint_studio.engines.finders.object_network import FORM as OBJECTS_FORM
from inpaint_studio.engines.selectors.clicks import FORM as CLICKS
from inpaint_studio.engines.selectors.clicks import Settings
from training.common.checkpoints import WEIGHTS, read_checkpoint
from training.common.datasets import NETWORKS
from training.common.onnx import Traced, rounded, write_model
from training.common.samples import MEAN, STD
from training.matting import graphs as edges
from training.matting.edges import ARCH as EDGES
from training.matting.edges import STRIDE as EDGES_STRIDE
from training.matting.edges import EdgeNetwork
from training.objects import graphs as objects
from training.objects.network import ARCH as OBJECTS
from training.objects.network import CELL, REACH, ObjectNetwork
from training.objects.network import STRIDE as OBJECTS_STRIDE
from training.restoring import graphs as restoring
from training.restoring.architectures import RESTORERS
from training.restoring.restorers import build_restorer
from training.segmentation import graphs as segmentation
from training.segmentation.architectures import ARCHITECTURES
from training.segmentation.segmenters import build_segmenter, stride_of
from training.selection import graphs as selection
from training.selection.clicks import ARCH as CLICK_ARCH
from training.selection.clicks import STRIDE as CLICKS_STRIDE
from training.selection.clicks import ClickNetwork, without_task

SIDES = Settings().side, Settings().zoom_side
"""Defaults of a card's `side` and `zoom_side`: longer sides at which a selector looks, and looks closer."""
HOLE_SIDE = 256
"""Default of the side of the square in which a network fills holes."""
CERTAINTY = -2.0, 5.0
"""Default of the two numbers of the curve by which a finder of objects says how sure it is."""
BASE = 160, 480
"""Default of a card's `base`: the least and the largest longer side that a look of 1.0 stands for."""
COLOURS = {"mean": list(MEAN), "std": list(STD)}

State = dict[str, Tensor]


class Made(NamedTuple):
    """A network as the editor runs it, and what its card says of it beyond name and terms."""

    graphs: dict[str, Traced]
    card: dict[str, Any]


def export(
    checkpoint: Path, folder: Path, name: str = "", looks: list[tuple[float, bool]] | None = None, **more: Any
) -> Path:
    """The averaged weights of a run as a network of the editor; returns the path of the card.

    `name` is scene, things or select, or any other that does not take the place of these; by default that
    of the data set. `looks` are for networks that name pixels. `more` goes into the card (`base`, `side`,
    `zoom_side`, `licence`). StudioError names a checkpoint that is damaged.
    """
    state = read_checkpoint(checkpoint, WEIGHTS)
    try:
        made = _made(state, looks, more.pop("side", None))
    except RuntimeError:
        raise StudioError(f"The weights in {checkpoint} are not those of {state['arch']}.") from None
    if made is None:
        raise StudioError(f"{checkpoint} holds a network of the unknown kind {state['arch']}.")
    known = {"id": name or NETWORKS.get(state["dataset"], state["dataset"]), "licence": state["licence"]}
    return write_model(made.graphs, folder, known | made.card | more)


def _made(state: dict[str, Any], looks: list[tuple[float, bool]] | None, side: int | None) -> Made | None:
    """The network of a checkpoint; None if its kind is not known, RuntimeError if its weights do not fit."""
    arch, average = state["arch"], rounded(state["average"])
    if arch == CLICK_ARCH:
        return clicks(without_task(average), side or SIDES[0])
    if arch == EDGES:
        return soft_edges(average)
    if arch == OBJECTS:
        return things_apart(average)
    if (known := ARCHITECTURES.get(arch)) is not None:
        try:
            weights = known.shipped(average)
        except StudioError:
            weights = {}
        unit = rounded(state.get("street", {}))
        return labels(known.card, list(state["classes"]), weights | unit, looks or [(1.0, False)])
    if restorer := RESTORERS.get(state["dataset"], {}).get(arch):
        return restored(*restorer, average, side or HOLE_SIDE)
    return None


def labels(arch: str, classes: list[str], state: State, looks: list[tuple[float, bool]]) -> Made:
    """A network that names pixels, with the unit for streets if `state` has its weights."""
    street = "street.weight" in state
    network = build_segmenter(arch, len(classes), street=street)
    network.load_state_dict(state, strict=False)
    _need_all(network, state)
    card = {
        "task": "finder", "form": LABELS, "memory_mb": 250, "speed": "quick", "arch": arch,
        "picture": COLOURS | {"stride": stride_of(arch)}, "classes": classes, "base": list(BASE),
        "looks": [list(look) for look in looks],
    }  # fmt: skip
    return _finished(network, segmentation.graphs(network, street=street), card)


def clicks(state: State, side: int) -> Made:
    network = ClickNetwork()
    network.load_state_dict(state, strict=False)
    _need_all(network, state)
    card = {
        "task": "selector", "form": CLICKS, "memory_mb": 200, "speed": "quick", "arch": CLICK_ARCH,
        "picture": COLOURS | {"stride": CLICKS_STRIDE}, "side": side, "zoom_side": SIDES[1],
    }  # fmt: skip
    return _finished(network, selection.graphs(network), card)


def soft_edges(state: State) -> Made:
    network = EdgeNetwork()
    network.load_state_dict(state, strict=False)
    _need_all(network, state)
    card = {
        "task": "matte", "form": "edges", "memory_mb": 60, "speed": "quick", "arch": EDGES,
        "picture": {"stride": EDGES_STRIDE},
    }  # fmt: skip
    return _finished(network, edges.graphs(network), card)


def things_apart(state: State) -> Made:
    """A network that tells things apart without naming them."""
    network = ObjectNetwork()
    network.load_state_dict(state, strict=False)
    _need_all(network, state)
    card = {
        "task": "finder", "form": OBJECTS_FORM, "memory_mb": 150, "speed": "quick", "arch": OBJECTS,
        "picture": COLOURS | {"stride": OBJECTS_STRIDE}, "cell": CELL, "reach": REACH,
        "certainty": list(CERTAINTY),
    }  # fmt: skip
    return _finished(network, objects.graphs(network), card)


def restored(arch: str, options: dict[str, Any], state: State, side: int) -> Made:
    """A network that enhances, or fills holes in a square of `side` pixels."""
    network: Any = build_restorer(arch, options)
    network.load_state_dict(state, strict=False)
    _need_all(network, state)
    holes = network.shape.holes
    picture: dict[str, Any] = {"stride": network.shape.stride}
    card = {
        "task": "filler" if holes else "enhancer", "form": "holes" if holes else "tiles", "memory_mb": 150,
        "speed": "quick" if holes else "slow", "arch": arch,
        "picture": picture | ({"size": [side, side]} if holes else {}),
    }  # fmt: skip
    return _finished(network, restoring.graphs(network, side), card)


def _need_all(network: nn.Module, state: State) -> None:
    """RuntimeError unless a state holds all weights of a network; counts of batches need not be there."""
    missing = [k for k in network.state_dict() if k not in state and not k.endswith("num_batches_tracked")]
    if missing:
        raise RuntimeError(f"missing: {missing}")


def _finished(network: nn.Module, graphs: dict[str, Traced], card: dict[str, Any]) -> Made:
    return Made(graphs, card | {"parameters": sum(p.numel() for p in network.parameters())})


def parse_look(text: str) -> tuple[float, bool]:
    """A look at a photo: a multiple of the base side, and m behind it if mirrored ("1.5m")."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(m?)", text)
    if not match or not 0 < float(match[1]) <= 4:
        raise argparse.ArgumentTypeError(f"{text} is no look; write 1 or 1.5, and 1.5m if mirrored")
    return float(match[1]), bool(match[2])


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.export", description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True, help="last.pt of a training run")
    parser.add_argument("--name", default="", help="scene, things or select; by default by the data set")
    parser.add_argument(
        "--looks", type=parse_look, nargs="+", help="finder: how it looks at a photo: 1 1.25m (default: 1)"
    )
    parser.add_argument(
        "--base", type=int, nargs=2, help=f"least and largest longer side of a look of 1 (default: {BASE})"
    )
    parser.add_argument(
        "--side", type=int,
        help=f"selector: longer side of a photo (default: {SIDES[0]}); inpaint: of a square ({HOLE_SIDE})",
    )  # fmt: skip
    parser.add_argument("--zoom-side", type=int, help=f"selector: of a closer look (default: {SIDES[1]})")
    parser.add_argument(
        "--certainty", type=float, nargs=2, help="objects: level and slope, from training.objects.calibrate"
    )
    parser.add_argument("--licence", help="terms in the card; by default those of the data set")
    parser.add_argument("--out", type=Path, default=Path("resources/models"))
    args = parser.parse_args(argv)
    given = {
        "base": args.base,
        "side": args.side,
        "zoom_side": args.zoom_side,
        "licence": args.licence,
        "certainty": args.certainty,
    }
    more: dict[str, Any] = {key: value for key, value in given.items() if value}
    try:
        if args.base and not 0 < args.base[0] <= args.base[1]:
            raise StudioError("--base takes the least and the largest side, in this order.")
        path = export(args.checkpoint, args.out, args.name, args.looks, **more)
    except StudioError as error:
        print(error, file=sys.stderr)
        return 1
    card = json.loads(path.read_text("utf-8"))
    size = sum(graph["size"] for graph in card["graphs"].values())
    print(f"{path}: {size / 1e6:.1f} MB, {card['parameters'] / 1e6:.2f} M parameters")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
