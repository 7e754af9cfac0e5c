"""The window and its dialogs look as they were kept; `python tests/golden/update.py` keeps them anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from comparing import difference, read
from drawing import HERE, SCALES, draw, kept

WINDOW, DIALOGS = 0.008, 0.04
"""The shares of places that may differ. Another font makes up to 0.002 of a window differ, a missing panel at
least 0.011. Dialogs are mostly text."""
SCENES = {
    "start": WINDOW, "opened": WINDOW, "lifted": WINDOW, "fills": WINDOW, "file.export": DIALOGS,
    "edge.refine": DIALOGS, "layer.enhance": DIALOGS, "help.about": DIALOGS, "help.keys": DIALOGS,
}  # fmt: skip
"""What may differ of each."""
THEMES = ("dark", "light")
PANELS = ("layers", "properties")
"""The others are tabs behind the properties."""


@pytest.fixture(scope="module", params=SCALES, ids=[f"{scale}x" for scale in SCALES])
def drawn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """The folder of the pictures as they are now, and the scale."""
    folder = tmp_path_factory.mktemp("golden") / "drawn"
    draw(folder, request.param)
    return folder, request.param


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("scene", SCENES)
def test_it_looks_as_it_was_kept(drawn: tuple[Path, int], scene: str, theme: str) -> None:
    folder, scale = drawn
    name = f"{scene}-{theme}"
    assert difference(read(folder / f"{name}.png"), read(kept(name, scale))) <= SCENES[scene]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("panel", PANELS)
def test_a_missing_panel_is_noticed(drawn: tuple[Path, int], panel: str, theme: str) -> None:
    folder, scale = drawn
    without = read(folder / f"without {panel}-{theme}.png")
    assert difference(without, read(kept(f"fills-{theme}", scale))) > WINDOW


@pytest.mark.parametrize("scene", SCENES)
def test_themes_are_told_apart(scene: str) -> None:
    dark, light = (read(kept(f"{scene}-{theme}", 1)) for theme in THEMES)
    assert difference(dark, light) > 0.5


def test_a_screen_of_twice_the_scale_gets_pictures_of_twice_the_size(drawn: tuple[Path, int]) -> None:
    folder, scale = drawn
    assert read(folder / "start-dark.png").shape == (800 * scale, 1200 * scale, 3)


def test_all_that_is_kept_is_compared_and_small() -> None:
    files = list((HERE / "pictures").glob("*.png"))
    expected = {f"{scene}-{theme} {scale}x" for scene in SCENES for theme in THEMES for scale in SCALES}
    assert {path.stem for path in files} == expected
    assert sum(path.stat().st_size for path in files) < 1 << 20
