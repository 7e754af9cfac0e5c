"""The segmentation networks: sizes, parameters, layers, folding."""

import pytest
import torch

from inpaint_studio.basics import StudioError
from training.common.folding import fold
from training.segmentation.segmenters import build_segmenter, stride_of

ARCHS = {
    "unet-efficientnet-lite0": 2,
    "dynamic-unet-resnet34": 1,
    "fc-densenet56": 1,
    "fc-densenet67": 1,
    "fc-densenet103": 1,
}
"""Name → how much smaller than the photo the network makes its logits."""


def stirred(arch: str, classes: int = 3, **options) -> torch.nn.Module:
    """A random network whose batch norms have seen something, so that folding has something to do."""
    torch.manual_seed(0)
    network = build_segmenter(arch, classes, **options)
    with torch.no_grad():
        network.train()(torch.randn(2, 3, 64, 64))
    return network.eval()


@pytest.mark.parametrize("arch", ARCHS)
def test_logits_have_the_size_of_the_photo(arch):
    network = build_segmenter(arch, 5).eval()
    stride = stride_of(arch)
    x = torch.randn(2, 3, stride * 2, stride * 3)
    with torch.inference_mode():
        full, (logits, street) = network(x), network.look(x)
    assert full.shape == (2, 5, stride * 2, stride * 3)
    assert logits.shape == (2, 5, stride * 2 // ARCHS[arch], stride * 3 // ARCHS[arch])
    assert street is None


@pytest.mark.parametrize("arch", ARCHS)
def test_gradients_reach_every_parameter(arch):
    network = build_segmenter(arch, 4).train()
    network(torch.randn(2, 3, 64, 64)).square().mean().backward()
    assert not [name for name, p in network.named_parameters() if p.grad is None]


@pytest.mark.parametrize("arch", ARCHS)
def test_folding_keeps_the_numbers(arch):
    network = stirred(arch)
    x = torch.randn(1, 3, 64, 96)
    with torch.inference_mode():
        before = network(x)
        after = fold(network)(x)
    assert torch.allclose(before, after, atol=1e-4 * float(before.abs().max()))


@pytest.mark.parametrize(
    ("arch", "millions"), [("fc-densenet56", 1.5), ("fc-densenet67", 3.5), ("fc-densenet103", 9.4)]
)
def test_parameters_of_the_tiramisu_are_those_of_the_paper(arch, millions):
    count = sum(p.numel() for p in build_segmenter(arch, 11).parameters())
    assert count / 1e6 == pytest.approx(millions, rel=0.09)


@pytest.mark.parametrize(("depth", "convolutions"), [(56, 56), (67, 67), (103, 103)])
def test_the_tiramisu_has_as_many_layers_as_its_name_says(depth, convolutions):
    kinds = torch.nn.Conv2d, torch.nn.ConvTranspose2d
    network = build_segmenter(f"fc-densenet{depth}", 11)
    assert sum(isinstance(part, kinds) for part in network.modules()) == convolutions


def test_the_street_unit_is_there_when_asked_for():
    network = build_segmenter("unet-efficientnet-lite0", 3, street=True).eval()
    with torch.inference_mode():
        assert network.look(torch.randn(2, 3, 64, 64))[1].shape == (2,)
    assert "street.weight" in network.state_dict()


@pytest.mark.parametrize("ask", [stride_of, lambda arch: build_segmenter(arch, 3)])
def test_unknown_networks_are_refused(ask):
    with pytest.raises(StudioError, match=r"something-newer.*newer version"):
        ask("something-newer")
