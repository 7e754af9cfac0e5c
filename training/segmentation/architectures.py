"""The networks that can be trained, by the name that `--arch` takes, and how each becomes the editor's."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, cast

from torch import Tensor, nn

from inpaint_studio.basics import StudioError
from training.common.imagenet import load_imagenet
from training.segmentation.segmenters import build_segmenter, stride_of
from training.segmentation.unet import LiteUNet

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


def _two_groups(network: nn.Module, encoder: nn.Module) -> list[list[nn.Parameter]]:
    inner = list(encoder.parameters())
    known = {id(p) for p in inner}
    return [inner, [p for p in network.parameters() if id(p) not in known]]


def _make_lite(classes: int, crop: tuple[int, int], pretrained: bool) -> nn.Module:
    network = LiteUNet(classes)
    if pretrained:
        load_imagenet(network.encoder)
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


def _fetch_resnet34() -> Any:
    """torchvision's ResNet34 with its ImageNet weights, fetched at first use."""
    from torchvision.models import ResNet34_Weights, resnet34

    network = resnet34()
    try:
        state = ResNet34_Weights.DEFAULT.get_state_dict(progress=True, check_hash=True)
    except (OSError, HTTPException, RuntimeError) as error:  # RuntimeError: not the file that was asked for
        raise StudioError(
            f"The ImageNet weights of ResNet34 can't be fetched ({error}); "
            "connect to the internet or add --no-pretrained to train from scratch."
        ) from None
    network.load_state_dict(state)
    return network


def _make_resnet34(classes: int, crop: tuple[int, int], pretrained: bool) -> nn.Module:
    """fastai's DynamicUnet over ResNet34, as its `unet_learner` builds it by default."""
    from fastai.vision.learner import create_body
    from fastai.vision.models.unet import DynamicUnet
    from torchvision.models import resnet34

    encoder = _fetch_resnet34() if pretrained else resnet34()
    return cast("nn.Module", DynamicUnet(create_body(encoder, 3, pretrained, -2), classes, crop))


def _resnet34_body(network: nn.Module) -> nn.Sequential:
    return cast("nn.Sequential", cast("Any", network).layers[0])


def _resnet34_parts(network: nn.Module) -> list[nn.Module]:
    body = _resnet34_body(network)
    return [body[:4], *body[4:]]


_BLOCK = {"conv1": "body.0", "bn1": "body.1", "conv2": "body.3", "bn2": "body.4"}
_STEP = {"shuf.0.0": "grow.0", "bn": "norm", "conv1.0": "join.1", "conv2.0": "join.3"}
_FROM_FASTAI: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"layers\.0\.([01])", lambda m: f"encoder.stem.{m[1]}"),
    (r"layers\.0\.([4-7])\.(\d+)\.downsample", lambda m: f"encoder.stages.{int(m[1]) - 4}.{m[2]}.shortcut"),
    (
        r"layers\.0\.([4-7])\.(\d+)\.(conv1|bn1|conv2|bn2)",
        lambda m: f"encoder.stages.{int(m[1]) - 4}.{m[2]}.{_BLOCK[m[3]]}",
    ),
    (r"layers\.1", lambda m: "norm"),
    (r"layers\.3\.([01])\.0", lambda m: f"middle.{2 * int(m[1]) + 1}"),
    (
        r"layers\.([4-7])\.(shuf\.0\.0|bn|conv1\.0|conv2\.0)",
        lambda m: f"steps.{int(m[1]) - 4}.{_STEP[m[2]]}",
    ),
    (r"layers\.8\.0\.0", lambda m: "grow.0"),
    (r"layers\.11\.convpath\.([01])\.0", lambda m: f"cross.{2 * int(m[1])}"),
    (r"layers\.12\.0", lambda m: "head"),
)
"""Where fastai keeps a layer → where the editor's network keeps it."""


def from_fastai(state: State) -> State:
    """The state of fastai's DynamicUnet over ResNet34 as that of `dynamic_unet.DynamicUNet`."""
    return {_own_name(key): value for key, value in state.items()}


def _own_name(key: str) -> str:
    for pattern, place in _FROM_FASTAI:
        if match := re.match(pattern + r"\.", key):
            return f"{place(match)}.{key[match.end() :]}"
    raise StudioError(f"{key} belongs to no layer of a DynamicUnet over ResNet34.")


def _resnet34(name: str, card: str) -> Architecture:
    return Architecture(
        name,
        card,
        stride_of(card),
        make=_make_resnet34,
        groups=lambda network: _two_groups(network, _resnet34_body(network)),
        frozen=_resnet34_parts,
        shipped=from_fastai,
    )


def _dense(name: str, card: str) -> Architecture:
    return Architecture(
        name,
        card,
        stride_of(card),
        make=lambda classes, crop, pretrained: build_segmenter(card, classes),
        groups=lambda network: [list(network.parameters())],
        frozen=lambda network: [],
        shipped=dict,
    )


ARCHITECTURES = {
    known.name: known
    for known in (
        _resnet34("resnet34", "dynamic-unet-resnet34"),
        _lite("efficientnet_lite0", "unet-efficientnet-lite0"),
        *(_dense(f"fc_densenet{depth}", f"fc-densenet{depth}") for depth in (56, 67, 103)),
    )
}
