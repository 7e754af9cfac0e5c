"""The public API, with the real engines on small pictures; the scene network is replaced."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from pictures import BOX, StubFinder, scene, square
from PIL import Image

import inpaint_studio as ips
from inpaint_studio.engines import registry


@pytest.fixture
def finder(monkeypatch: pytest.MonkeyPatch) -> StubFinder:
    made = StubFinder()
    load = registry.load
    monkeypatch.setattr(registry, "load", lambda name, kind: made if kind == "finder" else load(name, kind))
    return made


def test_every_promised_name_is_there() -> None:
    assert {
        "open_photo", "find_objects", "label_map", "select", "matte", "fill", "remove", "lift_all", "save",
        "export", "open_document",
    } <= set(ips.__all__)  # fmt: skip
    for name in ips.__all__:
        assert getattr(ips, name) is not None
        assert name in dir(ips)
    with pytest.raises(AttributeError, match="no attribute 'paint'"):
        _ = ips.paint


def test_fill_paints_exactly_the_hole() -> None:
    pixels, hole = scene(), square()
    before = pixels.copy()
    out = ips.fill(pixels, hole, filler="auto")
    assert np.array_equal(out[hole == 0], pixels[hole == 0])
    assert np.abs(out[hole > 0].astype(int) - (220, 40, 30)).sum(axis=1).min() > 60, "the square is gone"
    assert np.array_equal(pixels, before), "the caller's array is not touched"


def test_masks_may_be_bool_and_keep_out_is_obeyed() -> None:
    pixels, hole = scene(), square() > 0
    out = ips.fill(pixels, hole, filler="telea")
    assert np.array_equal(out, ips.fill(pixels, hole.astype(np.uint8), filler="telea"))
    # Everything right of the square is green and must not be copied.
    pixels[:, 90:] = (0, 250, 0)
    keep_out = np.zeros(hole.shape, bool)
    keep_out[:, 88:] = True
    filled = ips.fill(pixels, hole, keep_out=keep_out)[hole].astype(int)
    assert not (filled[:, 1] - filled[:, 0] > 100).any()


def test_fills_are_copied_from_what_is_like_the_word_or_the_point(monkeypatch) -> None:
    """Upper half dark, lower half bright: the hole lies in both and becomes one of them."""
    pixels = np.random.default_rng(1).integers(20, 40, (90, 160, 3)).astype(np.uint8)
    pixels[45:] += 180
    hole, dark = np.zeros((2, 90, 160), bool)
    hole[25:65, 30:70] = dark[:45] = True
    area = dark.astype(np.uint8) * np.uint8(255)
    asked = []
    monkeypatch.setattr(
        "inpaint_studio.api._like.area_like", lambda pixels, hole, like: asked.append(like) or area
    )
    for verb in (ips.fill, ips.remove):
        filled = verb(pixels, hole, like="night", adaptation=0.0)
        assert filled[hole].max() < 60
    assert asked == ["night", "night"]
    none = np.zeros_like(dark)
    with pytest.raises(ips.StudioError, match="nothing left"):
        ips.fill(pixels, hole, like=(3, 4), sample_from=none)


def test_adaptation_takes_the_colours_around_over() -> None:
    pixels = np.random.default_rng(1).integers(95, 106, (90, 160, 3)).astype(np.uint8)
    pixels[:, 100:] += 12
    hole, brighter = np.zeros((2, 90, 160), bool)
    hole[25:65, 30:70] = brighter[:, 105:] = True
    for verb in (ips.fill, ips.remove):
        levels = [verb(pixels, hole, sample_from=brighter, adaptation=share)[hole].mean() for share in (0, 1)]
        assert levels[0] > 109 and levels[1] < 103
    with pytest.raises(ips.StudioError, match="from 0 to 1"):
        ips.fill(pixels, hole, adaptation=1.5)


def test_equal_seeds_give_equal_fills() -> None:
    a, b, c = (ips.fill(scene(), square(), seed=s) for s in (1, 1, 2))
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_remove_keeps_the_kind_of_picture(channels: int) -> None:
    pixels = {
        1: scene()[..., 0],
        3: scene(),
        4: np.dstack([scene(), np.full(scene().shape[:2], 255, np.uint8)]),
    }
    picture, holes = pixels[channels], []
    out = ips.remove(picture, square(), hole_out=holes.append, filler="telea")
    assert out.shape == picture.shape
    assert out.dtype == np.uint8
    assert (holes[0] > 0).sum() > (square() > 0).sum(), "the soft rim goes too"
    assert np.array_equal(out[holes[0] == 0], picture[holes[0] == 0])


def test_remove_is_fill_of_the_hole() -> None:
    holes = []
    removed = ips.remove(scene(), square(), hole_out=holes.append)
    assert np.array_equal(removed, ips.fill(scene(), holes[0]))


@pytest.mark.parametrize(
    ("hole", "words"),
    [
        (np.zeros((90, 120), np.uint8), "empty"),
        (np.full((90, 120), 255, np.uint8), "whole photo"),
        (np.ones((90, 121), np.uint8), "same size"),
        (np.ones((90, 120), np.float32), "8-bit"),
        (np.ones((90, 120, 3), np.uint8), "size"),
    ],
)
def test_bad_holes_are_told_in_words(hole: np.ndarray, words: str) -> None:
    for verb in (ips.fill, ips.remove):
        with pytest.raises(ips.StudioError, match=words):
            verb(scene(), hole)


def test_unknown_filler_is_told_with_the_known_ones() -> None:
    with pytest.raises(ips.StudioError, match="guided"):
        ips.fill(scene(), square(), filler="magic")


def test_select_by_point_and_by_box() -> None:
    truth = square() > 0
    x, y, w, h = BOX
    by_box = ips.select(scene(), box=(x - 8, y - 8, w + 16, h + 16)) > 127
    assert (by_box & truth).sum() / (by_box | truth).sum() > 0.9
    by_point = ips.select(scene(), points=[(x + w / 2, y + h / 2), (5, 5)], labels=[1, 0]) > 127
    assert (by_point & truth).sum() / (by_point | truth).sum() > 0.8


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "Nothing says where"),
        ({"points": [(10, 10)], "labels": [0]}, "Nothing says where"),
        ({"points": [(500, 10)]}, "500,10 lies outside"),
        ({"points": [(120, 10)]}, "outside"),
        ({"points": [(1, 1)], "labels": [1, 1]}, "one label"),
        ({"points": [(1, 1)], "labels": [2]}, "one label"),
        ({"box": (200, 0, 10, 10)}, "no pixel"),
        ({"box": (5, 5, 0, 10)}, "no pixel"),
    ],
)
def test_senseless_prompts_are_told_in_words(arguments: dict, words: str) -> None:
    with pytest.raises(ips.StudioError, match=words):
        ips.select(scene(), **arguments)


def test_matte_is_soft_and_gives_clean_colours() -> None:
    alpha, colours = ips.matte(scene(), square())
    assert alpha.shape == (90, 120)
    assert colours.shape == (90, 120, 3)
    assert alpha.dtype == colours.dtype == np.uint8
    x, y, w, h = BOX
    assert alpha[y + h // 2, x + w // 2] == 255
    assert alpha[2, 2] == 0
    assert np.abs(colours[alpha > 200].astype(int) - (220, 40, 30)).max() < 60
    with pytest.raises(ips.StudioError, match="empty"):
        ips.matte(scene(), np.zeros((90, 120), np.uint8))


def test_label_map_speaks_of_the_networks_classes(finder: StubFinder) -> None:
    ids, names = ips.label_map(scene())
    assert ids.shape == (90, 120)
    assert names[ids[40, 60]] == "car"


def test_lift_all_then_save_open_and_export(finder: StubFinder, tmp_path) -> None:
    source = tmp_path / "street.png"
    Image.fromarray(scene()).save(source)
    seen = []

    class Watch:
        def report(self, fraction: float, message: str = "") -> None:
            seen.append(fraction)

    document = ips.lift_all(ips.open_photo(source), progress=Watch())
    assert seen == sorted(seen)
    assert seen[-1] == 1
    assert [layer.name for layer in document.layers] == ["Backdrop", "Car", "Person"]
    assert all(layer.colours is not None for layer in document.layers[1:]), "each cutout has clean colours"
    assert document.missing_parts() == []
    project, picture = tmp_path / "street.ora", tmp_path / "flat.png"
    ips.save(document, project)
    assert not document.modified
    ips.export(document, picture)
    flat = np.asarray(Image.open(picture).convert("RGB"), int)
    assert np.abs(flat - scene()).max() <= 2, "lifted and not moved, the picture looks as before"
    again = ips.open_document(project)
    assert [layer.name for layer in again.layers] == ["Backdrop", "Car", "Person"]


def test_cancel_reaches_lift_all(finder: StubFinder) -> None:
    class Stop:
        def report(self, fraction: float, message: str = "") -> None:
            if fraction > 0.3:
                raise ips.Cancelled

    with pytest.raises(ips.Cancelled):
        ips.lift_all(ips.Photo(scene()), progress=Stop())


def test_save_and_export_tell_of_bad_places(tmp_path) -> None:
    document = ips.Document(ips.Photo(scene()))
    for verb, name, words in (
        (ips.save, "a.zip", "must end with"),
        (ips.export, "a.xyz", "must end with"),
        (ips.export, "none/a.png", "no folder"),
        (ips.save, "none/a.ora", "no folder"),
    ):
        with pytest.raises(ips.StudioError, match=words):
            verb(document, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_works_without_qt() -> None:
    code = (
        "import sys; sys.modules['PySide6'] = None\n"
        "import numpy as np, inpaint_studio as ips\n"
        "p = np.random.default_rng(0).integers(0, 255, (60, 60, 3), np.uint8)\n"
        "h = np.zeros((60, 60), np.uint8)\n"
        "h[20:30, 20:30] = 1; assert np.array_equal(ips.fill(p, h, filler='telea')[h == 0], p[h == 0])"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
