"""Telling streets from other photos; needs no training packages but torch."""

import json

import numpy as np
import torch
from conftest import write

from inpaint_studio.engines.finders.network import LabelNetwork
from inpaint_studio.engines.networks.segmenters import build_segmenter
from inpaint_studio.engines.networks.weights import load_network, read_card
from training.common.datasets import CAMVID_CLASSES
from training.export import write_model
from training.street import fit as street

CARD = {
    "id": "scene", "kind": "finder", "arch": "unet-efficientnet-lite0", "licence": "For tests only.",
    "classes": list(CAMVID_CLASSES), "mean": [0.5] * 3, "std": [0.25] * 3, "looks": [[1.5, True]],
}  # fmt: skip


def test_fit_separates_and_lets_few_others_pass():
    torch.manual_seed(0)
    others, streets = torch.randn(200, 8), torch.randn(100, 8) + torch.tensor([4.0] + [0] * 7)
    truth = torch.cat((torch.zeros(200), torch.ones(100)))
    weight, bias = street.fit(torch.cat((others, streets)), truth)
    assert ((streets @ weight[0] + bias) > 0).float().mean() > 0.95
    assert abs(float(((others @ weight[0] + bias) > 0).float().mean()) - street.PASSING) < 0.01


def photo(folder, name, label):
    ids = np.zeros((48, 64), np.uint8)
    ids[10:30, 10:30] = label
    write(folder / f"{name}.png", ids)
    colour = (200, 30, 30) if label == street.CAR else (30, 200, 30)
    write(folder / f"{name}.webp", np.full((48, 64, 3), colour, np.uint8))


def test_unclear_photos_are_left_out(tmp_path):
    for number in range(10):  # some of these names are held out, and are there all the same
        for name, label in (("car", street.CAR), ("cat", 8), ("bicycle", 2)):
            photo(tmp_path, f"{name}{number}", label)
    streets, others = street.voc_photos(tmp_path)
    assert [p.name for p in streets] == [f"car{n}.webp" for n in range(10)]
    assert [p.name for p in others] == [f"cat{n}.webp" for n in range(10)]


def test_adds_the_street_unit_and_changes_nothing_else(tmp_path, capsys):
    for number in range(24):
        photo(tmp_path / "voc", f"car{number}", street.CAR)
        photo(tmp_path / "voc", f"cat{number}", 8)
        photo(tmp_path / "camvid" / "train", f"c{number}", 3)
    torch.manual_seed(0)
    models = tmp_path / "models"
    write_model(build_segmenter(CARD["arch"], 11).state_dict(), models, CARD)
    before = read_card("scene", models)
    old = load_network(before, models).state_dict()
    args = ["--streets", tmp_path / "camvid", "--others", tmp_path / "voc", "--models", models]
    for _ in range(2):
        assert street.main([str(a) for a in args]) == 0
    assert "held-out photos" in capsys.readouterr().out
    after = read_card("scene", models)
    new = load_network(after, models).state_dict()
    assert after.sha256 != before.sha256
    card = json.loads((models / "scene.json").read_text("utf-8"))
    assert card["size"] == after.size
    told = CARD | {"licence": f"{CARD['licence']} {street.TERMS}"}
    assert {key: card[key] for key in CARD} == told
    assert set(new) - set(old) == {"street.weight", "street.bias"}
    assert all(torch.equal(new[key], old[key]) for key in old)
    assert LabelNetwork("scene", models).street(np.zeros((48, 64, 3), np.uint8)) is not None


def test_networks_without_such_a_unit(tmp_path, capsys):
    card = CARD | {"arch": "fc-densenet56"}
    write_model(build_segmenter("fc-densenet56", 11).state_dict(), tmp_path, card)
    args = ["--streets", tmp_path, "--others", tmp_path, "--models", tmp_path]
    assert street.main([str(a) for a in args]) == 1
    assert "no unit for streets" in capsys.readouterr().err
