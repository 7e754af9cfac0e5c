import threading

import pytest

from inpaint_studio.jobs import Delay, JobGroup, Worker


@pytest.fixture
def worker(qapp):
    made = Worker()
    yield made
    assert made.close(3)


def test_groups_keep_their_jobs_apart(worker, qtbot):
    gate = threading.Event()
    one, other = JobGroup(worker), JobGroup(worker)
    first = one.submit("First", lambda c: gate.wait(5), key="fill")
    second = other.submit("Second", lambda c: 2, key="fill")
    third = one.submit("Third", lambda c: 3, lane="file", writes=True)
    assert not first.done
    assert one.running() == [first, third]
    assert one.with_key("fill") is first
    assert other.with_key("fill") is second
    one.cancel_all()
    assert one.running() == [third]
    assert other.running() == [second]
    gate.set()
    qtbot.waitUntil(lambda: not worker.running())
    assert one.running() == other.running() == []
    assert one.with_key("fill") is None


def test_a_key_replaces_within_its_group(worker):
    group = JobGroup(worker)
    first = group.submit("First", lambda c: None, key="hover")
    second = group.submit("Second", lambda c: None, key="hover")
    assert first.done
    assert group.running() == [second]


def test_a_delay_calls_once_after_its_newest_start(qapp, qtbot):
    calls = []
    delay = Delay(lambda: calls.append(1), 20)
    assert not delay.active
    delay.start()
    delay.start(0)
    assert delay.active
    qtbot.waitUntil(lambda: calls == [1])
    assert not delay.active
    delay.start()
    delay.stop()
    qtbot.wait(40)
    assert calls == [1]
