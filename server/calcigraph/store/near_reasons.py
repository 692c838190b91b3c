"""Why an answer is empty in, the same out with the terms of the data that may have been meant."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox

from calcigraph.edition import Edition, near_iris
from calcigraph.emptiness import EmptyReason
from calcigraph.emptiness.empty_reason import NearTerm, UnknownTerm

# Of a list with many unknown terms, the first ones show what is wrong.
_MOST_TERMS = 10


def with_near_terms(reason: EmptyReason, edition: Edition) -> EmptyReason:
    """The same reason with near terms for the IRIs that are in no triple; see `near_iris`."""
    terms = reason.terms
    near = (*(_with_near(term, edition) for term in terms[:_MOST_TERMS]), *terms[_MOST_TERMS:])
    return reason.with_near(near) if terms else reason


def _with_near(unknown: UnknownTerm, edition: Edition) -> UnknownTerm:
    if not unknown.term.startswith("<"):
        return unknown
    found = near_iris(edition, ox.NamedNode(unknown.term[1:-1]).value)
    return replace(unknown, near=tuple(NearTerm(str(node), why) for node, why in found))
