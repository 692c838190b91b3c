"""Rules in, groups of rules out: each group needs only itself and earlier ones (Tarjan, iterative)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from calcigraph.reasoning.facts.columns import Key
from calcigraph.reasoning.rules.program import CompiledRule


@dataclass(frozen=True)
class Stratum:
    """Rules that are evaluated together; `recursive` when they feed one another."""

    rules: tuple[CompiledRule, ...]
    recursive: bool


def components(successors: dict[Hashable, Iterable[Hashable]]) -> list[list[Hashable]]:
    """The strongly connected components of a graph, each after all that it leads to."""
    order: dict[Hashable, int] = {}
    low: dict[Hashable, int] = {}
    stack: list[Hashable] = []
    on_stack: set[Hashable] = set()
    out: list[list[Hashable]] = []
    for root in successors:
        if root in order:
            continue
        work = [(root, iter(successors.get(root, ())))]
        order[root] = low[root] = len(order)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, rest = work[-1]
            for other in rest:
                if other not in order:
                    order[other] = low[other] = len(order)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(successors.get(other, ()))))
                    break
                if other in on_stack:
                    low[node] = min(low[node], order[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    out.append(_unwind(stack, on_stack, node))
    return out


def _unwind(stack: list[Hashable], on_stack: set[Hashable], node: Hashable) -> list[Hashable]:
    component = []
    while True:
        other = stack.pop()
        on_stack.discard(other)
        component.append(other)
        if other == node:
            return component


def stratify(rules: Sequence[CompiledRule], reflective_key: Key | None = None) -> list[Stratum]:
    """The rules in groups that can be evaluated one after the other.

    `reflective_key` (rdf:type) is then tied to every class, because each feeds the other.
    """
    reads: dict[Hashable, set[Hashable]] = {}
    for rule in rules:
        assert rule.head is not None
        reads.setdefault(rule.head.key, set()).update(atom.key for atom in rule.body)
        for atom in rule.body:
            reads.setdefault(atom.key, set())
    if reflective_key is not None:
        classes = {key for key in reads if isinstance(key, int) and key < 0}
        reads.setdefault(reflective_key, set()).update(classes)
        for key in classes:
            reads[key].add(reflective_key)
    place = {key: i for i, component in enumerate(components(reads)) for key in component}  # type: ignore[arg-type]
    groups: dict[int, list[CompiledRule]] = {}
    for rule in rules:
        assert rule.head is not None
        groups.setdefault(place[rule.head.key], []).append(rule)
    return [_stratum(groups[i], i, place) for i in sorted(groups)]


def _stratum(rules: list[CompiledRule], index: int, place: dict[Hashable, int]) -> Stratum:
    return Stratum(tuple(rules), any(place[atom.key] == index for rule in rules for atom in rule.body))
