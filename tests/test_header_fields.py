"""Header fields are taken apart in linear time, within a bound, and as RFC 9110 (section 5.6) writes them."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.web.protocol import bodies, field_values
from calcigraph.web.protocol.field_values import MOST_BYTES, MOST_PARTS, PARSED, members, parameterised
from calcigraph.web.protocol.negotiation import choose, parse_accept
from calcigraph.web.representations import DOCUMENT_OFFERS, RESULT_OFFERS
from conftest import Server

# What stands in a hostile value again and again, between a beginning and an end.
HOSTILE = {
    "members": ("", "a/b,", ""),
    "members of no kind": ("", ",", ""),
    "empty parameters": ("a/b", ";", ""),
    "parameters": ("a/b", ";a=b", ""),
    "spaces": ("a/b", " ", "x"),
    "spaces before a parameter": ("a/b;", " ", "a=b"),
    "tabs and spaces": ("a/b ; a", "\t ", "=b"),
    "a long token": ("", "a", "/"),
    "a long name": ("a/b;", "a", ""),
    "an open quotation": ('a/b;a="', "x", ""),
    "escapes": ('a/b;a="', '\\"', ""),
    "backslashes": ('a/b;a="', "\\", ""),
    "quotations": ("a/b", ';a="b"', ""),
    "quotes": ("", '"', ""),
    "open quotations": ("", '"\\', ""),
    "weights": ("", "a/b;q=0.001,", "*/*"),
    "wrong weights": ("", "a/b;q=1.0001,", ""),
    "digits": ("a/b;q=0.", "0", ""),
}


def read_accept(text: str) -> object:
    return choose(text, DOCUMENT_OFFERS)


def read_list(text: str) -> object:
    return [parameterised(member) for member in members(text)]


def read_content_type(text: str) -> object:
    return bodies.media_type(text)


READERS: dict[str, Callable[[str], object]] = {
    "Accept": read_accept,
    "a list": read_list,
    "Content-Type": read_content_type,
}


def steps(read: Callable[[str], object], text: str) -> int:
    """How many calls of Python and of C reading takes: each match of a pattern is one of them. Collecting
    garbage meanwhile would call what others have left."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    gc.disable()
    sys.setprofile(note)
    try:
        read(text)
    finally:
        sys.setprofile(None)
        gc.enable()
    return count


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize(("first", "again", "last"), HOSTILE.values(), ids=HOSTILE)
def test_twice_the_value_takes_twice_the_steps(
    read: Callable[[str], object], first: str, again: str, last: str
) -> None:
    short, long = (steps(read, first + again * times + last) for times in (1000, 2000))
    assert long <= 2 * short + 20


def test_a_step_is_linear_because_each_pattern_is_a_run_that_gives_nothing_back() -> None:
    patterns = [value.pattern for value in vars(field_values).values() if isinstance(value, re.Pattern)]
    assert len(patterns) == 4
    assert all(re.fullmatch(r"\[[^\]]+\]\*\+", pattern) for pattern in patterns), patterns


TOKENS = st.text(st.sampled_from("abz0-.+!"), min_size=1, max_size=5)
VALUES = TOKENS | st.text(st.sampled_from('a,;="\\ /'), max_size=6).map(
    lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
)
MEMBERS = st.tuples(TOKENS, st.lists(st.tuples(TOKENS, VALUES), max_size=3))


def written(member: tuple[str, list[tuple[str, str]]]) -> str:
    return member[0] + "".join(f"; {name}={value}" for name, value in member[1])


def meant(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


@given(st.lists(MEMBERS, max_size=5), st.sampled_from([",", ", ", " , ", ",,", ", ,\t"]))
def test_what_is_written_into_a_list_is_read_out_of_it(
    said: list[tuple[str, list[tuple[str, str]]]], comma: str
) -> None:
    read = [parameterised(member) for member in members(comma.join(map(written, said))) if member]
    assert [(found.name, [*found.parameters]) for found in read if found] == [
        (name, [(key, meant(value)) for key, value in parameters]) for name, parameters in said
    ]


@given(st.text(max_size=60))
def test_nothing_of_a_value_is_lost_or_read_twice(text: str) -> None:
    parts = [*members(text)]
    assert "".join("".join(parts).split()) == "".join(c for c in _without_commas(text) if not c.isspace())


def _without_commas(text: str) -> str:
    """The text without the commas that stand outside quotations, character by character."""
    kept, quoted, escaped = [], False, False
    for character in text:
        if escaped:
            escaped = False
        elif quoted and character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == "," and not quoted:
            continue
        kept.append(character)
    return "".join(kept)


@pytest.mark.parametrize(
    "member", ["a/b;q", "a/b;=1", "a/b;q=", 'a/b;q="1', "a/b q=1", "a/b;q=1 x", 'a/b;q="1"x', "a/b;q==1"]
)
def test_a_member_that_is_none_names_nothing(member: str) -> None:
    assert parameterised(member) is None
    assert parse_accept(member) == []


@pytest.mark.parametrize(
    ("content_type", "found"),
    [
        (None, ""),
        ("", ""),
        ("Application/SPARQL-Query", "application/sparql-query"),
        (" application/sparql-query ; charset=UTF-8 ", "application/sparql-query"),
        ('application/sparql-query;charset="utf-8"', "application/sparql-query"),
        ("application/sparql-query;", "application/sparql-query"),
        ("application/sparql-query;charset", ""),
    ],
)
def test_a_media_type_is_read_without_its_parameters(content_type: str | None, found: str) -> None:
    assert bodies.media_type(content_type) == found


TOO_LONG = ["a" * (MOST_BYTES + 1), "a/b," * (MOST_PARTS // 2 + 1) + ";" * (MOST_PARTS // 2)]
LONG_ENOUGH = "a/b," * (MOST_PARTS - 1) + "*/*"


@pytest.mark.parametrize("name", [name.decode() for name in PARSED])
@pytest.mark.parametrize("value", TOO_LONG, ids=["bytes", "parts"])
@pytest.mark.parametrize("path", ["/sparql?query=ASK%7B%7D", "/", "/catalog", "/nothing"])
def test_a_field_beyond_the_bound_is_refused_by_name(toy: Server, name: str, value: str, path: str) -> None:
    reply = toy.request("GET", path, headers={name: value})
    assert (reply.status, reply.type) == (431, "application/problem+json")
    assert f"`{name}`" in reply.json["detail"]
    assert reply.json["hint"]
    assert reply.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/sparql?query=ASK%7B%7D", "/catalog"])
def test_a_field_within_the_bound_is_read_to_its_end(toy: Server, path: str) -> None:
    assert len(LONG_ENOUGH) < MOST_BYTES
    assert toy.get(path, LONG_ENOUGH).status == 200
    assert toy.get(path, LONG_ENOUGH.replace("*/*", "a/c")).status == 406
    assert len(RESULT_OFFERS) > 1
