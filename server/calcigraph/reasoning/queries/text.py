"""The text of a CONSTRUCT rule in; its prologue, its WHERE group and the groups inside, as text, out.

A solution is asked for with the rule's own words, so that what a rule means is SPARQL's business alone; where
these words begin and end, the tree tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from calcigraph.sparql.tree import Exists, Filter, Group, Node, Query, SubSelect, Variable, walk


@dataclass(frozen=True)
class GroupText:
    """A group with its braces, the names of the variables in it, and the groups of EXISTS that are conditions
    of it; those of NOT EXISTS and of its sub-selects are not."""

    text: str
    variables: tuple[str, ...]
    conditions: tuple[GroupText, ...]


@dataclass(frozen=True)
class Text:
    """A rule's prologue, its WHERE group and the WHERE groups of the sub-selects inside, outermost first;
    braces included. `groups` are the same groups with their conditions.

    `plain` says that nothing else bears on the solutions: no FROM, and no modifier after the group.
    """

    prologue: str
    where: str
    groups: tuple[GroupText, ...]
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
        tuple(_group(text, group) for group in (where, *selects)),
        not (tree.datasets or tree.modifiers or tree.values),
        first.where.start - where.start if first is not None else None,
    )


def _group(text: str, group: Group) -> GroupText:
    names = dict.fromkeys(node.name for node in walk(group) if isinstance(node, Variable))
    conditions = tuple(_group(text, each) for each in _conditions(group))
    return GroupText(text[group.start : group.end], tuple(names), conditions)


def _conditions(node: Node) -> Iterator[Group]:
    for child in node.children():
        if isinstance(child, Exists):
            if not child.is_negated:
                yield child.group
        elif not isinstance(child, SubSelect):
            yield from _conditions(child)


def _first_select(group: Group) -> SubSelect | None:
    """The sub-select that a group begins with: a filter holds for the whole group, wherever it stands."""
    element = next((each for each in group.elements if not isinstance(each, Filter)), None)
    if isinstance(element, Group):
        return _first_select(element)
    return element if isinstance(element, SubSelect) else None
