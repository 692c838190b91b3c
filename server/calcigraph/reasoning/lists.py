"""Axioms over RDF lists turned into rules: chains, keys, intersections, unions, enumerations, disjointness.

In: a `Schema`, which reads the closed relations. Out: one `Rule` per axiom (or per member), each with
the triples that made it, list cells included; broken lists are reported as findings and not used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from typing import Final

from calcigraph.errors import Finding, Place
from calcigraph.reasoning.equality import Equality
from calcigraph.reasoning.limits import LimitMet, Limits
from calcigraph.reasoning.relations import Key, Relations, between, class_key
from calcigraph.reasoning.tables import Pattern, Rule
from calcigraph.reasoning.terms import Terms
from calcigraph.reasoning.vocabulary import (
    FIRST,
    NAMES,
    NIL,
    REST,
    SAME_AS,
    SUB_CLASS_OF,
    TYPE,
)

Ground = tuple[int, int, int]


class Schema:
    """The closed facts as a compiler reads them; `reads` remembers which keys it looked at."""

    def __init__(self, terms: Terms, relations: Relations, equality: Equality, limits: Limits) -> None:
        self.terms, self.relations, self.equality, self.limits = terms, relations, equality, limits
        self.reads: set[Key] = {FIRST, REST}
        self.findings: dict[tuple[str, int], Finding] = {}

    def pairs(self, predicate: int) -> list[tuple[int, int]]:
        """All pairs of a predicate."""
        key = self.equality.of(predicate)
        self.reads.add(key)
        facts = self.relations[key].facts if key in self.relations else ()
        return [(int(pair) >> 32, int(pair) & 0xFFFFFFFF) for pair in facts]

    def objects(self, subject: int, predicate: int) -> list[int]:
        """The objects of a subject and predicate."""
        key = self.equality.of(predicate)
        self.reads.add(key)
        if key not in self.relations:
            return []
        return [int(i) for i in between(self.relations[key].facts, self.equality.of(subject))]

    def members(self, class_id: int) -> list[int]:
        """The instances of a class."""
        key = self.equality.key(class_key(class_id))
        self.reads.add(key)
        return [int(i) for i in self.relations[key].facts] if key in self.relations else []

    def sequence(self, head: int, place: Ground) -> tuple[list[int], list[Ground]] | None:
        """The members and cells of a list, or None with a finding when it is not a list."""
        items: list[int] = []
        cells: list[Ground] = []
        seen: set[int] = set()
        nil = self.equality.of(NIL)
        while head != nil:
            first, rest = self.objects(head, FIRST), self.objects(head, REST)
            if head in seen or len(first) != 1 or len(rest) != 1:
                self._broken(place, _fault(head in seen, len(first), len(rest)))
                return None
            if len(items) >= self.limits.list_members:
                self._broken(place, f"has more than {self.limits.list_members} members")
                return None
            seen.add(head)
            items.append(first[0])
            cells += [(head, FIRST, first[0]), (head, REST, rest[0])]
            head = rest[0]
        return items, cells

    def _broken(self, place: Ground, fault: str) -> None:
        subject, predicate, _ = (str(self.terms.terms[i]) for i in place)
        finding = Finding(
            "list",
            Place("ontology"),
            f"The list of {predicate} {fault}; the axiom is not used.",
            "Write it as a Turtle collection: ( first second ).",
            node=subject,
        )
        self.findings[str(finding), place[0]] = finding

    def ill_typed(self, place: Ground, message: str, remedy: str) -> None:
        """Report an axiom that is used, or left out, although it is not what OWL 2 RL allows."""
        finding = Finding("axiom", Place("ontology"), message, remedy, node=str(self.terms.terms[place[0]]))
        self.findings[message, place[0]] = finding


def _fault(cyclic: bool, firsts: int, rests: int) -> str:
    if cyclic:
        return "runs in a circle"
    if firsts > 1 or rests > 1:
        return "branches: a cell has two values of rdf:first or rdf:rest"
    return "is cut off: a cell has no rdf:first" if not firsts else "is not ended by rdf:nil"


def list_rules(schema: Schema) -> Iterator[Rule]:
    """Every rule that an axiom over a list makes, in its W3C name."""
    for predicate, make in _MAKERS.items():
        for subject, head in schema.pairs(predicate):
            axiom = (subject, predicate, head)
            found = schema.sequence(head, axiom)
            if found is not None:
                yield from make(subject, found[0], (axiom, *found[1]))
    yield from _pairwise_rules(schema)


def _chain(prop: int, items: list[int], axioms: tuple[Ground, ...]) -> Iterator[Rule]:
    if items:
        names = [f"?u{i}" for i in range(len(items) + 1)]
        body = tuple((a, p, b) for (a, b), p in zip(pairwise(names), items, strict=True))
        yield Rule("prp-spo2", body, (names[0], prop, names[-1]), axioms=axioms)


def _key(class_id: int, items: list[int], axioms: tuple[Ground, ...]) -> Iterator[Rule]:
    if items:
        shared: tuple[Pattern, ...] = tuple(
            pattern for i, p in enumerate(items) for pattern in (("?x", p, f"?z{i}"), ("?y", p, f"?z{i}"))
        )
        types: tuple[Pattern, ...] = (("?x", TYPE, class_id), ("?y", TYPE, class_id))
        yield Rule("prp-key", types + shared, ("?x", SAME_AS, "?y"), axioms=axioms)


def _intersection(class_id: int, items: list[int], axioms: tuple[Ground, ...]) -> Iterator[Rule]:
    if items:
        yield Rule("cls-int1", tuple(("?x", TYPE, i) for i in items), ("?x", TYPE, class_id), axioms=axioms)
    for item in dict.fromkeys(items):
        yield Rule("cls-int2", (("?x", TYPE, class_id),), ("?x", TYPE, item), axioms=axioms)
        yield Rule("scm-int", (), (class_id, SUB_CLASS_OF, item), axioms=axioms)


def _union(class_id: int, items: list[int], axioms: tuple[Ground, ...]) -> Iterator[Rule]:
    for item in dict.fromkeys(items):
        yield Rule("cls-uni", (("?x", TYPE, item),), ("?x", TYPE, class_id), axioms=axioms)
        yield Rule("scm-uni", (), (item, SUB_CLASS_OF, class_id), axioms=axioms)


def _one_of(class_id: int, items: list[int], axioms: tuple[Ground, ...]) -> Iterator[Rule]:
    for item in dict.fromkeys(items):
        yield Rule("cls-oo", (), (item, TYPE, class_id), axioms=axioms)


_MAKERS: Final[dict[int, Callable[[int, list[int], tuple[Ground, ...]], Iterator[Rule]]]] = {
    NAMES["owl:propertyChainAxiom"]: _chain,
    NAMES["owl:hasKey"]: _key,
    NAMES["owl:intersectionOf"]: _intersection,
    NAMES["owl:unionOf"]: _union,
    NAMES["owl:oneOf"]: _one_of,
}

_PAIRWISE: Final = (
    ("prp-adp", NAMES["owl:AllDisjointProperties"], NAMES["owl:members"]),
    ("cax-adc", NAMES["owl:AllDisjointClasses"], NAMES["owl:members"]),
    ("eq-diff2", NAMES["owl:AllDifferent"], NAMES["owl:members"]),
    ("eq-diff3", NAMES["owl:AllDifferent"], NAMES["owl:distinctMembers"]),
)


def _pairwise_rules(schema: Schema) -> Iterator[Rule]:
    for name, kind, predicate in _PAIRWISE:
        for node in schema.members(kind):
            for head in schema.objects(node, predicate):
                axiom = (node, predicate, head)
                found = schema.sequence(head, axiom)
                if found is not None:
                    axioms = ((node, TYPE, kind), axiom, *found[1])
                    yield from _pairs(name, _pair_list(name, found[0], schema), axioms)


def _pair_list(name: str, items: list[int], schema: Schema) -> list[tuple[int, int]]:
    if name.startswith("eq-"):
        # On representatives, equal members have become one and the same: only those can clash.
        return [(item, item) for item, count in Counter(items).items() if count > 1]
    if len(items) * (len(items) - 1) // 2 > schema.limits.pairwise:
        raise LimitMet(
            f"A list of {len(items)} disjoint classes or properties stands for too many pairs.",
            "Split the list, or raise the limit `pairwise`.",
        )
    return list(combinations(items, 2))


def _pairs(name: str, pairs: list[tuple[int, int]], axioms: tuple[Ground, ...]) -> Iterator[Rule]:
    for one, other in pairs:
        body: tuple[Pattern, ...]
        if name == "cax-adc":
            body = (("?x", TYPE, one), ("?x", TYPE, other))
        elif name == "prp-adp":
            body = (("?x", one, "?y"), ("?x", other, "?y"))
        else:
            body = ((one, SAME_AS, other),)
        yield Rule(name, body, None, axioms=axioms)
