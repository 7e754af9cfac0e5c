"""Enhancing from Python and from a terminal, with a small network in the user's own folder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from networks import write_enhancer, write_network
from pictures import scene
from PIL import Image, ImageCms
from program import Program

import inpaint_studio as ips
from inpaint_studio.engines.networks import places
from inpaint_studio.studio import models

pytestmark = pytest.mark.usefixtures("none_loaded")


def test_the_api(brightener: None) -> None:
    pixels = scene()
    before = pixels.copy()
    out = ips.enhance(pixels)
    assert out.dtype == np.uint8
    assert np.abs(out.astype(int) - np.minimum(255, pixels.astype(int) + 20)).max() <= 1
    assert np.array_equal(pixels, before)
    half = ips.enhance(pixels, 0.5)
    assert np.abs(half.astype(int) - np.minimum(255, pixels.astype(int) + 10)).max() <= 5
    assert np.array_equal(ips.enhance(pixels, 0.0), pixels)
    assert ips.enhance(pixels[..., 0]).shape == pixels.shape[:2]
    with pytest.raises(ips.StudioError, match="from 0 to 1"):
        ips.enhance(pixels, 2.0)


def test_cancel(brightener: None) -> None:
    class Stop:
        def report(self, fraction: float, message: str = "") -> None:
            raise ips.Cancelled

    with pytest.raises(ips.Cancelled):
        ips.enhance(scene(), progress=Stop())


def test_a_user_may_take_the_network_out(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "folder_of", lambda name: Path("nowhere"))
    monkeypatch.setattr("inpaint_studio.engines.networks.card.folder_of", lambda name: Path("nowhere"))
    assert "No enhancer for this is installed" in program.fails("enhance", "photo.png", "-o", "out.png")
    with pytest.raises(ips.StudioError, match="No enhancer for this is installed"):
        ips.enhance(scene())


@pytest.mark.parametrize("kind", ["holes", "strides", "finder", "damaged"])
def test_a_wrong_network_is_told(own_home: Path, none_loaded: None, kind: str) -> None:
    folder = places.own_folder()
    if kind == "finder":
        write_network(folder, "enhance")
    else:
        changes = {"holes": {"form": "holes"}, "strides": {"picture": {"stride": 64}}}.get(kind, {})
        write_enhancer(folder, **changes)
    if kind == "damaged":
        (folder / "enhance.onnx").write_bytes(b"x")
    with pytest.raises(ips.StudioError, match="damaged" if kind == "damaged" else "can't enhance pictures"):
        ips.enhance(scene())


def test_models_lists_it(brightener: None) -> None:
    assert [(m.kind, m.good) for m in models.check(["enhance"], contents=True)] == [("enhancer", True)]


def test_the_command(program: Program, brightener: None) -> None:
    assert program("enhance", "photo.png", "-o", "out.png", "--json") == 0
    assert np.array_equal(program.picture("out.png"), ips.enhance(scene()))
    assert json.loads(program.out)["size"] == [120, 90]
    assert program("enhance", "photo.png", "-o", "same.png", "--strength", "0") == 0
    assert np.array_equal(program.picture("same.png"), scene())
    assert program("enhance", "photo.png", "-o", "out.jpg", "--strength", "0.5", "--quality", "80") == 0
    assert "enhanced in" in program.out
    assert program.err == ""
    assert program.new_files() == {"out.png", "same.png", "out.jpg"}


@pytest.mark.parametrize(
    "words", [["-o", "a.png", "--strength", value] for value in ("2", "-0.1", "nan", "x")] + [[]]
)
def test_wrong_usage(program: Program, words: list[str]) -> None:
    assert program("enhance", "photo.png", *words) == 2
    assert "usage:" in program.err
    assert program.new_files() == set()


def test_what_can_not_be_done_is_told_first(program: Program, brightener: None) -> None:
    assert "must end with" in program.fails("enhance", "photo.png", "-o", "out.xyz")
    assert "no folder" in program.fails("enhance", "photo.png", "-o", "none/out.png")
    program.fails("enhance", "gone.png", "-o", "out.png")


def test_profile_exif_and_transparency_stay(program: Program, brightener: None) -> None:
    alpha = np.full((90, 120), 200, np.uint8)
    alpha[:20] = 0
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    Image.fromarray(np.dstack([scene(), alpha])).save("a.png", icc_profile=icc, exif=exif)
    Image.fromarray(scene()[..., 0]).save("grey.png")
    assert program("enhance", "a.png", "-o", "out.png") == 0
    with Image.open("out.png") as out:
        assert out.info.get("icc_profile") == icc
        assert out.getexif()[0x010F] == "Camera"
        assert np.array_equal(np.asarray(out)[..., 3], alpha)
    assert program("enhance", "grey.png", "-o", "out2.png") == 0
