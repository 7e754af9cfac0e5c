"""Padding folded into convolutions: the same numbers from fewer nodes."""

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from inpaint_studio.engines.networks.card import read_card
from inpaint_studio.engines.networks.runtime import open_graph
from inpaint_studio.resources import resource
from training.common.onnx import Traced


class Padded(nn.Module):
    def __init__(self, pad: nn.Module, *, twice: bool = False) -> None:
        super().__init__()
        self.pad, self.conv, self.twice = pad, nn.Conv2d(3, 4, 3, stride=2, padding=1), twice

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        wide = self.pad(x)
        return self.conv(wide) + (wide.mean() if self.twice else 0)


def exported(network: nn.Module) -> bytes:
    sides = {"x": {2: "h", 3: "w"}, "y": {2: "rows", 3: "columns"}}
    return Traced(network, {"x": torch.zeros(1, 3, 16, 16)}, ("y",), sides).to_onnx()


def steps(data: bytes) -> list[str]:
    return [node.op_type for node in onnx.load_from_string(data).graph.node]


@pytest.mark.parametrize(
    ("network", "stays"),
    [
        (Padded(nn.ZeroPad2d((0, 1, 0, 1))), False),
        (Padded(nn.ZeroPad2d((2, 1, 3, 0))), False),
        (Padded(nn.ReflectionPad2d(1)), True),
        (Padded(nn.ConstantPad2d(1, 0.5)), True),
        (Padded(nn.ZeroPad2d(1), twice=True), True),
    ],
)
def test_a_rim_of_zeros_becomes_a_part_of_the_convolution(network: nn.Module, stays: bool) -> None:
    torch.manual_seed(0)
    data = exported(network)
    assert ("Pad" in steps(data)) == stays
    for size in ((16, 16), (11, 22)):
        x = torch.randn(1, 3, *size)
        with torch.inference_mode():
            expected = network.eval()(x).numpy()
        assert np.abs(open_graph(data, "cpu").run(None, {"x": x.numpy()})[0] - expected).max() < 1e-5


@pytest.mark.parametrize("name", ["edges", "enhance", "objects", "scene", "select", "things"])
def test_no_shipped_graph_pads_by_itself(name: str) -> None:
    for graph in read_card(name, resource("models")).graphs.values():
        assert "Pad" not in steps((resource("models") / graph.file).read_bytes())
