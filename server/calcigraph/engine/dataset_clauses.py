"""SPARQL text in, the dataset that its FROM clauses name out (SPARQL 1.1 Query, section 13.2)."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.sparql.tokens import SparqlToken, tokens


@dataclass(frozen=True)
class QueryDataset:
    """The graphs that make up the default graph, and those that GRAPH may name."""

    default: tuple[ox.NamedNode, ...] = ()
    named: tuple[ox.NamedNode, ...] = ()


def dataset_clause(text: str, base_iri: str | None = None) -> QueryDataset | None:
    """What FROM and FROM NAMED of the query `text` name; None where it has neither.

    The engine itself resolves the names, against the query's own prologue.
    Raises: SyntaxError where the prologue or a name cannot be read.
    """
    if "from" not in text.lower():
        return None
    prologue_end, sources = _sources(text)
    if not sources:
        return None
    rows = " ".join(f"({iri} {'true' if named else 'false'})" for iri, named in sources)
    rewritten = f"{text[:prologue_end]}\nSELECT ?graph ?named {{ VALUES (?graph ?named) {{ {rows} }} }}"
    default: list[ox.NamedNode] = []
    named_graphs: list[ox.NamedNode] = []
    solutions = ox.Store().query(rewritten, base_iri=base_iri)
    assert isinstance(solutions, ox.QuerySolutions)
    for graph, named in solutions:
        (named_graphs if named.value == "true" else default).append(graph)
    return QueryDataset(tuple(dict.fromkeys(default)), tuple(dict.fromkeys(named_graphs)))


def _sources(text: str) -> tuple[int, list[tuple[str, bool]]]:
    """Where the prologue ends, and each source as written with whether it is NAMED."""
    stream = tokens(text)
    prologue_end = -1
    found: list[tuple[str, bool]] = []
    for token in stream:
        if prologue_end < 0 and token.is_word("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            prologue_end = token.start
        elif token.is_word("WHERE") or (token.text == "{" and found):
            break
        elif token.is_word("FROM"):
            source = next(stream, None)
            named = source is not None and source.is_word("NAMED")
            if named:
                source = next(stream, None)
            if source is not None and _is_iri(source):
                found.append((source.text, named))
    return max(prologue_end, 0), found


def _is_iri(token: SparqlToken) -> bool:
    return token.kind in ("iri", "name")
