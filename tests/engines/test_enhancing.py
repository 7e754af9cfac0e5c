"""Enhancing tile by tile: no seams, little memory, cancel, strength; with networks made up here."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from networks import Double, write_double

from inpaint_studio.basics import Cancelled, StudioError
from inpaint_studio.engines import registry
from inpaint_studio.engines.enhancers.restore import SMALLEST, RestoreEnhancer
from inpaint_studio.engines.networks import runtime
from inpaint_studio.engines.tiles import in_tiles, starts


def photo(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


Network = Callable[[np.ndarray], np.ndarray]
"""Takes and gives N×3×h×w float32, 0..1."""


def near(reach: int) -> Network:
    """Looks `reach` pixels far; answers differ from the input by up to a quarter."""

    def run(x: np.ndarray) -> np.ndarray:
        rim = ((0, 0), (0, 0), (reach, reach), (reach, reach))
        wide = np.pad(x, rim, "reflect" if min(x.shape[2:]) > reach else "edge")
        far = wide[:, :, : x.shape[2], : x.shape[3]] - wide[:, ::-1, 2 * reach :, 2 * reach :]
        return np.clip(x + 0.25 * np.tanh(2 * far), 0, 1)

    return run


def tilted(x: np.ndarray) -> np.ndarray:
    """Makes what is left in its view dark and what is right bright: the worst of neighbours."""
    return np.broadcast_to(np.linspace(0.2, 0.8, x.shape[3], dtype=np.float32), x.shape)


def identity(x: np.ndarray) -> np.ndarray:
    return x


@pytest.fixture
def enhancer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., RestoreEnhancer]:
    """An enhancer whose network is a function; `devices` are those that ONNX Runtime would offer."""
    made = itertools.count()

    def make(network: Network, side: int = 64, devices: tuple[str, ...] = ("cpu",)) -> RestoreEnhancer:
        folder = tmp_path / str(next(made))
        write_double(folder)

        def opened(data: bytes, device: str) -> Double:
            return Double(lambda photo: {"restored": network(photo)}, ["photo"], ["restored"])

        monkeypatch.setattr(runtime, "open_graph", opened)
        monkeypatch.setattr(runtime, "devices", lambda: devices)
        return RestoreEnhancer(folder=folder, side=side)

    return make


def test_tiles_give_what_the_whole_picture_gives(enhancer) -> None:
    image = photo(150, 233)
    tiled, whole = (enhancer(near(5), side).enhance(image) for side in (64, 512))
    assert np.abs(tiled.astype(int) - whole).max() <= 1
    assert not np.array_equal(whole, image)


def test_joins_are_faded_even_where_neighbours_disagree(enhancer) -> None:
    out = enhancer(tilted, 128).enhance(photo(40, 400)).astype(int)
    steps = np.abs(np.diff(out, axis=1)).max()
    # A hard join would be a step of up to 150.
    assert steps <= 12
    out = enhancer(tilted, 128).enhance(photo(400, 300)).astype(int)
    assert np.abs(np.diff(out, axis=0)).max() <= 12


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (31, 33), (64, 65), (129, 200)])
def test_pictures_of_any_size(enhancer, shape: tuple[int, int]) -> None:
    image = photo(*shape)
    assert np.array_equal(enhancer(identity).enhance(image), image)
    assert enhancer(near(2)).enhance(image).shape == image.shape


@pytest.mark.parametrize("length", [64, 65, 80, 96, 97, 128, 1000, 6001])
def test_tiles_reach_the_end_and_overlap(length: int) -> None:
    where = starts(length, 64, 32, 16)
    assert where[0] == 0
    assert where[-1] < length <= where[-1] + 64
    assert all(0 < b - a <= 64 - 16 for a, b in itertools.pairwise(where))
    assert all(start % 16 == 0 for start in where)


def test_strength_blends(enhancer) -> None:
    image, engine = photo(70, 90), enhancer(near(3))
    full, half, none = (engine.enhance(image, strength=s) for s in (1.0, 0.5, 0.0))
    assert np.array_equal(none, image)
    assert none is not image
    assert np.abs(half - (full.astype(float) + image) / 2).max() <= 1
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(StudioError, match="from 0 to 1"):
            engine.enhance(image, strength=wrong)


def test_the_input_is_not_touched_and_answers_are_equal(enhancer) -> None:
    image = photo(100, 100)
    before, engine = image.copy(), enhancer(near(3))
    assert np.array_equal(engine.enhance(image), engine.enhance(image))
    assert np.array_equal(image, before)


def test_cancel_is_asked_before_every_tile(enhancer) -> None:
    calls = 0

    def counting(x: np.ndarray) -> np.ndarray:
        nonlocal calls
        calls += 1
        return x

    class Stop:
        def report(self, fraction: float, message: str = "") -> None:
            if calls == 3:
                raise Cancelled

    with pytest.raises(Cancelled):
        enhancer(counting).enhance(photo(300, 300), progress=Stop())
    assert calls == 3


def test_progress_goes_up_to_one(enhancer) -> None:
    seen: list[float] = []

    class Watch:
        def report(self, fraction: float, message: str = "") -> None:
            seen.append(fraction)

    enhancer(identity).enhance(photo(200, 200), progress=Watch())
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == 1


class Greedy:
    """Has room for tiles of at most `most` pixels a side."""

    def __init__(self, most: int) -> None:
        self.most, self.sides = most, list[int]()

    def __call__(self, x: np.ndarray) -> np.ndarray:
        self.sides.append(x.shape[3])
        if x.shape[3] > self.most:
            raise RuntimeError("Failed to allocate memory for requested buffer of size 9")
        return x


def test_tiles_are_made_smaller_where_memory_is_short(enhancer) -> None:
    image, network = photo(300, 300), Greedy(64)
    assert np.array_equal(enhancer(network, 256).enhance(image), image)
    assert network.sides[:3] == [256, 128, 64]


def test_after_the_smallest_tiles_the_cpu_goes_on(enhancer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A device without room for any tile; the CPU has it and begins with large ones again."""
    devices_used: list[str] = []
    image, engine = photo(300, 300), enhancer(identity, 256, ("cuda", "cpu"))

    def opened(data: bytes, device: str) -> Double:
        def run(photo: np.ndarray) -> dict[str, np.ndarray]:
            devices_used.append(f"{device} {photo.shape[3]}")
            if device == "cuda":
                raise RuntimeError("CUDA failure 2: out of memory")
            return {"restored": photo}

        return Double(run, ["photo"], ["restored"])

    monkeypatch.setattr(runtime, "open_graph", opened)
    monkeypatch.setenv("INPAINT_STUDIO_DEVICE", "cuda")
    assert np.array_equal(engine.enhance(image), image)
    assert devices_used[:4] == ["cuda 256", "cuda 128", "cuda 64", "cpu 256"]


def test_at_last_one_sentence_is_told(enhancer) -> None:
    with pytest.raises(StudioError, match="not enough memory for the network “enhance”"):
        enhancer(Greedy(SMALLEST - 1), 256).enhance(photo(300, 300))


def test_other_errors_are_not_taken_for_lack_of_memory(enhancer) -> None:
    def broken(x: np.ndarray) -> np.ndarray:
        raise RuntimeError("shapes differ")

    with pytest.raises(StudioError, match="does not fit this version"):
        enhancer(broken).enhance(photo(10, 10))


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
