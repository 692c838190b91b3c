"""What docs/sparql.md and sparql-patterns.md show is answered, and their numbers are those of the program."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.engine.replica import Replica
from calcigraph.engine.service_clauses import MOST_CALLS
from calcigraph.engine.text_index import MOST_BYTES
from calcigraph.engine.text_search import MOST_MATCHES
from calcigraph.federation import CallLimits
from datasets import dataset_of

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "sparql.md").read_text(encoding="utf-8")
PATTERNS = (ROOT / "docs" / "sparql-patterns.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^ {4,6}(SELECT .*)$", PAGE + PATTERNS, re.MULTILINE)


@pytest.fixture(scope="module")
def asked() -> tuple[Replica, str]:
    shipped = dataset_of("shipped")
    return Replica.load(b"".join(shipped.nquads())), shipped.root.prefixes.sparql()


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("query", EXAMPLES)
def test_every_example_has_an_answer(asked: tuple[Replica, str], query: str) -> None:
    replica, prefixes = asked
    solutions = replica.query(prefixes + query)
    assert isinstance(solutions, ox.QuerySolutions)
    assert next(solutions, None) is not None


@pytest.mark.parametrize("question", re.findall(r"^ {6}(ASK .*)$", PATTERNS, re.MULTILINE))
def test_every_question_is_answered_with_true(asked: tuple[Replica, str], question: str) -> None:
    replica, prefixes = asked
    assert bool(replica.query(prefixes + question)) is True


ANSWERED = [
    (written, answered)
    for left, answered in re.findall(r"^\| (`\".*) \| `(\".*)` \|$", PAGE, re.MULTILINE)
    for written in re.findall(r"`([^`]+)`", left)
]
KEPT = re.findall(
    r"`(\"[^`]+\"(?:\^\^\w+:\w+)?)`", PAGE.partition("Everything else")[2].partition("`STR()`")[0]
)


def answer_to(asked: tuple[Replica, str], query: str) -> list[list[str]]:
    replica, prefixes = asked
    solutions = replica.query(prefixes + query)
    assert isinstance(solutions, ox.QuerySolutions)
    return [[str(term) for term in row] for row in solutions]


def in_full(literal: str, prefixes: str) -> str:
    text, caret, datatype = literal.partition("^^")
    if not caret:
        return text
    prefix, _, local = datatype.partition(":")
    (namespace,) = re.findall(rf"PREFIX {prefix}: <(.*)>", prefixes)
    return f"{text}^^<{namespace}{local}>"


@pytest.mark.parametrize(("written", "answered"), ANSWERED)
def test_each_spelling_of_the_table_is_answered_as_it_says(
    asked: tuple[Replica, str], written: str, answered: str
) -> None:
    assert answer_to(asked, f"SELECT ?o {{ VALUES ?o {{ {written} }} }}") == [[in_full(answered, asked[1])]]


@pytest.mark.parametrize("literal", KEPT)
def test_what_the_page_says_is_kept_is_answered_as_it_is_written(
    asked: tuple[Replica, str], literal: str
) -> None:
    kept = answer_to(asked, f"SELECT ?o {{ VALUES ?o {{ {literal} }} }}") == [[in_full(literal, asked[1])]]
    # The one literal of this list that is named as an exception.
    assert kept == (literal != '"300"^^xsd:byte')


def test_the_page_has_literals_of_each_kind() -> None:
    assert len(ANSWERED) >= 12
    assert len(KEPT) >= 9


def test_what_two_spellings_are_to_each_function_is_as_the_page_says(asked: tuple[Replica, str]) -> None:
    (example,) = [query for query in EXAMPLES if "sameTerm" in query]
    line = PAGE.partition(example)[2].partition("\n\n")[2].partition("A pattern")[0]
    (row,) = answer_to(asked, example)
    assert [term.partition("^^")[0].strip('"') for term in row] == [
        term.strip('"') for term in re.findall(r"`([^`]+)`", line)
    ]


def test_the_numbers_on_the_page_are_those_of_the_program() -> None:
    limits = CallLimits()
    assert f"More than {MOST_MATCHES:,} matching texts" in PAGE
    assert f"at most {MOST_BYTES >> 30} GiB" in PAGE
    assert f"may take {limits.timeout_s:g} s and bring {limits.most_bytes >> 20} MiB" in PAGE
    assert f"at most {MOST_CALLS} calls" in PAGE
    assert f"the server {limits.at_once} at a time" in PAGE
