"""A dataset in, what it says of itself out: from its catalogue, else from its ontology's header."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import takewhile

import pyoxigraph as ox

from calcigraph.edition import Edition, Languages
from calcigraph.rdf.terms import Subject
from calcigraph.rdf.vocabulary import DC, DCAT, DCTERMS, OWL, RDF, SH, SKOS, SRV
from calcigraph.web.strings import STRINGS

_FEATURED = SRV["featuredQuestion"]
_DATES = (DCTERMS["modified"], DCTERMS["issued"], DCTERMS["created"])


@dataclass(frozen=True)
class About:
    """The sentences that stand on the home page and under every page."""

    title: ox.Literal
    description: ox.Literal | None
    disclaimer: ox.Literal | None
    literature_until: ox.Literal | None
    licences: tuple[ox.NamedNode, ...]
    featured_question: str | None
    creators: tuple[str, ...]
    year: str
    values: Callable[[ox.NamedNode], list[ox.Literal | ox.NamedNode]] = field(repr=False, compare=False)
    """What it says of itself by any property: its catalogue, else its ontology's header."""

    @property
    def credits(self) -> dict[str, object]:
        """Who made it and when, as scripts read it."""
        return {"authors": list(self.creators), "title": self.title.value, "year": self.year}


def about(edition: Edition) -> About:
    """Read it from the `dcat:Dataset` that features a question, then from the `owl:Ontology`.

    Cost: a few look-ups.
    """
    catalogued = edition.subjects(RDF["type"], DCAT["Dataset"])
    featuring = [node for node in catalogued if any(edition.triples(node, _FEATURED))]
    header = ontology_node(edition)
    nodes = [*(featuring or catalogued)[:1]]
    if any(edition.triples(header, RDF["type"])):
        nodes.append(header)

    def values(name: ox.NamedNode) -> list[ox.Literal | ox.NamedNode]:
        return [value for node in nodes for value in _of(edition, node, name)]

    languages, labels = Languages(edition.root), edition.labels

    def text(*names: ox.NamedNode) -> ox.Literal | None:
        for name in names:
            found = [value for value in values(name) if isinstance(value, ox.Literal)]
            if found:
                return min(found, key=languages.rank)
        return None

    def first(said: Callable[[ox.NamedNode], ox.Literal | None]) -> ox.Literal | None:
        return next((told for node in nodes if isinstance(node, ox.NamedNode) and (told := said(node))), None)

    questions = [v.value.rpartition("/")[2] for v in values(_FEATURED)]
    return About(
        text(DCTERMS["title"], DC["title"]) or first(labels.stated) or _untitled(edition),
        text(DCTERMS["description"], DC["description"]) or first(labels.definition),
        text(SRV["disclaimer"]),
        text(SRV["literatureUntil"]),
        tuple(dict.fromkeys(v for v in values(DCTERMS["license"]) if isinstance(v, ox.NamedNode))),
        questions[0].removeprefix("question-") if questions else None,
        next((found for node in nodes if (found := _creators(edition, node))), ()),
        next((v.value[:4] for name in _DATES for v in values(name) if isinstance(v, ox.Literal)), ""),
        lambda name: next((found for node in nodes if (found := _of(edition, node, name))), []),
    )


def ontology_node(edition: Edition) -> ox.NamedNode:
    """What the root calls its ontology: `<namespace>ontology`, else an `owl:Ontology`, else a
    `skos:ConceptScheme`: of several the one whose IRI is most like the namespace, which those of imports and
    subsets are not. What the prefix table alone hangs on is one only where there is no other. Cost: some
    look-ups, and two for each of these."""
    own = ox.NamedNode(f"{edition.root.document_base}ontology")
    if edition.describes(own):
        return own
    tables: list[ox.NamedNode] = []
    for kind in (OWL["Ontology"], SKOS["ConceptScheme"]):
        stated = [node for node in edition.subjects(RDF["type"], kind) if isinstance(node, ox.NamedNode)]
        headers = [node for node in stated if not _is_prefix_table(edition, node)]
        if headers:
            return min(headers, key=lambda node: _unlikeness(node.value, edition.root.namespace))
        tables += stated
    return tables[0] if tables else own


def _is_prefix_table(edition: Edition, node: ox.NamedNode) -> bool:
    """Whether nothing is said of an ontology but that it declares prefixes."""
    declares = any(True for _ in edition.triples(node, SH["declare"]))
    return declares and all(t.predicate in (RDF["type"], SH["declare"]) for t in edition.triples(node))


def _unlikeness(iri: str, namespace: str) -> tuple[int, int, str]:
    pairs = zip(iri, namespace.rstrip("/#"), strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return -shared, len(iri), iri


def _of(edition: Edition, node: Subject, name: ox.NamedNode) -> list[ox.Literal | ox.NamedNode]:
    found = edition.objects(node, name)
    return [value for value in found if isinstance(value, ox.Literal | ox.NamedNode)]


def _untitled(edition: Edition) -> ox.Literal:
    """What is shown in place of a title: the namespace, where there is one."""
    root = edition.root
    return ox.Literal(root.namespace) if root.is_named else ox.Literal(STRINGS.untitled, language="en")


def _creators(edition: Edition, node: Subject) -> tuple[str, ...]:
    return tuple(edition.label(creator) for creator in edition.objects(node, DCTERMS["creator"]))
