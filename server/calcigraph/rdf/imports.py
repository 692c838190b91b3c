"""Triples in, which ontologies they are and which they import out. Nothing is ever fetched.

Spec: OWL 2 Structural Specification, sections 3.2 (documents and their IRIs) and 3.4 (imports).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

import pyoxigraph as ox

from calcigraph.rdf.vocabulary import OWL, RDF

IMPORTS = OWL["imports"]
_TYPE, _ONTOLOGY, _VERSION = RDF["type"], OWL["Ontology"], OWL["versionIRI"]


def ontologies(triples: Iterable[ox.Triple]) -> set[ox.NamedNode]:
    """The IRIs of the ontologies that a document holds: its own, and that of its version.

    Beside another one, an ontology of which nothing is said but that it is one is only mentioned.
    """
    found: dict[ox.NamedNode, None] = {}
    versions: dict[ox.NamedNode, None] = {}
    said: Counter[object] = Counter()
    for triple in triples:
        said[triple.subject] += 1
        if triple.predicate == _VERSION and isinstance(triple.object, ox.NamedNode):
            versions[triple.object] = None
        elif triple.predicate == _TYPE and triple.object == _ONTOLOGY:
            found |= {triple.subject: None} if isinstance(triple.subject, ox.NamedNode) else {}
    named = {node for node in found if len(found) == 1 or said[node] > 1}
    return named | set(versions)


def missing_imports(triples: Iterable[ox.Triple], there: Collection[ox.NamedNode]) -> list[ox.Triple]:
    """The imports, each once, that name none of the ontologies that are `there`."""
    imports = dict.fromkeys(triple for triple in triples if triple.predicate == IMPORTS)
    return [triple for triple in imports if triple.object not in there]
