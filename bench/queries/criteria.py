"""The results of one size in, what was asked for and what was found out."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import geometric_mean

from bench.queries.results import Result, Times
from bench.queries.workload import QUERIES

OURS = "ours"
_OXIGRAPHS = ("oxigraph, memory", "oxigraph, disk")
_VIRTUOSO = "Virtuoso"


@dataclass(frozen=True)
class Verdict:
    """One line: what is judged, within which bound, and what was found."""

    what: str
    bound: str
    found: str


@dataclass(frozen=True)
class Beside:
    """The results of all peers at one size, by name."""

    triples: int
    results: dict[str, Result]

    @property
    def present(self) -> dict[str, Result]:
        """Those that ran."""
        return {name: result for name, result in self.results.items() if not result.failed}

    def ratio(
        self, query: str, mode: str, measure: str = "p50", peers: tuple[str, ...] = _OXIGRAPHS
    ) -> float | None:
        """Ours divided by the least of `peers`; None where one side is missing."""
        ours = self._times(OURS, query, mode)
        others = [times for peer in peers if (times := self._times(peer, query, mode))]
        if ours is None or not others:
            return None
        return float(getattr(ours, measure) / min(getattr(times, measure) for times in others))

    def mean_ratio(
        self, mode: str, measure: str = "p50", peers: tuple[str, ...] = _OXIGRAPHS
    ) -> float | None:
        """The geometric mean over all queries that both sides answered."""
        ratios = [self.ratio(query, mode, measure, peers) for query in QUERIES]
        known = [ratio for ratio in ratios if ratio]
        return geometric_mean(known) if known else None

    def throughput(self, mode: str, beside: str) -> float | None:
        """Ours, divided by the better `oxigraph serve` in the mode `beside`."""
        ours = self.present[OURS].rates.get(mode) if OURS in self.present else None
        found = (self.present[peer].rates.get(beside) for peer in _OXIGRAPHS if peer in self.present)
        others = [rate.a_second for rate in found if rate]
        return ours.a_second / max(others) if ours and others else None

    def kept_beside_slow(self, mode: str) -> float | None:
        """What is left of our throughput beside slow clients."""
        rates = self.present[OURS].rates if OURS in self.present else {}
        quiet, slow = rates.get(mode), rates.get(f"{mode}, slow")
        return slow.a_second / quiet.a_second if quiet and slow else None

    def core_bytes(self) -> float | None:
        """Memory of the process that holds the data and two that evaluate, for each stored quad."""
        footprint = self.present[OURS].footprint if OURS in self.present else None
        return footprint.core / self.triples if footprint and footprint.core else None

    def _times(self, peer: str, query: str, mode: str) -> Times | None:
        measured = self.present[peer].queries.get(query) if peer in self.present else None
        times: Times | None = getattr(measured, mode) if measured else None
        return times


def verdicts(beside: Beside) -> list[Verdict]:
    """All that was asked for, in the order of the report."""
    cold, repeated = beside.mean_ratio("cold"), beside.mean_ratio("repeated")
    virtuoso = beside.mean_ratio("cold", peers=(_VIRTUOSO,))
    return [
        _verdict("cold, ours / better `oxigraph serve` (geometric mean)", "at most 1.5", cold, most=1.5),
        _verdict("the same / Virtuoso", "reported", virtuoso),
        _verdict("repeated, ours / better `oxigraph serve`", "at most 0.2", repeated, most=0.2),
        *_throughputs(beside),
        _verdict(
            "bytes a stored quad at rest, the data's process and two workers",
            "at most 500 (at a million and more)",
            beside.core_bytes(),
            most=500 if beside.triples >= 1_000_000 else None,
        ),
    ]


def _throughputs(beside: Beside) -> list[Verdict]:
    found = []
    for mode, least in (("cold", 0.3), ("repeated", 0.5)):
        what = f"point queries a second, {mode}, of `oxigraph serve`'s"
        found.append(_verdict(what, f"at least {least}", beside.throughput(mode, mode), least=least))
    for mode in ("cold", "repeated"):
        what = f"of our own {mode} throughput is left beside 40 slow clients"
        found.append(_verdict(what, "harmless", beside.kept_beside_slow(mode)))
    return found


def _verdict(
    what: str, bound: str, value: float | None, *, most: float | None = None, least: float | None = None
) -> Verdict:
    if value is None:
        return Verdict(what, bound, "not measured")
    shown = f"{value:.0f}" if value >= 100 else f"{value:.2f}"
    if (most is not None and value > most) or (least is not None and value < least):
        shown += " (**missed**)"
    return Verdict(what, bound, shown)
