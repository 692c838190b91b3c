"""How much is read of all expressions on one page, and what was: a page may lead to one in many ways.

Where a page is made, its bound is set once, and whatever reads an expression asks for it. Where none is set,
each expression has its own bound alone (`reading`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from calcigraph.manchester.expression import Expression

MOST_NODES: Final = 20_000
"""Nodes and parts of lists of all expressions on a page: about a second. A page has 5,000 statements."""


@dataclass
class PageReading:
    """What was read for one page, and how many nodes may still be."""

    left: int
    known: dict[ox.BlankNode, Expression] = field(default_factory=dict)


_CURRENT: ContextVar[PageReading | None] = ContextVar("page_reading", default=None)


@contextmanager
def for_one_page() -> Iterator[None]:
    """What is read in this context is for one page: each expression once, and not more than `MOST_NODES`."""
    token = _CURRENT.set(_CURRENT.get() or PageReading(MOST_NODES))
    try:
        yield
    finally:
        _CURRENT.reset(token)


def current() -> PageReading | None:
    """What was read for the present page; None where there is none."""
    return _CURRENT.get()


def has_room() -> bool:
    """Whether one node more may be read for the present page, which then counts."""
    page = _CURRENT.get()
    if page is not None:
        page.left -= 1
    return page is None or page.left >= 0
