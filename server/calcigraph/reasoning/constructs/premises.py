"""A triple that a CONSTRUCT rule built in; the triples that it rests on, for each way to build it, out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pyoxigraph as ox
from rdflib import Variable

from calcigraph.reasoning.constructs.portions import Portions
from calcigraph.reasoning.constructs.witnesses import witness
from calcigraph.reasoning.queries.algebra import Group
from calcigraph.reasoning.queries.reads import Triple


def origins(rule: Portions, triple: ox.Triple, limit: int) -> Iterator[tuple[ox.Triple, ...]]:
    """The ways in which a rule builds a triple: the triples that its patterns matched, as they were written.

    Cost: the rule's query with the triple filled in; at most `limit` solutions are looked at for each
    triple of the template.
    """
    views = rule.views
    kept = views.spelling.canonical(triple)
    for pattern in rule.algebra.template:
        binding = _unify(rule, pattern, kept)
        if binding is not None:
            for premises in islice(_matches(rule, binding), limit):
                if kept not in premises:
                    yield tuple(map(views.as_said, premises))


def _matches(rule: Portions, binding: dict[str, Any]) -> Iterator[tuple[ox.Triple, ...]]:
    outer, *inner = rule.algebra.groups
    for solution in _solutions(rule, outer, binding):
        found = [t for p in outer.patterns for t in _witness(rule, p, solution)]
        for group in inner:
            for row in _solutions(rule, group, solution):
                found += [t for p in group.patterns for t in _witness(rule, p, row)]
        yield tuple(dict.fromkeys(found))


def _witness(rule: Portions, pattern: Triple, solution: dict[str, Any]) -> list[ox.Triple]:
    return witness(rule.views, rule.rule.stage, pattern, solution)


def _solutions(rule: Portions, group: Group, binding: dict[str, Any]) -> Iterator[dict[str, Any]]:
    known = {name: value for name, value in binding.items() if name in group.variables}
    values: Any = {ox.Variable(name): value for name, value in known.items()}
    results = rule.views.query(rule.rule.stage, group.select, substitutions=values)
    names = [variable.value for variable in results.variables]
    for solution in results:
        yield binding | {name: solution[name] for name in names if solution[name] is not None}


def _unify(rule: Portions, pattern: Triple, triple: ox.Triple) -> dict[str, Any] | None:
    binding: dict[str, Any] = {}
    for slot, value in zip(pattern, triple, strict=True):
        if isinstance(slot, Variable):
            if binding.setdefault(str(slot), value) != value:
                return None
        elif rule.constants[slot] != value:
            return None
    return binding
