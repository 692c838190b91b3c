"""A piece of evidence in, the figures that it gives out: a value with its interval, unit and measure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.rdf.terms import Subject
from calcigraph.rdf.vocabulary import RDFS, SRV

_PARTS = tuple(SRV[name] for name in ("value", "low", "high", "unit", "measure"))
# UCUM writes what is no unit in braces, and "1" where there is none.
_NO_UNIT = "1"


@dataclass(frozen=True)
class Figure:
    """One value as it was written; `low` and `high` are "" where no interval is given."""

    value: str
    low: str
    high: str
    unit: str
    measure: ox.NamedNode | None


class Figures:
    """Reads the figures of one dataset by the server vocabulary."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self.tells = cache(self._tells)
        """Whether a property gives a part of a figure."""

    def of(self, node: Subject) -> tuple[Figure, ...]:
        """The figure of `node`; None where it has two values, as its interval could be that of either."""
        values, low, high, unit, measures = (self._edition.objects(node, part) for part in _PARTS)
        if len(values) != 1:
            return ()
        has_span = len(low) == len(high) == 1
        return (
            Figure(
                _text(values[0]),
                _text(low[0]) if has_span else "",
                _text(high[0]) if has_span else "",
                _text(unit[0]).replace("{", "").replace("}", "")
                if unit and _text(unit[0]) != _NO_UNIT
                else "",
                next((m for m in measures if isinstance(m, ox.NamedNode)), None),
            ),
        )

    def _tells(self, predicate: ox.NamedNode) -> bool:
        above = self._edition.objects(predicate, RDFS["subPropertyOf"])
        return any(part in (predicate, *above) for part in _PARTS)


def _text(term: object) -> str:
    return term.value if isinstance(term, ox.Literal) else ""
