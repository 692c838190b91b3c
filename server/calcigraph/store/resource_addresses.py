"""An IRI in, where its documents are on the server of a root out: at a path of their own where the IRI is one
of the root's, else behind `/describe?iri=`.

What nobody has to look up stands here, so that a process without a web server knows the same addresses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import quote, unquote, urlencode

from calcigraph.root import Root

DESCRIBE: Final = "/describe"
# Paths below the base that answer for nothing but resources and graphs, whichever those are.
ROOMS: Final = ("id/", "ontology/", "ontology#", "graph/")
# Stays readable in a query; whatever means something there is encoded: # & + and % above all.
_QUERY_SAFE: Final = "/:@!$'()*,;~"


@dataclass(frozen=True)
class DocumentAddress:
    """What the addresses of the documents about one thing have in common: a path without a suffix, and the
    query that says which thing, where the path does not."""

    path: str
    query: str = ""

    def of(self, suffix: str = "", **parameters: object) -> str:
        """The address of the document in the format with that suffix; without one, of the thing itself."""
        query = "&".join(filter(None, (self.query, urlencode(parameters))))
        return f"{self.path}{suffix}" + (f"?{query}" if query else "")


@dataclass(frozen=True)
class ResourceAddresses:
    """The addresses of the resources of one root.

    `taken` is a pattern of the paths at which a server answers something else, such as `/sparql`.
    """

    namespace: str
    base: str
    taken: str

    @classmethod
    def of_root(cls, root: Root, taken: str) -> ResourceAddresses:
        """Those of a root as it states its namespace."""
        return cls(root.namespace, root.document_base, taken)

    def path(self, iri: str) -> str | None:
        """The path at which a server answers for `iri`, as the IRI has it, with its fragment; None where it
        is not the root's own, or its path is taken or would not arrive as it is (RFC 3986, section 5.2.4)."""
        if not iri.startswith(self.base):
            return None
        below = iri.removeprefix(self.base)
        segments = unquote(below.partition("#")[0]).split("/")
        if not segments[0] or not {".", ".."}.isdisjoint(segments):
            return None
        if below == "ontology" or below.startswith(ROOMS):
            return f"/{below}"
        # Many names may be fragments of one document, which then is no page of any of them.
        if self.namespace != self.base or "#" in below or self._taken.fullmatch(f"/{unquote(below)}"):
            return None
        return f"/{below}"

    def is_in_a_room(self, path: str) -> bool:
        """Whether a path is one below which there are resources of the root alone, known or not."""
        return path == "/ontology" or path[1:].startswith(ROOMS)

    def document(self, iri: str, leads_elsewhere: Callable[[str, str], bool]) -> DocumentAddress:
        """Where the documents about `iri` are: without its fragment, which is for the client, and with an
        encoded `?`, behind which parameters stand; by the whole IRI where such a path is that of something
        else (see `SharedAddresses`)."""
        path = self.path(iri)
        if path is None:
            return self.described(iri)
        stem = path.partition("#")[0].replace("?", "%3F")
        return self.described(iri) if leads_elsewhere(stem, iri.partition("#")[0]) else DocumentAddress(stem)

    def described(self, iri: str) -> DocumentAddress:
        """The same by the whole IRI, whichever it is."""
        return DocumentAddress(DESCRIBE, f"iri={quote(iri, safe=_QUERY_SAFE)}")

    @cached_property
    def _taken(self) -> re.Pattern[str]:
        return re.compile(self.taken)
