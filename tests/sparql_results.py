"""Answers and what a suite expects in, values that can be compared out."""

from __future__ import annotations

import csv
import io

import pyoxigraph as ox

from sparql_manifests import graph_of, objects, values

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"


def canonical(triples: list[ox.Triple]) -> ox.Dataset:
    """A graph in which blank nodes compare by what is said of them."""
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def comparable(results: ox.QuerySolutions | ox.QueryBoolean) -> object:
    """A truth value, or the variables and the solutions as a graph in which blank nodes compare."""
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    return table([variable.value for variable in results.variables], [list(row) for row in results])


def table(variables: list[str], rows: list[list]) -> object:
    """Variables and solutions as values that compare."""
    triples = []
    terms = iter(_by_value([term for row in rows for term in row if term is not None]))
    for row in rows:
        node = ox.BlankNode()
        triples.append(ox.Triple(node, ox.NamedNode("urn:row"), ox.Literal("")))
        for variable, term in zip(variables, row, strict=True):
            if term is not None:
                triples.append(ox.Triple(node, ox.NamedNode("urn:" + variable), next(terms)))
    return set(variables), canonical(triples)


def table_in_turtle(iri: str) -> object:
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
    return table(variables, rows)


def rows_of(data: bytes) -> list[list[str]]:
    """The header, then the rows of a CSV table in any order; blank nodes and numbers compare as such."""
    header, *rows = csv.reader(io.StringIO(data.decode()))
    return [header, *sorted([_cell(cell) for cell in row] for row in rows)]


def _by_value(terms: list) -> list:
    """The terms as the engine's store gives them back: it keeps values ("1.0" is "1"), not spellings."""
    store = ox.Store()
    for i, term in enumerate(terms):
        store.add(ox.Quad(ox.NamedNode(f"urn:{i}"), ox.NamedNode("urn:p"), term))
    found = {quad.subject.value: quad.object for quad in store}
    return [found[f"urn:{i}"] for i in range(len(terms))]


def _cell(cell: str) -> str:
    if cell.startswith("_:"):
        return "_:"
    try:
        return str(float(cell))
    except ValueError:
        return cell
