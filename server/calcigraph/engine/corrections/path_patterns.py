"""Property paths written so that the engine answers them as section 18.4 of SPARQL 1.1 says.

pyoxigraph 0.5.13 gets three kinds wrong:

- `a|b` is a union (section 18.2.2.3: translated to Union), a bag: what both lead to comes twice. The engine
  makes a set of it, also of `!(a|^b)`, and of `!a` where it knows both ends. They become UNION and a variable
  with a filter; between the parts of a sequence that one of them stands in are new variables. Inside of `*`,
  `+` and `?` a set is right, and nothing is changed, nor where nothing counts how often a solution comes.
- `a+` is a set (ALP). Where the engine knows both ends and not the graph, it repeats solutions. `(a+|a)` is
  the same set, of which the engine makes one.
- A path that may have no step leads from a term to that term itself, also where the term is in no triple of
  the active graph (section 18.4, ZeroLengthPath). The engine then finds nothing. Where the graph has the
  term, which is looked up, the path is left as it is; where it has not, the pattern is that one solution. In
  `GRAPH ?g` both are written, and the data decides for each graph.

A variable whose value comes from elsewhere, as from VALUES, matches nodes of the graph only (the pattern is
evaluated by itself, and joined then): the engine does so. `torn_blocks` tells how the triples around one
are kept together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final

import pyoxigraph as ox

from calcigraph.engine.corrections.correction import Context, refusal
from calcigraph.engine.corrections.multiplicity import counts
from calcigraph.engine.corrections.star import lists_nothing
from calcigraph.engine.corrections.torn_blocks import BlockWriter, labels
from calcigraph.engine.prologue import Prologue
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.path_kinds import inner, is_bag, may_have_no_step, repeats_outside
from calcigraph.sparql.tree import (
    AlternativePath,
    BlankNode,
    BracketedPath,
    GraphPattern,
    InversePath,
    Iri,
    Literal,
    NegatedPath,
    Node,
    Object,
    Property,
    RepeatedPath,
    SequencePath,
    TriplesBlock,
    TypeKeyword,
    Variable,
    walk,
)

_TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_KINDS: Final = (AlternativePath, NegatedPath, RepeatedPath)


def written_out_paths(query: ParsedQuery, context: Context) -> Mapping[Node, Replacement]:
    """The blocks of triples in which a path is a union, or is to lead from a term that is not in the graph
    to itself. Raises: CorrectionRefused where a variable would have to be added to a `SELECT *` of none."""
    if not any(map(query.nodes, _KINDS)):
        return {}
    finder = _Finder(query, context)
    wanted = {block for block in query.nodes(TriplesBlock) if finder.is_wanted(block)}
    if not wanted or _has_label_of_two_groups(query, wanted):
        return {}
    found: dict[Node, Replacement] = {}
    names = _names_of_labels(query, context, wanted)
    for node in query.nodes(BlankNode):
        if node.label is not None and node.label in names:
            found[node] = partial(_text, f"?{names[node.label]}")
    for block in wanted:
        found[block] = partial(_written, finder, block)
    return found


@dataclass(frozen=True)
class _Finder:
    query: ParsedQuery
    context: Context

    def is_wanted(self, block: TriplesBlock) -> bool:
        """Whether a path of `block` is to be written otherwise."""
        return any(
            self.is_affected(prop, each)
            for prop in walk(block)
            if isinstance(prop, Property)
            for each in prop.objects
        )

    def is_affected(self, prop: Property, of: Object) -> bool:
        """Whether the path from the subject of `prop` to one object is to be written otherwise."""
        if isinstance(prop.verb, Variable | Iri) or of.annotations:
            # A path cannot be annotated (SPARQL 1.2), as the engine tells.
            return False
        if self.is_wrong_bag(prop) and counts(self.query, prop):
            return True
        return self._leads_nowhere(self.subject_of(prop), prop.verb, of.term)

    def subject_of(self, prop: Property) -> Node:
        """The subject of `prop`; a node in brackets or an annotation is a term of its own."""
        above = self.query.parent(prop)
        return getattr(above, "subject", above)

    def _leads_nowhere(self, subject: Node, path: Node, object_: Node) -> bool:
        """Whether the path may have no step and begins or ends at a term that may not be in the graph."""
        constants = [term for term in (subject, object_) if isinstance(term, Iri | Literal)]
        if isinstance(inner(path), SequencePath):
            # By section 18.4 what is between two parts is bound by the graph: only where both ends are given
            # can there be two parts without a step.
            is_possible = len(constants) == 2 and all(map(may_have_no_step, inner(path).paths))  # type: ignore[attr-defined]
        else:
            is_possible = bool(constants) and may_have_no_step(path)
        return is_possible and any(not self.is_in_graph(term) for term in constants)

    def is_wrong_bag(self, prop: Property) -> bool:
        """Whether the engine has the right solutions of the path, and not as often as they are."""
        return is_bag(prop.verb) or (repeats_outside(prop.verb) and self.has_many_graphs(prop))

    def has_many_graphs(self, node: Node) -> bool:
        """Whether the active graph of `node` is a variable's."""
        graph = self._graph_of(node)
        return graph is not None and isinstance(graph.name, Variable)

    def _graph_of(self, node: Node) -> GraphPattern | None:
        return next((each for each in self.query.around(node) if isinstance(each, GraphPattern)), None)

    def is_in_graph(self, term: Iri | Literal) -> bool | None:
        """Whether the active graph of `term` has a triple from or to it; None where that is of several
        graphs."""
        graph = self._graph_of(term)
        if graph is None:
            return self.context.data.has_node(self._resolved(term), None)
        if isinstance(graph.name, Variable):
            return None
        name = self._resolved(graph.name)
        assert isinstance(name, ox.NamedNode)
        return self.context.data.has_node(self._resolved(term), name)

    def same(self, first: Iri | Literal, second: Iri | Literal) -> bool:
        """Whether both are one term."""
        return self._resolved(first) == self._resolved(second)

    def _resolved(self, term: Iri | Literal) -> ox.NamedNode | ox.Literal:
        prologue = Prologue.of_tree(self.query.text, self.query.tree, self.context.base_iri)
        found = prologue.terms([self.query.written(term)])[0]
        assert found is not None, "an IRI or a literal is a term"
        return found


@dataclass(frozen=True)
class _End:
    """A term at an end of a path: its text, and its node where that is an IRI or a literal."""

    text: str
    node: Iri | Literal | None = None


class _PathWriter:
    """Patterns for the paths of one block."""

    def __init__(self, finder: _Finder, block: TriplesBlock, write: Callable[[Node], str]) -> None:
        self._finder = finder
        self._block = block
        self._write = write

    def fresh(self, name: str) -> str:
        """A new variable. Raises: CorrectionRefused where it would be seen."""
        query = self._finder.query
        if lists_nothing(query):
            reason = "It is a SELECT * without any variable, in which an alternative of paths needs some."
            raise refusal(query, self._block, reason, "Name a variable, or ask with ASK.")
        return f"?{self._finder.context.fresh(query, name)}"

    def pattern(self, start: _End, path: Node, end: _End) -> str:
        """The elements of a group for what leads from `start` to `end`."""
        path = inner(path)
        if isinstance(path, InversePath):
            return self.pattern(end, path.path, start)
        if isinstance(path, AlternativePath):
            return self._union(start, path.paths, end)
        if isinstance(path, NegatedPath):
            return self._negated(start, path, end)
        if isinstance(path, SequencePath) and self._is_to_be_split(path, start, end):
            return self._sequence(start, path, end)
        if may_have_no_step(path):
            return self._without_a_step(start, path, end)
        return self._triple(start, path, end)

    def _triple(self, start: _End, path: Node, end: _End) -> str:
        return f"{start.text} {self._path(path)} {end.text} ."

    def _path(self, path: Node) -> str:
        """A path that stays one."""
        if not repeats_outside(path) or not self._finder.has_many_graphs(self._block):
            return self._write(path)
        if isinstance(path, SequencePath):
            return "/".join(map(self._path, path.paths))
        if isinstance(path, RepeatedPath):
            return f"({self._write(path)}|{self._write(path.path)})"
        assert isinstance(path, InversePath | BracketedPath), "others have become patterns"
        return f"{'^' * isinstance(path, InversePath)}({self._path(path.path)})"

    def _union(self, start: _End, paths: tuple[Node, ...], end: _End) -> str:
        return " UNION ".join(f"{{ {self.pattern(start, path, end)} }}" for path in paths)

    def _negated(self, start: _End, path: NegatedPath, end: _End) -> str:
        forward = [step for step in path.paths if not isinstance(step, InversePath)]
        back = [step.path for step in path.paths if isinstance(step, InversePath)]
        if not forward and back:
            return self._any_but(end, back, start)
        if not back:
            return self._any_but(start, forward, end)
        parts = self._any_but(start, forward, end), self._any_but(end, back, start)
        return f"{{ {parts[0]} }} UNION {{ {parts[1]} }}"

    def _any_but(self, start: _End, names: list[Node], end: _End) -> str:
        verb = self.fresh("verb")
        triple = f"{start.text} {verb} {end.text} ."
        if not names:
            return triple
        excluded = ", ".join(_TYPE if isinstance(n, TypeKeyword) else self._write(n) for n in names)
        return f"{triple} FILTER({verb} NOT IN ({excluded}))"

    def _is_to_be_split(self, path: SequencePath, start: _End, end: _End) -> bool:
        if is_bag(path):
            return True
        return bool(start.node and end.node) and all(map(may_have_no_step, path.paths))

    def _sequence(self, start: _End, path: SequencePath, end: _End) -> str:
        between = [_End(self.fresh("between")) for _ in path.paths[1:]]
        ends = pairwise([start, *between, end])
        return " ".join(self.pattern(a, step, b) for step, (a, b) in zip(path.paths, ends, strict=True))

    def _without_a_step(self, start: _End, path: Node, end: _End) -> str:
        if start.node is not None and end.node is not None:
            if self._finder.same(start.node, end.node):
                return ""
            return self._triple(start, path, end)
        node = start.node or end.node
        is_in_graph = node is None or self._finder.is_in_graph(node)
        if node is None or is_in_graph:
            return self._triple(start, path, end)
        constant, other = (start, end) if start.node is node else (end, start)
        itself = f"VALUES {other.text} {{ {constant.text} }}"
        if is_in_graph is False:
            return itself
        absent = f"FILTER NOT EXISTS {{ {constant.text} {self._write(path)} {constant.text} }}"
        return f"{{ {self._triple(start, path, end)} }} UNION {{ {itself} {absent} }}"


def _written(finder: _Finder, block: TriplesBlock, write: Callable[[Node], str]) -> str:
    paths = _PathWriter(finder, block, write)

    def path_pattern(subject: str, prop: Property, node: Node, of: Object, object_: str) -> str:
        return paths.pattern(_end(subject, node), prop.verb, _end(object_, of.term))

    return BlockWriter(finder.query, finder.is_affected, path_pattern, paths.fresh, write).text(block)


def _end(text: str, node: Node) -> _End:
    return _End(text, node if isinstance(node, Iri | Literal) else None)


def _names_of_labels(query: ParsedQuery, context: Context, wanted: set[TriplesBlock]) -> dict[str, str]:
    """A variable for each label of a blank node in the groups of `wanted`, whose triples are torn apart."""
    groups = {query.parent(block) for block in wanted}
    found = dict.fromkeys(label for group in groups for label in labels(group))
    return {label: context.fresh(query, "node") for label in found}


def _has_label_of_two_groups(query: ParsedQuery, wanted: set[TriplesBlock]) -> bool:
    """Whether a label stands in two groups, which is an error (section 4.1.4) that the engine tells of."""
    torn = {label for block in wanted for label in labels(query.parent(block))}
    groups = {query.parent(block) for block in query.nodes(TriplesBlock)}
    seen = [label for group in groups for label in set(labels(group))]
    return any(seen.count(label) > 1 for label in torn)


def _text(text: str, _write: Callable[[Node], str]) -> str:
    return text
