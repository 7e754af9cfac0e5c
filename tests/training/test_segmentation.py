"""Training runs of a few steps on made-up photos. Needs the training packages; skipped without them."""

import itertools
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("fastai")

import torch
from fastai.callback.core import Callback

from inpaint_studio.engines.finders.network import LabelNetwork
from inpaint_studio.engines.networks.card import read_card
from inpaint_studio.engines.networks.sessions import Session
from training.common import callbacks, runs
from training.common.datasets import open_dataset
from training.common.onnx import rounded
from training.common.plot import read_log
from training.common.samples import normalise
from training.export import export
from training.segmentation import trainer as segmentation
from training.segmentation.architectures import ARCHITECTURES
from training.segmentation.segmenters import build_segmenter

TRAINED = {"efficientnet_lite0", "resnet34", "fc_densenet56"}
"""Larger ones of the same kind are held by tests/training/test_architectures.py."""


def options(out, *more):
    fixed = ["--out", out, "--batch", 2, "--height", 32, "--width", 64, "--no-pretrained", "--threads", 1]
    fixed += ["--device", "cpu", "--val-every", 0, *more]
    return [str(value) for value in fixed]


def run(data, out, *more):
    return segmentation.main(["--data", str(data), *options(out, *more)])


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


@pytest.mark.parametrize("arch", sorted(TRAINED))
def test_every_kind_of_network_trains_and_ships(camvid, tmp_path, arch, capsys):
    """The editor's network, from the exported file, is as certain as the one that was trained."""
    more = ("--arch", arch, "--epochs", 1, "--val-every", 1, "--val-step", 4)
    assert run(camvid, tmp_path / "run", *more) == 0
    assert "mean IoU on val" in capsys.readouterr().out
    state = last(tmp_path / "run")
    assert (state["arch"], state["dataset"], state["classes"][0]) == (arch, "camvid11", "sky")

    card = export(tmp_path / "run" / "last.pt", tmp_path / "models")
    made = ARCHITECTURES[arch]
    network = build_segmenter(made.card, 11).eval()
    network.load_state_dict(rounded(made.shipped(state["average"])))
    x = torch.from_numpy(normalise(open_dataset("camvid11", camvid).load("test")[0].photo))[None]
    with torch.inference_mode():
        expected = network.look(x)[0].softmax(1).numpy()
    shipped = Session(read_card("scene", card.parent), "look", card.parent)
    assert np.allclose(shipped.run({"photo": x.numpy()})["certainty"], expected, atol=1e-3)
    photo = open_dataset("camvid11", camvid).load("test")[0].photo
    ids, names = LabelNetwork("scene", card.parent).label_map(photo)
    assert ids.shape == photo.shape[:2]
    assert names == tuple(state["classes"])


def test_all_that_is_offered_is_tested():
    assert set(ARCHITECTURES) - TRAINED == {"fc_densenet67", "fc_densenet103"}


def test_a_resumed_run_ends_as_an_uninterrupted_one(camvid, tmp_path, capsys, monkeypatch):
    more = ("--epochs", 4, "--mix", 0.6, "--balance", 0.5, "--zoom", 0.8, 2.2, "--accumulate", 2)
    assert run(camvid, tmp_path / "whole", *more) == 0
    with monkeypatch.context() as patch:
        seeds = callbacks.EpochSeed.before_epoch

        def stop_before_the_third(self):
            if self.epoch == 2:
                raise KeyboardInterrupt
            seeds(self)

        patch.setattr(callbacks.EpochSeed, "before_epoch", stop_before_the_third)
        assert run(camvid, tmp_path / "halves", *more) == 130
    assert "--resume" in capsys.readouterr().err
    assert last(tmp_path / "halves")["epoch"] == 2
    assert run(camvid, tmp_path / "halves", *more, "--resume") == 0
    whole, halves = last(tmp_path / "whole"), last(tmp_path / "halves")
    for key in ("model", "average", "optimiser", "steps", "epoch"):
        assert same(whole[key], halves[key]), key
    logs = [read_log(tmp_path / name / "log.csv") for name in ("whole", "halves")]
    for column in ("epoch", "share", "loss", "learning_rate"):
        assert [row[column] for row in logs[0]] == [row[column] for row in logs[1]]
    assert (tmp_path / "halves" / "log.png").is_file()


def test_the_seed_decides(camvid, tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        assert run(camvid, tmp_path / name, "--epochs", 1, "--seed", seed) == 0
    states = [last(tmp_path / name)["model"] for name in "abc"]
    assert same(states[0], states[1])
    assert not same(states[0], states[2])


def test_learns_sky_and_road(camvid, tmp_path, capsys):
    """By what it sees, not by its loss, whose floor is that of the weights of eleven classes."""
    more = ("--epochs", 24, "--train-on", "train+val", "--lr", 8e-3, "--average", 0.9)
    assert run(camvid, tmp_path / "run", *more) == 0
    shown = capsys.readouterr().out
    assert "8 photos" in shown
    assert "min left" in shown
    network = build_segmenter("unet-efficientnet-lite0", 11).eval()
    network.load_state_dict(last(tmp_path / "run")["model"])
    right = []
    for sample in open_dataset("camvid11", camvid).load("train"):
        with torch.inference_mode():
            seen = network(torch.from_numpy(normalise(sample.photo))[None]).argmax(1)[0].numpy()
        right.append((seen == sample.labels)[sample.labels != 11].mean())
    assert np.mean(right) > 0.85, right
    log = read_log(tmp_path / "run" / "log.csv")
    assert log[-1]["loss"] < log[0]["loss"]
    assert log[-1]["learning_rate"] < max(row["learning_rate"] for row in log) / 100


def test_the_clock_ends_the_run(camvid, tmp_path, monkeypatch):
    """By a clock that goes on half a second whenever it is read."""
    ticks = itertools.count(0.0, 0.5)
    monkeypatch.setattr(callbacks, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    assert run(camvid, tmp_path / "run", "--epochs", 100000, "--minutes", 0.25) == 0
    state = last(tmp_path / "run")
    assert 15 <= state["seconds"] < 20
    assert state["epoch"] < 20
    log = read_log(tmp_path / "run" / "log.csv")
    assert log[-1]["share"] > 0.8
    assert log[-1]["learning_rate"] < max(row["learning_rate"] for row in log) / 5


def test_frozen_parts_stay_as_they_are(camvid, tmp_path):
    assert run(camvid, tmp_path / "run", "--epochs", 1, "--freeze", 3, "--seed", 5) == 0
    state = last(tmp_path / "run")["model"]
    torch.manual_seed(5)
    fresh = build_segmenter("unet-efficientnet-lite0", 11).state_dict()
    still = [k for k in fresh if k.startswith(("encoder.stem", "encoder.stages.0.", "encoder.stages.1."))]
    assert len(still) > 20
    assert same({k: state[k] for k in still}, {k: fresh[k] for k in still})
    assert not torch.equal(state["head.weight"], fresh["head.weight"])


def test_batches_are_accumulated(camvid, tmp_path):
    """Two batches of two to a step: half the steps, and a loss like that of single batches."""
    for name, more in (("one", ()), ("two", ("--accumulate", 2))):
        assert run(camvid, tmp_path / name, "--epochs", 2, *more) == 0
    assert [last(tmp_path / name)["steps"] for name in ("one", "two")] == [4, 2]
    first = [read_log(tmp_path / name / "log.csv")[0]["loss"] for name in ("one", "two")]
    assert first[1] == pytest.approx(first[0], rel=0.5)


def test_starts_from_other_weights_as_far_as_they_fit(camvid, voc, tmp_path, capsys):
    assert run(camvid, tmp_path / "a", "--epochs", 1) == 0
    start = ("--init", tmp_path / "a" / "last.pt", "--epochs", 1, "--lr", 0, "--weight-decay", 0)
    assert run(voc, tmp_path / "b", "--dataset", "voc", "--batch", 16, *start) == 0
    given, taken = last(tmp_path / "a")["average"], last(tmp_path / "b")["model"]
    assert torch.equal(given["narrow.0.weight"], taken["narrow.0.weight"])
    assert taken["head.weight"].shape[0] == 21
    assert "tensors taken from" in capsys.readouterr().out
    assert run(camvid, tmp_path / "c", "--arch", "fc_densenet56", *start) == 1
    assert "last.pt holds weights of another network" in capsys.readouterr().err


def test_bfloat16_on_a_cpu(camvid, tmp_path, capsys):
    assert run(camvid, tmp_path / "run", "--epochs", 1, "--bf16") == 0
    assert {v.dtype for v in last(tmp_path / "run")["model"].values()} == {torch.float32, torch.int64}
    assert run(camvid, tmp_path / "other", "--precision", "fp16") == 1
    assert "--precision bf16" in capsys.readouterr().err


def test_a_gpu_gets_mixed_precision(monkeypatch):
    """What can be seen without a GPU: which callback would be used."""
    gpu = torch.device("cuda", 0)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: False)
    (half,) = runs.precision_callbacks("auto", gpu)
    assert isinstance(half, Callback)
    assert half.amp_mode.value == "fp16"
    assert runs.precision_callbacks("bf16", gpu)[0].amp_mode.value == "bf16"
    assert runs.precision_callbacks("full", gpu) == []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(runs.StudioError, match="no GPU"):
        runs.pick_device("cuda")
    assert runs.pick_device("auto").type == "cpu"


def test_the_other_data_sets(codes, voc, tmp_path):
    assert run(codes, tmp_path / "a", "--dataset", "camvid32", "--epochs", 1, "--val-every", 1) == 0
    assert last(tmp_path / "a")["classes"] == ["Sky", "Road", "Car", "Wall"]
    more = ("--dataset", "voc", "--epochs", 1, "--batch", 16, "--val-every", 1, "--val-step", 3)
    assert run(voc, tmp_path / "b", *more) == 0
    assert last(tmp_path / "b")["average"]["head.weight"].shape[0] == 21
    assert read_log(tmp_path / "b" / "log.csv")[0]["val_miou"] >= 0


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (("--resume",), "There is no checkpoint"),
        (("--height", 40), "multiples of 32"),
        (("--zoom", 2, 1), "--zoom takes"),
        (("--train-on", "train+trial"), "no folder"),
        (("--init", "nothing.pt"), r"no checkpoint nothing.pt"),
        (("--url", "http://127.0.0.1/a.tgz"), "--url fetches"),
    ],
)
def test_wrong_options_are_told_in_one_sentence(camvid, tmp_path, capsys, more, text):
    assert run(camvid, tmp_path / "run", *more) == 1
    error = capsys.readouterr().err
    assert text in error
    assert error.count("\n") == 1


def test_data_has_to_be_named(tmp_path, capsys):
    assert segmentation.main(options(tmp_path / "run")) == 1
    assert "--data" in capsys.readouterr().err


def test_larger_networks_get_smaller_batches():
    def batch(*more):
        return segmentation.parse(["--out", "run", *more]).batch

    assert batch() == batch("--arch", "resnet34") == 8
    assert batch("--arch", "fc_densenet103") == 4
    assert batch("--arch", "fc_densenet103", "--batch", "2") == 2


def test_numbers_below_one_are_refused(tmp_path, capsys):
    for wrong in (("--batch", 0), ("--freeze", -1)):
        with pytest.raises(SystemExit):
            segmentation.main(options(tmp_path, *wrong))
    assert "-1 is below 0" in capsys.readouterr().err


def test_checkpoints_that_do_not_fit(camvid, codes, tmp_path, capsys):
    out = tmp_path / "run"
    assert run(camvid, out, "--epochs", 1) == 0
    for more, text in (
        ((), "holds a run already"),
        (("--resume", "--arch", "fc_densenet56"), "last.pt was trained with arch efficientnet_lite0"),
    ):
        assert run(camvid, out, *more) == 1
        assert text in capsys.readouterr().err
    assert run(codes, out, "--resume", "--dataset", "camvid32") == 1
    assert "trained with dataset camvid11" in capsys.readouterr().err

    whole = last(out)
    damaged = {
        "no checkpoint of a training run": {"weights": torch.zeros(1)},
        "does not fit this network": whole | {"model": {"head.weight": torch.zeros(1)}},
    }
    for text, state in damaged.items():
        torch.save(state, out / "last.pt")
        assert run(camvid, out, "--resume") == 1
        error = capsys.readouterr().err
        assert text in error
        assert str(out / "last.pt") in error
    half = (out / "last.pt").read_bytes()[:5000]
    for data in (half, b"", b"junk"):
        (out / "last.pt").write_bytes(data)
        assert run(camvid, out, "--resume") == 1
        assert f"{out / 'last.pt'} is damaged" in capsys.readouterr().err


def test_other_settings_on_resuming_are_said(camvid, tmp_path, capsys):
    assert run(camvid, tmp_path / "run", "--epochs", 1) == 0
    assert run(camvid, tmp_path / "run", "--epochs", 2, "--lr", 1e-3, "--resume") == 0
    shown = capsys.readouterr().out
    assert "lr is 0.001 now and was 0.002" in shown
    assert "epochs is 2 now and was 1" in shown


def test_two_processes_train_as_one(camvid, tmp_path):
    """Over gloo on CPUs; with GPUs the same code uses NCCL."""
    pytest.importorskip("accelerate")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "training.segmentation", "--data", str(camvid)]
    command += options(tmp_path / "run", "--epochs", 2, "--batch", 1, "--val-every", 1, "--minutes", 30)
    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    where = {"cwd": Path(__file__).parents[2], "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    started = [
        subprocess.Popen(
            command, env=os.environ | shared | {"RANK": rank, "LOCAL_RANK": rank}, text=True, **where
        )
        for rank in "01"
    ]
    shown = [process.communicate(timeout=120)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0], shown
    assert "epoch 2" in shown[0]
    assert "epoch" not in shown[1]
    assert last(tmp_path / "run")["steps"] == 4  # four photos, one for each process at a step
    assert len(read_log(tmp_path / "run" / "log.csv")) == 2


def test_several_processes_need_accelerate(camvid, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(segmentation.importlib.util, "find_spec", lambda _: None)
    assert run(camvid, tmp_path / "run") == 1
    assert "pip install accelerate" in capsys.readouterr().err
