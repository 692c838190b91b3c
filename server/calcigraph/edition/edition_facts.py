"""What is written down of an edition, so that it need not be counted again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class EditionFacts:
    """The digest that names an edition, and how many triples a query over its default graph counts, the
    metadata among them and literals of one value as one."""

    digest: str
    triples: int
    changed_s: int = 0
    """When it was made by a change, in seconds since 1970; 0 for the root itself."""

    def __str__(self) -> str:
        return json.dumps(asdict(self))
