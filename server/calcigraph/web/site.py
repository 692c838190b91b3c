"""What every view needs: one edition, as it is published at one address; and the swap to the next one."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Final, cast
from urllib.parse import urlsplit

import pyoxigraph as ox
from flask import Flask, current_app, g, has_request_context, request

from calcigraph import metadata
from calcigraph.describe import Describer
from calcigraph.edition import Change, ChangeOutcome, Edition
from calcigraph.pool.query_problems import ClientGone
from calcigraph.rdf.iris import address, encoded_path
from calcigraph.rdf.vocabulary import SRV
from calcigraph.settings import Settings
from calcigraph.store import ROOMS, DocumentAddress, Engine, ResourceAddresses, SharedAddresses
from calcigraph.web.about import About, about, ontology_node
from calcigraph.web.metrics import Metrics
from calcigraph.web.protocol import request_head
from calcigraph.web.readiness import Readiness
from calcigraph.web.statistics import Statistics, count

_KEY = "calcigraph"
# Earlier ones are made again where an answer that took long is from one of them.
_KEPT: Final = 16
_MOST_ADDRESSES: Final = 8_192
_GRAPHS = "/graph/"
_FOLLOWED = ("http", "https")
ONTOLOGY: Final = DocumentAddress("/ontology")
"""Where the documents about the ontology as a whole are, whichever IRI that has."""
_LINKED_SCHEMES = ("http", "https", "mailto", "urn")


@dataclass(frozen=True)
class Site:
    """One edition of the data as it is published at one address; nothing in it ever changes.

    `base` is the IRI that this server's own addresses begin with. It is configuration and never
    taken from a request's `Host`, so that nobody can make a cache keep links to elsewhere.
    """

    edition: Edition
    engine: Engine
    settings: Settings
    program: str
    base: str
    metrics: Metrics
    readiness: Readiness
    taken_paths: str
    """A pattern of the paths that are no resource's; see `web.taken_paths`."""
    loaded: datetime
    """When the newest file changed that the first edition and the program are from; see `last_modified`."""

    @cached_property
    def about(self) -> About:
        """What the root says of itself. Cost: some look-ups."""
        return about(self.edition)

    @property
    def describer(self) -> Describer:
        """What describes the resources of this edition."""
        return self.engine.describer(self.edition)

    @cached_property
    def statistics(self) -> Statistics:
        """The counts, made when they are first asked for. Cost: see `count`."""
        return count(self.edition)

    @cached_property
    def query_base(self) -> str:
        """What relative IRIs of a query are resolved against, unless it says so itself."""
        return self.absolute("/sparql")

    @cached_property
    def modified(self) -> datetime:
        """When anything changed last that a response is made from; never the same second for two editions,
        so that it may lie some seconds in the future."""
        return max(self.loaded + timedelta(seconds=self.edition.number), self.edition.changed)

    @cached_property
    def citable(self) -> ox.NamedNode:
        """What the dataset is called, version after version, in a citation; where its root has no name for
        it, the address at which it is."""
        root = self.edition.root
        return metadata.catalogued_node(root) if root.is_named else ox.NamedNode(self.absolute("/"))

    @cached_property
    def described(self) -> ox.NamedNode:
        """The default graph of the endpoint, as the dataset that VoID and DCAT speak of."""
        root = self.edition.root
        return metadata.dataset_node(root) if root.is_named else ox.NamedNode(self.absolute("/#dataset"))

    @property
    def visible(self) -> int:
        """How many triples a query over the default graph sees."""
        return self.statistics.triples if self.settings.default_graph == "union" else 0

    @property
    def namespace(self) -> str:
        """The IRI that the root's own resources begin with."""
        return self.edition.root.namespace

    @property
    def version(self) -> str:
        """What `Calcigraph-Version` says: see `Edition.version`."""
        return self.edition.version

    def etag(self, variant: str) -> str:
        """A strong entity tag (without quotes): digests of data and program, and the variant."""
        return f"{self.version[:20]}.{self.program[:12]}.{variant}"

    def link(self, path: str) -> str:
        """The path on the public host of a path of this application, fit for a `href`."""
        return urlsplit(self.base).path.rstrip("/") + encoded_path(path)

    def absolute(self, path: str) -> str:
        """The whole public IRI of a path of this application."""
        return address(self.base, path)

    def lasting(self, path: str) -> str:
        """The IRI of a document of this application that stays when the server moves (see `web.w3id`); its
        address, where the root has no namespace."""
        return (
            self.edition.root.document_base + path[1:] if self.edition.root.is_named else self.absolute(path)
        )

    @cached_property
    def addresses(self) -> ResourceAddresses:
        """Where the resources of the root are."""
        return ResourceAddresses.of_root(self.edition.root, self.taken_paths)

    @cached_property
    def ontology(self) -> ox.NamedNode:
        """What the root calls its ontology. Cost: some look-ups."""
        return ontology_node(self.edition)

    def graph_path(self, node: ox.NamedNode) -> str | None:
        """The path at which this server answers for a graph, or for one of which `node` names a part, without
        the fragment; None where it is none of the root's."""
        graph = node.value.partition("#")[0]
        path = self.addresses.path(graph)
        if path is None or not path.startswith(_GRAPHS) or not self.edition.has_graph(ox.NamedNode(graph)):
            return None
        return path

    @cached_property
    def things(self) -> str:
        """What the IRIs of the root's things begin with, as far as they can be told from its terms. Cost: as
        for `has_names_elsewhere`."""
        is_apart = self.namespace == self.addresses.base and not self.has_names_elsewhere
        return f"{self.namespace}id/" if is_apart else self.namespace

    @cached_property
    def has_names_elsewhere(self) -> bool:
        """Whether there are resources right below the namespace, in no room. Cost: one pass in the index over
        the IRIs that are in some."""
        base = self.addresses.base
        found = self.edition.index.iris(base, [base + room for room in ROOMS])
        return any(
            self.path(node) not in (None, "/ontology") and self.edition.describes(node) for node in found
        )

    def path(self, node: ox.NamedNode) -> str | None:
        """The path of `node`, as its IRI has it, at which this server answers for it as a resource; None
        where there is none: for those of others, and for what is a graph or has the name of one."""
        path = self.addresses.path(node.value)
        return None if path is not None and path.startswith(_GRAPHS) else path

    def document(self, node: ox.NamedNode) -> DocumentAddress:
        """Where the documents about `node` are. Cost: a look-up; kept for a while."""
        return self._documents(node)

    @cached_property
    def _documents(self) -> Callable[[ox.NamedNode], DocumentAddress]:
        leads_elsewhere = SharedAddresses(self.edition, self.addresses.base).leads_elsewhere

        def document(node: ox.NamedNode) -> DocumentAddress:
            if node == self.ontology:
                return ONTOLOGY
            if self.path(node) is None:
                return self.addresses.described(node.value)
            return self.addresses.document(node.value, leads_elsewhere)

        return lru_cache(_MOST_ADDRESSES)(document)

    def href(self, node: ox.NamedNode) -> str | None:
        """Where a page links to for `node`: to its page here where there is one, else to where its IRI
        leads; None where the scheme is not one to be followed. Cost: a look-up, where it is in no room."""
        if self.describes(node):
            return self.here(node)
        return node.value if urlsplit(node.value).scheme.lower() in _LINKED_SCHEMES else None

    def describes(self, node: ox.NamedNode) -> bool:
        """Whether pages link to a page of `node` here: the root speaks of it, or it is in a room of its."""
        path = self.addresses.path(node.value)
        is_own = path is not None and self.addresses.is_in_a_room(path)
        return is_own or self.edition.describes(node)

    def here(self, node: ox.NamedNode) -> str:
        """The address, fit for a `href`, at which this server answers for `node`, with its fragment."""
        if node.value.startswith(SRV.iri):
            return self.link(f"/server.html#{node.value.removeprefix(SRV.iri)}")
        address, (_, mark, fragment) = self.document(node), node.value.partition("#")
        path = self.graph_path(node) or address.of()
        return self.link(path if "?" in path else f"{path}{mark}{fragment}")

    def outside(self, node: ox.NamedNode) -> str | None:
        """Where the IRI of something that has a page here leads by itself; None for the root's own, for which
        this server answers, and where the scheme is not one to be followed."""
        is_own = node.value.startswith((self.namespace, self.addresses.base, SRV.iri))
        return None if is_own or urlsplit(node.value).scheme.lower() not in _FOLLOWED else node.value


class Publication:
    """The site of the newest edition, and those of earlier ones for whoever has begun with one.

    The swap is one assignment: whoever takes `current` once sees one edition from first to last.
    """

    def __init__(self, site: Site) -> None:
        self._changing = threading.Lock()
        self._sites = OrderedDict({site.edition.number: site})
        self.current = site
        """What a request that begins now is about."""

    def at(self, number: int) -> Site:
        """The site of the edition that an answer came from."""
        site = self._sites.get(number)
        return site if site is not None else replace(self.current, edition=self._edition(number))

    def publish(self, change: Change) -> ChangeOutcome:
        """Change the data; see `Engine.publish`. Every request that begins once this returns sees it."""
        with self._changing:
            outcome = self.current.engine.publish(change, self._announce)
            self.current = self.at(outcome.number)
            return outcome

    @contextmanager
    def unchanging(self) -> Iterator[Site]:
        """The current site, which stays the current one until the context is left; changes wait for that."""
        with self._changing:
            yield self.current

    def _announce(self, edition: Edition) -> None:
        self._sites[edition.number] = replace(self.current, edition=edition)
        while len(self._sites) > _KEPT:
            self._sites.popitem(last=False)

    def _edition(self, number: int) -> Edition:
        return self.current.engine.edition_at(number)


def install(publication: Publication) -> None:
    """Make the sites known to the current application."""
    current_app.extensions[_KEY] = publication


def current_site() -> Site:
    """The site that the current request is about: the same from its first byte to its last.

    Raises: ClientGone where nobody waits for the response any more, so that what makes it stops.
    """
    environ = request.environ if has_request_context() else {}
    gone: Callable[[], bool] | None = environ.get(request_head.GONE)
    if gone is not None and gone():
        raise ClientGone
    if _KEY not in g:
        keep_to(publication_of(current_app).current)
    return cast(Site, g.get(_KEY))


def keep_to(site: Site) -> None:
    """Let the rest of the current request be about `site`: what its answer is from."""
    setattr(g, _KEY, site)


def publication_of(app: Flask) -> Publication:
    """The sites of an application."""
    return cast(Publication, app.extensions[_KEY])
