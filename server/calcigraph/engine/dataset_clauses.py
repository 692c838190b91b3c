"""A query in, the dataset that its FROM clauses name out (SPARQL 1.1 Query, section 13.2)."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.engine.prologue import Prologue
from calcigraph.sparql.parsed_query import ParsedQuery


@dataclass(frozen=True)
class QueryDataset:
    """The graphs that make up the default graph, and those that GRAPH may name."""

    default: tuple[ox.NamedNode, ...] = ()
    named: tuple[ox.NamedNode, ...] = ()


def dataset_clause(query: ParsedQuery, base_iri: str | None = None) -> QueryDataset | None:
    """What FROM and FROM NAMED of `query` name; None where it has neither.

    The engine itself resolves the names, against the query's own prologue.
    Raises: SyntaxError where the prologue or a name cannot be read.
    """
    clauses = query.tree.datasets
    if not clauses:
        return None
    prologue = Prologue.of_tree(query.text, query.tree, base_iri)
    terms = prologue.terms([clause.iri.text for clause in clauses])
    default: dict[ox.NamedNode, None] = {}
    named: dict[ox.NamedNode, None] = {}
    for clause, term in zip(clauses, terms, strict=True):
        if isinstance(term, ox.NamedNode):
            (named if clause.is_named else default)[term] = None
    return QueryDataset(tuple(default), tuple(named))
