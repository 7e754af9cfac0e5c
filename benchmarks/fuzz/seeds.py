"""Small, good files of every kind that can be opened: what is mutated."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageCms

from inpaint_studio.basics import FoundObject, Mask, Patch
from inpaint_studio.document import (
    Adjustment,
    Backdrop,
    Cutout,
    Document,
    FillOptions,
    Group,
    Hole,
    Photo,
    Picture,
    State,
    Transform,
    Tree,
    parts,
)
from inpaint_studio.files.journal import Belonging, Journal
from inpaint_studio.files.photos import photo_from_bytes
from inpaint_studio.files.png import encode_png
from inpaint_studio.files.psd.writing import write_document
from inpaint_studio.files.writers import Beside
from inpaint_studio.studio.save import save

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH, HEIGHT = 48, 36


@dataclass(frozen=True, slots=True)
class Seed:
    """A good file: the suffix it is opened with, and its bytes; of a journal the bytes of all its files."""

    name: str
    suffix: str
    data: bytes = b""
    members: Mapping[str, bytes] | None = None


def colours(channels: int = 3, dtype: type = np.uint8) -> Any:
    """Smooth colours with some noise, so that codecs have something to do."""
    rng = np.random.default_rng(9)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    base = np.stack([rows * 5, columns * 4, rows + columns, columns * 5][:channels], -1)
    eight = np.clip(base + rng.integers(0, 24, base.shape), 0, 255)
    return (eight * (257 if dtype is np.uint16 else 1)).astype(dtype)


def _pillow(kind: str, pixels: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def _told() -> dict[str, Any]:
    exif = Image.Exif()
    exif[0x13B], exif[0x112] = "Ann", 6
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return {"exif": exif.tobytes(), "icc_profile": icc}


def _photos() -> dict[str, tuple[str, bytes]]:
    rgb, rgba, told = colours(), colours(4), _told()
    frames = [Image.fromarray(colours() // (i + 1)) for i in range(3)]
    animated = io.BytesIO()
    frames[0].save(animated, "PNG", save_all=True, append_images=frames[1:])
    gif = io.BytesIO()
    frames[0].save(gif, "GIF", save_all=True, append_images=frames[1:])
    return {
        "jpeg": (".jpg", _pillow("JPEG", rgb, **told)),
        "jpeg progressive": (".jpg", _pillow("JPEG", rgb, progressive=True)),
        "jpeg cmyk": (".jpg", _cmyk()),
        "png": (".png", _pillow("PNG", rgba, **told)),
        "png 16": (".png", encode_png(colours(4, np.uint16))),
        "png palette": (".png", _palette()),
        "png animated": (".png", animated.getvalue()),
        "webp": (".webp", _pillow("WEBP", rgba, **told)),
        "avif": (".avif", _pillow("AVIF", rgb)),
        "gif": (".gif", gif.getvalue()),
        "bmp": (".bmp", _pillow("BMP", rgb)),
        **{f"tiff {name}": (".tif", data) for name, data in _tiffs().items()},
    }


def _cmyk() -> bytes:
    file = io.BytesIO()
    Image.fromarray(colours()).convert("CMYK").save(file, "JPEG")
    return file.getvalue()


def _palette() -> bytes:
    file = io.BytesIO()
    Image.fromarray(colours()).quantize(16).save(file, "PNG", transparency=3)
    return file.getvalue()


def _tiffs() -> dict[str, bytes]:
    import tifffile

    made = {}
    for name, pixels, options in (
        ("plain", colours(), {}),
        ("lzw 16", colours(4, np.uint16), {"compression": "lzw", "extrasamples": ["unassalpha"]}),
        ("planar", np.moveaxis(colours(), -1, 0), {"compression": "deflate", "planarconfig": "separate"}),
        ("tiled", np.tile(colours(), (2, 2, 1)), {"tile": (16, 16), "compression": "adobe_deflate"}),
        ("float", colours().astype(np.float32) / 255, {}),
        ("big", colours(), {"bigtiff": True}),
    ):  # fmt: skip
        file = io.BytesIO()
        big = {"bigtiff": options.pop("bigtiff")} if "bigtiff" in options else {}
        tifffile.imwrite(file, pixels, photometric="rgb", **options, **big)
        made[name] = file.getvalue()
    return made


def document() -> Document:
    """One that has something of everything that projects hold."""
    photo = photo_from_bytes(encode_png(colours()), "street.png")
    source, disc = photo.pixels, Mask.place(_disc(16))
    options = FillOptions("patches", 3, 1, Mask(2, 2, _disc(9)), (("adaptation", 0.5),))
    holes = (Hole(disc.moved(4, 4), "cut", options, "h1"), Hole(disc.moved(28, 12), None, options, "h2"))
    clean = Patch(30, 14, np.full((5, 5, 3), 200, np.uint8))
    turn = Transform(-3.5, 2.25, 1.2, -0.8, 31.0, (20.5, 12.0))
    dog = {"opacity": 0.4, "blend": "multiply", "id": "dog"}
    turned = Cutout("Dog", source, disc.moved(28, 12), clean, turn, **dog)
    pasted = Picture("Pasted", source[:9, :9].copy(), transform=Transform(30, 20))
    inner = Group("Inner", (pasted,), opacity=0.5)
    nodes = (
        Backdrop("Backdrop", source, holes=holes, id="base"),
        Cutout("Car", source, disc.moved(4, 4), lifted_from="base", id="cut"),
        Group("Gruppe", (turned, inner), isolated=True), Adjustment("Light", "exposure", {"stops": 0.5}),
    )  # fmt: skip
    found = (FoundObject(disc, "car", 0.9),)
    made = Document(photo, State((0, 0, WIDTH, HEIGHT), Tree(nodes), disc, found))
    for part in parts(made.tree, made.layers[0]):
        x, y, w, h = part.mask.box
        made.fills.put(part, Patch(x, y, np.full((h, w, 3), 77, np.uint8)))
    return made


def _disc(size: int) -> Any:
    yy, xx = np.mgrid[:size, :size]
    middle = (size - 1) / 2
    return (np.clip(size / 2 - np.hypot(xx - middle, yy - middle), 0, 1) * 255).astype(np.uint8)


def _deep_document() -> Document:
    source = colours(3, np.uint16)
    tree = Tree((Backdrop("b", source), Picture("p", source[:9, :9].copy(), blend="screen")))
    return Document(Photo(colours()), State((0, 0, WIDTH, HEIGHT), tree))


def _layered() -> dict[str, tuple[str, bytes]]:
    made = document()
    with tempfile.TemporaryDirectory() as folder:
        save(made, Path(folder) / "a.ora")
        project = (Path(folder) / "a.ora").read_bytes()
    return {
        "project": (".ora", project),
        "openraster": (".ora", _foreign()),
        "psd": (".psd", write_document(made.snapshot(), Beside())),
        "psd 16": (".psd", write_document(_deep_document().snapshot(), Beside())),
        "psb": (".psb", write_document(made.snapshot(), Beside(), version=2)),
    }


def _foreign() -> bytes:
    """An OpenRaster file as another program writes it, with an eraser and a clipped layer."""
    import zipfile

    stack = (
        '<image version="0.0.5" w="48" h="36"><stack>'
        '<layer name="Eraser" src="data/a.png" x="3" y="4" composite-op="svg:dst-out" opacity="0.5"/>'
        '<stack name="G" isolation="auto" opacity="0.7"><layer name="Clip" src="data/a.png" '
        'composite-op="svg:src-atop"/><layer name="Odd" src="data/b.png" composite-op="krita:odd"/></stack>'
        '<layer name="Red" src="data/b.png"/></stack></image>'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "image/openraster")
        for name, data in (
            ("stack.xml", stack.encode()), ("data/a.png", encode_png(colours(4)[:20, :20])),
            ("data/b.png", encode_png(colours())), ("mergedimage.png", encode_png(colours())),
        ):  # fmt: skip
            archive.writestr(name, data)
    return file.getvalue()


def _journal() -> dict[str, bytes]:
    made = document()
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder))
        journal.write(made.snapshot(), made.photo, Belonging("street.png"))
        files = (path for path in journal.folder.rglob("*") if path.is_file() and path.name != "lock")
        return {str(path.relative_to(journal.folder)): path.read_bytes() for path in files}


@lru_cache(maxsize=1)
def seeds() -> tuple[Seed, ...]:
    """All of them."""
    files = {**_photos(), **_layered()}
    made = [Seed(name, suffix, data) for name, (suffix, data) in files.items()]
    return (*made, Seed("journal", "", members=_journal()))
