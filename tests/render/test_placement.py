"""Where a layer's pixels land, and that a part of the picture is the picture's part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inpaint_studio.basics import Mask, Patch
from inpaint_studio.document import (
    Backdrop,
    Cutout,
    Document,
    FillStore,
    Hole,
    Photo,
    Picture,
    Snapshot,
    State,
    Transform,
    Tree,
    parts,
)
from inpaint_studio.render import layer_surface, render, shrunk

rng = np.random.default_rng(3)
NOISE = rng.integers(0, 256, (30, 40, 3)).astype(np.uint8)


def alone(transform: Transform, source: np.ndarray = NOISE, mask: Mask | None = None) -> np.ndarray:
    """One layer on an empty canvas of 80×80 that starts at (-10, -10)."""
    state = State((-10, -10, 80, 80), Tree((Picture("a", source, mask, transform=transform),)))
    return render(Snapshot(state)).pixels


def test_in_place_and_moved_by_whole_pixels_is_exact() -> None:
    for dx, dy in ((0, 0), (7, -5), (-20, 40)):
        expected = np.zeros((120, 160, 4), np.uint8)
        expected[40 + dy : 70 + dy, 60 + dx : 100 + dx] = np.dstack([NOISE, np.full((30, 40), 255, np.uint8)])
        assert np.array_equal(alone(Transform(dx, dy)), expected[30:110, 50:130])


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_quarter_turns_are_exact(turns: int) -> None:
    made = alone(Transform(degrees=90 * turns, pivot=(20, 20)))
    expected = np.zeros((40, 40, 4), np.uint8)
    expected[:30] = np.dstack([NOISE, np.full((30, 40), 255, np.uint8)])
    part = made[10:50, 10:50].astype(int)
    assert np.abs(part - np.rot90(expected, -turns)).max() <= 1
    assert not made[:10].any() and not made[50:].any()


def test_flipped_is_exact() -> None:
    made = alone(Transform(scale_x=-1, pivot=(20, 15)))
    assert np.abs(made[10:40, 10:50, :3].astype(int) - NOISE[:, ::-1]).max() <= 1


def test_a_doubled_square_lands_where_expected() -> None:
    source, square = np.full((30, 40, 3), 200, np.uint8), Mask.place(np.full((10, 10), 255, np.uint8), 10, 5)
    made = alone(Transform(scale_x=2, scale_y=2), source, square)
    alpha = made[..., 3].astype(int)
    assert (alpha[22:38, 32:48] == 255).all()
    inside = np.zeros((80, 80), bool)
    inside[20:40, 30:50] = True
    assert not alpha[~inside].any() and (alpha[inside] > 127).all()
    assert np.abs(made[alpha > 0][:, :3].astype(int) - 200).max() <= 1


def test_a_half_pixel_mixes_neighbours() -> None:
    step = np.zeros((30, 40, 3), np.uint8)
    step[:, 20:] = 200
    row = alone(Transform(dx=0.5), step)[25, 10:51, 0].astype(int)
    assert abs(row[20] - 100) <= 2 and row[15] == 0 and abs(row[28] - 200) <= 1


def test_halved_does_not_alias() -> None:
    checks = np.zeros((30, 40, 3), np.uint8)
    checks[(np.indices((30, 40)).sum(axis=0) % 2) == 0] = 255
    for scale in (0.5, 0.37, 0.21):
        made = alone(Transform(scale_x=scale, scale_y=scale), checks)
        x, y, w, h = Picture("a", checks, transform=Transform(scale_x=scale, scale_y=scale)).bounds()
        inner = made[11 + y : 9 + y + h, 11 + x : 9 + x + w, 0].astype(int)
        assert inner.size and np.abs(inner - 127).max() < 60


@pytest.mark.parametrize(
    "transform", [Transform(0.3, 0.6), Transform(degrees=30, pivot=(20, 15)), Transform(0, 0, 1.7, 0.6)]
)
def test_soft_edges_have_no_dark_fringe(transform: Transform) -> None:
    # The object is white, all else of its source black: none of that may show.
    disc = np.hypot(*(np.indices((30, 40)) + 0.5 - np.array([15, 20])[:, None, None]))
    alpha = np.clip((11 - disc) / 4 * 255, 0, 255).astype(np.uint8)
    source = np.where(alpha[..., None] > 0, 255, 0).astype(np.uint8).repeat(3, axis=2)
    made = alone(transform, source, Mask.place(alpha))
    assert (made[made[..., 3] > 3][:, :3] >= 253).all()
    assert made[..., 3].max() == 255


def busy() -> Snapshot:
    """A backdrop with an open and filled hole, layers moved, turned, shrunk, blended and faded."""

    def cut(x: int, y: int, w: int, h: int) -> Mask:
        return Mask.place(rng.integers(0, 256, (h, w)).astype(np.uint8), x, y)

    hole = Hole(Mask.place(np.full((8, 9), 255, np.uint8), 12, 10))
    backdrop = Backdrop("b", NOISE, holes=(hole,))
    small = replace(Picture("s", NOISE), transform=Transform(9, 4, 0.4, 0.3, 200, (3, 3)), blend="hue")
    turned = Cutout("t", NOISE, cut(5, 5, 20, 16), transform=Transform(3, -2.5, 1, 1, 33, (15, 12)))
    holed = replace(
        turned, id="h", transform=Transform(-4, 6, 1.3, 1.3, -20, (9, 9)), holes=(Hole(cut(9, 9, 5, 5)),)
    )
    faded = Cutout("f", NOISE, cut(20, 9, 12, 12), transform=Transform(-9, 5), opacity=0.6)
    out = replace(faded, id="o", transform=Transform(300, 300))
    fills = FillStore()
    for layer in (backdrop, holed):
        for part in parts(Tree((layer,)), layer):
            w, h = part.mask.box[2:]
            fills.put(part, Patch(*part.mask.box[:2], rng.integers(0, 256, (h, w, 3)).astype(np.uint8)))
    return Snapshot(State((0, 0, 40, 30), Tree((backdrop, small, turned, holed, faded, out))), fills.now)


def test_a_box_of_the_picture_is_the_pictures_box() -> None:
    snapshot = busy()
    whole = render(snapshot, (-20, -20, 100, 90)).pixels
    for _ in range(60):
        x, y = rng.integers(-20, 60, 2)
        w, h = rng.integers(1, 30, 2)
        w, h = min(w, 80 - x), min(h, 70 - y)
        part = render(snapshot, (int(x), int(y), int(w), int(h))).pixels
        assert np.array_equal(part, whole[y + 20 : y + 20 + h, x + 20 : x + 20 + w])
    assert not render(snapshot, (500, 500, 4, 4)).pixels.any()
    assert render(snapshot, (3, 3, 0, 5)).pixels.shape == (5, 0, 4)


def test_layer_picture_is_the_layer_alone() -> None:
    snapshot = busy()
    for layer in snapshot.state.layers:
        whole = layer_surface(snapshot, layer)
        x, y, w, h = whole.box
        assert whole.box == layer.bounds() and whole.pixels.shape == (h, w, 4)
        part = layer_surface(snapshot, layer, (x + 1, y + 1, 2, 2))
        assert np.array_equal(part.pixels, whole.pixels[1:3, 1:3])


def test_only_some_layers() -> None:
    snapshot = busy()
    chosen = snapshot.state.layers[:3]
    assert np.array_equal(
        render(snapshot, nodes=chosen).pixels,
        render(snapshot.with_state(snapshot.state.with_tree(Tree(chosen)))).pixels,
    )


def test_a_filled_hole_shows_exactly_the_fill_there_and_nowhere_else() -> None:
    hole = Mask.place((rng.random((8, 9)) < 0.7).astype(np.uint8) * np.uint8(40), 12, 10)
    doc = Document(Photo(NOISE))
    doc.update("Remove", replace(doc.layers[0], holes=(Hole(hole),)))
    assert np.array_equal(render(doc.snapshot()).pixels[..., :3], NOISE)
    (part,) = parts(doc.tree, doc.layers[0])
    x, y, w, h = hole.box
    fill = rng.integers(0, 256, (h, w, 3)).astype(np.uint8)
    doc.put_fill(part, Patch(x, y, fill))
    expected = NOISE.copy()
    expected[y : y + h, x : x + w][hole.crop > 0] = fill[hole.crop > 0]
    assert np.array_equal(render(doc.snapshot()).pixels[..., :3], expected)


def test_each_new_fill_of_a_turned_layer_shows() -> None:
    mask = Mask.place(np.full((20, 20), 255, np.uint8), 5, 5)
    hole = Hole(Mask.place(np.full((10, 10), 255, np.uint8), 10, 10))
    layer = Cutout("t", NOISE, mask, transform=Transform(degrees=45, pivot=(15, 15)), holes=(hole,))
    doc = Document(Photo(NOISE), State((0, 0, 40, 30), Tree((layer,))))
    (part,) = parts(doc.tree, layer)
    for value in range(0, 250, 10):
        doc.put_fill(part, Patch(10, 10, np.full((10, 10, 3), value, np.uint8)), final=False)
        assert np.abs(render(doc.snapshot()).pixels[15, 15, :3].astype(int) - value).max() <= 1


def test_a_layer_far_larger_than_the_canvas_is_drawn_without_making_all_of_it() -> None:
    transform = Transform(scale_x=3000, scale_y=3000, pivot=(20, 15), degrees=10)
    made = alone(transform)
    assert made.shape == (80, 80, 4) and (made[..., 3] == 255).all()


def test_thumbnails_of_see_through_pictures_have_no_dark_fringe() -> None:
    picture = np.zeros((40, 40, 4), np.uint8)
    picture[:, 17:] = 255
    small = shrunk(picture, 8)
    assert small.shape == (8, 8, 4)
    assert (small[small[..., 3] > 0][:, :3] == 255).all()
