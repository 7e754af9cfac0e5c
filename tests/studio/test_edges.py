"""Edges as a whole and under a brush."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from inpaint_studio.basics import Mask, Patch, StudioError
from inpaint_studio.document import Document
from inpaint_studio.engines.contracts import Cut
from inpaint_studio.render import render
from inpaint_studio.studio import edit, lift
from inpaint_studio.studio.edges import EdgeOptions, adjusted, as_lifted, brushed, edge_colours, preview
from inpaint_studio.studio.fill import fill_missing

SIZE = (160, 120)


def square(side: int = 40, x: int = 60, y: int = 40) -> Mask:
    return Mask(x, y, np.full((side, side), 255, np.uint8))


def row(mask: Mask, y: int = 60) -> np.ndarray:
    """Coverage 0..1 along a row of the source."""
    return mask.full((SIZE[1], SIZE[0]))[y] / 255


def edge_at(mask: Mask) -> float:
    """Where the left edge is, to a part of a pixel."""
    return 80 - float(row(mask)[:80].sum())


def softness(mask: Mask) -> int:
    """Pixels that are partly covered along a row."""
    return int(((row(mask) > 0.02) & (row(mask) < 0.98)).sum())


def test_nothing_asked_gives_the_very_mask() -> None:
    mask = square()
    assert adjusted(mask, EdgeOptions(clean=30), SIZE) is mask
    assert adjusted(Mask.empty(), EdgeOptions(feather=4), SIZE).same(Mask.empty())


def test_feather_is_soft_where_the_edge_was_and_contrast_makes_it_sharp_again() -> None:
    soft = adjusted(square(), EdgeOptions(feather=4), SIZE)
    assert softness(soft) > 20
    assert edge_at(soft) == pytest.approx(60, abs=0.2)
    sharp = adjusted(square(), EdgeOptions(feather=4, contrast=90), SIZE)
    assert softness(sharp) <= 6
    assert edge_at(sharp) == pytest.approx(60, abs=0.3)


@pytest.mark.parametrize("pixels", [-6.0, -2.5, -1.0, 0.5, 3.0, 7.5])
def test_shift_moves_the_edge_so_far(pixels: float) -> None:
    moved = adjusted(square(), EdgeOptions(shift=pixels), SIZE)
    assert edge_at(moved) == pytest.approx(60 - pixels, abs=0.1)
    soft = adjusted(square(), EdgeOptions(feather=3), SIZE)
    further = adjusted(square(), EdgeOptions(feather=3, shift=pixels), SIZE)
    assert edge_at(further) == pytest.approx(edge_at(soft) - pixels, abs=0.4)


def test_smooth_takes_bumps_and_dents_and_keeps_the_edge_sharp() -> None:
    crop = np.full((40, 40), 255, np.uint8)
    crop[20:22, :4] = 0
    bumpy = Mask(60, 40, crop)
    smooth = adjusted(bumpy, EdgeOptions(smooth=4), SIZE)
    assert edge_at(bumpy) == 64 and row(smooth, 60)[62] > 0.9, "the dent is filled"
    assert softness(smooth) <= 8
    assert edge_at(smooth) == pytest.approx(60, abs=1.5)


def test_at_the_rim_of_the_source_nothing_fades_and_nothing_lies_outside() -> None:
    mask = Mask(0, 0, np.full((120, 50), 255, np.uint8))
    for options in (EdgeOptions(feather=5), EdgeOptions(smooth=5), EdgeOptions(shift=-4)):
        out = adjusted(mask, options, SIZE).full((120, 160))
        assert (out[:, 0] == 255).all() and (out[0, :30] == 255).all()
    grown = adjusted(mask, EdgeOptions(shift=9), SIZE)
    assert grown.box == (0, 0, 59, 120)


@pytest.fixture
def cutout(document: Document) -> tuple[Document, str]:
    """A disc with clean colours, brighter than the photo's, and a soft edge."""
    cut = lift.lift(document, square())
    mask = adjusted(square(), EdgeOptions(feather=2), SIZE)
    x, y, w, h = mask.box
    rough = document.layer(cut).mask
    assert rough is not None
    colours = Patch(x, y, document.photo.pixels[y : y + h, x : x + w, :3] + np.uint8(50))
    lift.settle_cut(document, rough, Cut(mask, colours))
    return document, cut


class Cleaner:
    """Clean colours are the photo's, 80 levels brighter; coverage under a brush is 200."""

    def __init__(self) -> None:
        self.cleaned = 0

    def clean(self, image: np.ndarray, alpha: Mask, **_: Any) -> Patch:
        self.cleaned += 1
        x, y, w, h = alpha.box
        return Patch(x, y, image[y : y + h, x : x + w] + np.uint8(80))

    def refine(self, image: np.ndarray, mask: Mask, *, unknown: Mask, **_: Any) -> Cut:
        height, width = image.shape[:2]
        whole = np.where(unknown.full((height, width)) > 0, 200, mask.full((height, width)))
        return Cut(Mask.place(whole.astype(np.uint8)), Patch(0, 0, image + np.uint8(90)))


@pytest.fixture
def cleaner(engines: dict[str, Any]) -> Cleaner:
    engines["matte"] = made = Cleaner()
    return made


def test_colours_are_the_same_if_nothing_changes(cutout: tuple[Document, str], cleaner: Cleaner) -> None:
    layer = cutout[0].layer(cutout[1])
    assert layer.mask is not None
    assert edge_colours(layer, layer.mask, 100) is layer.colours
    assert not cleaner.cleaned


def test_clean_takes_the_old_background_out_of_the_edge_as_far_as_asked(
    cutout: tuple[Document, str], cleaner: Cleaner
) -> None:
    layer = cutout[0].layer(cutout[1])
    assert layer.mask is not None
    soft = layer.mask.crop < 255
    x, y, w, h = layer.mask.box
    photo = layer.source[y : y + h, x : x + w].astype(int)
    for amount, more in ((0, 0), (40, 20), (100, 50)):
        found = edge_colours(layer, layer.mask, amount)
        assert found is not None
        assert np.abs((found.crop - photo)[soft] - more).max() <= 1
        assert np.abs((found.crop - photo)[~soft] - 50).max() == 0, "inside stays as it was"


def test_what_was_removed_before_does_not_come_back_at_the_edge(document: Document, cleaner: Cleaner) -> None:
    """The photo holds the removed thing still: neither mixed colours nor the brush may take it from there."""
    lift.remove(document, square(20, 50, 50), "logo")
    fill_missing(document)
    filled = render(document.snapshot()).pixels[..., :3].astype(int)
    cut = lift.lift(document, square())
    soft = adjusted(square(), EdgeOptions(feather=2), SIZE)
    rough = document.layer(cut).mask
    assert rough is not None
    x, y, w, h = soft.box
    lift.settle_cut(document, rough, Cut(soft, Patch(x, y, np.zeros((h, w, 3), np.uint8))))
    layer = as_lifted(document.snapshot(), document.layer(cut))
    found = edge_colours(layer, soft, 0)
    assert found is not None
    edge = soft.crop < 255
    assert np.abs(found.crop - filled[y : y + h, x : x + w])[edge].max() == 0
    mask, colours = brushed(layer, Mask(55, 55, np.full((5, 10), 255, np.uint8)))
    under = replace(layer, mask=mask, colours=colours).pixels((55, 55, 10, 5)).astype(int)
    assert ((under - filled[55:60, 55:65]) % 256 == 90).all()
    plain = document.layers[0]
    assert as_lifted(document.snapshot(), plain) is plain


def test_a_neighbour_lifted_before_does_not_hide_the_edge(document: Document) -> None:
    neighbour = lift.lift(document, square(20, 35, 50))
    cut = lift.lift(document, square())
    at = document.layer(neighbour).transform
    edit.transform(document, neighbour, replace(at, dx=at.dx + 70))
    fill_missing(document)
    layer = document.layer(cut)
    assert as_lifted(document.snapshot(), layer) is layer


def test_what_the_edge_gains_gets_clean_colours_of_its_own(
    cutout: tuple[Document, str], cleaner: Cleaner
) -> None:
    layer = cutout[0].layer(cutout[1])
    assert layer.mask is not None
    wider = adjusted(layer.mask, EdgeOptions(shift=5), SIZE)
    found = edge_colours(layer, wider, 100)
    assert found is not None and cleaner.cleaned == 1
    x, y, w, h = wider.box
    more = found.crop.astype(int) - layer.source[y : y + h, x : x + w]
    grown = wider.crop > layer.mask.window(wider.box)
    assert set(np.unique(more[grown])) == {80}
    assert set(np.unique(more[~grown & (wider.crop > 0)])) == {50}


def test_a_brush_changes_coverage_and_colours_under_it_and_nowhere_else(
    cutout: tuple[Document, str], cleaner: Cleaner
) -> None:
    document, cut = cutout
    layer = document.layer(cut)
    assert layer.mask is not None and layer.colours is not None
    strokes = Mask(90, 30, np.full((30, 40), 255, np.uint8))
    mask, colours = brushed(layer, strokes)
    under = strokes.full((120, 160)) > 0
    assert (mask.full((120, 160))[under] == 200).all()
    assert np.array_equal(mask.full((120, 160))[~under], layer.mask.full((120, 160))[~under])
    new = replace(layer, mask=mask, colours=colours)
    before, after = (x.pixels((0, 0, 160, 120)).astype(int) for x in (layer, new))
    assert np.array_equal(after[~under], before[~under])
    assert (after[under] - layer.source[under].astype(int) == 90).all()
    with pytest.raises(StudioError, match="backdrop"):
        brushed(document.layers[0], strokes)


def test_put_is_one_step_with_colours_and_the_hole_follows(cutout: tuple[Document, str]) -> None:
    document, cut = cutout
    before = document.state
    hole = document.layers[0].holes[0].mask
    wider = adjusted(square(), EdgeOptions(shift=12), SIZE)
    x, y, w, h = wider.box
    colours = Patch(x, y, np.full((h, w, 3), 9, np.uint8))
    lift.refine(document, cut, wider, "step.refine_edge", colours=colours)
    assert document.history.steps[-1].name.startswith("Refine edge of")
    layer = document.layer(cut)
    assert layer.mask is wider and layer.colours is colours
    assert document.layers[0].holes[0].mask.area > hole.area
    document.undo()
    assert document.state is before


def test_previews_over_what_one_likes(cutout: tuple[Document, str]) -> None:
    document, cut = cutout
    layer = document.layer(cut)
    assert layer.mask is not None
    box = (50, 30, 60, 60)
    snapshot = document.snapshot()
    mask = preview(snapshot, layer, box, 60, "mask")
    assert np.array_equal(mask[..., 0], layer.mask.window(box))
    black, white = (preview(snapshot, layer, box, 60, v) for v in ("black", "white"))
    assert (black[0, 0] == 0).all() and (white[0, 0] == 255).all()
    inside = mask[..., 0] == 255
    assert np.array_equal(black[inside], layer.pixels(box)[inside])
    board = preview(snapshot, layer, box, 60, "board")
    assert len(np.unique(board[:3, :20])) == 2
    picture = preview(snapshot, layer, box, 60, "picture")
    assert np.array_equal(picture[0, 0], layer.source[30, 50]), "what lies behind"
    assert np.array_equal(picture[inside], layer.pixels(box)[inside]), "also where it was not moved"
    assert preview(snapshot, layer, box, 30, "picture").shape == (30, 30, 3)


def test_a_turned_cutout_is_shown_as_on_the_canvas(cutout: tuple[Document, str]) -> None:
    document, cut = cutout
    layer = document.layer(cut)
    turned = replace(layer, transform=replace(layer.transform, degrees=45.0, dx=10.0))
    mask = preview(document.snapshot(), turned, (0, 0, 160, 120), 160, "mask")[..., 0]
    assert mask[60, 90] == 255
    assert mask[60, 90 - 22] > 200 and mask[60 - 19, 90 - 19] == 0, "a corner lies at the left now"
