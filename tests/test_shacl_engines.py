"""Two engines judge shapes: both say the same, or the one that is asked says what is specified."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
import pytest

from calcigraph.rdf.blocks import blocks
from calcigraph.validation import Judged, Report, Result, validate
from random_shapes import PROLOGUE, Maker

SH = "http://www.w3.org/ns/shacl#"
# Where a shape leads back to itself the other engine judges it, here by way of values that there are not.
RECURSIVE = " {shape} sh:property [ sh:path :nowhere ; sh:node {shape} ] ."


def triples_of(text: str, file: str) -> list[ox.Triple]:
    return list(dict.fromkeys(triple for block in blocks(text, file) for triple in block.triples))


def judged(data: str, shapes: str) -> Report:
    return validate(triples_of(PROLOGUE + data, "data.ttl"), triples_of(PROLOGUE + shapes, "shapes.ttl"))


def key(result: Result) -> tuple[object, ...]:
    """A result without the labels of the blank nodes of shapes, which two readings of a text may share."""
    shown = (result.focus_node, result.value, result.constraint, result.severity_node, *result.messages)
    return (*map(str, shown), tuple(sorted(map(key, result.details))))


def test_both_engines_find_the_same_by_chance() -> None:
    hits: Counter[str] = Counter()
    cases = 0
    for seed in range(18):
        maker = Maker(seed)
        data, shapes = maker.data(), maker.shapes()
        core = judged(data, shapes)
        other = judged(data, shapes + "".join(RECURSIVE.format(shape=f":S{n}") for n in range(4)))
        assert {each.engine for each in core.judged} == {"shacl"}, seed
        assert {each.engine for each in other.judged} == {"pyshacl"}, seed
        assert Counter(map(key, core.results)) == Counter(map(key, other.results)), seed
        cases += 1
        hits.update(result.constraint.value.removeprefix(SH) for result in core.results)
        hits.update("details" for result in core.results if result.details)
    assert cases == 18
    rare = {name for name, times in hits.items() if times < 2}
    assert len(hits) - len(rare) > 22, hits
    assert hits["details"] > 20


DATA = """:a a :T ; :p 1 , "x" , _:b ; :d "2022-01-01"^^xsd:date ; :t "2022-01-01T00:00:00"^^xsd:dateTime ;
  :u "2022-01-01T00:00:00Z"^^xsd:dateTime ; :text "a\\n" ; :under "_" . _:b :q 1 ."""
# By section of the specification, where pyshacl says something else or nothing.
AS_SPECIFIED = {
    "4.1.2 a text is no rdfs:Literal": ("sh:path :text ; sh:datatype rdfs:Literal", 1),
    "4.3 a date is not comparable with a number": ("sh:path :d ; sh:maxInclusive 3", 1),
    "4.3 nor a time with one that has a zone": (
        'sh:path :t ; sh:minInclusive "2021-12-31T23:00:00Z"^^xsd:dateTime',
        1,
    ),
    "4.4.1 no length is that of a blank node": ("sh:path :p ; sh:minLength 0", 1),
    "4.4.3 no line ends before its end": ('sh:path :text ; sh:pattern "a$"', 1),
    "4.4.3 an underscore is no letter": ("sh:path :under ; sh:pattern '\\\\w'", 1),
    "4.5.3 a blank node is not comparable": ("sh:path :p ; sh:lessThan :q", 0),
    "4.5.3 nor with what there is": ("sh:path :d ; sh:lessThan :p", 3),
}


@pytest.mark.parametrize(("shape", "results"), AS_SPECIFIED.values(), ids=AS_SPECIFIED)
def test_what_engines_differ_in_is_judged_as_specified(shape: str, results: int) -> None:
    report = judged(DATA, f":S sh:targetClass :T ; sh:property [ {shape} ] .")
    assert not [flaw for flaw in report.flaws if flaw.breaks]
    assert len(report.results) == results


MORE = """:a :p 1 , :b . :b :q 2 , 3 . :p1 :size "x"@en , "y"^^xsd:anyURI ; :other "z" , :c .
  :c :h :d . :d a :A . :l :text "a"@en-GB-x-a , "b"@en , "c" .
  :l :ill "x"^^xsd:integer , "NaN"^^xsd:double , :b ;
  :token " x  y"^^xsd:token ; :limit "x"^^xsd:integer , "NaN"^^xsd:double ."""
# By section, what one engine or the other judged otherwise: the values that have a result, by hand.
VALUES = {
    # A literal has no triples, and those of :b are reported, not :b (4.8.1).
    "4.8.1 closed values": (":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:closed true ] .", "2 3"),
    # What counts the same shape is no sibling (4.7.3): :d is counted.
    "4.7.3 siblings": (
        """:S sh:targetNode :c ; sh:property [ sh:path :h ; sh:qualifiedValueShape :Same ;
          sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint true ] ,
          [ sh:path :h ; sh:qualifiedValueShape :Same ; sh:qualifiedMaxCount 2 ] .
          :Same a sh:NodeShape ; sh:class :A .""",
        "",
    ),
    # Each value beside each of :other, of which a text alone could be compared with a text (SPARQL 17.3).
    "4.5.3 texts with a language": (
        ":S sh:targetNode :p1 ; sh:property [ sh:path :size ; sh:lessThan :other ] .",
        "x x y y",
    ),
    "4.3.1 a text as a bound": (
        ":S sh:targetNode :p1 ; sh:property [ sh:path :size ; sh:minInclusive 'a' ] .",
        "x y",
    ),
    "4.5.4 what has no order": (
        ":S sh:targetNode :l ; sh:property [ sh:path :ill ; sh:lessThanOrEquals :limit ] .",
        "NaN NaN http://x/b http://x/b x x",
    ),
    "4.4.4 ranges of languages": (
        ":S sh:targetNode :l ; sh:property [ sh:path :text ; sh:languageIn ( 'en-gb' ) ] .",
        "b c",
    ),
    "4.8.3 what XSD collapses": (
        """:S sh:targetNode :l ; sh:property [ sh:path :token ; sh:hasValue " x  y"^^xsd:token ;
          sh:in ( " x  y"^^xsd:token ) ] .""",
        "",
    ),
}


@pytest.mark.parametrize("recursive", [False, True], ids=["as it is", "by pyshacl"])
@pytest.mark.parametrize(("shapes", "values"), VALUES.values(), ids=VALUES)
def test_the_values_that_have_a_result_are_those_of_the_specification(
    shapes: str, values: str, recursive: bool
) -> None:
    report = judged(MORE, shapes + RECURSIVE.format(shape=":S") * recursive)
    assert not [flaw for flaw in report.flaws if flaw.breaks]
    assert sorted(getattr(r.value, "value", "none") for r in report.results) == values.split()


ASK = """sh:validator [ a sh:SPARQLAskValidator ; sh:message "{?value} is not {$need}"@en ;
  sh:ask "ASK { FILTER ($value = $need) }" ]"""
MISSING = """sh:propertyValidator [ a sh:SPARQLSelectValidator ;
  sh:select "SELECT $this WHERE { FILTER NOT EXISTS { $this $PATH $need } }" ]"""
OF_NODE = """sh:nodeValidator [ a sh:SPARQLSelectValidator ;
  sh:select "SELECT $this ?value WHERE { $this ?any ?value . FILTER (?value = $need) }" ]"""
# SHACL 6.2 and 6.3: an ASK for each value, which the result has; a SELECT once for a focus node.
COMPONENTS = {
    "a value that is denied": (ASK, "sh:property [ sh:path :p ; :need 1 ]", ["2", "3"]),
    "one result for what is missing of many": (MISSING, "sh:property [ sh:path :p ; :need 7 ]", [None]),
    "what is missing where there is no value": (MISSING, "sh:property [ sh:path :q ; :need 7 ]", [None]),
    "a value that a SELECT of nodes finds": (OF_NODE, ":need 2", ["2"]),
}


@pytest.mark.parametrize(("validator", "use", "values"), COMPONENTS.values(), ids=COMPONENTS)
def test_component_has_a_result_for_each_denied_value_or_solution(
    validator: str, use: str, values: list[str | None]
) -> None:
    component = f":C a sh:ConstraintComponent ; sh:parameter [ sh:path :need ] ; {validator} ."
    report = judged(":a :p 1 , 2 , 3 .", f"{component} :S sh:targetNode :a ; {use} .")
    assert [getattr(result.value, "value", None) for result in report.results] == values
    if validator == ASK:
        assert [r.messages for r in report.results] == [
            (ox.Literal(f"{v} is not 1", language="en"),) for v in values
        ]


def test_a_query_beside_what_the_engine_of_core_may_not_judge_leaves_it_to_the_other() -> None:
    shapes = f":S sh:targetNode :a ; {QUERY} ; sh:property [ sh:path :p ; sh:closed true ] ."
    found = Counter(r.constraint.value.removeprefix(SH) for r in judged(MORE, shapes).results)
    assert found == {"SPARQLConstraintComponent": 1, "ClosedConstraintComponent": 2}


QUERY = 'sh:sparql [ sh:message "m" ; sh:select "SELECT $this WHERE { $this <http://x/p> 1 }" ]'


def test_constraints_beside_a_query_are_judged_by_the_engine_of_core_and_each_once() -> None:
    shapes = (
        f":S sh:targetClass :T ; sh:property [ sh:path :d ; sh:maxInclusive 3 ; sh:minCount 2 ] ; {QUERY} ."
    )
    report = judged(DATA, shapes)
    assert report.judged == (Judged("pyshacl", 1, "SPARQL-based constraints"),)
    found = sorted(result.constraint.value.removeprefix(SH) for result in report.results)
    assert found == [
        "MaxInclusiveConstraintComponent",
        "MinCountConstraintComponent",
        "SPARQLConstraintComponent",
    ]


SELECT = 'sh:select "SELECT $this ?value%s WHERE { $this <http://x/p> ?value%s }"'
MESSAGES = {
    "those of the constraint, each in its language": (
        "sh:message 'of the shape' ; sh:sparql [ sh:message 'is {?value}'@en , 'ist {$value}'@de ; "
        f"{SELECT % ('', '')} ]",
        ['"is C:\\\\dir"@en', '"ist C:\\\\dir"@de'],
    ),
    "those of the shape": (
        f"sh:message 'of {{?value}}'@en ; sh:sparql [ {SELECT % ('', '')} ]",
        ['"of C:\\\\dir"@en'],
    ),
    "that of the solution": (
        f"sh:sparql [ sh:message 'm' ; {SELECT % (' ?message', ' BIND (STR(?value) AS ?message)')} ]",
        ['"C:\\\\dir"'],
    ),
}


@pytest.mark.parametrize(("shape", "messages"), MESSAGES.values(), ids=MESSAGES)
def test_the_messages_of_a_query_are_the_nearest_ones(shape: str, messages: list[str]) -> None:
    """SHACL 5.3.2: of the solution, else of the constraint, else of the shape."""
    report = judged(":a :p 'C:\\\\dir' .", f":S sh:targetNode :a ; {shape} .")
    assert not report.flaws
    (result,) = report.results
    assert [str(message) for message in result.messages] == messages


def test_query_of_a_shape_that_a_node_is_to_conform_to_decides_whether_it_does() -> None:
    shapes = f":S sh:targetClass :T ; sh:node [ {QUERY} ] ; sh:not [ {QUERY} ] ; sh:nodeKind sh:Literal ."
    found = Counter(r.constraint.value.removeprefix(SH) for r in judged(DATA, shapes).results)
    assert found == {"NodeConstraintComponent": 1, "NodeKindConstraintComponent": 1}


def test_number_beyond_what_an_engine_holds_is_judged_by_the_other() -> None:
    wide = "0." + "1" * 40
    report = judged(
        f":a a :T ; :p {wide} .",
        ":S sh:targetClass :T ; sh:property [ sh:path :p ; sh:datatype xsd:decimal ] .",
    )
    assert report.results == ()
    assert [each.engine for each in report.judged] == ["pyshacl"]
    assert "beyond" in report.judged[0].reason


def test_shape_that_leads_back_to_itself_is_judged_and_ends() -> None:
    shapes = ":S sh:targetNode :a ; sh:property [ sh:path :next ; sh:node :S ; sh:maxCount 1 ] ."
    report = judged(":a :next :b . :b :next :a , :c .", shapes)
    assert [str(result.focus_node) for result in report.results] == ["<http://x/a>"]
    assert [each.reason for each in report.judged] == ["recursion"]
    (detail,) = report.results[0].details
    assert detail.constraint.value == SH + "MaxCountConstraintComponent"


def test_details_of_a_result_are_in_the_report() -> None:
    shapes = ":S sh:targetNode :a ; sh:node [ sh:property [ sh:path :p ; sh:datatype xsd:integer ] ] ."
    report = judged(":a :p 1 , 'x' .", shapes)
    (result,) = report.results
    (detail,) = result.details
    assert (str(detail.focus_node), str(detail.value)) == ("<http://x/a>", '"x"')
    nested = [t.object for t in report.to_triples() if t.predicate.value == SH + "detail"]
    about = {t.predicate.value for t in report.to_triples() if t.subject in nested}
    assert {SH + "focusNode", SH + "resultMessage", SH + "value", SH + "sourceShape"} <= about


def test_names_of_blank_nodes_survive_whatever_the_order() -> None:
    """The engine numbers blank nodes anew, those of the shapes first."""
    data = " ".join(f"_:n{number} a :T ; :size {number} ; :next _:n{number + 1} ." for number in range(60))
    shapes = """:S sh:targetClass :T ; sh:property [ sh:path :size ; sh:maxExclusive 30 ] ;
      sh:or ( [ sh:nodeKind sh:BlankNode ] ) ."""
    triples = triples_of(PROLOGUE + data, "data.ttl")
    sizes = {t.subject: t.object for t in triples if t.predicate.value.endswith("size")}
    results = validate(triples, triples_of(PROLOGUE + shapes, "shapes.ttl")).results
    assert len(results) == 30
    assert all(sizes[result.focus_node] == result.value for result in results)
