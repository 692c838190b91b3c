"""A query with an empty answer in, the smallest part that is empty out.

The parts of its group are asked for by themselves, then together without what filters, then with it. Where a
part that is a group is empty by itself, the search goes on in it. Each question is an ordinary query, so that
whatever is done to queries is done to these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from calcigraph.emptiness.asking import NOTHING_AROUND, Around, Asker, Evaluate
from calcigraph.emptiness.empty_reason import EmptyKind, EmptyReason
from calcigraph.emptiness.filters import filter_removes
from calcigraph.emptiness.levels import can_be_emptied_behind, emptied_behind
from calcigraph.emptiness.missing_graphs import absent_dataset, absent_graph, absent_names
from calcigraph.emptiness.parts import GroupPart, Role, exists_of, parts_of
from calcigraph.emptiness.places import Places
from calcigraph.emptiness.unknown_terms import (
    described_nowhere,
    hints_for_triple,
    is_search,
    unknown_in_triple,
    unknown_in_values,
    with_near_literals,
)
from calcigraph.sparql.scope import is_grouped
from calcigraph.sparql.tree import Filter, GraphPattern, Group, GroupBy, Query, SubSelect, Union, Values
from calcigraph.sparql.tree import Path as PropertyPath

_COUNTS_NOTHING = "The answer has one row, whose aggregates are of no solution."
_FILTERS = {Role.FILTERING: EmptyKind.FILTER, Role.REMOVING: EmptyKind.REMOVED}
_JOINS = frozenset({Role.JOINED, Role.CARRIED})


class EmptySearch:
    """The search for why `query`, which is the tree of `text`, gives an empty answer.

    `evaluate` answers the questions. `tell` is called with what is known whenever that is more, so that
    whoever ends the search has something. `dataset` are the default and the named graphs that the request
    names beside the query; a request that names none sees the dataset of its FROM clauses.
    """

    def __init__(
        self,
        text: str,
        query: Query,
        evaluate: Evaluate,
        *,
        dataset: tuple[Sequence[str], Sequence[str]] = ((), ()),
        inference: bool = True,
        tell: Callable[[EmptyReason], None] = lambda _explanation: None,
    ) -> None:
        self._text = text
        self._query = query
        self._ask = Asker(text, query, evaluate)
        self._places = Places(text)
        self._dataset = dataset
        self._inference = inference
        self._tell = tell

    def reason(self) -> EmptyReason:
        """Why the answer is empty.

        Cost: a question for each part and, where it is a join that is empty, for each two; it has no limit of
        its own. Raises: what `evaluate` raises.
        """
        missing = absent_dataset(self._ask, self._places, self._query, self._dataset)
        found = missing or self._of_query(self._query, NOTHING_AROUND) or EmptyReason(EmptyKind.UNDECIDED)
        if missing is None:
            for name in absent_names(self._ask, self._query, self._dataset):
                found = found.with_note(f"There is no graph {name}, which the dataset names.")
        self._tell(found)
        if not self._inference:
            found = self._with_inference(found)
            self._tell(found)
        return found

    def of_zero(self) -> EmptyReason:
        """Why the one row of an answer counts nothing, where aggregates stand without GROUP BY over a pattern
        without a solution; of any other answer, that it is not empty."""
        query, other = self._query, EmptyReason(EmptyKind.NOT_EMPTY, is_empty=False)
        is_grouped_as_one = query.form == "SELECT" and is_grouped(query)
        if not is_grouped_as_one or any(isinstance(modifier, GroupBy) for modifier in query.modifiers):
            return other
        whole = self._query_text()
        if whole is None or self._ask.holds(whole):
            return other
        return replace(self.reason(), is_empty=False).with_note(_COUNTS_NOTHING)

    def _with_inference(self, found: EmptyReason) -> EmptyReason:
        """The same, or that inferences would fill the answer."""
        whole = self._query_text()
        if whole is None or not self._ask.holds(whole, inference=True):
            return found
        return replace(found, kind=EmptyKind.INFERENCE)

    def _query_text(self) -> str | None:
        query = self._query
        if query.where is None:
            return None
        values = [query.values] if query.values is not None else []
        return NOTHING_AROUND.pattern(parts_of(self._text, [*query.where.elements, *values]))

    def _of_query(self, query: Query | SubSelect, around: Around) -> EmptyReason | None:
        """Why a query or a sub-select has no solution; None where that is not found."""
        if query.where is None:
            return described_nowhere(self._ask, self._places, query)
        values = [query.values] if query.values is not None else []
        parts = parts_of(self._text, [*query.where.elements, *values])
        pattern = around.pattern(self._without_services(parts))
        if not (can_be_emptied_behind(query, parts) and self._ask.holds(pattern)):
            return self._of_group(parts, around)
        if any(part.role is Role.ELSEWHERE for part in parts):
            return self._found(EmptyKind.SERVICE, [part for part in parts if part.role is Role.ELSEWHERE])
        return emptied_behind(self._text, self._ask, self._places, query, around)

    def _of_group(self, parts: list[GroupPart], around: Around) -> EmptyReason | None:
        """Why a group without a solution has none; None where that is not found."""
        joined = [part for part in parts if part.role in _JOINS]
        for part in sorted((part for part in joined if part.role is Role.JOINED), key=self._is_late):
            if not self._ask.holds(around.pattern([part])):
                return self._of_part(part, around)
        self._tell(self._likely(joined))
        filters = [part for part in parts if part.role in _FILTERS]
        if not filters or not self._ask.holds(around.pattern(joined)):
            return self._of_join(self._smallest(joined, around), around)
        return self._of_filters(sorted(filters, key=lambda part: part.role is Role.REMOVING), joined, around)

    def _likely(self, joined: list[GroupPart]) -> EmptyReason:
        """What is likely where each part by itself has solutions: VALUES with an unknown term in each row
        joins with nothing but a path of no step."""
        for part in joined:
            if isinstance(part.node, Values):
                terms = unknown_in_values(self._text, self._ask, self._places, [part.node])
                if terms:
                    return replace(self._found(EmptyKind.VALUES, [part]), terms=terms, hinges=True)
        return EmptyReason(EmptyKind.UNDECIDED, notes=("Each pattern by itself matches something.",))

    def _is_late(self, part: GroupPart) -> tuple[bool, bool, bool]:
        """Whether others are asked before a part: those with an unknown term, which are empty at once; then
        those that are no group, which may take long, and no path."""
        is_path = part.triple is not None and isinstance(part.triple[1], PropertyPath)
        return all(map(self._ask.is_known, part.constants())), not part.is_triple, is_path

    def _of_part(self, part: GroupPart, around: Around) -> EmptyReason:
        """Why a part has no solution by itself."""
        node, found = part.node, None
        if part.is_triple:
            return self._of_triple(part, around)
        if isinstance(node, Group):
            found = self._inside(node, around)
        elif isinstance(node, SubSelect):
            found = self._of_query(node, around)
        elif isinstance(node, Union):
            found = self._of_branches(node, around)
        elif isinstance(node, GraphPattern):
            missing = absent_graph(self._ask, self._places, node)
            name = self._text[node.name.start : node.name.end]
            found = missing or self._inside(node.group, around.inside(f"GRAPH {name}"))
        elif isinstance(node, Values):
            return self._found(EmptyKind.VALUES, [part])
        return found or self._no_match(part)

    def _inside(self, group: Group, around: Around) -> EmptyReason | None:
        parts = parts_of(self._text, group.elements)
        if len(parts) == 1 and isinstance(parts[0].node, SubSelect):
            return self._of_query(parts[0].node, around)
        if self._ask.holds(around.pattern(self._without_services(parts))):
            return None
        return self._of_group(parts, around)

    def _of_branches(self, union: Union, around: Around) -> EmptyReason | None:
        """Why the branches of a UNION are empty: one with an unknown term says most."""
        found = [explained for each in union.groups if (explained := self._inside(each, around)) is not None]
        if not found:
            return None
        telling = next((each for each in found if each.kind is EmptyKind.UNKNOWN_TERM), found[0])
        return telling.with_note(
            f"It is in one of {len(union.groups)} branches of a UNION, which are all empty."
        )

    def _of_triple(self, part: GroupPart, around: Around) -> EmptyReason:
        """Why a triple pattern has no solution."""
        if is_search(self._ask, part):
            return self._no_match(part).with_note("No text of the data has these words.")
        unknown = unknown_in_triple(self._ask, self._places, part)
        if unknown is not None:
            self._tell(unknown)
            return with_near_literals(self._ask, part, unknown)
        explained = self._no_match(part)
        if (around.before or self._is_in_a_dataset) and self._ask.holds_anywhere(part.asked, None):
            return explained.with_note("It matches something in another graph than it is asked of.")
        for hint in hints_for_triple(self._ask, part):
            explained = explained.with_note(hint)
        return explained

    def _no_match(self, part: GroupPart) -> EmptyReason:
        explained = self._found(EmptyKind.NO_MATCH, [part])
        self._tell(explained)
        return explained

    @property
    def _is_in_a_dataset(self) -> bool:
        return bool(self._query.datasets) or any(self._dataset)

    def _of_join(self, parts: list[GroupPart], around: Around) -> EmptyReason:
        for part in parts:
            # A path of no step leads from a term that is nowhere to itself.
            unknown = unknown_in_triple(self._ask, self._places, part, of_path=False)
            if unknown is not None:
                return unknown
        explained = self._found(EmptyKind.NO_JOIN, parts)
        listed = [part.node for part in parts if isinstance(part.node, Values)]
        if listed:
            terms = unknown_in_values(self._text, self._ask, self._places, listed)
            return replace(explained, kind=EmptyKind.VALUES, terms=terms, hinges=bool(terms))
        if around.before.startswith("GRAPH ?"):
            return explained.with_note(
                "Each graph is looked at by itself: what two graphs say is not joined."
            )
        return explained

    def _smallest(self, parts: list[GroupPart], around: Around) -> list[GroupPart]:
        """The fewest of these parts that have no solution in common."""
        self._tell(self._found(EmptyKind.NO_JOIN, parts))
        parts = _connected(parts)
        length = self._least_prefix(parts, around)
        *before, last = parts[:length]
        for other in before:
            is_near = other.role is Role.JOINED and other.variables & last.variables
            if is_near and not self._ask.holds(around.pattern(_with([other], [last]))):
                return _with([other], [last])
        for part in before[:]:
            rest = [each for each in before if each is not part]
            if not self._ask.holds(around.pattern(_with(rest, [last]))):
                before = rest
        return _with(before, [last])

    def _least_prefix(self, parts: Sequence[GroupPart], around: Around) -> int:
        """How many parts from the first one on have no solution together, all of them having none."""
        full, empty = 0, len(parts)
        while empty - full > 1:
            middle = (full + empty) // 2
            if self._ask.holds(around.pattern(_with(parts[:middle], []))):
                full = middle
            else:
                empty = middle
        return empty

    def _of_filters(self, filters: list[GroupPart], joined: list[GroupPart], around: Around) -> EmptyReason:
        """Which of the filters take away all solutions that the other parts have; those last that are likely
        to take long. One that is the only one is it."""
        for part in filters:
            if part is filters[-1]:
                self._tell(self._found(_FILTERS[part.role], [part]))
            if len(filters) == 1 or not self._ask.holds(around.pattern(_with(joined, [part]))):
                return self._of_filter(part, joined, around)
        kept = filters
        for part in filters:
            rest = [each for each in kept if each is not part]
            if rest and not self._ask.holds(around.pattern(_with(joined, rest))):
                kept = rest
        return self._found(EmptyKind.FILTER, kept).with_note("Each of them by itself leaves solutions.")

    def _of_filter(self, part: GroupPart, joined: list[GroupPart], around: Around) -> EmptyReason:
        if part.role is Role.REMOVING:
            return self._found(EmptyKind.REMOVED, [part])
        assert isinstance(part.node, Filter)
        exists = exists_of(part.node.constraint)
        inner = self._inside(exists[0], around) if exists is not None else None
        return inner or filter_removes(self._ask, self._places, part, joined, around, self._tell)

    def _found(self, kind: EmptyKind, parts: Iterable[GroupPart]) -> EmptyReason:
        return EmptyReason(kind, tuple(self._places.part(each.shown, each.start) for each in parts))

    def _without_services(self, parts: Iterable[GroupPart]) -> list[GroupPart]:
        return [part for part in parts if part.role is not Role.ELSEWHERE]


def _with(joined: Iterable[GroupPart], filters: Iterable[GroupPart]) -> list[GroupPart]:
    """All of them in the order of the text, which decides on what MINUS and BIND see."""
    return sorted([*joined, *filters], key=lambda part: part.start)


def _connected(parts: Iterable[GroupPart]) -> list[GroupPart]:
    """The same parts, each behind one that shares a variable with it, where there is one: two that share
    none have as many solutions together as the product of theirs."""
    left, found, bound = list(parts), list[GroupPart](), frozenset[str]()
    while left:
        following = next((part for part in left if part.variables & bound), left[0])
        left.remove(following)
        found.append(following)
        bound |= following.variables
    return found
