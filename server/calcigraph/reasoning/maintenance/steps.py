"""Base facts that came in; the relations brought up to date, and what that touched, out.

Addition goes on with semi-naive evaluation from the new facts. What reaches the schema is refused
(NotIncremental), because the rules are compiled from it.
"""

from __future__ import annotations

from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.facts.columns import Columns, Key, filled, gathered, united
from calcigraph.reasoning.facts.equality import Equality
from calcigraph.reasoning.rules.program import CompiledRule
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import Ids


class NotIncremental(Exception):
    """The change reaches the schema."""


def refuse_schema(closure: Closure, facts: Columns) -> None:
    """Refuse (NotIncremental) facts that the compiler read, or that would have to be bridged.

    Where rdf:type has other names, or owl:sameAs another first one, any fact may be one of either.
    """
    if closure.equality.of(v.SAME_AS) != v.SAME_AS or v.TYPE in closure.equality.members:
        raise NotIncremental
    if closure.copies.are_refused:
        raise NotIncremental
    keys = {closure.equality.key(key) for key in facts}
    if keys & closure.program.reads or (
        closure.relations.reflective and any(k < 0 or k == v.TYPE for k in keys)
    ):
        raise NotIncremental


def represented(equality: Equality, columns: Columns) -> Columns:
    """The facts over representatives of equal terms."""
    if not equality:
        return columns
    return gathered((equality.key(key), equality.rewrite(c, key >= 0)) for key, c in columns.items())


class Steps:
    """One change under way: what was taken out and put in, over the representatives of that moment."""

    def __init__(self, closure: Closure) -> None:
        self.closure = closure
        self.program = closure.program
        self.taken: Columns = {}
        self._inserted: list[tuple[Key, Ids]] = []
        self._own_equality = False

    @property
    def inserted(self) -> Columns:
        """What was put in, over the representatives of now. Cost: a sort of it."""
        of = self.closure.equality
        return gathered((of.key(key), of.rewrite(column, key >= 0)) for key, column in self._inserted)

    def insert(self, facts: Columns) -> None:
        """Add facts and all that follows."""
        closure = self.closure
        new = {key: closure.relations.news(key, [column]) for key, column in facts.items()}
        delta = closure.commit(filled(new))
        while delta:
            refuse_schema(closure, delta)
            if v.SAME_AS in delta:
                delta = self._merged(delta)
            self._inserted += delta.items()
            delta = closure.commit(closure.fire(self.rules(delta), delta))

    def _merged(self, delta: Columns) -> Columns:
        if not self._own_equality:
            self.closure.equality = self.closure.equality.copy()
            self._own_equality = True
        _, changed = self.closure.merge_equal()
        delta = united(represented(self.closure.equality, delta), changed)
        refuse_schema(self.closure, delta)
        return delta

    def part(self, roots: set[int]) -> None:
        """Make the members of some classes nobody's equals. Cost: the classes."""
        self.closure.equality = self.closure.equality.without(roots)
        self._own_equality = True

    def rules(self, delta: Columns) -> list[CompiledRule]:
        """The rules that read the keys of some facts."""
        found: dict[int, CompiledRule] = {}
        for key in delta:
            found |= {id(rule): rule for rule in self.program.by_body.get(key, ())}
        return list(found.values())
