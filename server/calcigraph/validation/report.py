"""What a validation found, as values; and those values in the W3C report vocabulary (SHACL section 3.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox

from calcigraph.errors import Severity
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import RDF, RDFS, SH, XSD
from calcigraph.validation.flaw import Flaw
from calcigraph.validation.result import Result


@dataclass(frozen=True)
class Judged:
    """How many shapes an engine judged, and, of one that judges what another cannot, why."""

    engine: str
    shapes: int
    reason: str = ""


@dataclass(frozen=True)
class Report:
    """All results of one validation, sorted; `conforms` is true when there is none (SHACL section 3.6.1),
    and nothing that could not be judged.

    A warning or an information is a result too. `paths` describes the blank nodes among the paths; `flaws`
    is what is wrong with the shapes, `judged` says who judged them, `focus_nodes` how many nodes they
    looked at by their targets.
    """

    conforms: bool
    results: tuple[Result, ...] = ()
    paths: tuple[ox.Triple, ...] = field(default=(), repr=False)
    flaws: tuple[Flaw, ...] = ()
    judged: tuple[Judged, ...] = ()
    focus_nodes: int = 0

    @property
    def shapes(self) -> int:
        """How many shapes with a target were judged."""
        return sum(judged.shapes for judged in self.judged)

    @property
    def looked_at(self) -> str:
        """How much was looked at, and by whom, as people read it."""
        if not self.shapes:
            return "there are no shapes that could be judged."
        engines = [
            f"{j.engine} {number(j.shapes, 'shape')}{f' ({j.reason})' * bool(j.reason)}" for j in self.judged
        ]
        return (
            f"{number(self.shapes, 'shape')} looked at {number(self.focus_nodes, 'focus node')}"
            f" (judged by {', '.join(engines)})."
        )

    def of(self, severity: Severity) -> tuple[Result, ...]:
        """The results of one severity."""
        return tuple(result for result in self.results if result.severity is severity)

    def to_triples(self) -> tuple[ox.Triple, ...]:
        """The report as a `sh:ValidationReport`, with the triples of its paths."""
        report = ox.BlankNode("report")
        triples = [
            _triple(report, "conforms", ox.Literal(str(self.conforms).lower(), datatype=XSD["boolean"]))
        ]
        triples.append(ox.Triple(report, RDF["type"], SH["ValidationReport"]))
        triples.append(ox.Triple(report, RDFS["comment"], ox.Literal(self.looked_at, language="en")))
        for number, result in enumerate(self.results):
            node = ox.BlankNode(f"result{number}")
            triples.append(_triple(report, "result", node))
            triples += _result_triples(node, result)
        return tuple(dict.fromkeys((*triples, *self.paths)))

    def prefixes(self, known: Prefixes) -> Prefixes:
        """A table for writing the report: what is known, and the vocabulary of reports."""
        return Prefixes({"sh": SH.iri, "xsd": XSD.iri, "rdfs": RDFS.iri, **known.mapping})


def number(count: int, what: str) -> str:
    """How many there are of something, as people read it."""
    return f"{count} {what}{'s' * (count != 1)}"


def _triple(subject: Subject, name: str, value: Term) -> ox.Triple:
    return ox.Triple(subject, SH[name], value)


def _result_triples(node: ox.BlankNode, result: Result) -> Iterable[ox.Triple]:
    yield ox.Triple(node, RDF["type"], SH["ValidationResult"])
    parts = {
        "focusNode": result.focus_node,
        "resultPath": result.path,
        "value": result.value,
        "sourceShape": result.source_shape,
        "sourceConstraint": result.source_constraint,
        "sourceConstraintComponent": result.constraint,
        "resultSeverity": result.severity_node,
    }
    yield from (_triple(node, name, value) for name, value in parts.items() if value is not None)
    yield from (_triple(node, "resultMessage", message) for message in result.messages)
    for number, detail in enumerate(result.details):
        nested = ox.BlankNode(f"{node.value}d{number}")
        yield _triple(node, "detail", nested)
        yield from _result_triples(nested, detail)
