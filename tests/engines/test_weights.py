"""Cards and weights: what is shipped loads, what is damaged is refused in one clear sentence."""

import hashlib
import json

import pytest
import torch
from safetensors.torch import save

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.networks.unet import LiteUNet
from inpaint_studio.engines.networks.weights import fold, load_network, load_state, read_card

CLASSES = ["a", "b", "c"]


def store(folder, data: bytes, **changes) -> None:
    (folder / "tiny.safetensors").write_bytes(data)
    card = {
        "id": "tiny",
        "kind": "finder",
        "arch": "unet-efficientnet-lite0",
        "weights": "tiny.safetensors",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "licence": "none",
        "classes": CLASSES,
    }
    (folder / "tiny.json").write_text(json.dumps(card | changes))


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return LiteUNet(len(CLASSES)).eval()


@pytest.fixture(scope="module")
def data(network):
    return save({k: v.contiguous() for k, v in network.state_dict().items()})


def test_weights_come_back(tmp_path, network, data):
    store(tmp_path, data)
    card = read_card("tiny", tmp_path)
    assert card.options["classes"] == CLASSES
    x = torch.randn(1, 3, 64, 96)
    with torch.inference_mode():
        assert torch.allclose(load_network(card, tmp_path)(x), network(x), atol=1e-4)


def test_half_precision_becomes_float(tmp_path):
    store(tmp_path, save({"x": torch.ones(2, dtype=torch.float16)}))
    assert load_state(read_card("tiny", tmp_path), tmp_path)["x"].dtype == torch.float32


def test_folding_removes_every_batch_norm_but_keeps_the_numbers():
    torch.manual_seed(1)
    net = LiteUNet(4)
    x = torch.randn(2, 3, 64, 64)
    net(x)  # moves the running statistics away from 0 and 1
    net.eval()
    with torch.inference_mode():
        before = net(x)
        after = fold(net)(x)
    assert not [m for m in net.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert torch.allclose(before, after, atol=1e-4)
    assert before.shape == (2, 4, 64, 64)


def test_missing_card(tmp_path):
    with pytest.raises(StudioError, match="not installed"):
        read_card("tiny", tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"id": "tiny"}', "\x00"])
def test_damaged_card(tmp_path, text):
    (tmp_path / "tiny.json").write_text(text)
    with pytest.raises(StudioError, match=r"description.*damaged"):
        read_card("tiny", tmp_path)


def test_missing_weights(tmp_path, data):
    store(tmp_path, data)
    (tmp_path / "tiny.safetensors").unlink()
    with pytest.raises(StudioError, match="can't be read"):
        load_state(read_card("tiny", tmp_path), tmp_path)


@pytest.mark.parametrize("harm", [lambda d: d[:-1], lambda d: d[:-1] + bytes([d[-1] ^ 1]), lambda d: b""])
def test_damaged_weights(tmp_path, data, harm):
    store(tmp_path, data)
    (tmp_path / "tiny.safetensors").write_bytes(harm(data))
    with pytest.raises(StudioError, match="damaged"):
        load_state(read_card("tiny", tmp_path), tmp_path)


@pytest.mark.parametrize("junk", [b"", b"not a tensor file", b"\xff" * 64])
def test_junk_that_its_card_vouches_for(tmp_path, junk):
    store(tmp_path, junk)
    with pytest.raises(StudioError, match="no known format"):
        load_state(read_card("tiny", tmp_path), tmp_path)


def test_weights_of_another_shape(tmp_path, data):
    store(tmp_path, data, classes=["a"])
    with pytest.raises(StudioError, match="do not fit"):
        load_network(read_card("tiny", tmp_path), tmp_path)


def test_unknown_layers(tmp_path, data):
    store(tmp_path, data, arch="something-newer")
    with pytest.raises(StudioError, match="newer version"):
        load_network(read_card("tiny", tmp_path), tmp_path)
