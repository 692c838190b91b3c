"""A piece of evidence in, the same as a nanopublication out: what it states, where from, and who put it here.

See https://nanopub.net/guidelines/working_draft/. What is a piece of evidence, which propositions it bears
on and where it was read, the server vocabulary alone decides.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from calcigraph import metadata
from calcigraph.edition import Edition
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import DCAT, DCTERMS, NP, PROV, RDF, RDFS, SRV, XSD

SUFFIX = ".nanopub"
_PARTS = (SRV["subject"], SRV["relation"], SRV["object"], SRV["context"], SRV["condition"])
_LINE = (SRV["stance"], SRV["proposition"], SRV["evidence"])
_DEPTH = 5  # of sources inside sources


def is_publishable(edition: Edition, node: Subject) -> bool:
    """Whether `node` was read somewhere, and bears on a proposition. Cost: some look-ups."""
    if not any(edition.triples(node, SRV["source"])):
        return False
    return any(_propositions(edition, line) for line in edition.subjects(SRV["evidence"], node))


def nanopublication(edition: Edition, node: ox.NamedNode, created: str) -> list[ox.Quad]:
    """The quads of the nanopublication of `node`, in its four graphs; its name ends in `SUFFIX`.

    The assertion holds what the evidence says itself, its lines with their stances, and the parts of the
    propositions that these bear on. A proposition that it supports without a condition stands there as a
    plain triple too. `created` is an `xsd:dateTime`, taken where the catalogue says of no day on which the
    data were changed.
    Cost: a look-up for each line, proposition and source.
    """
    whole = ox.NamedNode(node.value + SUFFIX)
    names = {n: ox.NamedNode(f"{whole.value}#{n}") for n in ("head", "assertion", "provenance", "pubinfo")}
    lines = [line for line in edition.subjects(SRV["evidence"], node) if _propositions(edition, line)]
    parts = {
        "head": [
            ox.Triple(whole, RDF["type"], NP["Nanopublication"]),
            ox.Triple(whole, NP["hasAssertion"], names["assertion"]),
            ox.Triple(whole, NP["hasProvenance"], names["provenance"]),
            ox.Triple(whole, NP["hasPublicationInfo"], names["pubinfo"]),
        ],
        "assertion": _assertion(edition, node, lines),
        "provenance": _provenance(edition, node, lines, names["assertion"]),
        "pubinfo": _publication(edition, node, whole, created),
    }
    quads = (ox.Quad(t.subject, t.predicate, t.object, names[n]) for n, found in parts.items() for t in found)
    return list(dict.fromkeys(quads))


def _propositions(edition: Edition, line: Subject) -> list[Subject]:
    """The propositions of a line that name all three parts."""
    found = (node for node in edition.objects(line, SRV["proposition"]) if isinstance(node, Subject))
    return [node for node in found if all(any(edition.triples(node, part)) for part in _PARTS[:3])]


def _assertion(edition: Edition, node: Subject, lines: list[Subject]) -> Iterator[ox.Triple]:
    sources = set(edition.objects(node, SRV["source"]))
    yield from (triple for triple in _stated(edition, node) if triple.object not in sources)
    for line in lines:
        for predicate in _LINE:
            yield from edition.triples(line, predicate)
        stances = edition.objects(line, SRV["stance"])
        for proposition in _propositions(edition, line):
            for predicate in (*_PARTS, RDFS["label"]):
                yield from edition.triples(proposition, predicate)
            yield ox.Triple(proposition, RDF["type"], SRV["Proposition"])
            if stances == [SRV["supports"]] and not any(edition.triples(proposition, SRV["condition"])):
                yield from _plain(edition, proposition)


def _plain(edition: Edition, proposition: Subject) -> Iterator[ox.Triple]:
    """What the proposition says, as a triple; none where its parts are not one of each."""
    parts = [edition.objects(proposition, part) for part in _PARTS[:3]]
    if all(len(found) == 1 for found in parts):
        subject, relation, value = (found[0] for found in parts)
        if isinstance(subject, Subject) and isinstance(relation, ox.NamedNode):
            yield ox.Triple(subject, relation, value)


def _provenance(
    edition: Edition, node: Subject, lines: list[Subject], assertion: ox.NamedNode
) -> Iterator[ox.Triple]:
    """Where it was read, up to the largest source, and how the lines are graded."""
    sources: list[Term] = edition.objects(node, SRV["source"])
    for source in sources:
        if isinstance(source, Subject):
            yield ox.Triple(assertion, PROV["wasDerivedFrom"], source)
            yield ox.Triple(node, SRV["source"], source)
    yield from (triple for triple in _stated(edition, node) if triple.object in sources)
    for line in lines:
        yield from edition.triples(line, SRV["grade"])
    for _ in range(_DEPTH):
        for source in sources:
            if isinstance(source, Subject):
                yield from _stated(edition, source)
                yield from edition.triples(source, SRV["partOf"])
        sources = [
            s for node in sources if isinstance(node, Subject) for s in edition.objects(node, SRV["partOf"])
        ]


def _publication(
    edition: Edition, node: ox.NamedNode, whole: ox.NamedNode, created: str
) -> Iterator[ox.Triple]:
    """Who made it, when, on what terms, and from which version of which dataset."""
    said = metadata.catalogued_node(edition.root)
    days = [v.value for v in edition.objects(said, DCTERMS["modified"]) if isinstance(v, ox.Literal)]
    created = max((f"{day}T00:00:00Z" for day in days if len(day) == len("2000-01-01")), default=created)
    yield ox.Triple(whole, DCTERMS["created"], ox.Literal(created, datatype=XSD["dateTime"]))
    yield ox.Triple(whole, RDFS["label"], ox.Literal(edition.label(node)))
    yield ox.Triple(whole, PROV["wasDerivedFrom"], said)
    yield ox.Triple(whole, DCAT["version"], ox.Literal(edition.digest))
    for predicate in (DCTERMS["creator"], DCTERMS["license"]):
        yield from (ox.Triple(whole, predicate, value) for value in edition.objects(said, predicate))


def _stated(edition: Edition, node: Subject) -> Iterator[ox.Triple]:
    """What is asserted of `node`, with the blank nodes that it leads to."""
    waiting, seen = [node], {node}
    while waiting:
        for triple in edition.triples(waiting.pop()):
            if {edition.derived_graph, edition.inferred_graph}.issuperset(edition.graphs_of(triple)):
                continue
            yield triple
            if isinstance(triple.object, ox.BlankNode) and triple.object not in seen:
                seen.add(triple.object)
                waiting.append(triple.object)
