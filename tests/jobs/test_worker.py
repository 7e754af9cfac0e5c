import threading
import time

import pytest
from PySide6.QtCore import QObject, QThread

from inpaint_studio.basics import StudioError
from inpaint_studio.jobs import Worker


@pytest.fixture
def worker(qapp):
    made = Worker()
    yield made
    assert made.close(3)
    assert not [t for t in made.findChildren(QThread) if t.isRunning()]


def record(job):
    """All that a job says, in order, as (signal, value)."""
    seen = []
    job.progress.connect(lambda f, m: seen.append(("progress", (f, m))))
    job.partial.connect(lambda x: seen.append(("partial", x)))
    job.finished.connect(lambda x: seen.append(("finished", x)))
    job.failed.connect(lambda t: seen.append(("failed", t)))
    job.cancelled.connect(lambda: seen.append(("cancelled", None)))
    return seen


def waiting(gate, seconds=3.0):
    """Work that reports until the gate opens."""

    def work(context):
        end = time.monotonic() + seconds
        while not gate.is_set() and time.monotonic() < end:
            context.report(0.5, "half")
            time.sleep(0.002)
        return "through"

    return work


def test_result_arrives_in_the_windows_thread_even_in_lambdas(worker, qtbot):
    gui, threads = threading.get_ident(), {}
    result = [1, 2]

    def work(context):
        threads["work"] = threading.get_ident()
        context.send("early")
        return result

    job = worker.submit("Working", work)
    job.partial.connect(lambda _: threads.__setitem__("partial", threading.get_ident()))
    job.finished.connect(lambda x: threads.update(finished=threading.get_ident(), same=x is result))
    qtbot.waitUntil(lambda: "finished" in threads)
    assert threads["work"] != gui
    assert threads["partial"] == threads["finished"] == gui
    assert threads["same"]
    assert job.done
    assert worker.running() == []


@pytest.mark.parametrize(
    ("slow", "fast"),
    [("heavy", "interactive"), ("long", "heavy"), ("file", "interactive"), ("heavy", "file")],
)
def test_a_lane_overtakes_a_slower_one(worker, qtbot, slow, fast):
    gate = threading.Event()
    late = worker.submit("Filling", waiting(gate), lane=slow)
    late_seen = record(late)
    quick = record(worker.submit("Selecting", lambda context: "mask", lane=fast))
    qtbot.waitUntil(lambda: quick == [("finished", "mask")])
    assert worker.running() == [late]
    gate.set()
    qtbot.waitUntil(lambda: ("finished", "through") in late_seen)


def test_jobs_of_one_lane_run_one_after_the_other(worker, qtbot):
    order = []
    jobs = [worker.submit(f"Job {i}", lambda c, i=i: order.append(i)) for i in range(5)]
    qtbot.waitUntil(lambda: all(j.done for j in jobs))
    assert order == [0, 1, 2, 3, 4]


def test_cancel_is_told_at_once_and_the_result_dropped(worker, qtbot):
    gate, ended = threading.Event(), threading.Event()

    def deaf(context):
        gate.wait(3)
        ended.set()
        return "too late"

    job = worker.submit("Filling", deaf)
    seen = record(job)
    qtbot.waitUntil(lambda: job.started)
    job.cancel()
    job.cancel()
    assert seen == [("cancelled", None)]
    gate.set()
    assert ended.wait(2)
    qtbot.wait(30)
    assert seen == [("cancelled", None)]


def test_cancel_ends_the_work_at_its_next_report(worker, qtbot):
    stopped = threading.Event()

    def work(context):
        try:
            waiting(threading.Event())(context)
        finally:
            stopped.set()

    job = worker.submit("Finding", work)
    qtbot.waitUntil(lambda: job.started)
    before = time.monotonic()
    job.cancel()
    assert stopped.wait(1)
    assert time.monotonic() - before < 0.2


def test_a_newer_job_of_the_same_key_replaces_the_older(worker, qtbot):
    gate = threading.Event()
    blocker = worker.submit("Finding", waiting(gate))
    ran = []
    old = worker.submit("Old", lambda c: ran.append("old"), key="hover")
    new = worker.submit("New", lambda c: ran.append("new"), key="hover")
    other = worker.submit("Other", lambda c: ran.append("other"), key="else")
    assert old.done
    assert worker.running() == [blocker, new, other]
    gate.set()
    qtbot.waitUntil(lambda: other.done)
    assert ran == ["new", "other"]


def test_what_writes_a_file_is_not_cancelled_with_the_others(worker, qtbot):
    gate = threading.Event()
    filling = worker.submit("Filling", waiting(gate))
    saving = worker.submit("Saving", waiting(gate), lane="file", writes=True)
    assert worker.writing() == [saving]
    worker.cancel_all()
    assert filling.done
    assert worker.running() == [saving]
    saving.cancel()
    assert worker.writing() == []
    gate.set()


def test_errors_become_sentences(worker, qtbot, caplog):
    def fail(error):
        def work(context):
            raise error

        seen = record(worker.submit("Filling behind “Tree”", work))
        qtbot.waitUntil(lambda: len(seen) == 1)
        return seen[0]

    assert fail(StudioError("The file is broken.")) == ("failed", "The file is broken.")
    assert not caplog.records
    text = fail(ValueError("shape"))[1]
    assert text == "Something went wrong while filling behind “Tree”; details are in the log."
    assert "ValueError: shape" in caplog.text
    assert "not enough memory" in fail(MemoryError())[1]
    assert "not enough memory" in fail(RuntimeError("DefaultCPUAllocator: can't allocate memory"))[1]


def test_progress_is_throttled_and_the_last_one_wins(worker, qtbot):
    def work(context):
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            context.report((end - time.monotonic()), "counting")
        context.report(7.0, "last")

    job = worker.submit("Counting", work)
    seen = record(job)
    qtbot.waitUntil(lambda: job.done)
    told = [x for kind, x in seen if kind == "progress"]
    assert 2 <= len(told) <= 10
    assert told[-1] == (1.0, "last")
    assert seen[-1] == ("finished", None)


def test_active_changed_follows_a_job(worker, qtbot):
    lengths = []
    worker.active_changed.connect(lambda: lengths.append(len(worker.running())))
    job = worker.submit("Working", lambda c: None, quiet=True)
    qtbot.waitUntil(lambda: job.done)
    assert lengths[0] == 1
    assert lengths[-1] == 0
    assert job.quiet


def test_a_slot_may_submit_and_cancel(worker, qtbot):
    seen = []

    class Receiver(QObject):
        def again(self, value):
            seen.append(value)
            if value < 3:
                job = worker.submit("Again", lambda c: value + 1, key="again")
                job.finished.connect(self.again)

    receiver = Receiver()
    worker.submit("Again", lambda c: 1, key="again").finished.connect(receiver.again)
    qtbot.waitUntil(lambda: seen == [1, 2, 3])


def test_close_cancels_waits_and_refuses_new_work(qapp):
    before = threading.active_count()
    worker = Worker()
    job = worker.submit("Filling", waiting(threading.Event()))
    seen = record(job)
    worker.submit("Selecting", lambda c: None, lane="interactive")
    assert worker.close(2)
    assert seen == [("cancelled", None)]
    assert worker.close(2)
    with pytest.raises(RuntimeError):
        worker.submit("More", lambda c: None)
    assert threading.active_count() <= before


def test_close_says_when_a_thread_does_not_end(qapp, qtbot):
    gate = threading.Event()
    worker = Worker()
    job = worker.submit("Stuck", lambda c: gate.wait(5))
    qtbot.waitUntil(lambda: job.started)
    assert not worker.close(0.05)
    gate.set()
    from inpaint_studio.jobs import worker as module

    assert all(t.wait(2000) for t in module._stuck)
    module._stuck.clear()
