"""A root by its name in, its edition out: made once by all who run these tests, for whoever reads it."""

from __future__ import annotations

from functools import cache

import pyoxigraph as ox

from calcigraph.edition import Edition, EditionCache, assemble
from calcigraph.root import Root
from closed_once import closed_once
from conftest import ROOTS


@cache
def dataset_of(name: str) -> Edition:
    """The edition of a root. Nobody changes it. Cost: the closure, where no server and no other process of
    this run has computed it; see `pytest_configure` in conftest."""
    with closed_once(name):
        return assemble(Root.open(ROOTS[name]), cache=EditionCache.of_user()).edition


@cache
def store_of(name: str) -> ox.Store:
    """All triples of a root that a query sees, in one graph of an engine of their own. Nobody changes it."""
    store = ox.Store()
    store.extend(ox.Quad(q.subject, q.predicate, q.object) for q in dataset_of(name).quads())
    return store


def nquads_of(edition: Edition) -> bytes:
    """All that a query sees, as N-Quads."""
    return b"".join(edition.nquads())


def entailed(edition: Edition) -> set[ox.Triple]:
    """What rules build and axioms entail."""
    return {q.triple for g in (edition.derived_graph, edition.inferred_graph) for q in edition.quads(graph=g)}
