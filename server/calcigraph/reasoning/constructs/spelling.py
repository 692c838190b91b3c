"""Literals as they are written in, as a store keeps them out, and back.

Oxigraph keeps numbers and times by value, so "0.70"^^xsd:decimal comes back as "0.7". Inside this room
every triple is as a store has it (canonical); what leaves it is written as somebody wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.vocabulary import XSD
from calcigraph.reasoning.constructs.history import History, Recorded

_P: Final = ox.NamedNode("urn:x-calcigraph:value")


def stored(literals: Iterable[ox.Literal]) -> dict[ox.Literal, ox.Literal]:
    """What a store makes of each literal. Cost: two microseconds each."""
    store = ox.Store()
    numbered = {ox.NamedNode(f"urn:x-calcigraph:{i}"): literal for i, literal in enumerate(literals)}
    store.extend(ox.Quad(node, _P, literal) for node, literal in numbered.items())
    return {numbered[q.subject]: q.object for q in store}


def has_spelling(triple: ox.Triple) -> bool:
    """Whether a store may write the object of a triple in another way."""
    literal = triple.object
    return isinstance(literal, ox.Literal) and literal.language is None and literal.datatype != XSD["string"]


class Spelling:
    """The literals that somebody wrote, by what a store makes of them."""

    def __init__(self, history: History) -> None:
        self._stored: dict[ox.Literal, ox.Literal] = {}  # true of every version
        self._written: Recorded[ox.Literal, dict[ox.Literal, int]] = Recorded(history)
        self.stale: set[ox.Literal] = set()
        """Canonical literals that may be written in another way than when this was last emptied."""

    def learn(self, triples: Iterable[ox.Triple]) -> None:
        """Look up the literals of some triples all at once, so that `canonical` need not for each."""
        found = {t.object for t in triples if has_spelling(t)} - self._stored.keys()
        if found:
            self._stored |= stored(literal for literal in found if isinstance(literal, ox.Literal))

    def canonical(self, triple: ox.Triple) -> ox.Triple:
        """A triple as a store has it."""
        literal = triple.object
        if not has_spelling(triple) or not isinstance(literal, ox.Literal):
            return triple
        if literal not in self._stored:
            self._stored |= stored([literal])
        kept = self._stored[literal]
        return triple if kept == literal else ox.Triple(triple.subject, triple.predicate, kept)

    def write(self, triple: ox.Triple, times: int) -> None:
        """Take note that somebody wrote a triple (1), or does so no more (-1)."""
        literal = triple.object
        if not has_spelling(triple) or not isinstance(literal, ox.Literal):
            return
        kept = self.canonical(triple).object
        assert isinstance(kept, ox.Literal)
        forms = self._written.get(kept) or {}
        now = forms.get(literal, 0) + times
        if (now > 0) != (literal in forms):
            self.stale.add(kept)
        rest = {form: count for form, count in forms.items() if form != literal}
        self._written.set(kept, (rest | {literal: now} if now > 0 else rest) or None)

    def spelled(self, triple: ox.Triple) -> ox.Triple:
        """A canonical triple with its literal as somebody wrote it.

        What nobody wrote stays as it is. Of several spellings the canonical one is taken, else the first
        in alphabetical order.
        """
        literal = triple.object
        written = self._written.get(literal) if isinstance(literal, ox.Literal) else None
        if not isinstance(literal, ox.Literal) or written is None:
            return triple
        forms = [form for form in written if form.datatype == literal.datatype]
        if not forms or literal in forms:
            return triple
        return ox.Triple(triple.subject, triple.predicate, min(forms, key=lambda form: form.value))
