"""Networks made up for tests: a card and random weights."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from inpaint_studio.engines.networks.clicks import ClickNetwork
from inpaint_studio.engines.networks.restorer import ENHANCE, RestorerNetwork, Shape
from inpaint_studio.engines.networks.restorers import UNET
from inpaint_studio.engines.networks.segmenters import build_segmenter
from inpaint_studio.engines.selectors.network import ARCH

THINGS = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
    "tvmonitor",
)  # fmt: skip


def write_network(
    folder: Path,
    name: str,
    classes: tuple[str, ...] = THINGS,
    street: bool = False,
    certain: float = 50.0,
    **options: Any,
) -> None:
    """A network of random weights that calls everything its second class, or almost so (`certain`)."""
    torch.manual_seed(0)
    arch = options.pop("arch", "unet-efficientnet-lite0")
    network = build_segmenter(arch, len(classes), street=street)
    state = {k: v.contiguous() for k, v in network.state_dict().items()}
    last = [key for key in state if key.endswith("bias") and len(state[key]) == len(classes)][-1]
    state[last] = torch.zeros(len(classes))
    state[last][1] = certain
    known = {"classes": list(classes), "mean": [0.5, 0.5, 0.5], "std": [0.2, 0.2, 0.2]}
    write_model(folder, name, state, {"kind": "finder", "arch": arch} | known | options)


def write_enhancer(folder: Path, by: int = 20, *, shape: Shape = ENHANCE, name: str = "enhance") -> None:
    """A restoring network that makes everything `by` levels brighter."""
    network = RestorerNetwork(shape)
    torch.nn.init.constant_(network.head.bias, by / 255)
    state = {k: v.detach().contiguous() for k, v in network.state_dict().items()}
    write_model(folder, name, state, {"kind": "enhancer", "arch": UNET, "shape": asdict(shape)})


def write_model(folder: Path, name: str, state: dict[str, torch.Tensor], options: dict[str, Any]) -> None:
    """Weights and a card that fits them."""
    data = save(state)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.safetensors").write_bytes(data)
    card = {
        "id": name, "weights": f"{name}.safetensors", "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(), "licence": "made up",
    }  # fmt: skip
    (folder / f"{name}.json").write_text(json.dumps(card | options), "utf-8")


def write_click_network(folder: Path, **changes: Any) -> None:
    """A network for clicks with random weights, called select."""
    torch.manual_seed(0)
    data = save({k: v.contiguous() for k, v in ClickNetwork().state_dict().items()})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "select.safetensors").write_bytes(data)
    card = {
        "id": "select", "kind": "selector", "arch": ARCH, "weights": "select.safetensors",
        "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "licence": "made up",
        "mean": [0.5, 0.5, 0.5], "std": [0.2, 0.2, 0.2], "side": 96, "zoom_side": 64,
    }  # fmt: skip
    (folder / "select.json").write_text(json.dumps(card | changes), "utf-8")
