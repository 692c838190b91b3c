"""Numbers as they are typed in: plain digits within bounds, and nothing else that Python would take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.numerals import NumeralRefused, decimal, integer

NEITHER = [
    *("", " ", "1_0", " 1", "1 ", "+1", "-1", "-0", "1e3", "1E3", "0x10", "inf", "Infinity", "nan", "NaN"),
    *("\u0663", "\uff11", "½", "1,5", "1.", ".", "1.2.3", "1\n", "0" * 5000, "9" * 5000, "1\0"),
]


@pytest.mark.parametrize("text", NEITHER)
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    for read in (integer, decimal):
        with pytest.raises(NumeralRefused, match="number"):
            read(text)


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0.0), ("007", 7.0), ("0.25", 0.25), (".5", 0.5), ("10", 10.0)]
)
def test_a_plain_number_is_its_value(text: str, value: float) -> None:
    assert decimal(text) == value


@pytest.mark.parametrize("text", ["0.5", ".5", "1.0"])
def test_a_fraction_is_no_whole_number(text: str) -> None:
    with pytest.raises(NumeralRefused, match="whole"):
        integer(text)


@pytest.mark.parametrize(("text", "fits"), [("0", False), ("1", True), ("64", True), ("65", False)])
def test_both_bounds_are_included_and_said(text: str, fits: bool) -> None:
    if fits:
        assert integer(text, 1, 64) == int(text)
        return
    with pytest.raises(NumeralRefused, match="from 1 to 64"):
        integer(text, 1, 64)


@given(st.integers(0, 10**29))
def test_what_is_written_in_digits_is_read(number: int) -> None:
    assert integer(str(number)) == number


@given(st.text(max_size=8))
def test_no_text_is_read_as_another_number_than_python_reads(text: str) -> None:
    try:
        found = decimal(text)
    except NumeralRefused:
        return
    assert text.isascii()
    assert set(text) <= set("0123456789.")
    assert found == float(text)
