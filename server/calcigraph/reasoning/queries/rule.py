"""A CONSTRUCT rule of a root, as a value, and its refusal; what runs it is in `evaluation`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from calcigraph.errors import Problem

Stage = Literal["before", "after"]


@dataclass(frozen=True)
class ConstructRule:
    """One rule of a root: its slug, its stage, and the text of its CONSTRUCT query.

    The query reads the union of all graphs, as a set.
    """

    slug: str
    stage: Stage
    text: str


class RuleRefused(Problem):
    """A CONSTRUCT rule that cannot be evaluated as one."""

    title: ClassVar[str] = "A CONSTRUCT rule cannot be used"
