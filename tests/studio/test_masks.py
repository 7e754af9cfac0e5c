"""What is done to a selection as a whole, against plain definitions."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inpaint_studio.basics import Cancelled, Mask
from inpaint_studio.studio import masks

SIZE = (160, 120)


def disc(x: float, y: float, radius: float, size: tuple[int, int] = SIZE) -> Mask:
    xs, ys = np.meshgrid(np.arange(size[0]) + 0.5 - x, np.arange(size[1]) + 0.5 - y)
    cover = np.clip(radius + 0.5 - np.hypot(xs, ys), 0, 1)
    return Mask.place((cover * 255).round().astype(np.uint8))


def radius_of(mask: Mask) -> float:
    return float(np.sqrt(mask.crop.astype(float).sum() / 255 / np.pi))


@pytest.mark.parametrize("pixels", [1, 2, 5, 13, 20])
def test_grow_and_shrink_move_the_edge_of_a_disc_by_so_many_pixels(pixels: int) -> None:
    mask = disc(80, 60, 30)
    grown, shrunk = masks.grow(mask, pixels, SIZE), masks.shrink(mask, pixels, SIZE)
    assert radius_of(grown) == pytest.approx(30 + pixels, abs=0.6)
    assert radius_of(shrunk) == pytest.approx(30 - pixels, abs=0.6)
    assert grown.union(mask).same(grown) and shrunk.union(mask).same(mask)


def test_large_discs_stay_round() -> None:
    grown = masks.grow(disc(300, 300, 4, (600, 600)), 120, (600, 600)).full((600, 600)) > 127
    ys, xs = np.nonzero(grown)
    across = [np.ptp(xs * np.cos(a) + ys * np.sin(a)) for a in np.linspace(0, np.pi, 24)]
    assert max(across) / min(across) < 1.05


def test_soft_edges_stay_as_soft() -> None:
    soft = masks.feather(disc(80, 60, 30), 8, SIZE)
    half = np.count_nonzero((soft.crop > 25) & (soft.crop < 230))
    for moved, radius in ((masks.grow(soft, 8, SIZE), 38), (masks.shrink(soft, 8, SIZE), 22)):
        rim = np.count_nonzero((moved.crop > 25) & (moved.crop < 230))
        assert rim / radius == pytest.approx(half / 30, rel=0.15)


def test_the_picture_s_border_is_no_edge() -> None:
    left = Mask.place(np.full((120, 50), 255, np.uint8))
    assert masks.shrink(left, 10, SIZE).box == (0, 0, 40, 120)
    assert masks.grow(left, 10, SIZE).box == (0, 0, 60, 120)
    faded = masks.feather(left, 10, SIZE).full((120, 160))
    assert (faded[:, :30] == 255).all() and faded[0, 49] == faded[60, 49]
    everything = masks.invert(None, SIZE)
    assert masks.shrink(everything, 30, SIZE).same(everything)


def test_what_is_thinner_goes_when_it_shrinks() -> None:
    assert not masks.shrink(disc(80, 60, 6), 8, SIZE)
    assert not masks.grow(Mask.empty(), 8, SIZE) and not masks.shrink(Mask.empty(), 8, SIZE)
    assert not masks.feather(Mask.empty(), 8, SIZE) and not masks.close_gaps(Mask.empty(), 8, SIZE)
    assert not masks.remove_specks(Mask.empty(), 8, SIZE)


def test_feather_fades_evenly_and_keeps_the_middle_of_the_edge() -> None:
    area = np.zeros((120, 160), np.uint8)
    area[:, :80] = 255
    row = masks.feather(Mask.place(area), 12, SIZE).full((120, 160))[60].astype(int)
    assert (np.diff(row) <= 0).all()
    assert row[79] + row[80] == pytest.approx(255, abs=4)
    assert row[79 - 14] == 255 and row[80 + 14] == 0
    assert 10 < row[80 + 6] < 60
    gauss = cv2.GaussianBlur(area, (0, 0), np.sqrt(3 * ((9**2 - 1) / 12)))[60].astype(int)
    assert np.abs(row - gauss).max() < 8


def test_gaps_up_to_the_width_are_closed_and_nothing_is_lost() -> None:
    area = np.zeros((120, 160), np.uint8)
    area[20:100, 20:120] = 255
    area[40:46, 40:46] = area[20:100, 80:84] = area[60:90, 95:115] = 0
    mask = Mask.place(area)
    closed = masks.close_gaps(mask, 8, SIZE).full((120, 160))
    assert (closed >= area).all()
    assert (closed[40:46, 40:46] == 255).all() and (closed[30:90, 80:84] == 255).all()
    assert closed[75, 105] == 0, "a gap that is wider stays"
    assert not closed[:18].any()


def test_specks_go_with_their_soft_rims_and_the_largest_stays() -> None:
    large, small = disc(50, 60, 25), disc(120, 60, 4.4)
    both = large.union(small)
    assert masks.remove_specks(both, 12, SIZE).same(large)
    assert masks.remove_specks(both, 6, SIZE).same(both)
    assert masks.remove_specks(both, 999, SIZE).same(large)


def test_invert_twice_is_the_same() -> None:
    soft = masks.feather(disc(80, 60, 20), 6, SIZE)
    assert masks.invert(masks.invert(soft, SIZE), SIZE).same(soft)
    assert not masks.invert(masks.invert(None, SIZE), SIZE)


def test_overlap_is_intersection_over_union() -> None:
    a, b = Mask(10, 10, np.full((10, 20), 255, np.uint8)), Mask(20, 10, np.full((10, 20), 200, np.uint8))
    assert masks.overlap(a, b) == pytest.approx(1 / 3) and masks.overlap(a, a) == 1
    assert masks.overlap(a, a.moved(50, 0)) == 0 and masks.overlap(Mask.empty(), Mask.empty()) == 0
    assert masks.overlap(a, Mask(10, 10, np.full((10, 20), 90, np.uint8))) == 0


@pytest.mark.parametrize("reshape", [masks.grow, masks.shrink, masks.close_gaps, masks.feather])
def test_each_can_be_ended(reshape: masks.Reshape) -> None:
    class Ended:
        def report(self, fraction: float, message: str = "") -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        reshape(disc(80, 60, 30), 20, SIZE, Ended())
