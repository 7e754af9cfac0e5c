import numpy as np
import pytest
from held import jobs_hold_values as jobs_hold_values

from inpaint_studio.basics import Cancelled, FoundObject, Mask
from inpaint_studio.document import Document, Photo
from inpaint_studio.studio import fill, lift


def disc(x, y, radius):
    """A disc's mask whose box starts at (x, y)."""
    rows, columns = np.mgrid[: 2 * radius, : 2 * radius] + 0.5
    inside = (rows - radius) ** 2 + (columns - radius) ** 2 < radius**2
    return Mask.place(np.where(inside, 255, 0).astype(np.uint8), x, y)


@pytest.fixture
def small_document():
    """A 160 × 120 photo in which a tree, two cars and the sky were found."""
    rows, columns = np.mgrid[:120, :160]
    pixels = np.dstack([rows, columns, rows + columns]).astype(np.uint8)
    document = Document(Photo(pixels, "street.jpg"))
    seen = [
        FoundObject(Mask.place(np.full((10, 160), 255, np.uint8)), "sky", 0.9, "area"),
        FoundObject(disc(10, 40, 15), "tree", 0.9),
        FoundObject(disc(60, 40, 10), "car", 0.8),
        FoundObject(disc(110, 50, 12), "car", 0.7),
    ]
    lift.set_found(document, seen)
    return document


@pytest.fixture
def idle_engines(request, monkeypatch):
    """Unless a test brings a filler of its own, what was lifted stays rough and holes stay open."""

    def stopped(*_):
        raise Cancelled

    if "filler" not in request.fixturenames:
        monkeypatch.setattr(lift, "make_cut", stopped)
        monkeypatch.setattr(fill, "run", lambda *_, **__: iter(()))


@pytest.fixture
def app(qapp, small_document, idle_engines):
    """The application with that document, and a list of what it told as errors."""
    from inpaint_studio.app.application import Application
    from inpaint_studio.editor.qt_settings import QtSettings

    made = Application(QtSettings())
    made.errors = []
    made.notices.error.connect(made.errors.append)
    made.workspace.open(small_document)
    yield made
    assert made.workspace.shut_down()
