"""Competency questions in, what a client needs to show and run them out: `sh:SPARQLExecutable`.

See SHACL Advanced Features, section 3.1, and https://github.com/sib-swiss/sparql-examples for the shape.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from calcigraph.rdf.vocabulary import DCTERMS, RDF, RDFS, SCHEMA, SH
from calcigraph.root import Root


def question_node(root: Root, slug: str) -> ox.NamedNode:
    """The IRI of a question."""
    return ox.NamedNode(f"{root.document_base}id/question-{slug}")


def executables(root: Root, *endpoints: ox.NamedNode) -> Iterator[ox.Triple]:
    """The questions of a root, each a SELECT, to be run at any of `endpoints`."""
    declaring = {t.subject for t in root.declarations if t.predicate == SH["declare"]}
    for asked in root.questions:
        node = question_node(root, asked.slug)
        yield ox.Triple(node, RDF["type"], SH["SPARQLExecutable"])
        yield ox.Triple(node, RDF["type"], SH["SPARQLSelectExecutable"])
        yield ox.Triple(node, RDFS["label"], ox.Literal(asked.question, language="en"))
        yield ox.Triple(node, RDFS["comment"], ox.Literal(asked.question, language="en"))
        yield ox.Triple(node, DCTERMS["description"], ox.Literal(asked.note or asked.question, language="en"))
        yield ox.Triple(node, SH["select"], ox.Literal(asked.text))
        yield from (ox.Triple(node, SH["prefixes"], n) for n in declaring if isinstance(n, ox.NamedNode))
        yield from (ox.Triple(node, SCHEMA["target"], endpoint) for endpoint in endpoints)
