"""A tree as whoever shows it asks for it: terms by their numbers in the index, children in portions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Tree(Protocol):
    """Terms below each other; a term may be below several, and in a circle below itself."""

    @property
    def count(self) -> int:
        """How many terms there are, each once."""

    @property
    def is_cut(self) -> bool:
        """Whether some of what is below what was left out, as it is too much."""

    def size(self, node: int | None) -> int:
        """How many children a term has; None stands for what is above all."""

    def children(self, node: int | None, offset: int, most: int) -> Sequence[int]:
        """Some of the children, in a stable order."""

    def above(self, node: int) -> Sequence[int]:
        """The terms that one is below, if it is below any."""

    def alike(self, node: int) -> Sequence[int]:
        """The other names of a term."""

    def holds(self, node: int) -> bool:
        """Whether a term is in the tree, or above all."""
