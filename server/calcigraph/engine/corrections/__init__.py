"""A query in, the same query out, written so that the engine answers it as SPARQL 1.1 says.

What a correction is, and what it has to keep to, stands in `correction`. Each stands in a file of its own,
with what the engine gets wrong, the section of the specification, and why what it writes is right; here is
their order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from calcigraph.engine.corrections.aggregates import counted_and_concatenated
from calcigraph.engine.corrections.blank_nodes import with_new_blank_nodes
from calcigraph.engine.corrections.casts import cast_as_xpath
from calcigraph.engine.corrections.correction import Context, Correction
from calcigraph.engine.corrections.exists_scope import exists_scope
from calcigraph.engine.corrections.graph_variables import graphs_kept_apart
from calcigraph.engine.corrections.group_keys import named_group_keys
from calcigraph.engine.corrections.keyword_case import with_small_keywords
from calcigraph.engine.corrections.path_patterns import written_out_paths
from calcigraph.engine.corrections.pattern_matching import read_as_xpath
from calcigraph.engine.corrections.sorting import sorted_by_kind
from calcigraph.engine.corrections.star import written_out_stars
from calcigraph.engine.corrections.substrings import cut_as_xpath
from calcigraph.engine.corrections.truth_values import with_order_of_truth_values, with_truth_values
from calcigraph.engine.corrections.ungrouped_values import sampled
from calcigraph.engine.engine_problems import CorrectionRefused
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import MOST_NESTED, Replacement, SparqlTooDeep, parse_query
from calcigraph.sparql.tree import Node

Rounds = tuple[tuple[Correction, ...], ...]
# One round after the other.
PATTERNS: Final[Rounds] = (
    # Before any that asks the engine about a part of the query.
    (with_small_keywords,),
    # Before any that adds variables, and paths before graphs, as they write patterns without a triple.
    (written_out_stars, exists_scope),
    (written_out_paths,),
    (graphs_kept_apart,),
)
# Whatever the patterns around them have become: of what these write nothing is read again.
EXPRESSIONS: Final[Rounds] = (
    (
        *(read_as_xpath, cast_as_xpath, cut_as_xpath, counted_and_concatenated, with_new_blank_nodes),
        *(with_order_of_truth_values, with_truth_values, sampled, sorted_by_kind, named_group_keys),
    ),
)
ROUNDS: Final[Rounds] = (*PATTERNS, *EXPRESSIONS)
# A correction adds brackets; the engine crashes beyond 976.
_MOST_NESTED: Final = 2 * MOST_NESTED


def corrected(query: ParsedQuery, context: Context, rounds: Iterable[Iterable[Correction]] = ROUNDS) -> str:
    """The text of `query`, with every correction that applies.

    Cost: one walk of the tree, and one more tree a round in which something was corrected, but for the last.
    Raises: CorrectionRefused; SyntaxError where the query has a condition wrong that is no part of the
    grammar.
    """
    try:
        return _corrected(query, context, rounds)
    except RecursionError:
        raise _too_deep() from None


def read_again(text: str) -> ParsedQuery:
    """The tree of a query as it was written anew. Raises: CorrectionRefused where that has added so many
    brackets that it cannot be read."""
    try:
        return ParsedQuery(text, parse_query(text, _MOST_NESTED))
    except (SparqlTooDeep, RecursionError):
        raise _too_deep() from None


def _too_deep() -> CorrectionRefused:
    return CorrectionRefused(
        "What the engine would get wrong here stands in too many brackets to be written otherwise.",
        "Put fewer groups or brackets in each other.",
    )


def _corrected(query: ParsedQuery, context: Context, rounds: Iterable[Iterable[Correction]]) -> str:
    text = query.text
    for corrections in rounds:
        waiting = list(corrections)
        while waiting:
            if text != query.text:
                query = read_again(text)
            replacements, waiting = _collected(query, waiting, context)
            text = query.replaced(replacements)
    return text


def _collected(
    query: ParsedQuery, corrections: Iterable[Correction], context: Context
) -> tuple[dict[Node, Replacement], list[Correction]]:
    """The replacements of the corrections, and those corrections that want what others replace as well."""
    found: dict[Node, Replacement] = {}
    later: list[Correction] = []
    for correction in corrections:
        wanted = correction(query, context)
        if wanted.keys() & found.keys():
            later.append(correction)
        else:
            found.update(wanted)
    return found, later
