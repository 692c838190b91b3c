"""Editions in, what resources are, are called and rest on out: what every engine answers alike."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

import pyoxigraph as ox

from calcigraph.describe import Describer, Description
from calcigraph.edition import Edition, Match, WorkFolder
from calcigraph.reasoning import Proofs
from calcigraph.store.document_contents import DocumentContent
from calcigraph.store.documents import Document, DocumentLimits, Documents

_DESCRIBED: Final = 2


class EditionAnswers:
    """Answers from editions that can be looked into. May be used by any number of threads."""

    def __init__(self, folder: WorkFolder, limits: DocumentLimits) -> None:
        """`folder` is where documents are put."""
        self._describers: OrderedDict[int, Describer] = OrderedDict()
        self._documents = Documents(folder, limits)

    def describer(self, edition: Edition) -> Describer:
        """What describes the resources of an edition; kept for the newest ones. Cost of the first call for an
        edition: one pass over the shapes."""
        found = self._describers.get(edition.number)
        if found is None:
            found = self._describers[edition.number] = Describer(edition)
            while len(self._describers) > _DESCRIBED:
                self._describers.popitem(last=False)
        return found

    def describe(self, edition: Edition, node: ox.NamedNode, offset: int | None = 0) -> Description | None:
        """See `Describer.describe`."""
        return self.describer(edition).describe(node, offset)

    def explain(self, edition: Edition, triple: ox.Triple, limit: int = 1) -> Proofs:
        """See `Edition.proofs`."""
        return edition.proofs(triple, limit)

    def search(self, edition: Edition, text: str, most: int) -> Sequence[Match]:
        """See `Names.find`."""
        return edition.names.find(text, most)

    def document(
        self,
        edition: Edition,
        content: DocumentContent,
        gzip_from: int | None = None,
        gone: Callable[[], bool] | None = None,
    ) -> Document:
        """See `Documents.of`."""
        return self._documents.of(edition, content, gzip_from, gone)
