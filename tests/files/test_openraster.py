import struct
import zipfile
import zlib

import numpy as np
import pytest

from inpaint_studio.basics import StudioError
from inpaint_studio.files import limits
from inpaint_studio.files.openraster import Reader
from inpaint_studio.files.png import encode_png
from inpaint_studio.files.project import open_project, save_project
from inpaint_studio.render import render

RED = encode_png(np.full((20, 30, 3), (255, 0, 0), np.uint8))


def spot(size=6, alpha=255):
    picture = np.zeros((size, size, 4), np.uint8)
    picture[1:4, 2:5] = (0, 0, 255, alpha)
    return encode_png(picture)


def ora(path, layers, extra=None, head='<image w="30" h="20" version="0.0.3">', mimetype=b"image/openraster"):
    """An OpenRaster file as another program writes it; `layers` is what stands in the root stack."""
    members = {"data/red.png": RED, "data/spot.png": spot(), **(extra or {})}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype is not None:
            archive.writestr("mimetype", mimetype)
        archive.writestr(
            "stack.xml", f"<?xml version='1.0' encoding='UTF-8'?>{head}<stack>{layers}</stack></image>"
        )
        for name, data in members.items():
            archive.writestr(name, data)
    return path


ERASER = 'src="data/spot.png" x="8" y="6" composite-op="svg:dst-out"'


def pixel(document, x, y):
    return tuple(render(document.snapshot()).pixels[y, x].tolist())


@pytest.mark.parametrize(
    ("operator", "inside", "outside"),
    [
        # Of a blue square on red, by W3C Compositing and Blending Level 1: in the square, beside it.
        ("clear", 0, 0),
        ("src", "blue", 0),
        ("dst", "red", "red"),
        ("dst-over", "red", "red"),
        ("src-in", "blue", 0),
        ("dst-in", "red", 0),
        ("src-out", 0, 0),
        ("dst-out", 0, "red"),
        ("src-atop", "blue", "red"),
        ("dst-atop", "red", 0),
        ("xor", 0, "red"),
        ("plus", (255, 0, 255, 255), "red"),
    ],
)
def test_operators_look_as_they_should(tmp_path, operator, inside, outside):
    known = {"red": (255, 0, 0, 255), "blue": (0, 0, 255, 255)}
    layers = (
        f'<layer name="Op" src="data/spot.png" x="8" y="6" composite-op="svg:{operator}"/>'
        '<layer name="Red" src="data/red.png"/>'
    )
    document, notices = open_project(ora(tmp_path / "a.ora", layers))
    for place, want in (((11, 8), inside), ((1, 1), outside)):
        found = pixel(document, *place)
        assert found == known.get(want, want) or (want == 0 and found[3] == 0)
    assert any("“Op” with the mode" in notice for notice in notices)
    assert {layer.name for layer in document.layers} >= {"Op", "Red"}, "nothing is lost"


@pytest.mark.parametrize("opacity", [1.0, 0.5])
def test_an_eraser_over_two_layers(tmp_path, opacity):
    layers = (
        f'<layer name="Eraser" {ERASER} opacity="{opacity}"/>'
        '<layer name="Half" src="data/half.png" opacity="0.5"/><layer name="Red" src="data/red.png"/>'
    )
    half = encode_png(np.full((20, 30, 3), (0, 255, 0), np.uint8))
    document, notices = open_project(ora(tmp_path / "a.ora", layers, {"data/half.png": half}))
    erased, beside = pixel(document, 11, 8), pixel(document, 0, 0)
    assert beside == (128, 128, 0, 255) or np.abs(np.subtract(beside, (127, 128, 0, 255))).max() <= 1
    assert abs(erased[3] - round(255 * (1 - opacity))) <= 1
    if opacity < 1:
        assert np.abs(np.subtract(erased[:3], beside[:3])).max() <= 1
        assert "one picture" in notices[0]
        hidden = document.tree.roots[0].children[:-1]
        assert [(node.name, node.visible) for node in hidden] == [
            ("Red", False), ("Half", False), ("Eraser", False),
        ]  # fmt: skip
    else:
        assert [(node.name, node.visible) for node in document.tree.roots] == [
            ("Red", True), ("Half", True), ("Eraser", False),
        ]  # fmt: skip


def test_an_operator_in_a_group_reaches_as_far_as_the_group(tmp_path):
    eraser = f'<layer name="Eraser" {ERASER}/>'
    blue = '<layer name="Blue" src="data/blue.png"/>'
    blue_png = {"data/blue.png": encode_png(np.full((20, 30, 3), (0, 0, 255), np.uint8))}
    seen = {}
    for isolation in ("isolate", "auto"):
        layers = f'<stack name="G" isolation="{isolation}">{eraser}{blue}</stack><layer src="data/red.png"/>'
        document, _ = open_project(ora(tmp_path / f"{isolation}.ora", layers, blue_png))
        seen[isolation] = pixel(document, 11, 8)
        assert pixel(document, 0, 0) == (0, 0, 255, 255)
    assert seen["isolate"] == (255, 0, 0, 255)
    assert seen["auto"][3] == 0


def test_a_hidden_eraser_erases_nothing(tmp_path):
    layers = f'<layer name="Eraser" {ERASER} visibility="hidden"/><layer src="data/red.png"/>'
    document, notices = open_project(ora(tmp_path / "a.ora", layers))
    assert pixel(document, 11, 8) == (255, 0, 0, 255)
    assert "svg:dst-out" in notices[0]


@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("broken", ['src="data/gone.png"', 'src="data/cut.png"', ""])
def test_one_broken_layer_does_not_refuse_the_rest(tmp_path, broken, merged):
    extra = {"data/cut.png": RED[:42]}
    if merged:
        extra["mergedimage.png"] = encode_png(np.full((20, 30, 3), (1, 2, 3), np.uint8))
    layers = f'<layer name="Lost" {broken}/><layer name="Red" src="data/red.png"/>'
    document, notices = open_project(ora(tmp_path / "a.ora", layers, extra))
    assert pixel(document, 3, 3) == (255, 0, 0, 255)
    assert notices[0].startswith("“Lost” is left out: its picture is missing or damaged")
    names = [(layer.name, layer.visible) for layer in document.layers]
    assert names == [("Red", True)] + [("Merged picture", False)] * merged
    assert len(notices) == 1 + merged


def test_the_merged_picture_stands_in_for_layers_that_are_all_broken(tmp_path):
    merged = {"mergedimage.png": encode_png(np.full((20, 30, 3), (1, 2, 3), np.uint8))}
    document, _ = open_project(ora(tmp_path / "a.ora", '<layer name="Lost" src="data/gone.png"/>', merged))
    assert pixel(document, 3, 3) == (1, 2, 3, 255)


def test_groups_that_are_composed_apart_say_so(tmp_path):
    layers = '<stack name="G" opacity="0.5"><layer src="data/spot.png"/></stack><layer src="data/red.png"/>'
    document, _ = open_project(ora(tmp_path / "a.ora", layers))
    save_project(document.snapshot(), document.photo, tmp_path / "b.ora")
    with zipfile.ZipFile(tmp_path / "b.ora") as archive:
        assert b'isolation="isolate"' in archive.read("stack.xml")
    again, notices = open_project(tmp_path / "b.ora")
    assert (again.tree.roots[1].isolated, notices) == (False, [])


def test_exclusion_goes_to_krita_and_back(tmp_path):
    layers = '<layer src="data/spot.png" composite-op="krita:exclusion"/><layer src="data/red.png"/>'
    document, notices = open_project(ora(tmp_path / "a.ora", layers))
    assert (document.layers[1].blend, notices) == ("exclusion", [])
    save_project(document.snapshot(), document.photo, tmp_path / "b.ora")
    with zipfile.ZipFile(tmp_path / "b.ora") as archive:
        assert b'composite-op="krita:exclusion"' in archive.read("stack.xml")


def test_layers_of_another_program(tmp_path):
    multiply = 'composite-op="svg:multiply" opacity="0.5"'
    spot_layer = f'<layer name="Spot" src="data/spot.png" x="3.0" y="1" {multiply}/>'
    path = ora(
        tmp_path / "a.ora",
        f'<stack name="Group" x="10" y="2" opacity="0.5"><stack y="1.0">{spot_layer}</stack></stack>'
        '<layer name="Odd" src="data/spot.png" visibility="hidden" composite-op="krita:weird"/>'
        '<layer src="data/red.png"/>',
        head='<image w="30" h="20">',
    )
    document, notices = open_project(path)
    red, odd, found = document.layers
    assert (red.kind, red.name, red.mask) == ("backdrop", "Layer", None)
    assert (odd.blend, odd.visible) == ("normal", False)
    outer = document.tree.roots[2]
    assert (outer.name, outer.opacity, outer.children[0].children) == ("Group", 0.5, (found,))
    assert (found.name, found.blend, found.opacity, found.source.shape) == (
        "Spot",
        "multiply",
        0.5,
        (3, 3, 3),
    )
    assert found.mask is None
    assert (found.transform.dx, found.transform.dy) == (10 + 3 + 2, 2 + 1 + 1 + 1)
    assert document.canvas == (0, 0, 30, 20)
    assert document.photo.size == (30, 20)
    assert document.photo.pixels is red.source
    assert len(notices) == 1
    assert "krita:weird" in notices[0]
    assert tuple(render(document.snapshot()).pixels[0, 0]) == (255, 0, 0, 255)


def test_a_group_of_another_program_fades_as_one_picture(tmp_path):
    def plain(colour):
        return encode_png(np.full((40, 40, 3), colour, np.uint8))

    members = {"data/low.png": plain((255, 0, 0)), "data/high.png": plain((0, 255, 0))}
    layers = '<layer src="data/high.png"/><layer src="data/low.png"/>'
    ground = {"data/ground.png": encode_png(np.full((20, 30, 3), (200, 100, 50), np.uint8))}
    path = ora(
        tmp_path / "a.ora",
        f'<stack opacity="0.5">{layers}</stack><layer src="data/ground.png"/>',
        members | ground,
    )
    document, notices = open_project(path)
    # Half of the green, none of the red that the green covers.
    assert tuple(render(document.snapshot()).pixels[10, 10]) == (100, 178, 25, 255)
    save_project(document.snapshot(), document.photo, tmp_path / "b.ora")
    again, _ = open_project(tmp_path / "b.ora")
    np.testing.assert_array_equal(render(again.snapshot()).pixels, render(document.snapshot()).pixels)
    assert notices == []


def test_soft_edges_and_empty_layers(tmp_path):
    extra = {"data/soft.png": spot(alpha=100), "data/none.png": encode_png(np.zeros((4, 4, 4), np.uint8))}
    path = ora(tmp_path / "a.ora", '<layer src="data/none.png"/><layer src="data/soft.png" x="-3"/>', extra)
    document, _ = open_project(path)
    soft, none = document.layers
    assert soft.kind == "picture"
    assert soft.mask.box == (0, 0, 3, 3)
    assert (soft.mask.crop == 100).all()
    assert not none.mask
    assert document.photo.size == (30, 20)
    assert tuple(document.photo.pixels[2, 0]) == (0, 0, 255, 100)


def test_the_merged_picture_is_the_photo_where_no_layer_covers(tmp_path):
    merged = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    path = ora(tmp_path / "a.ora", '<layer src="data/spot.png"/>', {"mergedimage.png": encode_png(merged)})
    document, _ = open_project(path)
    np.testing.assert_array_equal(document.photo.pixels, merged)
    save_project(document.snapshot(), document.photo, tmp_path / "b.ora")
    np.testing.assert_array_equal(open_project(tmp_path / "b.ora")[0].photo.pixels, merged)


def test_other_kinds_of_layer_are_left_out(tmp_path):
    path = ora(
        tmp_path / "a.ora",
        '<text>x</text><layer name="Drawing" src="data/a.svg"/><layer src="data/red.png"/>',
        {"data/a.svg": b"<svg/>"},
    )
    document, notices = open_project(path)
    assert len(document.layers) == 1
    assert "Drawing" in notices[0]


def _header_only(width, height):
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))


BOMB = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY c "&a;&a;&a;&a;">]>'
DEEP = "<stack>" * 5000 + "</stack>" * 5000


@pytest.mark.parametrize(
    ("layers", "options", "words"),
    [
        ('<layer src="data/gone.png"/>', {}, "missing"),
        ('<layer src="../../etc/passwd"/>', {}, "missing"),
        ("", {}, "no layers"),
        ('<layer src="data/red.png" x="nan"/>', {}, "number"),
        ('<layer src="data/red.png" x="1e300"/>', {}, "number"),
        ('<layer src="data/red.png" opacity="much"/>', {}, "number"),
        ('<layer src="data/red.png"', {}, "not XML"),
        (DEEP, {}, "too deeply"),
        ("", {"head": BOMB + '<image w="30" h="20">'}, "entities"),
        ("", {"head": '<image w="300000" h="300000">'}, "megapixels"),
        ("", {"head": '<image w="0" h="20">'}, "no pixels"),
        ("", {"head": '<image h="20">'}, "number"),
        ('<layer src="data/red.png"/>', {"mimetype": b"application/x-krita"}, "not an OpenRaster"),
        ('<layer src="data/h.png"/>', {"extra": {"data/h.png": _header_only(90_000, 90_000)}}, "megapixels"),
        ('<layer src="data/h.png"/>', {"extra": {"data/h.png": RED[:20]}}, "incomplete"),
        ('<layer src="data/h.png"/>', {"extra": {"data/h.png": RED[:42]}}, "damaged"),
        ('<layer src="data/red.png"/>', {"extra": {"../evil.png": RED}}, "outside"),
        ('<layer src="data/red.png"/>', {"extra": {"/evil.png": RED}}, "outside"),
        ('<layer src="data/red.png"/>', {"extra": {"a/../../evil.png": RED}}, "outside"),
        ('<layer src="data/red.png"/>', {"extra": {"data/big.bin": bytes(40 << 20)}}, "too many bytes"),
    ],
)  # fmt: skip
def test_hostile_files_are_refused(tmp_path, layers, options, words):
    folder = tmp_path / "inner"
    folder.mkdir()
    path = ora(folder / "bad.ora", layers, **options)
    with pytest.raises(StudioError, match=words) as raised:
        open_project(path)
    assert "bad.ora" in str(raised.value)
    assert list(tmp_path.rglob("*")) == [folder, path]


def test_all_layers_together_are_limited(tmp_path, monkeypatch):
    path = ora(tmp_path / "a.ora", '<layer src="data/red.png"/>' * 5)
    open_project(path)
    monkeypatch.setattr(limits.PixelBudget.__init__, "__defaults__", (4 * 600,))
    with pytest.raises(StudioError, match="together"):
        open_project(path)


@pytest.mark.parametrize("data", [b"", b"text", b"PK\x03\x04" + bytes(50), RED])
def test_no_zip(tmp_path, data):
    (tmp_path / "a.ora").write_bytes(data)
    with pytest.raises(StudioError, match=r"a\.ora"):
        open_project(tmp_path / "a.ora")
    with pytest.raises(StudioError, match="not found"):
        open_project(tmp_path / "b.ora")


def test_limits_of_the_container(tmp_path, monkeypatch):
    path = ora(tmp_path / "a.ora", '<layer src="data/red.png"/>')
    monkeypatch.setattr(limits, "MAX_MEMBERS", 2)
    with pytest.raises(StudioError, match="too many members"):
        Reader(path)
    monkeypatch.setattr(limits, "MAX_MEMBERS", 200)
    monkeypatch.setattr(limits, "MAX_TEXT_BYTES", 20)
    with pytest.raises(StudioError, match=r"stack\.xml.*too large"):
        open_project(path)
    monkeypatch.setattr(limits, "MAX_TOTAL_BYTES", 20)
    with pytest.raises(StudioError, match="too many bytes"):
        Reader(path)


def test_a_zip_without_stack(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.ora", "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    with pytest.raises(StudioError, match=r"no stack\.xml"):
        open_project(tmp_path / "a.ora")


def _cut(data, part):
    return data[: int(len(data) * part)]


@pytest.mark.parametrize("part", [0.2, 0.6, 0.99])
def test_a_cut_off_project(document, tmp_path, part):
    path = tmp_path / "a.ora"
    save_project(document.snapshot(), document.photo, path)
    path.write_bytes(_cut(path.read_bytes(), part))
    with pytest.raises(StudioError, match=r"a\.ora"):
        open_project(path)


REPLACEMENTS = [
    ('"scale_x": 1.25', '"scale_x": NaN'),
    ('"scale_x": 1.25', '"scale_x": 0'),
    ('"scale_x": 1.25', '"scale_x": 1e999'),
    ('"scale_x": 1.25', '"scale_x": 9999'),
    ('"scale_x": 1.25', '"scale_x": "1"'),
    ('"scale_x": 1.25', '"scale_x": true'),
    ('"opacity": 0.3', '"opacity": 7'),
    ('"blend": "exclusion"', '"blend": "explode"'),
    ('"kind": "cutout"', '"kind": "script"'),
    ('"id": "home"', '"id": "base"'),
    ('"id": "home"', '"id": 5'),
    ('"x": 5, "y": 6', '"x": 75, "y": 6'),
    ('"x": 5, "y": 6', '"x": 5.5, "y": 6'),
    ('"mask/', '"../mask/'),
    ('inpaint-studio/mask/', 'inpaint-studio/none/'),
    ('"version": 1', '"version": "1"'),
    ('"version": 1', '"version": 0'),
    ('"layers": [', '"layers": 5, "rest": ['),
    ('"holes": [', '"holes": [5, '),
    ('"visible": true', '"visible": 1'),
    ('"candidate": 2', '"candidate": 4'),
    ('"candidate": 2', '"candidate": -1'),
    ('"candidate": 2', '"candidate": 1.5'),
    ('"candidate": 2', '"candidate": null'),
    ('"adaptation": 0.25', '"adaptation": [0.25]'),
    ('"adaptation": 0.25', '"adaptation": null'),
    ('"values": {', '"values": [], "rest": {'),
    ('"sample": {', '"sample": [], "rest": {'),
    ('"png": "inpaint-studio/sample', '"png": "inpaint-studio/gone'),
    ('"sample": {"x": 3, "y": 40, "png": ', '"sample": {"x": 3, "y": 40, "png": null, "rest": '),
    ('"note": "kind', '"note": 5, "rest": "kind'),
    ('"remade": {"id": "dog-2"', '"remade": {"id": 2'),
    ('"remade": {"id": "dog-2", "left": 2.5', '"remade": {"id": "dog-2", "left": "2.5"'),
    ('"top": -3.0, "scale_x": 1.25', '"top": -3.0, "scale_x": 0'),
    ('"top": -3.0, "scale_x": 1.25, "scale_y": 1.5', '"top": -3.0, "scale_x": 1.25'),
    ('"remade": {', '"remade": [], "rest": {'),
    ('"photo": {', '"photo": [], "rest": {'),
    ('"member": "inpaint-studio/photo', '"member": "inpaint-studio/nothing'),
    ('{"version"', '{{"version"'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), REPLACEMENTS)
def test_wrong_descriptions_are_refused(document, tmp_path, old, new, rewritten):
    path = tmp_path / "a.ora"
    save_project(document.snapshot(), document.photo, path)

    def change(members):
        text = members["inpaint-studio/document.json"].decode()
        old_text = old.replace('"mask/', '"inpaint-studio/mask/') if old == '"mask/' else old
        assert old_text in text
        members["inpaint-studio/document.json"] = text.replace(old_text, new).encode()

    with pytest.raises(StudioError, match=r"a\.ora|Dog"):
        open_project(rewritten(path, change))


def test_noise_in_a_project_never_raises_anything_else(document, tmp_path):
    path = tmp_path / "a.ora"
    save_project(document.snapshot(), document.photo, path)
    data, rng = path.read_bytes(), np.random.default_rng(5)
    for _ in range(60):
        bad = bytearray(data)
        for at in rng.integers(0, len(bad), 8):
            bad[at] = rng.integers(256)
        path.write_bytes(bad)
        try:
            open_project(path)
        except StudioError:
            continue
