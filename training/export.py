"""Write trained weights and their card: `python -m training.export --checkpoint last.pt`."""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor

from training.data import CLASSES, MEAN, STD

LICENCE = (
    "Non-commercial use only: trained on CamVid (Cambridge, Brostow et al.), distributed under CC BY-NC."
)


def write_model(state: dict[str, Tensor], folder: Path, name: str = "scene") -> Path:
    """Write `NAME.safetensors` (float16) and `NAME.json`; returns the path of the card."""
    folder.mkdir(parents=True, exist_ok=True)
    # Until training.street has been run, every photo passes for a street.
    street = {"street.weight": torch.zeros(1, state["context.weight"].shape[1]), "street.bias": torch.ones(1)}
    kept = {k: v for k, v in (street | state).items() if not k.endswith("num_batches_tracked")}
    data = save({k: v.half().contiguous() if v.is_floating_point() else v for k, v in kept.items()})
    weights = folder / f"{name}.safetensors"
    card = {
        "id": name,
        "kind": "finder",
        "arch": "unet-efficientnet-lite0",
        "weights": weights.name,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "licence": LICENCE,
        "classes": list(CLASSES),
        "mean": list(MEAN),
        "std": list(STD),
        "parameters": sum(v.numel() for k, v in kept.items() if "running" not in k),
    }
    weights.write_bytes(data)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return path


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.export", description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True, help="last.pt of training.segmentation")
    parser.add_argument("--out", type=Path, default=Path("resources/models"))
    args = parser.parse_args(argv)
    state = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    print(f"{write_model(state['average'], args.out)}, epoch {state['epoch']}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
