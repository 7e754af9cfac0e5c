"""Levels of size, boxes and depths: what is drawn small, in parts or with 16 bits is the same picture."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import cv2
import numpy as np
import pytest
from icc import P3, rgb_profile

from inpaint_studio.basics import Mask
from inpaint_studio.basics.mask import Array, Box
from inpaint_studio.document import (
    BLEND_MODES,
    Backdrop,
    Cutout,
    Group,
    Hole,
    Layer,
    Picture,
    Snapshot,
    State,
    Transform,
    Tree,
)
from inpaint_studio.render import layer_surface, reduction, render, shrunk

SIZE = (310, 233)


def smooth(width: int, height: int, seed: int) -> Array:
    small = np.random.default_rng(seed).integers(0, 256, (7, 9, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC))


def disc(x: int, y: int, radius: int) -> Mask:
    far = np.hypot(*(np.indices((2 * radius, 2 * radius)) + 0.5 - radius))
    return Mask.place((np.clip(radius - far, 0, 1) * 255).astype(np.uint8), x, y)


def busy(blend: str = "normal", corner: tuple[int, int] = (0, 0)) -> Snapshot:
    """A photo with layers that are moved, turned, scaled, flipped and shifted by parts of a pixel."""
    photo, other = smooth(*SIZE, 1), smooth(200, 150, 2)
    backdrop = Backdrop("b", photo, holes=(Hole(disc(40, 50, 30)),))
    transforms = (
        Transform(33, -20), Transform(12.3, 40.6), Transform(5, 5, degrees=30, pivot=(140, 100)),
        Transform(20, 10, 0.7, 0.45), Transform(60, 70, -1.4, 1.2, 75, (100, 80)),
    )  # fmt: skip
    layers = [backdrop]
    for number, transform in enumerate(transforms):
        mask = disc(20 + 10 * number, 15, 55) if number != 3 else None
        made = Picture(f"{number}", other, mask, transform=transform, blend=blend)
        layers.append(replace(made, opacity=0.8 if number == 2 else 1.0))
    return Snapshot(State((*corner, *SIZE), Tree(tuple(layers))))


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_level_looks_like_the_picture_made_small(level: int) -> None:
    snapshot, size = busy(), 1 << level
    surface = render(snapshot, level=level)
    height, width = -(-SIZE[1] // size), -(-SIZE[0] // size)
    assert surface.pixels.shape == (height, width, 4) and surface.level == level
    assert surface.box == (0, 0, width * size, height * size)
    whole = render(snapshot).pixels[: SIZE[1] // size * size, : SIZE[0] // size * size]
    expected = shrunk(whole, whole.shape[1] // size).astype(int)
    away = np.abs(surface.pixels[: expected.shape[0], : expected.shape[1]] - expected)
    assert away.mean() < 2 and np.percentile(away, 99) < 8 * level


@pytest.mark.parametrize("corner", [(0, 0), (-13, 7)])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_box_of_a_level_is_the_levels_box(level: int, corner: tuple[int, int]) -> None:
    snapshot, size = busy("soft-light", corner), 1 << level
    whole, rng = render(snapshot, level=level), np.random.default_rng(level)
    for _ in range(40):
        x, y = int(rng.integers(0, SIZE[0] - 90)), int(rng.integers(0, SIZE[1] - 90))
        w, h = rng.integers(1, 90, 2).tolist()
        part = render(snapshot, (x + corner[0], y + corner[1], w, h), level=level)
        left, top = (part.box[i] - corner[i] for i in (0, 1))
        assert left <= x < left + size and top <= y < top + size and left % size == top % size == 0
        part_h, part_w = part.pixels.shape[:2]
        expected = whole.pixels[top // size :, left // size :][:part_h, :part_w]
        assert np.array_equal(part.pixels, expected)


@pytest.mark.parametrize("level", [1, 2, 4])
def test_an_opaque_picture_is_opaque_at_every_level_up_to_its_edges(level: int) -> None:
    state = State((0, 0, *SIZE), Tree((Backdrop("b", smooth(*SIZE, 1)),)))
    assert (render(Snapshot(state), level=level).pixels[..., 3] == 255).all()


def test_a_level_is_made_without_the_picture_in_full_size() -> None:
    # A source that takes no memory itself: 30,000 × 30,000.
    source = np.broadcast_to(np.full((1, 1, 3), 90, np.uint8), (30_000, 30_000, 3))
    turned = Transform(degrees=20, pivot=(15_000, 15_000))
    layers = (Backdrop("b", source), Picture("t", source, transform=turned))
    snapshot = Snapshot(State((0, 0, 30_000, 30_000), Tree(layers)))
    tracemalloc.start()
    pixels = render(snapshot, level=6).pixels
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert pixels.shape == (469, 469, 4) and (pixels == (90, 90, 90, 255)).all()
    assert peak < 60 << 20


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Numbers of source pixels that layers are asked for meanwhile."""
    asked: list[int] = []
    plate = reduction.plate

    def counting(snapshot: Snapshot, layer: Layer, box: Box, **how: object) -> Array:
        asked.append(box[2] * box[3])
        return plate(snapshot, layer, box, **how)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(reduction, "plate", counting)
        yield asked


@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("transform", [Transform(degrees=33, pivot=(900, 700)), Transform(0.5, 0, 0.8, 0.9)])
def test_a_dab_on_a_turned_layer_reads_no_more_than_what_lies_there(
    transform: Transform, level: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, near = smooth(1800, 1400, 3), (700, 600, 40, 40)
    layer = Cutout("t", source, disc(100, 100, 600), transform=transform)
    snapshot = Snapshot(State((0, 0, 1800, 1400), Tree((layer,))))
    with counted(monkeypatch) as asked:
        render(snapshot, near, level=level)
    assert sum(asked) < 5_000 * 4**level


def test_a_layer_that_is_dragged_at_a_level_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = Cutout("t", smooth(1800, 1400, 3), disc(100, 100, 600))
    snapshot = Snapshot(State((0, 0, 1800, 1400), Tree((layer,))))
    counts = []
    for degrees in range(5):
        moved = replace(layer, transform=Transform(degrees * 7, 3, degrees=degrees, pivot=(700, 700)))
        with counted(monkeypatch) as asked:
            render(snapshot.with_layer(moved), moved.bounds(), level=2)
        counts.append(sum(asked))
    assert counts[1:].count(0) >= 3


def test_sixteen_bits_show_what_eight_do_not() -> None:
    steps = np.arange(0, 300 * 20, 20, dtype=np.uint16)
    source = np.dstack([np.tile(steps, (200, 1))] * 3)
    state = State((0, 0, 300, 200), Tree((Backdrop("b", source),)))
    deep = render(Snapshot(state), dtype=np.uint16).pixels
    assert deep.dtype == np.uint16
    assert np.array_equal(deep[..., :3], source) and (deep[..., 3] == 65535).all()
    shallow = render(Snapshot(state)).pixels
    assert shallow.dtype == np.uint8 and np.abs(shallow[..., :3] * 257.0 - source).max() <= 129
    turned = replace(state.layers[0], transform=Transform(degrees=90, pivot=(100, 100)))
    moved = layer_surface(Snapshot(state), turned, dtype=np.uint16).pixels
    assert (
        moved.shape == (300, 200, 4) and np.abs(moved[..., :3] - np.rot90(source, -1).astype(int)).max() <= 2
    )


@pytest.mark.parametrize("blend", BLEND_MODES)
def test_every_mode_looks_the_same_in_sixteen_bits(blend: str) -> None:
    snapshot = busy(blend)
    eight, deep = render(snapshot).pixels, render(snapshot, dtype=np.uint16).pixels
    away = np.abs(deep / 257 - eight)
    # Rounding once a layer adds up; hues of greys are anybody's guess.
    assert np.percentile(away, 99) <= 3 and away.mean() < 0.5


def test_sixteen_bits_are_converted_to_srgb_as_eight_are() -> None:
    snapshot = replace(busy(), icc=rgb_profile(P3))
    eight = render(snapshot, space="srgb").pixels
    deep = render(snapshot, dtype=np.uint16, space="srgb").pixels
    away = np.abs(deep / 257 - eight)[eight[..., 3] == 255]
    assert deep.dtype == np.uint16 and away.mean() < 0.6 and np.percentile(away, 99) <= 4
    assert not np.array_equal(eight, render(snapshot).pixels)


def test_a_group_by_itself_is_laid_over_as_one_picture() -> None:
    snapshot = busy("multiply")
    below, *above = snapshot.state.tree.roots
    joined = snapshot.with_state(snapshot.state.with_tree(Tree((below, Group("g", tuple(above))))))
    assert np.array_equal(render(joined).pixels, render(snapshot).pixels)
    apart = snapshot.with_state(
        snapshot.state.with_tree(Tree((below, Group("g", tuple(above), opacity=0.5))))
    )
    whole, inside = render(apart).pixels, render(snapshot, nodes=above).pixels / 255
    under = render(snapshot, nodes=[below]).pixels[..., :3]
    cover = inside[..., 3:] * 0.5
    assert np.abs(whole[..., :3] - (under * (1 - cover) + inside[..., :3] * 255 * cover)).max() < 1.5
    hidden = replace(apart.state.tree.roots[1], visible=False)
    alone = apart.with_state(apart.state.with_tree(Tree((below, hidden))))
    assert np.array_equal(render(alone).pixels[..., :3], under)


def test_a_turned_layer_dragged_by_whole_pixels_is_warped_once(monkeypatch: pytest.MonkeyPatch) -> None:
    turned = Transform(degrees=33, pivot=(300, 200))
    layer = Cutout("t", smooth(600, 400, 3), mask=disc(200, 100, 90), transform=turned)
    snapshot = Snapshot(State((0, 0, 600, 400), Tree((layer,))))
    first = layer_surface(snapshot, layer).pixels
    for dx in range(1, 6):
        moved = replace(layer, transform=replace(turned, dx=float(dx), dy=-3.0 * dx))
        with counted(monkeypatch) as asked:
            assert np.array_equal(layer_surface(snapshot.with_layer(moved), moved).pixels, first)
        assert not asked
