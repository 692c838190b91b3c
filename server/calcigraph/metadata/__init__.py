"""A root and all its triples in, the triples that describe them out: VoID, and the questions to be asked.

They stand in a graph of their own, `graph/metadata`, so that a client which knows nothing but the endpoint
finds them with a query. They are about the data and not of it: neither asserted nor inferred, closed under no
axiom, and on no page of a resource.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pyoxigraph as ox

from calcigraph.metadata.counting import count, types_of
from calcigraph.metadata.executables import executables, question_node
from calcigraph.metadata.partitions import void
from calcigraph.rdf.vocabulary import DCTERMS, FOAF, PROV, RDF, VOID
from calcigraph.root import Root

__all__ = [
    "catalogued_node",
    "dataset_node",
    "describe",
    "endpoint_node",
    "executables",
    "graph_node",
    "question_node",
]

_CATALOGUE = "data/catalog.ttl"
_TAKEN_OVER = (DCTERMS["title"], DCTERMS["description"], DCTERMS["license"], VOID["uriSpace"])


def graph_node(root: Root) -> ox.NamedNode:
    """The graph that holds what is said here."""
    return root.graph("metadata")


def dataset_node(root: Root) -> ox.NamedNode:
    """What it is said of: the default graph of the endpoint, as a dataset."""
    return ox.NamedNode(f"{graph_node(root).value}#dataset")


def catalogued_node(root: Root) -> ox.NamedNode:
    """What the root calls its dataset, version after version, in `data/catalog.ttl`; the dataset's node here
    where it has no name for it."""
    named = [node for node in _catalogued(root) if isinstance(node, ox.NamedNode)]
    return min(named, key=str, default=dataset_node(root))


def endpoint_node(root: Root) -> ox.NamedNode:
    """The lasting IRI of the endpoint, whichever server answers for the root's namespace."""
    return ox.NamedNode(f"{root.namespace}sparql")


def describe(root: Root, triples: Collection[ox.Triple]) -> frozenset[ox.Triple]:
    """The description of `triples`, each given once, and of itself: it holds none of them.

    What it counts is the union of both, as a set: what a query over the default graph counts. That adds
    triples as long as it adds kinds of triples, so it is done until it does not: after three or four rounds,
    as there is nothing new to be said about partitions of partitions.
    A root without a namespace is not described, as there is no IRI to do it with: a plain SPARQL store.
    Cost: some ten microseconds a triple.
    """
    if not root.is_named:
        return frozenset()
    known = set(triples)
    node = dataset_node(root)
    heads = {*_heads(root, node), *executables(root, endpoint_node(root))} - known
    types = types_of([*known, *heads])
    base = count(known, types) + count(heads, types)
    counts, numbers = base, frozenset[ox.Triple]()
    while (found := frozenset(void(node, counts)) - known - heads) != numbers:
        numbers, counts = found, base + count(found, types)
    return numbers | heads


def _heads(root: Root, node: ox.NamedNode) -> Iterator[ox.Triple]:
    """What it is, and what its catalogue says of it."""
    document = graph_node(root)
    yield ox.Triple(document, RDF["type"], VOID["DatasetDescription"])
    yield ox.Triple(document, FOAF["primaryTopic"], node)
    yield ox.Triple(node, RDF["type"], VOID["Dataset"])
    yield ox.Triple(node, VOID["sparqlEndpoint"], endpoint_node(root))
    if catalogued_node(root) != node:
        yield ox.Triple(node, PROV["wasDerivedFrom"], catalogued_node(root))
    for triple in _catalogue(root):
        if triple.subject in _catalogued(root) and triple.predicate in _TAKEN_OVER:
            yield ox.Triple(node, triple.predicate, triple.object)


def _catalogue(root: Root) -> tuple[ox.Triple, ...]:
    return next((file.triples for file in root.data if file.path == _CATALOGUE), ())


def _catalogued(root: Root) -> set[ox.NamedNode | ox.BlankNode]:
    """The subjects of `void:uriSpace`."""
    found = {triple.subject for triple in _catalogue(root) if triple.predicate == VOID["uriSpace"]}
    return {node for node in found if isinstance(node, ox.NamedNode | ox.BlankNode)}
