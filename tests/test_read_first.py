"""What a worker need not make: the process that it is forked from has read a query before."""

from __future__ import annotations

import subprocess
import sys

import pytest

from suites import ROOT

# Counts the patterns that are compiled, and the modules that are imported, for each query of the arguments.
SCRIPT = """
import re, sys
from calcigraph.engine.replica import Replica
from calcigraph.pool.admission import Admission
from calcigraph.pool.answer import Query
from calcigraph.pool.worker_process import read_first

if sys.argv[1] == "read first":
    read_first()
modules, made, compiled = set(sys.modules), [], re._compiler.compile
re._compiler.compile = lambda *given: made.append(given) or compiled(*given)
for text in sys.argv[2:]:
    list(Replica(()).query(Admission(Query(text), {}).admitted().query))
print(len(made), len(set(sys.modules) - modules))
"""
QUERIES = [
    'SELECT ("mark" AS ?m) {}',
    "SELECT * { ?s <urn:p>|<urn:q>* ?o FILTER(?o > 1) }",
    "SELECT * { GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s ?p 'x' } } }",
    "SELECT * { ?s ?p ?o FILTER NOT EXISTS { ?o ?q ?z . ?z ?r 1 } } ORDER BY ?o",
]


def made(how: str, queries: list[str]) -> tuple[int, ...]:
    command = [sys.executable, "-c", SCRIPT, how, *queries]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return tuple(map(int, done.stdout.split()))


@pytest.mark.parametrize("query", QUERIES)
def test_the_first_query_of_a_worker_makes_no_pattern_and_imports_nothing(query: str) -> None:
    assert made("read first", [query]) == (0, 0)


def test_neither_do_the_questions_of_the_root() -> None:
    questions = [path.read_text(encoding="utf-8") for path in (ROOT / "ontology/questions").glob("*.rq")]
    assert len(questions) > 10
    assert made("read first", questions) == (0, 0)


def test_without_it_there_would_be_something_to_make() -> None:
    patterns, _ = made("nothing before", QUERIES[:1])
    assert patterns > 0
