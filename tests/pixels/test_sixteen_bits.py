"""16 bits a channel from opening to the drawn picture, and back from a project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from icc import P3, SRGB, rgb_profile

from inpaint_studio.basics import Mask
from inpaint_studio.basics.surface import Pixels
from inpaint_studio.document import Adjustment, Document, Photo, Transform, parts
from inpaint_studio.files.photos import photo_from_pixels
from inpaint_studio.files.project import open_project, save_project
from inpaint_studio.render import render
from inpaint_studio.studio import edit, enhance, lift
from inpaint_studio.studio.fill import fill_missing, fill_pixels
from inpaint_studio.studio.find import finder_pixels, rgb
from inpaint_studio.studio.finish import settle_edge
from inpaint_studio.studio.properties import set_property

WIDTH, HEIGHT = 240, 160


def slope(channels: int = 3) -> Pixels:
    """A gradient so gentle that each of its 8-bit levels is 20 pixels wide: bands would be seen at once."""
    columns = np.arange(WIDTH) * 12.0
    planes = [20000 + columns, 30000 + 0.5 * columns, 40000 - columns, np.full(WIDTH, 65535)]
    rows = np.stack(planes[:channels], -1)[None]
    return np.repeat(np.rint(rows), HEIGHT, 0).astype(np.uint16)


def noisy() -> Pixels:
    return np.random.default_rng(5).integers(0, 65536, (HEIGHT, WIDTH, 4)).astype(np.uint16)


def disc(x: int, y: int, radius: int) -> Mask:
    yy, xx = np.mgrid[:HEIGHT, :WIDTH]
    return Mask.place(np.where(np.hypot(xx - x, yy - y) < radius, 255, 0).astype(np.uint8))


def drawn(document: Document) -> Pixels:
    return render(document.snapshot(), dtype=np.uint16).pixels


def deep_photo(pixels: Pixels, icc: bytes | None = None) -> Document:
    return Document(photo_from_pixels(pixels, icc=icc))


@pytest.mark.parametrize("pixels", [slope(), noisy()], ids=["opaque", "alpha"])
def test_an_untouched_photo_is_drawn_bit_for_bit(pixels: Pixels) -> None:
    made = drawn(deep_photo(pixels))
    assert np.array_equal(made[..., : pixels.shape[2]], pixels)


def test_what_is_not_touched_stays_bit_for_bit(tmp_path: Path) -> None:
    document = deep_photo(slope())
    mask = disc(80, 80, 20)
    cutout = lift.lift(document, mask)
    settle_edge(document, cutout)
    fill_missing(document)
    assert np.array_equal(drawn(document)[..., :3], slope())
    edit.transform(document, cutout, replace(document.layer(cutout).transform, dx=100.0))
    made = drawn(document)
    hole = document.tree.base.hole.full((HEIGHT, WIDTH)) > 0
    shown = np.roll(document.layer(cutout).mask.full((HEIGHT, WIDTH)), 100, 1) > 0
    assert np.array_equal(made[~hole & ~shown][:, :3], slope()[~hole & ~shown])
    # Moved by whole pixels it is the photo's own numbers, moved.
    solid = np.roll(document.layer(cutout).mask.full((HEIGHT, WIDTH)) == 255, 100, 1)
    assert solid.any()
    assert np.array_equal(made[solid][:, :3], np.roll(slope(), 100, 1)[solid])


def test_a_fill_has_no_bands() -> None:
    document = deep_photo(slope())
    lift.remove(document, disc(120, 80, 30))
    fill_missing(document)
    made, hole = drawn(document)[..., :3].astype(int), document.tree.base.hole.full((HEIGHT, WIDTH)) > 0
    assert np.abs(made - slope())[hole].max() < 257
    # Filled in 8 bits the steps would be 257 high, with flat bands between them.
    assert np.abs(np.diff(made, axis=1))[:, 85:155].max() < 128
    row = made[80, 92:148, 0]
    assert len(np.unique(row)) > 40


@pytest.mark.parametrize("filler", ["telea", "guided", "auto"])
def test_arrays_of_sixteen_bits_are_filled_as_such(filler: str) -> None:
    pixels, hole = slope(), disc(120, 80, 25).full((HEIGHT, WIDTH))
    out = fill_pixels(pixels, hole, filler=filler)
    assert out.dtype == np.uint16 and np.array_equal(out[hole == 0], pixels[hole == 0])
    assert len(np.unique(out[80, 96:144, 0])) > 20


def test_blending_and_adjusting_make_no_bands() -> None:
    document = deep_photo(slope())
    copy = edit.duplicate(document, document.tree.base.id)
    set_property(document, copy, "blend", "multiply")
    set_property(document, copy, "opacity", 0.5)
    values = slope()[0, :, 0] / 65535
    wanted = np.rint((0.5 * values + 0.5 * values**2) * 65535)
    assert np.abs(drawn(document)[10, :, 0] - wanted).max() <= 2
    brighter = Adjustment("a", "brightness_contrast", {"brightness": 0.1})
    document.apply("adjust", document.state.with_tree(document.tree.above(None, brighter)))
    assert np.abs(drawn(document)[10, :, 0] - (wanted + 6553.5)).max() <= 3


def test_a_scaled_layer_is_made_of_sixteen_bits() -> None:
    document = deep_photo(slope())
    cutout = lift.lift(document, disc(120, 80, 40))
    layer = document.layer(cutout)
    edit.transform(document, cutout, replace(layer.transform, scale_x=2.0, scale_y=2.0))
    row = drawn(document)[80, 70:170, 0]
    # Twice as wide the slope is half as steep: 6 a pixel.
    assert len(np.unique(row)) > 90 and np.abs(np.diff(row.astype(int)) - 6).max() <= 2


@pytest.mark.parametrize("pixels", [slope(), noisy()], ids=["opaque", "alpha"])
def test_a_project_keeps_sixteen_bits(pixels: Pixels, tmp_path: Path) -> None:
    document = deep_photo(pixels)
    cutout = lift.lift(document, disc(80, 80, 20))
    edit.transform(document, cutout, Transform(dx=60.5, degrees=12, pivot=(80, 80)))
    lift.remove(document, disc(180, 40, 15))
    fill_missing(document)
    path = tmp_path / "a.ora"
    save_project(document.snapshot(), document.photo, path)
    again, notices = open_project(path)
    assert not notices and np.array_equal(drawn(again), drawn(document))


def test_a_pasted_picture_keeps_its_bits_and_gets_the_documents_colours() -> None:
    document = deep_photo(slope(), rgb_profile(SRGB))
    lift.put_picture(document, photo_from_pixels(slope(), "p.png", rgb_profile(P3)))
    made, before = drawn(document)[..., :3].astype(int), slope().astype(int)
    from PIL import Image, ImageCms

    profiles = [ImageCms.ImageCmsProfile(_stream(icc)) for icc in (rgb_profile(P3), rgb_profile(SRGB))]
    eight = Image.fromarray((before / 257).round().astype(np.uint8))
    wanted = np.asarray(ImageCms.profileToProfile(
        eight, *profiles, renderingIntent=1, flags=ImageCms.Flags.BLACKPOINTCOMPENSATION))  # fmt: skip
    assert np.abs(made / 257 - wanted).max() <= 1.5
    assert np.abs(np.diff(made, axis=1)).max() < 128


def _stream(data: bytes):  # type: ignore[no-untyped-def]
    import io

    return io.BytesIO(data)


def test_networks_change_eight_bits_and_the_rest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    class Same:
        def enhance(self, image, *, strength=1.0, progress=None):  # type: ignore[no-untyped-def]
            assert image.dtype == np.uint8
            return image.copy()

    monkeypatch.setattr(enhance.registry, "load_usual", lambda kind: Same())
    assert np.array_equal(enhance.enhance_pixels(noisy()), noisy())


def test_a_photo_of_eight_bits_takes_no_more_memory() -> None:
    pixels = np.zeros((40, 50, 3), np.uint8)
    document = Document(Photo(pixels))
    assert document.tree.base.source is pixels and not document.state.deep
    cutout = lift.lift(document, Mask.place(np.full((10, 10), 255, np.uint8)))
    assert document.layer(cutout).source is pixels


def test_a_fill_says_that_it_was_worked_out_in_eight_bits() -> None:
    document = deep_photo(slope())
    lift.remove(document, disc(120, 80, 10))
    fill_missing(document)
    ((_, part),) = [(layer, part) for layer in document.layers for part in parts(document.tree, layer)]
    assert "8 bits" in document.fills.note(part.key)
    shallow = Document(Photo(np.ascontiguousarray(slope() // 257).astype(np.uint8)))
    lift.remove(shallow, disc(120, 80, 10))
    fill_missing(shallow)
    ((_, part),) = [(layer, part) for layer in shallow.layers for part in parts(shallow.tree, layer)]
    assert "8 bits" not in shallow.fills.note(part.key)


@pytest.mark.parametrize("channels", [3, 4])
def test_finders_see_a_deep_photo_in_8_bits(channels: int) -> None:
    pixels = np.full((40, 50, channels), 65535, np.uint16)
    pixels[:20, :, :3] = 257 * 90
    seen = rgb(finder_pixels(deep_photo(pixels).snapshot()))
    assert seen.dtype == np.uint8 and seen.shape == (40, 50, 3)
    assert (seen[:20] == 90).all() and (seen[20:] == 255).all()
