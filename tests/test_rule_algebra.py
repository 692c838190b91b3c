"""Queries are read as rdflib reads them, though their comments are taken out before."""

from __future__ import annotations

import pytest
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery

from calcigraph.reasoning.queries.parsed import algebra_of
from suites import ROOT

_RULES = sorted((ROOT / "ontology" / "rules").glob("grade-s*.rq"))
_TEXTS = [
    'PREFIX : <http://e.org/#a>#one # two\nSELECT ?s#\nWHERE{?s :p \'#\', """a # b\n\'c\'"""@en#end\n}',
    "SELECT (SUM(?o) AS ?n)\n{ ?s <http:p>/^<http://e.org/q>* ?o #!\n MINUS { ?s ?s 1.5 } } GROUP BY ?s",
    "PREFIX :<http://e.org/> SELECT * { ?s :p 'a'^^:t # a\n ; :q 1, -2 . OPTIONAL { ?s :r ?x FILTER(?x<?s)}}",
]


@pytest.mark.parametrize("text", [*_TEXTS, *(rule.read_text(encoding="utf-8") for rule in _RULES)])
def test_a_query_with_comments_has_the_algebra_that_rdflib_finds(text: str) -> None:
    assert "#" in text
    assert algebra_of(text) == translateQuery(parseQuery(text)).algebra


def test_there_are_rules_to_compare() -> None:
    assert _RULES
