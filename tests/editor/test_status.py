import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from inpaint_studio.editor.status import StatusBar
from inpaint_studio.jobs import Worker


@pytest.fixture
def worker(qapp):
    made = Worker()
    yield made
    assert made.close(3)


@pytest.fixture
def bar(worker, qtbot):
    made = StatusBar(worker)
    qtbot.addWidget(made)
    made.resize(1000, 30)
    made.show()
    return made


def until(gate):
    def work(context):
        context.report(0.25, "level 1 of 4")
        while not gate.wait(0.005):
            context.report(0.25, "level 1 of 4")

    return work


def test_photo_and_zoom(bar):
    assert bar.zoom.isHidden()
    bar.show_photo((1920, 1200), "Display P3")
    bar.show_zoom(0.5)
    assert bar.photo.text() == "1920 × 1200 · Display P3"
    assert bar.zoom.text() == "50 %"
    bar.show_zoom(0.0625)
    assert bar.zoom.text() == "6.2 %"
    bar.show_photo(None)
    assert bar.photo.isHidden()


def test_a_job_is_shown_with_its_progress_and_can_be_cancelled(bar, worker, qtbot):
    gate = threading.Event()
    job = worker.submit("Filling behind “Tree”", until(gate))
    assert bar.job.isHidden()
    qtbot.waitUntil(bar.job.isVisible)
    qtbot.waitUntil(lambda: bar.job.bar.value() == 250)
    assert bar.job.title.text().startswith("Filling behind “Tree” · ")
    qtbot.waitUntil(lambda: bar.job.title.text().endswith("s left"))
    QTest.mouseClick(bar.job.stop, Qt.MouseButton.LeftButton)
    assert job.done
    assert bar.job.isHidden()


def test_short_and_quiet_jobs_are_not_shown(bar, worker, qtbot):
    gate = threading.Event()
    worker.submit("Selecting", lambda c: None, lane="interactive")
    quiet = worker.submit("Preview", until(gate), quiet=True)
    qtbot.wait(400)
    assert bar.job.isHidden()
    gate.set()
    qtbot.waitUntil(lambda: quiet.done)


def test_waiting_jobs_are_counted(bar, worker, qtbot):
    gate = threading.Event()
    first = worker.submit("Finding objects", until(gate))
    second = worker.submit("Filling", lambda c: None)
    qtbot.waitUntil(bar.job.isVisible)
    assert bar.job.title.text().endswith("1 more")
    first.cancel()
    qtbot.waitUntil(lambda: second.done)
    assert bar.job.isHidden()


def test_messages_stand_in_for_the_hint_for_a_while(bar, qtbot):
    bar.show_hint("Click what you want.")
    assert bar.hint.whole_text == "Click what you want."
    bar.show_error("The file is broken.")
    bar.show_hint("Drag to move.")
    assert bar.hint.whole_text == "The file is broken."
    assert bar.hint.property("role") == "bad"
    bar._timer.start(1)
    qtbot.waitUntil(lambda: bar.hint.whole_text == "Drag to move.")
    assert bar.hint.property("role") == ""
