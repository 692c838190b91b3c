"""Triples or quads in, one hash out that does not depend on their order or on the names of blank nodes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import pyoxigraph as ox

Statement = ox.Triple | ox.Quad


def canonical_hash(statements: Iterable[Statement]) -> str:
    """SHA-256, in hexadecimal, of the canonical N-Quads of a graph or dataset (W3C RDFC-1.0).

    Equal exactly for isomorphic datasets: lexical forms count, order, duplicates and blank node names do
    not. Cost: n log n; exponential in the worst case for blank nodes that only their links tell apart, so
    it is for a root's own files, not for what a stranger sends.
    """
    lines = canonical_lines(statements)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def canonical_lines(statements: Iterable[Statement]) -> list[str]:
    """The canonical N-Quads, sorted by code point, each with its line break."""
    dataset = ox.Dataset(
        s if isinstance(s, ox.Quad) else ox.Quad(s.subject, s.predicate, s.object) for s in statements
    )
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    text = (ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b"").decode()
    return sorted(line + "\n" for line in text.split("\n") if line)
