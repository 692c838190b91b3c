"""Patterns in, about how many solutions they have out, from what is known of the data.

An estimate decides only which of two equal forms is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from math import isqrt
from typing import Final

import pyoxigraph as ox

from calcigraph.engine.cardinalities import TYPE, TripleCounts
from calcigraph.engine.corrections.correction import Context
from calcigraph.engine.rewriting.flat_triples import is_name
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.tree import (
    BracketedPath,
    GraphPattern,
    Group,
    InversePath,
    Iri,
    Literal,
    Node,
    RepeatedPath,
    SequencePath,
    Triples,
    TriplesBlock,
    TypeKeyword,
    Union,
    Values,
    walk,
)

MANY: Final = 1_000_000_000
# Finding out that there are more costs about as much as a look-up or two.
COUNTED: Final = 200
_BYTES_A_ROW: Final = 12
_Constant = ox.NamedNode | ox.Literal | None


class Estimates:
    """Estimates for the patterns of one query. Cost: names are resolved, once, when the first is asked for;
    for each triple pattern with a constant node some triples are counted."""

    def __init__(self, query: ParsedQuery, context: Context) -> None:
        self._query = query
        self._context = context

    def of(self, pattern: Node, most: int = COUNTED) -> int:
        """About how many solutions `pattern` has by itself, `MANY` where nothing is known. Triples are
        counted as far as `most`."""
        if isinstance(pattern, TriplesBlock):
            return self._of_triples(pattern.triples, most)
        if isinstance(pattern, Group):
            return min((self.of(each, most) for each in pattern.elements), default=1)
        if isinstance(pattern, Union):
            return sum(self.of(each, most) for each in pattern.groups)
        if isinstance(pattern, GraphPattern):
            return self.of(pattern.group, most)
        if isinstance(pattern, Values):
            return (pattern.rows_end - pattern.rows_start) // _BYTES_A_ROW + 1
        return MANY

    def _of_triples(self, triples: Iterable[Triples], most: int) -> int:
        """The same for triples that are joined: not more, most of the time, than for the smallest."""
        counts = self._context.counts
        if counts is None:
            return MANY
        return min((self._of_one(each, most, counts) for each in triples), default=1)

    def _of_one(self, triples: Triples, most: int, counts: TripleCounts) -> int:
        subject = self._terms.get(triples.subject)
        return min(
            (
                self._of_verb(subject, each.verb, self._terms.get(written.term), most, counts)
                for each in triples.properties
                for written in each.objects
            ),
            default=MANY,
        )

    def _of_verb(
        self, subject: _Constant, verb: Node, value: _Constant, most: int, counts: TripleCounts
    ) -> int:
        """The same for one triple pattern; of a path, for its smallest step that is no choice."""
        if isinstance(verb, BracketedPath):
            return self._of_verb(subject, verb.path, value, most, counts)
        if isinstance(verb, InversePath):
            return self._of_verb(value, verb.path, subject, most, counts)
        if isinstance(verb, RepeatedPath):
            return self._of_verb(None, verb.path, None, most, counts) if verb.mark == "+" else MANY
        if isinstance(verb, SequencePath):
            ends = [(subject, None), *((None, None) for _ in verb.paths[2:]), (None, value)]
            steps = zip(ends, verb.paths, strict=True)
            return min(self._of_verb(start, path, end, most, counts) for (start, end), path in steps)
        if not is_name(verb):
            return MANY
        predicate = TYPE if isinstance(verb, TypeKeyword) else self._terms.get(verb)
        if isinstance(subject, ox.Literal) or isinstance(predicate, ox.Literal):
            return 0
        found = counts.count((subject, predicate, value), most)
        if found is not None:
            return found
        # Between that and all with the predicate; in the middle, as the one or the other is as often right.
        all_of_it = counts.count((None, predicate, None), 0)
        return MANY if all_of_it is None else isqrt(most * all_of_it)

    @cached_property
    def _terms(self) -> dict[Node, ox.NamedNode | ox.Literal]:
        """What the IRIs and literals of the triple patterns stand for."""
        blocks = self._query.nodes(TriplesBlock)
        parts = (part for block in blocks for part in walk(block) if isinstance(part, Iri | Literal))
        found = self._context.resolved_terms(self._query, parts)
        return dict(found.items())
