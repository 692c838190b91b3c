"""RFC 9110 section 12.5.1: an Accept header and offers in, the one that is sent out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.web.protocol.negotiation import HTML, Offer, choose, parse_accept, wished
from calcigraph.web.representations import GRAPH_OFFERS, RESULT_OFFERS
from conftest import BROWSER

TURTLE, HTML_ONLY = Offer("text/turtle", "turtle"), Offer("text/html", "html")
COMPACT = Offer("application/ld+json", "compact", ("application/json",), frozenset({"urn:compact"}))
EXPANDED = Offer("application/ld+json", "expanded", (), frozenset({"urn:expanded"}))
OFFERS = (TURTLE, COMPACT, EXPANDED, HTML_ONLY)


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        (None, "turtle"),
        ("", "turtle"),
        ("*/*", "turtle"),
        (BROWSER, "html"),
        ("text/*", "turtle"),
        ("text/*, text/turtle;q=0", "html"),
        ("text/*;q=0.1, text/html;q=0.2", "html"),
        ("*/*;q=1, text/turtle;q=0.1, application/ld+json;q=0.2", "html"),
        ("text/html, */*", "html"),
        ("text/turtle;version=1.2", "turtle"),
        ("text/turtle; charset=utf-8; q=0.5, text/html;q=0.4", "turtle"),
        ('application/ld+json;profile="urn:expanded"', "expanded"),
        ('application/ld+json;profile="urn:other urn:compact"', "compact"),
        ('application/ld+json;profile="urn:unknown"', "compact"),
        ("application/json", "compact"),
        ("TEXT/HTML", "html"),
        ('a/b;x=",text/turtle;q=1,", text/html', "html"),
        ("text/turtle;q=0.3, nonsense, text/html;q=0.2", "turtle"),
        ("text/html;level=1;q=0.4;ext=2", "html"),
        ("text/turtle;q=0.001, text/html;q=0", "turtle"),
    ],
)
def test_the_header_picks_its_variant(accept: str | None, name: str) -> None:
    chosen = choose(accept, OFFERS)
    assert chosen is not None
    assert chosen.name == name


@pytest.mark.parametrize(
    "accept",
    [
        "image/png",
        "*/*;q=0",
        "text/turtle;q=0",
        "turtle",
        "text/turtle;q=2",
        "text/turtle;q=abc",
        "*/turtle",
        '"',
    ],
)
def test_a_header_that_names_nothing_that_is_offered_picks_nothing(accept: str) -> None:
    assert choose(accept, (TURTLE,)) is None


def test_data_comes_as_turtle_and_tables_as_json_where_anything_will_do() -> None:
    assert GRAPH_OFFERS[0].media_type == "text/turtle"
    assert RESULT_OFFERS[0].media_type == "application/sparql-results+json"
    assert choose(BROWSER, (*GRAPH_OFFERS, HTML)) is HTML
    assert choose(BROWSER, (*RESULT_OFFERS, HTML)) is HTML


KINDS = st.sampled_from(
    [offer.media_type for offer in OFFERS] + ["text/*", "application/*", "*/*", "image/png"]
)
QUALITIES = st.integers(0, 1000).map(lambda n: n / 1000)
HEADERS = st.lists(st.tuples(KINDS, QUALITIES), min_size=1, max_size=6)


def header(ranges: list[tuple[str, float]]) -> str:
    return ", ".join(f"{kind};q={q:.3f}" for kind, q in ranges)


def quality(ranges: list[tuple[str, float]], media_type: str) -> float:
    """The plain reading of the specification: the most specific range that matches decides."""
    for name in (media_type, media_type.partition("/")[0] + "/*", "*/*"):
        matching = [q for kind, q in ranges if kind == name]
        if matching:
            return max(matching)
    return 0.0


@given(HEADERS)
def test_nothing_with_a_better_quality_is_passed_over(ranges: list[tuple[str, float]]) -> None:
    chosen = choose(header(ranges), OFFERS)
    best = max(quality(ranges, offer.media_type) for offer in OFFERS)
    assert (chosen is None) == (best == 0)
    if chosen is not None:
        assert quality(ranges, chosen.media_type) == best


@given(HEADERS, st.randoms())
def test_the_order_of_the_header_does_not_matter(ranges: list[tuple[str, float]], random: object) -> None:
    shuffled = list(ranges)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert choose(header(ranges), OFFERS) == choose(header(shuffled), OFFERS)


@given(HEADERS)
def test_parameters_other_than_profile_change_nothing(ranges: list[tuple[str, float]]) -> None:
    decorated = ", ".join(f'{kind};version=1.2;x="a,b;q=0";q={q:.3f}' for kind, q in ranges)
    assert choose(decorated, OFFERS) == choose(header(ranges), OFFERS)


@given(st.text(max_size=200))
def test_any_text_is_a_header_that_can_be_read(text: str) -> None:
    parse_accept(text)
    assert choose(text, OFFERS) in (*OFFERS, None)


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ([], None),
        ([("format", "html")], "html"),
        ([("format", "gif"), ("format", "application/ld+json")], "compact"),
        ([("output", "html"), ("format", "turtle")], "html"),
        ([("results", " TURTLE ")], "turtle"),
        ([("format", ""), ("output", "text/turtle; charset=utf-8")], "turtle"),
        ([("format", "gif")], None),
        ([("form", "html")], None),
        ([("format", "gif")] * 10 + [("format", "html")], None),
    ],
)
def test_the_first_format_that_is_known_is_the_one_wished_for(
    parameters: list[tuple[str, str]], name: str | None
) -> None:
    found = wished(parameters, OFFERS)
    assert (found.name if found else None) == name
