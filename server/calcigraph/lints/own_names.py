"""A root in, which IRIs are its own out: those that its editors may mend, and have to declare."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from calcigraph.lints.statements import Statements
from calcigraph.rdf.known_terms import NAMESPACES
from calcigraph.rdf.namespaces import split
from calcigraph.rdf.vocabulary import SRV
from calcigraph.root import Root

# A namespace with this share of the declared terms is the root's own, whatever its header says.
_SHARE = 0.2
SCHEME: Final = re.compile(r"https?://(?:www\.)?")
"""What of an IRI is often written in another way."""


@dataclass(frozen=True)
class OwnNames:
    """The beginnings of a root's own IRIs: its namespace, those of its ontologies, and those that it mostly
    declares terms in."""

    spaces: tuple[str, ...]

    @classmethod
    def of(cls, root: Root, statements: Statements) -> OwnNames:
        """The own names of a root. Cost: linear in its declared terms."""
        headers = [t.subject.value for t in statements.headers if isinstance(t.subject, ox.NamedNode)]
        found = {f"{iri.rstrip('#/:')}{end}" for iri in headers for end in _ends(iri)}
        if root.is_named:
            # What the root's documents are called does not begin with a namespace that ends in a `#`.
            found |= {root.namespace, root.graph("").value, f"{root.document_base}id/question-"}
        shares = Counter(_stem(node.value) for node in statements.terms)
        found |= {space for space, count in shares.items() if count >= _SHARE * shares.total()}
        return cls(tuple(sorted(found - set(NAMESPACES))))

    @cached_property
    def folded(self) -> tuple[tuple[str, str], ...]:
        """Each space with what all spellings of it have in common. A host alone is no name of anybody's own,
        and left out."""
        found = ((space, folded(space)) for space in self.spaces)
        return tuple((space, f"{common}/") for space, common in found if "/" in common)

    def has(self, term: object) -> bool:
        """Whether a term is an IRI of the root's own."""
        if not self.spaces or not isinstance(term, ox.NamedNode):
            return False
        # The program's vocabulary is declared in every root, and may stand below the root's namespace. What
        # is well known is nobody's own, wherever it stands.
        return term.value.startswith(self.spaces) and not term.value.startswith((SRV.iri, *NAMESPACES))


def _ends(iri: str) -> str:
    """What may stand between the IRI of an ontology and the names of its terms."""
    return "#/" if "://" in iri else "#/:"


def folded(iri: str) -> str:
    """What two spellings of one IRI have in common: no scheme, no capitals, one kind of separator."""
    return SCHEME.sub("", iri).replace("#", "/").lower().rstrip("/")


def _stem(iri: str) -> str:
    """What terms of one vocabulary begin with: the namespace, and where several share one, as in
    `obo/RO_0002233`, the letters in front of the underscore."""
    namespace, name = split(iri)
    letters, underscore, number = name.rpartition("_")
    return f"{namespace}{letters}_" if underscore and number.isdigit() and letters.isalpha() else namespace
