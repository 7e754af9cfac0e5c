"""Enhancing tile by tile: no seams, little memory, cancel, strength; with networks made up here."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest
import torch
from torch import nn

from inpaint_studio.basics import Cancelled, StudioError
from inpaint_studio.engines import registry
from inpaint_studio.engines.enhancers.restore import SMALLEST, RestoreEnhancer
from inpaint_studio.engines.tiles import in_tiles, starts


def photo(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


class Near(nn.Module):
    """Random, and it looks `reach` pixels far; answers differ from the input by up to a quarter."""

    def __init__(self, reach: int) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.conv = nn.Conv2d(3, 3, 2 * reach + 1, padding=reach, padding_mode="reflect")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + 0.25 * torch.tanh(4 * self.conv(x))


class Tilted(nn.Module):
    """Makes what is left in its view dark and what is right bright: the worst of neighbours."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (0 * x + torch.linspace(0.2, 0.8, x.shape[3])).expand_as(x)


def enhancer(network: nn.Module, side: int = 64) -> RestoreEnhancer:
    return RestoreEnhancer(network=network.eval(), side=side)


def test_tiles_give_what_the_whole_picture_gives() -> None:
    image, network = photo(150, 233), Near(5)
    tiled, whole = (enhancer(network, side).enhance(image) for side in (64, 512))
    assert np.abs(tiled.astype(int) - whole).max() <= 1
    assert not np.array_equal(whole, image)


def test_joins_are_faded_even_where_neighbours_disagree() -> None:
    out = enhancer(Tilted(), 128).enhance(photo(40, 400)).astype(int)
    steps = np.abs(np.diff(out, axis=1)).max()
    # A hard join would be a step of up to 150.
    assert steps <= 12
    out = enhancer(Tilted(), 128).enhance(photo(400, 300)).astype(int)
    assert np.abs(np.diff(out, axis=0)).max() <= 12


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (31, 33), (64, 65), (129, 200)])
def test_pictures_of_any_size(shape: tuple[int, int]) -> None:
    image = photo(*shape)
    identity = enhancer(nn.Identity())
    assert np.array_equal(identity.enhance(image), image)
    assert enhancer(Near(2)).enhance(image).shape == image.shape


@pytest.mark.parametrize("length", [64, 65, 80, 96, 97, 128, 1000, 6001])
def test_tiles_reach_the_end_and_overlap(length: int) -> None:
    where = starts(length, 64, 32, 16)
    assert where[0] == 0
    assert where[-1] < length <= where[-1] + 64
    assert all(0 < b - a <= 64 - 16 for a, b in itertools.pairwise(where))
    assert all(start % 16 == 0 for start in where)


def test_strength_blends() -> None:
    image, engine = photo(70, 90), enhancer(Near(3))
    full, half, none = (engine.enhance(image, strength=s) for s in (1.0, 0.5, 0.0))
    assert np.array_equal(none, image)
    assert none is not image
    assert np.abs(half - (full.astype(float) + image) / 2).max() <= 1
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(StudioError, match="from 0 to 1"):
            engine.enhance(image, strength=wrong)


def test_the_input_is_not_touched_and_answers_are_equal() -> None:
    image = photo(100, 100)
    before, engine = image.copy(), enhancer(Near(3))
    assert np.array_equal(engine.enhance(image), engine.enhance(image))
    assert np.array_equal(image, before)


def test_cancel_is_asked_before_every_tile() -> None:
    calls = 0

    class Counting(nn.Identity):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            nonlocal calls
            calls += 1
            return x

    class Stop:
        def report(self, fraction: float, message: str = "") -> None:
            if calls == 3:
                raise Cancelled

    with pytest.raises(Cancelled):
        enhancer(Counting()).enhance(photo(300, 300), progress=Stop())
    assert calls == 3


def test_progress_goes_up_to_one() -> None:
    seen: list[float] = []

    class Watch:
        def report(self, fraction: float, message: str = "") -> None:
            seen.append(fraction)

    enhancer(nn.Identity()).enhance(photo(200, 200), progress=Watch())
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == 1


class Greedy(nn.Module):
    """Has room for tiles of at most `most` pixels a side."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most, self.sides = most, set[int]()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.sides.add(x.shape[3])
        if x.shape[3] > self.most:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")
        return x


def test_tiles_are_made_smaller_where_memory_is_short() -> None:
    image, network = photo(300, 300), Greedy(64)
    assert np.array_equal(enhancer(network, 256).enhance(image), image)
    assert {256, 128, 64} <= network.sides
    with pytest.raises(MemoryError):
        enhancer(Greedy(SMALLEST - 1), 256).enhance(image)


def test_other_errors_are_not_taken_for_lack_of_memory() -> None:
    class Broken(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            raise RuntimeError("shapes differ")

    with pytest.raises(RuntimeError, match="shapes differ"):
        enhancer(Broken()).enhance(photo(10, 10))


def test_memory_grows_with_a_row_of_tiles_not_with_the_picture() -> None:
    image = np.zeros((2048, 512, 3), np.uint8)

    def peak(rows: int) -> int:
        tracemalloc.start()
        in_tiles(image[:rows], lambda view: view.astype(np.float32), side=64, overlap=32)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most - rows * 512 * 3

    assert peak(2048) < 1.3 * peak(256), "beside the answer itself"


def test_without_weights_it_says_so(tmp_path) -> None:
    assert registry.info("restore", "enhancer").network == "enhance"
    with pytest.raises(StudioError, match="“enhance” is not installed"):
        RestoreEnhancer(folder=tmp_path).enhance(photo(10, 10))
    with pytest.raises(StudioError, match="no enhancer called “magic”"):
        registry.info("magic", "enhancer")
