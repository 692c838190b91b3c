"""Statements in, what is wrong with the headers of ontologies out: lost, doubled, or with the wrong IRI, as
an editor for ontologies may save them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import Severity
from calcigraph.lints.hit import Hit, Rule
from calcigraph.lints.own_names import OwnNames
from calcigraph.lints.statements import TYPE, Statements
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import OWL, RDFS
from calcigraph.root import RdfFile

LOST: Final = Rule(
    "header-lost",
    Severity.VIOLATION,
    "{count} terms are said to be defined by {node}, and nothing says that it is an ontology.",
    "Add the header to the file: {node} a owl:Ontology, with its title, version and imports.",
)
NONE: Final = Rule(
    "header-missing",
    Severity.WARNING,
    "{count} terms are declared here, and no ontology has a header.",
    'Add one: <https://…> a owl:Ontology ; dcterms:title "…"@en .',
)
DOUBLED: Final = Rule(
    "header-doubled",
    Severity.WARNING,
    "The file has two headers: {node} and {other}.",
    "Keep the one whose terms the file has, and move the other to its own file.",
)
TWICE: Final = Rule(
    "header-in-two-files",
    Severity.WARNING,
    "{node} has its header in another file as well.",
    "Keep it in one of the two.",
)
OTHER_GRAPH: Final = Rule(
    "header-of-other-file",
    Severity.VIOLATION,
    "The header names {node}, which is the graph of another file.",
    "Write the IRI of this file's ontology: a tool has taken the one that it found first.",
)
_MENTIONS: Final = tuple(
    OWL[name] for name in ("imports", "priorVersion", "backwardCompatibleWith", "incompatibleWith")
)


def lost(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Ontologies that define most of the root's own terms, and have no header."""
    had = {header.subject for header in statements.headers}
    terms = [node for node in statements.terms if own.has(node)]
    defined = Counter(home for node in terms for home in set(statements.values(node, RDFS["isDefinedBy"])))
    for home, count in defined.items():
        if home in had or not isinstance(home, ox.NamedNode) or count * 2 <= len(terms):
            continue
        first = next(node for node in terms if home in statements.values(node, RDFS["isDefinedBy"]))
        yield Hit(
            home, named={"count": str(count)}, place=statements.root.place(first, RDFS["isDefinedBy"], home)
        )


def missing(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """A root whose terms of OWL belong to no ontology."""
    kinds = {OWL["Class"], OWL["ObjectProperty"], OWL["DatatypeProperty"]}
    terms = [t for t in statements.by_predicate.get(TYPE, ()) if t.object in kinds and own.has(t.subject)]
    if terms and not statements.headers:
        yield Hit(terms[0].subject, TYPE, terms[0].object, {"count": str(len(terms))})


def doubled(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Files with two headers; what a header only mentions, as an earlier version, is none."""
    mentioned = {t.object for t in statements.with_predicate(*_MENTIONS)}
    for file in statements.root.ontology:
        # A relative IRI without a base is the file itself, whose ontology the other one names.
        graph = str(statements.root.graph_of(file))[:-1]
        headers = [n for n in _headers(file) if n not in mentioned and not str(n).startswith(graph)]
        for other in headers[1:]:
            yield _header(file, other, {"other": headers[0]})


def in_two_files(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Headers that stand in two files."""
    seen: set[Subject] = set()
    for file in statements.root.ontology:
        for node in _headers(file):
            if node in seen:
                yield _header(file, node, {})
        seen |= set(_headers(file))


def of_other_file(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Headers whose IRI is the graph of another file of the root."""
    root = statements.root
    files = (*root.ontology, *root.data) if root.is_named else ()
    graphs: dict[Subject, str] = {root.graph_of(file): file.path for file in files}
    for file in root.ontology:
        for node in _headers(file):
            if graphs.get(node, file.path) != file.path:
                yield _header(file, node, {})


def _headers(file: RdfFile) -> dict[Subject, None]:
    """What a file says to be an ontology, in order."""
    found = (t.subject for t in file.triples if t.predicate == TYPE and t.object == OWL["Ontology"])
    return dict.fromkeys(node for node in found if isinstance(node, Subject))


def _header(file: RdfFile, node: Subject, named: Mapping[str, Term | str]) -> Hit:
    return Hit(node, TYPE, OWL["Ontology"], named, place=file.place(node, TYPE, OWL["Ontology"]))
