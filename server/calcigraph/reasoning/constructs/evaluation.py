"""The root's CONSTRUCT rules: triples in, derived triples out, and how each one came about.

Stage `before` runs on asserted triples, ahead of the closure; stage `after` on everything. Within a
stage a rule runs after the rules that build what it reads; rules that read one another run to a
fixpoint; a cycle through negation or an aggregate is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import pyoxigraph as ox
from rdflib import Variable

from calcigraph.errors import Place
from calcigraph.reasoning.constructs.algebra import (
    Algebra,
    Group,
    Read,
    Triple,
    analyse,
    overlap,
    read_of,
    term,
)
from calcigraph.reasoning.constructs.rule import ConstructRule, RuleRefused, Stage
from calcigraph.reasoning.constructs.witnesses import witness
from calcigraph.reasoning.limits import LimitMet, Limits
from calcigraph.reasoning.rules.strata import components

_ENTAILED: Final = ox.NamedNode("urn:x-calcigraph:entailed")

_VIEWS: Final[dict[Stage, list[Any]]] = {
    "before": [ox.DefaultGraph()],
    "after": [ox.DefaultGraph(), _ENTAILED],
}


class Constructs:
    """The compiled rules of a root over a store of its triples."""

    def __init__(self, rules: Sequence[ConstructRule], limits: Limits) -> None:
        self.limits = limits
        self.rules = {rule.slug: rule for rule in rules}
        self.algebras = {rule.slug: analyse(rule.slug, rule.text) for rule in rules}
        self.strata = {stage: self._stratify(stage) for stage in _VIEWS}
        self.store = ox.Store()
        self._held: dict[Any, set[ox.Triple]] = {graph: set() for graph in _VIEWS["after"]}

    def __bool__(self) -> bool:
        return bool(self.rules)

    def touches(self, stage: Stage, triples: Iterable[ox.Triple]) -> bool:
        """Whether a rule of a stage could read, or build, one of these triples."""
        wanted = [
            read
            for slug, algebra in self.algebras.items()
            if self.rules[slug].stage == stage
            for read in algebra.positive | algebra.negative | algebra.writes
        ]
        return any(overlap(read, found) for found in {read_of(t) for t in triples} for read in wanted)

    def has(self, stage: Stage) -> bool:
        """Whether a stage has rules."""
        return any(rule.stage == stage for rule in self.rules.values())

    def load(self, triples: Iterable[ox.Triple], stage: Stage = "before") -> None:
        """Put triples where the rules of a stage (and later ones) see them."""
        graph = _VIEWS[stage][-1]
        new = set(triples) - self._held[graph]
        self._held[graph] |= new
        self.store.extend(_quad(triple, graph) for triple in new)

    def restore(self, triples: Iterable[ox.Triple]) -> None:
        """Put asserted triples back that the store lost when another spelling of them was taken away."""
        self.store.extend(_quad(triple, _VIEWS["before"][-1]) for triple in triples)

    def unload(self, triples: Iterable[ox.Triple], stage: Stage = "before") -> None:
        """Take triples away again."""
        graph = _VIEWS[stage][-1]
        for triple in triples:
            self._held[graph].discard(triple)
            self.store.remove(_quad(triple, graph))

    def run(self, stage: Stage) -> set[ox.Triple]:
        """What the rules of a stage build beyond what the store holds; it stays in the store.

        Raises LimitMet when a recursive group does not settle in `limits.construct_rounds` rounds.
        """
        built: set[ox.Triple] = set()
        for group in self.strata[stage]:
            for _ in range(self.limits.construct_rounds):
                new = {triple for slug in group for triple in self._results(self.rules[slug], stage)}
                new = {triple for triple in new if not self._known(triple, stage)}
                self.load(new, stage)
                built |= new
                if not new or not self._recursive(group):
                    break
            else:
                raise LimitMet(
                    f"The rules {', '.join(group)} still build after {self.limits.construct_rounds} rounds.",
                    "Give the recursion an end, or raise the limit `construct_rounds`.",
                )
        return built

    def _results(self, rule: ConstructRule, stage: Stage) -> Iterator[ox.Triple]:
        results = self.store.query(rule.text, default_graph=_VIEWS[stage])
        assert isinstance(results, ox.QueryTriples)
        yield from results

    def _known(self, triple: ox.Triple, stage: Stage) -> bool:
        if any(triple in self._held[graph] for graph in _VIEWS[stage]):
            return True
        # A store may give a literal back in another spelling than the one it was loaded with.
        of_value = isinstance(triple.object, ox.Literal)
        return of_value and any(_quad(triple, graph) in self.store for graph in _VIEWS[stage])

    def origins(self, triple: ox.Triple, limit: int) -> Iterator[tuple[str, tuple[ox.Triple, ...]]]:
        """The ways in which a rule builds a triple: its slug and the triples that its patterns matched."""
        for slug, algebra in self.algebras.items():
            for pattern in algebra.template:
                binding = _unify(pattern, triple)
                if binding is not None:
                    for count, premises in enumerate(self._matches(slug, algebra, binding)):
                        if count >= limit:
                            break
                        if triple not in premises:
                            yield slug, premises

    def _matches(
        self, slug: str, algebra: Algebra, binding: dict[str, Any]
    ) -> Iterator[tuple[ox.Triple, ...]]:
        view = _VIEWS[self.rules[slug].stage]
        outer, *inner = algebra.groups
        for solution in self._solutions(outer, binding, view):
            found = [t for p in outer.patterns for t in witness(self.store, view, p, solution)]
            for group in inner:
                for row in self._solutions(group, solution, view):
                    found += [t for p in group.patterns for t in witness(self.store, view, p, row)]
            yield tuple(dict.fromkeys(found))

    def _solutions(self, group: Group, binding: dict[str, Any], view: list[Any]) -> Iterator[dict[str, Any]]:
        known = {name: value for name, value in binding.items() if name in group.variables}
        values: Any = {ox.Variable(name): value for name, value in known.items()}
        results = self.store.query(group.select, substitutions=values, default_graph=view)
        assert isinstance(results, ox.QuerySolutions)
        names = [variable.value for variable in results.variables]
        for solution in results:
            yield binding | {name: solution[name] for name in names if solution[name] is not None}

    def _recursive(self, group: Sequence[str]) -> bool:
        return len(group) > 1 or self._feeds(group[0], group[0])

    def _feeds(self, writer: str, reader: str, negative: bool = False) -> bool:
        algebra = self.algebras[reader]
        reads: frozenset[Read] = algebra.negative if negative else algebra.positive | algebra.negative
        return any(overlap(w, r) for w in self.algebras[writer].writes for r in reads)

    def _stratify(self, stage: Stage) -> list[list[str]]:
        slugs = sorted(slug for slug, rule in self.rules.items() if rule.stage == stage)
        graph: dict[Any, Any] = {r: [w for w in slugs if self._feeds(w, r)] for r in slugs}
        groups: list[list[str]] = [sorted(map(str, group)) for group in components(graph)]
        for group in groups:
            for reader in group:
                if any(self._feeds(writer, reader, negative=True) for writer in group):
                    raise RuleRefused(
                        f"The rules {', '.join(group)} need one another through negation or an aggregate.",
                        "Break the circle, for instance by moving one of them to stage `after`.",
                        Place(f"ontology/rules/{reader}.rq"),
                    )
        return groups


def _quad(triple: ox.Triple, graph: Any) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def _unify(pattern: Triple, triple: ox.Triple) -> dict[str, Any] | None:
    binding: dict[str, Any] = {}
    for slot, value in zip(pattern, triple, strict=True):
        if isinstance(slot, Variable):
            if binding.setdefault(str(slot), value) != value:
                return None
        elif term(slot) != value:
            return None
    return binding
