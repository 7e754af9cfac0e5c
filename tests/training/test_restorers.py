"""The networks that restore: what goes in and comes out, before any training; cards that are no good."""

import dataclasses

import pytest
import torch
from torch.nn import functional as F

from inpaint_studio.basics import StudioError
from training.restoring.partial import (
    PARTIAL_INPAINT,
    PartialConv,
    PartialShape,
    PartialUNet,
    Seen,
)
from training.restoring.restorer import ENHANCE, INPAINT, RestorerNetwork, Shape, smooth_colours
from training.restoring.restorers import PARTIAL, UNET, build_restorer

SMALL = Shape(True, 2, (8, 12), (1,), (1, 2))
SMALL_PARTIAL = PartialShape((8, 12), (5, 3))


def holed(height=32, width=48):
    torch.manual_seed(3)
    x = torch.rand(2, 4, height, width)
    x[:, 3] = 0
    x[:, 3, 8:20, 10:31] = 1
    return x


def stirred(network):
    """Random weights everywhere, so that nothing is 0 any more."""
    torch.manual_seed(1)
    for values in network.parameters():
        torch.nn.init.normal_(values, std=0.05)
    return network.eval()


def test_the_shipped_shapes_keep_the_limits():
    counts = [
        sum(p.numel() for p in made.parameters())
        for made in (RestorerNetwork(INPAINT), PartialUNet(PARTIAL_INPAINT), RestorerNetwork(ENHANCE))
    ]
    assert max(counts) < 6e6
    assert 2 * counts[2] < 10e6
    assert INPAINT.stride == 16
    assert ENHANCE.stride == 8


def test_a_fresh_network_changes_nothing():
    x = torch.rand(1, 3, 16, 32)
    assert torch.equal(RestorerNetwork(ENHANCE)(x), x)
    x = holed()
    assert torch.equal(RestorerNetwork(SMALL)(x), smooth_colours(x[:, :3], 1 - x[:, 3:]))


@pytest.mark.parametrize("make", [lambda: RestorerNetwork(SMALL), lambda: PartialUNet(SMALL_PARTIAL)])
def test_what_lies_in_the_hole_does_not_count(make):
    x, network = holed(), make()
    other = x.clone()
    other[:, :3] = torch.where(x[:, 3:] > 0, torch.rand_like(x[:, :3]), x[:, :3])
    with torch.inference_mode():
        one, two = (stirred(network)(given) for given in (x, other))
    assert one.shape == (2, 3, 32, 48)
    assert torch.allclose(one, two, atol=1e-6)
    assert one.std() > 0.01


def test_every_place_of_the_hole_is_reached_by_what_is_known_far_away():
    x, network = holed(32, 32), stirred(RestorerNetwork(SMALL))
    x[:, 3] = 1
    x[:, 3, :, :2] = 0
    other = x.clone()
    other[:, :3, :, :2] = 1 - other[:, :3, :, :2]
    with torch.inference_mode():
        assert (network(x)[..., 31] != network(other)[..., 31]).any()


def test_smooth_colours():
    colours = torch.full((1, 3, 13, 7), 0.3)
    known = torch.zeros(1, 1, 13, 7)
    assert torch.equal(smooth_colours(colours, known), torch.zeros_like(colours))
    known[..., 2, 3] = 1
    assert torch.allclose(smooth_colours(colours, known), colours, atol=1e-5)
    ramp = torch.linspace(0, 1, 16).expand(1, 3, 16, 16).contiguous()
    known = torch.ones(1, 1, 16, 16)
    known[..., 4:12] = 0
    made = smooth_colours(ramp, known)
    assert torch.equal(made[..., :4], ramp[..., :4])
    assert (made - ramp).abs().max() < 0.3
    assert (made[..., 1:] - made[..., :-1] > -0.05).all()


def test_a_partial_convolution_weighs_what_is_known():
    """Against the formula of the paper, with a mask for each channel."""
    torch.manual_seed(0)
    conv = PartialConv((2, 3), 4, 3, 2)
    parts = [Seen(torch.rand(1, c, 9, 9), (torch.rand(1, 1, 9, 9) < 0.2).float()) for c in (2, 3)]
    out = conv(tuple(parts))
    values = torch.cat([part.values for part in parts], 1)
    mask = torch.cat([part.known.expand_as(part.values) for part in parts], 1)
    raw = F.conv2d(values * mask, conv.conv.weight, stride=2, padding=1)
    count = F.conv2d(mask, torch.ones(1, 5, 3, 3), stride=2, padding=1)
    expected = torch.where(count > 0, raw * 45 / count.clamp_min(1) + conv.bias, 0)
    assert torch.allclose(out.values, expected, atol=1e-5)
    assert torch.equal(out.known, (count > 0).float())
    assert 0 < out.known.mean() < 1


def test_all_known_is_a_plain_convolution_within():
    conv = PartialConv((3,), 4, 5)
    seen = Seen(torch.rand(1, 3, 12, 12), torch.ones(1, 1, 12, 12))
    expected = F.conv2d(seen.values, conv.conv.weight, padding=2)
    assert torch.allclose(conv((seen,)).values[..., 2:-2, 2:-2], expected[..., 2:-2, 2:-2], atol=1e-5)


@pytest.mark.parametrize("kind", [(UNET, SMALL, RestorerNetwork), (PARTIAL, SMALL_PARTIAL, PartialUNet)])
def test_a_shape_as_a_checkpoint_keeps_it_makes_the_network(kind):
    arch, shape, make = kind
    network = stirred(make(shape))
    other = build_restorer(arch, {"shape": dataclasses.asdict(shape)}).eval()
    other.load_state_dict(network.state_dict())
    with torch.inference_mode():
        assert torch.equal(other(holed()), network(holed()))


@pytest.mark.parametrize(
    "change",
    [
        {"widths": [10**9, 10**9]}, {"widths": [8, -1]}, {"widths": []}, {"widths": [8, 12, 16]},
        {"widths": "ab"}, {"widths": 7}, {"fold": 4096}, {"fold": 0}, {"fold": "2"}, {"blocks": [10**6]},
        {"dilations": [1] * 1000}, {"dilations": [0]}, {"more": 1}, {"holes": None},
    ],
)  # fmt: skip
def test_a_made_up_shape_is_refused(change):
    with pytest.raises(StudioError):
        build_restorer(UNET, {"shape": dataclasses.asdict(SMALL) | change})


@pytest.mark.parametrize("options", [{}, {"shape": None}, {"shape": [1]}, {"shape": {}}])
@pytest.mark.parametrize("arch", [UNET, PARTIAL])
def test_a_card_without_a_shape_is_refused(arch, options):
    with pytest.raises(StudioError):
        build_restorer(arch, options)


@pytest.mark.parametrize(
    "change", [{"widths": [8, 10**9]}, {"kernels": [5, 4]}, {"kernels": [3]}, {"widths": [8] * 9}]
)
def test_made_up_partial_convolutions_are_refused(change):
    with pytest.raises(StudioError):
        build_restorer(PARTIAL, {"shape": dataclasses.asdict(SMALL_PARTIAL) | change})
