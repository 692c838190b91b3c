"""What may be changed about an edition: quads to remove and to add, judged before anything is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import pyoxigraph as ox

from calcigraph.errors import Problem
from calcigraph.root import MADE, Root


class ChangeRefused(Problem):
    """A change that cannot be made; the edition is as it was."""

    title: ClassVar[str] = "The change cannot be made"


@dataclass(frozen=True)
class Change:
    """Quads to remove and then quads to add: what is in both is there afterwards (as in a DELETE/INSERT
    of SPARQL 1.1 Update, section 3.1.3). Removing what is not asserted, and adding what is, changes nothing.
    """

    added: tuple[ox.Quad, ...] = ()
    removed: tuple[ox.Quad, ...] = ()

    @classmethod
    def of(cls, *, add: Iterable[ox.Quad] = (), remove: Iterable[ox.Quad] = ()) -> Change:
        """A change of any quads, each once."""
        return cls(tuple(dict.fromkeys(add)), tuple(dict.fromkeys(remove)))

    def check(self, root: Root) -> None:
        """Raises: ChangeRefused where a quad is in no graph, or in one that is made from the others."""
        made = {root.graph(name): name for name in MADE}
        for quad in self.quads():
            if not isinstance(quad.graph_name, ox.NamedNode):
                raise ChangeRefused(
                    f"{quad.triple} is to be changed in no named graph.", "Name the graph that holds it."
                )
            if quad.graph_name in made:
                raise ChangeRefused(
                    f"{quad.triple} is to be changed in the graph of {MADE[made[quad.graph_name]]}.",
                    "Change what it follows from: explain the triple to see that.",
                )

    def quads(self) -> Iterator[ox.Quad]:
        """All quads that the change names."""
        yield from self.removed
        yield from self.added
