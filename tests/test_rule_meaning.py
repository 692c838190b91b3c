"""A rule means what its WHERE group means at the endpoint: built anew, after changes, and in its proofs."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from calcigraph.engine.replica import Replica
from calcigraph.reasoning import ConstructRule, check_proof, infer
from test_reasoning_rules import parse

PREFIX = "PREFIX : <http://example.org/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
DATA = (
    ":a :p :b, :c . :a :q :b . :b :p :d . :d :r :a . :e :code 'darted' ; :size 2 . :f :code 'x' ; :size 3 ."
)
# A WHERE group that binds ?x and ?y; what it gives by SPARQL 1.1, written by hand; the section.
MEANINGS = {
    "an alternative is a bag (18.4)": (
        "{ SELECT ?x (COUNT(*) AS ?y) { ?x :p|:q ?o } GROUP BY ?x }",
        ":a :built 3 . :b :built 1 .",
    ),
    "an alternative of one name twice (18.4)": (
        "{ SELECT ?x (COUNT(?o) AS ?y) { ?x :p|:p ?o } GROUP BY ?x }",
        ":a :built 4 . :b :built 2 .",
    ),
    "an alternative in a sequence (18.4)": (
        "{ SELECT ?x (COUNT(*) AS ?y) { ?x (:p|:q)/:p ?o } GROUP BY ?x }",
        ":a :built 2 .",
    ),
    "a path of no steps from a term that is nowhere (18.1.7)": (
        "BIND(:a AS ?x) :absent :p* ?y",
        ":a :built :absent .",
    ),
    "a path of one step at most, of two terms (18.1.7)": (
        ":absent :p? :absent . ?x :q ?y",
        ":a :built :b .",
    ),
    "a path of no steps to a term that is nowhere (18.1.7)": (
        "?y :p* :absent . BIND(:a AS ?x)",
        ":a :built :absent .",
    ),
    "a group is not followed by a letter of its own (17.4.3.15)": (
        '?x :code ?code BIND(REPLACE(?code, "^(.*?)d(.*)$", "$1c$2") AS ?y) FILTER(CONTAINS(?code, "d"))',
        ":e :built 'carted' .",
    ),
    "a concatenation of numbers is one of their texts (18.5.1.7)": (
        '{ SELECT ?x (GROUP_CONCAT(?n; SEPARATOR="+") AS ?y) { VALUES ?i { 1 2 } ?x :size ?n } GROUP BY ?x }',
        ":e :built '2+2' . :f :built '3+3' .",
    ),
    "the truth value of a text with a language is that of the text (17.2.2)": (
        '?x :code "x" BIND(IF("a"@en, 1, 2) AS ?y)',
        ":f :built 1 .",
    ),
    "a cast forgives space around a number (17.5)": (
        '?x :code "x" BIND(xsd:integer(" 7 ") AS ?y)',
        ":f :built 7 .",
    ),
}


def rules(where: str, stage: str = "before") -> list[ConstructRule]:
    return [ConstructRule("x", stage, f"{PREFIX}CONSTRUCT {{ ?x :built ?y }} WHERE {{ {where} }}")]


@pytest.mark.parametrize("stage", ["before", "after"])
@pytest.mark.parametrize(("where", "expected"), MEANINGS.values(), ids=MEANINGS)
def test_a_rule_builds_what_the_specification_says(where: str, expected: str, stage: str) -> None:
    inference = infer(parse(DATA), rules(where, stage))
    assert inference.derived == set(parse(expected))
    for triple in inference.derived:
        proof = inference.explain(triple)
        assert proof is not None
        check_proof(proof, inference.rules)


@pytest.mark.parametrize(("where", "expected"), MEANINGS.values(), ids=MEANINGS)
def test_a_rule_means_what_the_endpoint_answers(where: str, expected: str) -> None:
    (rule,) = rules(where)
    replica = Replica(ox.Quad(*triple) for triple in parse(DATA))
    assert set(replica.query(rule.text)) == set(parse(expected)) == infer(parse(DATA), [rule]).derived


@pytest.mark.parametrize(("where", "expected"), MEANINGS.values(), ids=MEANINGS)
def test_a_change_leads_to_what_is_built_anew(where: str, expected: str) -> None:
    triples = parse(DATA)
    for triple in triples:
        fewer = infer([other for other in triples if other != triple], rules(where))
        more, _ = fewer.after(add=[triple])
        assert more.derived == set(parse(expected))
        again, _ = more.after(remove=[triple])
        assert again.derived == fewer.derived
