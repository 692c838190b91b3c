"""A path in, whether the data have something else at it, or at those of its documents, out.

Where `…/core` and `…/core.html` are both resources, `/core.html` is the address of the second one alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.rdf.formats import GRAPHS
from calcigraph.rdf.iris import encoded_path
from calcigraph.store import known_iris

DOCUMENT_SUFFIXES: Final = (*(form.suffixes[0] for form in GRAPHS), ".html")
"""What the paths of the documents about a resource end in."""
# What arrives as it is written, and has one spelling.
_LITERAL: Final = re.compile(r"[A-Za-z0-9\-._~:/@!$&'()*+,;=]*+")


class SharedAddresses:
    """Tells of one edition of a root whose paths begin at `base` which of these lead elsewhere."""

    def __init__(self, edition: Edition, base: str) -> None:
        self._edition = edition
        self._base = base

    def leads_elsewhere(self, path: str, iri: str) -> bool:
        """Whether `path`, or one with a suffix of a document, leads to another resource than `iri`. Cost: a
        look-up; a few for each resource that is called so, or where the path has several spellings."""
        raw = self._base + encoded_path(path)[1:]
        if raw != iri or not _LITERAL.fullmatch(path):
            found = known_iris.find(self._edition, raw)
            if found is not None and found.value != iri:
                return True
        return any(known_iris.is_known(self._edition, node) for node in self._at_suffixes(raw))

    def may_lead_elsewhere(self, path: str) -> bool:
        """The same as far as it can be told without a look-up: where it is false, it is."""
        return not _LITERAL.fullmatch(path) or path in self._stems

    def _at_suffixes(self, raw: str) -> Iterator[ox.NamedNode]:
        names = [node.value + suffix for node in known_iris.spelled(raw) for suffix in DOCUMENT_SUFFIXES]
        return (ox.NamedNode(name) for name in self._edition.index.begun(names))

    @cached_property
    def _stems(self) -> frozenset[str]:
        """The paths that others are with a suffix. Cost: one pass over the IRIs of the root in the index."""
        iris = (node.value.partition("#")[0] for node in self._edition.index.iris(self._base))
        cut = (iri.rpartition(".") for iri in iris)
        stems = (stem for stem, dot, end in cut if dot + end in DOCUMENT_SUFFIXES)
        return frozenset("/" + stem.removeprefix(self._base) for stem in stems)
