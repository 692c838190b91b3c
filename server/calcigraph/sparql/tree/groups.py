"""Nodes for group graph patterns (SPARQL 1.1, section 5), and for EXISTS, which has one."""

from __future__ import annotations

from dataclasses import dataclass

from calcigraph.sparql.tree.node import Expression, Node
from calcigraph.sparql.tree.triples import Iri, Triples, Variable


@dataclass(slots=True, eq=False)
class Pattern(Node):
    """An element of a group."""


@dataclass(slots=True, eq=False)
class TriplesBlock(Pattern):
    """A run of triples with nothing else between them."""

    triples: tuple[Triples, ...]


@dataclass(slots=True, eq=False)
class Group(Pattern):
    """`{ ... }`; around a sub-select, that is its only element."""

    elements: tuple[Pattern, ...]


@dataclass(slots=True, eq=False)
class Union(Pattern):
    """`{ ... } UNION { ... }`, two groups or more."""

    groups: tuple[Group, ...]


@dataclass(slots=True, eq=False)
class Optional(Pattern):
    """`OPTIONAL { ... }`"""

    group: Group


@dataclass(slots=True, eq=False)
class Minus(Pattern):
    """`MINUS { ... }`"""

    group: Group


@dataclass(slots=True, eq=False)
class Lateral(Pattern):
    """`LATERAL { ... }`: for each solution before it, the solutions of the group with its values put in
    (SPARQL Enhancement Proposal 6). No part of SPARQL 1.1; the engine has it."""

    group: Group


@dataclass(slots=True, eq=False)
class GraphPattern(Pattern):
    """`GRAPH name { ... }`"""

    name: Variable | Iri
    group: Group


@dataclass(slots=True, eq=False)
class Service(Pattern):
    """`SERVICE [SILENT] name { ... }`"""

    name: Variable | Iri
    group: Group
    is_silent: bool


@dataclass(slots=True, eq=False)
class Filter(Pattern):
    """`FILTER constraint`"""

    constraint: Expression


@dataclass(slots=True, eq=False)
class Bind(Pattern):
    """`BIND (expression AS ?variable)`"""

    expression: Expression
    variable: Variable


@dataclass(slots=True, eq=False)
class Values(Pattern):
    """`VALUES ?x { ... }` or `VALUES (?x ...) { (...) ... }`, in a group or behind the query.

    The rows are not read into nodes, because there may be hundreds of thousands of terms in them:
    `parser.rows_of` reads them. `has_brackets` says which of the two forms it is; `rows_start` and
    `rows_end` are the offsets between the braces.
    """

    variables: tuple[Variable, ...]
    has_brackets: bool
    rows_start: int
    rows_end: int


@dataclass(slots=True, eq=False)
class Exists(Node):
    """`[NOT] EXISTS { ... }`"""

    group: Group
    is_negated: bool
