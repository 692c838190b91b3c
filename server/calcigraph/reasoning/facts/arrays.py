"""Sorted arrays of packed facts in; membership, ranges, unions and compositions out.

A fact `s p o` is a pair, packed into one integer with the subject in the high half; a fact
`x rdf:type c` is a single id.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from calcigraph.reasoning.terms.numbering import MASK, SHIFT, Ids

NONE: Ids = np.empty(0, np.int64)


def unique(column: Ids) -> Ids:
    """The column sorted, each value once."""
    if len(column) < 2:
        return column
    column = np.sort(column)
    keep = np.empty(len(column), bool)
    keep[0] = True
    np.not_equal(column[1:], column[:-1], out=keep[1:])
    return column[keep]


def member(values: Ids, column: Ids) -> npt.NDArray[np.bool_]:
    """Where each value stands in a sorted column."""
    if not len(column):
        return np.zeros(len(values), bool)
    # A value beyond the end is compared with the last fact, which is another one.
    return np.asarray(column.take(column.searchsorted(values), mode="clip") == values)


def contains(column: Ids, value: int) -> bool:
    """Whether one value stands in a sorted column."""
    at = int(column.searchsorted(value))
    return at < len(column) and int(column[at]) == value


def merge(column: Ids, news: Ids) -> Ids:
    """Two disjoint sorted columns as one. Cost: linear, one copy."""
    if not len(news):
        return column
    if not len(column):
        return news
    if len(news) * 20 < len(column):
        return np.insert(column, column.searchsorted(news), news)
    both = np.concatenate((column, news))
    both.sort(kind="stable")
    return both


def remove(column: Ids, gone: Ids) -> Ids:
    """A sorted column without some of its values."""
    if not len(gone) or not len(column):
        return column
    at = column.searchsorted(gone)
    at = at[at < len(column)]
    return np.delete(column, at[member(column[at], gone)])


def most_often(values: Ids) -> int | None:
    """The value that is there most often; None where there is none. Cost: a sort."""
    if not len(values):
        return None
    found, counts = np.unique(values, return_counts=True)
    return int(found[counts.argmax()])


def swap(pairs: Ids) -> Ids:
    """The pairs with object first, unsorted."""
    return ((pairs & MASK) << SHIFT) | (pairs >> SHIFT)


def between(column: Ids, first: int) -> Ids:
    """The second halves of the pairs that begin with one id, as a sorted column."""
    low, high = column.searchsorted((first << 32, (first + 1) << 32))
    return np.asarray(column[low:high] & MASK)


def by_object(pairs: Ids) -> Iterator[tuple[int, Ids]]:
    """The subjects of some pairs, grouped by object."""
    if not len(pairs):
        return
    turned = np.sort(swap(pairs))
    objects = turned >> SHIFT
    starts = np.flatnonzero(np.concatenate(([True], objects[1:] != objects[:-1])))
    for low, high in zip(starts, [*starts[1:], len(turned)], strict=True):
        yield int(objects[low]), unique(turned[low:high] & MASK)


def join_pairs(left: Ids, right: Ids) -> Ids:
    """The composition of two sorted pair columns (a b, b c: a c), sorted, each pair once."""
    middle = left & MASK
    low = right.searchsorted(middle << SHIFT)
    counts = right.searchsorted((middle + 1) << SHIFT) - low
    total = int(counts.sum())
    index = np.repeat(np.arange(len(left)), counts)
    at = np.arange(total) - np.repeat(np.cumsum(counts) - counts - low, counts)
    return np.unique(((left[index] >> SHIFT) << SHIFT) | (right[at] & MASK))
