"""Small documents that use everything a project must keep."""

import zipfile

import numpy as np
import pytest

from inpaint_studio.basics import FoundObject, Mask, Patch
from inpaint_studio.document import (
    Backdrop,
    Cutout,
    Document,
    FillOptions,
    Hole,
    Picture,
    SourceFrame,
    State,
    Transform,
    Tree,
    parts,
)
from inpaint_studio.files.photos import photo_from_bytes
from inpaint_studio.files.png import encode_png


def disc(size: int) -> np.ndarray:
    yy, xx = np.mgrid[:size, :size]
    middle = (size - 1) / 2
    return (np.clip(size / 2 - np.hypot(xx - middle, yy - middle), 0, 1) * 255).astype(np.uint8)


@pytest.fixture
def pixels():
    """80×60 RGB, every pixel different from its neighbours."""
    return np.random.default_rng(7).integers(0, 256, (60, 80, 3), np.uint8)


@pytest.fixture
def photo(pixels):
    return photo_from_bytes(encode_png(pixels), "street “1”.png")


@pytest.fixture
def document(photo):
    """Backdrop with two filled holes, a cutout at home, a turned one, a pasted picture."""
    source = photo.pixels
    first, second = Mask(5, 6, disc(20)), Mask(40, 20, disc(24))
    home = Cutout("Car <&> “rot” 🚗", source, first, lifted_from="base", label="car", id="home")
    area = Mask(3, 40, disc(15))
    patches = FillOptions("patches", 9, 2, area, (("adaptation", 0.25),))
    turned = Cutout(
        "Dog", source, second, Patch(42, 22, np.full((8, 9, 3), 200, np.uint8)),
        Transform(-7.5, 3.25, 1.25, -0.75, 33.3, (50.5, 30.25)), opacity=0.3, blend="exclusion", locked=True,
        holes=(Hole(Mask(45, 25, disc(5)), None, patches, "inner"),),
        lifted_from="base", id="turned", source_frame=SourceFrame("dog-2", 2.5, -3.0, 1.25, 1.5),
    )  # fmt: skip
    pasted = Picture(
        "Pasted", source[:10, :12].copy(), None, transform=Transform(60, 50), blend="multiply",
        visible=False, id="pasted",
    )  # fmt: skip
    chosen = FillOptions("network", 3, 1, area, (("adaptation", 0.5),))
    holes = (Hole(first, "home", id="h1"), Hole(second, "turned", chosen, "h2"))
    base = Backdrop("Backdrop", source, holes=holes, id="base")
    found = (FoundObject(Mask(1, 2, disc(9)), "person", 0.875), FoundObject(Mask.empty(), "sky", 0.5, "area"))
    state = State((-3, 4, 81, 57), Tree((base, home, turned, pasted)), Mask(2, 3, disc(11)), found)
    made = Document(photo, state)
    for i, (layer, part) in enumerate(made.missing_parts()):
        assert part in parts(made.tree, layer)
        made.put_fill(
            part,
            Patch(part.mask.x, part.mask.y, np.full((*part.mask.crop.shape, 3), 60 * i, np.uint8)),
            note=f"kind {i}",
        )
    return made


@pytest.fixture
def rewritten():
    """A function: rewritten(path, change) does `change` to a project's members, a dict of name to bytes."""

    def rewrite(path, change):
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        change(members)
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        return path

    return rewrite
