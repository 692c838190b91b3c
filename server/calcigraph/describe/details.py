"""A resource in, its short facts out, for comparing it with others on one page.

Names and order are those of the shapes. Where a fact leads to a resource that says more under the same
heading (from a result to the work that it comes from), the values of that one are shown too.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.describe.describer import Describer
from calcigraph.describe.values import ShownGroup, ShownProperty, ShownValue, Standing
from calcigraph.edition import DEFINITIONS, LABELS
from calcigraph.rdf.terms import Subject
from calcigraph.rdf.vocabulary import DCTERMS, RDF

_LONGEST = 100
_STEPS = 2
# A page that compares resources has their labels as headings, and no room for definitions.
_TOLD = {*LABELS, *DEFINITIONS, DCTERMS["identifier"], RDF["type"]}


@dataclass(frozen=True)
class Told:
    """One value, and the values that the resource which it names has under the same heading."""

    value: ShownValue
    details: tuple[Detail, ...]


@dataclass(frozen=True)
class Detail:
    """The short values of one property, in the order of `slot`."""

    slot: ShownProperty
    values: tuple[Told, ...]


class Details:
    """Reads details for one page; a resource that several others lead to is described once."""

    def __init__(self, describer: Describer) -> None:
        self._describer = describer
        self._described: dict[Subject, tuple[ShownGroup, ...]] = {}

    def groups(self, node: Subject) -> tuple[ShownGroup, ...]:
        """All groups of `node`."""
        if node not in self._described:
            self._described[node] = self._describer.groups(node)
        return self._described[node]

    def of(self, node: Subject, known: Set[Subject]) -> tuple[Detail, ...]:
        """The details of `node` but for properties that lead to what the reader `known`.

        A heading under which something known stands is not read any further elsewhere. Cost: a
        description of `node` and of each resource that is read too.
        """
        seen = {node}
        found: list[Detail] = []
        for group in self.groups(node):
            steps = 0 if any(_leads(slot, known) for slot in group.slots) else _STEPS
            slots = [slot for slot in group.slots if slot.shaped or not _is_entailed(slot)]
            found += self._told(group, slots, known, seen, steps)
        return tuple(found)

    def _told(
        self,
        group: ShownGroup,
        slots: list[ShownProperty],
        known: Set[Subject],
        seen: set[Subject],
        steps: int,
    ) -> Iterator[Detail]:
        for slot in slots:
            if slot.predicate in _TOLD or _leads(slot, known):
                continue
            short = [value for value in slot.values if _is_short(value)]
            if short:
                yield Detail(slot, tuple(Told(v, self._further(v, group, known, seen, steps)) for v in short))

    def _further(
        self, value: ShownValue, group: ShownGroup, known: Set[Subject], seen: set[Subject], steps: int
    ) -> tuple[Detail, ...]:
        node = value.term
        if not steps or group.name is None or not isinstance(node, ox.NamedNode) or node in seen:
            return ()
        seen.add(node)
        same = [other for other in self.groups(node) if other.name == group.name]
        return tuple(
            detail
            for other in same
            for detail in self._told(other, [s for s in other.slots if s.shaped], known, seen, steps - 1)
        )


def _leads(slot: ShownProperty, known: Set[Subject]) -> bool:
    return any(isinstance(value.term, Subject) and value.term in known for value in slot.values)


def _is_entailed(slot: ShownProperty) -> bool:
    return all(value.fact.standing is not Standing.ASSERTED for value in slot.values)


def _is_short(value: ShownValue) -> bool:
    return not isinstance(value.term, ox.Literal) or len(value.term.value) <= _LONGEST
