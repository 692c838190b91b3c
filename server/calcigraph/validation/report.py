"""What a validation found, as values; and those values in the W3C report vocabulary (SHACL section 3.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox

from calcigraph.errors import Severity
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import RDF, SH, XSD

SEVERITIES = {
    SH["Violation"].value: Severity.VIOLATION,
    SH["Warning"].value: Severity.WARNING,
    SH["Info"].value: Severity.INFO,
}


@dataclass(frozen=True)
class Result:
    """One validation result (SHACL section 3.6.2).

    Blank nodes are those of the data (`focus_node`, `value`) and of the shapes (`path`, `source_shape`,
    `source_constraint`) that were handed in, so each can be looked up in the file it came from.
    `constraint` is the constraint component, such as `sh:MinCountConstraintComponent`.
    """

    focus_node: Term
    path: Subject | None
    value: Term | None
    source_shape: Subject
    constraint: ox.NamedNode
    severity_node: ox.NamedNode
    messages: tuple[ox.Literal, ...] = ()
    source_constraint: Subject | None = None

    @property
    def severity(self) -> Severity:
        """The severity; one that a shape defines for itself counts as a violation."""
        return SEVERITIES.get(self.severity_node.value, Severity.VIOLATION)

    @property
    def message(self) -> str:
        """The messages in one line, the English ones if there are any."""
        english = [m for m in self.messages if (m.language or "en").split("-")[0] == "en"]
        return " ".join(message.value for message in english or self.messages)

    @property
    def order(self) -> tuple[str, ...]:
        """By what reports are sorted: focus node, path, constraint, value, shape."""
        parts = (self.focus_node, self.path, self.constraint, self.value, self.source_shape)
        return tuple(str(part) for part in (*parts, *self.messages))


@dataclass(frozen=True)
class Report:
    """All results of one validation, sorted; `conforms` is true when there is none (SHACL section 3.6.1).

    A warning or an information is a result too. `paths` describes the blank nodes among the paths.
    """

    conforms: bool
    results: tuple[Result, ...] = ()
    paths: tuple[ox.Triple, ...] = field(default=(), repr=False)

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
        for number, result in enumerate(self.results):
            node = ox.BlankNode(f"result{number}")
            triples.append(_triple(report, "result", node))
            triples += _result_triples(node, result)
        return (*triples, *self.paths)

    def prefixes(self, known: Prefixes) -> Prefixes:
        """A table for writing the report: what is known, and the vocabulary of reports."""
        return Prefixes({"sh": SH.iri, "xsd": XSD.iri, **known.mapping})


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
