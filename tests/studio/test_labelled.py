"""Objects by their name: for the command line and for many photos alike."""

from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.basics import NO_PROGRESS, FoundObject, Mask, StudioError
from inpaint_studio.document import Photo
from inpaint_studio.studio import labelled as module
from inpaint_studio.studio.labelled import labelled


def found(label: str, column: int, kind: str = "thing") -> FoundObject:
    return FoundObject(Mask.place(np.full((4, 4), 255, np.uint8), column, 2), label, 0.9, kind)


@pytest.fixture
def photo(monkeypatch: pytest.MonkeyPatch) -> Photo:
    seen = [found("car", 0), found("Dog", 5), found("dog", 10), found("road", 15, "area")]
    monkeypatch.setattr(module, "find_objects", lambda *_, **__: seen)
    return Photo(np.zeros((8, 20, 3), np.uint8), "street.png")


def test_all_of_a_name_and_the_things_beside_them(photo: Photo) -> None:
    wanted, others = labelled(photo, " DOG", NO_PROGRESS)
    assert wanted.shape == others.shape == (8, 20)
    assert np.flatnonzero(wanted.any(axis=0)).tolist() == [5, 6, 7, 8, 10, 11, 12, 13]
    assert np.flatnonzero(others.any(axis=0)).tolist() == [0, 1, 2, 3]


def test_the_subject_is_the_first_thing(photo: Photo) -> None:
    wanted, others = labelled(photo, "subject", NO_PROGRESS)
    assert np.flatnonzero(wanted.any(axis=0)).tolist() == [0, 1, 2, 3]
    assert np.flatnonzero(others.any(axis=0)).tolist() == [5, 6, 7, 8, 10, 11, 12, 13]


def test_what_is_not_there_is_said_with_what_is(photo: Photo) -> None:
    with pytest.raises(StudioError, match=r"No “cat” was found in “street.png”; found: car, Dog, dog, road"):
        labelled(photo, "cat", NO_PROGRESS)
