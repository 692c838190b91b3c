"""What is said of axioms, statements and expressions stands where it belongs on the page of a resource."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from calcigraph.describe import Describer, Description, ShownProperty
from calcigraph.edition import Edition, assemble
from calcigraph.manchester import as_text
from calcigraph.rdf.terms import Term
from calcigraph.root import Root

NS = "https://example.org/r/"
DATA = """
@prefix : <https://example.org/r/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:seen :by :x , :y .
[] a rdf:Statement ; rdf:subject :seen ; rdf:predicate :by ; rdf:object :x ; rdfs:comment "of x" ;
  :source [ a rdf:Statement ; rdf:subject :other ; rdf:predicate :by ; rdf:object :y ] .
:two rdfs:subClassOf :t1 , :t2 .
[] a owl:Axiom ; owl:annotatedSource :two ; owl:annotatedProperty rdfs:subClassOf ;
  owl:annotatedTarget :t1 , :t2 ; rdfs:comment "of two targets" .
:plain :made [ rdfs:label "one" ] , [ rdfs:label "other" ] ; :same _:a , _:b .
[] a rdf:Statement ; rdf:subject :plain ; rdf:predicate :same ; rdf:object _:a ; rdfs:comment "of a" .
:chained a owl:ObjectProperty ; owl:propertyChainAxiom ( :p :q ) .
[] a owl:Axiom ; owl:annotatedSource :chained ; owl:annotatedProperty owl:propertyChainAxiom ;
  owl:annotatedTarget ( :p :q ) ; rdfs:comment "written twice" .
:said rdfs:subClassOf :t1 , [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :t2 ;
  owl:disjointWith :t1 ; owl:versionInfo "7" ] .
[] a owl:Axiom ; owl:annotatedSource :said ; owl:annotatedProperty rdfs:subClassOf ; owl:annotatedTarget :t1 ;
  owl:deprecated true ; owl:backwardCompatibleWith :old .
:ends :list _:one , _:two . _:one rdf:first :f ; rdf:rest _:rest . _:two rdf:first :g ; rdf:rest _:rest .
_:rest rdf:first :h ; rdf:rest () .
[ a owl:Restriction ; owl:onProperty :q ; owl:someValuesFrom :C ] owl:equivalentClass :GE .
:j :q :k . :k a :C .
"""


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("remarks")
    (folder / "ontology").mkdir()
    (folder / "ontology/it.ttl").write_text(DATA, encoding="utf-8")
    return assemble(Root.open(folder), "builtin").edition


def described(edition: Edition, name: str) -> Description:
    found = Describer(edition).describe(ox.NamedNode(NS + name))
    assert found is not None
    return found


def short(term: Term) -> str:
    return (
        "?" if isinstance(term, ox.BlankNode | ox.Triple) else term.value.replace("#", "/").rpartition("/")[2]
    )


def of(description: Description, name: str) -> ShownProperty:
    slots = [slot for group in description.groups for slot in group.slots]
    return next(slot for slot in slots if short(slot.predicate) == name)


def said(slots: tuple[ShownProperty, ...]) -> list[tuple[str, str]]:
    return [(short(slot.predicate), short(value.term)) for slot in slots for value in slot.values]


def test_a_remark_is_about_what_its_own_node_names(edition: Edition) -> None:
    values = {
        short(value.term): said(value.annotations) for value in of(described(edition, "seen"), "by").values
    }
    assert ("comment", "of x") in values["x"]
    assert values["y"] == []


def test_a_remark_about_two_triples_at_once_is_beside_neither_and_stays_among_the_links(
    edition: Edition,
) -> None:
    found = described(edition, "two")
    assert [said(value.annotations) for value in of(found, "subClassOf").values] == [[], []]
    assert "annotatedSource" in {short(slot.predicate) for slot in found.incoming.slots}


def test_two_nodes_without_a_name_are_two_whatever_they_say(edition: Edition) -> None:
    remarks = [said(value.annotations) for value in of(described(edition, "plain"), "same").values]
    assert sorted(remarks) == [[], [("comment", "of a")]]


def test_a_list_that_is_written_twice_is_one(edition: Edition) -> None:
    (value,) = of(described(edition, "chained"), "propertyChainAxiom").values
    assert said(value.annotations) == [("comment", "written twice")]


def test_what_is_said_in_words_of_owl_is_no_part_of_the_form(edition: Edition) -> None:
    named, expression = of(described(edition, "said"), "subClassOf").values
    assert said(named.annotations) == [("backwardCompatibleWith", "old"), ("deprecated", "true")]
    assert expression.expression is not None
    assert as_text(expression.expression, short) == "p some t2"
    assert said(expression.nested) == [("disjointWith", "t1"), ("versionInfo", "7")]


def test_lists_that_share_their_end_are_shown_once_and_what_is_not_shown_again_is_told(
    edition: Edition,
) -> None:
    values = of(described(edition, "ends"), "list").values
    shown = [[short(member.term) for member in value.members] for value in values]
    nested = [said(value.nested) for value in values]
    assert sorted(map(len, shown)) == [0, 2]
    assert [("rest", "?")] in [[pair for pair in pairs if pair[0] == "rest"] for pairs in nested]
    cut = [
        v for value in values for slot in value.nested for v in slot.values if short(slot.predicate) == "rest"
    ]
    assert [value.is_cut for value in cut] == [True]


def test_an_axiom_about_an_expression_is_not_shown_as_what_follows_for_who_is_like_it(
    edition: Edition,
) -> None:
    slots = described(edition, "GE").incoming.slots
    links = [(short(slot.predicate), value) for slot in slots for value in slot.values]
    expressions = [(name, short(v.term), as_text(v.expression, short)) for name, v in links if v.expression]
    assert ("equivalentClass", "?", "q some C") in expressions
    # That follows for itself, not by way of the expression.
    assert [(name, short(v.term)) for name, v in links if name == "type"] == [("type", "j")]
    assert "type" not in [name for name, *_ in expressions]
