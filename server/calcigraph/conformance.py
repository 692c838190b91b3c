"""The report of the W3C test suites in, as it was made when the program was built; their totals out.

The report is EARL 1.0 (https://www.w3.org/TR/EARL10-Schema/): one assertion a test, with its outcome and,
where that is not "passed", the reason. `make conformance` writes it from what the tests saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from calcigraph.rdf.terms import Subject
from calcigraph.rdf.vocabulary import DCTERMS, EARL, RDF, RDFS

DOCUMENT = "https://w3id.org/calcigraph/conformance"
FILE = Path(__file__).with_name("conformance.ttl")
PASSED = "passed"
OUTCOMES = (PASSED, "failed", "cantTell", "inapplicable", "untested")


@dataclass(frozen=True)
class Result:
    """One test: its IRI, its name in the suite, where it can be read, and what became of it; `reason`
    says why where it has not passed, and may say how it was tested where it has."""

    test: str
    name: str
    link: str
    outcome: str
    reason: str


@dataclass(frozen=True)
class Suite:
    """The tests of one specification; `source` is where the suite is published."""

    key: str
    title: str
    source: str
    results: tuple[Result, ...]

    def count(self, outcome: str) -> int:
        """How many tests came out so."""
        return sum(result.outcome == outcome for result in self.results)

    @property
    def others(self) -> tuple[Result, ...]:
        """What has not passed."""
        return tuple(result for result in self.results if result.outcome != PASSED)


@cache
def triples() -> tuple[ox.Triple, ...]:
    """The whole report. Cost: 20 ms the first time."""
    parsed = ox.parse(FILE.read_bytes(), ox.RdfFormat.TURTLE, base_iri=DOCUMENT)
    return tuple(quad.triple for quad in parsed)


@cache
def suites() -> tuple[Suite, ...]:
    """The suites by their titles, each with its tests in order of their IRIs."""
    graph = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples())
    found: dict[str, list[Result]] = {}
    for quad in graph.quads_for_object(EARL["Assertion"]):
        if quad.predicate == RDF["type"] and not isinstance(quad.subject, ox.Triple):
            suite, result = _read(graph, quad.subject)
            found.setdefault(suite, []).append(result)
    read = (_suite(graph, iri, results) for iri, results in found.items())
    return tuple(sorted(read, key=lambda suite: suite.title))


def _suite(graph: ox.Dataset, iri: str, results: list[Result]) -> Suite:
    node = ox.NamedNode(iri)
    return Suite(
        iri.removeprefix(f"{DOCUMENT}#"),
        _text(graph, node, DCTERMS["title"].value),
        _text(graph, node, DCTERMS["source"].value),
        tuple(sorted(results, key=lambda result: result.test)),
    )


def _read(graph: ox.Dataset, assertion: Subject) -> tuple[str, Result]:
    test = ox.NamedNode(_text(graph, assertion, EARL["test"].value))
    (result,) = (
        quad.object
        for quad in graph.quads_for_subject(assertion)
        if quad.predicate.value == EARL["result"].value and isinstance(quad.object, Subject)
    )
    return _text(graph, test, DCTERMS["isPartOf"].value), Result(
        test.value,
        _text(graph, test, DCTERMS["identifier"].value),
        _text(graph, test, RDFS["seeAlso"].value) or test.value,
        _text(graph, result, EARL["outcome"].value).removeprefix(EARL.iri),
        _text(graph, result, DCTERMS["description"].value),
    )


def _text(graph: ox.Dataset, node: Subject, name: str) -> str:
    """The value of a property as text; "" where there is none."""
    found = (q.object for q in graph.quads_for_subject(node) if q.predicate.value == name)
    value = next(found, None)
    return "" if value is None or isinstance(value, ox.Triple) else value.value
