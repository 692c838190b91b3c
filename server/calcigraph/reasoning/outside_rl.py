"""Asserted triples in; which of their axioms OWL 2 RL reasons with, and which not, by kind, out.

By the grammar of OWL 2 Profiles, section 4.2: what may stand on the left of rdfs:subClassOf, what on the
right, and what on either side of an equivalence. The rules of section 4.3 run over any triples, and are
complete for what the grammar allows only (theorem PR1): of the axioms named here they find a part of what
follows, or nothing. Rules in SWRL are no axioms of OWL, and are not run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

import pyoxigraph as ox

from calcigraph.rdf.vocabulary import OWL, RDF, RDFS, SWRL

Side = Literal["left", "right"]
Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_RULES: Final = "rules in SWRL"

# Class expressions, by what makes them one, that may not stand on each side, or not always.
_CONSTRUCTS: Final = (
    *(
        "owl:someValuesFrom",
        "owl:allValuesFrom",
        "owl:unionOf",
        "owl:complementOf",
        "owl:oneOf",
        "owl:hasSelf",
    ),
    *("owl:minCardinality", "owl:minQualifiedCardinality", "owl:cardinality", "owl:qualifiedCardinality"),
    *("owl:maxCardinality", "owl:maxQualifiedCardinality"),
)
_MAXIMA: Final = ("owl:maxCardinality", "owl:maxQualifiedCardinality")
_NOT: Final[dict[Side, frozenset[str]]] = {
    "left": frozenset(_CONSTRUCTS) - {"owl:someValuesFrom", "owl:unionOf", "owl:oneOf"},
    "right": frozenset(_CONSTRUCTS) - {"owl:allValuesFrom", "owl:complementOf", *_MAXIMA},
}
# Rules use these all the same, where they stand on the wrong side (scm-svf1, scm-uni and their like).
_IN_PART: Final = frozenset({"owl:someValuesFrom", "owl:allValuesFrom", "owl:unionOf", "owl:oneOf"})
_AXIOMS: Final = (
    *("subPropertyOf", "domain", "range", "subClassOf"),
    *("equivalentClass", "equivalentProperty", "inverseOf", "disjointWith", "propertyDisjointWith"),
    *("propertyChainAxiom", "hasKey", "disjointUnionOf", "sameAs", "differentFrom"),
)
_KINDS: Final = (
    *("FunctionalProperty", "InverseFunctionalProperty", "ReflexiveProperty", "IrreflexiveProperty"),
    *("SymmetricProperty", "AsymmetricProperty", "TransitiveProperty", "AllDifferent"),
    *("AllDisjointClasses", "AllDisjointProperties", "NegativePropertyAssertion"),
)


@dataclass(frozen=True)
class OutsideKind:
    """Axioms of one kind that are outside OWL 2 RL: what they have and where, how many there are, whether the
    rules use them in part, and one of them."""

    what: str
    count: int
    in_part: bool
    example: ox.Triple

    @property
    def is_rules(self) -> bool:
        """Whether these are rules in SWRL, and no axioms."""
        return self.what == _RULES

    def __str__(self) -> str:
        if self.is_rules:
            return f"{self.count:,} {self.what}: not run"
        used = "used in part" if self.in_part else "not used"
        return f"{self.count:,} {'axiom' if self.count == 1 else 'axioms'} with {self.what}: {used}"


@dataclass(frozen=True)
class AxiomUse:
    """How many axioms there are, how many the rules use as they stand, and the kinds of the others."""

    axioms: int
    used: int
    outside: tuple[OutsideKind, ...]

    def __str__(self) -> str:
        if not self.outside:
            return f"{self.axioms:,} axioms, all of them within OWL 2 RL"
        return (
            f"{self.axioms:,} axioms, {self.used:,} of them within OWL 2 RL;"
            f" {'; '.join(map(str, self.outside))}"
        )


def axiom_use(triples: Iterable[ox.Triple]) -> AxiomUse:
    """What of some triples OWL 2 RL reasons with. Cost: linear in the triples."""
    graph = _Graph(triples)
    found: dict[str, list[ox.Triple]] = defaultdict(list)
    partly: set[str] = set()
    outside: set[ox.Triple] = set()
    for triple in graph.axioms:
        faults = dict(graph.faults(triple))
        for what, in_part in faults.items():
            found[what].append(triple)
            partly |= {what} if in_part else set()
            outside.add(triple)
    kinds = [
        OutsideKind(what, len(those), what in partly, min(those, key=str)) for what, those in found.items()
    ]
    if graph.rules:
        kinds.append(OutsideKind(_RULES, len(graph.rules), False, min(graph.rules, key=str)))
    ordered = tuple(sorted(kinds, key=lambda kind: (-kind.count, kind.what)))
    return AxiomUse(len(graph.axioms), len(graph.axioms) - len(outside), ordered)


class _Graph:
    """The triples that axioms consist of, by subject."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._said: dict[object, dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
        self.axioms: list[ox.Triple] = []
        """The axioms, each as the triple that it begins with."""
        self.rules: list[ox.Triple] = []
        wanted = {(RDFS if name in _AXIOMS[:4] else OWL)[name] for name in _AXIOMS}
        kinds = {OWL[name] for name in _KINDS}
        for triple in triples:
            name = _PARTS.get(triple.predicate)
            if name is not None:
                self._said[triple.subject][name].append(triple.object)
            named = isinstance(triple.subject, ox.NamedNode)
            if (
                triple.predicate in wanted
                or (named and name in _DEFINING)
                or (triple.predicate == RDF["type"] and triple.object in kinds)
            ):
                self.axioms.append(triple)
            elif triple.predicate == RDF["type"]:
                if isinstance(triple.object, ox.BlankNode):
                    self.axioms.append(triple)
                elif triple.object == SWRL["Imp"]:
                    self.rules.append(triple)

    def faults(self, axiom: ox.Triple) -> Iterator[tuple[str, bool]]:
        """What of an axiom is outside OWL 2 RL, and whether the rules use such in part."""
        subject, predicate, obj = axiom.subject, axiom.predicate, axiom.object
        if predicate == OWL["disjointUnionOf"]:
            yield "a disjoint union", False
        elif predicate == RDF["type"] and obj == OWL["ReflexiveProperty"]:
            yield "a reflexive property", False
        elif predicate == RDFS["subClassOf"]:
            yield from self._side(subject, "left")
            yield from self._side(obj, "right")
        elif predicate == OWL["equivalentClass"] or _PARTS.get(predicate) in _DEFINING:
            for node in (subject, obj):
                for side in ("left", "right"):
                    yield from ((what, True) for what, _ in self._side(node, side, thing=False))
        elif predicate == OWL["disjointWith"]:
            yield from (*self._side(subject, "left"), *self._side(obj, "left"))
        elif predicate == OWL["hasKey"]:
            yield from self._side(subject, "left")
        elif predicate in (RDFS["domain"], RDFS["range"], RDF["type"]):
            yield from self._side(obj, "right")

    def _side(self, node: Node, side: Side, *, thing: bool = True) -> Iterator[tuple[str, bool]]:
        """What of a class expression may not stand on a side. Each part is looked at once a side, in however
        many ways it is reached."""
        if node == OWL["Thing"] and side == "left" and thing:
            yield "owl:Thing on the left of rdfs:subClassOf", False
        waiting: list[tuple[Node, Side]] = [(node, side)]
        seen = set(waiting)
        while waiting:
            part, side = waiting.pop()
            if part not in self._said or (part != node and not isinstance(part, ox.BlankNode)):
                continue
            yield from self._unfit(part, side)
            new = [below for below in self._below(self._said[part], side) if below not in seen]
            seen.update(new)
            waiting += new

    def _unfit(self, node: Node, side: Side) -> Iterator[tuple[str, bool]]:
        """What of an expression, without its parts, may not stand on a side."""
        said = self._said[node]
        for name in said:
            if (name in _NOT[side] and self._is_class(node, name)) or self._counts_more(said, name, side):
                yield (
                    f"{name}{_OTHER.get((side, name), '')} on the {side} of rdfs:subClassOf",
                    name in _IN_PART,
                )

    def _is_class(self, node: Node, name: str) -> bool:
        """Whether it is of classes: of a data range, OWL 2 RL has less, and what there is does not matter."""
        return name != "owl:oneOf" or not any(
            isinstance(item, ox.Literal) for head in self._said[node][name] for item in self._items(head)
        )

    def _counts_more(self, said: dict[str, list[Node]], name: str, side: Side) -> bool:
        """Whether it is a maximum that no rule knows."""
        return (
            side == "right"
            and name in _MAXIMA
            and any(isinstance(n, ox.Literal) and n.value.lstrip("+0") not in ("", "1") for n in said[name])
        )

    def _below(self, said: dict[str, list[Node]], side: Side) -> Iterator[tuple[Node, Side]]:
        """The parts of an expression, each with the side on which it stands."""
        other: Side = "right" if side == "left" else "left"
        for name, objects in list(said.items()):
            for obj in objects:
                if name in ("owl:intersectionOf", "owl:unionOf"):
                    yield from ((item, side) for item in self._items(obj))
                elif name in ("owl:someValuesFrom", "owl:allValuesFrom"):
                    yield obj, side
                elif name in ("owl:complementOf", "owl:onClass"):
                    yield obj, other if name == "owl:complementOf" else "left"

    def _items(self, head: Node) -> list[Node]:
        """The members of a list, as far as it is one."""
        items: list[Node] = []
        seen = set()
        while head in self._said and head not in seen:
            seen.add(head)
            said = self._said[head]
            items += said["rdf:first"][:1]
            if not said["rdf:rest"]:
                break
            head = said["rdf:rest"][0]
        return items


_OTHER: Final = {("right", name): " of other than 0 or 1" for name in _MAXIMA}
# Of a class with a name, these are the shorthand of an equivalence (Mapping to RDF graphs, table 18).
_DEFINING: Final = ("owl:intersectionOf", "owl:unionOf", "owl:complementOf", "owl:oneOf")
_PARTS: Final = {
    **{OWL[name.partition(":")[2]]: name for name in (*_CONSTRUCTS, "owl:intersectionOf", "owl:onClass")},
    RDF["first"]: "rdf:first",
    RDF["rest"]: "rdf:rest",
}
