"""The ontology of a root in, its class tree as a page out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import pyoxigraph as ox
from flask import current_app, render_template

from calcigraph.describe import Description
from calcigraph.rdf.vocabulary import DCTERMS, OWL, RDF, RDFS, XSD
from calcigraph.web.protocol.request_problems import OntologyTooLarge
from calcigraph.web.site import Site
from calcigraph.web.strings import STRINGS

_KEY = "calcigraph-ontology"
_TRUE = ox.Literal("true", datatype=XSD["boolean"])

# A term below two others appears under each, so that few terms may make very many branches.
_MOST_PLACES = 10_000
_DEEPEST = 60
Children: TypeAlias = Callable[[ox.NamedNode, frozenset[ox.NamedNode]], list[ox.NamedNode]]
_PARTS = (
    ("classes", STRINGS.ontology_classes, (OWL["Class"], RDFS["Class"]), RDFS["subClassOf"]),
    ("object-properties", STRINGS.ontology_object, (OWL["ObjectProperty"],), RDFS["subPropertyOf"]),
    ("datatype-properties", STRINGS.ontology_datatype, (OWL["DatatypeProperty"],), RDFS["subPropertyOf"]),
    (
        "annotation-properties",
        STRINGS.ontology_annotation,
        (OWL["AnnotationProperty"],),
        RDFS["subPropertyOf"],
    ),
)


@dataclass(frozen=True)
class Branch:
    """A term with those below it; a term below two others appears under each.

    `uses` is how many members a class has, or how many triples a property.
    """

    node: ox.NamedNode
    label: ox.Literal
    definition: str
    uses: int
    deprecated: bool
    branches: tuple[Branch, ...]

    def walk(self) -> Iterator[Branch]:
        """This term and all below it."""
        yield self
        for branch in self.branches:
            yield from branch.walk()


@dataclass(frozen=True)
class TermKind:
    """One kind of terms, `count` of them."""

    name: str
    title: str
    branches: tuple[Branch, ...]
    count: int


@dataclass(frozen=True)
class Retired:
    """A term that is not to be used any more."""

    node: ox.NamedNode
    replaced_by: tuple[ox.NamedNode, ...]


@dataclass(frozen=True)
class Overview:
    """All terms of the ontology: those in use by their kinds, and the retired ones."""

    parts: tuple[TermKind, ...]
    deprecated: tuple[Retired, ...]


def page(site: Site) -> str:
    """The ontology page: what it is, its classes and its properties as trees, all asserted."""
    header: Description | None = site.engine.describe(site.edition, site.ontology, None)
    shown = overview(site)
    return render_template("ontology.html", header=header, parts=shown.parts, deprecated=shown.deprecated)


def overview(site: Site) -> Overview:
    """The terms of the ontology, gathered once for an edition.

    Cost of the first call: some passes over the ontology, 50 ms for 20,000 triples.
    """
    kept: tuple[Site, Overview] | None = current_app.extensions.get(_KEY)
    if kept is None or kept[0] is not site:
        triples = [quad.triple for quad in site.edition.file_quads(site.edition.root.ontology)]
        parts = (_part(name, title, _tree(site, triples, kinds, up)) for name, title, kinds, up in _PARTS)
        kept = site, Overview(tuple(part for part in parts if part.count), _retired(site, triples))
        current_app.extensions[_KEY] = kept
    return kept[1]


def _part(name: str, title: str, branches: tuple[Branch, ...]) -> TermKind:
    return TermKind(
        name, title, branches, len({found.node for branch in branches for found in branch.walk()})
    )


def _retired(site: Site, triples: Iterable[ox.Triple]) -> tuple[Retired, ...]:
    nodes = {t.subject for t in triples if t.predicate == OWL["deprecated"] and t.object == _TRUE}
    own = sorted((n for n in nodes if isinstance(n, ox.NamedNode) and site.path(n)), key=str)
    instead = {node: site.edition.objects(node, DCTERMS["isReplacedBy"]) for node in own}
    return tuple(Retired(n, tuple(v for v in instead[n] if isinstance(v, ox.NamedNode))) for n in own)


def _tree(
    site: Site, triples: Iterable[ox.Triple], kinds: tuple[ox.NamedNode, ...], above: ox.NamedNode
) -> tuple[Branch, ...]:
    """The root's own terms of these kinds, below each other as `above` says. Raises: OntologyTooLarge."""
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
        elif triple.predicate == OWL["deprecated"] and value == _TRUE:
            deprecated.add(node)

    def children(node: ox.NamedNode, path: frozenset[ox.NamedNode]) -> list[ox.NamedNode]:
        return [child for child in below.get(node, []) if child in terms and child not in path]

    def branch(node: ox.NamedNode, path: frozenset[ox.NamedNode]) -> Branch:
        branches = sorted((branch(n, path | {n}) for n in children(node, path)), key=_by_label)
        defined = site.edition.labels.definition(node)
        definition = defined.value if defined else ""
        uses = site.describer.uses.count(node)
        label = site.edition.labels.of(node)
        return Branch(node, label, definition, uses, node in deprecated, tuple(branches))

    placed = {child for node in terms for child in below.get(node, []) if child != node}
    tops = [node for node in terms if node not in placed] or list(terms)
    _check_size(tops, children)
    return tuple(sorted((branch(node, frozenset({node})) for node in tops), key=_by_label))


def _check_size(tops: Iterable[ox.NamedNode], children: Children) -> None:
    """Walk through the tree before anything of it is looked up. Raises: OntologyTooLarge."""
    waiting = [(node, frozenset({node})) for node in tops]
    places = len(waiting)
    while waiting:
        node, path = waiting.pop()
        found = children(node, path)
        places += len(found)
        if places > _MOST_PLACES or len(path) > _DEEPEST:
            raise OntologyTooLarge(_MOST_PLACES, _DEEPEST)
        waiting += ((child, path | {child}) for child in found)


def _by_label(branch: Branch) -> str:
    return branch.label.value.casefold()
