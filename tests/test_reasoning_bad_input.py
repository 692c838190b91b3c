"""Bad input: a clear report or a bound that is a setting, never a hang and never a wrong inference."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calcigraph.reasoning import LimitMet, Limits, infer
from test_reasoning_rules import parse


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (":C owl:unionOf :l . :l rdf:first :A ; rdf:rest :l . :a a :A .", "runs in a circle"),
        (":C owl:unionOf :l . :l rdf:first :A ; rdf:rest :m . :a a :A .", "cut off"),
        (":C owl:unionOf :l . :l rdf:first :A . :a a :A .", "is not ended by rdf:nil"),
        (":C owl:unionOf :l . :l rdf:first :A, :B ; rdf:rest rdf:nil . :a a :A .", "branches"),
        (":C owl:unionOf :A . :a a :A .", "cut off"),
    ],
)
def test_broken_list_is_reported_and_not_used(text: str, fault: str):
    inference = infer(parse("@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . " + text))
    assert inference.inferred == frozenset()
    assert any(fault in finding.message for finding in inference.findings)
    assert all(finding.remedy and "example.org/C" in finding.node for finding in inference.findings)
    assert {finding.place.file for finding in inference.findings} == {"ontology"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (':R owl:maxCardinality "many" ; owl:onProperty :p .', "non-negative integer"),
        (":R owl:maxCardinality -1 ; owl:onProperty :p .", "non-negative integer"),
        (':R owl:onProperty "p" ; owl:someValuesFrom :C .', "A literal cannot stand"),
        (':C rdfs:subClassOf "D" . :a a :C .', "A literal cannot stand"),
        (":q a owl:DatatypeProperty . :p owl:propertyChainAxiom (:q :r) . :a :q 1 .", "datatype property"),
    ],
)
def test_ill_typed_axiom_is_reported(text: str, fault: str):
    inference = infer(parse(text))
    assert any(fault in finding.message for finding in inference.findings)
    assert {finding.place.file for finding in inference.findings} == {"ontology"}
    assert all(isinstance(t.subject, ox.NamedNode | ox.BlankNode) for t in inference.inferred)


def refused(triples: list[ox.Triple], **limits: int) -> str:
    with pytest.raises(LimitMet) as caught:
        infer(triples, limits=Limits(**limits)).inferred  # noqa: B018  (equal terms multiply on the way out)
    assert caught.value.remedy
    return str(caught.value)


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"http://example.org/{name}")


def test_ten_thousand_equal_terms_are_refused_by_name():
    same = ox.NamedNode("http://www.w3.org/2002/07/owl#sameAs")
    chain = [ox.Triple(node(f"n{i}"), same, node(f"n{i + 1}")) for i in range(10_000)]
    assert "--limit equal_terms" in refused(chain)


def test_functional_hub_of_ten_thousand_values_is_refused():
    hub = [ox.Triple(node("a"), node("p"), node(f"n{i}")) for i in range(10_000)]
    assert "--limit equal_terms" in refused([*parse(":p a owl:FunctionalProperty ."), *hub])


def test_transitive_hub_is_refused_and_names_the_rule():
    spokes = [
        triple
        for i in range(10_000)
        for triple in (
            ox.Triple(node(f"in{i}"), node("p"), node("hub")),
            ox.Triple(node("hub"), node("p"), node(f"o{i}")),
        )
    ]
    message = refused([*parse(":p a owl:TransitiveProperty ."), *spokes])
    assert "prp-trp" in message
    assert "<http://example.org/p> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>" in message
    assert "about <http://example.org/hub>" in message
    assert "--limit rows" in message


def test_large_closure_is_refused_by_the_setting():
    chain = [ox.Triple(node(f"n{i}"), node("p"), node(f"n{i + 1}")) for i in range(100)]
    assert "--limit inferred" in refused([*parse(":p a owl:TransitiveProperty ."), *chain], inferred=2_000)


def test_resources_that_equal_literals_are_refused_by_the_setting():
    assert "--limit pairwise" in refused(
        parse(" ".join(f":n{i} owl:sameAs {i} ." for i in range(60))), pairwise=1_000
    )


def test_overlong_list_is_reported():
    members = " ".join(f":C{i}" for i in range(60))
    inference = infer(parse(f":C owl:unionOf ({members}) . :a a :C1 ."), limits=Limits(list_members=50))
    assert inference.inferred == frozenset()
    assert "more than 50 members" in inference.findings[0].message


def test_refused_change_leaves_everything_as_it_was():
    inference = infer(parse(":p a owl:FunctionalProperty . :b :p :c ."), limits=Limits(equal_terms=3))
    before = inference.inferred
    with pytest.raises(LimitMet):
        inference.after(add=parse(":a :p :v, :w, :x, :y, :z ."))
    assert inference.inferred == before
    _, change = inference.after(add=parse(":b :p :d ."))
    assert change.inferred_added == set(parse(":c owl:sameAs :d . :d owl:sameAs :c ."))


def test_more_clashes_than_the_setting_are_cut():
    disjoint = ":C owl:disjointWith :D . " + " ".join(f":n{i} a :C, :D ." for i in range(50))
    assert len(infer(parse(disjoint), limits=Limits(clashes=10)).clashes) == 10


_WORDS = (
    ":a :b :p 1 'x' owl:Thing owl:sameAs rdfs:subClassOf owl:inverseOf owl:onProperty owl:hasValue"
    " owl:unionOf owl:propertyChainAxiom owl:hasKey owl:Nothing rdfs:Datatype xsd:integer"
    " owl:TransitiveProperty owl:members owl:AllDifferent owl:oneOf rdf:first rdf:rest rdf:nil rdf:type"
).replace(" ", ", ")
_RDF = "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . "
_TERMS = st.sampled_from([triple.object for triple in parse(f"{_RDF}:x :y {_WORDS} .")])
_NAMED = _TERMS.filter(lambda term: isinstance(term, ox.NamedNode))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.builds(ox.Triple, _NAMED, _NAMED, _TERMS), max_size=12))
def test_nonsense_over_the_vocabulary_neither_crashes_nor_hangs(triples):
    inference = infer(triples, limits=Limits(inferred=200_000))
    for triple in sorted(inference.inferred, key=str)[:5]:
        assert inference.explain(triple) is not None


def test_what_follows_where_type_and_sameas_are_one_is_explained():
    """No OWL 2 DL ontology may say this; the closure follows it all the same."""
    triples = parse(f"{_RDF}:a :a rdf:type . :a owl:sameAs owl:sameAs .")
    inference = infer(triples)
    assert inference.inferred
    assert all(inference.explain(triple) for triple in inference.inferred)
