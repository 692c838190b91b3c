"""The nodes of the tree that `parser` makes of a query or an update: one class for each production of the
grammar of SPARQL 1.1 (section 19.8) and 1.2 that a pass has to tell apart.

A node has the offsets of its first character and of that after its last one; what it does not name (keywords,
punctuation, white space, comments) is the text between its children, so that printing a tree gives its bytes
again. Nodes are values that nobody changes; two of the same text in different places are different.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Final


@dataclass(slots=True, eq=False)
class Node:
    """A part of the text, from `start` to `end`."""

    start: int
    end: int

    def children(self) -> Iterator[Node]:
        """The nodes right below this one, in the order of the text."""
        return iter(_below(self))


def walk(node: Node) -> Iterator[Node]:
    """`node` and every node below it, in the order of the text. Cost: linear, about half a microsecond a
    node; a depth of any size."""
    pending = [node]
    while pending:
        found = pending.pop()
        yield found
        if _PARTS.get(type(found), _UNKNOWN):
            below = _below(found)
            below.reverse()
            pending += below


# The fields of each class of nodes that hold nodes: those that hold words, numbers or truth values do not.
_PARTS: dict[type[Node], tuple[str, ...]] = {}
_UNKNOWN: Final = ("",)
_NO_NODE: Final = re.compile(r"\b(?:str|bool|int)\b")


def _below(node: Node) -> list[Node]:
    parts = _PARTS.get(type(node))
    if parts is None:
        parts = tuple(field.name for field in fields(node) if not _NO_NODE.search(str(field.type)))
        _PARTS[type(node)] = parts
    found: list[Node] = []
    for part in parts:
        value = getattr(node, part)
        if type(value) is tuple:
            found += value
        elif value is not None:
            found.append(value)
    return found


# --- terms -----------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Term(Node):
    """What may stand in a triple pattern."""


@dataclass(slots=True, eq=False)
class Variable(Term):
    """`?name` or `$name`; the name without its mark."""

    name: str


@dataclass(slots=True, eq=False)
class Iri(Term):
    """An IRI as written: `<...>`, or a prefixed name."""

    text: str

    @property
    def is_prefixed(self) -> bool:
        """Whether it is a prefixed name."""
        return self.text[0] != "<"

    @property
    def prefix(self) -> str:
        """What stands before the colon of a prefixed name."""
        return self.text.partition(":")[0]


@dataclass(slots=True, eq=False)
class TypeKeyword(Term):
    """The keyword `a` in the place of a predicate: rdf:type."""


@dataclass(slots=True, eq=False)
class Literal(Term):
    """A literal: its text in quotes, number or boolean as written; its language tag or its datatype."""

    text: str
    language: str | None = None
    datatype: Iri | None = None


@dataclass(slots=True, eq=False)
class BlankNode(Term):
    """`_:label`, or `[]` where there is no label. In a pattern it is a variable without a name."""

    label: str | None


@dataclass(slots=True, eq=False)
class BlankNodeProperties(Term):
    """`[ verb objects ... ]`"""

    properties: tuple[Property, ...]


@dataclass(slots=True, eq=False)
class Collection(Term):
    """`( ... )`, an RDF list; `()` has no items and is rdf:nil."""

    items: tuple[Term, ...]


@dataclass(slots=True, eq=False)
class TripleTerm(Term):
    """`<<( subject verb object )>>` (SPARQL 1.2)."""

    subject: Term
    verb: Term
    object: Term


@dataclass(slots=True, eq=False)
class ReifiedTriple(Term):
    """`<< subject verb object ~ reifier >>` (SPARQL 1.2)."""

    subject: Term
    verb: Term
    object: Term
    reifier: Term | None


# --- paths (section 9) -----------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Path(Node):
    """A property path that is more than one name. Its operands are paths, `Iri` or `TypeKeyword`."""


@dataclass(slots=True, eq=False)
class AlternativePath(Path):
    """`a|b`"""

    paths: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class SequencePath(Path):
    """`a/b`"""

    paths: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class InversePath(Path):
    """`^a`"""

    path: Node


@dataclass(slots=True, eq=False)
class RepeatedPath(Path):
    """`a*`, `a+` or `a?`: `mark` says which."""

    path: Node
    mark: str


@dataclass(slots=True, eq=False)
class NegatedPath(Path):
    """`!a` or `!(a|^b)`: names, and names in `InversePath`."""

    paths: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class BracketedPath(Path):
    """`(a)`"""

    path: Node


# --- triples ---------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Object(Node):
    """An object with its annotations (SPARQL 1.2): `~ reifier` is a `Reifier`, `{| ... |}` an
    `Annotation`."""

    term: Term
    annotations: tuple[Node, ...] = ()


@dataclass(slots=True, eq=False)
class Reifier(Node):
    """`~ term`, or `~` alone."""

    term: Term | None


@dataclass(slots=True, eq=False)
class Annotation(Node):
    """`{| verb objects ... |}`"""

    properties: tuple[Property, ...]


@dataclass(slots=True, eq=False)
class Property(Node):
    """A verb (`Variable`, `Iri`, `TypeKeyword` or `Path`) with its objects."""

    verb: Node
    objects: tuple[Object, ...]


@dataclass(slots=True, eq=False)
class Triples(Node):
    """A subject with its properties (TriplesSameSubject); none behind a subject that says something
    itself."""

    subject: Term
    properties: tuple[Property, ...]


# --- group graph patterns (section 5) --------------------------------------------------------------


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
class SubSelect(Pattern):
    """A SELECT inside a group."""

    select: SelectClause
    where: Group
    modifiers: tuple[Modifier, ...]
    values: Values | None


# --- expressions (section 17) ----------------------------------------------------------------------

# A `Variable`, `Iri` or `Literal` is an expression as well, so there is no class of its own above them.
Expression = Node


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
class Exists(Node):
    """`[NOT] EXISTS { ... }`"""

    group: Group
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


# --- the query -------------------------------------------------------------------------------------


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


# --- updates (SPARQL 1.1 Update, section 3) --------------------------------------------------------


@dataclass(slots=True, eq=False)
class Quads(Node):
    """`{ ... }` of an update: `Triples`, and `QuadsOfGraph`."""

    parts: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class QuadsOfGraph(Node):
    """`GRAPH name { ... }` in it."""

    name: Variable | Iri
    triples: tuple[Triples, ...]


@dataclass(slots=True, eq=False)
class UpdateOperation(Node):
    """An operation of an update."""


@dataclass(slots=True, eq=False)
class ChangeData(UpdateOperation):
    """`INSERT DATA`, `DELETE DATA` or `DELETE WHERE`: `keyword` has the first of the words and `what` the
    second."""

    keyword: str
    what: str
    quads: Quads


@dataclass(slots=True, eq=False)
class Modify(UpdateOperation):
    """`[WITH iri] DELETE { } INSERT { } [USING ...] WHERE { }`; a USING is a `DatasetClause`."""

    graph: Iri | None
    deleted: Quads | None
    inserted: Quads | None
    using: tuple[DatasetClause, ...]
    where: Group


@dataclass(slots=True, eq=False)
class ManageGraph(UpdateOperation):
    """LOAD, CLEAR, DROP, CREATE, ADD, MOVE or COPY, with the IRIs and keywords (DEFAULT, NAMED, ALL) it
    names."""

    keyword: str
    is_silent: bool
    names: tuple[Iri, ...]
    keywords: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Update(Node):
    """A whole update: each operation behind the declarations in front of it."""

    parts: tuple[Node, ...]

    @property
    def operations(self) -> tuple[UpdateOperation, ...]:
        """The operations without their prologues."""
        return tuple(part for part in self.parts if isinstance(part, UpdateOperation))
