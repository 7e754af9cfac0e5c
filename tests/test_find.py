"""Which finder answers."""

import cv2
import numpy as np
import pytest

from inpaint_studio.engines.networks import places
from inpaint_studio.studio import find


@pytest.fixture
def ball():
    """A red ball on textured green."""
    rng = np.random.default_rng(1)
    photo = np.full((120, 160, 3), (70, 120, 50), np.uint8) + rng.integers(0, 20, (120, 160, 1), np.uint8)
    cv2.circle(photo, (100, 70), 25, (210, 40, 40), -1)
    return photo


def test_without_the_scene_network_the_subject_is_found(ball, monkeypatch, tmp_path):
    monkeypatch.setattr(places, "resource", lambda *parts: tmp_path.joinpath(*parts))
    assert not find.has_network("scene")
    found = find.find_objects(ball)
    assert [o.label for o in found] == ["subject"]
    assert found[0].mask.full((120, 160))[70, 100] == 255


def test_with_a_damaged_scene_network_it_is_said(ball, monkeypatch, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "scene.json").write_text("{")
    monkeypatch.setattr(places, "resource", lambda *parts: tmp_path.joinpath(*parts))
    find.registry._made.cache_clear()
    with pytest.raises(find.StudioError):
        find.find_objects(ball)
    find.registry._made.cache_clear()
