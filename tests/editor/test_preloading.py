"""What the first click needs is loaded after the photo is shown, off the window's thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from inpaint_studio.app.preloading import Preloader
from inpaint_studio.document import Document, Photo
from inpaint_studio.editor.window import Window
from inpaint_studio.engines import registry
from inpaint_studio.studio import find

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def document() -> Document:
    return Document(Photo(np.full((40, 60, 3), 90, np.uint8), "grey.png"))


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    return made


def test_once_when_the_first_photo_is_shown(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []
    monkeypatch.setattr(find, "warm_up", lambda: threads.append(threading.get_ident()))
    preloader = Preloader()
    preloader.watch(window.app.workspace, window.is_drawing)
    window.show()
    qtbot.wait(500)
    assert not threads, "not for the start screen"
    window.app.workspace.open(document())
    qtbot.waitUntil(lambda: len(threads) == 1, timeout=20_000)
    assert threads[0] != threading.main_thread().ident
    window.app.workspace.open(document())
    qtbot.wait(500)
    assert len(threads) == 1


def test_the_selector_prepares_only_where_its_network_is(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared: list[tuple[int, ...]] = []

    class Selector:
        def prepare(self, image: np.ndarray, **_: object) -> None:
            prepared.append(image.shape)

    monkeypatch.setattr(find.registry, "load", lambda name, kind: Selector())
    monkeypatch.setattr(registry, "has_network", lambda name: False)
    find.warm_up()
    assert not prepared
    monkeypatch.setattr(registry, "has_network", lambda name: True)
    find.warm_up()
    assert prepared == [(64, 64, 3)]
