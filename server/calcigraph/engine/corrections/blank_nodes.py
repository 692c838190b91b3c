"""BNODE with an argument makes a new blank node in each solution, the same one for the same string in one
solution (SPARQL 1.1, section 17.4.2.9).

The engine takes the string for the label of the node: every solution has the same one, it may be a node of
the data, and what is no label gives none. So a string that is new in each solution goes in front of the
argument, which is hashed, because a hash is always a label and is an error of the same arguments.

The new string is bound by BIND, where the solutions that BNODE sees are complete:

- for a BIND in front of it; for those that follow, with nothing but filters between them, it is the same one,
  because the solutions are;
- for a FILTER and what stands outside of the group behind the last element of the group;
- outside of the aggregates of a grouped query each group has that of one of its solutions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from calcigraph.engine.corrections.correction import Context, refusal
from calcigraph.engine.corrections.expression_kinds import constant
from calcigraph.engine.corrections.star import lists_nothing
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement, as_written
from calcigraph.sparql.scope import is_grouped
from calcigraph.sparql.tree import (
    Aggregate,
    Bind,
    BuiltInCall,
    Filter,
    Group,
    GroupBy,
    Node,
    Query,
    SubSelect,
)

Selecting = Query | SubSelect
# For the group of no solutions, which is one.
_NO_SOLUTION: Final = "none"


def with_new_blank_nodes(query: ParsedQuery, context: Context) -> Mapping[Node, Replacement]:
    """Every BNODE with an argument, and what binds a string for it. Stars are written out by now: they
    would show that string. Raises: CorrectionRefused where one cannot be, because it stands for nothing, and
    where solutions are joined behind their grouping."""
    calls = [each for each in query.nodes(BuiltInCall) if each.name == "BNODE" and len(each.arguments) == 1]
    if not calls:
        return {}
    if lists_nothing(query):
        detail = "BNODE with an argument is not right here in a SELECT * without a variable."
        raise refusal(query, calls[0], detail, "Name what is to be selected.")
    names = _NewStrings(query, context)
    found: dict[Node, Replacement] = {call: _hashed(call, names.string_for(call)) for call in calls}
    return found | names.bindings()


@dataclass
class _NewStrings:
    """The variables for new strings: in front of which BIND and behind which group they are bound, and whose
    VALUES come into the group."""

    query: ParsedQuery
    context: Context
    before: dict[Bind, str] = field(default_factory=dict)
    behind: dict[Group, str] = field(default_factory=dict)
    joined: dict[Group, Selecting] = field(default_factory=dict)

    def string_for(self, call: BuiltInCall) -> str:
        """The expression that is a new string in each solution that `call` sees."""
        in_aggregate = False
        child: Node = call
        for node in self.query.around(call):
            if isinstance(node, Bind):
                return self._of_bind(node)
            if isinstance(node, Filter):
                group = self.query.parent(node)
                assert isinstance(group, Group), "a filter stands in a group"
                return self._of_group(group)
            if isinstance(node, Query | SubSelect):
                return self._of_select(call, node, in_aggregate or isinstance(child, GroupBy))
            in_aggregate |= isinstance(node, Aggregate)
            child = node
        raise AssertionError("every call stands in a query")

    def _of_bind(self, bind: Bind) -> str:
        group = self.query.parent(bind)
        assert isinstance(group, Group), "a BIND stands in a group"
        run = _run_of(group, bind)
        first = next(each for each in run if self._has_call(each))
        if first not in self.before:
            self.before[first] = self._fresh()
        return self.before[first]

    def _of_group(self, group: Group) -> str:
        last = group.elements[-1] if group.elements else None
        binds = [each for each in _run_of(group, last) if self._has_call(each)] if last is not None else []
        if binds:
            return self._of_bind(binds[0])
        if group not in self.behind:
            self.behind[group] = self._fresh()
        return self.behind[group]

    def _of_select(self, call: BuiltInCall, select: Selecting, is_of_solution: bool) -> str:
        assert select.where is not None, "what has expressions has a group"
        is_of_group = is_grouped(select) and not is_of_solution
        if select.values is not None:
            if is_of_group:
                detail = "BNODE with an argument is not right here behind a grouping with VALUES behind it."
                raise refusal(self.query, call, detail, "Put the VALUES into the group of WHERE.")
            if not is_grouped(select):
                self.joined[select.where] = select
        if select.where in self.joined and select.where not in self.behind:
            self.behind[select.where] = self._fresh()
        name = self.behind.get(select.where) or self._of_group(select.where)
        return f'COALESCE(SAMPLE({name}), "{_NO_SOLUTION}")' if is_of_group else name

    def _has_call(self, bind: Bind) -> bool:
        calls = self.query.nodes(BuiltInCall)
        inside = (call for call in calls if bind.start <= call.start < bind.end)
        return any(call.name == "BNODE" and len(call.arguments) == 1 for call in inside)

    def _fresh(self) -> str:
        return f"?{self.context.fresh(self.query, 'solution')}"

    def bindings(self) -> dict[Node, Replacement]:
        """What binds the strings."""
        found: dict[Node, Replacement] = {}
        for bind, name in self.before.items():
            found[bind] = self._bound_before(bind, name)
        for group, name in self.behind.items():
            select = self.joined.get(group)
            found[group] = self._bound_behind(group, name, select)
            if select is not None and select.values is not None:
                found[select.values] = constant("")
        return found

    def _bound_before(self, bind: Bind, name: str) -> Replacement:
        return lambda write: f"BIND(STRUUID() AS {name}) {as_written(self.query.text, bind, write)}"

    def _bound_behind(self, group: Group, name: str, select: Selecting | None) -> Replacement:
        has_filter = any(isinstance(each, Filter) for each in group.elements)

        def bound(write: Callable[[Node], str]) -> str:
            inner = as_written(self.query.text, group, write)
            values = ""
            if select is not None and select.values is not None:
                values = as_written(self.query.text, select.values, write)
            binding = f" {values} BIND(STRUUID() AS {name}) }}"
            # A filter sees what is bound in its own group.
            return f"{inner[:-1]}{binding}" if has_filter and not values else f"{{ {inner}{binding}"

        return bound


def _run_of(group: Group, element: Node) -> list[Bind]:
    """The BINDs of `group` with `element` among or right behind them that stand behind one another, with
    nothing but filters between them."""
    run: list[Bind] = []
    is_there = False
    for each in group.elements:
        if not isinstance(each, Bind | Filter):
            if is_there:
                break
            run = []
        elif isinstance(each, Bind):
            run.append(each)
        is_there |= each is element
    return run


def _hashed(call: BuiltInCall, string: str) -> Replacement:
    return lambda write: f"BNODE(CONCAT({string}, SHA256({write(call.arguments[0])})))"
