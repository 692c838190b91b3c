"""An edition in, its classes, properties, concepts and individuals as trees out: what is written alone.

- `kinds` are the trees that there are; `hierarchy` is one of terms below each other, `members` one of classes
  with what is in them, `schemes` those of SKOS;
- `branches` unfolds a part of one, as much as a page shows.
"""

from calcigraph.trees.branches import Branch, Portion, unfolded
from calcigraph.trees.kinds import KINDS, Trees
from calcigraph.trees.tree import Tree

__all__ = ["KINDS", "Branch", "Portion", "Tree", "Trees", "unfolded"]
