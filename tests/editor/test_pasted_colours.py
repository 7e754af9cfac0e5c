"""A picture that comes to the clipboard with a colour profile is converted into the document's."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms
from PySide6.QtGui import QColorSpace, QGuiApplication

from inpaint_studio.editor.images import profile_of, to_image
from inpaint_studio.editor.window import Window

COLOURS = np.random.default_rng(3).integers(0, 256, (20, 30, 3)).astype(np.uint8)


@pytest.fixture
def window(qapp, small_document, own_home, qtbot):
    made = Window()
    made.show()
    made.app.workspace.open(small_document)
    yield made
    QGuiApplication.clipboard().clear()
    made.app.document.mark_saved()
    made.close()
    made.deleteLater()


def picture(space):
    made = to_image(np.dstack([COLOURS, np.full(COLOURS.shape[:2], 255, np.uint8)]))
    made.setColorSpace(QColorSpace(space))
    return made


def test_which_profile_a_picture_has():
    names = QColorSpace.NamedColorSpace
    assert profile_of(picture(names.SRgb)) is None
    assert b"acsp" in profile_of(picture(names.DisplayP3))


def test_pasted_colours_are_converted(window, qtbot):
    image = picture(QColorSpace.NamedColorSpace.DisplayP3)
    QGuiApplication.clipboard().setImage(image)
    window.actions_["edit.paste"].trigger()
    qtbot.waitUntil(lambda: len(window.app.document.layers) == 2)
    wanted = ImageCms.profileToProfile(
        Image.fromarray(COLOURS), ImageCms.ImageCmsProfile(io.BytesIO(profile_of(image))),
        ImageCms.createProfile("sRGB"), renderingIntent=1, flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )  # fmt: skip
    assert np.array_equal(window.app.document.layers[-1].source, np.asarray(wanted))
