"""Lines of evidence in, what some of them say of a work beside what came out of that work out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from calcigraph.edition import Edition
from calcigraph.explanations.evidence import Line, Named, Source, named
from calcigraph.rdf.terms import Subject
from calcigraph.rdf.vocabulary import SRV
from calcigraph.web.views.figures import Figure, Figures

MOST_RESULTS = 6


@dataclass(frozen=True)
class WorkOutcome:
    """What came out of a work: its stance on the same proposition, None where it bears on others alone."""

    named: Named
    stance: Named | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Telling:
    """What a text says of a work: `results` are those on the same proposition, else the first of any."""

    evidence: Named
    stance: Named
    sources: tuple[Source, ...]
    work: Named
    results: tuple[WorkOutcome, ...]
    total: int


def tellings(edition: Edition, lines: Iterable[Line], figures: Figures) -> tuple[Telling, ...]:
    """Each retelling among `lines`, by `srv:retells` and `srv:resultOf`. Cost: a few look-ups a line."""
    bearing = {evidence.node: line.stance for line in lines for evidence in line.evidence}
    found: dict[tuple[Subject, Subject], Telling] = {}
    for line in lines:
        for evidence in line.evidence:
            for work in edition.objects(evidence.node, SRV["retells"]):
                if isinstance(work, Subject):
                    telling = _telling(edition, line, evidence, named(edition, work), bearing, figures)
                    found.setdefault((evidence.node, work), telling)
    return tuple(sorted(found.values(), key=lambda t: (t.work.label, t.evidence.label, str(t.evidence.node))))


def _telling(
    edition: Edition,
    line: Line,
    evidence: Named,
    work: Named,
    bearing: dict[Subject, Named],
    figures: Figures,
) -> Telling:
    results = [node for node in edition.subjects(SRV["resultOf"], work.node) if node != evidence.node]
    here = [node for node in results if node in bearing]
    shown = (here or results)[:MOST_RESULTS]
    return Telling(
        evidence,
        line.stance,
        line.sources,
        work,
        tuple(WorkOutcome(named(edition, node), bearing.get(node), figures.of(node)) for node in shown),
        len(here or results),
    )
