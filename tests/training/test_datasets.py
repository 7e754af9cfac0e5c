"""Reading labelled photos in every layout, and the sentences for data that is not as it should be."""

import functools
import http.server
import tarfile
import threading

import numpy as np
import pytest
from conftest import CODES, ROAD, write
from PIL import Image

from inpaint_studio.basics import StudioError
from training.common.datasets import CAMVID_CLASSES, VOC_CLASSES, fetch_camvid, held_out, open_dataset

PERSON = VOC_CLASSES.index("person")


def put(folder, name="odd", photo=(40, 60), labels=(40, 60), value=3, suffix=".webp"):
    if photo:
        write(folder / f"{name}{suffix}", np.full((*photo, 3), 120))
    if labels:
        write(folder / f"{name}.png", np.full(labels, value))


def test_camvid_in_both_layouts(tmp_path):
    put(tmp_path / "own" / "train", "b")
    put(tmp_path / "own" / "train", "a")
    put(tmp_path / "own" / "val", "c")
    own = open_dataset("camvid11", tmp_path / "own")
    assert [s.name for s in own.load("train+val")] == ["a", "b", "c"]
    put(tmp_path / "tutorial" / "train", "x", labels=None, suffix=".png")
    put(tmp_path / "tutorial" / "trainannot", "x", photo=None)
    (sample,) = open_dataset("camvid11", tmp_path / "tutorial").load("train")
    assert sample.photo.shape == (40, 60, 3)
    assert (sample.labels == 3).all()
    assert own.classes == CAMVID_CLASSES
    assert own.void == 11
    assert [own.classes[n] for n in own.rare] == ["pole", "sign", "fence", "pedestrian", "bicyclist"]
    assert set(own.pasted) - set(own.rare) == {CAMVID_CLASSES.index("car")}


def test_colours_are_rgb(tmp_path):
    write(tmp_path / "train" / "a.webp", np.full((16, 16, 3), (255, 0, 0)))
    write(tmp_path / "train" / "a.png", np.zeros((16, 16)))
    red = open_dataset("camvid11", tmp_path).load("train")[0].photo[8, 8]
    assert red[0] > 200 > 60 > red[2]


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"labels": None}, r"odd\.webp has no label picture"),
        ({"labels": (40, 61)}, r"odd\.png is 61×40.*60×40"),
        ({"value": 12}, r"odd\.png has the label 12; only 0 to 11 are known"),
        ({"value": 255}, r"odd\.png has the label 255"),
    ],
)
def test_wrong_data_is_named(tmp_path, wrong, text):
    put(tmp_path / "train", "good")
    put(tmp_path / "train", **wrong)
    with pytest.raises(StudioError, match=text):
        open_dataset("camvid11", tmp_path).load("train")


def test_folders_that_are_missing_or_empty(tmp_path):
    with pytest.raises(StudioError, match=r"no folder.*nowhere"):
        open_dataset("camvid11", tmp_path / "nowhere")
    data = open_dataset("camvid11", tmp_path)
    with pytest.raises(StudioError, match=r"no folder.*train"):
        data.pairs("train")
    (tmp_path / "train").mkdir()
    with pytest.raises(StudioError, match="no photos"):
        data.pairs("train")


def test_labels_with_channels_and_broken_files(tmp_path):
    put(tmp_path / "train", "a", labels=None)
    write(tmp_path / "train" / "a.png", np.zeros((40, 60, 3)))
    data = open_dataset("camvid11", tmp_path)
    with pytest.raises(StudioError, match=r"a\.png must be a grey or palette picture.*RGB"):
        data.load("train")
    put(tmp_path / "train", "a", photo=None)
    whole = (tmp_path / "train" / "a.png").read_bytes()
    (tmp_path / "train" / "a.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StudioError, match=r"a\.png can't be read"):
        data.load("train")
    (tmp_path / "train" / "a.webp").write_bytes(b"junk")
    with pytest.raises(StudioError, match=r"a\.webp can't be read"):
        data.load("train")


def test_large_photos_are_reduced_with_their_labels(camvid):
    small = open_dataset("camvid11", camvid, side=48).load("train")[0]
    assert small.photo.shape == (32, 48, 3)
    assert small.labels.shape == (32, 48)
    assert set(np.unique(small.labels)) == {0, ROAD, 11}


def test_camvid_of_many_codes(codes):
    data = open_dataset("camvid32", codes)
    assert data.classes == ("Sky", "Road", "Car", "Wall")
    assert data.held == "val"
    assert [s.name for s in data.load("val")] == ["a_0", "a_4"]
    train = data.load("train")
    assert [s.name for s in train] == ["a_1", "a_2", "a_3", "a_5"]
    ids = train[0].labels
    assert (ids[:3] == data.void).all()
    assert (ids[3] == 0).all()
    assert (ids[-4:, :4] == 3).all()
    assert (ids[-1, 10:] == 1).all()
    with pytest.raises(StudioError, match="no test"):
        data.pairs("test")


def test_codes_that_are_missing_or_too_few(codes):
    (codes / "codes.txt").write_text("Sky\nVoid\nRoad\n")
    with pytest.raises(StudioError, match=r"a_1_P\.png has the label 4; only 0 to 2 are known"):
        open_dataset("camvid32", codes).load("train")
    (codes / "codes.txt").write_text("Sky\nRoad\n")
    with pytest.raises(StudioError, match=r"codes\.txt must list"):
        open_dataset("camvid32", codes)
    (codes / "codes.txt").unlink()
    with pytest.raises(StudioError, match=r"codes\.txt is missing"):
        open_dataset("camvid32", codes)


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A folder served from this machine, its address, and fastai's own folder moved to a temporary one."""
    external = pytest.importorskip("fastai.data.external")
    folder = tmp_path / "served"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("FASTAI_HOME", str(tmp_path / "fastai"))
    external.fastai_cfg.cache_clear()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    external.fastai_cfg.cache_clear()


def test_camvid_is_fetched_once(codes, served):
    folder, address = served
    with tarfile.open(folder / "camvid.tgz", "w:gz") as archive:
        archive.add(codes, "camvid")
    root = fetch_camvid(f"{address}/camvid.tgz")
    assert len(open_dataset("camvid32", root).load("train")) == len(CODES) - 1
    (folder / "camvid.tgz").unlink()
    assert fetch_camvid(f"{address}/camvid.tgz") == root


def test_a_damaged_archive_is_told_and_removed(codes, served):
    folder, address = served
    with tarfile.open(folder / "camvid.tgz", "w:gz") as archive:
        archive.add(codes, "camvid")
    whole = (folder / "camvid.tgz").read_bytes()
    (folder / "camvid.tgz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StudioError, match=r"camvid\.tgz.* is damaged and was removed"):
        fetch_camvid(f"{address}/camvid.tgz")
    (folder / "camvid.tgz").write_bytes(whole)
    assert (fetch_camvid(f"{address}/camvid.tgz") / "codes.txt").is_file()


def test_an_archive_that_is_not_there(served):
    with pytest.raises(StudioError, match=r"nothing\.tgz can't be fetched \(HTTP Error 404.*\); .*--data\.$"):
        fetch_camvid(f"{served[1]}/nothing.tgz")


def test_an_eighth_is_held_out_by_name():
    assert 0.1 < np.mean([held_out(f"2008_{number:06}") for number in range(2000)]) < 0.15


def test_a_plain_folder_of_voc(voc):
    data = open_dataset("voc", voc)
    names = {split: [s.name for s in data.load(split)] for split in ("train", "held-out", "val")}
    assert names["held-out"] == names["val"]
    assert 1 <= len(names["held-out"]) < 12
    assert all(held_out(name) for name in names["held-out"])
    assert not any(held_out(name) for name in names["train"])
    assert len(names["train"]) + len(names["held-out"]) == 40
    assert data.void == 21
    assert (data.load("train")[0].labels[:3] == 21).all()


def test_voc_as_published(published_voc):
    data = open_dataset("voc", published_voc)
    names = {split: [s.name for s in data.load(split)] for split in ("train", "val", "trainval", "held-out")}
    assert sorted(names["train"] + names["val"]) == names["trainval"]
    assert not any(held_out(name) for name in names["trainval"])
    assert len(names["trainval"]) + len(names["held-out"]) == 40
    assert set(np.unique(data.load("train")[0].labels)) == {0, PERSON, 21}
    with pytest.raises(StudioError, match="no test"):
        data.pairs("test")
    (published_voc / "JPEGImages" / f"{names['val'][0]}.jpg").unlink()
    with pytest.raises(StudioError, match=rf"{names['val'][0]}\.jpg is missing"):
        data.load("val")


def test_people_join_voc_for_training_only(voc, tmp_path):
    write(tmp_path / "ccp" / "1.jpg", np.full((640, 400, 3), 90))
    mask = np.zeros((640, 400))
    mask[100:300] = 57
    write(tmp_path / "ccp" / "1.png", mask)
    data = open_dataset("voc", voc, [tmp_path / "ccp"])
    (person,) = (s for s in data.load("train") if s.name == "ccp1")
    assert person.photo.shape == (320, 200, 3)
    assert set(np.unique(person.labels)) == {0, PERSON}
    assert "ccp1" not in [s.name for s in data.load("held-out")]
    assert "clothing-co-parsing" in data.licence
    assert "clothing-co-parsing" not in open_dataset("voc", voc).licence
    with pytest.raises(StudioError, match=r"no folder.*nobody"):
        open_dataset("voc", voc, [tmp_path / "nobody"]).load("train")
    with pytest.raises(StudioError, match="voc only"):
        open_dataset("camvid11", voc, [tmp_path / "ccp"])


def test_labels_of_palette_and_sixteen_bits(tmp_path):
    put(tmp_path, "a", labels=None, suffix=".jpg")
    Image.fromarray(np.zeros((40, 60), np.uint16)).save(tmp_path / "a.png")
    with pytest.raises(StudioError, match=r"a\.png must be a grey or palette"):
        open_dataset("voc", tmp_path).load("train" if not held_out("a") else "held-out")
