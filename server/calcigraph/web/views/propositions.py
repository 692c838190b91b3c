"""A description in, its contradiction view out: what speaks for and against a proposition, side by side."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.dataset import Dataset, Subject
from calcigraph.describe import Describer, Detail, Details, Slot, Term, Value
from calcigraph.describe.vocabulary import RDF, SRV
from calcigraph.explanations.evidence import Line, Named, Proposition, proposition, server

STANCES = tuple(server(name) for name in ("supports", "refutes", "noEffect", "inconclusive"))
MOST_LINES = 50


@dataclass(frozen=True)
class Grade:
    """A grade, and the property and value that give it where a description shows them."""

    named: Named
    slot: Slot | None = None
    value: Value | None = None


@dataclass(frozen=True)
class Exhibit:
    """A piece of evidence: its classes, but for those of the server vocabulary, and its details."""

    named: Named
    kinds: tuple[ox.NamedNode, ...]
    details: tuple[Detail, ...]


@dataclass(frozen=True)
class Entry:
    """One line of evidence; `details` are what it says itself, beyond its evidence and grades."""

    line: Line
    grades: tuple[Grade, ...]
    exhibits: tuple[Exhibit, ...]
    details: tuple[Detail, ...]


@dataclass(frozen=True)
class Column:
    """The lines of one stance, the best graded first: `entries` of `total`.

    `is_wide` where most of the evidence takes this stance.
    """

    stance: Named
    entries: tuple[Entry, ...]
    total: int
    is_wide: bool


@dataclass(frozen=True)
class Contradiction:
    """A proposition, and the stances that evidence takes on it in the order of `STANCES`."""

    proposition: Proposition
    columns: tuple[Column, ...]
    total: int


def contradiction(dataset: Dataset, describer: Describer, node: Subject) -> Contradiction | None:
    """The view of `node`; None where it is no proposition.

    Cost: a description of each line that is shown, of its evidence, and of what that leads to.
    """
    found = proposition(dataset, node)
    if found is None:
        return None
    stances: dict[Named, list[Line]] = {}
    for line in found.lines:
        stances.setdefault(line.stance, []).append(line)
    reader = _Reader(dataset, describer, node)
    columns = []
    for stance in sorted(stances, key=_place):
        lines = sorted(stances[stance], key=reader.merit)
        shown = tuple(reader.entry(line) for line in lines[:MOST_LINES])
        columns.append(Column(stance, shown, len(lines), 2 * len(lines) > len(found.lines) > 2))
    return Contradiction(found, tuple(columns), len(found.lines))


def _place(stance: Named) -> tuple[int, str, str]:
    order = STANCES.index(stance.node) if stance.node in STANCES else len(STANCES)
    return (order, stance.label, str(stance.node))


class _Reader:
    """Reads the lines of one proposition."""

    def __init__(self, dataset: Dataset, describer: Describer, subject: Subject) -> None:
        self._dataset = dataset
        self._details = Details(describer)
        self._subject = subject

    def merit(self, line: Line) -> tuple[bool, int, str, str]:
        """Retracted lines come last, the best graded first: by what the line itself was graded."""
        own = self._dataset.objects(line.node, SRV["grade"])
        ranks = [self._rank(g) for g in own or [grade.node for grade in line.grades]]
        retracted = any(source.retracted for source in line.sources)
        heading = " ".join(named.label for named in line.evidence)
        return (retracted, -max(ranks, default=0), heading, str(line.node))

    def _rank(self, grade: Term) -> int:
        ranks = self._dataset.objects(grade, SRV["rank"]) if isinstance(grade, Subject) else []
        try:
            return max((int(rank.value) for rank in ranks if isinstance(rank, ox.Literal)), default=0)
        except ValueError:
            return 0

    def entry(self, line: Line) -> Entry:
        """A line with all that a page shows of it."""
        known = {self._subject, line.node, line.stance.node}
        known.update(named.node for named in (*line.evidence, *line.grades))
        known.update(source.named.node for source in line.sources)
        return Entry(
            line,
            tuple(self._grade(line, grade) for grade in line.grades),
            tuple(self._exhibit(named, known) for named in line.evidence),
            self._details.of(line.node, known),
        )

    def _exhibit(self, named: Named, known: set[Subject]) -> Exhibit:
        types = self._dataset.objects(named.node, RDF["type"])
        own = (t for t in types if isinstance(t, ox.NamedNode) and not t.value.startswith(SRV.iri))
        return Exhibit(named, tuple(own), self._details.of(named.node, known))

    def _grade(self, line: Line, grade: Named) -> Grade:
        for holder in (line.node, *(named.node for named in line.evidence)):
            for group in self._details.groups(holder):
                for slot in group.slots:
                    for value in slot.values:
                        if value.term == grade.node:
                            return Grade(grade, slot, value)
        return Grade(grade)
