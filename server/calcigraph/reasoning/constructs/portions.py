"""One rule and a view in; what the rule builds out, in portions that can be built again one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pyoxigraph as ox
from rdflib import Variable

from calcigraph.engine.engine_problems import CorrectionRefused
from calcigraph.errors import Place
from calcigraph.evaluating import evaluating
from calcigraph.reasoning.constructs.asking import asked
from calcigraph.reasoning.constructs.history import Recorded
from calcigraph.reasoning.constructs.reach import Everything, Portion, reached, values
from calcigraph.reasoning.constructs.views import Views
from calcigraph.reasoning.queries.algebra import analyse, term
from calcigraph.reasoning.queries.anchor import anchor_of
from calcigraph.reasoning.queries.reads import Triple, matching
from calcigraph.reasoning.queries.rule import ConstructRule, RuleRefused

Built = dict[Portion, frozenset[ox.Triple]]
Difference = tuple[list[ox.Triple], list[ox.Triple]]
"""What portions gained and what they lost, each triple as often as there are portions that did so."""


class Portions:
    """What a rule builds, by the values of its anchor (see `anchor`). A rule without one has one portion."""

    def __init__(self, rule: ConstructRule, views: Views) -> None:
        self.rule, self.views = rule, views
        with self.evaluating():
            self.algebra = analyse(rule.slug, rule.text)
            self.anchor = anchor_of(self.algebra)
        self._built: Recorded[Portion, frozenset[ox.Triple]] = Recorded(views.history)
        slots = {slot for pattern in self.algebra.template for slot in pattern}
        self.constants = {
            slot: self._canonical(term(slot)) for slot in slots if not isinstance(slot, Variable)
        }
        names = {str(slot) for slot in slots if isinstance(slot, Variable)} | set(self.anchor.variables)
        self._select = f"SELECT {' '.join(f'?{name}' for name in sorted(names))} WHERE "

    def _canonical(self, value: Any) -> Any:
        if not isinstance(value, ox.Literal):
            return value
        node = ox.NamedNode("urn:x-calcigraph:value")
        return self.views.spelling.canonical(ox.Triple(node, node, value)).object

    def reads_any(self, triples: Iterable[ox.Triple]) -> list[ox.Triple]:
        """Those of some triples that a pattern of the rule might match."""
        return matching(triples, self.algebra.reads)

    def negates_any(self, triples: Iterable[ox.Triple]) -> list[ox.Triple]:
        """Those of some triples that may make the rule build less by being there."""
        return matching(triples, self.algebra.negative)

    def triples(self, portions: set[Portion] | None = None) -> Iterator[ox.Triple]:
        """What some portions (or all) build, each triple as often as there are portions that build it."""
        for portion in self._built if portions is None else portions:
            yield from self._built.get(portion) or ()

    def drop(self, portions: set[Portion] | None) -> list[ox.Triple]:
        """Forget some portions (or all); what they built, as `triples` gives it."""
        return self._replace({}, list(self._built) if portions is None else portions)[1]

    def reached(self, changed: Iterable[ox.Triple], went: Iterable[ox.Triple]) -> set[Portion] | None:
        """The portions that some triples that came or `went` reach; None where it may be any.

        Cost: a query for each pattern that one of the triples matches.
        """
        if not self.anchor.variables:
            return None
        try:
            with self.evaluating(), self.views.lent(self.rule.stage, went):
                return reached(self.anchor, changed, self._ask, self._canonical)
        except Everything:
            return None

    def update(self, portions: set[Portion] | None) -> Difference:
        """Build some portions (or all) again; what they gained and what they lost. Cost: a query for them."""
        new, portions = self._build(portions)
        return self._replace(new, {*self._built, *new} if portions is None else portions)

    def building(self, portions: set[Portion] | None) -> set[ox.Triple]:
        """What some portions (or all) build from what their view holds, be it known already or not.

        Cost: a query for them.
        """
        return set().union(*self._build(portions)[0].values())

    def _build(self, portions: set[Portion] | None) -> tuple[Built, set[Portion] | None]:
        """What portions build, and which these are: all of them (None) where they cannot be named."""
        with self.evaluating():
            try:
                return self._everything() if portions is None else self._some(portions), portions
            except Everything:
                return self._everything(), None

    def _replace(self, new: Built, portions: Iterable[Portion]) -> Difference:
        """Let some portions build what is `new`; what they gained and what they lost."""
        none: frozenset[ox.Triple] = frozenset()
        gained: list[ox.Triple] = []
        lost: list[ox.Triple] = []
        for portion in portions:
            before, after = self._built.get(portion) or none, new.get(portion, none)
            if before != after:
                self._built.set(portion, after or None)
                gained += after - before
                lost += before - after
        return gained, lost

    def builds_from(self, triples: Iterable[ox.Triple], triple: ox.Triple) -> bool:
        """Whether the rule builds a triple from some triples alone. Cost: the rule's query over these."""
        store = ox.Store()
        store.extend(ox.Quad(*each) for each in triples)
        built = asked(store, [ox.DefaultGraph()], self.rule.text)
        return any(self.views.spelling.canonical(each) == triple for each in built)

    @contextmanager
    def evaluating(self) -> Iterator[None]:
        """What is done in this context is an evaluation of the rule. Raises: RuleRefused where the engine
        would get it wrong."""
        place = Place(f"ontology/rules/{self.rule.slug}.rq")
        try:
            with evaluating("rules", place):
                yield
        except CorrectionRefused as refused:
            raise RuleRefused(refused.detail, refused.remedy, place) from refused
        except (SyntaxError, RuntimeError, ValueError) as error:
            # What the engine says of a query that it does not take, or of a function that it has not.
            raise RuleRefused(
                f"The engine cannot evaluate the rule: {str(error).rstrip('.')}.",
                "Write it with what SPARQL 1.1 has, and check the names of functions.",
                place,
            ) from error

    def _ask(self, text: str) -> Any:
        return self.views.query(self.rule.stage, text)

    def _everything(self) -> Built:
        if not self.anchor.variables:
            built = frozenset(self._ask(self.rule.text))
            return {(): built} if built else {}
        return self._gathered(self.algebra.text.where)

    def _some(self, portions: set[Portion]) -> Built:
        clause = values(self.anchor.variables, portions)
        found = self._gathered(self.algebra.text.having(clause, self.anchor.selected))
        return {portion: built for portion, built in found.items() if portion in portions}

    def _gathered(self, where: str) -> Built:
        out: dict[Portion, set[ox.Triple]] = {}
        for solution in self._ask(f"{self.algebra.text.prologue}{self._select}{where}"):
            portion = tuple(solution[name] for name in self.anchor.variables)
            out.setdefault(portion, set()).update(self._instances(solution))
        return {portion: frozenset(found) for portion, found in out.items() if found}

    def _instances(self, solution: Any) -> Iterator[ox.Triple]:
        for pattern in self.algebra.template:
            triple = self._instance(pattern, solution)
            if triple is not None:
                yield triple

    def _instance(self, pattern: Triple, solution: Any) -> ox.Triple | None:
        """A triple of the template; None where a variable is unbound, or it would not be RDF."""
        subject, predicate, obj = (
            solution[str(slot)] if isinstance(slot, Variable) else self.constants[slot] for slot in pattern
        )
        if (
            isinstance(subject, ox.NamedNode | ox.BlankNode)
            and isinstance(predicate, ox.NamedNode)
            and obj is not None
        ):
            return ox.Triple(subject, predicate, obj)
        return None
