import gc
import io
import json
import os
import zipfile
from dataclasses import fields, replace

import numpy as np
import pytest
from PIL import Image, ImageCms

from inpaint_studio.basics import Cancelled, Mask, Patch, StudioError
from inpaint_studio.document import (
    Cutout,
    Document,
    FillOptions,
    Hole,
    Photo,
    Picture,
    Snapshot,
    State,
    Transform,
    Tree,
    parts,
)
from inpaint_studio.document.metadata import Metadata
from inpaint_studio.files.photos import photo_from_bytes, photo_from_pixels
from inpaint_studio.files.png import encode_png
from inpaint_studio.files.project import open_project, save_project
from inpaint_studio.render import render


def same(a, b):
    """Whether two values of a document hold the same, down to the pixel."""
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b)
    if isinstance(a, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if hasattr(a, "__dataclass_fields__"):
        return type(a) is type(b) and all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    return a == b


@pytest.fixture
def saved(document, tmp_path):
    path = tmp_path / "street.ora"
    save_project(document.snapshot(), document.photo, path)
    return path


def test_everything_comes_back(document, saved):
    opened, notices = open_project(saved)
    assert notices == []
    assert same(opened.photo, document.photo)
    assert same(opened.state, document.state)
    np.testing.assert_array_equal(render(opened.snapshot()).pixels, render(document.snapshot()).pixels)
    assert opened.missing_parts() == []
    assert not opened.modified
    for before, after in zip(document.layers, opened.layers, strict=True):
        for old, new in zip(parts(document.tree, before), parts(opened.tree, after), strict=True):
            assert same(document.fills.get(old.key), opened.fills.get(new.key))
            assert document.fills.note(old.key) == opened.fills.note(new.key) != ""


def test_a_sampling_area_of_several_holes_is_written_once_and_shared_again(document, saved):
    opened = open_project(saved)[0]
    (first,) = opened.layers[2].holes
    assert first.options.sample is opened.layers[0].holes[1].options.sample is not None
    with zipfile.ZipFile(saved) as archive:
        assert len([n for n in archive.namelist() if n.startswith("inpaint-studio/sample/")]) == 1


def test_projects_from_before_the_options_of_fills_open_with_their_fills(document, saved, rewritten):
    plain = Hole(document.layers[0].holes[1].mask, "turned", FillOptions("telea", 3), "h2")
    document.update("Fill", replace(document.layers[0], holes=(plain,)))
    part = parts(document.tree, document.layers[0])[0]
    fill = np.full((*part.mask.crop.shape, 3), 77, np.uint8)
    document.put_fill(part, Patch(part.mask.x, part.mask.y, fill))
    save_project(document.snapshot(), document.photo, saved)

    def change(members):
        record = json.loads(members["inpaint-studio/document.json"])
        for layer in record["layers"]:
            for hole in layer["holes"]:
                for key in ("candidate", "values", "sample"):
                    del hole[key]
        for kept in record["fills"]:
            del kept["note"]
        members["inpaint-studio/document.json"] = json.dumps(record).encode()

    opened, notices = open_project(rewritten(saved, change))
    assert notices == []
    assert opened.layers[0].holes[0].options == FillOptions("telea", 3)
    (again,) = parts(opened.tree, opened.layers[0])
    assert np.array_equal(opened.fills.get(again.key).crop, fill)


def test_shared_sources_stay_shared(document, saved):
    base, home, turned, pasted = open_project(saved)[0].layers
    assert base.source is home.source is turned.source
    assert pasted.source is not base.source
    with zipfile.ZipFile(saved) as archive:
        assert len([n for n in archive.namelist() if n.startswith("inpaint-studio/source/")]) == 1
        assert archive.read("inpaint-studio/photo/street _1_.png") == document.photo.data


def test_saving_again_gives_the_same_file(document, saved, tmp_path):
    again, _ = open_project(saved)
    save_project(again.snapshot(), again.photo, tmp_path / "again.ora")
    assert (tmp_path / "again.ora").read_bytes() == saved.read_bytes()


@pytest.mark.parametrize("kind", ["transparent", "deep", "bare", "jpeg"])
def test_photos_of_every_kind(kind, pixels, tmp_path):
    alpha = np.arange(80, dtype=np.uint8)[None].repeat(60, 0)
    if kind == "transparent":
        photo = photo_from_bytes(encode_png(np.dstack([pixels, alpha])), "a.png")
    elif kind == "deep":
        photo = photo_from_pixels(np.random.default_rng(0).integers(0, 65536, (60, 80, 4), np.uint16))
    elif kind == "bare":
        photo = Photo(pixels, "a.png", icc=b"profile", metadata=Metadata(b"Exif\0\0MM\0*"))
    else:
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "JPEG")
        photo = photo_from_bytes(buffer.getvalue(), "../../a.jpg")
    document = Document(photo)
    cutout = Cutout("x", document.layers[0].source, Mask(1, 1, np.full((5, 5), 255, np.uint8)))
    document.apply("add", document.state.with_tree(Tree((*document.layers, cutout))))
    save_project(document.snapshot(), document.photo, tmp_path / "a.ora")
    opened, notices = open_project(tmp_path / "a.ora")
    assert notices == []
    assert same(opened.photo, photo)
    assert same(opened.state, document.state)
    assert opened.layers[0].source is opened.layers[1].source


def test_what_other_programs_see(document, saved):
    with zipfile.ZipFile(saved) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype") == b"image/openraster"
        merged = np.asarray(Image.open(archive.open("mergedimage.png")).convert("RGBA"))
        np.testing.assert_array_equal(merged, render(document.snapshot()).pixels)
        assert max(Image.open(archive.open("Thumbnails/thumbnail.png")).size) == 81
        xml = archive.read("stack.xml").decode()
        pictures = [Image.open(archive.open(f"data/layer{i:03}.png")).size for i in range(4)]
    assert pictures[0] == (80, 60)
    assert xml.index("Pasted") < xml.index("Dog") < xml.index("Backdrop")
    assert 'w="81" h="57"' in xml
    assert 'name="Backdrop" src="data/layer000.png" x="3" y="-4"' in xml
    assert 'composite-op="svg:multiply"' in xml


def test_other_programs_see_the_profile(pixels, tmp_path):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    document = Document(Photo(pixels, icc=profile))
    save_project(document.snapshot(), document.photo, tmp_path / "a.ora")
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        for member in ("mergedimage.png", "data/layer000.png"):
            assert Image.open(archive.open(member)).info["icc_profile"] == profile
    assert open_project(tmp_path / "a.ora")[0].photo.icc == profile


def test_other_programs_are_told_what_16_bits_mean(tmp_path):
    from inpaint_studio.files.profiles import srgb

    pixels = np.zeros((9, 8, 3), np.uint16)
    made = Document(photo_from_pixels(pixels, "a.png"))
    save_project(made.snapshot(), made.photo, tmp_path / "a.ora")
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        for member in ("data/layer000.png", "mergedimage.png"):
            with Image.open(archive.open(member)) as seen:
                assert seen.info["icc_profile"] == srgb()
    opened, _ = open_project(tmp_path / "a.ora")
    assert (opened.photo.icc, opened.state.deep) == (None, True)


def test_a_resting_cutout_is_not_in_the_backdrop_twice(document, saved):
    fill = next(
        document.fills.get(p.key) for p in parts(document.tree, document.layers[0]) if p.holes == ("h1",)
    )
    with zipfile.ZipFile(saved) as archive:
        backdrop = np.asarray(Image.open(archive.open("data/layer000.png")))
    np.testing.assert_array_equal(backdrop[16, 15], fill.crop[10, 10])


def test_a_painted_over_layer_is_a_plain_picture(document, saved, rewritten):
    new = np.full((9, 7, 4), 255, np.uint8)
    rewritten(saved, lambda m: m.update({"data/layer001.png": encode_png(new)}))
    opened, notices = open_project(saved)
    assert [x.kind for x in opened.layers] == ["backdrop", "picture", "cutout", "picture"]
    layer = opened.layers[1]
    assert layer.name == document.layers[1].name
    assert (layer.transform, layer.source.shape) == (Transform(5, 6), (9, 7, 3))
    assert len(notices) == 1
    assert layer.name in notices[0]


def test_a_changed_backdrop_is_the_new_backdrop(saved, rewritten):
    new = np.full((60, 90, 3), 50, np.uint8)

    def change(members):
        members["data/layer000.png"] = encode_png(new)
        members["stack.xml"] = members["stack.xml"].replace(b'x="3" y="-4"', b'x="-1" y="-2"')

    opened, notices = open_project(rewritten(saved, change))
    assert [x.kind for x in opened.layers] == ["backdrop", "cutout", "cutout", "picture"]
    assert opened.layers[0].holes == ()
    assert opened.state.found == ()
    assert len(notices) == 1


def test_properties_changed_by_another_program_are_taken_over(document, saved, rewritten):
    def change(members):
        xml = members["stack.xml"].decode()
        xml = xml.replace('name="Dog"', 'name="Hund"').replace('opacity="0.3"', 'opacity="0.5"')
        xml = xml.replace('x="3" y="-4"', 'x="13" y="-4"')
        members["stack.xml"] = xml.encode()

    opened, notices = open_project(rewritten(saved, change))
    dog = opened.layers[2]
    assert (dog.name, dog.opacity, dog.blend, dog.kind) == ("Hund", 0.5, "exclusion", "cutout")
    assert opened.layers[0].transform == Transform(dx=10)
    assert opened.layers[0].kind == "backdrop"
    assert notices == ["“Backdrop” was moved by another program."]


def test_dropped_and_added_layers(document, saved, rewritten):
    def change(members):
        lines = members["stack.xml"].decode().replace("><", ">\n<").splitlines()
        dog = next(i for i, line in enumerate(lines) if 'name="Dog"' in line)
        lines[dog] = '<layer name="New" src="data/new.png" x="2" y="1" composite-op="krita:dissolve"/>'
        members["stack.xml"] = "\n".join(lines).encode()
        members["data/new.png"] = encode_png(np.full((4, 4, 3), 9, np.uint8))

    opened, notices = open_project(rewritten(saved, change))
    assert [x.name for x in opened.layers] == ["Backdrop", document.layers[1].name, "New", "Pasted"]
    assert opened.layers[2].transform == Transform(2 - 3, 1 + 4)
    assert sum("Dog" in notice for notice in notices) == 1
    assert sum("New" in notice for notice in notices) == 2
    assert opened.missing_parts() == []


def test_a_picture_that_is_missing_for_other_programs_costs_nothing(document, saved, rewritten):
    opened, notices = open_project(rewritten(saved, lambda members: members.pop("data/layer001.png")))
    assert same(opened.state, document.state)
    assert len(notices) == 1
    assert "drawn anew" in notices[0]


def test_what_another_program_erased_looks_so(document, saved, rewritten):
    """Dst-out of a layer that covers all: nothing is left, and all layers are there, plain."""

    def change(members):
        members["data/all.png"] = encode_png(np.full((90, 120, 3), 9, np.uint8))
        eraser = (
            b'<stack><layer name="Eraser" src="data/all.png" x="-20" y="-20" composite-op="svg:dst-out"/>'
        )
        members["stack.xml"] = members["stack.xml"].replace(b"<stack>", eraser, 1)

    opened, notices = open_project(rewritten(saved, change))
    assert not render(opened.snapshot()).pixels[..., 3].any()
    assert {layer.name for layer in opened.layers} >= {layer.name for layer in document.layers}
    assert "plain pictures now" in notices[0]


def test_a_newer_version_is_refused(saved, rewritten):
    def change(members):
        record = json.loads(members["inpaint-studio/document.json"])
        record["version"] = 99
        members["inpaint-studio/document.json"] = json.dumps(record).encode()

    with pytest.raises(StudioError, match=r"newer version.*Update"):
        open_project(rewritten(saved, change))


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failing_save_leaves_the_old_project(document, saved, monkeypatch, call):
    before = saved.read_bytes()

    def fail(*_):
        raise OSError(28, "full")

    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        with pytest.raises(StudioError, match="full"):
            save_project(document.snapshot(), document.photo, saved)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_a_disk_that_is_full_from_the_first_byte(document, tmp_path, monkeypatch):
    def full(*_args, **_known):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(StudioError, match="No space left"):
        save_project(document.snapshot(), document.photo, tmp_path / "new.ora")
    # What is left open would be told on the terminal now.
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_in_the_middle_and_cancel_leave_the_old_project(document, saved, monkeypatch):
    before = saved.read_bytes()

    class Stop:
        def report(self, fraction, message=""):
            if fraction > 0.4:
                raise Cancelled

    with pytest.raises(Cancelled):
        save_project(document.snapshot(), document.photo, saved, progress=Stop())

    def full(self, name, *_args, **_kwargs):
        if "data" in getattr(name, "filename", name):
            raise OSError(28, "full")
        return original(self, name, *_args, **_kwargs)

    original = zipfile.ZipFile.writestr
    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(StudioError, match="full"):
        save_project(document.snapshot(), document.photo, saved)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_odd_documents(photo, tmp_path):
    empty = Picture("\x00\ud800\n", photo.pixels, Mask.empty(), Patch(0, 0, photo.pixels[:0, :0]))
    document = Document(photo, State((0, 0, 5, 5), Tree((empty,))))
    save_project(document.snapshot(), document.photo, tmp_path / "a.ora")
    opened, notices = open_project(tmp_path / "a.ora")
    assert notices == []
    assert same(opened.state, document.state)
    document = Document(photo, State((0, 0, 5, 5), Tree(())))
    save_project(document.snapshot(), document.photo, tmp_path / "b.ora")
    assert open_project(tmp_path / "b.ora")[0].layers == ()


def test_a_giant_layer_is_not_saved(photo, tmp_path):
    layer = Picture("Huge", photo.pixels, transform=Transform(scale_x=500, scale_y=500))
    with pytest.raises(StudioError, match="Huge"):
        save_project(Snapshot(State((0, 0, 5, 5), Tree((layer,)))), photo, tmp_path / "a.ora")
    assert not list(tmp_path.iterdir())
