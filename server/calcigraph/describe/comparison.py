"""Shapes and a node in, the facets that readers compare it by out, named and ordered as the shapes say.

A facet is a property shape in the group `srv:comparison`; its path begins at what is compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pyoxigraph as ox

from calcigraph.describe.bounded_description import BoundedDescriptions
from calcigraph.describe.presentation import Presentation
from calcigraph.describe.property_paths import PropertyPath, compile_path, walk
from calcigraph.describe.values import Fact
from calcigraph.edition import Labels
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import SH, SRV, XSD

_RANK = SRV["rank"]
_NUMBERS = {XSD[name] for name in ("integer", "decimal", "double", "float", "nonNegativeInteger")}
_MOST_KEPT = 8192


@dataclass(frozen=True)
class Facet:
    """One heading of a comparison."""

    name: ox.Literal
    description: str
    path: PropertyPath


@dataclass(frozen=True)
class Amount:
    """A quantity: `low` and `high` as they were written, of what, in which unit."""

    of: tuple[ox.NamedNode, ...]
    low: ox.Literal
    high: ox.Literal
    unit: str

    @property
    def size(self) -> float:
        """The lower end as a number, to order amounts of one unit by; 0 where it is none."""
        try:
            return float(self.low.value)
        except ValueError:
            return 0.0


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet: its text as one line, its rank where it has one, and the fact that gives it.

    Values with the same text are one to a reader, whatever node they stand for.
    """

    term: Term
    text: str
    rank: int
    fact: Fact | None
    amount: Amount | None = None

    @property
    def is_figure(self) -> bool:
        """Whether it is a bare number, by which nothing is grouped."""
        return isinstance(self.term, ox.Literal) and self.term.datatype in _NUMBERS


class Comparison:
    """The facets of a root's shapes, and the values that a node has for them."""

    def __init__(self, descriptions: BoundedDescriptions, presentation: Presentation, labels: Labels) -> None:
        self._descriptions = descriptions
        self._labels = labels
        self.facets = _facets(presentation.values)
        # Many lines have the same designs, populations and amounts.
        self.amount = lru_cache(_MOST_KEPT)(self._amount)
        """The quantity that a node stands for; None where it is none."""
        self.rank = lru_cache(_MOST_KEPT)(self._rank)
        """The highest `srv:rank` of a term; 0 where it has none that is a whole number."""

    def values(self, node: Subject, facet: Facet) -> tuple[FacetValue, ...]:
        """What `facet` says of `node`. Cost: a look-up for each step and each end."""
        return tuple(
            self._facet_value(found.term, found.last) for found in walk(facet.path, self._descriptions, node)
        )

    def _amount(self, node: Subject) -> Amount | None:
        parts = [self._objects(node, SRV[name]) for name in ("low", "high", "unit")]
        low, high, unit = (next((v for v in part if isinstance(v, ox.Literal)), None) for part in parts)
        if low is None or high is None:
            return None
        of = self._objects(node, SRV["amountOf"])
        return Amount(
            tuple(n for n in of if isinstance(n, ox.NamedNode)), low, high, unit.value if unit else ""
        )

    def _rank(self, node: Term) -> int:
        ranks = self._objects(node, _RANK) if isinstance(node, Subject) else []
        try:
            return max((int(rank.value) for rank in ranks if isinstance(rank, ox.Literal)), default=0)
        except ValueError:
            return 0

    def _objects(self, node: Subject, predicate: ox.NamedNode) -> list[Term]:
        return [fact.triple.object for fact in self._descriptions.about(node).get(predicate, ())]

    def _facet_value(self, term: Term, fact: Fact | None) -> FacetValue:
        amount = self.amount(term) if isinstance(term, Subject) else None
        text = self._said(amount) if amount else self._labels.of(term).value
        return FacetValue(term, text, self.rank(term), fact, amount)

    def _said(self, amount: Amount) -> str:
        of = " ".join(self._labels.of(node).value for node in amount.of)
        low, high = (end.value.removesuffix(".0") for end in (amount.low, amount.high))
        span = low if low == high else f"{low} - {high}"
        return " ".join(part for part in (of, span, amount.unit) if part)


def _facets(values: Mapping[tuple[Term, ox.NamedNode], Sequence[Term]]) -> tuple[Facet, ...]:
    shapes = [s for (s, p), objects in values.items() if p == SH["group"] and SRV["comparison"] in objects]

    def text(shape: Term, name: str) -> ox.Literal | None:
        found = [value for value in values.get((shape, SH[name]), ()) if isinstance(value, ox.Literal)]
        return min(found, key=lambda t: (t.language not in ("en", None), t.value), default=None)

    def order(shape: Term) -> float:
        given = text(shape, "order")
        try:
            return float(given.value) if given else float("inf")
        except ValueError:
            return float("inf")

    found: dict[str, Facet] = {}
    for shape in sorted(shapes, key=lambda shape: (order(shape), str(text(shape, "name")))):
        name, paths = text(shape, "name"), values.get((shape, SH["path"]), ())
        path = compile_path(paths[0], values) if len(paths) == 1 else None
        if name is not None and path is not None:
            said = text(shape, "description")
            found.setdefault(name.value, Facet(name, said.value if said else "", path))
    return tuple(found.values())
