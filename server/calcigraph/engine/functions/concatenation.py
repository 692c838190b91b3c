"""GROUP_CONCAT(DISTINCT ...): the terms of a group in, their texts in one string out (SPARQL 1.1, section
18.5.1.7)."""

from __future__ import annotations

from functools import partial

import pyoxigraph as ox

from calcigraph.rdf.terms import Term


class DistinctConcatenation:
    """The text of each different term, in the order in which they come, with a separator between them.

    Terms that differ in their language or datatype alone are different, and their texts are there twice.
    """

    def __init__(self, separator: str) -> None:
        self._separator = separator
        self._terms: dict[Term, None] = {}
        self._failed = False

    def accumulate(self, element: Term) -> None:
        """Take one more term."""
        self._failed |= not isinstance(element, ox.NamedNode | ox.Literal)
        self._terms[element] = None

    def finish(self) -> Term | None:
        """The string; None where a term has no text."""
        if self._failed:
            return None
        texts = (term.value for term in self._terms if isinstance(term, ox.NamedNode | ox.Literal))
        return ox.Literal(self._separator.join(texts))


def distinct_concatenation(separator: str) -> partial[DistinctConcatenation]:
    """What makes a new one for each group."""
    return partial(DistinctConcatenation, separator)
