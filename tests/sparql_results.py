"""Answers and what a suite expects in, values that can be compared out."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal

import pyoxigraph as ox

from sparql_manifests import graph_of, objects, values

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
XSD = "http://www.w3.org/2001/XMLSchema#"
_WORDS = """
    integer nonNegativeInteger nonPositiveInteger negativeInteger positiveInteger long int short byte
    unsignedLong unsignedInt unsignedShort unsignedByte"""
INTEGERS = frozenset(_WORDS.split())
SPELLINGS: dict[str, Callable[[str], str]] = {
    "decimal": lambda text: str(Decimal(text).normalize() + 0),
    "double": lambda text: str(float(text)),
    "float": lambda text: str(float(text)),
    "boolean": lambda text: {"1": "true", "0": "false"}.get(text, text),
}
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Form = Callable[[Term], Term]


def canonical(triples: list[ox.Triple]) -> ox.Dataset:
    """A graph in which blank nodes compare by what is said of them."""
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def as_written(term: Term) -> Term:
    """The term itself: two are alike where they are written alike."""
    return term


def by_value(term: Term) -> Term:
    """The term in a spelling that Python gives to the values of XML Schema; integers have one type.

    The engine is not asked, as it is what is judged.
    """
    if isinstance(term, ox.Literal) and term.datatype.value.startswith(XSD):
        kind = term.datatype.value.removeprefix(XSD)
        if kind in INTEGERS:
            return ox.Literal(str(int(term.value)), datatype=ox.NamedNode(f"{XSD}integer"))
        if kind in SPELLINGS:
            return ox.Literal(SPELLINGS[kind](term.value), datatype=term.datatype)
    return term


def comparable(results: ox.QuerySolutions | ox.QueryBoolean, form: Form = as_written) -> object:
    """A truth value, or a table as below."""
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    return table([variable.value for variable in results.variables], [list(row) for row in results], form)


def table(variables: list[str], rows: list[list], form: Form = as_written) -> object:
    """The variables, and the solutions in any order, with every term in that form; blank nodes compare by
    where they stand.

    What is expected goes through no store: that would change it as it changes what it is compared with.
    """
    triples = []
    for row in rows:
        node = ox.BlankNode()
        triples.append(ox.Triple(node, ox.NamedNode("urn:row"), ox.Literal("")))
        for variable, term in zip(variables, row, strict=True):
            if term is not None:
                triples.append(ox.Triple(node, ox.NamedNode("urn:" + variable), form(term)))
    written: dict[str, list[str]] = {}
    for quad in canonical(triples):
        written.setdefault(str(quad.subject), []).append(f"{quad.predicate} {quad.object}")
    return sorted(variables), sorted(sorted(row) for row in written.values())


def in_order(results: ox.QuerySolutions | ox.QueryBoolean) -> list[dict[str, str]]:
    """The solutions in their order, by value; one blank node is like another."""
    assert isinstance(results, ox.QuerySolutions)
    names = [variable.value for variable in results.variables]
    return [
        {
            name: "_:" if isinstance(term, ox.BlankNode) else str(by_value(term))
            for name, term in zip(names, row, strict=True)
            if term is not None
        }
        for row in results
    ]


def table_in_turtle(iri: str, form: Form = as_written) -> object:
    """A results table that the suite wrote in its own RDF vocabulary."""
    graph = graph_of(iri)
    (result,) = [q.subject for q in graph if q.predicate.value == RS + "resultVariable"][:1]
    variables = list(values(graph, result, RS + "resultVariable"))
    rows = []
    for solution in objects(graph, result, RS + "solution"):
        bindings = {
            values(graph, binding, RS + "variable")[0]: objects(graph, binding, RS + "value")[0]
            for binding in objects(graph, solution, RS + "binding")
        }
        rows.append([bindings.get(variable) for variable in variables])
    return table(variables, rows, form)


def rows_of(data: bytes, form: Form = as_written) -> list[list[str]]:
    """The header, then the rows of a CSV table in any order; one blank node is like another. By value, cells
    that are numbers compare as such: CSV has no types."""
    header, *rows = csv.reader(io.StringIO(data.decode()))
    return [header, *sorted([_cell(cell, form) for cell in row] for row in rows)]


def _cell(cell: str, form: Form) -> str:
    if cell.startswith("_:"):
        return "_:"
    try:
        return cell if form is as_written else str(float(cell))
    except ValueError:
        return cell
