"""The bounds of the reasoner as settings, and the Problem that names the bound that was met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from calcigraph.errors import Problem


@dataclass(frozen=True)
class Limits:
    """What the reasoner may spend. Each bound stops with a report or says that it cut, never silently."""

    rows: int = 50_000_000
    """Rows of one join in one round; a rule that needs more is refused by name (LimitMet).
    A row costs 8 bytes per variable of the rule."""
    inferred: int = 100_000_000
    """Inferred triples in all, equal terms multiplied out; more is refused (LimitMet)."""
    equal_terms: int = 1_000
    """Terms in one class of owl:sameAs; n terms stand for n x n triples, so more is refused (LimitMet)."""
    list_members: int = 100_000
    """Members of one RDF list in an axiom; a longer one is reported and not used."""
    pairwise: int = 1_000_000
    """Pairs that one disjointness or AllDifferent list may stand for; more is refused (LimitMet)."""
    clashes: int = 1_000
    """Clashes kept per rule and axiom; the rest is counted only."""
    proof_goals: int = 20_000
    """Goals that the search for one minimal proof may look at; beyond it a proof of more depth is given."""
    proof_instances: int = 2_000
    """Rule instances looked at per goal and rule."""
    construct_rounds: int = 1_000
    """Rounds of one recursive group of CONSTRUCT rules before it is refused (LimitMet)."""


class LimitMet(Problem):
    """A closure that would be larger than a bound of `Limits`."""

    title: ClassVar[str] = "The closure is larger than a bound allows"
