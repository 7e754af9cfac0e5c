"""Networks by others: what files say of themselves, and that each serves the contract of its task."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from added import elsewhere, lama, mi_gan, model, node, saliency, sam, strange, write
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto

from inpaint_studio.basics import StudioError
from inpaint_studio.engines import registry
from inpaint_studio.engines.contracts import FillTask, Prompts
from inpaint_studio.engines.networks import catalogue, graph_file
from inpaint_studio.engines.networks.sessions import give_up_all
from inpaint_studio.studio import models


@pytest.fixture(autouse=True)
def fresh(none_loaded):
    yield
    give_up_all()


def add(tmp_path, name, *made):
    files = [write(tmp_path / f"{name}{n}.onnx", each) for n, each in enumerate(made)]
    return models.add(files, name)


# The catalogue


def test_the_catalogue_says_all_that_must_be_known():
    names = [each.card.id for each in catalogue.entries()]
    assert names == ["birefnet", "is-net", "lama", "mi-gan", "mobile-sam"]
    for each in catalogue.entries():
        assert each.title and each.about and each.home.startswith("https://")
        assert "non-commercial" not in each.card.licence.lower()
        for name, graph in each.card.graphs.items():
            assert graph.url.startswith("https://")
            assert len(graph.sha256) == 64
            assert set(each.shapes[name]) == set(graph.inputs)


def test_every_entry_has_an_engine_that_is_offered_once_it_is_installed():
    kinds = {"filler": "filler", "selector": "selector", "subject": "finder"}
    for each in catalogue.entries():
        kind = kinds[each.card.task]
        assert registry.info(each.card.id, kind).network == each.card.id
        assert each.card.id not in [e.id for e in registry.installed(kind)]


# Files


def test_a_file_tells_its_ports():
    found = graph_file.facts(lama().SerializeToString(), "a.onnx")
    assert found.inputs == {"image": (0, 3, 512, 512), "mask": (0, 1, 512, 512)}
    assert found.outputs == {"output": (0, 3, 512, 512)}
    assert found.domains == {""}
    assert not found.external


def test_weights_listed_among_the_inputs_are_none():
    made = lama()
    made.graph.input.append(made.graph.input[0])
    made.graph.input[-1].name = "one"
    assert set(graph_file.facts(made.SerializeToString(), "a").inputs) == {"image", "mask"}


def test_graphs_within_graphs_are_looked_into():
    inner = model(
        [node("Run", ["x"], ["y"], domain="evil.example")], {}, {"y": (TensorProto.FLOAT, [1])}
    ).graph
    made = lama()
    made.graph.node.append(node("If", ["c"], ["z"], then_branch=inner, else_branch=inner))
    assert "evil.example" in graph_file.facts(made.SerializeToString(), "a").domains


@pytest.mark.parametrize(
    ("make", "words"), [(elsewhere, "weights in other files"), (strange, "not part of ONNX")]
)
def test_hostile_files_are_refused_by_one_sentence(tmp_path, own_home, make, words):
    with pytest.raises(StudioError, match=words):
        models.add([make(tmp_path)])
    assert [o.id for o in models.offers() if o.installed] == []


@given(st.binary(max_size=300))
def test_noise_is_no_network(noise):
    with pytest.raises(StudioError, match="not an ONNX file"):
        graph_file.facts(noise, "noise.onnx")


@given(st.data())
def test_damaged_files_never_raise_anything_else(data):
    whole = bytearray(lama().SerializeToString())
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(StudioError):
        graph_file.check(graph_file.facts(bytes(whole), "a.onnx"), "a.onnx")


def test_what_is_not_known_is_told(tmp_path, own_home):
    ports = {"x": (TensorProto.FLOAT, [1, 7])}, {"y": (TensorProto.FLOAT, [1, 7])}
    file = write(tmp_path / "other.onnx", model([node("Identity", ["x"], ["y"])], *ports))
    with pytest.raises(StudioError, match="no network that is known"):
        models.add([file])
    with pytest.raises(StudioError, match="is not “lama”"):
        models.add([file], "lama")
    with pytest.raises(StudioError, match="no network “large”"):
        models.add([file], "large")
    with pytest.raises(StudioError, match="could not be read"):
        models.add([tmp_path / "gone.onnx"])


def test_files_are_recognised_by_what_goes_in_and_out(tmp_path, own_home):
    assert models.add([write(tmp_path / "a.onnx", lama())]) == "lama"
    assert models.add([write(tmp_path / "b.onnx", mi_gan())]) == "mi-gan"
    see, answer = (write(tmp_path / f"{n}.onnx", made) for n, made in enumerate(sam()))
    assert models.add([answer, see]) == "mobile-sam"
    with pytest.raises(StudioError, match="one of several networks: birefnet, is-net"):
        models.add([write(tmp_path / "c.onnx", saliency())])
    assert models.add([tmp_path / "c.onnx"], "is-net") == "is-net"
    assert all(
        state.good for state in models.check(["lama", "mi-gan", "mobile-sam", "is-net"], contents=True)
    )
    models.remove("lama")
    assert {o.id for o in models.offers() if o.installed} == {"mi-gan", "mobile-sam", "is-net"}


# Fillers


def striped():
    """Green stripes, with a hole in the middle."""
    image = np.zeros((90, 120, 3), np.uint8)
    image[..., 1] = np.where(np.arange(120) % 8 < 4, 200, 60)
    hole = np.zeros((90, 120), np.uint8)
    hole[30:60, 40:80] = 255
    return image, hole


@pytest.mark.parametrize(("name", "make"), [("lama", lama), ("mi-gan", mi_gan)])
def test_a_filler_lays_out_by_the_network_and_copies_from_the_photo(tmp_path, own_home, name, make):
    add(tmp_path, name, make())
    image, hole = striped()
    filler = registry.load(name, "filler")
    fills = list(filler.fill(FillTask(image, hole), candidates=2))
    final = [fill for fill in fills if fill.final]
    assert len(final) == 2
    assert any(not fill.final for fill in fills)
    for fill in final:
        assert np.array_equal(fill.pixels[hole == 0], image[hole == 0])
    # The first is copied from the photo, which has no blue; the second is the network's own.
    copied = final[0].pixels[hole > 0]
    assert {int(g) for g in np.unique(copied[:, 1])} - set(range(40, 221)) == set()
    assert copied[:, 2].max() <= 24
    assert "layout" in final[0].note
    assert "paints it" in final[1].note


def test_a_painted_hole_has_the_network_s_colours(tmp_path, own_home):
    from inpaint_studio.engines.inpainting.proposal import AddedPainter

    image, hole = striped()
    for name, made in (("lama", lama()), ("mi-gan", mi_gan())):
        add(tmp_path, name, made)
        small = AddedPainter(name).propose(image, hole > 0)
        assert small.shape == (384, 512, 3) if max(image.shape) > 512 else small.shape == (90, 120, 3)
        inside = small[40:50, 50:70].reshape(-1, 3).mean(axis=0)
        assert np.abs(inside - (0, 0, 255)).max() <= 1
        assert np.abs(small[:20].astype(int) - image[:20]).max() <= 1


# Selectors


def test_a_selector_answers_points_and_boxes(tmp_path, own_home):
    add(tmp_path, "mobile-sam", *sam())
    selector = registry.load("mobile-sam", "selector")
    image = np.zeros((400, 400, 3), np.uint8)
    image[100:200, 100:300] = 220
    seen = selector.prepare(image)
    found = selector.select(seen, Prompts(box=(100.0, 100.0, 200.0, 100.0)))
    assert 1 <= len(found) <= 3
    assert found[0].score == pytest.approx(0.9)
    wanted = np.zeros((400, 400), bool)
    wanted[100:200, 100:300] = True
    mask = found[0].mask.full((400, 400)) > 127
    assert (mask & wanted).sum() / (mask | wanted).sum() > 0.5
    clicked = selector.glance(seen, Prompts(points=((200.0, 150.0),), labels=(1,)))
    assert clicked.mask.full((400, 400))[150, 200] == 255
    assert selector.subject(seen) is not None
    with pytest.raises(StudioError, match="draw a box"):
        selector.select(seen, Prompts(points=((5.0, 5.0),), labels=(0,)))


def test_an_added_selector_sees_a_photo_once(tmp_path, own_home, monkeypatch):
    from inpaint_studio.engines.selectors import segment_anything
    from inpaint_studio.engines.selectors.network import NetworkSelector

    add(tmp_path, "mobile-sam", *sam())
    selector = registry.load("mobile-sam", "selector")
    image = np.zeros((400, 400, 3), np.uint8)
    image[100:200, 100:300] = 220
    seen, box = selector.prepare(image), Prompts(box=(100.0, 100.0, 200.0, 100.0))
    enlarged = []
    carry_up = segment_anything.carry_up
    monkeypatch.setattr(segment_anything, "carry_up", lambda *_: enlarged.append(1) or carry_up(*_))
    first = selector.glance(seen, box)
    assert len(enlarged) == 1
    assert first.mask.same(selector.select(seen, box)[0].mask)
    monkeypatch.delattr(NetworkSelector, "prepare")
    fine = selector.refine(seen, box, first)
    assert fine.mask.area and fine.mask.intersection(first.mask).area > 0.5 * first.mask.area


def test_the_selector_that_is_preferred_answers_while_it_is_there(tmp_path, own_home):
    assert registry.usual("selector").id == "network"
    registry.prefer("selector", "mobile-sam")
    try:
        assert registry.usual("selector").id == "network"
        add(tmp_path, "mobile-sam", *sam())
        assert registry.usual("selector").id == registry.usual("selector", "subject").id == "mobile-sam"
        registry.prefer("selector", "grabcut")
        assert registry.usual("selector").id == "grabcut"
        assert registry.usual("selector", "subject").id == "network"
    finally:
        registry.prefer("selector", "")


# What stands out


@pytest.mark.parametrize("name", ["is-net", "birefnet"])
def test_what_stands_out_is_one_soft_thing(tmp_path, own_home, name):
    add(tmp_path, name, saliency(logits=name == "birefnet"))
    image = np.zeros((120, 160, 3), np.uint8)
    image[30:90, 40:120] = 250
    (found,) = registry.load(name, "finder").find(image)
    assert (found.label, found.kind) == ("subject", "thing")
    mask = found.mask.full((120, 160))
    assert mask[60, 80] > 200
    assert mask[5, 5] < 60
    assert registry.usual("finder", "subject").id == name


def test_nothing_stands_out_of_nothing(tmp_path, own_home):
    add(tmp_path, "birefnet", saliency(logits=True))
    assert registry.load("birefnet", "finder").find(np.zeros((60, 80, 3), np.uint8)) == []


def test_a_network_of_another_kind_is_told(tmp_path, own_home):
    from inpaint_studio.engines.finders.saliency import SaliencyFinder
    from inpaint_studio.engines.inpainting.proposal import AddedPainter
    from inpaint_studio.engines.selectors.segment_anything import SegmentAnything

    add(tmp_path, "lama", lama())
    image = np.zeros((8, 8, 3), np.uint8)
    for use in (lambda: SaliencyFinder("lama").find(image), lambda: SegmentAnything("lama").prepare(image)):
        with pytest.raises(StudioError, match="“lama” does not"):
            use()
    add(tmp_path, "is-net", saliency())
    with pytest.raises(StudioError, match="does not fill holes"):
        AddedPainter("is-net").propose(image, np.ones((8, 8), bool))
