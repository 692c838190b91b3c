"""A recorded answer is compared as SPARQL 1.1, section 15.1, leaves its order: ties in any order."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from calcigraph.edition import assemble
from calcigraph.questions import answer, findings
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.root import QuestionFile, Root
from calcigraph.store import OfflineEngine

DATA = """
@prefix : <https://example.org/x/> .
:a :size 1 ; :name "a" . :b :size 1 ; :name "b" . :c :size 1.0 ; :name "c" . :d :size 2 ; :name "d" .
:d :of [ ] . :e :of [ ] .
"""
SIZES = "SELECT ?name WHERE { ?s :size ?size ; :name ?name } ORDER BY "
# A query, answers that are as good as each other, and some that are not.
ROWS = {
    f"{SIZES} ?size": (["abcd", "cabd", "bcad"], ["dabc", "adbc", "abc", "abcdd", "aacd"]),
    f"{SIZES} DESC(?size)": (["dabc", "dcba"], ["abcd"]),
    f"{SIZES} DESC(?size) ?name": (["dabc"], ["dcba"]),
    f"{SIZES} (?size > 1)": (["abcd", "cbad"], ["dabc"]),
    f"{SIZES} ?size LIMIT 2": (["ab", "ca", "bc"], ["ad", "da", "aa", "a", "abc"]),
    f"{SIZES} ?size OFFSET 2 LIMIT 2": (["cd", "ad", "bd"], ["ab", "dc"]),
    "SELECT ?name WHERE { ?s :name ?name }": (["abcd", "dcba"], ["abc", "abca"]),
    "SELECT ?name WHERE { ?s :size ?size ; :name ?name } GROUP BY ?name ORDER BY COUNT(?size)": (
        ["abcd", "dcba"],
        ["abcc"],
    ),
    # Strings are told apart by what is written, numbers by their value, all their digits of it.
    "SELECT ?name WHERE { VALUES (?key ?name) { ('01' 'a') ('1' 'b') } } ORDER BY ?key": (["ab"], ["ba"]),
    "SELECT ?name WHERE { VALUES (?key ?name) { (01 'a') (1 'b') (1e0 'c') } } ORDER BY ?key": (["cab"], []),
    "SELECT ?name WHERE { VALUES (?key ?name) { ('_:a' 'a') ('_:b' 'b') } } ORDER BY ?key": (["ab"], ["ba"]),
    # As many digits as engines hold.
    "SELECT ?name WHERE { VALUES (?key ?name) { (12345678901.000000000000000001 'a') "
    "(12345678901.000000000000000002 'b') } } ORDER BY DESC(?key)": (["ba"], ["ab"]),
    "SELECT ?name WHERE { ?s :name ?name ; ?p ?o } GROUP BY ?name ORDER BY COUNT(?p)": (["cbad"], ["dabc"]),
    "SELECT DISTINCT ?name WHERE { ?s :size ?size ; :name ?name } ORDER BY ?size": (
        ["abcd", "dcba"],
        ["abc"],
    ),
    "SELECT DISTINCT ?name WHERE { ?s :name ?name } ORDER BY STRLEN(?name)": (["abcd", "dcba"], ["abc"]),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> OfflineEngine:
    folder = tmp_path_factory.mktemp("root")
    (folder / "data").mkdir()
    (folder / "data/a.ttl").write_text(DATA, encoding="utf-8")
    return OfflineEngine(assemble(Root.read(folder), "none").edition)


def said(engine: OfflineEngine, query: str, recorded: str) -> list[str]:
    text = f"PREFIX : <https://example.org/x/> {query}"
    question = QuestionFile("q", "Which?", "", False, (), text, recorded, "ontology/questions/q.rq")
    found = findings(question, answer(question, engine.csv), Prefixes({}), engine.csv)
    return [finding.message for finding in found]


def table(names: str) -> str:
    return "\r\n".join(["name", *names, ""])


@pytest.mark.parametrize("query", ROWS)
def test_rows_with_equal_keys_may_stand_in_any_order_and_others_may_not(
    query: str, engine: OfflineEngine
) -> None:
    good, bad = ROWS[query]
    assert {names: said(engine, query, table(names)) for names in good} == {names: [] for names in good}
    assert [names for names in bad if not said(engine, query, table(names))] == []


def test_star_shows_its_keys_too(engine: OfflineEngine) -> None:
    query = "SELECT * WHERE { ?s :name ?name FILTER(STR(?name) < 'c') } ORDER BY STRLEN(?name)"
    rows = ["https://example.org/x/a,a", "https://example.org/x/b,b"]

    for found in (rows, rows[::-1]):
        assert said(engine, query, "\r\n".join(["s,name", *found, ""])) == []
    assert said(engine, query, "\r\n".join(["s,name", rows[0], ""]))


def test_a_key_that_is_an_aggregate_with_a_name_is_known(engine: OfflineEngine) -> None:
    query = "SELECT ?name (COUNT(?p) AS ?n) WHERE { ?s :name ?name ; ?p ?o } GROUP BY ?name ORDER BY ?n"
    rows = ["a,2", "b,2", "c,2", "d,3"]

    assert said(engine, query, "\r\n".join(["name,n", rows[1], rows[0], *rows[2:], ""])) == []
    assert said(engine, query, "\r\n".join(["name,n", rows[3], *rows[:3], ""]))


def test_blank_nodes_have_no_order(engine: OfflineEngine) -> None:
    query = "SELECT ?name ?thing WHERE { ?name :of ?thing } ORDER BY ?thing"
    given = engine.csv(f"PREFIX : <https://example.org/x/> {query}", False).decode()
    head, *lines = given.splitlines()

    assert len(lines) == 2
    assert said(engine, query, "\r\n".join([head, *lines[::-1], ""])) == []


def test_a_question_without_its_answer_is_told_by_ask_in_the_words_of_check(tmp_path: Path) -> None:
    folder = tmp_path / "ontology/questions"
    folder.mkdir(parents=True)
    (folder / "new.rq").write_text("#+ question: Which?\nSELECT * { ?s ?p ?o }\n", encoding="utf-8")
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}

    asked, checked = (
        subprocess.run(
            [sys.executable, "-m", "calcigraph", *arguments, "--root", str(tmp_path)],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        for arguments in (("ask", "new"), ("check",))
    )

    said = checked.stdout.splitlines()[0]
    assert "ontology/questions/new.csv" in said
    assert said in asked.stderr
    assert asked.returncode == checked.returncode == 1
