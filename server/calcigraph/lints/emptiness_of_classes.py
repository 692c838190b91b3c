"""Statements in, classes out that can have no member.

What is found is a part of what a reasoner for OWL 2 DL finds, and all of it is entailed: by the superclasses
of the closure, owl:Nothing among them; by the domains of what every member has to have
(owl:someValuesFrom, owl:hasValue, owl:hasSelf, a cardinality that is not zero), by the ranges and the classes
of what each has to lead to; and by disjointness as it is stated. What properties inherit is not followed.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import Severity
from calcigraph.lints.hit import Hit, Rule
from calcigraph.lints.own_names import OwnNames
from calcigraph.lints.statements import CLASSES, SUB_CLASS_OF, Statements
from calcigraph.rdf.lexical_spaces import sign
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import OWL, RDFS, XSD

UNSATISFIABLE: Final = Rule(
    "class-unsatisfiable",
    Severity.WARNING,
    "{node} can have no member: {reason}.",
    "Take out the superclass or the disjointness that is wrong.",
)
_ABOVE: Final = (SUB_CLASS_OF, OWL["equivalentClass"])
_NOTHING: Final = OWL["Nothing"]
_ALWAYS: Final = (OWL["someValuesFrom"], OWL["hasValue"])
_COUNTED: Final = tuple(
    OWL[name] for name in ("minCardinality", "cardinality", "minQualifiedCardinality", "qualifiedCardinality")
)
_TRUE: Final = frozenset(("true", "1"))


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
    """The classes that can have no member, each with the reason. Cost: linear in what is above them all, and
    in what is said of that."""

    def __init__(self, statements: Statements) -> None:
        self._of = statements
        self._needs = _Needs(statements)
        nodes = dict.fromkeys((*statements.supers, *self._needs.restrictions, *self._needs.led_to))
        self._above = {node: self._all_above([node]) for node in nodes}
        # It can have none by its definition (OWL 2 Direct Semantics, table 4).
        self.found: dict[Term, Reason] = {_NOTHING: ("", frozenset(), ())}
        for node in nodes:
            # What is below owl:Nothing is below every other class as well.
            if _NOTHING not in self._above[node] and (reason := self._reason(node)) is not None:
                self.found[node] = reason
        self._spread()

    def stated(self, node: Term, because: frozenset[Term]) -> ox.Triple | None:
        """The last statement by which a class is in one of those that make it empty."""
        said = [t for t in self._of.by_subject.get(node, ()) if t.predicate in _ABOVE]
        leading = [t for t in said if not because.isdisjoint(self._all_above([t.object]))]
        return next(reversed(leading or said), None)

    def _spread(self) -> None:
        """What is in an empty class, or has to lead to a member of one, is empty as well."""
        below: dict[Term, list[Term]] = defaultdict(list)
        for node, above in self._above.items():
            for one in above:
                below[one].append(node)
        todo = deque(self.found)
        while todo:
            empty = todo.popleft()
            for one in (empty, *self._needs.leading_to[empty]):
                for node in below[one]:
                    if node not in self.found and (reason := self._inherited(node)) is not None:
                        self.found[node] = reason
                        todo.append(node)

    def _all_above(self, nodes: Iterable[Term]) -> set[Term]:
        """Some classes, those above them, and those of what their members have to have."""
        above: set[Term] = set()
        todo = list(nodes)
        while todo:
            if (node := todo.pop()) not in above:
                above.add(node)
                todo += (*self._of.supers.get(node, ()), *self._needs.types_by(node))
        return above

    def _reason(self, node: Term) -> Reason | None:
        """Two disjoint classes that a member would be in, or what it has to lead to."""
        found = self._clash("it", self._above[node])
        if found is not None:
            return found
        for prop, classes in self._needs.by_property(node):
            found = self._clash(f"what it has to have as {self._shown(prop)}", self._all_above(classes))
            if found is not None:
                return found[0], frozenset((node,)), found[2]
        return None

    def _clash(self, what: str, above: set[Term]) -> Reason | None:
        """Two classes among some that share no member. Cost: linear in these and in what is said of each."""
        seen: dict[ox.Triple, Term] = {}
        for one in sorted(above & (self._disjoint.keys() | self._groups_of.keys()), key=str):
            for other, statement in self._disjoint.get(one, {}).items():
                if other in above and one != other:
                    return self._both(what, one, other, statement)
            for group in self._groups_of.get(one, ()):
                if seen.setdefault(group, one) != one:
                    return self._both(what, one, seen[group], group)
        return None

    def _both(self, what: str, one: Term, other: Term, statement: ox.Triple) -> Reason:
        shown = [self._shown(term) for term in sorted((one, other), key=str)]
        words = f"{what} is in {shown[0]} and in {shown[1]}, which share none"
        return words, frozenset((one, other)), (statement,)

    def _inherited(self, node: Term) -> Reason | None:
        if _NOTHING in self._above[node]:
            return "it is in owl:Nothing, which has none", frozenset((_NOTHING,)), ()
        for one in (node, *sorted(self._above[node] - {node}, key=str)):
            if one in self.found:
                words, _, related = self.found[one]
                if isinstance(one, ox.NamedNode):
                    words, related = f"it is in {self._shown(one)}, which can have none", ()
                return words, frozenset((one,)), related
            for filler in self._needs.fillers_of(one):
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


class _Needs:
    """What members of restrictions have to have, and to lead to."""

    def __init__(self, statements: Statements) -> None:
        self._domains = _pairs(statements.with_predicate(RDFS["domain"]))
        self._ranges = _pairs(statements.with_predicate(RDFS["range"]))
        self._fillers: dict[Term, set[Term]] = defaultdict(set)
        self._selves: set[Term] = set()
        self._properties: dict[Term, set[Term]] = defaultdict(set)
        for triple in statements.with_predicate(OWL["onProperty"]):
            self._add(triple, statements.by_subject[triple.subject])
        self.leading_to: dict[Term, list[Term]] = defaultdict(list)
        for node in self._properties:
            for filler in self.fillers_of(node):
                self.leading_to[filler].append(node)

    def _add(self, triple: ox.Triple, about: list[ox.Triple]) -> None:
        node = triple.subject
        counts = any(t.predicate in _COUNTED and _is_some(t.object) for t in about)
        is_self = any(t.predicate == OWL["hasSelf"] and _is_true(t.object) for t in about)
        if counts or is_self or any(t.predicate in _ALWAYS for t in about):
            self._properties[node].add(triple.object)
            classes = (OWL["someValuesFrom"], OWL["onClass"]) if counts else (OWL["someValuesFrom"],)
            self._fillers[node].update(t.object for t in about if t.predicate in classes)
        if is_self:
            self._selves.add(node)

    @property
    def restrictions(self) -> Iterable[Term]:
        """Those whose members have to have something."""
        return self._properties.keys()

    @property
    def led_to(self) -> Iterable[Term]:
        """The classes of what members have to lead to."""
        return self.leading_to.keys()

    def types_by(self, node: Term) -> set[Term]:
        """The classes that each member is in by what it has to have."""
        types: set[Term] = set()
        for prop in self._properties.get(node, ()):
            types |= self._domains.get(prop, set())
            types |= self._ranges.get(prop, set()) if node in self._selves else set()
        return types

    def by_property(self, node: Term) -> Iterator[tuple[Term, set[Term]]]:
        """Each property that a member has to have, with the classes of one value of it."""
        for prop in self._properties.get(node, ()):
            ranges = self._ranges.get(prop, set())
            # Where there are two fillers, each is the class of a value of its own.
            yield from ((prop, ranges | {filler}) for filler in self._fillers[node])
            if not self._fillers[node]:
                yield prop, ranges

    def fillers_of(self, node: Term) -> set[Term]:
        """The classes that each member has to lead to a member of."""
        return {kind for _, classes in self.by_property(node) for kind in classes}


def _is_some(value: Term) -> bool:
    return isinstance(value, ox.Literal) and sign(value) == 1


def _is_true(value: Term) -> bool:
    return isinstance(value, ox.Literal) and value.datatype == XSD["boolean"] and value.value in _TRUE


def _pairs(triples: Iterable[ox.Triple]) -> Mapping[Term, set[Term]]:
    found: dict[Term, set[Term]] = defaultdict(set)
    for triple in triples:
        found[triple.subject].add(triple.object)
    return found
