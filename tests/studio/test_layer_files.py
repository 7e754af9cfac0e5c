"""Layers and masks as files, as other programs read them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from icc import P3, rgb_profile

from inpaint_studio.basics import Mask, StudioError
from inpaint_studio.document import Document
from inpaint_studio.files.photos import photo_from_pixels
from inpaint_studio.files.readers.png import profile_of
from inpaint_studio.studio import edit, lift
from inpaint_studio.studio.layer_files import write_layer, write_layers
from inpaint_studio.studio.verbs.perform import perform
from inpaint_studio.studio.verbs.verb import VerbContext

DEEP = np.random.default_rng(2).integers(0, 65536, (40, 60, 3)).astype(np.uint16)
ICC = rgb_profile(P3)


@pytest.fixture
def document() -> Document:
    made = Document(photo_from_pixels(DEEP, icc=ICC))
    cutout = lift.lift(made, Mask.place(np.full((10, 12), 255, np.uint8), 20, 10), "dog/cat")
    edit.transform(made, cutout, replace(made.layer(cutout).transform, dx=5.0))
    return made


def read(path: Path) -> np.ndarray:
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if picture.ndim == 2:
        return picture
    return cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA if picture.shape[2] == 4 else cv2.COLOR_BGR2RGB)


def test_one_layer_has_its_own_pixels_and_profile(document: Document, tmp_path: Path) -> None:
    layer = document.layers[-1]
    write_layer(document.snapshot(), layer.id, tmp_path / "a.png")
    assert np.array_equal(read(tmp_path / "a.png"), DEEP[10:20, 20:32])
    assert profile_of((tmp_path / "a.png").read_bytes()) == ICC
    write_layer(document.snapshot(), layer.id, tmp_path / "b.png", extent="canvas")
    whole = read(tmp_path / "b.png")
    assert whole.shape == (40, 60, 4) and np.array_equal(whole[10:20, 25:37, :3], DEEP[10:20, 20:32])
    assert np.count_nonzero(whole[..., 3]) == 120


def test_all_layers_and_their_masks(document: Document, tmp_path: Path) -> None:
    written = write_layers(document.snapshot(), tmp_path, content="both", extent="canvas")
    assert [path.name for path in written] == [
        "01 Backdrop.png", "01 Backdrop mask.png", "02 Dog_cat.png", "02 Dog_cat mask.png",
    ]  # fmt: skip
    mask = read(written[3])
    assert mask.ndim == 2 and mask[12, 30] == 65535 and mask[12, 22] == 0
    assert profile_of(written[3].read_bytes()) is None
    with pytest.raises(StudioError, match="already"):
        write_layers(document.snapshot(), tmp_path, content="masks")


def test_the_verbs(document: Document, tmp_path: Path) -> None:
    context = VerbContext(document, document.layers[-1].id)
    perform(context, "file.export_layers", {"folder": str(tmp_path), "suffix": ".tif"})
    perform(context, "layer.export", {"path": str(tmp_path / "one.webp")})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["01 Backdrop.tif", "02 Dog_cat.tif", "one.webp"]
    with pytest.raises(StudioError):
        perform(context, "file.export_layers", {"folder": str(tmp_path / "none")})
    with pytest.raises(StudioError):
        perform(context, "file.export_layers", {"folder": str(tmp_path), "suffix": ".xyz"})
