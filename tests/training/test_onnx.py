"""What the editor runs is what was trained: each network in torch beside its ONNX graphs, at many sizes."""

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto

from inpaint_studio.engines.networks.card import read_card
from inpaint_studio.engines.networks.pictures import as_input
from inpaint_studio.engines.networks.runtime import open_graph
from inpaint_studio.engines.networks.sessions import Session
from inpaint_studio.engines.selectors.clicks import OnnxClicks, asked
from inpaint_studio.resources import resource
from training.common.onnx import rounded, shipped_weights
from training.matting.edges import EdgeNetwork
from training.restoring.architectures import RESTORERS
from training.restoring.graphs import graphs as restoring_graphs
from training.restoring.restorers import build_restorer
from training.segmentation.graphs import graphs as segmentation_graphs
from training.segmentation.segmenters import build_segmenter
from training.selection.asking import TorchClicks
from training.selection.clicks import ClickNetwork

torch.set_num_threads(1)
NEAR = 1e-3
SIZES = [
    (64, 96),
    (97, 33),
    (160, 120),
    (31, 250),
    (200, 200),
    (1, 1),
    (75, 41),
    (128, 288),
    (300, 20),
    (255, 129),
]


def photos():
    """20 pictures of blots and grain, two of each size."""
    rng = np.random.default_rng(7)
    for height, width in SIZES * 2:
        blots = rng.integers(0, 256, (height // 24 + 2, width // 24 + 2, 3)).astype(np.float32)
        rows, columns = np.mgrid[:height, :width] // 24
        grain = rng.normal(0, 12, (height, width, 3))
        yield np.clip(blots[rows, columns] + grain, 0, 255).astype(np.uint8)


def state_of(name, graph):
    """The weights in a shipped graph, by the names they had in torch."""
    return shipped_weights(resource("models") / read_card(name, resource("models")).graphs[graph].file)


def filled(network, *states):
    """A network with all its weights from shipped graphs."""
    state = {key: value for part in states for key, value in part.items()}
    own = network.state_dict()
    given = {key: state[key].reshape(own[key].shape) for key in own if key in state}
    missing = [key for key in own if key not in given and not key.endswith("num_batches_tracked")]
    assert not missing, missing
    network.load_state_dict(given, strict=False)
    return network.eval()


@pytest.mark.parametrize("name", ["scene", "things"])
def test_shipped_networks_that_name_pixels(name):
    card = read_card(name, resource("models"))
    street = name == "scene"
    made = build_segmenter(card.options["arch"], len(card.options["classes"]), street=street)
    network, session = filled(made, state_of(name, "look")), Session(card, "look", resource("models"))
    for photo in photos():
        values = as_input(photo, card.picture)
        with torch.inference_mode():
            logits, unit = network.look(torch.from_numpy(values))
        seen = session.run({"photo": values})
        assert np.abs(logits.softmax(1).numpy() - seen["certainty"]).max() < NEAR
        assert not street or abs(float(unit.sigmoid()) - float(seen["street"][0])) < NEAR


def test_shipped_network_for_clicks():
    made = filled(ClickNetwork(), state_of("select", "see"), state_of("select", "answer"))
    network, shipped = TorchClicks(made), OnnxClicks("select", resource("models"))
    rng = np.random.default_rng(1)
    for photo in photos():
        one, two = network.see(photo), shipped.see(photo)
        assert all(np.abs(one[name] - two[name]).max() < NEAR for name in one)
        rows, columns = one["level4"].shape[2:]
        mask = rng.random((rows, columns), np.float32)
        spots = [(float(x), float(y), int(rng.integers(2))) for x, y in rng.random((3, 2)) * (columns, rows)]
        for given in (
            asked(spots[:1], None, 0 * mask), asked(spots, (1.0, 1.0, columns / 2, rows / 2), mask),
            asked([], None, mask),
        ):  # fmt: skip
            for a, b in zip(network.answer(one, given), shipped.answer(one, given), strict=True):
                assert np.abs(a - b).max() < NEAR


def test_shipped_network_of_edges():
    network = filled(EdgeNetwork(), state_of("edges", "cover"))
    session = Session(read_card("edges", resource("models")), "cover", resource("models"))
    rng = np.random.default_rng(2)
    for number in range(20):
        planes = rng.normal(0, 0.5, (1 + number % 5, 12, 16 * (1 + number % 4), 16 * (1 + number % 7)))
        x = planes.astype(np.float32)
        with torch.inference_mode():
            expected = network(torch.from_numpy(x)).numpy()
        assert np.abs(session.run({"planes": x})["coverage"] - expected).max() < NEAR


def test_shipped_network_that_enhances():
    card = read_card("enhance", resource("models"))
    network = filled(build_restorer(*RESTORERS["enhance"]["unet"]), state_of("enhance", "restore"))
    session = Session(card, "restore", resource("models"))
    for photo in photos():
        values = as_input(photo, card.picture)
        with torch.inference_mode():
            expected = network(torch.from_numpy(values)).clamp(0, 1).numpy()
        assert np.abs(session.run({"photo": values})["restored"] - expected).max() < NEAR


@pytest.mark.parametrize("arch", ["dynamic-unet-resnet34", "fc-densenet56"])
def test_other_networks_that_name_pixels(arch):
    torch.manual_seed(0)
    network = build_segmenter(arch, 5).eval()
    network.load_state_dict(rounded(network.state_dict()))
    opened = open_graph(segmentation_graphs(network, street=False)["look"].to_onnx(), "cpu")
    for size in ((64, 96), (128, 32)):
        x = torch.randn(1, 3, *size)
        with torch.inference_mode():
            expected = network.look(x)[0].softmax(1).numpy()
        assert np.abs(opened.run(None, {"photo": x.numpy()})[0] - expected).max() < NEAR


@pytest.mark.parametrize("arch", ["unet", "partial_unet"])
def test_networks_that_fill_holes_take_one_size(arch):
    torch.manual_seed(0)
    network = build_restorer(*RESTORERS["inpaint"][arch]).eval()
    network.load_state_dict(rounded(network.state_dict()))
    opened = open_graph(restoring_graphs(network, 128)["restore"].to_onnx(), "cpu")
    x = torch.rand(1, 4, 128, 128)
    x[:, 3:] = (x[:, 3:] > 0.6).float()
    with torch.inference_mode():
        expected = network(x).clamp(0, 1).numpy()
    assert np.abs(opened.run(None, {"photo": x.numpy()})[0] - expected).max() < NEAR


@pytest.mark.parametrize("name", ["edges", "enhance", "objects", "scene", "select", "things"])
def test_large_weights_are_stored_as_float16(name):
    card = read_card(name, resource("models"))
    for graph in card.graphs.values():
        model = onnx.load(resource("models") / graph.file)
        large = [t.data_type for t in model.graph.initializer if np.prod(t.dims) > 4096]
        assert set(large) == {TensorProto.FLOAT16}
    assert card.size < 2.3 * card.options["parameters"] + 300_000
