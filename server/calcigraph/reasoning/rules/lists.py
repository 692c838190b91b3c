"""Axioms over RDF lists turned into rules: chains, keys, intersections, unions, enumerations, differences.

In: a `Schema`, which reads the closed relations. Out: one `Rule` per axiom (or per member), each with
the triples that made it, list cells included; broken lists are reported as findings and not used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from calcigraph.reasoning.rules.patterns import Pattern, Rule
from calcigraph.reasoning.rules.schema import Schema
from calcigraph.reasoning.terms.numbering import Ground
from calcigraph.reasoning.terms.vocabulary import NAMES, SAME_AS, SUB_CLASS_OF, TYPE


def list_rules(schema: Schema) -> Iterator[Rule]:
    """Every rule that an axiom over a list makes, in its W3C name."""
    for predicate, make in _MAKERS.items():
        for subject, head in schema.pairs(predicate):
            axiom = (subject, predicate, head)
            found = schema.sequence(head, axiom)
            if found is not None:
                yield from make(subject, found[0], (axiom, *found[1]))
    yield from _different_rules(schema)


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

_DIFFERENT: Final = {"eq-diff2": NAMES["owl:members"], "eq-diff3": NAMES["owl:distinctMembers"]}


def _different_rules(schema: Schema) -> Iterator[Rule]:
    kind = NAMES["owl:AllDifferent"]
    for name, predicate in _DIFFERENT.items():
        for node in schema.members(kind):
            for head in schema.objects(node, predicate):
                axiom = (node, predicate, head)
                found = schema.sequence(head, axiom)
                if found is not None:
                    axioms = ((node, TYPE, kind), axiom, *found[1])
                    # On representatives, equal members have become one and the same: only those can clash.
                    for item in (item for item, count in Counter(found[0]).items() if count > 1):
                        yield Rule(name, ((item, SAME_AS, item),), None, axioms=axioms)
