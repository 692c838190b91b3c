"""Triples in, Turtle that people read out: grouped by subject, nested, in an order that does not change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

import pyoxigraph as ox

from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import Term, show_term
from calcigraph.rdf.vocabulary import RDF, RDFS, SKOS

TYPE, FIRST, REST, NIL = (RDF[name] for name in ("type", "first", "rest", "nil"))
# What a reader looks for first; the other predicates follow by IRI.
LEADING = (
    TYPE.value,
    RDFS["label"].value,
    SKOS["prefLabel"].value,
    SKOS["definition"].value,
)
DEPTH = 40  # how deep blank nodes are nested; a deeper one cannot be read, nor written by recursion


def write_turtle(
    triples: Iterable[ox.Triple],
    prefixes: Prefixes,
    *,
    indent: str = "",
    labelled: AbstractSet[object] = frozenset(),
) -> str:
    """Statements in Turtle, without the prefix table (see `Prefixes.turtle`).

    IRIs come before blank nodes, each in order of their text. A blank node that stands as the object of
    one triple is nested in it, a well-formed list is written with parentheses; others keep their label,
    and so do those of `labelled`. Each triple is written once. The order depends on the triples alone
    where no blank node keeps its label.
    """
    return _Writer(triples, prefixes, indent, labelled).document()


class _Writer:
    def __init__(
        self, triples: Iterable[ox.Triple], prefixes: Prefixes, indent: str, labelled: AbstractSet[object]
    ) -> None:
        self.prefixes = prefixes
        self.indent = indent
        self.about: dict[Term, dict[ox.NamedNode, set[Term]]] = defaultdict(lambda: defaultdict(set))
        self.uses: Counter[Term] = Counter()
        self.link: dict[Term, tuple[Term, ox.NamedNode]] = {}  # the subject and predicate that lead to a node
        for triple in set(triples):
            self.about[triple.subject][triple.predicate].add(triple.object)
            self.uses.update(_blank_nodes(triple.object))
            if isinstance(triple.object, ox.BlankNode):
                self.link[triple.object] = triple.subject, triple.predicate
        # A node used twice is written with its label, so one that must keep it counts as such.
        self.uses.update({node: 2 for node in self.about.keys() | self.link.keys() if node in labelled})
        self.cells = self._cells()
        self.nested = self._nested()

    def _cells(self) -> set[Term]:
        """The cells of well-formed lists: each used once, with one first, one rest and nothing else."""
        cells: set[Term] = set()
        ends = [node for node, properties in self.about.items() if NIL in properties.get(REST, ())]
        for end in ends:
            cell = end
            while self.uses[cell] == 1 and _is_cell(self.about[cell]):
                cells.add(cell)
                subject, predicate = self.link.get(cell, (NIL, NIL))
                if predicate != REST:
                    break
                cell = subject
        return cells

    def _nested(self) -> set[Term]:
        """The blank nodes that stand as an object exactly once and are reached from a subject on its own.

        A circle is reached from nowhere. Beyond `DEPTH` a node stands on its own again, with its label; the
        cells of one list are equally deep.
        """
        nested: set[Term] = set()
        pending = [(node, 0) for node in self.about if self.uses[node] != 1]
        while pending:
            node, depth = pending.pop()
            for predicate, values in self.about[node].items():
                inside = depth + (node not in self.cells or predicate != REST)
                for value in values:
                    if self.uses[value] == 1 and value in self.link and inside <= DEPTH:
                        nested.add(value)
                    if self.uses[value] == 1 and value in self.about:
                        pending.append((value, inside if inside <= DEPTH else 0))
        return nested

    def document(self) -> str:
        own = [node for node in self.about if node not in self.nested]
        named = sorted((n for n in own if isinstance(n, ox.NamedNode)), key=lambda node: node.value)
        unused = [node for node in own if isinstance(node, ox.BlankNode) and not self.uses[node]]
        shared = [node for node in own if isinstance(node, ox.BlankNode) and self.uses[node]]
        statements = [self._statement(self.prefixes.shrink(node), node) for node in named]
        statements += sorted(self._statement("[]", node) for node in unused)
        statements += sorted(self._statement(str(node), node) for node in shared)
        return "\n".join(statements)

    def _statement(self, subject: str, node: Term) -> str:
        return f"{self.indent}{subject} {self._properties(self.about[node], self.indent + '    ')} .\n"

    def _properties(self, properties: dict[ox.NamedNode, set[Term]], indent: str) -> str:
        lines = []
        for predicate in sorted(properties, key=_predicate_order):
            verb = "a" if predicate == TYPE else self.prefixes.shrink(predicate)
            values = sorted(self._value(value, indent) for value in properties[predicate])
            between = f" ,\n{indent}    "
            lines.append(f"{verb} {between.join(values)}")
        return f" ;\n{indent}".join(lines)

    def _value(self, value: Term, indent: str) -> str:
        if value not in self.nested:
            return "()" if value == NIL else show_term(value, self.prefixes)
        if value in self.cells:
            return f"( {' '.join(self._value(item, indent) for item in self._items(value))} )"
        if value not in self.about:
            return "[]"
        return f"[ {self._properties(self.about[value], indent + '    ')} ]"

    def _items(self, cell: Term) -> Iterator[Term]:
        while cell != NIL:
            yield from self.about[cell][FIRST]
            (cell,) = self.about[cell][REST]


def _is_cell(properties: Mapping[ox.NamedNode, set[Term]]) -> bool:
    return set(properties) == {FIRST, REST} and all(len(values) == 1 for values in properties.values())


def _blank_nodes(term: Term) -> list[Term]:
    """A blank node itself; those in a triple term twice over, because they cannot be nested there."""
    if isinstance(term, ox.BlankNode):
        return [term]
    if isinstance(term, ox.Triple):
        return 2 * (_blank_nodes(term.subject) + _blank_nodes(term.object))
    return []


def _predicate_order(predicate: ox.NamedNode) -> tuple[int, str]:
    leading = LEADING.index(predicate.value) if predicate.value in LEADING else len(LEADING)
    return leading, predicate.value
