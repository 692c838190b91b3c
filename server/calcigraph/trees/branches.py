"""A tree in, a part of it unfolded as far as a page shows it out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.trees.tree import Tree

DEEPEST: Final = 20


@dataclass
class Branch:
    """A term with some of those below it: `size` are all of these, `branches` the first of them. A term below
    two others is a branch of each; what is below itself is not unfolded again."""

    node: ox.NamedNode
    size: int
    alike: tuple[ox.NamedNode, ...]
    branches: list[Branch] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many of those below it are not among the branches."""
        return self.size - len(self.branches)

    def walk(self) -> Iterator[Branch]:
        """This one and all that are unfolded below it."""
        yield self
        for branch in self.branches:
            yield from branch.walk()


@dataclass(frozen=True)
class Portion:
    """Some of the branches at one place of a tree: from `offset` on, of `size`."""

    branches: tuple[Branch, ...]
    offset: int
    size: int
    width: int

    @property
    def next_offset(self) -> int | None:
        """Where the next portion begins; None for the last one."""
        after = self.offset + len(self.branches)
        return after if after < self.size and self.branches else None

    @property
    def previous_offset(self) -> int | None:
        """Where the portion before begins; None for the first one."""
        return max(0, self.offset - self.width) if self.offset else None


def unfolded(edition: Edition, tree: Tree, node: int | None, offset: int, width: int, places: int) -> Portion:
    """The children of `node` (of none: the tops) from `offset` on, `width` at most, unfolded level by level
    as long as there are `places`. Cost: a look-up in the tree and of a name for each place."""
    above = frozenset() if node is None else frozenset({node})
    starts = tree.children(node, offset, width)
    made = [(number, _branch(edition, tree, number), above | {number}) for number in starts]
    waiting = deque(made)
    left = places - len(made)
    while waiting and left > 0:
        number, branch, path = waiting.popleft()
        if len(path) > DEEPEST:
            continue
        # Some of many say less than how many there are: these are on a page of their own.
        found = tree.children(number, 0, width if branch.size <= width else width // 10)[:left]
        left -= len(found)
        for child in found:
            below = _branch(edition, tree, child)
            branch.branches.append(below)
            if child in path:
                below.size = 0
            else:
                waiting.append((child, below, path | {child}))
    return Portion(tuple(branch for _, branch, _ in made), offset, tree.size(node), width)


def _branch(edition: Edition, tree: Tree, number: int) -> Branch:
    alike = tuple(_named(edition, other) for other in tree.alike(number))
    return Branch(_named(edition, number), tree.size(number), alike)


def _named(edition: Edition, number: int) -> ox.NamedNode:
    term = edition.index.term(number)
    assert isinstance(term, ox.NamedNode)
    return term
