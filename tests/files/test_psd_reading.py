"""PSD files made by psd-tools, against the picture that psd-tools itself makes of them."""

import copy
import io
import struct
import warnings

import numpy as np
import pytest
from PIL import Image, ImageCms
from psd_tools import PSDImage
from psd_tools.composite import composite
from psd_tools.constants import BlendMode, ProtectedFlags, Resource, Tag
from psd_tools.psd.descriptor import Descriptor, DescriptorBlock, Double
from psd_tools.psd.image_resources import ImageResource
from psd_tools.psd.layer_and_mask import MaskParameters
from psd_tools.psd.tagged_blocks import TaggedBlock

from inpaint_studio.basics import StudioError
from inpaint_studio.document import BLEND_MODES
from inpaint_studio.files import limits
from inpaint_studio.files.photos import open_photo, photo_from_bytes
from inpaint_studio.files.psd import nodes
from inpaint_studio.files.psd.reading import document_of
from inpaint_studio.render import render
from inpaint_studio.studio.open import has_layers, open_document, openable_suffixes

SIZE = (80, 60)
SOURCE = np.random.default_rng(3).integers(0, 256, (60, 80, 3), np.uint8)


def disc(size: int) -> Image.Image:
    yy, xx = np.mgrid[:size, :size]
    middle = (size - 1) / 2
    cover = np.clip(size / 2 - np.hypot(xx - middle, yy - middle), 0, 1) * 255
    return Image.fromarray(cover.astype(np.uint8))


def started() -> PSDImage:
    """A file with one opaque layer."""
    psd = PSDImage.new("RGBA", SIZE, color=255)
    psd.create_pixel_layer(Image.fromarray(SOURCE), name="Base")
    return psd


def green(psd, name="Green", at=(10, 12), size=(40, 30), alpha=255, **known):
    image = Image.new("RGBA", size, (20, 200, 60, alpha))
    return psd.create_pixel_layer(image, name=name, left=at[0], top=at[1], **known)


def bytes_of(psd: PSDImage) -> bytes:
    file = io.BytesIO()
    psd.save(file)
    return file.getvalue()


def opened(psd: PSDImage):
    return document_of(bytes_of(psd), "a.psd")


def looks(document) -> np.ndarray:
    return render(document.snapshot()).pixels.astype(int)


def composed(psd: PSDImage) -> np.ndarray:
    """The picture as psd-tools makes it of the layers, h×w×4, 0..255."""
    colour, _, alpha = composite(PSDImage.open(io.BytesIO(bytes_of(psd))), force=True)
    return np.concatenate([colour, alpha], axis=2) * 255


def off(psd: PSDImage, document) -> float:
    """Levels by which our picture differs from that of psd-tools, each colour by what covers it."""
    light = [each[..., :3] * each[..., 3:] / 255 for each in (looks(document), composed(psd))]
    alpha = looks(document)[..., 3] - composed(psd)[..., 3]
    return float(max(np.abs(light[0] - light[1]).max(), np.abs(alpha).max()))


def test_layers_groups_and_what_is_known_of_them():
    psd = started()
    group = psd.create_group(name="Gruppe", opacity=128, blend_mode=BlendMode.NORMAL)
    cat = green(group, "cat", (-5, 40), blend_mode=BlendMode.MULTIPLY, opacity=102)
    cat.name = "猫"
    cat.tagged_blocks.set_data(Tag.PROTECTED_SETTING, int(ProtectedFlags.COMPLETE))
    hidden = green(psd, "hidden")
    hidden.visible = False
    joined = psd.create_group(name="Joined")
    green(joined, "x", (50, 5), blend_mode=BlendMode.SCREEN)
    document, notices = opened(psd)
    assert notices == []
    base, folder, out, passing = document.tree.roots
    assert (base.name, base.kind) == ("Base", "backdrop")
    assert (folder.name, folder.isolated, folder.opacity) == ("Gruppe", True, 128 / 255)
    (cat,) = folder.children
    assert (cat.name, cat.blend, cat.opacity, cat.locked) == ("猫", "multiply", 0.4, True)
    assert cat.transform.whole_shift == (-5, 40)
    assert (out.visible, passing.isolated, passing.blend) == (False, False, "normal")
    assert off(psd, document) <= 1.5


@pytest.mark.parametrize("mode", BLEND_MODES)
def test_every_mode(mode):
    psd = started()
    green(psd, alpha=180, blend_mode=BlendMode[mode.upper().replace("-", "_")])
    document, notices = opened(psd)
    assert (document.layers[1].blend, notices) == (mode, [])
    assert off(psd, document) <= 1.5


def test_a_mode_we_have_not_got_is_named_and_the_whole_picture_offered():
    psd = started()
    green(psd, blend_mode=BlendMode.VIVID_LIGHT)
    document, notices = opened(psd)
    assert "“Green” has the blend mode “vivid light”" in notices[0]
    merged = document.tree.roots[-1]
    assert (merged.name, merged.visible) == ("Merged picture", False)
    assert np.abs(merged.source.astype(int) - composed(psd)[..., :3]).max() <= 1


@pytest.mark.parametrize("case", ["plain", "outside shows", "off", "density", "alpha too"])
def test_layer_masks(case):
    psd = started()
    layer = green(psd, alpha=130 if case == "alpha too" else 255)
    layer.create_mask(disc(24), left=4, top=20)
    if case == "outside shows":
        layer.mask.data.background_color = 255
    if case == "off":
        layer.mask.disabled = True
    if case == "density":
        layer.mask.data.flags.parameters_applied = True
        layer.mask.data.parameters = MaskParameters(user_mask_density=128)
    document, notices = opened(psd)
    assert notices == []
    if case == "density":
        # Half of what the mask hides comes back: the specification's words; psd-tools leaves it out.
        want = SOURCE[13, 45] * (128 / 255) + np.multiply((20, 200, 60), 127 / 255)
        assert np.abs(looks(document)[13, 45, :3] - want).max() <= 2
    else:
        assert off(psd, document) <= 1.5


@pytest.mark.parametrize("soft", [False, True])
def test_group_masks(soft):
    psd = started()
    group = psd.create_group(name="G", blend_mode=BlendMode.NORMAL)
    # psd-tools shares them between the two ends of a new group, so that a mask would be in both.
    group._set_bounding_records(group._bounding_record, copy.deepcopy(group._channels))
    green(group, alpha=130)
    green(group, "Second", (30, 20), blend_mode=BlendMode.MULTIPLY)
    mask = disc(40) if soft else disc(40).point(lambda v: 255 * (v > 127))
    group.create_mask(mask, left=12, top=8)
    document, notices = opened(psd)
    assert off(psd, document) <= 1.5
    inside = document.tree.roots[1]
    assert [node.name for node in document.layers][:3] == ["Base", "Green", "Second"]
    assert bool(notices) == soft
    assert all(layer.visible != soft for layer in document.layers[1:3]) or inside.name == "G"


def clipped_to(alpha: Image.Image) -> PSDImage:
    """A shape of that opacity over the base, and two layers that show only inside it."""
    psd = started()
    shape = Image.merge("RGBA", [*(Image.new("L", (40, 40), v) for v in (200, 30, 90)), alpha])
    psd.create_pixel_layer(shape, name="Shape", left=20, top=10, opacity=200)
    for place, mode in ((0, BlendMode.NORMAL), (1, BlendMode.SCREEN)):
        green(
            psd, f"Clip {place}", (30 + 15 * place, 25), (40, 30), alpha=150, blend_mode=mode
        ).clipping = True
    return psd


def test_layers_clipped_to_a_hard_shape():
    psd = clipped_to(Image.new("L", (40, 40), 255))
    document, notices = opened(psd)
    assert off(psd, document) <= 1.5
    assert [layer.name for layer in document.layers] == ["Base", "Shape", "Clip 0", "Clip 1"]
    assert notices == []


def test_layers_clipped_to_a_soft_shape():
    """They cover the shape's colours as if it were opaque, and its opacity is that of all together."""
    document, notices = opened(clipped_to(disc(40)))
    colour = np.ones((60, 80, 3)) * (200, 30, 90)
    one, two = np.zeros((60, 80, 1)), np.zeros((60, 80, 1))
    one[25:55, 30:70], two[25:55, 45:80] = 150 / 255, 150 / 255
    green_one = np.array((20, 200, 60.0))
    colour = colour * (1 - one) + green_one * one
    colour = colour * (1 - two) + (255 - (255 - colour) * (255 - green_one) / 255) * two
    cover = np.zeros((60, 80, 1))
    cover[10:50, 20:60] = np.asarray(disc(40))[..., None] / 255 * 200 / 255
    assert np.abs(looks(document)[..., :3] - (SOURCE * (1 - cover) + colour * cover)).max() <= 2
    assert {layer.name for layer in document.layers} >= {"Base", "Shape", "Clip 0", "Clip 1"}
    assert len(notices) == 2


def tagged(layer, tag, data=b""):
    layer.tagged_blocks[tag] = TaggedBlock(key=tag, data=data)


def test_what_is_left_out_is_named():
    psd = started()
    tagged(green(psd, "Vibrant"), Tag.VIBRANCE)
    tagged(green(psd, "Shadowed"), Tag.OBJECT_BASED_EFFECTS_LAYER_INFO, b"\0\0\0\0")
    tagged(green(psd, "Hello"), Tag.PLACED_LAYER1, b"")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file = io.BytesIO()
        psd._record.write(file)
    document, notices = document_of(file.getvalue(), "a.psd")
    assert any("“Vibrant” is an adjustment that can't be drawn" in notice for notice in notices)
    assert any("“Shadowed” has a layer style" in notice for notice in notices)
    assert any("“Hello”" in notice and "pictures here" in notice for notice in notices)
    assert [layer.name for layer in document.layers] == ["Base", "Shadowed", "Hello", "Merged picture"]


def fill_layer(psd, name, colour, **known):
    """A layer of one colour, as Photoshop has it: no pixels, the colour in a descriptor."""
    layer = green(psd, name, **known)
    rgb = Descriptor(classID=b"RGBC")
    for key, value in zip((b"Rd  ", b"Grn ", b"Bl  "), colour, strict=True):
        rgb[key] = Double(float(value))
    block = DescriptorBlock(version=16, classID=b"null")
    block[b"Clr "] = rgb
    tagged(layer, Tag.SOLID_COLOR_SHEET_SETTING, block)
    for side in ("left", "top", "right", "bottom"):
        setattr(layer._record, side, 0)
    for channel in layer._channels:
        channel.data, channel.compression = b"", 0
    return layer


@pytest.mark.parametrize("inside", ["root", "isolated", "joined"])
def test_an_adjustment_is_a_picture_of_what_lies_below_it(inside):
    """The negative, by its definition: 255 less the colour, where its mask shows it."""
    psd = started()
    place = psd
    if inside != "root":
        mode = BlendMode.NORMAL if inside == "isolated" else BlendMode.PASS_THROUGH
        place = psd.create_group(name="G", blend_mode=mode)
        green(place)
    layer = green(place, "Negative", (0, 0), SIZE)
    layer.create_mask(Image.new("L", (40, 60), 255), left=0, top=0)
    tagged(layer, Tag.INVERT)
    for side in ("left", "top", "right", "bottom"):
        setattr(layer._record, side, 0)
    for channel in layer._channels[:4]:
        channel.data, channel.compression = b"", 0
    document, notices = document_of(bytes_of_raw(psd), "a.psd")
    assert len(notices) == 1
    assert "“Negative” is an adjustment: it is a picture" in notices[0]
    seen = looks(document)
    beneath = {"root": SOURCE[0, 0], "isolated": SOURCE[0, 0], "joined": SOURCE[0, 0]}[inside]
    negative = 255 - beneath.astype(int) if inside != "isolated" else beneath
    assert np.abs(seen[0, 0, :3] - negative).max() <= 1
    assert np.array_equal(seen[5, 70, :3], SOURCE[5, 70])
    if inside != "root":
        assert np.abs(seen[20, 20, :3] - (235, 55, 195)).max() <= 1


def test_an_adjustment_that_needs_more_packages_is_named(monkeypatch):
    def absent(*_):
        raise ImportError

    monkeypatch.setattr(nodes, "adjustment_of", lambda *_: absent)
    psd = started()
    tagged(green(psd, "Curves"), Tag.INVERT)
    document, notices = document_of(bytes_of_raw(psd), "a.psd")
    assert notices[0] == "“Curves” is left out: it can't be drawn here."
    assert [layer.name for layer in document.layers] == ["Base", "Merged picture"]


@pytest.mark.parametrize("visible", [True, False])
@pytest.mark.parametrize("fill", [255, 128])
def test_fills_are_drawn(visible, fill):
    psd = started()
    layer = fill_layer(psd, "Fill", (10, 200, 30), opacity=128)
    layer.create_mask(disc(24), left=4, top=20)
    layer.visible = visible
    if fill < 255:
        layer.tagged_blocks.set_data(Tag.BLEND_FILL_OPACITY, fill)
    document, notices = document_of(bytes_of_raw(psd), "a.psd")
    assert notices == []
    made = document.layers[1]
    assert (made.name, made.visible, made.bounds()) == ("Fill", visible, (4, 20, 24, 24))
    cover = 128 / 255 * fill / 255 if visible else 0
    want = SOURCE[32, 16] * (1 - cover) + np.multiply((10, 200, 30), cover)
    assert np.abs(looks(document)[32, 16, :3] - want).max() <= 1.5
    assert np.array_equal(looks(document)[5, 5, :3], SOURCE[5, 5])


def test_empty_layers_and_files_without_layers():
    psd = PSDImage.frompil(Image.fromarray(SOURCE))
    document, notices = opened(psd)
    assert notices == []
    assert np.array_equal(looks(document)[..., :3], SOURCE)
    psd = started()
    layer = green(psd, "Empty")
    layer._record.right = layer._record.left
    document, _ = document_of(bytes_of_raw(psd), "a.psd")
    assert [layer.name for layer in document.layers] == ["Base"]


def bytes_of_raw(psd: PSDImage) -> bytes:
    """The bytes without a new picture of the whole."""
    file = io.BytesIO()
    psd._record.write(file)
    return file.getvalue()


@pytest.mark.parametrize("depth", [8, 16, 32])
def test_depths(depth):
    psd = PSDImage.new("RGB", SIZE, color=255, depth=depth)
    ramp = np.linspace(0, 1, 80, dtype=np.float32)[None, :, None] * np.ones((60, 1, 3), np.float32)
    psd.create_pixel_layer_from_array(ramp, name="Ramp")
    document, notices = opened(psd)
    assert document.state.deep == (depth > 8)
    want = ramp
    if depth == 32:
        # Light, as the specification has it: by sRGB's curve.
        want = np.where(ramp <= 0.0031308, 12.92 * ramp, 1.055 * ramp ** (1 / 2.4) - 0.055)
    assert np.abs(looks(document)[..., :3] - want * 255).max() <= 1
    assert bool(notices) == (depth == 32)


def icc_of(data: bytes) -> ImageResource:
    return ImageResource(key=Resource.ICC_PROFILE, data=data)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_modes_of_colours(mode):
    picture = Image.fromarray(SOURCE).convert(mode)
    psd = PSDImage.new(mode, SIZE)
    psd.create_pixel_layer(picture, name="Pixels")
    document, notices = opened(psd)
    want = np.asarray(picture.convert("RGB"), int)
    assert np.abs(looks(document)[..., :3] - want).max() <= 1
    assert bool(notices) == (mode == "CMYK")


def test_profiles_are_kept():
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    psd = started()
    psd.image_resources[Resource.ICC_PROFILE] = icc_of(icc)
    document, _ = opened(psd)
    assert document.photo.icc == icc


def test_a_palette_and_bits():
    picture = Image.fromarray(SOURCE).quantize(16)
    file = io.BytesIO()
    places = np.asarray(picture, np.uint8)
    palette = np.zeros((256, 3), np.uint8)
    palette[:16] = np.array(picture.getpalette()[:48], np.uint8).reshape(-1, 3)
    file.write(b"8BPS" + struct.pack(">H6xHIIHHI", 1, 1, 60, 80, 8, 2, 768) + palette.T.tobytes())
    file.write(struct.pack(">IIH", 0, 0, 0) + places.tobytes())
    document, _ = document_of(file.getvalue(), "a.psd")
    assert np.array_equal(looks(document)[..., :3], palette[places])
    bits = np.zeros((60, 80), np.uint8)
    bits[:, ::3] = 1
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 1, 60, 80, 1, 0) + struct.pack(">IIIH", 0, 0, 0, 0)
    document, _ = document_of(head + np.packbits(bits, axis=1).tobytes(), "a.psd")
    assert np.array_equal(looks(document)[..., 0], np.where(bits, 0, 255))


def test_one_damaged_layer_leaves_the_rest():
    psd = started()
    layer = green(psd, "Broken")
    layer._channels[1].data = b"\xff" * 7
    document, notices = document_of(bytes_of_raw(psd), "a.psd")
    assert [node.name for node in document.layers] == ["Base", "Merged picture"]
    assert notices[0] == "“Broken” is left out: it is damaged."


def test_hostile_files_are_refused_in_one_sentence(monkeypatch):
    good = bytes_of(started())
    for bad in (good[:30], good[:200], b"8BPS" + bytes(200), good[:22] + b"\0\x09" + good[24:]):
        with pytest.raises(StudioError) as raised:
            document_of(bad, "a.psd")
        assert "a.psd" in str(raised.value)
        assert "\n" not in str(raised.value)
    with pytest.raises(StudioError, match="megapixels"):
        document_of(good[:14] + struct.pack(">II", 100_000, 90_000) + good[22:], "a.psd")
    with pytest.raises(StudioError, match="multichannel"):
        document_of(good[:24] + struct.pack(">H", 7) + good[26:], "a.psd")
    monkeypatch.setattr(limits.PixelBudget.__init__, "__defaults__", (80 * 60 - 1,))
    with pytest.raises(StudioError, match="together"):
        document_of(good, "a.psd")


def test_groups_nested_too_deeply_are_refused():
    psd = started()
    inside = psd
    for _ in range(limits.MAX_STACK_DEPTH):
        inside = inside.create_group(name="g")
    green(inside)
    with pytest.raises(StudioError, match="damaged"):
        document_of(bytes_of_raw(psd), "a.psd")


def test_where_a_photo_is_wanted_it_is_flat(tmp_path):
    psd = started()
    green(psd, alpha=130)
    (tmp_path / "a.psd").write_bytes(bytes_of(psd))
    photo = open_photo(tmp_path / "a.psd")
    assert np.abs(photo.pixels.astype(int) - composed(psd)[..., :3]).max() <= 1
    assert photo.data == (tmp_path / "a.psd").read_bytes()


def test_a_flat_picture_is_drawn_where_the_file_has_none():
    psd = started()
    green(psd)
    psd.image_resources.get_data(Resource.VERSION_INFO).has_composite = False
    photo = photo_from_bytes(bytes_of_raw(psd), "a.psd")
    assert tuple(photo.pixels[20, 20]) == (20, 200, 60)


def test_files_are_known_by_what_they_hold(tmp_path):
    (tmp_path / "a.png").write_bytes(bytes_of(started()))
    document, _ = open_document(tmp_path / "a.png")
    assert document.layers[0].name == "Base"
    assert {".psd", ".psb", ".ora"} <= set(openable_suffixes())
    assert has_layers(tmp_path / "a.PSB")
    assert not has_layers(tmp_path / "a.png")
