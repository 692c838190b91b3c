"""SHACL validation as a function: what a result says, what is refused, and what is never done."""

from __future__ import annotations

import random
import re
import socket

import pyoxigraph as ox
import pytest
from rdflib.plugins.sparql import processor

from calcigraph.errors import Severity
from calcigraph.rdf.blocks import blocks
from calcigraph.rdf.formats import by_name
from calcigraph.rdf.places import Places
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.serialise import serialise
from calcigraph.validation import Judged, Paths, Report, validate
from canonical_form import canonical_hash

SH = "http://www.w3.org/ns/shacl#"
PROLOGUE = """@prefix : <http://x/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
DATA = """
:pump a :Pump ;
    :rating 007 ;
    :part [ :size 0.70 ] ,
        [ :size "big" ] .

:tank a :Tank ; :rating "none"^^xsd:boolean , "x"^^xsd:integer .
"""


def triples_of(text: str, file: str = "data.ttl") -> list[ox.Triple]:
    return [triple for block in blocks(PROLOGUE + text, file) for triple in block.triples]


def check(shape: str, data: str = DATA, target: str = ":Pump") -> Report:
    shapes = f":S a sh:NodeShape ; sh:targetClass {target} ; {shape} ."
    return validate(triples_of(data), triples_of(shapes, "shapes.ttl"))


def only_flaw(shape: str) -> str:
    """What is said of a shape that is not judged for one reason."""
    report = check(shape)
    assert not report.conforms
    assert report.results == ()
    (flaw,) = [flaw for flaw in report.flaws if flaw.breaks]
    assert flaw.remedy
    return flaw.message


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode("http://x/" + name)


def test_result_says_what_where_and_why() -> None:
    report = check('sh:property [ sh:path :rating ; sh:maxInclusive 6 ; sh:message "Rate it lower."@en ]')
    (result,) = report.results
    assert not report.conforms
    assert (result.focus_node, result.path) == (node("pump"), node("rating"))
    assert result.value == ox.Literal(
        "007", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
    )
    assert result.constraint.value == SH + "MaxInclusiveConstraintComponent"
    assert result.severity is Severity.VIOLATION
    assert result.messages == (ox.Literal("Rate it lower.", language="en"),)
    assert result.message == "Rate it lower."


def test_data_that_conforms_has_an_empty_report() -> None:
    report = check("sh:property [ sh:path :rating ; sh:minCount 1 ]")
    assert report == Report(True, judged=(Judged("shacl", 1),), focus_nodes=1)


@pytest.mark.parametrize("severity", list(Severity))
def test_severity_is_the_one_of_the_shape_and_any_result_means_no_conformance(severity: Severity) -> None:
    report = check(
        f"sh:severity sh:{severity.value.title()} ; sh:class :Z ;"
        "sh:property [ sh:path :none ; sh:minCount 1 ]"
    )
    assert not report.conforms
    assert severity in {result.severity for result in report.results}
    assert report.of(severity)


def test_blank_nodes_of_a_result_are_those_of_the_data_and_lead_to_their_line() -> None:
    text = PROLOGUE + DATA
    found = blocks(text, "data.ttl")
    data = [triple for block in found for triple in block.triples]
    report = check("sh:property [ sh:path :part ; sh:property [ sh:path :size ; sh:datatype xsd:decimal ] ]")
    (result,) = report.results
    (part,) = [t.subject for t in data if t.object == ox.Literal("big")]
    assert result.focus_node == part
    places = Places(text, found)
    line = places.line_of_property(result.focus_node, node("size"))
    assert text.splitlines()[line - 1].strip() == '[ :size "big" ] .'


def test_source_shape_leads_to_its_line_in_the_shapes() -> None:
    text = (
        PROLOGUE
        + ":S a sh:NodeShape ; sh:targetClass :Pump ;\n  sh:property [ sh:path :x ;\n sh:minCount 1 ] ."
    )
    found = blocks(text, "data.ttl")
    shapes = [triple for block in found for triple in block.triples]
    (result,) = validate(triples_of(DATA), shapes).results
    assert Places(text, found).line_of_property(result.source_shape, ox.NamedNode(SH + "minCount")) == 6


PATHS = {
    "( :part :size )": ":part/:size",
    "[ sh:inversePath :part ]": "^:part",
    "[ sh:alternativePath ( :part [ sh:inversePath :size ] ) ]": ":part|(^:size)",
    "[ sh:zeroOrMorePath ( :part :size ) ]": "(:part/:size)*",
    "( [ sh:oneOrMorePath :part ] [ sh:zeroOrOnePath :size ] )": "(:part+)/(:size?)",
}


@pytest.mark.parametrize(("path", "shown"), PATHS.items())
def test_path_of_a_result_is_shown_as_in_sparql_and_stands_in_the_report(path: str, shown: str) -> None:
    report = check(f"sh:property [ sh:path {path} ; sh:nodeKind sh:Literal ; sh:minCount 9 ]")
    prefixes = Prefixes({"": "http://x/"})
    assert report.results
    for result in report.results:
        assert result.path is not None
        assert Paths(report.paths).show(result.path, prefixes) == shown
    assert set(report.paths) <= set(report.to_triples())


def test_report_is_the_same_whatever_the_order_of_data_and_shapes() -> None:
    data = triples_of(DATA)
    shapes = triples_of(
        ":S sh:targetClass :Pump , :Tank ; sh:property [ sh:path :rating ; sh:datatype xsd:date ] ."
    )
    expected = validate(data, shapes)
    assert len(expected.results) == 3
    shuffle = random.Random(7).shuffle
    for _ in range(3):
        shuffle(data)
        shuffle(shapes)
        assert validate(data, shapes) == expected


def test_report_is_written_in_the_vocabulary_of_the_w3c() -> None:
    report = check('sh:property [ sh:path ( :part :size ) ; sh:datatype xsd:decimal ; sh:message "m"@en ]')
    table = report.prefixes(Prefixes({"": "http://x/"}))
    turtle = serialise(report.to_triples(), by_name("graph", "turtle"), table).decode()
    back = [triple for block in blocks(turtle, "report.ttl") for triple in block.triples]
    assert canonical_hash(back) == canonical_hash(report.to_triples())
    assert "a sh:ValidationReport" in turtle
    assert "sh:conforms false" in turtle
    assert "sh:resultPath ( :part :size )" in turtle


def test_class_is_not_inferred() -> None:
    data = DATA + ":Pump rdfs:subClassOf :Device . :has rdfs:domain :Valve . :v :has 1 ."
    assert check("sh:class :Valve", data + ":v a :Pump .").results
    assert check("sh:property [ sh:path :none ; sh:minCount 1 ]", data, ":Valve").conforms
    # SHACL itself follows rdfs:subClassOf for classes and targets (section 1.5), which is no inference.
    assert not check("sh:property [ sh:path :none ; sh:minCount 1 ]", data, ":Device").conforms


def test_rules_are_off() -> None:
    rule = "sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :none ; sh:object 1 ]"
    assert not check(f"{rule} ; sh:property [ sh:path :none ; sh:minCount 1 ]").conforms


def test_only_true_switches_on_a_constraint() -> None:
    data = ':pump a :Pump ; rdfs:label "a"@en , "b"@en .'
    unique = "sh:property [ sh:path rdfs:label ; sh:uniqueLang %s ]"
    assert check(unique % '"1"^^xsd:boolean', data).conforms
    assert not check(unique % "true", data).conforms


def query(text: str, more: str = "") -> str:
    return f'sh:sparql [ sh:message "m" ; sh:select """{text}""" {more} ]'


def test_sparql_constraint_uses_the_prefixes_that_are_declared_and_imported_for_it() -> None:
    shapes = triples_of(
        ":S a sh:NodeShape ; sh:targetClass :Pump ; "
        + query("SELECT $this ?value { $this y:rating ?value }", "; sh:prefixes :P")
        + " . :P owl:imports :Q . :Q sh:declare [ sh:prefix 'y' ; sh:namespace 'http://x/'^^xsd:anyURI ] ."
    )
    (result,) = validate(triples_of(DATA), shapes).results
    assert result.source_constraint is not None
    assert str(result.value).startswith('"007"')


NETWORK = {
    "SERVICE": "SELECT $this { $this ?p ?o . SERVICE <http://127.0.0.1:1/> { ?a ?b ?c } }",
    "FROM": "SELECT $this FROM <http://127.0.0.1:1/x> { $this ?p ?o }",
    "service": "SELECT $this { $this ?p ?o . service silent <http://127.0.0.1:1/> { ?a ?b ?c } }",
    "Service": "SELECT $this { $this ?p ?o FILTER(1<?o && EXISTS { SERVICE <http://a/> {} }) }",
}
VOLATILE = {
    "RAND": "SELECT $this { $this ?p ?o FILTER(0.5<RAND()&&2>1) }",
    "NOW": "SELECT $this { $this ?p ?o FILTER NOT EXISTS { $this ?p ?q FILTER(?q < now()) } }",
    "UUID": "SELECT $this ?value { { SELECT $this (UUID() AS ?value) { $this ?p ?o } } }",
    "BNODE": "SELECT $this (BNODE() AS ?value) { $this ?p ?o }",
}


@pytest.mark.parametrize(("name", "text"), VOLATILE.items())
def test_query_with_another_answer_each_time_is_refused_with_its_place(name: str, text: str) -> None:
    column = text.upper().index(f"{name}(") + 1
    assert re.search(f"/S> calls {name}, .*line 1, column {column} of the query", only_flaw(query(text)))


@pytest.mark.parametrize(("keyword", "text"), NETWORK.items())
def test_query_that_would_read_from_the_network_is_refused(keyword: str, text: str) -> None:
    assert f"<http://x/S> uses {keyword.upper()}" in only_flaw(query(text))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT $this { $this ?p '\\\\u0027 . SERVICE <http://127.0.0.1:1/> { ?a ?b ?c } #' }",
        "SELECT $this { $this ?p ?o . # \\\\u000A SERVICE <http://127.0.0.1:1/> { ?a ?b ?c }\n}",
        "SELECT $this { $this ?p ?o . \\\\u0053ERVICE <http://127.0.0.1:1/> { ?a ?b ?c } }",
    ],
)
def test_an_escape_in_a_query_is_refused_because_it_may_be_more_than_text(text: str) -> None:
    assert "has the escape" in only_flaw(query(text))


def test_keyword_in_a_string_a_name_or_a_comment_is_none() -> None:
    text = "SELECT $this ?from { $this <http://x/from> ?from . # SERVICE\n FILTER(?from = 'FROM <x>') }"
    assert check(query(text)).conforms


def test_nothing_opens_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    imports = (
        " . <http://x/> a owl:Ontology ; owl:imports <http://example.org/other> , <file:///etc/hostname>"
    )
    assert check(
        "sh:property [ sh:path :rating ; sh:minCount 1 ]" + imports, DATA + imports[3:] + " ."
    ).conforms


BROKEN = {
    "two datatypes": ("sh:property [ sh:path :p ; sh:datatype xsd:string , xsd:date ]", "sh:datatype has 2"),
    "a path that is none": (
        "sh:property [ sh:path [ sh:foo :p ] ; sh:minCount 1 ]",
        "a node that is no path",
    ),
    "a path that is a text": ('sh:property [ sh:path "p" ; sh:minCount 1 ]', 'sh:path is "p"'),
    "a path in a circle": ("sh:property [ sh:path _:p ; sh:minCount 1 ] . _:p sh:inversePath _:p", "back to"),
    "two paths": ("sh:property [ sh:path :p , :q ; sh:minCount 1 ]", "sh:path has 2 values"),
    "no path": ("sh:property [ sh:minCount 1 ]", "no sh:path"),
    "a broken pattern": ('sh:property [ sh:path :rating ; sh:pattern "(" ]', "malformed"),
    "a count that is no number": ('sh:property [ sh:path :p ; sh:minCount "many" ]', "sh:minCount"),
    "a count of a node": ("sh:minCount 1", "without sh:path"),
    "a limit that is an IRI": ("sh:property [ sh:path :rating ; sh:minInclusive :a ]", "sh:minInclusive"),
    "a list that is none": ("sh:in 7", "has to be a list"),
    "a switch that is a text": ('sh:deactivated "yes"', "true or false"),
    "a kind that there is not": ("sh:nodeKind sh:Iri", "a kind of node"),
    "a broken query": (query("SELEC nothing"), "malformed: "),
    "an undeclared prefix": (query("SELECT $this { $this zz:p 1 }"), '"zz:", not declared'),
    "a query without text": ('sh:sparql [ sh:message "m" ]', "sh:select"),
    "a shape that is not there": ("sh:node :Nowhere", "the shapes say nothing"),
    "a property shape that is not there": ("sh:property :Nowhere", "the shapes say nothing"),
}


@pytest.mark.parametrize(("shape", "words"), BROKEN.values(), ids=BROKEN)
def test_broken_shape_is_a_flaw_and_the_rest_is_judged(
    shape: str, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    report = check(f"{shape} . :T sh:targetClass :Pump ; sh:property [ sh:path :none ; sh:minCount 1 ]")
    assert [(r.focus_node, r.path) for r in report.results] == [(node("pump"), node("none"))]
    assert any(words in flaw.message for flaw in report.flaws), report.flaws
    assert capfd.readouterr() == ("", "")


def test_literal_outside_its_datatype_is_a_result_and_no_noise(capfd: pytest.CaptureFixture[str]) -> None:
    report = check("sh:property [ sh:path :rating ; sh:datatype xsd:integer ]", target=":Tank")
    assert len(report.results) == 2
    assert capfd.readouterr() == ("", "")


def test_triple_terms_do_not_stop_a_validation() -> None:
    pump = node("pump")
    quoted = ox.Triple(pump, node("said"), ox.Triple(pump, pump, pump))
    shapes = triples_of(":S sh:targetClass :Pump ; sh:property [ sh:path :rating ; sh:minCount 1 ] .")
    assert validate([*triples_of(DATA), quoted], shapes).conforms


def test_a_query_is_read_once_for_all_focus_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    parse = processor.parseQuery

    def noted(text: str) -> object:
        read.append(text)
        return parse(text)

    monkeypatch.setattr(processor, "parseQuery", noted)
    select = "SELECT $this ?value { $this <http://x/rating> ?value . FILTER (?value > 2) }"
    data = "".join(f":n{number} :rating {number} .\n" for number in range(5))
    shape = f':s a sh:NodeShape ; sh:targetSubjectsOf :rating ; sh:sparql [ sh:select "{select}" ] .'
    report = validate(triples_of(data), triples_of(shape))
    assert [str(result.focus_node) for result in report.results] == ["<http://x/n3>", "<http://x/n4>"]
    assert len(read) == 1
