"""A term in, what it is called out: the one service of labels, for pages, proofs and the command line."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from calcigraph.edition.lookups import LookUps
from calcigraph.edition.names import LABELS, key_of
from calcigraph.rdf.terms import Term, show_term

_LONGEST_QUERY: Final = 100
_MOST_KEPT: Final = 8192
_MOST_NEAR: Final = 200
_NEAR_ENOUGH: Final = 0.55


class Labels:
    """Looks labels up in one version of the data; where there is none, the CURIE or the IRI stands in."""

    def __init__(self, data: LookUps) -> None:
        self._data = data
        self.stated = lru_cache(_MOST_KEPT)(self._stated)
        """The label that the data state of a node: English or without a language first, then any, in a
        stable order; None where they state none. Cost: a look-up; kept for a while."""

    def of(self, term: Term) -> ox.Literal:
        """The label to show."""
        if isinstance(term, ox.Literal):
            return term
        if isinstance(term, ox.NamedNode):
            return self.stated(term) or ox.Literal(self._data.root.prefixes.shrink(term))
        if isinstance(term, ox.BlankNode):
            return ox.Literal("")
        return ox.Literal(show_term(term, self._data.root.prefixes))

    def of_property(self, predicate: ox.NamedNode) -> ox.Literal:
        """The label of a property; where none is stated, its name taken apart: `seeAlso` as "see also"."""
        stated = self.stated(predicate)
        if stated is not None:
            return stated
        local = re.split(r"[/#:]", predicate.value)[-1]
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", local).replace("_", " ").strip()
        return ox.Literal(words.lower(), language="en") if words else ox.Literal(predicate.value)

    def nearest(self, text: str, count: int = 5) -> list[tuple[ox.NamedNode, ox.Literal]]:
        """The root's own resources whose label or last part of the IRI comes nearest to `text`.

        Cost: a search in the index of names, and a comparison with each of 200 candidates at most.
        """
        wanted = key_of(text[:_LONGEST_QUERY])
        scored: dict[ox.NamedNode, float] = {}
        for name in self._data.names_near(wanted, _MOST_NEAR):
            if name.node.value.startswith(self._data.root.namespace):
                score = difflib.SequenceMatcher(None, wanted, name.key).ratio()
                scored[name.node] = max(score, scored.get(name.node, 0.0))
        ranked = sorted(scored, key=lambda node: (-scored[node], node.value))
        return [(node, self.of(node)) for node in ranked[:count] if scored[node] > _NEAR_ENOUGH]

    def _stated(self, node: ox.NamedNode) -> ox.Literal | None:
        found = [
            (rank, term)
            for rank, name in enumerate(LABELS)
            for term in (quad.object for quad in self._data.quads(node, name))
            if isinstance(term, ox.Literal)
        ]
        return min(found, key=_preference)[1] if found else None


def _preference(found: tuple[int, ox.Literal]) -> tuple[bool, int, str, str]:
    rank, label = found
    return (label.language not in ("en", None), rank, label.language or "", label.value)
