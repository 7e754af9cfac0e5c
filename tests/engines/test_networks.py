"""The segmentation networks: sizes, parameters, folding, and that weights come back through a card."""

import hashlib
import json
import subprocess
import sys

import pytest
import torch
from safetensors.torch import save

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.networks.segmenters import build_segmenter, stride_of
from inpaint_studio.engines.networks.weights import build, fold, load_network, read_card

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


@pytest.mark.parametrize("arch", ARCHS)
def test_weights_come_back_through_a_card(arch, tmp_path):
    network = stirred(arch)
    data = save({k: v.contiguous() for k, v in network.state_dict().items()})
    write_card(tmp_path, arch, data)
    x = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        want, got = network(x), load_network(read_card("tiny", tmp_path), tmp_path)(x)
    assert torch.allclose(want, got, atol=1e-4 * float(want.abs().max()))


def write_card(folder, arch: str, data: bytes = b"", **options) -> None:
    (folder / "tiny.safetensors").write_bytes(data)
    card = {
        "id": "tiny", "kind": "finder", "arch": arch, "weights": "tiny.safetensors", "licence": "none",
        "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "classes": ["a", "b", "c"],
    }  # fmt: skip
    (folder / "tiny.json").write_text(json.dumps(card | options))


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


@pytest.mark.parametrize("how", ["asked", "card"])
def test_the_street_unit_is_there_when_asked_for(how, tmp_path):
    write_card(tmp_path, "unet-efficientnet-lite0", street=how == "card")
    network = build(read_card("tiny", tmp_path), street=how == "asked").eval()
    with torch.inference_mode():
        assert network.look(torch.randn(2, 3, 64, 64))[1].shape == (2,)
    assert "street.weight" in network.state_dict()


def test_no_street_unit_unless_card_or_weights_say_so(tmp_path):
    write_card(tmp_path, "unet-efficientnet-lite0")
    assert not [name for name in build(read_card("tiny", tmp_path)).state_dict() if "street" in name]


@pytest.mark.parametrize("street", [True, False])
def test_weights_decide_about_the_street_unit(street, tmp_path):
    network = stirred("unet-efficientnet-lite0", street=street)
    write_card(tmp_path, "unet-efficientnet-lite0", save(network.state_dict()))
    x = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        want, got = network.look(x)[1], load_network(read_card("tiny", tmp_path), tmp_path).look(x)[1]
    assert (want is None) == (got is None) == (not street)
    assert not street or torch.allclose(want, got, atol=1e-4)


def test_a_card_that_promises_a_street_unit_needs_its_weights(tmp_path):
    state = build_segmenter("unet-efficientnet-lite0", 3).state_dict()
    write_card(tmp_path, "unet-efficientnet-lite0", save(state), street=True)
    with pytest.raises(StudioError, match="do not fit"):
        load_network(read_card("tiny", tmp_path), tmp_path)


@pytest.mark.parametrize("ask", [stride_of, lambda arch: build_segmenter(arch, 3)])
def test_unknown_networks_are_refused(ask):
    with pytest.raises(StudioError, match=r"something-newer.*newer version"):
        ask("something-newer")


def test_the_table_loads_no_torch():
    code = (
        "import sys; from inpaint_studio.engines.networks.segmenters import stride_of;"
        "stride_of('fc-densenet56'); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
