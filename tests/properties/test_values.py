"""Values that people choose: what is checked once is right, and stays as it is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.basics.values import Choice, Flag, Number, Text

ranges = st.tuples(st.floats(-1e6, 1e6), st.floats(0, 1e6)).map(lambda r: Number(r[0], r[0] + r[1]))


@given(ranges, st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_comes_into_its_range(number: Number, value: float) -> None:
    checked = number.checked(value)
    assert number.low <= checked <= number.high
    assert number.checked(checked) == checked
    assert checked == value or not number.low <= value <= number.high


@given(ranges, st.sampled_from([math.nan, math.inf, -math.inf, "much", None]))
def test_what_is_no_number_is_refused(number: Number, value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        number.checked(value)


@given(st.lists(st.text(min_size=1), min_size=1, unique=True), st.text())
def test_a_choice_is_one_of_what_is_offered(options: list[str], value: str) -> None:
    choice = Choice(tuple(options))
    assert all(choice.checked(option) == option for option in options)
    if value not in options:
        with pytest.raises(ValueError, match=r"^"):
            choice.checked(value)


@given(st.text(), st.integers(1, 200))
def test_a_text_is_no_longer_than_it_may_be(value: str, longest: int) -> None:
    text = Text(longest)
    checked = text.checked(value)
    assert len(checked) <= longest and checked == checked.lstrip()
    assert Flag().checked(checked) == bool(checked)
