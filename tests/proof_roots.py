"""A root's name in, its dataset out: built once for all tests of proof files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from calcigraph.edition import Edition, assemble
from calcigraph.root import Root

REPOSITORY = Path(__file__).parent.parent
ROOTS = {"toy": REPOSITORY / "tests" / "toy", "shipped": REPOSITORY}


@cache
def dataset_of(name: str) -> Edition:
    """Cost of the first call: reading the root and closing it."""
    return assemble(Root.open(ROOTS[name])).edition
