"""Groups in, the same groups out with `GRAPH ?g` moved inwards: around each run of triples.

`GRAPH ?g { P }` is the union, over the named graphs, of the solutions of P in that graph with ?g bound to it
(SPARQL 1.1, section 18.6). Let W(P) have exactly these solutions. Then, part by part:

- triples t: `GRAPH ?g { t }`; the filters of a group may stand behind all of it (section 5.2.2);
- a group: its parts one after the other. Joined parts agree on ?g, so they come from one graph. Where none
  would bind ?g before an OPTIONAL, MINUS or BIND with EXISTS, or at all, `GRAPH ?g {}` stands in front, which
  lists the graphs;
- UNION, OPTIONAL, EXISTS: the same with W of their groups;
- `A MINUS B`: both now share ?g, which changes nothing where they surely share another variable. Where they
  share none, nothing is removed (section 18.5), and MINUS is left out. Where that depends on the data, it
  is written graph by graph;
- a sub-select has ?g among its results: see `graph_selects`.

?g is not seen inside of P: where P names it in a way that would tell, it gets another name there, and
a filter behind it joins both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from calcigraph.engine.corrections.correction import Context, refusal
from calcigraph.engine.corrections.kept_apart import (
    does_not_see,
    has_exists,
    keeps_apart,
    matches_triples,
    may_share,
    shares_surely,
)
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.scope import in_scope
from calcigraph.sparql.tree import (
    Bind,
    BlankNode,
    Exists,
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
    TriplesBlock,
    Union,
    Variable,
)

# A text of so many parts that were written twice is not made: each level of sub-selects doubles it.
MOST_COPIES: Final = 100


class NotMovable(Exception):
    """`GRAPH ?g` cannot be moved into a part; the part is to be evaluated graph by graph."""


@dataclass(frozen=True)
class Surroundings:
    """Where a node is written: the variable (with its mark) that is the graph of the triples there, None
    where they keep the one around them; other names for variables; what follows labels of blank nodes."""

    graph: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    suffix: str = ""

    def name(self, variable: str) -> str:
        """The variable as it is written here, with its mark."""
        return f"?{self.names.get(variable, variable)}"


class GraphWriter:
    """Writes parts of one query. `by_graph` writes a pattern graph by graph."""

    def __init__(
        self,
        query: ParsedQuery,
        context: Context,
        select: Callable[[GraphWriter, SubSelect, Surroundings], str],
        by_graph: Callable[[GraphWriter, GraphPattern, Surroundings], str],
    ) -> None:
        self.query = query
        self.context = context
        self._select = select
        self._by_graph = by_graph
        self._copies = 0

    def copy(self, place: Surroundings, node: Node) -> Surroundings:
        """A place for writing `node` once more. Raises: CorrectionRefused where that is too often."""
        self._copies += 1
        if self._copies > MOST_COPIES:
            reason = "GRAPH with a variable stands around too many sub-selects with aggregates."
            raise refusal(self.query, node, reason, "Name the graph.")
        return replace(place, suffix=f"{place.suffix}_{self._copies}")

    def graph_pattern(self, pattern: GraphPattern, place: Surroundings) -> str:
        """`GRAPH name { ... }`, written so that the engine is right about it."""
        if not isinstance(pattern.name, Variable):
            return self._named_graph(pattern, place)
        graph = place.name(pattern.name.name)
        if keeps_apart(pattern, pattern.name.name):
            return f"GRAPH {graph} {self.braced(pattern.group, replace(place, graph=None))}"
        try:
            return self._moved_in(pattern, graph, place)
        except NotMovable:
            return self._by_graph(self, pattern, place)

    def _named_graph(self, pattern: GraphPattern, place: Surroundings) -> str:
        name = self.text(pattern.name, place)
        text = f"GRAPH {name} {self.braced(pattern.group, replace(place, graph=None))}"
        if not pattern.group.elements or matches_triples(pattern.group):
            return text
        # Of a graph that is not there, no part has a solution (section 18.6).
        return f"GRAPH {name} {{}} {text}"

    def _moved_in(self, pattern: GraphPattern, graph: str, place: Surroundings) -> str:
        assert isinstance(pattern.name, Variable)
        variable = pattern.name.name
        if does_not_see(pattern.group, variable):
            return f"{{ {self.elements(pattern.group, replace(place, graph=graph))} }}"
        if self._may_be_put_in(pattern, variable):
            # Then it is seen inside of the group as well (section 18.6, substitute), where it has a value.
            raise self._seen_from_outside(pattern)
        other = self.context.fresh(self.query, variable)
        inside = replace(place, graph=graph, names={**place.names, variable: other})
        text = self.elements(pattern.group, inside)
        if variable in in_scope(pattern.group):
            # In braces of its own, as a sub-select stands in a group alone.
            text = f"{{ {text} }} FILTER(!BOUND(?{other}) || SAMETERM(?{other}, {graph}))"
        return f"{{ {text} }}"

    def _may_be_put_in(self, pattern: GraphPattern, variable: str) -> bool:
        """Whether `pattern` stands in an EXISTS or a LATERAL that may be given a value for `variable`."""
        taking = [each for each in self.query.around(pattern) if isinstance(each, Exists | Lateral)]
        if not taking:
            return False
        outside = (each for each in self.query.nodes(Variable) if each.name == variable)
        return not all(taking[-1].start <= each.start < taking[-1].end for each in outside)

    def _seen_from_outside(self, pattern: GraphPattern) -> Exception:
        name = self.query.written(pattern.name)
        reason = f"In EXISTS, a group in GRAPH {name} looks at {name}, which is named outside of EXISTS too."
        return refusal(self.query, pattern, reason, f"Write what is said of {name} behind the group.")

    def braced(self, group: Group, place: Surroundings) -> str:
        """`{ ... }`"""
        return f"{{ {self.elements(group, place)} }}" if place.graph else self._inside(group, place)

    def elements(self, group: Group, place: Surroundings) -> str:
        """What stands between the braces of a group whose every solution has the graph of `place`."""
        if len(group.elements) == 1 and isinstance(group.elements[0], SubSelect):
            return self._select(self, group.elements[0], place)
        return self._joined(group, place)

    def _joined(self, group: Group, place: Surroundings) -> str:
        every_graph = f"GRAPH {place.graph} {{}}"
        pieces, is_bound = list[str](), False
        for i, element in enumerate(group.elements):
            if isinstance(element, Filter) or (
                isinstance(element, TriplesBlock) and _goes_on(group.elements[:i])
            ):
                continue
            if isinstance(element, TriplesBlock):
                pieces.append(self._triples(_run(group.elements[i:]), place))
                is_bound = True
                continue
            if not is_bound and _needs_graph(element):
                pieces.append(every_graph)
                is_bound = True
            pieces.append(self._element(element, group.elements[:i], place))
            is_bound = is_bound or isinstance(element, Group | Union)
        if not is_bound:
            pieces.insert(0, every_graph)
        filters = (each for each in group.elements if isinstance(each, Filter))
        return " ".join([*pieces, *(self._inside(each, place) for each in filters)])

    def _triples(self, blocks: Iterable[TriplesBlock], place: Surroundings) -> str:
        texts = (self._inside(block, place).rstrip(" .\t\r\n") for block in blocks)
        return f"GRAPH {place.graph} {{ {' . '.join(texts)} }}"

    def _element(self, element: Pattern, before: tuple[Pattern, ...], place: Surroundings) -> str:
        if isinstance(element, Minus):
            if not may_share(before, element.group):
                return ""
            if not shares_surely(before, element.group):
                raise NotMovable
        return self.text(element, place)

    def text(self, node: Node, place: Surroundings) -> str:
        """Any node of the query."""
        if isinstance(node, Variable) and node.name in place.names:
            return place.name(node.name)
        if isinstance(node, BlankNode) and node.label is not None:
            return f"_:{node.label}{place.suffix}"
        if isinstance(node, GraphPattern):
            return self.graph_pattern(node, place)
        if isinstance(node, Group):
            return self.braced(node, place)
        if isinstance(node, Service):
            return self._inside(node, replace(place, graph=None))
        return self._inside(node, place)

    def _inside(self, node: Node, place: Surroundings) -> str:
        text, pieces, at = self.query.text, list[str](), node.start
        for child in node.children():
            pieces += [text[at : child.start], self.text(child, place)]
            at = child.end
        return "".join([*pieces, text[at : node.end]])


def _goes_on(before: tuple[Pattern, ...]) -> bool:
    """Whether a block behind `before` belongs to the basic graph pattern of one before it (section 5.1.1:
    a filter ends none)."""
    last = next((each for each in reversed(before) if not isinstance(each, Filter)), None)
    return isinstance(last, TriplesBlock)


def _run(elements: tuple[Pattern, ...]) -> Iterable[TriplesBlock]:
    for each in elements:
        if isinstance(each, TriplesBlock):
            yield each
        elif not isinstance(each, Filter):
            return


def _needs_graph(element: Pattern) -> bool:
    """Whether `element` is about each solution before it, so that the graph has to be known."""
    if isinstance(element, Bind):
        return has_exists(element)
    return isinstance(element, Optional | Minus | Lateral)
