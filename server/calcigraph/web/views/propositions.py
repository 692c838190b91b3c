"""A proposition in, its contradiction view out: what speaks for and against it, side by side.

Lines of evidence stand in a table with a column for each stance and a row for each value of the facet by
which the reader compares: design, species and so on, as the root's shapes say (see `describe.comparison`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.describe import Describer, Detail, Details, Facet, FacetValue, Fact
from calcigraph.edition import Edition
from calcigraph.explanations.evidence import Line, Named, Proposition, proposition, server
from calcigraph.rdf.terms import Subject
from calcigraph.rdf.vocabulary import RDF, SRV
from calcigraph.web.views.figures import Figure, Figures
from calcigraph.web.views.works import Telling, tellings

STANCES = tuple(server(name) for name in ("supports", "refutes", "noEffect", "inconclusive"))
MOST_LINES = 50


@dataclass(frozen=True)
class Grade:
    """A grade, what a shape calls it, None where none does, and the fact that gives it."""

    named: Named
    name: ox.Literal | None = None
    fact: Fact | None = None


@dataclass(frozen=True)
class Exhibit:
    """A piece of evidence: its classes, but for those of the server vocabulary, its figures, its details."""

    named: Named
    kinds: tuple[ox.NamedNode, ...]
    figures: tuple[Figure, ...]
    details: tuple[Detail, ...]


@dataclass(frozen=True)
class Quality:
    """What one facet says of a line."""

    facet: Facet
    values: tuple[FacetValue, ...]


@dataclass(frozen=True)
class EvidenceEntry:
    """One line of evidence; `qualities` are those that its place in the table does not tell.

    `details` are what it says itself, where the root does not say what to compare.
    """

    line: Line
    grades: tuple[Grade, ...]
    exhibits: tuple[Exhibit, ...]
    qualities: tuple[Quality, ...]
    details: tuple[Detail, ...]


@dataclass(frozen=True)
class Stance:
    """A column: the stance and how many lines take it, of which `hidden` are not shown.

    `is_wide` where most of the evidence takes this stance.
    """

    named: Named
    total: int
    hidden: int
    is_wide: bool


@dataclass(frozen=True)
class ComparisonRow:
    """The lines that are alike in the chosen facet, a cell for each stance.

    `values` is what they share; none where the facet says nothing, and then `kinds` are their classes.
    """

    values: tuple[FacetValue, ...]
    kinds: tuple[ox.NamedNode, ...]
    cells: tuple[tuple[EvidenceEntry, ...], ...]

    @property
    def count(self) -> int:
        """How many lines stand in the row."""
        return sum(len(cell) for cell in self.cells)


@dataclass(frozen=True)
class Contradiction:
    """A proposition and the evidence on it, compared `by` one of its `facets`; None where it has none.

    A facet that gives bare numbers is told of each line, and classes none.
    """

    proposition: Proposition
    stances: tuple[Stance, ...]
    rows: tuple[ComparisonRow, ...]
    facets: tuple[Facet, ...]
    by: Facet | None
    tellings: tuple[Telling, ...]
    total: int


def contradiction(
    edition: Edition, describer: Describer, node: Subject, by: str | None = None
) -> Contradiction | None:
    """The view of `node`, compared by the facet that is called `by`; None where it is no proposition.

    Cost: a description of each line that is shown and of its evidence, a look-up for each of their values.
    """
    found = proposition(edition, node)
    if found is None:
        return None
    reader = _ContradictionReader(edition, describer, node)
    shown: dict[Named, list[Line]] = {}
    stances = []
    for stance, lines in sorted(_by_stance(found.lines).items(), key=lambda item: _place(item[0])):
        shown[stance] = sorted(lines, key=reader.merit)[:MOST_LINES]
        hidden = len(lines) - len(shown[stance])
        stances.append(Stance(stance, len(lines), hidden, 2 * len(lines) > len(found.lines) > 2))
    qualities = {line: reader.qualities(line) for lines in shown.values() for line in lines}
    classing = {
        q.facet for each in qualities.values() for q in each if not any(t.is_figure for t in q.values)
    }
    facets = tuple(facet for facet in describer.comparison.facets if facet in classing)
    chosen = next((f for f in facets if f.name.value == by), facets[0] if facets else None)
    rows = _rows(reader, shown, qualities, chosen)
    told = tellings(edition, found.lines, reader.figures)
    return Contradiction(found, tuple(stances), rows, facets, chosen, told, len(found.lines))


def _by_stance(lines: Iterable[Line]) -> dict[Named, list[Line]]:
    found: dict[Named, list[Line]] = {}
    for line in lines:
        found.setdefault(line.stance, []).append(line)
    return found


def _place(stance: Named) -> tuple[int, str, str]:
    order = STANCES.index(stance.node) if stance.node in STANCES else len(STANCES)
    return (order, stance.label, str(stance.node))


_RowKey = tuple[tuple[str, ...], tuple[ox.NamedNode, ...]]


def _rows(
    reader: _ContradictionReader,
    shown: dict[Named, list[Line]],
    qualities: dict[Line, tuple[Quality, ...]],
    chosen: Facet | None,
) -> tuple[ComparisonRow, ...]:
    """The table. The rows with the highest rank come first, those without a value last."""
    cells: dict[_RowKey, dict[Named, list[EvidenceEntry]]] = {}
    heads: dict[_RowKey, tuple[FacetValue, ...]] = {}
    for stance, lines in shown.items():
        for line in lines:
            own = next((q.values for q in qualities[line] if q.facet is chosen), ())
            key = (tuple(value.text for value in own), () if own or not chosen else reader.kinds(line))
            heads.setdefault(key, own)
            rest = tuple(q for q in qualities[line] if q.facet is not chosen)
            cells.setdefault(key, {}).setdefault(stance, []).append(reader.entry(line, rest))
    order = sorted(cells, key=lambda key: _rank(heads[key], key))
    return tuple(
        ComparisonRow(heads[key], key[1], tuple(tuple(cells[key].get(stance, ())) for stance in shown))
        for key in order
    )


def _rank(values: Sequence[FacetValue], key: _RowKey) -> tuple[bool, int, list[tuple[str, float]], _RowKey]:
    amounts = [(a.unit, a.size) for value in values if (a := value.amount)]
    return (not values, -max((value.rank for value in values), default=0), amounts, key)


class _ContradictionReader:
    """Reads the lines of one proposition."""

    def __init__(self, edition: Edition, describer: Describer, subject: Subject) -> None:
        self._edition = edition
        self._describer = describer
        self._comparison = describer.comparison
        self._details = Details(describer)
        self._subject = subject
        self.figures = Figures(edition)

    def merit(self, line: Line) -> tuple[bool, int, str, str]:
        """Retracted lines come last, the best graded first: by what the line itself was graded."""
        own = self._edition.objects(line.node, SRV["grade"])
        ranks = [self._comparison.rank(g) for g in own or [grade.node for grade in line.grades]]
        retracted = any(source.retracted for source in line.sources)
        heading = " ".join(named.label for named in line.evidence)
        return (retracted, -max(ranks, default=0), heading, str(line.node))

    def qualities(self, line: Line) -> tuple[Quality, ...]:
        """What the facets say of a line, those that say nothing left out."""
        found = (Quality(f, self._comparison.values(line.node, f)) for f in self._comparison.facets)
        return tuple(quality for quality in found if quality.values)

    def kinds(self, line: Line) -> tuple[ox.NamedNode, ...]:
        """The classes of the evidence of a line, but for those of the server vocabulary."""
        return tuple(dict.fromkeys(kind for named in line.evidence for kind in self._kinds(named)))

    def entry(self, line: Line, qualities: tuple[Quality, ...]) -> EvidenceEntry:
        """A line with all that a page shows of it."""
        known = {self._subject, line.node, line.stance.node}
        known.update(named.node for named in (*line.evidence, *line.grades))
        known.update(source.named.node for source in line.sources)
        known.update(t.term for q in qualities for t in q.values if isinstance(t.term, Subject))
        return EvidenceEntry(
            line,
            tuple(self._grade(line, grade) for grade in line.grades),
            tuple(self._exhibit(named, known) for named in line.evidence),
            qualities,
            self._of(line.node, known),
        )

    def _exhibit(self, named: Named, known: set[Subject]) -> Exhibit:
        figures = self.figures.of(named.node)
        return Exhibit(named, self._kinds(named), figures, self._of(named.node, known))

    def _of(self, node: Subject, known: set[Subject]) -> tuple[Detail, ...]:
        """The details of `node`; none where facets tell what a reader compares."""
        if self._comparison.facets:
            return ()
        found = self._details.of(node, known)
        return tuple(detail for detail in found if not self.figures.tells(detail.slot.predicate))

    def _kinds(self, named: Named) -> tuple[ox.NamedNode, ...]:
        types = self._edition.objects(named.node, RDF["type"])
        return tuple(t for t in types if isinstance(t, ox.NamedNode) and not t.value.startswith(SRV.iri))

    def _grade(self, line: Line, grade: Named) -> Grade:
        for holder in (line.node, *(named.node for named in line.evidence)):
            for given in self._describer.leading(holder, grade.node):
                return Grade(grade, given.name if given.shaped else None, given.values[0].fact)
        return Grade(grade)
