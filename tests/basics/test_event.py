import pytest

from inpaint_studio.basics.event import Event


def test_callbacks_are_called_in_their_order_with_what_is_emitted():
    event: Event[int, str] = Event()
    seen = []
    event.connect(lambda number, text: seen.append(("first", number, text)))
    event.connect(lambda number, text: seen.append(("second", number, text)))
    event.emit(3, "x")
    assert seen == [("first", 3, "x"), ("second", 3, "x")]


def test_connecting_returns_what_ends_it():
    event: Event[[]] = Event()
    seen = []
    end = event.connect(lambda: seen.append(1))
    end()
    end()
    event.emit()
    assert seen == []


def test_who_is_disconnected_meanwhile_is_not_called():
    event: Event[[]] = Event()
    seen = []
    ends = []
    event.connect(lambda: ends[0]())
    ends.append(event.connect(lambda: seen.append("gone")))
    event.connect(lambda: seen.append("last"))
    event.emit()
    assert seen == ["last"]


def test_who_connects_meanwhile_is_called_from_the_next_time_on():
    event: Event[[]] = Event()
    seen = []
    once = event.connect(lambda: (event.connect(lambda: seen.append("late")), once()))
    event.emit()
    assert seen == []
    event.emit()
    assert seen == ["late"]


def test_an_exception_reaches_who_emitted():
    event: Event[[]] = Event()
    event.connect(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        event.emit()
