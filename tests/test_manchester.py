"""Expressions of OWL as the Manchester syntax writes them, and what is no expression as what it is."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox
import pytest

from calcigraph.deadline import LookUpsTimedOut, within
from calcigraph.manchester import Expression, ExpressionReader, as_text, for_one_page, page_reading
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import Subject, Term, show_term

HEAD = """@prefix : <http://x/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix swrl: <http://www.w3.org/2003/11/swrl#> .
"""
OWL = "http://www.w3.org/2002/07/owl#"
PREFIXES = Prefixes(
    {
        "": "http://x/",
        "owl": OWL,
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)


class Triples:
    """The triples of a text, and how often a node was looked up in them."""

    def __init__(self, text: str) -> None:
        self.all = [quad.triple for quad in ox.parse((HEAD + text).encode(), format=ox.RdfFormat.TURTLE)]
        self.asked = 0

    def about(self, node: Subject) -> Mapping[ox.NamedNode, list[Term]]:
        self.asked += 1
        said: dict[ox.NamedNode, list[Term]] = {}
        for triple in self.all:
            if triple.subject == node:
                said.setdefault(triple.predicate, []).append(triple.object)
        return said

    def value(self, predicate: str = "http://x/is") -> ox.BlankNode:
        (found,) = (t.object for t in self.all if t.predicate.value == predicate)
        assert isinstance(found, ox.BlankNode)
        return found


def read(turtle: str) -> Expression:
    triples = Triples(f":a :is {turtle} .")
    return ExpressionReader(triples.about).read(triples.value())


def name(term: Term) -> str:
    return show_term(term, PREFIXES)


def some(prop: str, filler: str) -> str:
    return f"[ a owl:Restriction ; owl:onProperty {prop} ; owl:someValuesFrom {filler} ]"


def restriction(what: str) -> str:
    return f"[ a owl:Restriction ; owl:onProperty :p ; {what} ]"


def either(*parts: str) -> str:
    return f"[ owl:unionOf ( {' '.join(parts)} ) ]"


def both(*parts: str) -> str:
    return f"[ owl:intersectionOf ( {' '.join(parts)} ) ]"


def no(part: str) -> str:
    return f"[ owl:complementOf {part} ]"


INVERSE = "[ owl:inverseOf :p ]"
RULE = (
    f"[ a swrl:Imp ; swrl:body ( [ a swrl:ClassAtom ; swrl:classPredicate {both(':C', ':D')} ; "
    "swrl:argument1 <urn:v#x> ] [ a swrl:BuiltinAtom ; swrl:builtin :more ; "
    "swrl:arguments ( <urn:v#x> 5 ) ] ) ; swrl:head ( [ a swrl:IndividualPropertyAtom ; "
    "swrl:propertyPredicate :p ; swrl:argument1 <urn:v#x> ; swrl:argument2 :a ] ) ] . "
    "<urn:v#x> a swrl:Variable"
)
LIMITS = "[ xsd:minInclusive 5 ] [ xsd:maxExclusive 9.5 ] [ xsd:pattern 'a' ]"
WELL_FORMED = {
    some(":p", ":C"): ":p some :C",
    restriction("owl:allValuesFrom :C"): ":p only :C",
    restriction("owl:hasValue :c"): ":p value :c",
    restriction('owl:hasValue "x"@en'): ':p value "x"@en',
    restriction("owl:hasSelf true"): ":p Self",
    restriction("owl:minCardinality 2"): ":p min 2",
    restriction('owl:maxCardinality "3"^^xsd:nonNegativeInteger'): ":p max 3",
    restriction("owl:cardinality 1"): ":p exactly 1",
    restriction('owl:cardinality "+3"^^xsd:nonNegativeInteger'): ":p exactly 3",
    restriction('owl:minCardinality " 2\\n"^^xsd:nonNegativeInteger'): ":p min 2",
    restriction('owl:maxCardinality "-0"^^xsd:nonNegativeInteger'): ":p max 0",
    restriction('owl:hasSelf " true "^^xsd:boolean'): ":p Self",
    # OWL 2 Mapping to RDF Graphs, section 3.2.4: no class at all, and the class of everything.
    "[ a owl:Class ; owl:oneOf () ]": "owl:Nothing",
    some(":p", "[ owl:unionOf () ]"): ":p some owl:Nothing",
    "[ a owl:Class ; owl:intersectionOf () ]": "owl:Thing",
    "[ a rdfs:Datatype ; owl:oneOf () ]": "not rdfs:Literal",
    "[ a rdfs:Datatype ; owl:intersectionOf () ]": "rdfs:Literal",
    restriction("owl:minQualifiedCardinality 2 ; owl:onClass :C"): ":p min 2 :C",
    restriction("owl:maxQualifiedCardinality 2 ; owl:onDataRange xsd:int"): ":p max 2 xsd:int",
    restriction("owl:qualifiedCardinality 2 ; owl:onClass " + either(":C", ":D")): ":p exactly 2 (:C or :D)",
    some(INVERSE, ":C"): "inverse :p some :C",
    "[ a owl:Restriction ; owl:onProperties ( :p :q ) ; owl:allValuesFrom :D ]": ":p, :q only :D",
    both(":C", either(":D", ":E"), no(":F")): ":C and (:D or :E) and not :F",
    either(":C", both(":D", ":E")): ":C or :D and :E",
    either(":C", either(":D", ":E")): ":C or (:D or :E)",
    both(":C", both(":D", ":E")): ":C and (:D and :E)",
    both(":C"): ":C",
    no(both(":C", ":D")): "not (:C and :D)",
    no(no(":C")): "not (not :C)",
    no(some(":p", ":C")): "not :p some :C",
    some(":p", some(":q", no(":C"))): ":p some :q some not :C",
    some(":p", both(":C", some(":q", ":D"))): ":p some (:C and :q some :D)",
    "[ a owl:Class ; owl:oneOf ( :a :b ) ]": "{:a, :b}",
    "[ a rdfs:Datatype ; owl:oneOf ( 1 'x' ) ]": '{1, "x"}',
    "[ a rdfs:Datatype ; owl:datatypeComplementOf xsd:int ]": "not xsd:int",
    f"[ a rdfs:Datatype ; owl:onDatatype xsd:int ; owl:withRestrictions ( {LIMITS} ) ]": (
        'xsd:int[>= 5, < 9.5, pattern "a"]'
    ),
    "[ a owl:AllDisjointClasses ; owl:members ( :C " + both(":D", ":E") + " ) ]": (
        "DisjointClasses: :C, :D and :E"
    ),
    "[ a owl:AllDisjointProperties ; owl:members ( :p :q ) ]": "DisjointProperties: :p, :q",
    "[ a owl:AllDifferent ; owl:distinctMembers ( :a :b ) ]": "DifferentIndividuals: :a, :b",
    "[ a owl:NegativePropertyAssertion ; owl:sourceIndividual :a ; owl:assertionProperty :p ; "
    "owl:targetValue 5 ]": ":a not :p 5",
    "[ a owl:Axiom ; owl:annotatedSource :C ; owl:annotatedProperty rdfs:subClassOf ; owl:annotatedTarget "
    + some(":p", ":D")
    + " ]": ":C rdfs:subClassOf (:p some :D)",
    "[ a owl:Axiom ; owl:annotatedSource :p ; owl:annotatedProperty owl:propertyChainAxiom ; "
    "owl:annotatedTarget ( :p :q ) ]": ":p owl:propertyChainAxiom (:p o :q)",
    RULE: "Rule: (:C and :D)(?x), :more(?x, 5) -> :p(?x, :a)",
    "[ a rdf:Statement ; rdf:subject :a ; rdf:predicate :p ; rdf:object 5 ]": ":a :p 5",
}


@pytest.mark.parametrize(("turtle", "expected"), WELL_FORMED.items())
def test_an_expression_reads_as_in_the_manchester_syntax(turtle: str, expected: str) -> None:
    found = read(turtle)
    assert as_text(found, name) == expected
    assert found.faults == ()
    assert found.is_construct


@pytest.mark.parametrize(
    ("predicate", "items", "expected"),
    [
        ("propertyChainAxiom", f":p {INVERSE} :q", ":p o inverse :p o :q"),
        ("hasKey", ":p :q", ":p, :q"),
        ("disjointUnionOf", ":C " + either(":D", ":E"), ":C, :D or :E"),
        ("unionOf", ":C :D", ":C or :D"),
        ("intersectionOf", ":C " + some(":p", ":D"), ":C and :p some :D"),
        ("oneOf", ":a :b", "{:a, :b}"),
    ],
)
def test_a_list_reads_as_what_leads_to_it_makes_of_it(predicate: str, items: str, expected: str) -> None:
    triples = Triples(f":a owl:{predicate} ( {items} ) .")
    found = ExpressionReader(triples.about).list(
        ox.NamedNode(OWL + predicate), triples.value(OWL + predicate)
    )
    assert found is not None
    assert as_text(found, name) == expected


MALFORMED = {
    "[ a owl:Restriction ; owl:onProperty :p , :q ; owl:someValuesFrom :C ]": (
        "[a owl:Restriction; owl:onProperty :p, :q; owl:someValuesFrom :C]",
        "it has 2 values of onProperty",
    ),
    "[ a owl:Restriction ; owl:onProperty :p ]": ("[a owl:Restriction; owl:onProperty :p]", "to what"),
    restriction("owl:someValuesFrom :C ; owl:hasValue :c"): ("owl:hasValue :c", "in 2 ways"),
    restriction("owl:someValuesFrom :C , :D"): ("owl:someValuesFrom :C, :D", "2 values of someValuesFrom"),
    restriction("owl:minQualifiedCardinality 2"): ("owl:minQualifiedCardinality 2", "what it counts"),
    restriction("owl:minCardinality 2 ; owl:onClass :C"): ("owl:onClass :C", "not qualified"),
    restriction("owl:minCardinality -2"): ("owl:minCardinality -2", "no whole number"),
    restriction("owl:hasSelf false"): ("owl:hasSelf false", "hasSelf is not true"),
    "[ a owl:Restriction ; owl:onProperty 'p' ; owl:hasSelf true ]": ("hasSelf true", "a literal stands"),
    "[ a owl:Restriction ]": ("[a owl:Restriction]", "of what it is built"),
    "[ owl:unionOf ( :C :D ) ; owl:complementOf :E ]": ("owl:unionOf (:C, :D)]", "in several ways"),
    "[ a owl:AllDisjointClasses ; owl:members () ]": ("owl:members rdf:nil]", "empty"),
    restriction("owl:cardinality '1 2'"): ('owl:cardinality "1 2"', "no whole number"),
    "[ owl:unionOf 'x' ]": ('[owl:unionOf "x"]', "ends in a literal"),
    "[ owl:unionOf [ rdf:first :C ] ]": ("[owl:unionOf …]", "no rest"),
    "[ owl:unionOf [ rdf:first :C , :D ; rdf:rest () ] ]": ("[owl:unionOf …]", "2 values of first"),
    "[ owl:inverseOf [ owl:inverseOf :p ] ]": ("[owl:inverseOf inverse :p]", "a name is needed"),
    "[ owl:onDatatype xsd:int ; owl:withRestrictions ( [ :p 5 ] ) ]": ("([:p 5])", "none that there is"),
    "[ a owl:AllDisjointClasses ]": ("[a owl:AllDisjointClasses]", "no list of members"),
    "[ a owl:Axiom ; owl:annotatedSource :C ]": ("annotatedSource :C]", "no annotatedProperty"),
    "[ a swrl:Imp ; swrl:head () ]": ("[a <http://www.w3.org/2003/11/swrl#Imp>", "no body"),
    some(":p", "( :C :D )"): (":p some [", "a list stands where"),
}


@pytest.mark.parametrize(("turtle", "expected"), MALFORMED.items())
def test_what_is_malformed_is_shown_as_what_it_is_with_the_fault(
    turtle: str, expected: tuple[str, str]
) -> None:
    found = read(turtle)
    assert expected[0] in as_text(found, name)
    assert any(expected[1] in fault for fault in found.faults), found.faults


def test_a_fault_within_leaves_the_rest_readable() -> None:
    found = read(both(":C", "[ a owl:Restriction ; owl:onProperty :p ]", some(":q", ":D")))
    assert as_text(found, name) == ":C and [a owl:Restriction; owl:onProperty :p] and :q some :D"


def test_a_node_that_is_no_expression_is_told_by_its_properties() -> None:
    found = read("[ a :Device ; :size 5 ; :parts ( :a :b ) ; :made [ :by :c ] ]")
    assert as_text(found, name) == "[a :Device; :made [:by :c]; :parts (:a, :b); :size 5]"
    assert not found.is_construct
    assert found.faults == ()


@pytest.mark.parametrize(
    "turtle",
    [
        "_:x . _:x owl:complementOf _:x",
        "_:x . _:x owl:unionOf _:l . _:l rdf:first :C ; rdf:rest _:l",
    ],
)
def test_a_circle_is_malformed(turtle: str) -> None:
    found = read(turtle)
    assert "…" in as_text(found, name)
    assert found.faults in (("it leads back to itself",), ("a list leads back to itself",))
    assert not found.is_cut


DEEP = "_:x0 . " + " . ".join(
    f"_:x{n} a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom _:x{n + 1}" for n in range(60)
)
WAYS = "_:x0 . " + " . ".join(f"_:x{n} :p _:x{n + 1} ; :q _:x{n + 1} ; :r _:x{n + 1}" for n in range(30))


@pytest.mark.parametrize(
    ("turtle", "shown"),
    [
        (DEEP, ":p some " * 40 + "…"),
        (f"[ owl:oneOf ( {' '.join(f':C{n}' for n in range(700))} ) ]", ":C597, :C598, …}"),
        (f"[ owl:unionOf ( {' '.join(no(f':C{n}') for n in range(400))} ) ]", "not :C298 or …"),
        (WAYS, "…"),
    ],
    ids=["deep", "long", "long list of expressions", "many ways"],
)
def test_what_nobody_could_read_is_shown_in_part_and_not_called_malformed(turtle: str, shown: str) -> None:
    triples = Triples(f":a :is {turtle} .")
    found = ExpressionReader(triples.about).read(triples.value())
    assert shown in as_text(found, name)
    assert (found.is_cut, found.faults) == (True, ())
    assert triples.asked < 2_000


def test_what_nodes_without_a_name_say_is_no_sign_that_they_are_the_same() -> None:
    exact = {turtle: read(turtle).is_exact for turtle in (both(":C", no(":D")), "[ :p 1 ]", some(":p", "[]"))}
    assert [*exact.values()] == [True, False, False]


def test_an_expression_is_read_once_for_a_page_and_all_of_them_within_one_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_reading, "MOST_NODES", 10)
    triples = Triples(f":a :is {both(no(':C'), no(':D'))} ; :has {both(*map(no, [':C'] * 9))} .")
    reader, (one, other) = (
        ExpressionReader(triples.about),
        map(triples.value, ("http://x/is", "http://x/has")),
    )
    with for_one_page():
        first = reader.read(one)
        asked = triples.asked
        assert reader.read(one) is first
        assert triples.asked == asked
        # Itself, two parts of a list and two expressions are five nodes; four more begin another one.
        assert as_text(reader.read(other), name) == "not :C and not :C and …"
    assert not reader.read(other).is_cut


def test_an_expression_is_read_no_longer_than_somebody_waits() -> None:
    with within(0), pytest.raises(LookUpsTimedOut):
        read(no(":C"))
