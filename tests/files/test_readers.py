"""Files of every depth and layout, damaged ones too: the right pixels are known because we made them."""

from __future__ import annotations

import io
import struct
import warnings
import zlib

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from inpaint_studio.basics import StudioError
from inpaint_studio.files.photos import open_photo, photo_from_bytes
from inpaint_studio.render.colour import between_profiles, to_srgb
from inpaint_studio.studio.mask_files import read_coverage

WIDTH, HEIGHT = 256, 32
COLUMNS = np.tile(np.arange(WIDTH), (HEIGHT, 1))
RAMP = np.stack([COLUMNS, np.roll(COLUMNS, 80, 1), np.roll(COLUMNS, 160, 1)], -1)
DEPTHS = pytest.mark.parametrize("depth", [np.uint8, np.uint16])


def deep(levels, depth):
    """0..255 as numbers of a type's whole range."""
    return (levels * (np.iinfo(depth).max // 255)).astype(depth)


def tiff(pixels, **options):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, **options)
    return buffer.getvalue()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(data, *chunks):
    """A PNG with chunks put in behind its header."""
    return data[:33] + b"".join(chunks) + data[33:]


def encoded(pixels, kind="PNG", **options):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()


def shown(data, name="a.tif"):
    """Pixels of 8 bits, as signed numbers to subtract."""
    return photo_from_bytes(data, name).pixels.astype(int)


# TIFF


@DEPTHS
@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("compression", [None, "zlib", "lzw", "packbits"])
def test_tiff_layouts(depth, planes, compression):
    pixels = deep(RAMP, depth)
    given = np.moveaxis(pixels, -1, 0) if planes == "separate" else pixels
    data = tiff(given, photometric="rgb", planarconfig=planes, compression=compression)
    assert np.array_equal(shown(data), RAMP)
    if depth == np.uint16:
        assert np.array_equal(photo_from_bytes(data, "a").deep, pixels)


@DEPTHS
def test_tiff_tiles_predictor_and_bigtiff(depth):
    pixels = deep(RAMP, depth)
    data = tiff(pixels, photometric="rgb", tile=(16, 16), compression="zlib", predictor=True, bigtiff=True)
    assert np.array_equal(shown(data), RAMP)


@DEPTHS
def test_tiff_with_0_as_white(depth):
    data = tiff(deep(255 - COLUMNS, depth), photometric="miniswhite")
    assert np.array_equal(shown(data)[..., 0], COLUMNS)


@DEPTHS
@pytest.mark.parametrize("mark", ["unassalpha", "assocalpha"])
@pytest.mark.parametrize("grey", [False, True])
def test_tiff_alpha_straight_and_premultiplied(depth, mark, grey):
    top = np.iinfo(depth).max
    colours = deep(COLUMNS[..., None] if grey else RAMP, depth)
    alpha = np.full((HEIGHT, WIDTH, 1), top // 2, depth)
    alpha[:8] = 0
    written = colours
    if mark == "assocalpha":
        written = np.rint(colours * (alpha / top)).astype(depth)
    data = tiff(
        np.concatenate([written, alpha], -1),
        photometric="minisblack" if grey else "rgb", planarconfig="contig", extrasamples=[mark],
    )  # fmt: skip
    found = shown(data)
    assert found.shape == (HEIGHT, WIDTH, 4)
    wanted = np.repeat(COLUMNS[..., None], 3, -1) if grey else RAMP
    assert np.abs(found[8:, :, :3] - wanted[8:]).max() <= 1
    assert set(np.unique(found[..., 3])) == {0, 127}


def test_tiff_of_one_bit_and_a_palette():
    bits = COLUMNS % 2 == 1
    assert np.array_equal(shown(tiff(bits, photometric="minisblack"))[..., 0], bits * 255)
    palette = np.stack([np.arange(256), 255 - np.arange(256), np.full(256, 7)]).astype(np.uint16) * 257
    found = shown(tiff(COLUMNS.astype(np.uint8), photometric="palette", colormap=palette))
    assert np.array_equal(found[0, 100], (100, 155, 7))


def test_tiff_cmyk_of_16_bits():
    ink = np.zeros((4, 4, 4), np.uint16)
    ink[..., 1:3] = 65535
    data = tiff(ink, photometric="separated", planarconfig="contig")
    assert np.abs(shown(data) - (255, 0, 0)).max() <= 1


@DEPTHS
def test_tiff_lab(depth):
    lab = np.zeros((4, 4, 3), depth)
    lab[..., 0] = np.iinfo(depth).max // 2
    assert np.abs(shown(tiff(lab, photometric="cielab")) - 119).max() <= 1


@pytest.mark.parametrize(("values", "white"), [(1.0, "1"), (255.0, "255"), (65535.0, "65535")])
def test_tiff_of_floats(values, white):
    data = tiff((RAMP / 255 * values).astype(np.float32), photometric="rgb")
    photo = photo_from_bytes(data, "a.tif")
    assert np.abs(photo.pixels.astype(int) - RAMP).max() <= 1
    assert f"0 to {white} " in photo.notices[0]


def test_tiff_of_floats_that_are_no_numbers():
    pixels = (RAMP / 255).astype(np.float32)
    pixels[0, 0], pixels[0, 1] = np.nan, np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.abs(shown(tiff(pixels, photometric="rgb"))[1:] - RAMP[1:]).max() <= 1


@pytest.mark.parametrize("white", [255, 65535, (1 << 32) - 1])
def test_tiff_of_32_bits(white):
    data = tiff((COLUMNS * (white // 255)).astype(np.uint32), photometric="minisblack")
    assert np.abs(shown(data)[..., 0] - COLUMNS).max() <= 1


def test_tiff_of_signed_numbers_is_refused_by_one_sentence():
    with pytest.raises(StudioError, match="signed or complex"):
        photo_from_bytes(tiff(COLUMNS.astype(np.int16)), "a.tif")


def test_tiff_with_fewer_channels_than_its_colours_have_is_refused_by_one_sentence():
    file = io.BytesIO()
    tifffile.imwrite(file, np.zeros((4, 5), np.uint8), photometric="minisblack")
    data = file.getvalue()
    # The photometric interpretation (tag 262, SHORT, one value) says RGB now.
    grey, rgb = (struct.pack("<HHII", 262, 3, 1, value) for value in (1, 2))
    assert grey in data
    with pytest.raises(StudioError, match="damaged"):
        photo_from_bytes(data.replace(grey, rgb), "a.tif")


def test_tiff_whose_pages_follow_each_other_in_a_ring_is_opened():
    file = io.BytesIO()
    tifffile.imwrite(file, np.full((4, 5, 3), 7, np.uint8), photometric="rgb", byteorder="<")
    data = bytearray(file.getvalue())
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    # After the entries of the page, 12 bytes each, stands where the next page is: none. Now it is the same.
    struct.pack_into("<I", data, first + 2 + 12 * count, first)
    assert (photo_from_bytes(bytes(data), "a.tif").pixels == 7).all()


def test_tiff_pages_and_previews():
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(np.zeros((4, 4, 3), np.uint8), photometric="rgb", subfiletype=1)
        writer.write(RAMP.astype(np.uint8), photometric="rgb")
        writer.write(np.zeros((9, 9, 3), np.uint8), photometric="rgb")
    photo = photo_from_bytes(buffer.getvalue(), "a.tif")
    assert np.array_equal(photo.pixels, RAMP)
    assert photo.notices == ("“a.tif” has 2 pages; the first one is opened.",)


def test_tiff_with_a_damaged_strip_opens_without_it():
    data = bytearray(tiff(deep(RAMP, np.uint16), photometric="rgb", compression="zlib", rowsperstrip=8))
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        at = file.pages[0].dataoffsets[1]
    data[at : at + 8] = b"\xff" * 8
    photo = photo_from_bytes(bytes(data), "a.tif")
    assert np.array_equal(photo.pixels[:8], RAMP[:8])
    assert np.array_equal(photo.pixels[16:], RAMP[16:])
    assert "a part of its pixels is missing" in photo.notices[0]


# PNG


def png16(levels):
    return imagecodecs.png_encode(deep(levels, np.uint16))


def test_png_of_16_bit_grey_with_one_colour_keyed_out():
    levels = np.arange(64).reshape(8, 8)
    data = png_with(png16(levels), chunk(b"tRNS", struct.pack(">H", 5 * 257)))
    alpha = photo_from_bytes(data, "a.png").pixels[..., 3]
    assert (alpha == 0).sum() == 1
    assert alpha[0, 5] == 0


@DEPTHS
def test_png_that_is_animated_gives_its_still_picture(depth):
    data = png_with(imagecodecs.png_encode(deep(RAMP, depth)), chunk(b"acTL", struct.pack(">II", 1, 0)))
    frame = struct.pack(">IIIIIHHBB", 0, WIDTH, HEIGHT, 0, 0, 1, 10, 0, 0)
    black = zlib.compress(bytes((1 + WIDTH * 3 * depth().itemsize) * HEIGHT))
    end = data.index(b"IEND") - 4
    data = data[:end] + chunk(b"fcTL", frame) + chunk(b"fdAT", struct.pack(">I", 1) + black) + data[end:]
    photo = photo_from_bytes(data, "a.png")
    assert np.array_equal(photo.pixels[..., :3], RAMP)
    assert "animated" in photo.notices[0]


@DEPTHS
@pytest.mark.parametrize("what", [b"pHYs", b"tEXt", b"gAMA"])
def test_png_with_a_wrong_checksum_beside_the_pixels(depth, what):
    bad = bytearray(chunk(what, b"\0" * 9))
    bad[-1] ^= 255
    data = png_with(imagecodecs.png_encode(deep(RAMP, depth)), bytes(bad))
    photo = photo_from_bytes(data, "a.png")
    assert np.array_equal(photo.pixels, RAMP)
    words = f"its note “{what.decode()}” is unreadable and left out; the pixels are whole"
    assert photo.notices == (f"“a.png” is damaged: {words}.",)


@DEPTHS
def test_png_that_ends_early_shows_the_rows_that_came(depth):
    noise = np.random.default_rng(1).integers(0, 256, RAMP.shape)
    data = imagecodecs.png_encode(deep(noise, depth))
    photo = photo_from_bytes(data[: len(data) * 3 // 4], "a.png")
    missing = int(photo.notices[0].split("lowest ")[1].split()[0])
    assert 0 < missing < HEIGHT // 2
    assert np.array_equal(photo.pixels[:-missing], noise[:-missing])
    # The first of them came in part.
    assert not photo.pixels[1 - missing :].any()


def test_png_without_any_pixels_is_called_a_damaged_png():
    data = encoded(RAMP.astype(np.uint8))
    with pytest.raises(StudioError, match="is a PNG file, but too damaged"):
        photo_from_bytes(data[:45], "a.png")


def test_png_of_label_numbers_is_a_mask(tmp_path):
    mask = np.zeros((20, 30), np.uint16)
    mask[4:9, 5:17] = 1
    for name, data in (("16.png", imagecodecs.png_encode(mask)), ("8.png", encoded(mask.astype(np.uint8)))):
        (tmp_path / name).write_bytes(data)
        coverage = read_coverage(tmp_path / name)
        assert set(np.unique(coverage)) == {0, 255}
        assert (coverage > 0).sum() == 60


# JPEG


def test_jpeg_without_its_end_mark_is_whole():
    data = encoded(RAMP.astype(np.uint8), "JPEG", quality=95)
    photo = photo_from_bytes(data[:-2], "a.jpg")
    assert np.array_equal(photo.pixels, photo_from_bytes(data, "a.jpg").pixels)
    assert photo.notices == ("“a.jpg” is damaged: its end mark is missing. The rest is shown.",)


@pytest.mark.parametrize("grey", [False, True])
def test_jpeg_that_ends_early_tells_how_many_rows_are_missing(grey):
    noise = np.random.default_rng(1).integers(0, 256, (120, 160) if grey else (120, 160, 3), np.uint8)
    options = {} if grey else {"subsampling": 0}
    data = encoded(noise, "JPEG", quality=95, **options)
    photo = photo_from_bytes(data[: len(data) * 7 // 10], "a.jpg")
    missing = int(photo.notices[0].split("lowest ")[1].split()[0])
    assert 24 <= missing <= 48
    whole = photo_from_bytes(data, "a.jpg")
    assert np.array_equal(photo.pixels[: -missing - 8], whole.pixels[: -missing - 8])


# Other kinds


def test_webp_and_gif_animations_give_their_first_picture():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ((255, 0, 0), (0, 255, 0))]
    for kind in ("WEBP", "GIF"):
        buffer = io.BytesIO()
        frames[0].save(buffer, kind, save_all=True, append_images=frames[1:])
        photo = photo_from_bytes(buffer.getvalue(), "a")
        assert np.abs(photo.pixels[..., :3].astype(int) - (255, 0, 0)).max() <= 3
        assert "its first picture is opened" in photo.notices[0]


def test_a_device_or_pipe_is_refused_at_once(tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(StudioError, match="not a picture"):
        open_photo(tmp_path / "pipe.png")


# Colour


def curve_profile(gamma, space=b"GRAY", name="curve"):
    """A grey profile of one gamma, made after ICC.1:2001-04."""

    def tag(kind, body):
        return kind + b"\0\0\0\0" + body

    text = name.encode() + b"\0"
    tags = {
        b"desc": tag(b"desc", struct.pack(">I", len(text)) + text + bytes(78)),
        b"cprt": tag(b"text", b"none\0"),
        b"wtpt": tag(b"XYZ ", struct.pack(">iii", 63190, 65536, 54061)),
        b"kTRC": tag(b"curv", struct.pack(">IH", 1, round(gamma * 256))),
    }
    table, body, at = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for sign, data in tags.items():
        data += bytes(-len(data) % 4)
        table += sign + struct.pack(">II", at + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s", at + len(body), b"\0\0\0\0", 0x02400000, b"mntr", space, b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">iii", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + body


def lcms(pixels, icc):
    """What Pillow's LittleCMS makes of 8-bit pixels in sRGB."""
    picture = ImageCms.profileToProfile(
        Image.fromarray(pixels), ImageCms.ImageCmsProfile(io.BytesIO(icc)), ImageCms.createProfile("sRGB"),
        ImageCms.Intent.RELATIVE_COLORIMETRIC, "RGB", flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )  # fmt: skip
    return np.asarray(picture).astype(int)


@DEPTHS
@pytest.mark.parametrize("gamma", [1.0, 1.8])
@pytest.mark.parametrize("alpha", [False, True])
def test_grey_profiles_are_converted_at_every_depth_and_with_alpha(depth, gamma, alpha):
    icc = curve_profile(gamma)
    grey = deep(COLUMNS, depth)
    pixels = np.dstack([grey, np.full_like(grey, np.iinfo(depth).max)]) if alpha else grey
    data = png_with(
        imagecodecs.png_encode(np.ascontiguousarray(pixels)),
        chunk(b"iCCP", b"grey\0\0" + zlib.compress(icc)),
    )
    photo = photo_from_bytes(data, "a.png")
    wanted = lcms(COLUMNS.astype(np.uint8), icc)
    assert photo.icc is None
    assert np.abs(photo.pixels[..., :3].astype(int) - wanted).max() <= 1
    # Two values that are known by themselves: of linear grey 64 and of gamma 1.8.
    assert abs(int(photo.pixels[0, 64, 0]) - {1.0: 137, 1.8: 81}[gamma]) <= 1


def rgb_profile(name, gamma):
    """sRGB's colours with another curve, under a name of choice."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", profile, 128)[0]
    for index in range(count):
        sign, at, _ = struct.unpack_from(">4sII", profile, 132 + 12 * index)
        if sign in (b"rTRC", b"gTRC", b"bTRC"):
            # A parametric curve of type 0: just a gamma.
            struct.pack_into(">4sIHHi", profile, at, b"para", 0, 0, 0, round(gamma * 65536))
        if sign == b"desc":
            text = name.encode("utf-16-be")
            struct.pack_into(f">{len(text)}s", profile, at + 28, text)
    return bytes(profile)


def test_profiles_are_judged_by_what_they_do_not_by_their_name():
    linear = rgb_profile("sRGB", 1.0)
    pixels = RAMP.astype(np.uint8)
    assert np.abs(to_srgb(pixels, linear).astype(int) - lcms(pixels, linear)).max() <= 1
    assert to_srgb(pixels, linear)[0, 64, 0] == 137
    named_otherwise = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert to_srgb(pixels, named_otherwise) is pixels


def test_pixels_come_back_from_a_wider_profile():
    wide = rgb_profile("mine", 1.8)
    pixels = RAMP.astype(np.uint8)
    there = between_profiles(pixels, None, wide)
    assert not np.array_equal(there, pixels)
    assert np.abs(between_profiles(there, wide, None).astype(int) - pixels).max() <= 2
    assert between_profiles(pixels, wide, wide) is pixels
