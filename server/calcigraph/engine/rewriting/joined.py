"""Elements of a group in, what is joined in it out: runs of elements that may change places, in parts that
share variables.

By SPARQL 1.1, section 18.2.2.6, the elements of a group are joined one after the other, except that
OPTIONAL, MINUS and BIND take what stands before them; between two of these, elements may change places,
because Join (18.5) is commutative and associative. A group that has nothing but joined elements may be
joined element by element. A block of triples is the join of its parts where these share no blank node
(18.3.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from calcigraph.engine.rewriting.flat_triples import steps
from calcigraph.sparql.scope import named
from calcigraph.sparql.tree import (
    BlankNode,
    Collection,
    GraphPattern,
    Group,
    Node,
    Pattern,
    Property,
    Service,
    SubSelect,
    Triples,
    TriplesBlock,
    Union,
    Values,
    walk,
)

# What is joined with what stands before it, and no more.
JOINED = TriplesBlock | Group | Union | GraphPattern | Values | SubSelect | Service


def flattened(elements: Iterable[Pattern]) -> Iterator[Pattern]:
    """Joined elements, those of groups that have nothing else among them. A sub-select keeps its braces."""
    for element in elements:
        if isinstance(element, Group) and is_join(element):
            yield from flattened(element.elements)
        else:
            yield element


def is_join(group: Group) -> bool:
    """Whether a group has nothing but elements that are joined, and that may stand in another group."""
    return all(isinstance(each, JOINED) and not isinstance(each, SubSelect) for each in group.elements)


def parts(triples: Iterable[Triples]) -> Iterator[TriplesBlock]:
    """`triples` in blocks that share no variable and no blank node, in the order of the text."""
    found: list[tuple[set[str], list[Triples]]] = []
    for each in triples:
        names, members = set(_linking(each)), [each]
        for other in [other for other in found if not other[0].isdisjoint(names)]:
            found.remove(other)
            names |= other[0]
            members += other[1]
        found.append((names, sorted(members, key=lambda member: member.start)))
    for _, members in found:
        yield TriplesBlock(members[0].start, members[-1].end, tuple(members))


def _linking(triples: Triples) -> Iterator[str]:
    """What may join triples with others: names of variables, labels of blank nodes."""
    yield from named(triples)
    for part in walk(triples):
        if isinstance(part, BlankNode) and part.label is not None:
            yield part.label if part.label.startswith("_:") else f"_:{part.label}"


def weight(pattern: Node) -> int:
    """How many triple patterns are joined in `pattern`, at most in one of its unions."""
    if isinstance(pattern, TriplesBlock):
        return sum(map(_patterns, walk(pattern)))
    if isinstance(pattern, Group):
        return sum(map(weight, pattern.elements))
    if isinstance(pattern, Union):
        return max(map(weight, pattern.groups))
    return weight(pattern.group) if isinstance(pattern, GraphPattern) else 0


def _patterns(part: Node) -> int:
    if isinstance(part, Property):
        return len(part.objects) * len(list(steps(part.verb)))
    return 2 * len(part.items) if isinstance(part, Collection) else 0


def is_heavy(pattern: Pattern) -> bool:
    """Whether the engine evaluates a joined element in an order that it chooses without regard to what stands
    before it, although that matters: several triple patterns, not in the very group."""
    if isinstance(pattern, Group):
        return not is_join(pattern) and weight(pattern) > 1
    if isinstance(pattern, Union):
        return any(weight(group) > 1 for group in pattern.groups)
    if isinstance(pattern, GraphPattern):
        group = pattern.group
        return is_heavy(group) or any(map(is_heavy, flattened(group.elements)))
    return False


def is_reached(pattern: Pattern, bound: frozenset[str]) -> bool:
    """Whether every triple pattern of `pattern` shares a variable with `bound` or, in the end, with one that
    does: whether it can be looked up for each value, in some order."""
    if isinstance(pattern, Union):
        return all(is_reached(group, bound) for group in pattern.groups)
    if isinstance(pattern, GraphPattern):
        return is_reached(pattern.group, bound | frozenset(named(pattern.name)))
    if isinstance(pattern, TriplesBlock):
        return all(_is_linked(part, bound) for part in parts(pattern.triples))
    if isinstance(pattern, Group):
        return _is_group_reached(pattern, bound)
    return isinstance(pattern, Values)


def _is_linked(part: TriplesBlock, bound: frozenset[str]) -> bool:
    names = frozenset(named(part))
    return not names or not bound.isdisjoint(names)


def _is_group_reached(group: Group, bound: frozenset[str]) -> bool:
    waiting: list[Pattern] = []
    for each in flattened(group.elements):
        if isinstance(each, TriplesBlock):
            waiting.extend(parts(each.triples))
        elif isinstance(each, JOINED):
            waiting.append(each)
    while waiting:
        found = next((each for each in waiting if is_reached(each, bound)), None)
        if found is None:
            return False
        waiting.remove(found)
        bound |= frozenset(named(found))
    return True
