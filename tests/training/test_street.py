"""Telling streets from other photos; needs no training packages but torch."""

import numpy as np
import torch
from conftest import write

from inpaint_studio.engines.finders.network import LabelNetwork
from training.common.checkpoints import WEIGHTS, read_checkpoint, save_checkpoint
from training.common.datasets import CAMVID_CLASSES
from training.export import export
from training.segmentation.architectures import ARCHITECTURES
from training.street import fit as street


def checkpoint(folder, arch="efficientnet_lite0"):
    torch.manual_seed(0)
    state = {
        "arch": arch, "dataset": "camvid11", "classes": list(CAMVID_CLASSES), "settings": {},
        "licence": "For tests only.", "average": ARCHITECTURES[arch].make(11, (32, 32), False).state_dict(),
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    save_checkpoint(folder / "last.pt", state)
    return folder / "last.pt"


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
    path = checkpoint(tmp_path / "run")
    before = read_checkpoint(path, WEIGHTS)
    export(path, tmp_path / "without")
    args = ["--streets", tmp_path / "camvid", "--others", tmp_path / "voc", "--checkpoint", path]
    for _ in range(2):
        assert street.main([str(a) for a in args]) == 0
    assert "held-out photos" in capsys.readouterr().out
    after = read_checkpoint(path, WEIGHTS)
    assert after["licence"] == f"For tests only. {street.TERMS}"
    assert set(after["street"]) == {"street.weight", "street.bias"}
    assert all(torch.equal(after["average"][key], value) for key, value in before["average"].items())
    export(path, tmp_path / "with")
    image = np.zeros((48, 64, 3), np.uint8)
    one, other = (LabelNetwork("scene", tmp_path / name) for name in ("with", "without"))
    assert 0 < one.street(image) < 1 and other.street(image) is None
    assert np.allclose(one.see(image)[0], other.see(image)[0], atol=1e-5)


def test_networks_without_such_a_unit(tmp_path, capsys):
    path = checkpoint(tmp_path, "fc_densenet56")
    args = ["--streets", tmp_path, "--others", tmp_path, "--checkpoint", path]
    assert street.main([str(a) for a in args]) == 1
    assert "no unit for streets" in capsys.readouterr().err
