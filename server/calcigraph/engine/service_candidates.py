"""A SERVICE with a variable in, the query for all that the variable may be out.

That is asked of the nearest group around it of which another element binds the variable; a sub-select ends
the search, as nothing outside of it is visible in it (SPARQL 1.1, section 18.2.1). More than the variable is
in the end changes nothing, as the answer of each service is joined with the group; less would lose solutions.
So a SERVICE without an answer is left out of a join, which makes more solutions, and with it what could take
some away because of that (section 18.5): FILTER and MINUS that name a variable of it, OPTIONAL and BIND that
do and have nothing to do with the variable. Where that is not enough there is no question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement, printed
from calcigraph.sparql.scope import in_scope, named
from calcigraph.sparql.tree import (
    Bind,
    Filter,
    GraphPattern,
    Group,
    Lateral,
    Minus,
    Node,
    Optional,
    Pattern,
    Service,
    SubSelect,
    Union,
    Variable,
)


class Candidates:
    """The question for one clause. `waiting` are the clauses without an answer, with this one; `answers` what
    takes the place of the others."""

    def __init__(
        self,
        query: ParsedQuery,
        clause: Service,
        name: str,
        waiting: Sequence[Service],
        answers: Mapping[Node, Replacement],
    ) -> None:
        self._query = query
        self._clause = clause
        self._name = name
        self._waiting = waiting
        self._answers = answers
        # Why there is no question.
        self.why = f"Nothing binds ?{name}."

    def question(self, prologue: str) -> str | None:
        """A SELECT for all that the variable is, behind `prologue`; None where that cannot be asked."""
        group = self._group()
        if group is None:
            return None
        left_out = self._left_out(group)
        if left_out is None:
            self.why = f"What binds ?{self._name} depends on another SERVICE with a variable."
            return None
        pattern = printed(self._query.text, group, {**self._answers, **dict.fromkeys(left_out, _nothing)})
        named = self._graph_around(group)
        if named is not None:
            pattern = f"{{ GRAPH {self._query.written(named.name)} {pattern} }}"
        return f"{prologue}\nSELECT DISTINCT ?{self._name} WHERE {pattern}"

    def _group(self) -> Group | None:
        below: Node = self._clause
        for node in self._query.around(self._clause):
            if isinstance(node, Group) and self._binds(node, below):
                return node
            if isinstance(node, GraphPattern) and self._is_name(node.name):
                return node.group
            if isinstance(node, SubSelect):
                return None
            below = node
        return None

    def _binds(self, group: Group, below: Node) -> bool:
        """Whether an element of `group` beside the one that leads to the clause binds the variable, or that
        does so itself: another service that is not answered does not count."""
        return any(
            self._name in self._scope(element) if element is not below else self._name in self._own(element)
            for element in group.elements
            if not isinstance(element, Minus | Filter)
        )

    def _scope(self, element: Pattern) -> dict[str, None]:
        return {} if element in self._waiting else in_scope(element)

    def _own(self, element: Pattern) -> dict[str, None]:
        """What GRAPH binds by its name, where the clause is inside."""
        if isinstance(element, GraphPattern) and isinstance(element.name, Variable):
            return {element.name.name: None}
        return {}

    def _is_name(self, name: Node) -> bool:
        return isinstance(name, Variable) and name.name == self._name

    def _left_out(self, group: Group) -> list[Node] | None:
        """What of `group` is left out, so that nothing in it waits for an answer, and nothing is lost."""
        found: dict[Node, None] = {}
        for clause in self._waiting:
            path = self._path(clause, group)
            if path is None:
                continue
            taking = [node for node in path if isinstance(node, Filter | Minus)]
            outermost = taking[-1] if taking else clause
            above = [*path[path.index(outermost) + 1 :], group]
            widened = _WIDENED if clause is self._clause else _JOINED
            depending = self._depending(clause, above) if not taking else {}
            if depending is None or not all(isinstance(node, widened) for node in above):
                return None
            found |= dict.fromkeys([outermost, *depending])
        return list(found)

    def _depending(self, clause: Service, above: Sequence[Node]) -> dict[Pattern, None] | None:
        """What could take solutions away where `clause` is left out of the groups `above`; None where the
        variable itself depends on it."""
        found: dict[Pattern, None] = {}
        unknown = set(in_scope(clause)) | {self._name}
        for group in (node for node in above if isinstance(node, Group)):
            if group is above[-1]:
                # Here the variable is bound without the clause.
                unknown.discard(self._name)
            beside = [e for e in group.elements if isinstance(e, _DEPENDING) and e not in above]
            while lost := [e for e in beside if e not in found and not unknown.isdisjoint(named(e))]:
                found |= dict.fromkeys(lost)
                unknown |= {name for element in lost for name in in_scope(element)}
        bound = {name for element in found for name in in_scope(element)}
        return None if self._name in bound else found

    def _path(self, clause: Service, group: Group) -> list[Node] | None:
        """`clause` and the nodes from there to `group`, without it; None where it is not inside."""
        path: list[Node] = [clause]
        for node in self._query.around(clause):
            if node is group:
                return path
            path.append(node)
        return None

    def _graph_around(self, group: Group) -> GraphPattern | None:
        return next(self._graphs_around(group), None)

    def _graphs_around(self, group: Group) -> Iterator[GraphPattern]:
        return (node for node in self._query.around(group) if isinstance(node, GraphPattern))


# An element that is left out of one of these leaves as many solutions, or more.
_JOINED: Final = (Group, GraphPattern, Union)
# So it is for the clause itself, whose variable is bound outside of these.
_WIDENED: Final = (*_JOINED, Optional)
# What is evaluated for the solutions in front of it (sections 18.2.2.5 to 18.2.2.8).
_DEPENDING: Final = (Filter, Minus, Optional, Bind, Lateral)


def _nothing(_write: object) -> str:
    return ""
