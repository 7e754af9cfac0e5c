"""Networks that come with the program: a card (JSON) and weights (safetensors) in resources/models."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.networks.places import folder_of

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

REPAIR = "Install Inpaint Studio again."


@dataclass(frozen=True, slots=True)
class Card:
    """What is known about a network before it is loaded.

    `id` names it ("scene"), `kind` says what it serves as ("finder"), `arch` which layers it has,
    `weights` is the file beside the card with its `size` in bytes and its `sha256`; `options` holds what
    only this kind of network has, such as `classes`, `mean` and `std`.
    """

    id: str
    kind: str
    arch: str
    weights: str
    size: int
    sha256: str
    licence: str
    options: dict[str, Any]


def read_card(name: str, folder: Path | None = None) -> Card:
    """The card `NAME.json` of a folder (default: the program's own); StudioError if missing or damaged."""
    path = (folder or folder_of(name)) / f"{name}.json"
    try:
        values = json.loads(path.read_text("utf-8"))
        known = {field: values.pop(field) for field in Card.__slots__ if field != "options"}
        return Card(**known, options=values)
    except FileNotFoundError:
        raise StudioError(f"The network “{name}” is not installed. {REPAIR}") from None
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        raise StudioError(f"The description of the network “{name}” is damaged. {REPAIR}") from None


def load_state(card: Card, folder: Path | None = None) -> dict[str, Tensor]:
    """The weights as float32 tensors, checked against size and SHA-256 first; StudioError if they differ."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    path = (folder or folder_of(card.id)) / card.weights
    try:
        data = path.read_bytes()
    except OSError:
        raise StudioError(
            f"The weights of the network “{card.id}” can't be read: {path.name}. {REPAIR}"
        ) from None
    if len(data) != card.size or hashlib.sha256(data).hexdigest() != card.sha256:
        raise StudioError(f"The weights of the network “{card.id}” are damaged: {path.name}. {REPAIR}")
    try:
        return {
            key: value.float() if value.is_floating_point() else value for key, value in load(data).items()
        }
    except (SafetensorError, ValueError):
        raise StudioError(
            f"The weights of the network “{card.id}” are in no known format. {REPAIR}"
        ) from None


def load_network(card: Card, folder: Path | None = None) -> nn.Module:
    """The network of a card with its weights, ready to run (no gradients, batch norms folded in)."""
    state = load_state(card, folder)
    return fitted(build(card, street="street.weight" in state), state, card)


def fitted(network: nn.Module, state: dict[str, Tensor], card: Card) -> nn.Module:
    """A network with the weights of its card, ready to run; StudioError if they do not fit."""
    try:
        network.load_state_dict(state)
    except RuntimeError:
        raise StudioError(
            f"The weights of the network “{card.id}” do not fit this version. {REPAIR}"
        ) from None
    return fold(network)


def build(card: Card, *, street: bool = False) -> nn.Module:
    """The layers that a card names, with random weights; StudioError if this version does not know them.

    The unit for streets is there if the card's option `street` or the caller asks for it.
    """
    from inpaint_studio.engines.networks.restorers import ARCHS, build_restorer
    from inpaint_studio.engines.networks.segmenters import build_segmenter

    if card.arch in ARCHS:
        return build_restorer(card.arch, card.options)
    asked = street or bool(card.options.get("street"))
    return build_segmenter(card.arch, len(card.options["classes"]), street=asked)


def fold(network: nn.Module) -> nn.Module:
    """Put each batch norm into the convolution before it: the same numbers from fewer passes over memory."""
    from torch import nn
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    network.eval().requires_grad_(False)
    for part in network.modules():
        if not isinstance(part, nn.Sequential):
            continue
        for index in range(len(part) - 1):
            conv, norm = part[index], part[index + 1]
            if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                part[index], part[index + 1] = fuse_conv_bn_eval(conv, norm), nn.Identity()
    return network
