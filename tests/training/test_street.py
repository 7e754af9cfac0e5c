"""Telling streets from other photos; needs no training packages."""

import json
from pathlib import Path

import cv2
import numpy as np
import torch

from inpaint_studio.engines.networks.unet import SceneUNet
from inpaint_studio.engines.networks.weights import load_network, read_card
from training import street
from training.export import write_model


def test_fit_separates_and_lets_few_others_pass():
    torch.manual_seed(0)
    others, streets = torch.randn(200, 8), torch.randn(100, 8) + torch.tensor([4.0] + [0] * 7)
    truth = torch.cat((torch.zeros(200), torch.ones(100)))
    weight, bias = street.fit(torch.cat((others, streets)), truth)
    assert ((streets @ weight[0] + bias) > 0).float().mean() > 0.95
    assert abs(float(((others @ weight[0] + bias) > 0).float().mean()) - street.PASSING) < 0.01


def test_held_out_is_an_eighth_by_name():
    kept = [street.held_out(Path(f"2008_{number:06}.png")) for number in range(2000)]
    assert 0.1 < np.mean(kept) < 0.15
    assert street.held_out(Path("a/2008_000001.webp")) == street.held_out(Path("b/2008_000001.png"))


def photo(folder, name, label):
    ids = np.zeros((48, 64), np.uint8)
    ids[10:30, 10:30] = label
    folder.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / f"{name}.png"), ids)
    colour = (30, 30, 200) if label == street.CAR else (30, 200, 30)
    cv2.imwrite(str(folder / f"{name}.webp"), np.full((48, 64, 3), colour, np.uint8))


def test_unclear_photos_are_left_out(tmp_path):
    for name, label in (("car", street.CAR), ("cat", 8), ("bicycle", 2)):
        photo(tmp_path, name, label)
    streets, others = street.voc_photos(tmp_path)
    assert [p.name for p in streets] == ["car.webp"]
    assert [p.name for p in others] == ["cat.webp"]


def test_rewrites_only_the_street_unit(tmp_path, capsys):
    for number in range(24):
        photo(tmp_path / "voc", f"car{number}", street.CAR)
        photo(tmp_path / "voc", f"cat{number}", 8)
        photo(tmp_path / "camvid" / "train", f"c{number}", 3)
    torch.manual_seed(0)
    write_model(SceneUNet().state_dict(), tmp_path / "models")
    before = read_card("scene", tmp_path / "models")
    old = load_network(before, tmp_path / "models").state_dict()
    args = ["--streets", tmp_path / "camvid", "--others", tmp_path / "voc", "--models", tmp_path / "models"]
    assert street.main([str(a) for a in args]) == 0
    assert "held-out photos" in capsys.readouterr().out
    after = read_card("scene", tmp_path / "models")
    new = load_network(after, tmp_path / "models").state_dict()
    assert after.sha256 != before.sha256
    assert json.loads((tmp_path / "models" / "scene.json").read_text())["size"] == after.size
    assert [key for key in new if not torch.equal(new[key], old[key])] == ["street.weight", "street.bias"]
