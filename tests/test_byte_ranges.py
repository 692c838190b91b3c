"""`Range` and `If-Range` as RFC 9110 has them (sections 13.1.5 and 14), judged by the bytes themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.web.protocol.byte_ranges import asked_range, is_current
from calcigraph.web.protocol.request_problems import RangeUnsatisfiable

CONTENT = bytes(range(100))


def sent(field: str | None) -> bytes:
    found = asked_range(field, len(CONTENT))
    return CONTENT if found is None else CONTENT[found.start :][: found.length]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("bytes=0-0", CONTENT[:1]),
        ("bytes=0-", CONTENT),
        ("bytes=10-19", CONTENT[10:20]),
        ("Bytes=10-19", CONTENT[10:20]),
        ("bytes=90-1000", CONTENT[90:]),
        ("bytes=99-", CONTENT[99:]),
        ("bytes=-1", CONTENT[99:]),
        ("bytes=-1000", CONTENT),
    ],
)
def test_a_range_is_the_bytes_that_it_names(field: str, expected: bytes) -> None:
    assert asked_range(field, len(CONTENT)) is not None
    assert sent(field) == expected


@pytest.mark.parametrize(
    "field",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-2",
        "bytes=a-b",
        "bytes=0-0,5-6",
        "bytes=+1-2",
        "bytes=\u0661-\u0662",
        "items=0-0",
        "0-0",
        f"bytes={'9' * 100_000}-",
    ],
)
def test_what_is_no_single_range_of_bytes_is_ignored(field: str | None) -> None:
    assert asked_range(field, len(CONTENT)) is None


@pytest.mark.parametrize("field", ["bytes=100-", "bytes=100-200", "bytes=-0", f"bytes={'9' * 18}-"])
def test_a_range_behind_the_end_is_refused(field: str) -> None:
    with pytest.raises(RangeUnsatisfiable):
        asked_range(field, len(CONTENT))


def test_nothing_has_no_range() -> None:
    for field in ("bytes=0-0", "bytes=-1"):
        with pytest.raises(RangeUnsatisfiable):
            asked_range(field, 0)


@given(st.integers(0, 120), st.integers(0, 120))
def test_two_parts_that_meet_are_the_whole(cut: int, last: int) -> None:
    if 0 < cut < len(CONTENT) <= last:
        assert sent(f"bytes=0-{cut - 1}") + sent(f"bytes={cut}-{last}") == CONTENT


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (None, True),
        ('"a"', True),
        (' "a" ', True),
        ("Mon, 30 Nov 2026 12:00:00 GMT", True),
        ('W/"a"', False),
        ('"b"', False),
        ("a", False),
        ("Mon, 30 Nov 2026 12:00:01 GMT", False),
        ("", False),
    ],
)
def test_a_part_goes_on_from_the_same_representation_alone(field: str | None, expected: bool) -> None:
    assert is_current(field, '"a"', "Mon, 30 Nov 2026 12:00:00 GMT") is expected


def test_no_date_matches_where_there_is_none() -> None:
    assert not is_current("Mon, 30 Nov 2026 12:00:00 GMT", '"a"', None)
