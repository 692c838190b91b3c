"""A query with an empty answer in, which kind of nothing that is out, with the least part that is empty."""

from calcigraph.emptiness.empty_reason import EmptyKind, EmptyReason
from calcigraph.emptiness.search import EmptySearch

__all__ = ["EmptyKind", "EmptyReason", "EmptySearch"]
