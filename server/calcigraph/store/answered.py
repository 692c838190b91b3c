"""The quads that a change adds and removes in, what it changes of what queries answer from out.

The engine of queries holds literals by their value: two ways to write one number in one place are one quad
there, which goes when the last of them goes.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from calcigraph.edition import ChangeOutcome, Edition
from calcigraph.edition.spellings import value
from calcigraph.engine.replica import Diff


def engine_diff(before: Edition, after: Edition, outcome: ChangeOutcome) -> Diff:
    """What the engine has to remove and to add. Cost: a look-up or two for each changed quad."""
    changed = dict.fromkeys(_answered(quad) for quad, _ in (*outcome.removed, *outcome.added))
    there = {quad for quad in changed if _is_written(before, quad)}
    stays = {quad for quad in changed if _is_written(after, quad)}
    return Diff(
        added=_nquads(quad for quad in changed if quad in stays and quad not in there),
        removed=_nquads(quad for quad in changed if quad in there and quad not in stays),
    )


def _answered(quad: ox.Quad) -> ox.Quad:
    return ox.Quad(quad.subject, quad.predicate, value(quad.object), quad.graph_name)


def _is_written(edition: Edition, quad: ox.Quad) -> bool:
    """Whether an edition has the quad, in any spelling; the metadata count."""
    written = (
        ox.Quad(quad.subject, quad.predicate, spelled, quad.graph_name)
        for spelled in edition.spellings(quad.object)
    )
    return any(map(edition.holds, written))


def _nquads(quads: Iterable[ox.Quad]) -> bytes:
    return ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
