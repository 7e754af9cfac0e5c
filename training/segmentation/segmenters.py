"""The networks that name every pixel of a photo, by the name that a card's `arch` holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from inpaint_studio.basics import StudioError

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor, nn


class Segmenter(Protocol):
    """What each of these networks can do; all are modules of torch."""

    def __call__(self, x: Tensor) -> Tensor:
        """N×3×H×W float, normalised, H and W multiples of the stride → N×classes×H×W logits."""
        ...

    def look(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """The logits at the size that the network makes them, H×W or half of it, and the street logits.

        The latter are N numbers, above 0 where the whole photo is a street, or None without such a unit.
        """
        ...


class _Kind(NamedTuple):
    stride: int
    make: Callable[[int, bool], nn.Module]


def _lite(classes: int, street: bool) -> nn.Module:
    from training.segmentation.unet import LiteUNet

    return LiteUNet(classes, street=street)


def _dynamic(classes: int, _street: bool) -> nn.Module:
    from training.segmentation.dynamic_unet import DynamicUNet

    return DynamicUNet(classes)


def _dense(arch: str) -> _Kind:
    def make(classes: int, _street: bool) -> nn.Module:
        from training.segmentation.densenet import fc_densenet

        return fc_densenet(arch, classes)

    return _Kind(32, make)


_KINDS = {
    "unet-efficientnet-lite0": _Kind(32, _lite),
    "dynamic-unet-resnet34": _Kind(32, _dynamic),
    **{arch: _dense(arch) for arch in ("fc-densenet56", "fc-densenet67", "fc-densenet103")},
}


def stride_of(arch: str) -> int:
    """Height and width of the input must be multiples of this; StudioError if `arch` is not known."""
    return _kind(arch).stride


def build_segmenter(arch: str, classes: int, *, street: bool = False) -> nn.Module:
    """A `Segmenter` with random weights; StudioError if `arch` is not known.

    `street` adds the unit that tells streets from other photos, where the network can have one.
    """
    return _kind(arch).make(classes, street)


def _kind(arch: str) -> _Kind:
    if arch not in _KINDS:
        raise StudioError(f"Networks of the kind “{arch}” need a newer version of Inpaint Studio.")
    return _KINDS[arch]
