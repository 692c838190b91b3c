"""The bounds of the reasoner, as the settings hold them, and the Problem that names a bound that was met."""

from __future__ import annotations

from typing import ClassVar

from calcigraph.errors import Problem
from calcigraph.settings import ReasonerLimits as Limits

__all__ = ["LimitMet", "Limits"]


class LimitMet(Problem):
    """A closure that would be larger than a bound of `Limits`."""

    title: ClassVar[str] = "The closure is larger than a bound allows"
