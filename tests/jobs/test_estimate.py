import pytest

from inpaint_studio.jobs import TimeLeft, in_words


def test_even_progress_is_extrapolated():
    left = TimeLeft()
    for tenth in range(1, 6):
        left.update(tenth * 1.0, tenth / 10)
    assert left.seconds == pytest.approx(5.0)
    assert left.at(6.0) == pytest.approx(4.0)
    assert left.at(99.0) == 0


def test_no_guess_from_too_little():
    left = TimeLeft()
    left.update(0.1, 0.5)
    left.update(3.0, 0.01)
    assert left.seconds is None
    assert left.at(5.0) is None


def test_a_jump_is_smoothed():
    left = TimeLeft()
    left.update(1.0, 0.5)
    left.update(2.0, 0.5)
    assert 0 < left.seconds < 2.0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0.2, "1 s left"), (1.2, "2 s left"), (59.0, "59 s left"), (61.0, "about 2 min left")],
)
def test_words(seconds, text):
    assert in_words(seconds) == text
