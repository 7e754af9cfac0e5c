from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.basics import Mask
from inpaint_studio.basics.mask import Box
from inpaint_studio.document import Transform
from inpaint_studio.document.brush import Stroke
from inpaint_studio.document.transform import transform_point

SIZE = (300, 200)
SHAPE = (200, 300)


def stroke(mask: Mask | None = None, **options: object) -> Stroke:
    settings: dict[str, object] = {"radius": 10.0, "hardness": 0.99, **options}
    return Stroke(Mask.empty() if mask is None else mask, SIZE, **settings)  # type: ignore[arg-type]


def reach(x: float, y: float) -> np.ndarray:
    """Distance of each pixel's centre from a point."""
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]] + 0.5
    return np.hypot(columns - x, rows - y)


def test_a_click_makes_a_round_dab() -> None:
    painted = stroke()
    painted.to(150, 100)
    full, distance = painted.mask().full(SHAPE), reach(150, 100)
    assert (full[distance <= 9.5] == 255).all()
    assert (full[distance >= 10.5] == 0).all()
    assert np.array_equal(full[90:110, 140:160], full[90:110, 140:160].T)


def test_a_soft_brush_falls_off_from_its_hard_part() -> None:
    painted = stroke(radius=40, hardness=0.5)
    painted.to(150, 100)
    full, distance = painted.mask().full(SHAPE).astype(int), reach(150, 100)
    assert (full[distance <= 19.5] == 255).all() and (full[distance >= 41] == 0).all()
    assert abs(int(full[100, 180]) - 128) < 10
    assert (np.diff(full[100, 150:200]) <= 0).all()


def test_a_fast_stroke_has_no_gaps() -> None:
    painted = stroke(radius=6)
    for point in ((20, 20), (280, 30), (40, 180)):
        painted.to(*point)
    full = painted.mask().full(SHAPE)
    for start, stop in (((20, 20), (280, 30)), ((280, 30), (40, 180))):
        for t in np.linspace(0, 1, 400):
            x, y = np.array(start) + t * (np.array(stop) - np.array(start))
            for dy in (-4, 0, 4):
                assert full[int(y + dy), int(x)] == 255


@pytest.mark.parametrize("transform", [Transform(), Transform(9, -4, 0.8, -1.5, 40, (150, 100))])
def test_a_line_covers_what_a_brush_does_that_is_moved_along_it(transform: Transform) -> None:
    start, end = np.array((60.0, 60.0)), np.array((210.0, 130.0))
    line = stroke(radius=12, hardness=0.4, transform=transform)
    line.to(*start)
    line.to(*end)
    dabs = Mask.empty()
    for t in np.linspace(0, 1, 500):
        dab = stroke(radius=12, hardness=0.4, transform=transform)
        dab.to(*(start + t * (end - start)))
        dabs = dabs.union(dab.mask())
    apart = line.mask().full(SHAPE).astype(int) - dabs.full(SHAPE)
    assert np.abs(apart).max() <= 1 and line.mask().area > 3000
    assert line.mask().box == Mask.place(line.mask().full(SHAPE)).box


def test_a_slow_stroke_gets_as_far_as_a_fast_one() -> None:
    slow, fast = stroke(), stroke()
    for x in np.arange(50, 150.1, 0.3):
        slow.to(x, 100)
    fast.to(50, 100)
    fast.to(150, 100)
    for painted in (slow, fast):
        full = painted.mask().full(SHAPE)
        assert (full[92:108, 48:150] == 255).all()
        x, y, w, h = painted.mask().box
        assert (x, y, h) == (40, 90, 20) and 158 <= x + w <= 160


def test_taking_away_leaves_the_rest() -> None:
    whole = Mask.place(np.full((100, 100), 200, np.uint8), 100, 50)
    painted = stroke(whole, adding=False)
    painted.to(150, 100)
    full, distance = painted.mask().full(SHAPE), reach(150, 100)
    assert (full[distance <= 9] == 0).all()
    assert np.array_equal(full[distance > 11], whole.full(SHAPE)[distance > 11])
    assert whole.area == 10000
    outside = stroke(whole, adding=False)
    outside.to(20, 20)
    assert outside.mask().same(whole)


def test_adding_never_takes_away() -> None:
    before = Mask.place(np.random.default_rng(1).integers(0, 256, (100, 100)).astype(np.uint8), 100, 50)
    painted = stroke(before, hardness=0.1, radius=30)
    painted.to(120, 60)
    painted.to(190, 140)
    assert (painted.mask().full(SHAPE) >= before.full(SHAPE)).all()


@pytest.mark.parametrize("point", [(0, 0), (300, 200), (-5, 100), (150, 205), (302, -3)])
def test_a_dab_over_the_border_is_cut(point: tuple[float, float]) -> None:
    painted = stroke()
    painted.to(*point)
    distance = reach(*point)
    full = painted.mask().full(SHAPE)
    assert np.array_equal(full > 127, distance < 10)
    x, y, w, h = painted.mask().box
    assert x >= 0 and y >= 0 and x + w <= 300 and y + h <= 200


def test_a_dab_outside_changes_nothing() -> None:
    painted = stroke()
    assert painted.to(-50, -50)[2:] == (0, 0)
    assert not painted.mask() and painted.touched == (0, 0, 0, 0)


def test_a_mask_that_reaches_out_of_the_source_is_cut_to_it() -> None:
    painted = stroke(Mask.place(np.full((50, 50), 255, np.uint8), 280, -20))
    painted.to(20, 150)
    assert painted.mask().box == (10, 0, 290, 160)


@pytest.mark.parametrize("seed", range(12))
def test_touched_boxes_cover_every_changed_pixel(seed: int) -> None:
    rng = np.random.default_rng(seed)
    before = Mask.place(rng.integers(0, 256, (60, 60)).astype(np.uint8), 100, 80)
    turned = Transform(
        *rng.uniform(-30, 30, 2), *rng.uniform(0.08, 3, 2), degrees=rng.uniform(0, 360), pivot=(150, 100)
    )
    painted = stroke(
        before, radius=rng.uniform(0.5, 40), hardness=rng.random(), adding=bool(seed % 2), transform=turned
    )
    for _ in range(8):
        then = painted.mask().full(SHAPE)
        point = transform_point(turned.matrix(), *rng.uniform((-20, -20), (320, 220)))
        x, y, w, h = painted.to(*point)
        now = painted.mask().full(SHAPE)
        now[max(y, 0) : y + h, max(x, 0) : x + w] = then[max(y, 0) : y + h, max(x, 0) : x + w]
        assert np.array_equal(now, then)
    x, y, w, h = painted.touched
    rest = painted.mask().full(SHAPE)
    rest[y : y + h, x : x + w] = before.full(SHAPE)[y : y + h, x : x + w]
    assert np.array_equal(rest, before.full(SHAPE))


@pytest.mark.parametrize(
    "transform",
    [
        Transform(20, -10, 0.5, 0.5, 30, (150, 100)),
        Transform(0, 0, 3, 0.7, -70, (150, 100)),
        Transform(0, 0, -1, 1, 0, (150, 100)),
        Transform(0, 0, 0.1, 0.1, 0, (150, 100)),
    ],
)
def test_the_brush_is_round_on_the_canvas(transform: Transform) -> None:
    x, y = transform_point(transform.matrix(), 140, 110)
    painted = stroke(transform=transform)
    painted.to(x, y)
    full, matrix = painted.mask().full(SHAPE), transform.matrix()
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]] + 0.5
    there = matrix[:, :2] @ np.stack([columns.ravel(), rows.ravel()]) + matrix[:, 2:]
    distance = np.hypot(there[0] - x, there[1] - y).reshape(SHAPE)
    assert (full[distance <= 9.5] == 255).all() and full[distance <= 9.5].size
    assert (full[distance >= 10.6] == 0).all()


@pytest.mark.parametrize("at", [(0.0, 0.0), (0.5, 0.5), (0.99, 0.99)])
def test_a_tiny_brush_on_an_enlarged_layer_paints_the_pixel_it_is_in(at: tuple[float, float]) -> None:
    painted = stroke(radius=1, transform=Transform(scale_x=8, scale_y=8))
    painted.to((150 + at[0]) * 8, (100 + at[1]) * 8)
    assert painted.mask().full(SHAPE)[100, 150] > 0


def test_a_long_stroke_keeps_what_was_painted_before_it_had_to_make_room() -> None:
    painted, centres = stroke(radius=5), [(150, 100), (10, 10), (290, 190), (10, 190), (290, 10)]
    boxes: list[Box] = [painted.to(*c) for c in centres]
    assert all(b[2] for b in boxes)
    full = painted.mask().full(SHAPE)
    assert all(full[y, x] == 255 for x, y in centres)
