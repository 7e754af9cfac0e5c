"""Changes name no more than what must be drawn again; that it is enough, tests/properties holds."""

from __future__ import annotations

import numpy as np

from inpaint_studio.basics import FoundObject, Mask
from inpaint_studio.document import Change, Document, Transform
from inpaint_studio.studio import edit, lift


def test_a_selection_or_found_objects_redraw_nothing(document: Document) -> None:
    heard = list[Change]()
    document.subscribe(heard.append)
    mask = Mask.place(np.full((5, 5), 255, np.uint8), 9, 9)
    lift.set_selection(document, mask, "Select")
    lift.set_found(document, [FoundObject(mask, "dog", 1.0)])
    assert [(c.rect[2:], c.selection, c.found, c.layers) for c in heard] == [
        ((0, 0), True, False, False),
        ((0, 0), False, True, False),
    ]


def test_moving_redraws_only_where_the_cutout_was_and_is(document: Document) -> None:
    car = lift.lift(document, Mask.place(np.full((10, 10), 255, np.uint8), 20, 20), "car")
    edit.transform(document, car, Transform(60, 60))
    heard = list[Change]()
    document.subscribe(heard.append)
    edit.transform(document, car, Transform(64, 60))
    assert heard[0].rect == (80, 80, 14, 10)
