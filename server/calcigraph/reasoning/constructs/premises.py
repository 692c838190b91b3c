"""A triple that a CONSTRUCT rule built in; the triples that it rests on, for each way to build it, out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import pyoxigraph as ox
from rdflib import Variable

from calcigraph.reasoning.constructs.portions import Portions
from calcigraph.reasoning.constructs.witnesses import MayUse, Solution, Witnesses
from calcigraph.reasoning.queries.algebra import GroupPattern
from calcigraph.reasoning.queries.reads import Triple


def origins(rule: Portions, triple: ox.Triple, may_use: MayUse) -> Iterator[tuple[ox.Triple, ...]]:
    """The ways in which a rule builds a triple from triples that it may use, each way once: the triples that
    its patterns matched, as they were written. From these alone the rule builds it as well.

    Cost: the rule's query with the triple filled in, and for each solution that is looked at a look-up for
    each pattern, and the rule's query over what these find.
    """
    views = rule.views
    kept = views.spelling.canonical(triple)
    seen: set[frozenset[ox.Triple]] = set()
    for pattern in rule.algebra.template:
        binding = _unify(rule, pattern, kept)
        for attempts in () if binding is None else _matches(rule, binding, may_use):
            for premises in attempts:
                if frozenset(premises) in seen:
                    continue
                seen.add(frozenset(premises))
                if rule.builds_from(premises, kept):
                    yield tuple(map(views.grounds.as_written, premises))
                    break


_MOST: Final = 100
"""Solutions of a condition among which one is looked for that what may be used matches."""
Attempts = Iterator[tuple[ox.Triple, ...]]
"""What may be enough to build a triple, the least first."""


def _matches(rule: Portions, binding: Solution, may_use: MayUse) -> Iterator[Attempts]:
    """What the patterns match in each solution: first those that the solution binds, then all of them. Of a
    path one way is enough, but where a rule counts them, as by `a|b` or `a/b`.

    A solution does not bind blank nodes, nor what EXISTS alone speaks of; but where the rule holds without
    what matches them (in another branch of a UNION, say), a proof had better do without it too.
    """
    outer, *inner = rule.algebra.groups
    witnesses = Witnesses(rule.views, rule.rule.stage, may_use)
    for solution in _solutions(rule, outer, binding):
        rows = [(outer, solution), *((g, row) for g in inner for row in _solutions(rule, g, solution))]
        yield _attempts(witnesses, rows, [])
        rows += [each for group, row in rows for each in _conditions(rule, witnesses, group, row)]
        more = [t for group, row in rows for t in witnesses.opened(group.patterns, row)]
        if more or any(group.conditions for group, _ in rows):
            yield _attempts(witnesses, rows, more)


def _conditions(
    rule: Portions, witnesses: Witnesses, group: GroupPattern, row: Solution
) -> Iterator[tuple[GroupPattern, Solution]]:
    """The conditions of a group that hold in a solution, each with one of its own: by its whole text, so that
    what a filter or NOT EXISTS in it takes back witnesses nothing."""
    for condition in group.conditions:
        found = list(islice(_solutions(rule, condition, row), _MOST))
        usable = (each for each in found if witnesses.matched(condition.patterns, each))
        chosen = next(usable, None)
        if chosen is not None:
            yield condition, chosen
            yield from _conditions(rule, witnesses, condition, chosen)


def _attempts(
    witnesses: Witnesses, rows: list[tuple[GroupPattern, Solution]], more: list[ox.Triple]
) -> Attempts:
    for every_way in (False, True):
        found = [t for group, row in rows for t in witnesses.matched(group.patterns, row, every_way)]
        yield tuple(dict.fromkeys(found + more))


def _solutions(rule: Portions, group: GroupPattern, binding: Solution) -> Iterator[Solution]:
    known = {name: value for name, value in binding.items() if name in group.variables}
    values: Any = {ox.Variable(name): value for name, value in known.items()}
    results = rule.views.query(rule.rule.stage, group.select, substitutions=values)
    names = [variable.value for variable in results.variables]
    for solution in results:
        yield binding | {name: solution[name] for name in names if solution[name] is not None}


def _unify(rule: Portions, pattern: Triple, triple: ox.Triple) -> Solution | None:
    binding: Solution = {}
    for slot, value in zip(pattern, triple, strict=True):
        if isinstance(slot, Variable):
            if binding.setdefault(str(slot), value) != value:
                return None
        elif rule.constants[slot] != value:
            return None
    return binding
