"""PSD files as psd-tools and Pillow read them: neither knows anything of ours."""

import io

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import BlendMode, Resource

from inpaint_studio.basics import Mask, StudioError
from inpaint_studio.document import (
    BLEND_MODES,
    Adjustment,
    Backdrop,
    Cutout,
    Document,
    Group,
    Photo,
    Picture,
    State,
    Transform,
    Tree,
)
from inpaint_studio.document.metadata import Metadata
from inpaint_studio.files.export import export, export_pixels
from inpaint_studio.files.psd import writing
from inpaint_studio.files.psd.writing import write_document
from inpaint_studio.files.writers import Beside
from inpaint_studio.render import render

SOURCE = np.random.default_rng(1).integers(0, 256, (60, 80, 3), np.uint8)


def disc(size: int) -> np.ndarray:
    yy, xx = np.mgrid[:size, :size]
    middle = (size - 1) / 2
    return (np.clip(size / 2 - np.hypot(xx - middle, yy - middle), 0, 1) * 255).astype(np.uint8)


def document(*nodes, source: np.ndarray = SOURCE) -> Document:
    return Document(Photo(source), State((0, 0, source.shape[1], source.shape[0]), Tree(nodes)))


def spot(name: str = "Spot", at: tuple[float, float] = (20, 10), **known) -> Picture:
    return Picture(name, np.full((10, 12, 3), (200, 10, 30), np.uint8), transform=Transform(*at), **known)


def written(made: Document, **known) -> PSDImage:
    return PSDImage.open(io.BytesIO(write_document(made.snapshot(), Beside(), **known)))


def composed(psd: PSDImage) -> np.ndarray:
    """The picture as psd-tools makes it of the layers alone, 0..255."""
    return np.asarray(psd.composite(force=True, ignore_preview=True, apply_icc=False).convert("RGBA"), int)


def test_names_order_places_and_properties():
    group = Group("Gruppe", (spot("猫 “1”", (-3, 7), opacity=0.5, tag="green", locked=True),), isolated=True)
    psd = written(document(Backdrop("Фото", SOURCE), group, spot("x" * 300, visible=False)))
    base, folder, long = psd
    cat = folder[0]
    assert [layer.name for layer in (base, folder, cat, long)] == ["Фото", "Gruppe", "猫 “1”", "x" * 255]
    assert (cat.offset, cat.size, cat.opacity) == ((-3, 7), (12, 10), 128)
    assert (cat.sheet_color.name, cat.locks.complete, long.visible, cat.visible) == (
        "GREEN",
        True,
        False,
        True,
    )
    assert (folder.is_group(), folder.blend_mode) == (True, BlendMode.NORMAL)
    joined = written(document(Backdrop("b", SOURCE), Group("g", (spot(),))))
    assert joined[1].blend_mode == BlendMode.PASS_THROUGH


@pytest.mark.parametrize("bits", [8, 16])
def test_pixels_are_kept_and_the_picture_is_there(bits):
    dtype = np.dtype(f"uint{bits}")
    source = SOURCE if bits == 8 else np.random.default_rng(4).integers(0, 65536, SOURCE.shape, np.uint16)
    made = document(Backdrop("b", source), spot(opacity=0.5))
    psd = written(made, dtype=dtype)
    scale = np.iinfo(dtype).max
    assert (psd.depth, psd.channels) == (bits, 3)
    assert np.array_equal(np.rint(psd[0].numpy("color") * scale), source)
    want = render(made.snapshot(), dtype=dtype).pixels[..., :3]
    assert np.array_equal(np.rint(psd.numpy("color") * scale), want)
    if bits == 8:
        assert np.array_equal(
            np.asarray(Image.open(io.BytesIO(write_document(made.snapshot(), Beside())))), want
        )


@pytest.mark.parametrize("mode", BLEND_MODES)
def test_every_mode_has_its_key(mode):
    group = Group("g", (spot(),), blend=mode, isolated=True)
    _, *found = written(document(Backdrop("b", SOURCE), spot(blend=mode), group))
    assert [layer.blend_mode.name.lower().replace("_", "-") for layer in found] == [mode, mode]


@pytest.mark.parametrize("mode", BLEND_MODES)
def test_layers_composed_by_another_program_look_the_same(mode):
    turned = Cutout("t", SOURCE, Mask(30, 6, disc(20)), transform=Transform(-4, 20, 1.2, 0.9, 30, (40, 16)))
    group = Group("g", (spot(blend=mode, opacity=0.7), turned), opacity=0.6)
    made = document(Backdrop("b", SOURCE), group, Group("p", (spot(at=(50, 40), blend=mode),)))
    assert np.abs(composed(written(made)) - render(made.snapshot()).pixels).max() <= 1


def test_a_cutout_has_a_mask_over_its_pixels():
    cutout = Cutout("c", SOURCE, Mask(5, 6, disc(20)), transform=Transform(10, 3))
    layer = written(document(Backdrop("b", SOURCE), cutout))[1]
    assert (layer.mask.bbox, layer.mask.background_color) == ((15, 9, 35, 29), 0)
    assert np.array_equal(np.rint(layer.mask.topil()), disc(20))
    assert np.array_equal(np.rint(layer.numpy("color") * 255), SOURCE[6:26, 5:25])
    assert (layer.numpy("shape") == 1).all()


def test_what_hides_nothing_is_transparent():
    source = np.where(disc(20)[..., None] > 0, np.uint8(90), np.uint8(0)) * np.ones(3, np.uint8)
    layer = written(document(Backdrop("b", SOURCE), Picture("p", source, Mask(0, 0, disc(20)))))[1]
    assert layer.mask is None
    assert np.array_equal(np.rint(layer.numpy("shape")[..., 0] * 255), disc(20))


def test_an_adjustment_is_a_picture_of_what_lies_below():
    inner = Group("g", (spot(), Adjustment("Light", "exposure", {"stops": 1.0})), isolated=True)
    made = document(
        Backdrop("b", SOURCE), Adjustment("Dark", "exposure", {"stops": -1.0}, opacity=0.5), inner
    )
    psd = written(made)
    assert (psd[1].name, psd[1].opacity, psd[2][1].name) == ("Dark", 255, "Light")
    assert np.abs(composed(psd) - render(made.snapshot()).pixels).max() <= 1


def test_transparency():
    source = np.zeros((60, 80, 3), np.uint8)
    made = document(spot(opacity=0.5), source=source)
    data = write_document(made.snapshot(), Beside())
    psd = PSDImage.open(io.BytesIO(data))
    want = render(made.snapshot()).pixels
    assert psd.channels == 4
    assert np.array_equal(np.rint(psd.numpy("shape")[..., 0] * 255), want[..., 3])
    seen = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))
    assert np.array_equal(seen[..., 3], want[..., 3])
    # On white, as Photoshop stores it.
    assert tuple(seen[0, 0]) == (255, 255, 255, 0)
    assert np.abs(seen[12, 22, :3].astype(int) - (228, 133, 143)).max() <= 1


def test_profile_metadata_and_resolution(tmp_path):
    from inpaint_studio.files.profiles import srgb

    exif = Image.Exif()
    exif[0x13B] = "Ann"
    told = Metadata(exif.tobytes()[6:], b"<x:xmpmeta/>", (), (300.0, 150.0))
    made = Document(Photo(SOURCE, icc=srgb()), State((0, 0, 80, 60), Tree((Backdrop("b", SOURCE),))))
    export(made.snapshot(), tmp_path / "a.psd", metadata=told)
    with Image.open(tmp_path / "a.psd") as seen:
        assert seen.info["icc_profile"] == srgb()
    found = PSDImage.open(tmp_path / "a.psd").image_resources
    assert b"Ann" in found.get_data(Resource.EXIF_DATA_1)
    assert found.get_data(Resource.XMP_METADATA) == b"<x:xmpmeta/>"
    size = found.get_data(Resource.RESOLUTION_INFO)
    assert (size.horizontal / 65536, size.vertical / 65536) == (300, 150)


@pytest.mark.parametrize("shape", [(9, 7), (9, 7, 3), (9, 7, 4)])
def test_flat_pictures(tmp_path, shape):
    pixels = np.random.default_rng(2).integers(0, 256, shape, np.uint8)
    export_pixels(pixels, tmp_path / "a.psb")
    psd = PSDImage.open(tmp_path / "a.psb")
    assert (psd.version, len(list(psd)), psd.size) == (2, 1, (7, 9))
    colour = pixels[..., :3] if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, 2)
    alpha = pixels[..., 3] if shape[-1] == 4 else 255
    assert np.array_equal(np.rint(psd[0].numpy("color") * 255), colour)
    assert (np.rint(psd[0].numpy("shape")[..., 0] * 255) == alpha).all()


def test_the_same_document_gives_the_same_file_at_any_time():
    made = document(Backdrop("b", SOURCE))
    psd = written(made)
    # The date in the header of the profile, ICC.1:2022, 7.2.8, is no date of ours.
    assert psd.image_resources.get_data(Resource.ICC_PROFILE)[24:30] == bytes((7, 208, 0, 1, 0, 1))


def test_too_large_names_what_helps(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "_MOST_BYTES", 1000)
    with pytest.raises(StudioError, match="PSB"):
        export(document(Backdrop("b", SOURCE)).snapshot(), tmp_path / "a.psd")
    export(document(Backdrop("b", SOURCE)).snapshot(), tmp_path / "a.psb")
    with pytest.raises(StudioError, match="30000"):
        export_pixels(np.zeros((1, 30001), np.uint8), tmp_path / "b.psd")
    assert [path.name for path in tmp_path.iterdir()] == ["a.psb"]
