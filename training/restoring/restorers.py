"""The networks that restore pictures, by the name that a card's `arch` holds.

All take and give what `restorer.RestorerNetwork` does: RGB 0..1, with a hole plane if they fill holes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inpaint_studio.basics import StudioError

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

UNET, PARTIAL = "restorer-unet", "partial-unet"
ARCHS = UNET, PARTIAL


def build_restorer(arch: str, options: dict[str, Any]) -> nn.Module:
    """A network with random weights, as the options of a card say; StudioError if they can't be followed.

    `options["shape"]` holds the fields of the network's shape; lists stand for tuples. The network has
    `stride`, of which sides of its input are multiples.
    """
    from training.restoring.partial import PartialShape, PartialUNet
    from training.restoring.restorer import RestorerNetwork, Shape

    given: Any = options.get("shape")
    kind: Callable[..., Any] = Shape if arch == UNET else PartialShape
    try:
        shape = kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in given.items()})
    except (AttributeError, TypeError):
        raise StudioError("The description of the restoring network is damaged; install it again.") from None
    return RestorerNetwork(shape) if arch == UNET else PartialUNet(shape)
