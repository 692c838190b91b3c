"""A query whose answer is empty in; which kind of nothing that is, and the smallest part that is empty, out."""

from calcigraph.emptiness.explanation import EmptyKind, Explanation
from calcigraph.emptiness.search import EmptySearch

__all__ = ["EmptyKind", "EmptySearch", "Explanation"]
