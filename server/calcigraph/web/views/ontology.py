"""The ontology of a root in, its graphs as quads and its class tree as a page out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox
from flask import render_template

from calcigraph.describe import Description
from calcigraph.describe.vocabulary import OWL, RDF, RDFS
from calcigraph.web.site import Site

_PROPERTY_KINDS = (OWL["ObjectProperty"], OWL["DatatypeProperty"], OWL["AnnotationProperty"])


@dataclass(frozen=True)
class Branch:
    """A term with those below it; a term below two others appears under each."""

    node: ox.NamedNode
    label: ox.Literal
    deprecated: bool
    branches: tuple[Branch, ...]


def quads(site: Site) -> list[ox.Quad]:
    """All triples of the root's `ontology/`, each in the graph of its file."""
    root = site.dataset.root
    return [
        ox.Quad(t.subject, t.predicate, t.object, root.graph_of(file))
        for file in root.ontology
        for t in file.triples
    ]


def page(site: Site) -> str:
    """The ontology page: what it is, its classes and its properties as trees, all asserted."""
    header: Description | None = site.describer.describe(ox.NamedNode(f"{site.namespace}ontology"))
    triples = [t for file in site.dataset.root.ontology for t in file.triples]
    return render_template(
        "ontology.html",
        header=header,
        classes=_tree(site, triples, (OWL["Class"], RDFS["Class"]), RDFS["subClassOf"]),
        properties=[
            (kind, tree)
            for kind in _PROPERTY_KINDS
            if (tree := _tree(site, triples, (kind,), RDFS["subPropertyOf"]))
        ],
    )


def _tree(
    site: Site, triples: Iterable[ox.Triple], kinds: tuple[ox.NamedNode, ...], above: ox.NamedNode
) -> tuple[Branch, ...]:
    """The root's own terms of these kinds, below each other as `above` says."""
    terms: dict[ox.NamedNode, None] = {}
    below: dict[ox.NamedNode, list[ox.NamedNode]] = {}
    deprecated: set[object] = set()
    for triple in triples:
        node, value = triple.subject, triple.object
        if not isinstance(node, ox.NamedNode) or site.path(node) is None:
            continue
        if triple.predicate == RDF["type"] and value in kinds:
            terms[node] = None
        elif triple.predicate == above and isinstance(value, ox.NamedNode):
            below.setdefault(value, []).append(node)
        elif triple.predicate == OWL["deprecated"]:
            deprecated.add(node)

    def branch(node: ox.NamedNode, path: frozenset[ox.NamedNode]) -> Branch:
        children = [n for n in below.get(node, []) if n in terms and n not in path]
        branches = sorted((branch(n, path | {n}) for n in children), key=_by_label)
        return Branch(node, site.describer.labels.of(node), node in deprecated, tuple(branches))

    placed = {child for node in terms for child in below.get(node, []) if child != node}
    tops = [node for node in terms if node not in placed] or list(terms)
    return tuple(sorted((branch(node, frozenset({node})) for node in tops), key=_by_label))


def _by_label(branch: Branch) -> str:
    return branch.label.value.casefold()
