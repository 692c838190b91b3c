"""Literals as a store gives them back in, the literals that were written out.

Oxigraph keeps numbers and times by value, so "0.70"^^xsd:decimal comes back as "0.7".
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from calcigraph.reasoning.terms.numbering import Terms

_P = ox.NamedNode("urn:x-calcigraph:value")


def stored(literals: Iterable[ox.Literal]) -> dict[ox.Literal, ox.Literal]:
    """What a store makes of each literal. Cost: two microseconds each."""
    store = ox.Store()
    numbered = {ox.NamedNode(f"urn:x-calcigraph:{i}"): literal for i, literal in enumerate(literals)}
    store.extend(ox.Quad(node, _P, literal) for node, literal in numbered.items())
    return {numbered[q.subject]: q.object for q in store}


def as_written(terms: Terms, triples: Iterable[ox.Triple]) -> frozenset[ox.Triple]:
    """The triples with each literal that nobody wrote so replaced by one that somebody did, if there is one.

    Of several spellings of one value the first in alphabetical order is taken. Cost: nothing when all
    literals are known; else one pass over the literals of `terms`.
    """
    built = set(triples)
    unknown = {t.object for t in built if isinstance(t.object, ox.Literal) and t.object not in terms}
    if not unknown:
        return frozenset(built)
    datatypes = {literal.datatype for literal in unknown}
    candidates = [terms.terms[i] for i in terms.literals]
    spelled = [c for c in candidates if isinstance(c, ox.Literal) and c.datatype in datatypes]
    written: dict[ox.Literal, ox.Literal] = {}
    for literal, kept in sorted(stored(spelled).items(), key=lambda pair: pair[0].value, reverse=True):
        written[kept] = literal
    return frozenset(
        ox.Triple(t.subject, t.predicate, written.get(t.object, t.object))
        if isinstance(t.object, ox.Literal) and t.object in unknown
        else t
        for t in built
    )
