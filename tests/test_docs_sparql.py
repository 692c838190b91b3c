"""What docs/sparql.md shows is answered, and the numbers that it names are those of the program."""

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
EXAMPLES = re.findall(r"^    (SELECT .*)$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def asked() -> tuple[Replica, str]:
    shipped = dataset_of("shipped")
    return Replica.load(b"".join(shipped.nquads())), shipped.root.prefixes.sparql()


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 2


@pytest.mark.parametrize("query", EXAMPLES)
def test_every_example_has_an_answer(asked: tuple[Replica, str], query: str) -> None:
    replica, prefixes = asked
    solutions = replica.query(prefixes + query)
    assert isinstance(solutions, ox.QuerySolutions)
    assert next(solutions, None) is not None


def test_the_numbers_on_the_page_are_those_of_the_program() -> None:
    limits = CallLimits()
    assert f"More than {MOST_MATCHES:,} matching texts" in PAGE
    assert f"at most {MOST_BYTES >> 30} GiB" in PAGE
    assert f"may take {limits.timeout_s:g} s and bring {limits.most_bytes >> 20} MiB" in PAGE
    assert f"at most {MOST_CALLS} calls" in PAGE
    assert f"the server {limits.at_once} at a time" in PAGE
