"""Competency questions in, what a client needs to show and run them out: `sh:SPARQLExecutable`.

See SHACL Advanced Features, section 3.1, and https://github.com/sib-swiss/sparql-examples for the shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from calcigraph.rdf.vocabulary import DCTERMS, RDF, RDFS, SCHEMA, SH
from calcigraph.root import Root

_EXECUTABLES = {
    "SELECT": "SPARQLSelectExecutable",
    "ASK": "SPARQLAskExecutable",
    "CONSTRUCT": "SPARQLConstructExecutable",
}
_NOISE = re.compile(r"<[^<>\s]*>|#[^\n]*")


def question_node(root: Root, slug: str) -> ox.NamedNode:
    """The IRI of a question."""
    return ox.NamedNode(f"{root.namespace}id/question-{slug}")


def executables(root: Root, *endpoints: ox.NamedNode) -> Iterator[ox.Triple]:
    """The questions of a root, to be run at any of `endpoints`."""
    declaring = {t.subject for t in root.declarations if t.predicate == SH["declare"]}
    for asked in root.questions:
        node, kind = question_node(root, asked.slug), _form(asked.text)
        yield ox.Triple(node, RDF["type"], SH["SPARQLExecutable"])
        yield ox.Triple(node, RDF["type"], SH[_EXECUTABLES[kind]])
        yield ox.Triple(node, RDFS["label"], ox.Literal(asked.question, language="en"))
        yield ox.Triple(node, RDFS["comment"], ox.Literal(asked.question, language="en"))
        yield ox.Triple(node, DCTERMS["description"], ox.Literal(asked.note or asked.question, language="en"))
        yield ox.Triple(node, SH[kind.lower()], ox.Literal(asked.text))
        yield from (ox.Triple(node, SH["prefixes"], n) for n in declaring if isinstance(n, ox.NamedNode))
        yield from (ox.Triple(node, SCHEMA["target"], endpoint) for endpoint in endpoints)


def _form(query: str) -> str:
    words = re.findall(r"[A-Za-z]+", _NOISE.sub(" ", query).upper())
    return next((word for word in words if word in _EXECUTABLES), "SELECT")
