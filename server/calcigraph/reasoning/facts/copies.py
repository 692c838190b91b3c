"""Anonymous restrictions that say the same, found in base facts: facts in, one node for each such group out.

OBO ontologies write one restriction anew for each class that needs it. By scm-svf1, scm-avf1, scm-hv and
their like all copies are subclasses of one another, so that n of them make n x n triples, and n times as many
about each class below them. Hence the reasoner keeps what the hierarchy says of a copy once, on one of them,
and multiplies it out when facts leave (`expansion`). What is said of the node itself stays where it is.

Only those are merged for which the rules of table 9 say the same, whatever else follows: restrictions of
scm-svf, scm-avf and scm-hv whose filler or property the same rules make a subclass of itself. Copies of an
intersection, say, are no subclasses of one another by any rule of OWL 2 RL, and stay apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pyoxigraph as ox

from calcigraph.reasoning.facts.arrays import NONE
from calcigraph.reasoning.facts.base import Base
from calcigraph.reasoning.facts.columns import Columns, Key, class_key, filled, gathered
from calcigraph.reasoning.facts.equality import Equality
from calcigraph.reasoning.facts.relations import Relations
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import MASK, SHIFT, Ground, Ids, TermNumbers

_N = v.NAMES
FILLERS: Final = (_N["owl:someValuesFrom"], _N["owl:allValuesFrom"], _N["owl:hasValue"])
_VALUE: Final = _N["owl:hasValue"]
_PROPERTY: Final = _N["owl:onProperty"]
# Whoever is the subject of one of these says more than a plain restriction does.
_MORE: Final = tuple(
    _N[f"owl:{name}"]
    for name in (
        *("complementOf", "intersectionOf", "unionOf", "oneOf", "disjointUnionOf", "hasKey", "hasSelf"),
        *("onClass", "onDataRange", "maxCardinality", "minCardinality", "cardinality", "sameAs"),
        *("maxQualifiedCardinality", "minQualifiedCardinality", "qualifiedCardinality"),
    )
)


@dataclass(frozen=True)
class Restriction:
    """What a node says that is a plain restriction and nothing else."""

    kind: int
    prop: int
    filler: int


def same_expressions(base: Columns, terms: TermNumbers) -> Equality:
    """The groups of two or more blank nodes that say the same. Cost: linear in the restrictions.

    The representative of a group is its first node by name, in whatever order nodes were numbered.
    """
    plain = _plain(base, terms)
    if len(plain) < 2:
        return Equality()
    return _Grouping(base, plain).groups(terms)


def _plain(base: Columns, terms: TermNumbers) -> dict[int, Restriction]:
    """The blank nodes that have one property, one filler, and are nothing else."""
    on = base.get(_PROPERTY, NONE)
    properties, fillers = dict(_pairs(on)), {}
    often = Counter((on >> 32).tolist())
    for kind in FILLERS:
        for node, filler in _pairs(base.get(kind, NONE)):
            often[node] += 1
            fillers[node] = kind, filler
    more = {node for key in _MORE for node in (base.get(key, NONE) >> 32).tolist()}
    return {
        node: Restriction(kind, properties[node], filler)
        for node, (kind, filler) in fillers.items()
        if often[node] == 2 and node in properties and node not in more
        if type(terms.terms[node]) is ox.BlankNode
    }


def _pairs(column: Iterable[int]) -> list[tuple[int, int]]:
    return [(int(pair) >> 32, int(pair) & 0xFFFFFFFF) for pair in column]


class _Grouping:
    """Restrictions by what they say, the innermost first; one that holds itself is never reached."""

    def __init__(self, base: Columns, plain: dict[int, Restriction]) -> None:
        self._plain = plain
        self._classes = {v.THING, v.NOTHING, *base.get(class_key(v.CLASS), NONE).tolist()}
        kinds = (class_key(_N[f"owl:{kind}"]) for kind in ("ObjectProperty", "DatatypeProperty"))
        self._properties = {prop for key in kinds for prop in base.get(key, NONE).tolist()}
        self._numbers: dict[tuple[int, int, int, bool], int] = {}
        self._group: dict[int, int] = {}
        self._mutual: list[bool] = []

    def groups(self, terms: TermNumbers) -> Equality:
        """The groups whose members are subclasses of one another by the rules."""
        outer: defaultdict[int, list[int]] = defaultdict(list)
        ready = []
        for node, said in self._plain.items():
            if self._is_nested(said):
                outer[said.filler].append(node)
            else:
                ready.append(node)
        while ready:
            node = ready.pop()
            self._place(node)
            ready += outer[node]
        members: defaultdict[int, list[int]] = defaultdict(list)
        for node, number in self._group.items():
            if self._mutual[number]:
                members[number].append(node)
        found = Equality()
        for nodes in members.values():
            if len(nodes) > 1:
                first = min(nodes, key=lambda node: str(terms.terms[node]))
                found.members[first] = sorted(nodes)
                found.representative |= dict.fromkeys(nodes, first)
        return found

    def _is_nested(self, said: Restriction) -> bool:
        return said.kind != _VALUE and said.filler in self._plain

    def _place(self, node: int) -> None:
        """Put a node into the group of its like. Fillers that are mutual subclasses count as one."""
        said = self._plain[node]
        inner = self._group[said.filler] if self._is_nested(said) else None
        within = inner is not None and self._mutual[inner]
        key = (said.kind, said.prop, inner if within and inner is not None else said.filler, within)
        number = self._numbers.setdefault(key, len(self._mutual))
        if number == len(self._mutual):
            # scm-svf2, scm-avf2 and scm-hv ask that the property is below itself, which scm-op and scm-dp say
            # of declared ones; scm-svf1 and scm-avf1 that the filler is, which scm-cls says of classes.
            below = said.kind != _VALUE and (within or said.filler in self._classes)
            self._mutual.append(below or said.prop in self._properties)
        self._group[node] = number


# Where a class expression stands as a class: as subject, as object.
_POSITIONS: Final = {
    v.SUB_CLASS_OF: (True, True),
    v.EQUIVALENT_CLASS: (True, True),
    _N["owl:disjointWith"]: (True, True),
    _N["owl:someValuesFrom"]: (True, True),
    _N["owl:allValuesFrom"]: (True, True),
    _PROPERTY: (True, False),
    _VALUE: (True, False),
    v.DOMAIN: (False, True),
    v.RANGE: (False, True),
    v.FIRST: (False, True),
    _N["owl:onClass"]: (False, True),
    _N["owl:complementOf"]: (False, True),
}
# What holds of each copy alike, on which side; memberships do as well.
_SPREAD: Final = {
    v.SUB_CLASS_OF: (True, True),
    v.EQUIVALENT_CLASS: (True, True),
    v.DOMAIN: (False, True),
    v.RANGE: (False, True),
}
STRUCTURE: Final = frozenset(_POSITIONS) | {v.REST}
"""The predicates that are about classes and lists, and not about the nodes that stand for them."""


def _half(groups: Equality, column: Ids, *, subject: bool) -> Ids:
    """Pairs with one half on the nodes that stand for the groups, unsorted."""
    left, right = column >> SHIFT, column & MASK
    if subject:
        return np.asarray((groups.rewrite(left, pairs=False) << SHIFT) | right)
    return np.asarray((left << SHIFT) | groups.rewrite(right, pairs=False))


@dataclass(frozen=True)
class LargestGroup:
    """What some nodes say, the first of the triples that say it, and how many nodes there are."""

    axiom: Ground
    prop: int
    filler: int
    times: int


@dataclass(frozen=True)
class Copies:
    """The groups of nodes that say the same, as one closure has them."""

    groups: Equality = field(default_factory=Equality)
    own: Mapping[int, int] = field(default_factory=dict)
    """For owl:someValuesFrom and owl:allValuesFrom, the key under which fillers stand as they were written:
    scm-svf2 and scm-avf2 ask for one and the same filler."""
    written: Base | None = None
    """The base facts as they were written, where that is not as the closure has them."""
    shown: Equality = field(default_factory=Equality)
    """The groups over whose members facts are multiplied out."""
    left_out: int = 0
    """How many inferred triples of the hierarchy say of a copy what another copy has said of it."""
    needed: int = 0
    """How many such triples there are in all."""
    are_refused: bool = False
    """Whether there are groups that had to be left apart: what is data today may not be tomorrow."""

    def __bool__(self) -> bool:
        return bool(self.groups)

    @classmethod
    def found(cls, base: Columns, terms: TermNumbers) -> Copies:
        """The copies in some base facts, all shown. Cost: linear in the restrictions."""
        groups = same_expressions(base, terms)
        if not groups:
            return cls()
        with terms.growing:
            own = {kind: terms[ox.BlankNode(f"own{kind}")] for kind in FILLERS if kind != _VALUE}
        return cls(groups, own, Base(base), groups)

    def refused(self) -> Copies:
        """No copies: each node is kept for itself."""
        return Copies(are_refused=True)

    def merged(self, base: Columns) -> Columns:
        """Base facts with each group in one node, wherever its members stand as classes."""
        if not self:
            return base
        return gathered(part for key, column in base.items() for part in self._merged(key, column))

    def _merged(self, key: Key, column: Ids) -> Iterator[tuple[Key, Ids]]:
        if key in self.own:
            yield self.own[key], _half(self.groups, column, subject=True)
        subject, obj = _POSITIONS.get(key, (False, False))
        if subject:
            column = _half(self.groups, column, subject=True)
        if obj:
            column = _half(self.groups, column, subject=False)
        if key == class_key(v.CLASS):
            column = self.groups.rewrite(column, pairs=False)
        yield self.groups.key(key), column

    def is_spread(self, key: Key) -> bool:
        """Whether facts of a key hold of each copy alike."""
        # Of a predicate, ~key is no term's number.
        return key in _SPREAD or ~key in self.groups.representative

    def is_hidden(self, key: Key) -> bool:
        """Whether a key is of a copy whose facts are shown at another one only."""
        term = ~key
        return self.groups.of(term) != term and term not in self.shown.representative

    def node(self, predicate: int, term: int, *, subject: bool) -> int:
        """The node under which a term stands as subject or object of a predicate that holds of each copy."""
        if predicate == v.TYPE:
            return term if subject else self.groups.of(term)
        return self.groups.of(term) if _SPREAD.get(predicate, (False, False))[not subject] else term

    def as_written(self, fact: Ground, equality: Equality) -> Ground:
        """A triple as somebody wrote it, who may have said it of another copy, or of what equals a term."""
        if self.written is None or self.written.holds(fact):
            return fact
        subject, predicate, obj = fact
        ones, others = (
            [copy for same in equality.all(term) for copy in self.groups.all(same)] for term in (subject, obj)
        )
        every = ((one, predicate, other) for one in ones for other in others)
        return next(filter(self.written.holds, every), fact)

    def expand(self, key: Key, column: Ids) -> Ids:
        """Facts of one key over all copies that are shown, sorted."""
        subject, obj = _SPREAD.get(key, (False, False))
        if not self.shown or not obj:
            return column
        return self.shown.expand(column, pairs=subject)

    def repeated(self, key: Key, column: Ids, groups: Equality | None = None) -> int:
        """How many facts `expand` adds to those of one key, at most."""
        subject, obj = _SPREAD.get(key, (False, False))
        groups = self.shown if groups is None else groups
        return groups.expanded_size(column, pairs=subject) - len(column) if obj and groups else 0

    def shown_within(self, relations: Relations, most: int) -> Copies:
        """The same, showing as many of the smaller groups as repeat at most so many facts of the hierarchy.

        What is left out is said of the first node of its group, so that nothing about names is lost.
        """
        if not self:
            return self
        sizes = sorted({len(members) for members in self.groups.members.values()})
        whole = self._repeated(relations, self.groups)
        shown, repeated = self.groups, whole
        while repeated > most:
            sizes.pop()
            least = sizes[-1] if sizes else 0
            roots = [root for root, members in self.groups.members.items() if len(members) <= least]
            shown = self.groups.only(roots)
            repeated = self._repeated(relations, shown)
        return replace(self, shown=shown, left_out=whole - repeated, needed=whole)

    @property
    def largest(self) -> LargestGroup | None:
        """The group with most copies. Cost: the groups."""
        written = self.written
        if written is None or not self:
            return None
        node, copies = max(self.groups.members.items(), key=lambda item: len(item[1]))
        prop = int(written.objects(_PROPERTY, node)[0])
        filler = next(int(found[0]) for kind in FILLERS if len(found := written.objects(kind, node)))
        return LargestGroup((node, _PROPERTY, prop), prop, filler, len(copies))

    def _repeated(self, relations: Relations, groups: Equality) -> int:
        return sum(self.repeated(key, relations[key].facts.array, groups) for key in _SPREAD)

    def changed(
        self, written: Base, base: Base, add: Columns, remove: Columns
    ) -> tuple[Copies, Columns, Columns]:
        """The same over changed facts, and what is then to be added and removed where groups are one node.

        A membership of one copy that is removed may still be there of another.
        """
        if not self:
            return self, add, remove
        gone = self.merged(remove)
        for key in [key for key in gone if ~key in self.groups.members]:
            for copy in self.groups.all(~key):
                gone[key] = gone[key][~written.member(class_key(copy), gone[key])]
        return replace(self, written=written), base.beyond(self.merged(add)), filled(gone)
