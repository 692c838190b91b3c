"""Statements in, classes out that can have no member, and individuals that seem to be in a class by mistake.

What is found is a part of what a reasoner for OWL 2 DL finds, and all of it is entailed: superclasses by the
closure, the domains of what every member has by owl:someValuesFrom,
owl:hasValue or a cardinality, the ranges of what they lead to, disjointness as it is stated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import combinations
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import Severity
from calcigraph.lints.hit import Hit, Rule
from calcigraph.lints.own_names import OwnNames
from calcigraph.lints.statements import CLASSES, SUB_CLASS_OF, TYPE, Statements
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import OWL, RDFS

UNSATISFIABLE: Final = Rule(
    "class-unsatisfiable",
    Severity.WARNING,
    "{node} can have no member: {reason}.",
    "Take out the superclass or the disjointness that is wrong.",
)
ALIEN: Final = Rule(
    "individual-in-alien-classes",
    Severity.INFO,
    "{node} is the only one of {members} members of {one} that is in {value} as well.",
    "Take out the type that is wrong; if none can be in both, say so (owl:disjointWith).",
)
_FEWEST: Final = 5
_ABOVE: Final = (SUB_CLASS_OF, OWL["equivalentClass"])
_ENOUGH: Final = frozenset(
    OWL[name] for name in ("someValuesFrom", "hasValue", "minCardinality", "cardinality", "hasSelf")
) | {OWL["minQualifiedCardinality"], OWL["qualifiedCardinality"]}


Reason = tuple[str, frozenset[Term], tuple[ox.Triple, ...]]
"""Why a class is empty: in words, by which classes, and the statement that makes these disjoint."""


def unsatisfiable(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Named classes that are below two disjoint ones, or need what can not be."""
    classes = _Unsatisfiable(statements)
    for node, (reason, because, related) in classes.found.items():
        if isinstance(node, ox.NamedNode) and statements.is_a(node, CLASSES):
            stated = classes.stated(node, because)
            predicate, value = (stated.predicate, stated.object) if stated is not None else (None, None)
            yield Hit(node, predicate, value, {"reason": reason}, related)


class _Unsatisfiable:
    """The classes that can have no member, each with the reason."""

    def __init__(self, statements: Statements) -> None:
        self._of = statements
        self.found: dict[Term, Reason] = {}
        self._close()

    def stated(self, node: Term, because: frozenset[Term]) -> ox.Triple | None:
        """The last statement by which a class is in one of those that make it empty."""
        said = [t for t in self._of.by_subject.get(node, ()) if t.predicate in _ABOVE]
        leading = [t for t in said if not because.isdisjoint(self._above(t.object))]
        return next(reversed(leading or said), None)

    def _close(self) -> None:
        nodes = [*dict.fromkeys((*self._of.supers, *self._fillers))]
        for node in nodes:
            reason = self._reason(self._above(node))
            if reason is not None:
                self.found[node] = reason
        todo = bool(self.found)
        while todo:
            todo = False
            for node in nodes:
                if node not in self.found and (reason := self._inherited(node)) is not None:
                    self.found[node], todo = reason, True

    def _above(self, node: Term) -> set[Term]:
        """The class, those above it, and those of what its members have to have."""
        above = {node, *self._of.supers.get(node, ())}
        needed = {prop for one in above for prop in self._needed.get(one, ())}
        domains = {domain for prop in needed for domain in self._domains.get(prop, ())}
        return above.union(domains, *(self._of.supers.get(domain, ()) for domain in domains))

    def _reason(self, above: set[Term]) -> Reason | None:
        """Two classes among those above that share no member. Cost: linear in these and in what is said of
        each."""
        seen: dict[ox.Triple, Term] = {}
        for one in sorted(above & (self._disjoint.keys() | self._groups_of.keys()), key=str):
            for other, statement in self._disjoint.get(one, {}).items():
                if other in above and one != other:
                    return self._both(one, other, statement)
            for group in self._groups_of.get(one, ()):
                if seen.setdefault(group, one) != one:
                    return self._both(one, seen[group], group)
        return None

    def _both(self, one: Term, other: Term, statement: ox.Triple) -> Reason:
        shown = [self._shown(term) for term in sorted((one, other), key=str)]
        words = f"it is in {shown[0]} and in {shown[1]}, which share none"
        return words, frozenset((one, other)), (statement,)

    def _inherited(self, node: Term) -> Reason | None:
        for one in (node, *sorted(self._of.supers.get(node, ()), key=str)):
            if one != node and one in self.found and isinstance(one, ox.NamedNode):
                return f"it is in {self._shown(one)}, which can have none", frozenset((one,)), ()
            for filler in self._fillers_of.get(one, ()):
                if filler in self.found:
                    words = f"each would need a member of {self._shown(filler)}, which can have none"
                    return words, frozenset((one,)), ()
        return None

    def _shown(self, node: Term) -> str:
        return (
            self._of.root.prefixes.shrink(node)
            if isinstance(node, ox.NamedNode)
            else "a class without a name"
        )

    @cached_property
    def _disjoint(self) -> Mapping[Term, Mapping[Term, ox.Triple]]:
        """What shares no member with a class, and the statement that says so."""
        found: dict[Term, dict[Term, ox.Triple]] = defaultdict(dict)
        for triple in self._of.with_predicate(OWL["disjointWith"], OWL["complementOf"]):
            found[triple.subject].setdefault(triple.object, triple)
            found[triple.object].setdefault(triple.subject, triple)
        return found

    @cached_property
    def _groups_of(self) -> Mapping[Term, list[ox.Triple]]:
        """The statements with a list of disjoint classes in which a class stands."""
        found: dict[Term, list[ox.Triple]] = defaultdict(list)
        disjoint = OWL["AllDisjointClasses"]
        lists = (t for t in self._of.with_predicate(OWL["members"]) if self._of.is_a(t.subject, [disjoint]))
        for triple in (*lists, *self._of.with_predicate(OWL["disjointUnionOf"])):
            for member in dict.fromkeys(self._of.list_of(triple.object) or ()):
                found[member].append(triple)
        return found

    @cached_property
    def _needed(self) -> Mapping[Term, set[Term]]:
        """The properties that each member of a restriction has to have."""
        found: dict[Term, set[Term]] = defaultdict(set)
        for triple in self._of.with_predicate(OWL["onProperty"]):
            if any(
                t.predicate in _ENOUGH and _is_some(t.object) for t in self._of.by_subject[triple.subject]
            ):
                found[triple.subject].add(triple.object)
        return found

    @cached_property
    def _domains(self) -> Mapping[Term, set[Term]]:
        return _pairs(self._of.with_predicate(RDFS["domain"]))

    @cached_property
    def _fillers_of(self) -> Mapping[Term, set[Term]]:
        """What each member of a restriction has to lead to a member of."""
        return _pairs(self._of.with_predicate(OWL["someValuesFrom"]))

    @cached_property
    def _fillers(self) -> set[Term]:
        return {filler for fillers in self._fillers_of.values() for filler in fillers}


def _is_some(value: Term) -> bool:
    return not (isinstance(value, ox.Literal) and value.value.strip("+0") == "")


def _pairs(triples: Iterable[ox.Triple]) -> Mapping[Term, set[Term]]:
    found: dict[Term, set[Term]] = defaultdict(set)
    for triple in triples:
        found[triple.subject].add(triple.object)
    return found


def aliens(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Individuals with two asserted types, both of several members, of which they alone are in both."""
    members: dict[Term, set[Term]] = defaultdict(set)
    for node, types in statements.types.items():
        for kind in types.union(*(statements.supers.get(kind, ()) for kind in types)):
            members[kind].add(node)
    for node, types in statements.types.items():
        named = sorted((t for t in types if own.has(t)), key=str)
        for one, other in combinations(named, 2):
            is_below = other in statements.supers.get(one, ()) or one in statements.supers.get(other, ())
            if (
                not is_below
                and min(len(members[one]), len(members[other])) >= _FEWEST
                and members[one] & members[other] == {node}
            ):
                first, second = sorted((one, other), key=lambda kind: (-len(members[kind]), str(kind)))
                named_values: dict[str, Term | str] = {"members": str(len(members[first])), "one": first}
                yield Hit(node, TYPE, second, named_values)
