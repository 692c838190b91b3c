"""What a command looked at, as a value: a verdict counts only for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class LookedAt:
    """One line for people on what was looked at, and the numbers in it, by their names, for programs."""

    looked_at: str
    numbers: Mapping[str, int] = field(default_factory=dict)


def counted(count: int, noun: str) -> str:
    """A number with its noun: "1 file", "2,000 files"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
