"""A step by a rule over lists in; the triples that it would need out, in the W3C's wording of the rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.statements import Node
from calcigraph.reasoning.terms.vocabulary import NAMES, VOCABULARY

Nodes = tuple[Node, Node, Node]
"""Subject, predicate and object."""
TYPE: Final = VOCABULARY[v.TYPE]


def _lists(given: set[Nodes], axiom: str) -> Iterator[tuple[Node, list[Node], set[Nodes]]]:
    """Subject, members and triples of each list axiom of one kind."""
    firsts = {s: o for s, p, o in given if p == VOCABULARY[v.FIRST]}
    rests = {s: o for s, p, o in given if p == VOCABULARY[v.REST]}
    for triple in given:
        if triple[1] != VOCABULARY[NAMES[axiom]]:
            continue
        items: list[Node] = []
        used, cell = {triple}, triple[2]
        while cell in firsts and cell in rests and len(items) <= len(firsts):
            items.append(firsts[cell])
            used |= {(cell, VOCABULARY[v.FIRST], firsts[cell]), (cell, VOCABULARY[v.REST], rests[cell])}
            cell = rests[cell]
        if cell == VOCABULARY[v.NIL]:
            yield triple[0], items, used


def _chain(given: set[Nodes], conclusion: Nodes) -> Iterator[set[Nodes]]:
    start, prop, end = conclusion
    for subject, items, used in _lists(given, "owl:propertyChainAxiom"):
        # The links are among what is given, as what was used of the list is.
        if subject == prop and end in _ends(given, start, items):
            yield used


def _ends(given: set[Nodes], start: Node, items: list[Node]) -> set[Node]:
    """Where the links of a chain lead."""
    ends = {start}
    for item in items:
        ends = {o for s, p, o in given if s in ends and p == item}
    return ends


def _key(given: set[Nodes], conclusion: Nodes) -> Iterator[set[Nodes]]:
    one, predicate, other = conclusion
    if predicate != VOCABULARY[v.SAME_AS]:
        return
    for subject, items, used in _lists(given, "owl:hasKey"):
        needed = used | {(one, TYPE, subject), (other, TYPE, subject)}
        for item in items:
            shared = {o for s, p, o in given if s == one and p == item} & {
                o for s, p, o in given if s == other and p == item
            }
            # A triple that cannot be given makes the step fail when a key has no shared value.
            node = next(iter(shared), VOCABULARY[v.NIL])
            needed |= {(one, item, node), (other, item, node)}
        if items:
            yield needed


def _both(given: set[Nodes], conclusion: Nodes) -> Iterator[set[Nodes]]:
    node, predicate, made = conclusion
    for subject, items, used in _lists(given, "owl:intersectionOf"):
        if predicate == TYPE and subject == made and items:
            yield used | {(node, TYPE, item) for item in items}


def _each(given: set[Nodes], conclusion: Nodes) -> Iterator[set[Nodes]]:
    node, predicate, made = conclusion
    for subject, items, used in _lists(given, "owl:intersectionOf"):
        if predicate == TYPE and made in items:
            yield used | {(node, TYPE, subject)}


def _either(given: set[Nodes], conclusion: Nodes) -> Iterator[set[Nodes]]:
    node, predicate, made = conclusion
    for subject, items, used in _lists(given, "owl:unionOf"):
        if predicate == TYPE and made == subject:
            yield from (used | {(node, TYPE, item)} for item in items)


def _listed(
    axiom: str, predicate: int, whole_first: bool
) -> Callable[[set[Nodes], Nodes], Iterator[set[Nodes]]]:
    def check(given: set[Nodes], conclusion: Nodes) -> Iterator[set[Nodes]]:
        left, middle, right = conclusion
        whole, part = (left, right) if whole_first else (right, left)
        for subject, items, used in _lists(given, axiom):
            if middle == VOCABULARY[predicate] and subject == whole and part in items:
                yield used

    return check


LIST_RULES: Final[dict[str, Callable[[set[Nodes], Nodes], Iterator[set[Nodes]]]]] = {
    "prp-spo2": _chain,
    "prp-key": _key,
    "cls-int1": _both,
    "cls-int2": _each,
    "cls-uni": _either,
    "cls-oo": _listed("owl:oneOf", v.TYPE, whole_first=False),
    "scm-int": _listed("owl:intersectionOf", v.SUB_CLASS_OF, whole_first=True),
    "scm-uni": _listed("owl:unionOf", v.SUB_CLASS_OF, whole_first=False),
}
