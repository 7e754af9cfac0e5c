"""Exporting and scoring: the card, the file, the terms, the table. Needs no training packages but torch."""

import argparse
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from inpaint_studio.basics import StudioError
from inpaint_studio.engines.finders.network import LabelNetwork
from inpaint_studio.engines.networks.card import read_card
from inpaint_studio.engines.networks.sessions import Session
from training import evaluate
from training.common import sheets
from training.common.checkpoints import save_checkpoint
from training.common.datasets import CAMVID_CLASSES, VOC_CLASSES, open_dataset
from training.export import export, main, parse_look
from training.segmentation.segmenters import build_segmenter


def checkpoint(path, dataset="camvid11", classes=CAMVID_CLASSES, **more):
    torch.manual_seed(0)
    state = {
        "arch": "efficientnet_lite0",
        "dataset": dataset,
        "classes": list(classes),
        "settings": {},
        "licence": "For tests only.",
        "average": build_segmenter("unet-efficientnet-lite0", len(classes)).state_dict(),
    }
    save_checkpoint(path, state | more)
    return path


def test_the_card_says_all_that_the_editor_needs(tmp_path, capsys):
    out = tmp_path / "models"
    args = ["--checkpoint", checkpoint(tmp_path / "last.pt"), "--out", out, "--looks", "1.5", "1.5m"]
    assert main([str(a) for a in (*args, "--base", "160", "640")]) == 0
    assert " MB, 3.79 M parameters" in capsys.readouterr().out
    card = json.loads((out / "scene.json").read_text("utf-8"))
    assert card["arch"] == "unet-efficientnet-lite0"
    assert card["classes"] == list(CAMVID_CLASSES)
    assert card["looks"] == [[1.5, False], [1.5, True]]
    assert card["base"] == [160, 640]
    assert card["licence"] == "For tests only."
    assert card["graphs"]["look"]["size"] == (out / "scene.onnx").stat().st_size
    assert card["parameters"] == sum(p.numel() for p in build_segmenter(card["arch"], 11).parameters())
    made = Session(read_card("scene", out), "look", out).run({"photo": np.zeros((1, 3, 32, 32), np.float32)})
    assert set(made) == {"certainty"}, "no unit for streets"


def test_names_terms_and_mirrored_looks(tmp_path):
    path = checkpoint(tmp_path / "last.pt", "voc", VOC_CLASSES)
    assert export(path, tmp_path).name == "things.json"
    other = export(path, tmp_path, "mine", licence="Other terms.")
    assert json.loads(other.read_text("utf-8"))["licence"] == "Other terms."
    image = np.random.default_rng(0).integers(0, 256, (32, 48, 3), np.uint8)
    export(path, tmp_path, "mirrored", [(1.0, True)])
    plain = LabelNetwork("mine", tmp_path).see(np.ascontiguousarray(image[:, ::-1]))[0][..., ::-1]
    assert np.allclose(LabelNetwork("mirrored", tmp_path).see(image)[0], plain, atol=1e-5)


def test_looks_are_written_as_numbers():
    assert parse_look("1") == (1.0, False)
    assert parse_look("1.25m") == (1.25, True)
    for wrong in ("", "m", "0", "9", "1,5", "1.5x"):
        with pytest.raises(argparse.ArgumentTypeError, match="is no look"):
            parse_look(wrong)


def test_checkpoints_that_can_not_be_exported(tmp_path, capsys):
    path = tmp_path / "last.pt"
    wrong = {
        "unknown kind": {"arch": "segnet"},
        "no checkpoint of a training run": {"settings": None},
        "are not those of": {"average": {"head.weight": torch.zeros(1)}},
    }
    for text, more in wrong.items():
        with pytest.raises(StudioError, match=rf"last\.pt.*{text}|{text}.*last\.pt"):
            export(checkpoint(path, **more), tmp_path)
    path.write_bytes(checkpoint(path).read_bytes()[:3000])
    assert main(["--checkpoint", str(path), "--out", str(tmp_path)]) == 1
    assert f"{path} is damaged" in capsys.readouterr().err
    assert main(["--checkpoint", str(tmp_path / "none.pt")]) == 1
    assert "none.pt" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.json"))


def scored(data, weights, *more):
    args = ("segmentation", "--data", data, "--card", weights, *more)
    return evaluate.main([str(a) for a in args])


def test_scores_of_exported_weights(camvid, tmp_path, capsys):
    """The table, the JSON and the sheets; the numbers are those of the label maps counted by hand."""
    weights = export(checkpoint(tmp_path / "last.pt"), tmp_path, "mine")
    more = ("--json", tmp_path / "out" / "a.json", "--sheets", 2, "--sheets-out", tmp_path / "sheets")
    assert scored(camvid, weights, *more) == 0
    shown = capsys.readouterr().out
    assert "4 photos, 3.79 M parameters" in shown
    assert "with 1 look," in shown
    numbers = json.loads((tmp_path / "out" / "a.json").read_text("utf-8"))
    right = known = 0
    for sample in open_dataset("camvid11", camvid).load("test"):
        ids = LabelNetwork("mine", tmp_path).label_map(sample.photo)[0]
        right += int((ids == sample.labels).sum())
        known += int((sample.labels != 11).sum())
    assert numbers["accuracy"] == pytest.approx(right / known)
    assert numbers["dataset"] == "camvid11"
    assert numbers["split"] == "test"
    assert set(numbers["iou"]) == set(CAMVID_CLASSES)
    assert numbers["seconds"] > 0 < numbers["seconds_one_look"]
    assert numbers["arch"] == "unet-efficientnet-lite0"
    assert len(numbers["sha256"]) == 64
    pictures = sorted((tmp_path / "sheets").iterdir())
    assert len(pictures) == 2
    with Image.open(pictures[0]) as picture:
        assert picture.width == 3 * 96
        assert picture.height > 64


def test_voc_counts_the_classes_with_enough_photos(voc, tmp_path, capsys, monkeypatch):
    weights = export(checkpoint(tmp_path / "last.pt", "voc", VOC_CLASSES), tmp_path)
    result = evaluate.evaluate(open_dataset("voc", voc), "train", "things", tmp_path)
    assert result.counted == ("background", "cat")
    assert result.scores.mean_iou == pytest.approx(
        np.mean([result.scores.iou[name] for name in result.counted])
    )
    assert scored(voc, weights) == 0  # things are measured on voc, on what is held out
    shown = capsys.readouterr().out
    assert "aeroplane" in shown
    assert f"{len(open_dataset('voc', voc).pairs('held-out'))} photos" in shown


def test_the_editors_own_scene_network_is_asked_through_the_api(camvid, monkeypatch, capsys):
    import inpaint_studio

    asked = []

    def label_map(pixels):
        asked.append(pixels.shape)
        return np.zeros(pixels.shape[:2], np.uint8), list(CAMVID_CLASSES)

    monkeypatch.setattr(inpaint_studio, "label_map", label_map)
    assert evaluate.main(["segmentation", "--data", str(camvid)]) == 0
    assert asked == [(64, 96, 3)] * 4
    assert "sky " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (("--dataset", "camvid32"), "codes.txt is missing"),
        (("--split", "trial"), "no folder"),
    ],
)
def test_what_can_not_be_scored(camvid, tmp_path, capsys, more, text):
    weights = export(checkpoint(tmp_path / "last.pt"), tmp_path, "mine")
    assert scored(camvid, weights, *more) == 1
    assert text in capsys.readouterr().err


def test_weights_that_do_not_fit_or_are_not_there(camvid, tmp_path, capsys):
    path = checkpoint(tmp_path / "last.pt", "voc", VOC_CLASSES)
    weights = export(path, tmp_path, "mine")
    assert scored(camvid, weights) == 1
    assert "other classes" in capsys.readouterr().err
    assert scored(camvid, tmp_path / "none.json") == 1
    assert "none.json" in capsys.readouterr().err


def test_sheets_show_photo_truth_and_answer():
    photo = np.full((20, 30, 3), 77, np.uint8)
    truth, answer = np.zeros((20, 30), np.uint8), np.ones((20, 30), np.uint8)
    truth[:5] = 2
    picture = sheets.sheet(photo, truth, answer, ("a", "b"))
    colours = sheets.palette(2)
    assert picture.shape[1] == 90
    assert (picture[:20, :30] == 77).all()
    assert (picture[5:20, 30:60] == colours[0]).all()
    assert (picture[5:20, 60:] == colours[1]).all()
    assert (picture[:5, 30:] == 0).all()
    assert len({tuple(c) for c in sheets.palette(31)}) == 32


def test_sheets_are_kept_out_of_the_repository():
    lines = (Path(__file__).parents[2] / ".gitignore").read_text().splitlines()
    assert f"{sheets.FOLDER.parts[0]}/" in lines
