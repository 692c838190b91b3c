"""A root in, what its dataset and the parts around it are called and what its catalogue says of it out."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from calcigraph.metadata.executables import executables
from calcigraph.rdf.vocabulary import DCTERMS, FOAF, PROV, RDF, VOID
from calcigraph.root import Root

_TAKEN_OVER = (DCTERMS["title"], DCTERMS["description"], DCTERMS["license"], VOID["uriSpace"])


def graph_node(root: Root) -> ox.NamedNode:
    """The graph that holds the description."""
    return root.graph("metadata")


def dataset_node(root: Root) -> ox.NamedNode:
    """What is described: the default graph of the endpoint, as a dataset."""
    return ox.NamedNode(f"{graph_node(root).value}#dataset")


def catalogued_node(root: Root) -> ox.NamedNode:
    """What the root calls its dataset, version after version, in `data/catalog.ttl`; the dataset's node here
    where it has no name for it."""
    named = [node for node in _catalogued(root) if isinstance(node, ox.NamedNode)]
    return min(named, key=str, default=dataset_node(root))


def endpoint_node(root: Root) -> ox.NamedNode:
    """The lasting IRI of the endpoint, whichever server answers for the root's namespace."""
    return ox.NamedNode(f"{root.document_base}sparql")


def heads(root: Root) -> frozenset[ox.Triple]:
    """All of the description but its numbers: what the dataset is, what its catalogue says of it, and the
    questions to be asked. Cost: some ten triples a question."""
    return frozenset((*_heads(root, dataset_node(root)), *executables(root, endpoint_node(root))))


def _heads(root: Root, node: ox.NamedNode) -> Iterator[ox.Triple]:
    document = graph_node(root)
    yield ox.Triple(document, RDF["type"], VOID["DatasetDescription"])
    yield ox.Triple(document, FOAF["primaryTopic"], node)
    yield ox.Triple(node, RDF["type"], VOID["Dataset"])
    yield ox.Triple(node, VOID["sparqlEndpoint"], endpoint_node(root))
    if catalogued_node(root) != node:
        yield ox.Triple(node, PROV["wasDerivedFrom"], catalogued_node(root))
    catalogued = _catalogued(root)
    for triple in root.catalogue:
        if triple.subject in catalogued and triple.predicate in _TAKEN_OVER:
            yield ox.Triple(node, triple.predicate, triple.object)


def _catalogued(root: Root) -> set[ox.NamedNode | ox.BlankNode]:
    """The subjects of `void:uriSpace`."""
    found = {triple.subject for triple in root.catalogue if triple.predicate == VOID["uriSpace"]}
    return {node for node in found if isinstance(node, ox.NamedNode | ox.BlankNode)}
