"""The measures of soft edges are what they say, and composites are what their alpha says."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from benchmarks.select import composites, mattes
from benchmarks.select.command import main


def ramp(width: int = 10) -> np.ndarray:
    return np.tile(np.clip((np.arange(120) - 60) / width, 0, 1), (80, 1)).astype(np.float32)


def test_matte_measures_of_known_cases() -> None:
    true = ramp()
    assert mattes.sad(true, true) == mattes.gradient_error(true, true) == 0
    soft = ((true > 0) & (true < 1)).sum()
    wrong = true.copy()
    wrong[10:20, 10:20] = 1
    assert mattes.sad(wrong, true) == pytest.approx(100 / soft)
    hard = (true > 0.5).astype(np.float32)
    assert mattes.sad(hard, true) == pytest.approx(np.abs(hard - true).sum() / soft)
    assert mattes.gradient_error(hard, true) > mattes.gradient_error(ramp(8), true) > 0
    assert mattes.gradient_error(wrong, true) > 0


def test_a_gradient_is_that_of_unit_filters() -> None:
    reach = np.arange(-5, 6)
    bell = np.exp(-(reach**2) / (2 * 1.4**2))
    kernel = np.outer(bell, -reach * bell)
    kernel /= np.linalg.norm(kernel)
    slope = np.tile(np.arange(120, dtype=np.float32) / 120, (80, 1))
    expected = abs((kernel * reach[None, :]).sum()) / 120
    assert mattes._gradient(slope)[40, 60] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("kind", list(composites.KINDS))
def test_composites_are_what_their_alpha_says(kind: str) -> None:
    rng = np.random.default_rng(1)
    back, other = (rng.integers(0, 255, (150, 200, 3), np.uint8) for _ in range(2))
    case = composites.composite(kind, back, other, 5)
    again = composites.composite(kind, back, other, 5)
    assert np.array_equal(case.picture, again.picture) and np.array_equal(case.alpha, again.alpha)
    assert not np.array_equal(case.alpha, composites.composite(kind, back, other, 6).alpha)
    share = case.alpha[..., None]
    mixed = share * case.fore + (1 - share) * back
    assert np.abs(mixed - case.picture).max() < 2
    assert 0.03 < case.mask.mean() < 0.6 and ((case.alpha > 0) & (case.alpha < 1)).sum() > 200
    assert not case.alpha[0].any() and not case.alpha[:, -1].any()


def test_the_feather_gets_its_best_radius_and_the_matte_is_measured() -> None:
    alpha = np.zeros((90, 120), np.float32)
    alpha[20:70, 30:90] = 1
    soft = cv2.GaussianBlur(alpha, (0, 0), 4)
    fore, back = np.full((90, 120, 3), 200, np.uint8), np.full((90, 120, 3), 20, np.uint8)
    picture = (soft[..., None] * fore + (1 - soft[..., None]) * back + 0.5).astype(np.uint8)
    ways_, alphas = mattes.measured(composites.Composite("soft", picture, fore, soft, alpha > 0.5))
    assert ways_["feather"]["sigma"] == 4.0 and ways_["feather"]["sad"] < 0.01
    assert ways_["mask"]["sad"] > ways_["edge"]["sad"] > 0 and set(alphas) == {"mask", "feather", "edge"}
    assert ways_["edge"]["colour"] < ways_["mask"]["colour"]


def test_the_matte_command(tmp_path, capsys) -> None:
    folder = tmp_path / "photos" / "eval"
    folder.mkdir(parents=True)
    for number in range(3):
        pixels = np.random.default_rng(number).integers(0, 255, (15, 20, 3), np.uint8)
        Image.fromarray(pixels).resize((100, 75)).save(folder / f"{number}.webp")
    folder = tmp_path / "sheets"
    assert main(["--data", str(tmp_path), "--matte", "--limit", "2", "--sheets", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "every k-th of 3: 2, 6 in all" in out and "edge: SAD to the best feather's" in out
    assert len(list(folder.glob("matte-*.webp"))) == 6
    assert main(["--data", str(tmp_path / "nowhere"), "--matte"]) == 1
