"""Cards of networks: what is shipped is sound, what makes no sense is refused in one sentence."""

import json

import numpy as np
import pytest
from networks import write_enhancer

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.networks import places
from inpaint_studio.engines.networks.card import Picture, read_card
from inpaint_studio.engines.networks.pictures import as_input
from inpaint_studio.resources import resource

SHIPPED = "edges", "enhance", "objects", "scene", "select", "things"


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_cards_tell_all(name):
    card = read_card(name, resource("models"))
    assert card.id == name and card.licence and card.options["parameters"] > 1e5
    for graph in card.graphs.values():
        assert (resource("models") / graph.file).stat().st_size == graph.size


def test_missing_card(tmp_path):
    with pytest.raises(StudioError, match="not installed"):
        read_card("tiny", tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"id": "tiny"}', "\x00", "3", "[[1, 2]]"])
def test_damaged_card(tmp_path, text):
    (tmp_path / "tiny.json").write_text(text)
    with pytest.raises(StudioError, match=r"description.*damaged"):
        read_card("tiny", tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""}, {"task": "magic"}, {"speed": "never"}, {"memory_mb": 0}, {"memory_mb": "9"},
        {"licence": None}, {"picture": {"std": [0, 1, 1]}},
        {"picture": {"stride": 0}}, {"picture": {"size": [10**9, 4]}}, {"picture": {"mean": [1, 2]}},
        {"picture": 3}, {"form": 7},
    ],
)  # fmt: skip
def test_cards_that_make_no_sense(tmp_path, change):
    write_enhancer(tmp_path, name="tiny", **change)
    with pytest.raises(StudioError, match="damaged"):
        read_card("tiny", tmp_path)


@pytest.mark.parametrize("graphs", [{}, {"restore": {}}, [], None])
def test_cards_without_graphs(tmp_path, graphs):
    write_enhancer(tmp_path, name="tiny")
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"graphs": graphs}))
    with pytest.raises(StudioError, match="damaged"):
        read_card("tiny", tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"file": "../tiny.onnx"}, {"file": "/etc/passwd"}, {"file": "tiny.pt"}, {"size": -1},
        {"size": 10**12}, {"inputs": []}, {"outputs": None}, {"probe": {"height": 10**7}}, {"probe": [3]},
    ],
)  # fmt: skip
def test_graphs_that_make_no_sense(tmp_path, change):
    write_enhancer(tmp_path, name="tiny")
    path = tmp_path / "tiny.json"
    card = json.loads(path.read_text("utf-8"))
    card["graphs"]["restore"] |= change
    path.write_text(json.dumps(card))
    with pytest.raises(StudioError, match="damaged"):
        read_card("tiny", tmp_path)


def test_pictures_are_normalised_and_mirrored_to_the_stride():
    view = np.zeros((2, 3, 3), np.uint8)
    view[:, 2] = (255, 51, 0)
    picture = Picture((0.5, 0.0, 0.0), (0.5, 0.1, 1.0), stride=4)
    made = as_input(view, picture)
    assert made.shape == (1, 3, 4, 4) and made.dtype == np.float32 and made.flags.c_contiguous
    assert made[0, :, 0, 2] == pytest.approx([1.0, 2.0, 0.0]), "red, green, blue"
    assert np.array_equal(made[0, :, :2, 3], made[0, :, :2, 2]) and made[0, 0, 0, 0] == -1
    assert as_input(view, Picture(white=255.0, size=(5, 7))).max() == 255
    assert as_input(view, Picture(size=(5, 7))).shape == (1, 3, 7, 5)
    holes = as_input(np.dstack((view, np.full((2, 3), 255, np.uint8))), picture)
    assert (holes[0, 3] == 1).all()


def test_a_users_own_network_goes_first_if_all_of_it_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "own_folder", lambda: tmp_path)
    assert places.folder_of("enhance") == resource("models")
    (tmp_path / "enhance.json").write_text("{}")
    assert places.folder_of("enhance") == resource("models"), "a card alone is nothing"
    write_enhancer(tmp_path)
    assert places.folder_of("enhance") == tmp_path
