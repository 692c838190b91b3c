"""The text of a CONSTRUCT rule in; its prologue, its WHERE group and the groups inside, as text, out.

A solution is asked for with the rule's own words, so that what a rule means is SPARQL's business alone; where
these words begin and end, the tree tells.
"""

from __future__ import annotations

from dataclasses import dataclass

from calcigraph.sparql.tree import Filter, Group, Query, SubSelect, walk


@dataclass(frozen=True)
class Text:
    """A rule's prologue, its WHERE group and the WHERE groups of the sub-selects inside, outermost first;
    braces included.

    `plain` says that nothing else bears on the solutions: no FROM, and no modifier after the group.
    """

    prologue: str
    where: str
    inner: tuple[str, ...]
    plain: bool
    first_select: int | None
    """Where in `where` the group of the sub-select begins that it begins with; None where there is none."""

    def having(self, clause: str, selected: bool) -> str:
        """`where` with a clause at its beginning; in the sub-select that stands there, when one is
        `selected`."""
        at = self.first_select if selected and self.first_select is not None else 0
        return f"{self.where[: at + 1]} {clause} {self.where[at + 1 :]}"


def split(text: str, tree: Query) -> Text:
    """The parts of the CONSTRUCT query `text`, which `tree` is of. Cost: linear."""
    where, prologue = tree.where, tree.prologue
    assert where is not None, "only DESCRIBE has none"
    selects = [node.where for node in walk(where) if isinstance(node, SubSelect)]
    first = _first_select(where)
    return Text(
        # The end of a line ends a comment as well.
        text[prologue.start : prologue.end] + "\n",
        text[where.start : where.end],
        tuple(text[group.start : group.end] for group in selects),
        not (tree.datasets or tree.modifiers or tree.values),
        first.where.start - where.start if first is not None else None,
    )


def _first_select(group: Group) -> SubSelect | None:
    """The sub-select that a group begins with: a filter holds for the whole group, wherever it stands."""
    element = next((each for each in group.elements if not isinstance(each, Filter)), None)
    if isinstance(element, Group):
        return _first_select(element)
    return element if isinstance(element, SubSelect) else None
