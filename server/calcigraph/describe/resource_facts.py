"""A resource in, the facts of its description out, however many they are."""

from __future__ import annotations

import pyoxigraph as ox

from calcigraph.describe.annotations import Annotations
from calcigraph.describe.bounded_description import BoundedDescriptions
from calcigraph.describe.values import Fact
from calcigraph.edition import Edition


def resource_facts(
    edition: Edition, descriptions: BoundedDescriptions, node: ox.NamedNode, offset: int, size: int
) -> list[Fact]:
    """What `Describer.describe` says, as a set of triples. Cost: linear in them."""
    annotations = Annotations(edition, descriptions, node)
    links, _ = descriptions.links(node, offset, size, annotations.nodes)
    chains = (fact for link in links for fact in descriptions.to_named(link))
    said = (*descriptions.outgoing(node), *annotations.facts(), *chains)
    return list({fact.triple: fact for fact in said}.values())
