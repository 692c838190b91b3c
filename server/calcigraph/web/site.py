"""What every view needs, gathered once when the application is made; nothing in it ever changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import cast
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
from flask import Flask, current_app

from calcigraph import metadata
from calcigraph.dataset import Dataset
from calcigraph.describe import Describer
from calcigraph.pool import Pool
from calcigraph.rdf.vocabulary import SRV
from calcigraph.settings import Settings
from calcigraph.web.about import About
from calcigraph.web.metrics import Metrics
from calcigraph.web.program_digest import last_modified
from calcigraph.web.statistics import Statistics, count

_KEY = "calcigraph"
# RFC 3987 ipchar and "/", beyond what `quote` leaves alone anyway; "%" stays for what is encoded.
_PATH_SAFE = "/%:@!$&'()*+,;=~"
_LINKED_SCHEMES = ("http", "https", "mailto", "urn")
_ROOMS = ("id/", "ontology/", "graph/")


@dataclass(frozen=True)
class Site:
    """One dataset as it is published at one address.

    `base` is the IRI that this server's own addresses begin with. It is configuration and never
    taken from a request's `Host`, so that nobody can make a cache keep links to elsewhere.
    """

    dataset: Dataset
    pool: Pool
    settings: Settings
    describer: Describer
    about: About
    program: str
    base: str
    metrics: Metrics

    @cached_property
    def statistics(self) -> Statistics:
        """The counts, made when they are first asked for. Cost: see `count`."""
        return count(self.dataset)

    @cached_property
    def query_base(self) -> str:
        """What relative IRIs of a query are resolved against, unless it says so itself."""
        return self.absolute("/sparql")

    @cached_property
    def modified(self) -> datetime:
        """When anything changed last that a response is made from. Cost: asks the file system, once."""
        return last_modified(self.dataset.root.folder)

    @cached_property
    def citable(self) -> ox.NamedNode:
        """What the dataset is called, version after version, in a citation; where its root has no name for
        it, the address at which it is."""
        root = self.dataset.root
        return metadata.catalogued_node(root) if root.is_named else ox.NamedNode(self.absolute("/"))

    @cached_property
    def described(self) -> ox.NamedNode:
        """The default graph of the endpoint, as the dataset that VoID and DCAT speak of."""
        root = self.dataset.root
        return metadata.dataset_node(root) if root.is_named else ox.NamedNode(self.absolute("/#dataset"))

    @property
    def visible(self) -> int:
        """How many triples a query over the default graph sees."""
        return self.statistics.triples if self.settings.default_graph == "union" else 0

    @property
    def namespace(self) -> str:
        """The IRI that the root's own resources begin with."""
        return self.dataset.root.namespace

    @property
    def version(self) -> str:
        """What `Calcigraph-Version` says: the digest of the root."""
        return self.dataset.digest

    def etag(self, variant: str) -> str:
        """A strong entity tag (without quotes): digests of data and program, and the variant."""
        return f"{self.version[:20]}.{self.program[:12]}.{variant}"

    def link(self, path: str) -> str:
        """The path on the public host of a path of this application, fit for a `href`."""
        return urlsplit(self.base).path.rstrip("/") + quote(path, safe=_PATH_SAFE + "?#")

    def absolute(self, path: str) -> str:
        """The whole public IRI of a path of this application."""
        return self.base.rstrip("/") + quote(path, safe=_PATH_SAFE + "?#")

    def path(self, node: ox.NamedNode) -> str | None:
        """The path at which this server answers for `node`; None for resources of others."""
        if not node.value.startswith(self.namespace):
            return None
        path = node.value.removeprefix(self.namespace)
        return f"/{path}" if path == "ontology" or path.startswith(_ROOMS) else None

    def href(self, node: ox.NamedNode) -> str | None:
        """Where a page links to for `node`; None where the scheme is not one to be followed."""
        if node.value.startswith(SRV.iri) and any(self.dataset.triples(node)):
            return self.link(f"/server.html#{node.value.removeprefix(SRV.iri)}")
        path = self.path(node)
        if path is not None:
            # A resource may be named with either; what is a part of a graph is named by a fragment.
            kept = path if path.startswith("/graph/") else path.replace("#", "%23")
            return self.link(kept.replace("?", "%3F"))
        return node.value if urlsplit(node.value).scheme.lower() in _LINKED_SCHEMES else None


def install(site: Site) -> None:
    """Make the site known to the current application."""
    current_app.extensions[_KEY] = site


def current_site() -> Site:
    """The site that the current request is about."""
    return site_of(current_app)


def site_of(app: Flask) -> Site:
    """The site of an application."""
    return cast(Site, app.extensions[_KEY])
