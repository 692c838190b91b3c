"""A root without questions in, queries to begin with out, made of what is there so that they have answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final
from urllib.parse import urlencode

from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.vocabulary import RDF, RDFS, SKOS, SRV
from calcigraph.trees import Branch
from calcigraph.web.site import Site
from calcigraph.web.strings import STRINGS
from calcigraph.web.views.ontology import ShownTree, overview

_LABEL, _PREF_LABEL = RDFS["label"], SKOS["prefLabel"]
_MOST: Final = 50
# How the terms of a part of the ontology lead to those above them.
_BELOW: Final = {
    "classes": RDFS["subClassOf"],
    "object-properties": RDFS["subPropertyOf"],
    "concepts": SKOS["broader"],
}


_NO_TERMS: Final = {"individuals", "deprecated"}


@dataclass(frozen=True)
class ExampleQuery:
    """A query, and what it asks in words."""

    title: str
    text: str

    @property
    def parameters(self) -> str:
        """What stands behind the `?` of the query page that shows it."""
        return urlencode({"query": self.text, "edit": "1"})


def kinds_of_terms(site: Site) -> tuple[ShownTree, ...]:
    """The terms of the ontology by their kinds. Cost: see `overview`."""
    return tuple(part for part in overview(site) if part.kind not in _NO_TERMS)


def example_queries(site: Site) -> tuple[ExampleQuery, ...]:
    """Queries about whatever terms there are; none where the root has questions of its own, or no triples.

    Cost: see `overview`.
    """
    if site.edition.root.questions or not site.statistics.asserted:
        return ()
    return tuple(chain(_counting(site), _about_terms(site, kinds_of_terms(site)), _inferred(site)))


def _counting(site: Site) -> Iterator[ExampleQuery]:
    yield _made(
        site,
        STRINGS.example_classes,
        "SELECT ?class (COUNT(DISTINCT ?thing) AS ?members)\n"
        "WHERE { ?thing a ?class FILTER(ISIRI(?class)) }\n"
        "GROUP BY ?class ORDER BY DESC(?members) ?class",
    )
    yield _made(
        site,
        STRINGS.example_properties,
        "SELECT ?property (COUNT(*) AS ?triples)\nWHERE { ?subject ?property ?object }\n"
        "GROUP BY ?property ORDER BY DESC(?triples) ?property",
    )


def _about_terms(site: Site, parts: tuple[ShownTree, ...]) -> Iterator[ExampleQuery]:
    shrink = site.edition.root.prefixes.shrink
    names = f"{{ ?term {shrink(_LABEL)} ?label }} UNION {{ ?term {shrink(_PREF_LABEL)} ?label }}"
    for part in parts:
        largest = max(_below(site, part), key=lambda branch: branch.size, default=None)
        if largest is not None and largest.size and part.kind in _BELOW:
            name = f"{STRINGS.example_below} “{site.edition.label(largest.node)}”"
            below = shrink(_BELOW[part.kind])
            pattern = f"?term {below} {shrink(largest.node)} . OPTIONAL {{ {names} }}"
            yield _made(site, name, f"SELECT DISTINCT ?term ?label\nWHERE {{ {pattern} }}\nORDER BY ?term")
    labels = (site.edition.label(branch.node) for part in parts for branch in _below(site, part))
    word = max(re.findall(r"\w+", next(labels, "")), key=len, default="")
    if word:
        found = f'(?thing ?score ?text) {shrink(SRV["search"])} "{word}"'
        text = f"SELECT ?thing ?text\nWHERE {{ {found} }}\nORDER BY DESC(?score)"
        yield _made(site, f"{STRINGS.example_search} “{word}”", text)


def _below(site: Site, part: ShownTree) -> list[Branch]:
    """The terms on top, but for the schemes that concepts are in: nothing is narrower than these."""
    scheme = SKOS["ConceptScheme"]
    found: list[Branch] = []
    for top in part.shown.branches:
        found += top.branches if scheme in site.edition.objects(top.node, RDF["type"]) else [top]
    return found


def _inferred(site: Site) -> Iterator[ExampleQuery]:
    if site.statistics.inferred:
        graph = f"<{site.edition.inferred_graph.value}>"
        text = (
            f"SELECT ?subject ?property ?object\nWHERE {{ GRAPH {graph} {{ ?subject ?property ?object }} }}"
        )
        yield _made(site, STRINGS.example_inferred, text)


def _made(site: Site, title: str, text: str) -> ExampleQuery:
    """The query with the prefixes that it needs, and so many rows as can be read."""
    used = {name: iri for name, iri in site.edition.root.prefixes.mapping.items() if f" {name}:" in text}
    return ExampleQuery(title, f"{Prefixes(used).sparql()}{text}\nLIMIT {_MOST}")
