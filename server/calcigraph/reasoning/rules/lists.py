"""Axioms over RDF lists turned into rules: chains, keys, intersections, unions, enumerations, disjointness.

In: a `Schema`, which reads the closed relations. Out: one `Rule` per axiom (or per member), each with
the triples that made it, list cells included; broken lists are reported as findings and not used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from typing import Final

from calcigraph.reasoning.limits import LimitMet
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
                    yield from _pairs(name, _pair_list(name, found[0], schema, axioms), axioms)


def _pair_list(
    name: str, items: list[int], schema: Schema, axioms: tuple[Ground, ...]
) -> list[tuple[int, int]]:
    if name.startswith("eq-"):
        # On representatives, equal members have become one and the same: only those can clash.
        return [(item, item) for item, count in Counter(items).items() if count > 1]
    if len(items) * (len(items) - 1) // 2 > schema.limits.pairwise:
        raise LimitMet(
            f"A list of {len(items):,} disjoint classes or properties stands for more than"
            f" {schema.limits.pairwise:,} pairs.",
            "Split the list, or raise the bound (--limit pairwise).",
            axioms=axioms[:2],
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
