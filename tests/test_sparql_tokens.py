"""The scanner of SPARQL text: what the tokens are, and that no text takes more than linear steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from hypothesis import given, target
from hypothesis import strategies as st

from calcigraph.sparql import tokens as sparql_tokens
from calcigraph.sparql.tokens import tokens
from regex_steps import CountingPattern

READINGS: dict[str, Callable[[str], Iterator[object]]] = {"tokens": tokens}
# Every class of token, and what is nearly one.
CLASSES = [*"a1.:-_?<>\"'#\\@%&|^!({/ \n", "a:", "<a", '"', "\\'", '"""', "'''"]
MORE = r"""
    é $ ) } [ ] , ; = * + a. a- a:b. .. _: 1. .1 1e 1e+ %4 %41 \. \a ?x @a @a- <a> <' <# <( "" '' \""" \'''
    && ^^ SELECT"""
PIECES = [*CLASSES, *MORE.split(), "\r", "\x00", "#\n", "\\\n"]
OPENINGS = ["", '"""', "'''", '"', "'", "<", "#", "a", "a.", ":", "@a", '"""\n', "'''\n", "?x", "1"]
# What a character may take: some thirty alternatives that look at it once or twice. Where the steps grow with
# the square of the length, a character takes half as many as the text is long, and more.
MOST_STEPS_A_CHARACTER = 90
LENGTH = 400


@cache
def counting(pattern: Callable[[str], object], long_quotes: str) -> CountingPattern:
    return CountingPattern(pattern(long_quotes))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def steps() -> Iterator[Callable[[str, str], int]]:
    """How many steps a reading of a text takes, those of each pattern and one for each token."""
    patterns = (sparql_tokens.token_pattern,)
    part = CountingPattern(sparql_tokens.PART)

    def counted(reading: str, text: str) -> int:
        before = total()
        found = sum(1 for _ in READINGS[reading](text))
        return total() - before + found

    def total() -> int:
        made = [counting(pattern, quotes) for pattern in patterns for quotes in ("\"'", '"', "'", "")]
        return part.steps + sum(pattern.steps for pattern in made)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sparql_tokens, "PART", part)
        for pattern in patterns:
            patch.setattr(sparql_tokens, pattern.__name__, lambda quotes, of=pattern: counting(of, quotes))
        yield counted


def of_length(opening: str, unit: str, length: int) -> str:
    return (opening + unit * (length // len(unit) + 1))[:length]


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("opening", OPENINGS)
def test_a_repeated_piece_takes_a_linear_number_of_steps(
    steps: Callable[[str, str], int], reading: str, opening: str
) -> None:
    for piece in PIECES:
        check_is_linear(steps, reading, opening, piece, LENGTH)


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("first", CLASSES)
def test_two_pieces_by_turns_take_a_linear_number_of_steps(
    steps: Callable[[str, str], int], reading: str, first: str
) -> None:
    for second in CLASSES:
        check_is_linear(steps, reading, "", first + second, LENGTH)


@pytest.mark.parametrize("reading", READINGS)
@given(st.sampled_from(OPENINGS), st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join))
def test_no_repeated_text_takes_more_than_a_linear_number_of_steps(
    steps: Callable[[str, str], int], reading: str, opening: str, unit: str
) -> None:
    target(check_is_linear(steps, reading, opening, unit, 2 * LENGTH))


def check_is_linear(
    steps: Callable[[str, str], int], reading: str, opening: str, unit: str, length: int
) -> float:
    """How many steps a character takes."""
    found = steps(reading, of_length(opening, unit, length)) / length
    assert found <= MOST_STEPS_A_CHARACTER, (reading, opening, unit)
    return found


def test_the_bound_is_one_that_a_pattern_can_pass() -> None:
    import re

    slow = CountingPattern(re.compile(r"(?:[^\W\d_][\w.-]*+|_)?:|."))

    def steps(_reading: str, text: str) -> int:
        before, at = slow.steps, 0
        while (match := slow.match(text, at)) is not None:
            at = match.end()
        return slow.steps - before

    with pytest.raises(AssertionError):
        check_is_linear(steps, "names as they were", "", "a.", LENGTH)


READ = {
    "?o.ex:b": "variable:?o operator:. name:ex:b",
    "ex:a.b. ex:c.": "name:ex:a.b operator:. name:ex:c operator:.",
    "a.b.c:d": "name:a.b.c:d",
    "true.ex:b": "name:true.ex:b",
    "true.:b": "word:true operator:. name::b",
    "a.b-1.c": "word:a operator:. word:b operator:- number:1 operator:. word:c",
    "true-1e+5": "word:true operator:- number:1e+5",
    "1-a": "number:1 operator:- word:a",
    "_a.b:c": "word:_a operator:. name:b:c",
    r"ex:a\_b\,c%20.d": r"name:ex:a\_b\,c%20.d",
    'VALUES ?x { """a" }': 'word:VALUES variable:?x operator:{ string:"" string:"a" operator:}',
    "'''a' '''b'''": "string:'''a' ''' word:b string:'' operator:'",
    '"""a""" "b" \'c\'': 'string:"""a""" string:"b" string:\'c\'',
    '"""\\"""" x': 'string:"""\\"""" word:x',
    '"a\nb': 'operator:" unclosed:a word:b',
    "?s<a>?o": "variable:?s iri:<a> variable:?o",
    "?s< a>?o": "variable:?s operator:< word:a operator:> variable:?o",
    "# c\n<a#b>#c": "iri:<a#b>",
    '"a"@en-GB-': 'string:"a" language:@en-GB operator:-',
}


@pytest.mark.parametrize("text", READ)
def test_text_is_read_as_the_grammar_says(text: str) -> None:
    found = list(tokens(text))
    kinds = {token.kind for token in found}
    wanted = READ[text]
    assert " ".join(f"{token.kind}:{token.text}" for token in found) == wanted
    assert all(text[token.start : token.end] == token.text for token in found)
    assert kinds <= {
        "iri",
        "string",
        "variable",
        "name",
        "number",
        "language",
        "word",
        "operator",
        "unclosed",
    }
