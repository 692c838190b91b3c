"""An edition in, lines on what of its root was read out, for whoever starts a server."""

from __future__ import annotations

from itertools import chain

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.errors import Severity
from calcigraph.looked_at import counted
from calcigraph.rdf.imports import IMPORTS, ontologies
from calcigraph.rdf.vocabulary import OWL, RDF

_MOST = 5


def what_is_served(edition: Edition) -> list[str]:
    """What was read, then what was not, and imports that are missing: the first of each, and how many more.

    Cost: some look-ups; nothing is parsed.
    """
    root, sizes = edition.root, edition.sizes
    described = sizes.graphs.get(root.graph("metadata"), 0)
    asserted = edition.facts.triples - sizes.derived - sizes.inferred - described
    files = sum(1 for _ in root.sources)
    read = (
        f"Read: {counted(files, 'file')} with {counted(asserted, 'triple')}, "
        f"{counted(len(root.shapes), 'file')} of shapes, {counted(len(root.rules), 'rule')}. "
        f"Derived: {counted(sizes.derived, 'triple')}. Inferred: {counted(sizes.inferred, 'triple')}."
    )
    unread = [str(finding) for finding in root.unread if finding.severity is not Severity.INFO]
    return [read, *_first(unread), *_first(_missing(edition))]


def _missing(edition: Edition) -> list[str]:
    """The imports that no ontology of the edition answers, nor a graph of a file, nor a catalog."""
    typed = dict.fromkeys(t.subject for t in edition.triples(None, RDF["type"], OWL["Ontology"]))
    said = chain.from_iterable(edition.triples(node) for node in typed if isinstance(node, ox.NamedNode))
    there = {*ontologies(said), *map(edition.root.graph_of, edition.root.sources)}
    missing = edition.root.missing_imports(edition.triples(None, IMPORTS), there)
    return [f"warning: {t.subject} imports {t.object}, which is in no file of the root." for t in missing]


def _first(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST
    return lines if more < 1 else [*lines[:_MOST], f"… and {more} more: `calcigraph check` names each"]
