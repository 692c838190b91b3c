"""A root without questions in, queries to begin with out, made of what is there so that they have answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final
from urllib.parse import urlencode

from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.vocabulary import RDFS, SKOS, SRV
from calcigraph.web.protocol.request_problems import OntologyTooLarge
from calcigraph.web.site import Site
from calcigraph.web.strings import STRINGS
from calcigraph.web.views.ontology import TermKind, overview

_LABEL, _PREF_LABEL = RDFS["label"], SKOS["prefLabel"]
_MOST: Final = 50
# How the terms of a part of the ontology lead to those above them.
_BELOW: Final = {
    "classes": RDFS["subClassOf"],
    "object-properties": RDFS["subPropertyOf"],
    "concepts": SKOS["broader"],
}


@dataclass(frozen=True)
class ExampleQuery:
    """A query, and what it asks in words."""

    title: str
    text: str

    @property
    def parameters(self) -> str:
        """What stands behind the `?` of the query page that shows it."""
        return urlencode({"query": self.text, "edit": "1"})


def kinds_of_terms(site: Site) -> tuple[TermKind, ...]:
    """The terms of the ontology by their kinds; none where they are too many for a page.

    Cost: see `overview`.
    """
    try:
        return overview(site).parts
    except OntologyTooLarge:
        return ()


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


def _about_terms(site: Site, parts: tuple[TermKind, ...]) -> Iterator[ExampleQuery]:
    shrink = site.edition.root.prefixes.shrink
    names = f"{{ ?term {shrink(_LABEL)} ?label }} UNION {{ ?term {shrink(_PREF_LABEL)} ?label }}"
    for part in parts:
        largest = max(part.branches, key=lambda branch: len(branch.branches), default=None)
        if largest is not None and largest.branches and part.name in _BELOW:
            name = f"{STRINGS.example_below} “{largest.label.value}”"
            below = shrink(_BELOW[part.name])
            pattern = f"?term {below} {shrink(largest.node)} . OPTIONAL {{ {names} }}"
            yield _made(site, name, f"SELECT DISTINCT ?term ?label\nWHERE {{ {pattern} }}\nORDER BY ?term")
    labels = (branch.label.value for part in parts for branch in part.branches)
    word = max(re.findall(r"\w+", next(labels, "")), key=len, default="")
    if word:
        found = f'(?thing ?score ?text) {shrink(SRV["search"])} "{word}"'
        text = f"SELECT ?thing ?text\nWHERE {{ {found} }}\nORDER BY DESC(?score)"
        yield _made(site, f"{STRINGS.example_search} “{word}”", text)


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
