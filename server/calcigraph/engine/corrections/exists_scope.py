"""EXISTS that sees no more than its group does.

EXISTS is evaluated with the values of a solution of the group that its FILTER or BIND stands in (SPARQL
1.1, sections 18.2.2.2 and 18.6). pyoxigraph 0.5.13 may evaluate a group of its own, a branch of UNION or
an OPTIONAL for each solution of what stands before it, and then EXISTS sees the values of that too: with
`:a :p :b . :c :r :a . :d :q :e`, the query `{ ?a :p ?b { ?c :r ?a FILTER EXISTS { ?b :q ?y } } }` has one
solution, as ?b is not in scope in the inner group, and the engine finds none. (With FILTER(BOUND(?b)) it
takes care.)

- A variable of an EXISTS that is not in scope in its group (18.2.1) has no value there in any solution.
  Within the EXISTS it may have any other name, and gets one that nothing outside has.
- One that is in scope, but not bound by every solution (18.3 to 18.5), and named outside of the group, may
  have no value in a solution for which the engine has one from outside. There the group becomes the
  sub-select of all that is in scope in it, which has the same solutions (18.2.4.4), and which the engine
  evaluates by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from calcigraph.engine.corrections.correction import Context, refusal
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.scope import certain_of, in_scope, named
from calcigraph.sparql.tree import (
    Bind,
    Exists,
    Filter,
    GraphPattern,
    Group,
    Node,
    Optional,
    Pattern,
    Query,
    SubSelect,
    Variable,
    walk,
)


def exists_scope(query: ParsedQuery, context: Context) -> Mapping[Node, Replacement]:
    """New names for variables in EXISTS that are not in scope, and groups that become sub-selects.

    Cost: linear in each EXISTS and its group. Raises: CorrectionRefused."""
    found: dict[Node, Replacement] = {}
    for exists in query.nodes(Exists):
        place = _ExistsPlace.of(query, exists)
        if place is not None:
            found |= place.renamed(context)
            found |= place.selected()
    return found


class _ExistsPlace:
    """An EXISTS in a group below that of a query. `elements` are those whose variables it sees."""

    def __init__(self, query: ParsedQuery, exists: Exists, element: Filter | Bind) -> None:
        self._query = query
        self._exists = exists
        self._names = Counter(named(query.tree))
        group = _group_of(query, element)
        self._elements = [*group.elements] if isinstance(element, Filter) else [*_before(group, element)]
        optional = query.parent(group)
        if isinstance(element, Filter) and isinstance(optional, Optional):
            # It is the condition of the LeftJoin (18.2.2.6), which sees what stands before it as well.
            self._elements += _before(_group_of(query, optional), optional)
        self._seen = {name for each in self._elements for name in in_scope(each)}
        self._group = _alone(query, group) if isinstance(element, Filter) else group

    @classmethod
    def of(cls, query: ParsedQuery, exists: Exists) -> _ExistsPlace | None:
        """Where `exists` stands; None in another EXISTS, and where nothing is outside of its group."""
        around = list(query.around(exists))
        element = next((node for node in around if isinstance(node, Filter | Bind)), None)
        if element is None or any(isinstance(node, Exists) for node in around):
            return None
        is_outermost = isinstance(query.parent(_group_of(query, element)), Query | SubSelect)
        return None if is_outermost else cls(query, exists, element)

    def renamed(self, context: Context) -> dict[Node, Replacement]:
        """A new name for each variable that is not in scope and stands outside of the EXISTS too."""
        inside = Counter(named(self._exists))
        fresh = {
            name: f"?{context.fresh(self._query, name)}"
            for name, times in inside.items()
            if name not in self._seen and times < self._names[name]
        }
        variables = (node for node in walk(self._exists) if isinstance(node, Variable))
        return {node: _instead(fresh[node.name]) for node in variables if node.name in fresh}

    def selected(self) -> dict[Node, Replacement]:
        """The group as a sub-select, where a variable of the EXISTS may have no value in it. Raises:
        CorrectionRefused."""
        parent = self._query.parent(self._group)
        if not self._is_unsure() or isinstance(parent, Query | SubSelect):
            return {}
        if isinstance(parent, Optional) and _has_filter(self._group):
            detail = "The engine may give a value from outside to a variable of an EXISTS deep in OPTIONAL."
            raise refusal(self._query, self._exists, detail, "Give the variable of the EXISTS another name.")
        if isinstance(parent, GraphPattern) and isinstance(parent.name, Variable):
            names, written = in_scope(parent), _inside(self._query, parent)
            return {parent: lambda write: f"{{ SELECT {_list(names)} {{ {written(write)} }} }}"}
        names, written = in_scope(self._group), _inside(self._query, self._group)
        return {self._group: lambda write: f"{{ SELECT {_list(names)} {written(write)} }}"}

    def _is_unsure(self) -> bool:
        """Whether a variable may have no value in a solution, and one outside of the group."""
        bound, inside = certain_of(self._elements), Counter(named(self._group))
        return any(
            name in self._seen and name not in bound and inside[name] < self._names[name]
            for name in named(self._exists)
        )


def _alone(query: ParsedQuery, group: Group) -> Group:
    """The group, or the first around it, that means the same by itself: not that of an OPTIONAL with a
    FILTER, which sees what stands before the OPTIONAL."""
    while _has_filter(group) and isinstance(parent := query.parent(group), Optional):
        outer = _group_of(query, parent)
        if isinstance(query.parent(outer), Optional) and _has_filter(outer):
            return outer
        group = outer
    return group


def _has_filter(group: Group) -> bool:
    return any(isinstance(element, Filter) for element in group.elements)


def _group_of(query: ParsedQuery, element: Node) -> Group:
    group = query.parent(element)
    assert isinstance(group, Group), "elements stand in groups"
    return group


def _before(group: Group, element: Pattern) -> tuple[Pattern, ...]:
    return group.elements[: group.elements.index(element)]


def _instead(text: str) -> Replacement:
    return lambda _write: text


def _inside(query: ParsedQuery, node: Node) -> Replacement:
    """The text of a node that is being replaced, with what is replaced below it."""

    def written(write: Callable[[Node], str]) -> str:
        pieces, at = [], node.start
        for child in node.children():
            pieces += [query.text[at : child.start], write(child)]
            at = child.end
        return "".join([*pieces, query.text[at : node.end]])

    return written


def _list(names: Iterable[str]) -> str:
    return " ".join(f"?{name}" for name in names)
