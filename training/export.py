"""Write trained weights and their card: `python -m training.export --checkpoint RUN/last.pt`."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

from safetensors.torch import save
from torch import Tensor, nn

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.networks.clicks import ClickNetwork
from inpaint_studio.engines.networks.edges import ARCH as EDGES
from inpaint_studio.engines.networks.edges import EdgeNetwork
from inpaint_studio.engines.networks.restorers import build_restorer
from inpaint_studio.engines.networks.segmenters import build_segmenter
from inpaint_studio.engines.selectors.network import ARCH as CLICKS
from inpaint_studio.engines.selectors.network import Settings
from training.common.checkpoints import WEIGHTS, read_checkpoint
from training.common.datasets import NETWORKS
from training.common.samples import MEAN, STD
from training.restoring.architectures import RESTORERS
from training.segmentation.architectures import ARCHITECTURES

SIDES = Settings().side, Settings().zoom_side
"""Defaults of a card's `side` and `zoom_side`: longer sides at which a selector looks, and looks closer."""
KINDS = {"inpaint": "filler", "enhance": "enhancer"}
"""What a network that restores serves as, by its task."""
BASE = 160, 480
"""Default of a card's `base`: the least and the largest longer side that a look of 1.0 stands for."""


def write_model(state: dict[str, Tensor], folder: Path, card: dict[str, Any]) -> Path:
    """Write `ID.safetensors` (float16) and `ID.json` into `folder`; returns the path of the card.

    `state` is that of the editor's network. `card` holds `id`, `kind`, `arch`, `licence`, `classes` and what
    else the network has; file, size, SHA-256 and number of parameters are filled in.
    """
    kept = {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}
    data = save({k: v.half().contiguous() if v.is_floating_point() else v for k, v in kept.items()})
    weights = folder / f"{card['id']}.safetensors"
    path = folder / f"{card['id']}.json"
    filled = card | {
        "weights": weights.name,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "parameters": sum(v.numel() for k, v in kept.items() if "running" not in k),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        weights.write_bytes(data)
        path.write_text(json.dumps(filled, indent=2, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise StudioError(f"{error.filename or folder} can't be written; choose another --out.") from None
    return path


def export(
    checkpoint: Path, folder: Path, name: str = "", looks: list[tuple[float, bool]] | None = None, **more: Any
) -> Path:
    """The averaged weights of a run as a network of the editor; returns the path of the card.

    `name` is scene, things or select, or any other that does not take the place of these; by default that
    of the data set. `looks` are for networks that name pixels. `more` goes into the card (`base`, `side`,
    `zoom_side`, `licence`). StudioError names a checkpoint that is damaged.
    """
    state = read_checkpoint(checkpoint, WEIGHTS)
    card = {
        "id": name or NETWORKS.get(state["dataset"], state["dataset"]),
        "licence": state["licence"],
        "mean": list(MEAN),
        "std": list(STD),
    }
    network: nn.Module
    if state["arch"] == CLICKS:
        network, weights = ClickNetwork(), without_task(state["average"])
        card |= {"kind": "selector", "arch": CLICKS, "side": SIDES[0], "zoom_side": SIDES[1]}
    elif (arch := ARCHITECTURES.get(state["arch"])) is not None:
        network = build_segmenter(arch.card, len(state["classes"]))
        card |= {"kind": "finder", "arch": arch.card, "classes": list(state["classes"]), "base": list(BASE)}
        card["looks"] = [list(look) for look in looks or [(1.0, False)]]
        try:
            weights = arch.shipped(state["average"])
        except StudioError:
            weights = {}
    elif state["arch"] == EDGES:
        network, weights = EdgeNetwork(), state["average"]
        card = {key: card[key] for key in ("id", "licence")} | {"kind": "matte", "arch": EDGES}
    elif known := RESTORERS.get(state["dataset"], {}).get(state["arch"]):
        network, weights = build_restorer(*known), state["average"]
        card |= {"kind": KINDS[state["dataset"]], "arch": known[0]} | known[1]
    else:
        raise StudioError(f"{checkpoint} holds a network of the unknown kind {state['arch']}.")
    try:
        network.load_state_dict(weights)
    except RuntimeError:
        raise StudioError(f"The weights in {checkpoint} are not those of {state['arch']}.") from None
    return write_model(network.state_dict(), folder, card | more)


def without_task(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state of a `training.selection.trainer.ClickTask` as that of its network."""
    return {key.removeprefix("network."): value for key, value in state.items()}


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
        "--side", type=int, help=f"selector (default: {SIDES[0]}), inpaint: longer side of a photo"
    )
    parser.add_argument("--zoom-side", type=int, help=f"selector: of a closer look (default: {SIDES[1]})")
    parser.add_argument("--licence", help="terms in the card; by default those of the data set")
    parser.add_argument("--out", type=Path, default=Path("resources/models"))
    args = parser.parse_args(argv)
    given = {"base": args.base, "side": args.side, "zoom_side": args.zoom_side, "licence": args.licence}
    more: dict[str, Any] = {key: value for key, value in given.items() if value}
    try:
        if args.base and not 0 < args.base[0] <= args.base[1]:
            raise StudioError("--base takes the least and the largest side, in this order.")
        path = export(args.checkpoint, args.out, args.name, args.looks, **more)
    except StudioError as error:
        print(error, file=sys.stderr)
        return 1
    card = json.loads(path.read_text("utf-8"))
    print(f"{path}: {card['size'] / 1e6:.1f} MB, {card['parameters'] / 1e6:.2f} M parameters")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
