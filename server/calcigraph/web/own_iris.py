"""A path of this server, or an IRI, in; the resource of the data that it names out.

The IRI of a resource is its address, so the path is taken as the client sent it. Which spellings of a path
name one resource is told by `store.known_iris`; none does because something was decoded twice or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from calcigraph.store import known_iris
from calcigraph.web.site import Site


def find(site: Site, path: str) -> ox.NamedNode | None:
    """The resource of the dataset whose IRI the raw `path` is; None where there is none.

    Cost: some look-ups in an index for each spelling of an IRI that the path may stand for, five at most.
    """
    return known_iris.find(site.edition, _iri(site, path))


def find_spelled(site: Site, iri: ox.NamedNode) -> ox.NamedNode | None:
    """The resource of the dataset that an IRI names, in this or another spelling; None where there is none.

    Cost: as for `find`.
    """
    return known_iris.find(site.edition, iri.value)


def named_by(site: Site, path: str) -> Iterator[ox.NamedNode]:
    """The IRIs that a raw path may stand for, the most literal one first."""
    return known_iris.spelled(_iri(site, path))


def is_known(site: Site, node: ox.NamedNode) -> bool:
    """Whether it stands anywhere in the data; see `known_iris.is_known`."""
    return known_iris.is_known(site.edition, node)


def _iri(site: Site, path: str) -> str:
    return site.addresses.base + path[1:]
