"""The group of an EXISTS in, the same out with its patterns in an order in which each is looked up.

The engine does not order what is joined in an EXISTS: it evaluates each pattern by itself, with the values
from outside, and all of them anew for each solution outside. Of 3,000 things, `?t a :T FILTER NOT EXISTS {
?x :hasT ?t ; a :A }` takes 0.84 s, with a third pattern 1.5 s; an OPTIONAL or a MINUS of two patterns in
it takes minutes. With LATERAL the order is ours, and each is looked up for the values before it: 0.007 s.

The parts are single triple patterns (`flat_triples`) and the other joined elements. First comes one with a
variable from outside, then always one that shares a variable with what has a value (a blank node is a
variable here: it has to be in several groups). `lateral_equality` has the proof that this is the same;
there it does not matter how often a solution comes, as long as nothing counts (`counts`).

`A MINUS { B }` becomes `A LATERAL { FILTER NOT EXISTS { B } }` where every solution of A and every one of
B binds some variable that is nowhere outside of this EXISTS: then each two share a variable, and MINUS
(18.5) removes each solution of A that is compatible with one of B, which are those for which B, beginning
with it, has one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from calcigraph.engine.rewriting.chain import Chain, Link
from calcigraph.engine.rewriting.flat_triples import (
    FlatTriple,
    FreshVariables,
    NotFlatError,
    flat_triples,
    is_name,
)
from calcigraph.engine.rewriting.joined import JOINED, flattened, is_reached, parts
from calcigraph.engine.rewriting.joins import link
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.scope import certain, certain_of, named, selected
from calcigraph.sparql.tree import (
    Bind,
    Exists,
    Filter,
    GraphPattern,
    Group,
    Lateral,
    Minus,
    Node,
    Optional,
    Pattern,
    SubSelect,
    TriplesBlock,
    Union,
)

# About how many triples there are for a pattern whose subject, and whose object, has a value.
_SIZES: Final = {(True, True): 1, (True, False): 10, (False, True): 1000, (False, False): 1_000_000}
_SIZE_OF_GROUP: Final = 100
_SIZE_OF_OTHERS: Final = 2_000_000


def exists_below(node: Node) -> Iterable[Exists]:
    """Every EXISTS in an expression that is not in another one."""
    if isinstance(node, Exists):
        yield node
    else:
        for child in node.children():
            yield from exists_below(child)


@dataclass(frozen=True)
class _FromOutside:
    """What is known outside of a group: the variables that have values, those that stand nowhere else than in
    this EXISTS, and whether it matters how often a solution comes."""

    bound: frozenset[str]
    own: frozenset[str]
    counts: bool = False

    def with_bound(self, names: frozenset[str]) -> _FromOutside:
        """The same with more variables that have values."""
        return replace(self, bound=self.bound | names)


@dataclass(frozen=True)
class _Factor:
    """A triple pattern, or another joined element."""

    link: Link
    size: Callable[[frozenset[str]], int]
    is_reached: Callable[[frozenset[str]], bool]
    pattern: Pattern | None = None


class ExistsGroups:
    """The groups of EXISTS in one query; those that are written otherwise are put into `replacements`."""

    def __init__(self, query: ParsedQuery, replacements: dict[Node, Replacement]) -> None:
        self._text = query.text
        self._named = Counter(named(query.tree))
        self._fresh = FreshVariables(query.text)
        self._replacements = replacements

    def below(self, node: Node, bound: frozenset[str]) -> None:
        """Look at every EXISTS in an expression; `bound` are variables that have values there."""
        for each in exists_below(node):
            inside = Counter(named(each.group))
            own = frozenset(name for name, times in inside.items() if self._named[name] == times)
            self._group(each.group, _FromOutside(bound, own))

    def _group(self, group: Group, outside: _FromOutside) -> None:
        if group.elements and isinstance(group.elements[0], SubSelect):
            self._sub_select(group.elements[0], outside)
            return
        chain = Chain(outside.counts)
        run: list[Pattern] = []
        filters = [element for element in group.elements if isinstance(element, Filter)]
        for element in group.elements:
            if isinstance(element, JOINED):
                run.append(element)
            elif element not in filters:
                self._run(chain, run, outside)
                run = []
                self._apart(chain, element, group.elements, outside.with_bound(chain.bound))
        self._run(chain, run, outside)
        for element in filters:
            chain.join(link(element))
            self.below(element, outside.bound | chain.bound)
        if chain.is_rewritten:
            self._replacements[group] = chain.written

    def _sub_select(self, query: SubSelect, outside: _FromOutside) -> None:
        """A sub-select begins with the values of what it selects, and may count its solutions."""
        bound = outside.bound.intersection(selected(query))
        self._group(query.where, replace(outside, bound=bound, counts=True))
        for part in (query.select, *query.modifiers):
            self.below(part, bound | certain(query.where))

    def _apart(
        self, chain: Chain, element: Pattern, elements: tuple[Pattern, ...], outside: _FromOutside
    ) -> None:
        """OPTIONAL, MINUS, BIND and LATERAL, which take what stands before them."""
        if isinstance(element, Bind):
            self.below(element, outside.bound)
        elif isinstance(element, Optional):
            self._group(element.group, outside)
            if chain.parts and chain.before().holds_optionally(element):
                chain.join_laterally(link(element))
                return
        elif isinstance(element, Minus):
            self._group(element.group, outside)
            before = certain_of(elements[: elements.index(element)])
            if outside.own & before & certain(element.group) and chain.before().holds(element.group):
                chain.subtract(element.group)
                return
        elif isinstance(element, Lateral):
            self._group(element.group, outside)
        chain.join(link(element))

    def _run(self, chain: Chain, run: list[Pattern], outside: _FromOutside) -> None:
        """Put joined elements into the chain."""
        waiting = list(self._parts(run, outside))
        if len(waiting) + len(chain.parts) < 2:
            for element in run:
                self._visit(element, outside)
                chain.join(link(element))
            return
        self._connect(chain, waiting, outside)

    def _connect(self, chain: Chain, waiting: list[_Factor], outside: _FromOutside) -> None:
        """Put the parts into the chain, each behind one that it shares a variable with."""
        if not chain.parts:
            self._take(chain, _smallest(waiting, outside.bound) or _smallest(waiting), waiting, outside)
        while found := _smallest(waiting, outside.bound | chain.bound):
            self._take(chain, found, waiting, outside)
        if waiting:
            other = Chain(outside.counts)
            self._connect(other, waiting, outside)
            chain.join_chain(other)

    def _take(
        self, chain: Chain, part: _Factor | None, waiting: list[_Factor], outside: _FromOutside
    ) -> None:
        assert part is not None, "something waits"
        waiting.remove(part)
        if part.pattern is not None:
            self._visit(part.pattern, outside.with_bound(chain.bound))
        if chain.parts and chain.may_join_laterally(part.link):
            chain.join_laterally(part.link)
        else:
            chain.join(part.link)

    def _visit(self, element: Pattern, outside: _FromOutside) -> None:
        if isinstance(element, Group):
            self._group(element, outside)
        elif isinstance(element, Union):
            for group in element.groups:
                self._group(group, outside)
        elif isinstance(element, GraphPattern):
            self._group(element.group, outside)

    def _parts(self, run: Iterable[Pattern], outside: _FromOutside) -> Iterator[_Factor]:
        for element in flattened(run):
            if isinstance(element, TriplesBlock):
                yield from self._parts_of_block(element, outside)
            else:
                yield _pattern_factor(element)

    def _parts_of_block(self, block: TriplesBlock, outside: _FromOutside) -> Iterable[_Factor]:
        fresh = None if outside.counts else self._fresh
        try:
            found = [each for triples in block.triples for each in flat_triples(self._text, triples, fresh)]
        except NotFlatError:
            return map(_pattern_factor, parts(block.triples))
        return map(_triple_factor, found)


def _smallest(waiting: Iterable[_Factor], bound: frozenset[str] | None = None) -> _Factor | None:
    """The part that should have the fewest solutions, of those that are reached from what is bound."""
    values = bound or frozenset()
    reached = (part for part in waiting if bound is None or part.is_reached(values))
    return min(reached, key=lambda part: part.size(values), default=None)


def _triple_factor(statement: FlatTriple) -> _Factor:
    variables, verb = statement.variables, statement.verb
    is_simple = verb is None or is_name(verb)

    def size(bound: frozenset[str]) -> int:
        subject, value = (
            part[0] not in "?$" or part[1:] in bound for part in (statement.subject, statement.object)
        )
        return _SIZES[subject, value] * (1 if is_simple else 10)

    written = Link(
        lambda _write: statement.text + " .",
        variables,
        variables,
        statement.ends if is_simple else frozenset(),
        lambda before: verb is None or before.holds_for_path(verb, variables),
    )
    return _Factor(written, size, lambda bound: not variables or not bound.isdisjoint(variables))


def _pattern_factor(pattern: Pattern) -> _Factor:
    size = _SIZE_OF_GROUP if isinstance(pattern, Group | Union | GraphPattern) else _SIZE_OF_OTHERS
    return _Factor(link(pattern), lambda _bound: size, lambda bound: is_reached(pattern, bound), pattern)
