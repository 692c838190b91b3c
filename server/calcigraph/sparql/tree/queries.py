"""Nodes for queries and sub-selects, and for what stands around their groups."""

from __future__ import annotations

from dataclasses import dataclass

from calcigraph.sparql.tree.groups import Group, Pattern, Values
from calcigraph.sparql.tree.node import Expression, Node
from calcigraph.sparql.tree.triples import Iri, Triples, Variable


@dataclass(slots=True, eq=False)
class Declaration(Node):
    """`BASE <...>` (`prefix` is None), `PREFIX p: <...>` (without its colon) or `VERSION "..."` (no IRI)."""

    prefix: str | None
    iri: Iri | None


@dataclass(slots=True, eq=False)
class Prologue(Node):
    """BASE, PREFIX and VERSION; it may be empty."""

    declarations: tuple[Declaration, ...]


@dataclass(slots=True, eq=False)
class Star(Node):
    """`*` in SELECT or DESCRIBE."""


@dataclass(slots=True, eq=False)
class As(Node):
    """`(expression AS ?variable)` in SELECT or GROUP BY; in GROUP BY the variable may be missing."""

    expression: Expression
    variable: Variable | None


@dataclass(slots=True, eq=False)
class SelectClause(Node):
    """`SELECT [DISTINCT | REDUCED]` with `Variable`s and `As`, or one `Star`."""

    quantifier: str | None
    items: tuple[Node, ...]

    @property
    def lists_all(self) -> bool:
        """Whether it is `SELECT *`."""
        return isinstance(self.items[0], Star)


@dataclass(slots=True, eq=False)
class DatasetClause(Node):
    """`FROM [NAMED] iri`"""

    iri: Iri
    is_named: bool


@dataclass(slots=True, eq=False)
class Modifier(Node):
    """What may follow the group of a query."""


@dataclass(slots=True, eq=False)
class GroupBy(Modifier):
    """Conditions are `Variable`s, calls, or `As` for what stands in brackets."""

    conditions: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class Having(Modifier):
    """`HAVING constraint ...`"""

    constraints: tuple[Expression, ...]


@dataclass(slots=True, eq=False)
class OrderBy(Modifier):
    """Conditions in their order; `Bracketed` behind ASC or DESC."""

    conditions: tuple[OrderCondition, ...]


@dataclass(slots=True, eq=False)
class OrderCondition(Node):
    """`ASC (e)`, `DESC (e)`, `(e)`, a call or a variable."""

    expression: Expression
    is_descending: bool


@dataclass(slots=True, eq=False)
class Slice(Modifier):
    """`LIMIT n` or `OFFSET n`: `keyword` says which."""

    keyword: str
    number: int


@dataclass(slots=True, eq=False)
class Template(Node):
    """The triples between the braces of CONSTRUCT."""

    triples: tuple[Triples, ...]


@dataclass(slots=True, eq=False)
class SubSelect(Pattern):
    """A SELECT inside a group."""

    select: SelectClause
    where: Group
    modifiers: tuple[Modifier, ...]
    values: Values | None


@dataclass(slots=True, eq=False)
class Query(Node):
    """A whole query. `form` is SELECT, ASK, CONSTRUCT or DESCRIBE; `head` is a `SelectClause`, a
    `Template`, or what DESCRIBE names (`Described`), and None for ASK and for CONSTRUCT WHERE, whose
    group is its template. Only DESCRIBE may have no group."""

    prologue: Prologue
    form: str
    head: Node | None
    datasets: tuple[DatasetClause, ...]
    where: Group | None
    modifiers: tuple[Modifier, ...]
    values: Values | None


@dataclass(slots=True, eq=False)
class Described(Node):
    """`DESCRIBE` with `Variable`s and `Iri`s, or one `Star`."""

    items: tuple[Node, ...]
