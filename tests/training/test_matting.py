"""Training of the network of soft edges: its pictures, a short run, going on, and export."""

import json

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.matting import network
from inpaint_studio.engines.matting.features import features
from inpaint_studio.engines.networks import places
from training.export import export
from training.matting import composites
from training.matting.composites import EDGES, sample
from training.matting.trainer import Run, held_out, loss_of, main, read_photos, train


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    for number in range(4):
        noise = cv2.GaussianBlur(rng.normal(0, 1, (330, 340, 3)), (0, 0), 6)
        pixels = np.clip(rng.uniform(40, 210, 3) + 200 * noise, 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"photo{number}.webp", lossless=True)
    return folder


@pytest.mark.parametrize("edge", EDGES, ids=lambda e: e.__name__)
def test_each_kind_of_edge_fits_its_picture(photos, monkeypatch, edge):
    monkeypatch.setattr(composites, "EDGES", (edge,))
    monkeypatch.setattr(composites, "SHARES", (1.0,))
    pictures, rng = read_photos(photos), np.random.default_rng(1)
    soft = []
    for _ in range(12):
        made = sample(pictures, 64, rng)
        assert made.picture.shape == (64, 64, 3) and made.picture.dtype == np.uint8
        for cover in (made.alpha, made.given):
            assert cover.shape == (64, 64) and cover.min() >= 0 and cover.max() <= 1
        assert np.isfinite(features(made.picture, np.asarray(made.given, np.float32))).all()
        soft.append(((made.alpha > 0.02) & (made.alpha < 0.98)).mean())
    assert max(soft) > 0.005
    again = sample(pictures, 64, np.random.default_rng(7)), sample(pictures, 64, np.random.default_rng(7))
    assert np.array_equal(again[0].picture, again[1].picture)
    assert np.array_equal(again[0].given, again[1].given)


def test_held_out_photos_are_not_read(photos, tmp_path):
    Image.fromarray(np.zeros((330, 340, 3), np.uint8)).save(tmp_path / "small.webp")
    with pytest.raises(StudioError, match="no photos"):
        read_photos(tmp_path)
    kept = [p for p in photos.glob("*.webp") if not held_out(p.stem)]
    assert len(read_photos(photos)) == len(kept) >= 2


def test_the_loss_is_least_at_the_truth_and_steep_where_a_wrong_mask_is_copied():
    true = torch.zeros(1, 1, 16, 16)
    true[..., 8:] = 1
    true[..., 8] = 0.5
    logits = 40 * (true - 0.5)
    wrong = logits.roll(3, -1).requires_grad_()
    assert loss_of(logits, true) < loss_of(wrong, true)
    loss_of(wrong, true).backward()
    assert wrong.grad[0, 0, 4, 9].abs() > 1e-4, "a saturated error still teaches"


def test_a_short_run_learns_goes_on_and_is_exported_as_what_the_editor_loads(photos, tmp_path, monkeypatch):
    out, told = tmp_path / "run", []
    train(photos, out, 1e-9, batch=2, side=32, bf16=False, say=told.append)
    train(photos, out, 1e-9, batch=2, side=32, bf16=False, resume=True, say=told.append)
    rows = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert [row["steps"] for row in rows] == [1, 2] and len(told) == 2
    assert rows[1]["seconds"] > rows[0]["seconds"]
    card = json.loads(export(out / "last.pt", tmp_path / "models").read_text("utf-8"))
    assert (card["id"], card["task"], card["arch"]) == ("edges", "matte", "unet-edges")
    monkeypatch.setattr(places, "own_folder", lambda: tmp_path / "models")
    network.card.cache_clear()
    run = Run(1)
    run.load(out / "last.pt")
    run.network.load_state_dict(run.average)
    x = torch.randn(1, 12, 32, 32)
    with torch.no_grad():
        expected = run.network.eval()(x)[:, 0].numpy()
    assert np.allclose(network.answer(x.permute(0, 2, 3, 1).numpy()), expected, atol=5e-3)
    network.card.cache_clear()


def test_steps_make_the_loss_smaller(photos):
    pictures, rng = read_photos(photos), np.random.default_rng(2)
    some = [sample(pictures, 32, rng) for _ in range(4)]
    run = Run(0)
    losses = [run.step(some, 0.0, bf16=False) for _ in range(30)]
    assert np.mean(losses[-3:]) < 0.7 * np.mean(losses[:3])


def test_other_checkpoints_and_missing_photos_are_said_in_a_sentence(photos, tmp_path, capsys):
    assert main(["--photos", str(tmp_path), "--out", str(tmp_path / "run")]) == 1
    assert "There are no photos" in capsys.readouterr().err
    assert main(["--photos", str(photos), "--out", str(tmp_path), "--resume"]) == 1
    assert "no checkpoint" in capsys.readouterr().err
