"""Nodes for updates (SPARQL 1.1 Update, section 3)."""

from __future__ import annotations

from dataclasses import dataclass

from calcigraph.sparql.tree.groups import Group
from calcigraph.sparql.tree.node import Node
from calcigraph.sparql.tree.queries import DatasetClause
from calcigraph.sparql.tree.triples import Iri, Triples, Variable


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
