"""A root by its name in, its dataset out: built once by all who run these tests, for whoever reads it."""

from __future__ import annotations

import gc
from functools import cache

from calcigraph.closures import ClosureCache
from calcigraph.dataset import Dataset, build
from calcigraph.root import Root
from conftest import ROOTS


@cache
def dataset_of(name: str) -> Dataset:
    """The dataset of a root. Nobody changes it. Cost: the closure, where no server and no other process of
    this run has computed it; see `pytest_configure` in conftest."""
    built = build(Root.open(ROOTS[name]), cache=ClosureCache.of_user())
    # It stays, and collections of garbage need not look at its quads.
    gc.collect()
    gc.freeze()
    return built
