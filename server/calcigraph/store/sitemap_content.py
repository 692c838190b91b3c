"""The addresses of all pages, as sitemaps: see https://www.sitemaps.org/protocol.html."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, ClassVar
from xml.sax.saxutils import escape

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.errors import Problem
from calcigraph.rdf.iris import address
from calcigraph.rdf.vocabulary import AS, RDF, SRV
from calcigraph.store.resource_addresses import ResourceAddresses
from calcigraph.store.shared_addresses import SharedAddresses

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class NoSuchSitemap(Problem):
    """A sitemap beyond the last one."""

    title: ClassVar[str] = "There is no such sitemap"

    def __init__(self) -> None:
        super().__init__("There are not so many pages.", "Begin with /sitemap.xml.")


@dataclass(frozen=True)
class SitemapContent:
    """The paths `first`, and the addresses of the pages of all resources of the root, `most` in a file; below
    `base`. The resources of a root that has no namespace are all that it says something of.

    `part` is which of the files, counted from one. None for the one that a crawler begins with: all
    addresses where they are not too many, else the files. `day` is when they changed last.

    Cost: two passes over an index, some 20 microseconds a resource.
    """

    first: tuple[str, ...]
    addresses: ResourceAddresses
    base: str
    day: str
    most: int
    part: int | None = None

    def write(self, edition: Edition, out: IO[bytes]) -> None:
        """See `DocumentContent.write`. Raises: NoSuchSitemap."""
        paths = list(dict.fromkeys((*self.first, *_pages(edition, self.addresses))))
        if self.part is not None:
            paths = paths[(self.part - 1) * self.most :][: self.most] if self.part else []
            if not paths:
                raise NoSuchSitemap
        if len(paths) <= self.most:
            out.write(self._xml("urlset", "url", paths))
            return
        files = range(1, -(-len(paths) // self.most) + 1)
        out.write(self._xml("sitemapindex", "sitemap", [f"/sitemap-{number}.xml" for number in files]))

    def _xml(self, kind: str, entry: str, paths: list[str]) -> bytes:
        entries = "".join(
            f"<{entry}><loc>{escape(address(self.base, path))}</loc><lastmod>{self.day}</lastmod></{entry}>\n"
            for path in paths
        )
        head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="{_NAMESPACE}">\n'
        return f"{head}{entries}</{kind}>\n".encode()


def _pages(edition: Edition, addresses: ResourceAddresses) -> list[str]:
    """The addresses of the pages of resources: each once, as those with a fragment may share theirs."""
    removed = set(edition.subjects(RDF["type"], AS["Tombstone"]))
    space = edition.root.namespace if edition.root.is_named else ""
    shared = SharedAddresses(edition, addresses.base)

    def leads_elsewhere(path: str, iri: str) -> bool:
        return shared.may_lead_elsewhere(path) and shared.leads_elsewhere(path, iri)

    pages = {
        addresses.document(node.value, leads_elsewhere).of(".html")
        for node in edition.all_subjects()
        if isinstance(node, ox.NamedNode)
        and node.value.startswith(space)
        and not node.value.startswith(SRV.iri)
        and node not in removed
        and (space or edition.describes(node))
    }
    # A graph has no page.
    return sorted(page for page in pages if not page.startswith("/graph/"))
