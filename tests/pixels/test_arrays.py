"""Grey stays grey and 16 bits stay 16 bits in what is done to arrays and files without a window."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from icc import P3, rgb_profile
from program import Program

from inpaint_studio.basics import NO_PROGRESS, Mask, Patch
from inpaint_studio.document import Document, Photo
from inpaint_studio.engines.contracts import Cut, Fill
from inpaint_studio.files.export import export_pixels
from inpaint_studio.files.photos import open_photo
from inpaint_studio.studio import cut, enhance, fill, lift
from inpaint_studio.studio.batch.actions import ACTIONS, Options

HEIGHT, WIDTH = 60, 80
DEEP = np.random.default_rng(9).integers(0, 65536, (HEIGHT, WIDTH, 3)).astype(np.uint16)
SHADES = (np.add.outer(np.arange(HEIGHT), np.arange(WIDTH)) + 40).astype(np.uint8)
GREY = np.dstack([SHADES] * 3)


class Tinting:
    """An engine of any kind that makes all it gives a little red."""

    def enhance(self, image, *, strength=1.0, progress=None):
        return np.clip(image.astype(int) + np.array([8, 0, -3]), 0, 255).astype(np.uint8)

    def refine(self, image, mask, *, band=0.0, unknown=None, progress=None):
        x, y, w, h = mask.box
        return Cut(mask, Patch(x, y, self.enhance(image[y : y + h, x : x + w])))

    def fill(self, task, *, seed=0, candidates=1, progress=None, **_):
        out = np.where(task.hole[..., None] > 0, self.enhance(task.image), task.image)
        yield Fill(out.astype(np.uint8), final=True)


@pytest.fixture
def tinting(monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (enhance.registry,):
        monkeypatch.setattr(room, "load_usual", lambda kind: Tinting())
        monkeypatch.setattr(room, "load", lambda name, kind: Tinting())


def is_grey(pixels: np.ndarray) -> bool:
    return bool((pixels[..., :3] == pixels[..., :1]).all())


@pytest.mark.usefixtures("tinting")
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_grey_stays_grey_through_every_engine(dtype: type) -> None:
    photo = GREY.astype(dtype) * dtype(1 if dtype is np.uint8 else 257)
    assert is_grey(enhance.enhance_pixels(photo))
    hole = np.zeros((HEIGHT, WIDTH), np.uint8)
    hole[20:30, 20:30] = 255
    assert is_grey(fill.fill_pixels(photo, hole, filler="telea"))
    eight = photo if dtype is np.uint8 else GREY
    document = Document(Photo(eight, deep=None if dtype is np.uint8 else photo))
    cutout = lift.lift(document, Mask.place(hole))
    made = lift.make_cut(document.layer(cutout), document.layer(cutout).mask, None)
    assert is_grey(made.colours.crop) and made.colours.crop.dtype == dtype
    wanted = fill.request(document, *document.missing_parts()[0])
    assert all(is_grey(each.patch.crop) for each in fill.run(wanted))


@pytest.mark.usefixtures("tinting")
def test_a_colour_photo_may_be_changed() -> None:
    colours = GREY.copy()
    colours[0, 0] = (9, 0, 0)
    assert not is_grey(enhance.enhance_pixels(colours))


def test_one_channel_is_as_three() -> None:
    hole = np.zeros((HEIGHT, WIDTH), np.uint8)
    hole[20:30, 20:30] = 255
    alone = fill.fill_pixels(SHADES, hole, filler="telea")
    assert np.array_equal(alone, fill.fill_pixels(GREY, hole, filler="telea")[..., 0])


def deep_png(path: Path, icc: bytes | None = None) -> Path:
    export_pixels(DEEP, path, icc=icc)
    return path


def read(path: Path) -> np.ndarray:
    return cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), cv2.COLOR_BGR2RGB)


def test_the_command_line_keeps_sixteen_bits(tmp_path: Path, program: Program) -> None:
    source, out = deep_png(tmp_path / "a.png"), tmp_path / "b.png"
    hole_out = tmp_path / "hole.png"
    told = ["remove", str(source), "--area", "30,20,10,10", "-o", str(out)]
    assert program(*told, "--hole-out", str(hole_out)) == 0
    hole = cv2.imread(str(hole_out), cv2.IMREAD_UNCHANGED) > 0
    made = read(out)
    assert made.dtype == np.uint16 and np.array_equal(made[~hole], DEEP[~hole])
    assert program(*told, "--depth", "8-bit") == 0
    assert read(out).dtype == np.uint8


def test_a_batch_keeps_sixteen_bits_and_the_profile(tmp_path: Path) -> None:
    icc = rgb_profile(P3)
    source, out = deep_png(tmp_path / "a.png", icc), tmp_path / "b.tif"
    ACTIONS["export"].work(source, out, Options(), NO_PROGRESS)
    photo = open_photo(out)
    assert photo.icc == icc and photo.deep is not None and np.array_equal(photo.deep, DEEP)


def test_a_cutout_is_what_the_picture_is() -> None:
    mask = Mask.place(np.full((20, 20), 255, np.uint8), 20, 20)
    smooth = GREY.astype(np.uint16) * np.uint16(100) + np.uint16(77)
    smooth[20:40, 20:40] += 40000
    made = cut.cut_out(smooth, mask)
    x, y, w, h = made.alpha.box
    picture = cut.cut_picture(made)
    away = np.abs(picture[..., :3].astype(int) - smooth[y : y + h, x : x + w])[made.alpha.crop == 255]
    assert picture.dtype == np.uint16 and away.size and not away.any()
    see_through = np.dstack([GREY, np.full((HEIGHT, WIDTH), 77, np.uint8)])
    assert cut.cut_out(see_through, mask).alpha.crop.max() == 77
