"""Which axioms OWL 2 RL reasons with: by the grammar of OWL 2 Profiles, section 4.2, position by position."""

from __future__ import annotations

from pathlib import Path

import pytest

from calcigraph.checks import check
from calcigraph.rdf.reading import read_files
from calcigraph.reasoning import axiom_use
from calcigraph.root import Root
from in_process import ask, local_app
from suites import needs, suite
from test_reasoning_rules import parse

SOME, ALL = "[ owl:onProperty :p ; owl:someValuesFrom :B ]", "[ owl:onProperty :p ; owl:allValuesFrom :B ]"
WITHIN = {
    "names": ":A rdfs:subClassOf :B . :A owl:equivalentClass :C . :p rdfs:domain :A .",
    "a value on the left": f"{SOME} rdfs:subClassOf :A .",
    "values on the right": f":A rdfs:subClassOf {ALL} .",
    "a union on the left": "[ owl:unionOf (:A :B) ] rdfs:subClassOf :C .",
    "an intersection": f":A rdfs:subClassOf [ owl:intersectionOf (:B {ALL}) ] .",
    "a complement on the right": f":A rdfs:subClassOf [ owl:complementOf {SOME} ] .",
    "at most one": ":A rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 1 ] .",
    "a value": ":A owl:equivalentClass [ owl:onProperty :p ; owl:hasValue :v ] .",
    "an enumeration on the left": "[ owl:oneOf (:a :b) ] rdfs:subClassOf :A .",
    "owl:Thing in an expression": "[ owl:onProperty :p ; owl:someValuesFrom owl:Thing ] rdfs:subClassOf :A .",
}
OUTSIDE = {
    "some value": (f":A rdfs:subClassOf {SOME} .", "owl:someValuesFrom on the right", True),
    "a domain": (f":p rdfs:domain {SOME} .", "owl:someValuesFrom on the right", True),
    "a type": (f":x a {SOME} .", "owl:someValuesFrom on the right", True),
    "values only": (f"{ALL} rdfs:subClassOf :A .", "owl:allValuesFrom on the left", True),
    "within": (
        f":A rdfs:subClassOf [ owl:intersectionOf (:B {SOME}) ] .",
        "owl:someValuesFrom on the right",
        True,
    ),
    "below not": (
        f":A rdfs:subClassOf [ owl:complementOf {ALL} ] .",
        "owl:allValuesFrom on the left",
        True,
    ),
    "a union": (":A rdfs:subClassOf [ owl:unionOf (:B :C) ] .", "owl:unionOf on the right", True),
    "not": ("[ owl:complementOf :A ] rdfs:subClassOf :B .", "owl:complementOf on the left", False),
    "two": (
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 2 ] .",
        "owl:maxCardinality of other than 0 or 1 on the right",
        False,
    ),
    "at least": (
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:minCardinality 1 ] .",
        "owl:minCardinality on the right",
        False,
    ),
    "itself": (":A rdfs:subClassOf [ owl:onProperty :p ; owl:hasSelf true ] .", "owl:hasSelf", False),
    "all there is": ("owl:Thing rdfs:subClassOf :A .", "owl:Thing on the left", False),
    "a definition": (":A owl:unionOf (:B :C) .", "owl:unionOf on the right", True),
    "disjoint parts": (":A owl:disjointUnionOf (:B :C) .", "a disjoint union", False),
    "reflexive": (":p a owl:ReflexiveProperty .", "a reflexive property", False),
}


@pytest.mark.parametrize("name", WITHIN)
def test_what_the_grammar_allows_is_within(name: str) -> None:
    use = axiom_use(parse(WITHIN[name]))
    assert use.outside == ()
    assert use.axioms == use.used > 0


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_the_grammar_does_not_allow_is_named(name: str) -> None:
    text, what, in_part = OUTSIDE[name]
    use = axiom_use(parse(text))
    (kind,) = use.outside
    assert kind.what.startswith(what)
    assert (kind.count, kind.in_part) == (1, in_part)
    assert use.used == use.axioms - 1


def test_rules_in_swrl_are_counted_and_are_no_axioms() -> None:
    use = axiom_use(
        parse("@prefix swrl: <http://www.w3.org/2003/11/swrl#> . :r a swrl:Imp . :s a swrl:Imp .")
    )
    assert (use.axioms, str(use.outside[0])) == (0, "2 rules in SWRL: not run")


def test_an_expression_that_holds_itself_ends() -> None:
    ring = ":A rdfs:subClassOf _:x . _:x owl:onProperty :p ; owl:allValuesFrom _:x ."
    assert axiom_use(parse(ring)).outside == ()


def test_an_expression_that_is_reached_in_many_ways_is_looked_at_once() -> None:
    chain = "".join(f"_:n{i} owl:intersectionOf (_:n{i + 1} _:n{i + 1}) . " for i in range(60))
    use = axiom_use(parse(f":A rdfs:subClassOf _:n0 . {chain} _:n60 owl:unionOf (:B :C) ."))
    assert [(kind.what, kind.count) for kind in use.outside] == [
        ("owl:unionOf on the right of rdfs:subClassOf", 1)
    ]


def test_check_names_them_at_the_first_one(tmp_path: Path) -> None:
    for folder in ("ontology", "data", "shapes"):
        (tmp_path / folder).mkdir()
    lines = (
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .",
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .",
        "@prefix : <https://example.org/> .",
        f":A rdfs:subClassOf :B ;\n  rdfs:subClassOf {SOME} .\n",
    )
    text = "\n".join(lines)
    (tmp_path / "ontology/a.ttl").write_text(text, encoding="utf-8")
    found = [finding for finding in check(tmp_path) if finding.check == "profile"]
    assert [str(finding.place) for finding in found] == ["ontology/a.ttl:5", "ontology/a.ttl:5"]
    assert "2 axioms, 1 of them within OWL 2 RL. OWL 2 RL may miss subsumptions" in found[0].message
    assert "1 axiom with owl:someValuesFrom on the right of rdfs:subClassOf: used in part" in found[1].message
    page = ask(local_app(Root.open(tmp_path)), "/ontology.html").text
    assert "OWL 2 RL may miss subsumptions" in page
    assert "<li>1 axiom with owl:someValuesFrom on the right" in page
    assert "check --classify elk" in page


@needs("ontologies")
def test_the_axioms_of_pizza_that_are_outside_are_named() -> None:
    folder = suite("ontologies")
    assert folder is not None
    use = axiom_use(read_files([folder / "pizza.owl"]).triples)
    counts = {kind.what: kind.count for kind in use.outside}
    assert counts["owl:someValuesFrom on the right of rdfs:subClassOf"] > 100
    assert use.used < use.axioms
