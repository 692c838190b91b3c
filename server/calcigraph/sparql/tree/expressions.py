"""Nodes for expressions (SPARQL 1.1, section 17); a `Variable`, `Iri` or `Literal` is one as well."""

from __future__ import annotations

from dataclasses import dataclass

from calcigraph.sparql.tree.node import Expression, Node
from calcigraph.sparql.tree.triples import Iri


@dataclass(slots=True, eq=False)
class Operation(Node):
    """Operands with the operators between them, all of one precedence and read from the left: `||`, `&&`, a
    comparison (one operator), `+` and `-`, `*` and `/`."""

    operators: tuple[str, ...]
    operands: tuple[Expression, ...]


@dataclass(slots=True, eq=False)
class Unary(Node):
    """Operators `!`, `+` or `-` in front of an operand, the outermost first."""

    operators: tuple[str, ...]
    operand: Expression


@dataclass(slots=True, eq=False)
class In(Node):
    """`operand [NOT] IN (...)`"""

    operand: Expression
    items: tuple[Expression, ...]
    is_negated: bool


@dataclass(slots=True, eq=False)
class BuiltInCall(Node):
    """A call of a function with a keyword for its name, which is in capitals here."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(slots=True, eq=False)
class FunctionCall(Node):
    """A call of a function with an IRI for its name, casts included."""

    function: Iri
    arguments: tuple[Expression, ...]
    is_distinct: bool


@dataclass(slots=True, eq=False)
class Aggregate(Node):
    """`COUNT(DISTINCT ?x)` and the like; no argument where it is `*`. The separator is written in quotes."""

    name: str
    argument: Expression | None
    is_distinct: bool
    separator: str | None


@dataclass(slots=True, eq=False)
class Bracketed(Node):
    """`( expression )`"""

    expression: Expression
