"""The bytes that another endpoint sent in, the rows of a VALUES block out.

The sender is not trusted: what is no SPARQL 1.1 Query Results JSON or XML is refused, every term is written
anew by its kind, and only variables that were asked for are taken. A blank node may be called anything, as
both formats allow (Virtuoso's are `nodeID://b1`); the engine's readers want a name of Turtle.
"""

from __future__ import annotations

import codecs
import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

import pyoxigraph as ox

from calcigraph.engine.engine_problems import ServiceAnswerUnusable

_MOST_CHARACTERS: Final = 32 << 20
_NOWHERE: Final = "http://localhost/"
_XML_NODE: Final = re.compile(r"(<(?:[\w.-]{1,100}:)?bnode\s*>)([^<]*+)<")


@dataclass(frozen=True)
class RemoteSolutions:
    """Variables (without a mark) and rows of terms as SPARQL writes them, `UNDEF` where there is none."""

    variables: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Skolem:
    """Blank nodes in, IRIs that nobody has used before out (RDF 1.1 Concepts, section 3.5).

    VALUES takes no blank nodes. The same node of one answer gives the same IRI, below `base_iri`'s host.
    """

    def __init__(self, base_iri: str | None) -> None:
        self._start = urljoin(base_iri or _NOWHERE, f"/.well-known/genid/{secrets.token_hex(8)}-")
        self._numbers: dict[str, int] = {}

    def iri(self, node: ox.BlankNode) -> ox.NamedNode:
        """The IRI for `node`."""
        number = self._numbers.setdefault(node.value, len(self._numbers))
        return ox.NamedNode(f"{self._start}{number}")


def read(data: bytes, wanted: frozenset[str], skolem: Skolem) -> RemoteSolutions:
    """The solutions in `data`, of the variables `wanted` alone.

    Cost: some 100 ms a MB, twice that where it has blank nodes. Raises: ServiceAnswerUnusable.
    """
    is_xml = data.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<"
    form = ox.QueryResultsFormat.XML if is_xml else ox.QueryResultsFormat.JSON
    try:
        results = ox.parse_query_results(_relabelled(data, is_xml), form)
        if not isinstance(results, ox.QuerySolutions):
            raise _unusable("It sent a truth value instead of a table.")
        names = [variable.value for variable in results.variables]
        kept = [(i, name) for i, name in enumerate(names) if name in wanted]
        rows = tuple(_bounded(tuple(_written(row[i], skolem) for i, _ in kept) for row in results))
    except (SyntaxError, ValueError, OSError, RecursionError) as error:
        raise _unusable("It is neither SPARQL 1.1 Query Results JSON nor XML.") from error
    return RemoteSolutions(tuple(name for _, name in kept), rows)


def with_column(table: RemoteSolutions, name: str, term: str) -> RemoteSolutions:
    """`table` where `name` is `term` in every row; rows in which it is something else are left out."""
    if name not in table.variables:
        return RemoteSolutions((*table.variables, name), tuple((*row, term) for row in table.rows))
    at = table.variables.index(name)
    rows = (row for row in table.rows if row[at] in ("UNDEF", term))
    return RemoteSolutions(table.variables, tuple((*row[:at], term, *row[at + 1 :]) for row in rows))


def union(tables: Sequence[RemoteSolutions]) -> RemoteSolutions:
    """All rows of all tables, over all of their variables."""
    names = tuple(dict.fromkeys(name for table in tables for name in table.variables))
    rows: list[tuple[str, ...]] = []
    for table in tables:
        for row in table.rows:
            bound: Mapping[str, str] = dict(zip(table.variables, row, strict=True))
            rows.append(tuple(bound.get(name, "UNDEF") for name in names))
    return RemoteSolutions(names, tuple(rows))


def _relabelled(data: bytes, is_xml: bool) -> bytes:
    """The answer with names for its blank nodes that the engine can read, the same name for the same node."""
    if b"bnode" not in data:
        return data
    names: dict[str, str] = {}
    if is_xml:
        text = _XML_NODE.sub(lambda found: f"{found[1]}{_name(names, found[2])}<", data.decode("utf-8"))
        return text.encode()
    document = json.loads(data)
    for node in _json_nodes(document):
        node["value"] = _name(names, node["value"])
    return json.dumps(document).encode()


def _json_nodes(document: object) -> Iterator[dict[str, str]]:
    """The blank nodes in the rows of an answer, as far as it is one; the engine judges the rest."""
    results = document.get("results") if isinstance(document, dict) else None
    rows = results.get("bindings") if isinstance(results, dict) else None
    for row in rows if isinstance(rows, list) else ():
        for term in row.values() if isinstance(row, dict) else ():
            if isinstance(term, dict) and term.get("type") == "bnode" and isinstance(term.get("value"), str):
                yield term


def _name(names: dict[str, str], label: str) -> str:
    return names.setdefault(label, f"b{len(names)}")


def _bounded(rows: Iterator[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    size = 0
    for row in rows:
        size += sum(map(len, row)) + len(row) + 3
        if size > _MOST_CHARACTERS:
            raise ServiceAnswerUnusable(
                f"The answer of another service takes more than {_MOST_CHARACTERS >> 20} million characters.",
                "Ask it for less: put VALUES, a FILTER or a subquery with LIMIT into the SERVICE block.",
            )
        yield row


def _written(term: object, skolem: Skolem) -> str:
    if term is None:
        return "UNDEF"
    if isinstance(term, ox.BlankNode):
        term = skolem.iri(term)
    if isinstance(term, ox.NamedNode | ox.Literal):
        return str(term)
    raise _unusable("It sent a triple term, which SPARQL 1.1 does not have.")


def _unusable(why: str) -> ServiceAnswerUnusable:
    return ServiceAnswerUnusable(
        f"The answer of another service cannot be used. {why}",
        "See what it answers when you ask it yourself; SERVICE SILENT goes on without it.",
    )
