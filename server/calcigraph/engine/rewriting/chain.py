"""What stands one behind the other in a group, so that each part but the first may begin with the values of
those before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from calcigraph.engine.rewriting.lateral_equality import Before
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.tree import Group, Node

Write = Callable[[Node], str]
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Link:
    """A part of a chain: how it is written, the variables that are in scope in it, those of them that mostly
    have values, and that are nodes of the graph; whether it may be put into a LATERAL behind others."""

    written: Replacement
    scope: frozenset[str]
    bound: frozenset[str]
    nodes: frozenset[str]
    holds: Callable[[Before], bool]


@dataclass
class Chain:
    """A group that is being written: its parts so far, and the variables of these. `is_rewritten` says
    whether one was put into a LATERAL."""

    counts: bool = True
    parts: list[Replacement] = field(default_factory=list)
    scope: frozenset[str] = _NONE
    bound: frozenset[str] = _NONE
    nodes: frozenset[str] = _NONE
    is_rewritten: bool = False

    def may_join_laterally(self, link: Link) -> bool:
        """Whether it is the same to put a part here in a LATERAL."""
        return link.holds(self.before())

    def before(self) -> Before:
        """What a part that is put here has before it."""
        return Before(self.scope, self.nodes, self.counts)

    def join(self, link: Link) -> None:
        """Put a part here as it is."""
        self._put(link, link.written)

    def join_laterally(self, link: Link) -> None:
        """Put a part here in a LATERAL; that this is the same has to be known."""
        self._put(link, lambda write: f"LATERAL {{ {link.written(write)} }}")
        self.is_rewritten = True

    def join_chain(self, other: Chain) -> None:
        """Put a whole chain here, as a group; it has no variable of those before it."""
        whole = Link(other.written, other.scope, other.bound, other.nodes, lambda _before: False)
        self.join(whole)
        self.is_rewritten |= other.is_rewritten

    def subtract(self, group: Group) -> None:
        """Leave out the solutions for which `group` has one."""
        self.parts.append(lambda write: f"LATERAL {{ FILTER NOT EXISTS {write(group)} }}")
        self.is_rewritten = True

    def _put(self, link: Link, written: Replacement) -> None:
        self.parts.append(written)
        self.scope |= link.scope
        self.bound |= link.bound
        self.nodes |= link.nodes

    def written(self, write: Write) -> str:
        """The whole group."""
        return "{ " + " ".join(part(write) for part in self.parts) + " }"
