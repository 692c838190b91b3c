"""SPARQL JSON results in, a table of terms for a page out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from calcigraph.pool import Answer, Query
from calcigraph.rdf.terms import Term
from calcigraph.web.protocol.request_problems import AnswerTooLong
from calcigraph.web.query_answers import answer_beside

_MOST_BYTES = 16 << 20


@dataclass(frozen=True)
class ResultTable:
    """The rows of a SELECT as a page shows them; a variable that is unbound is missing in its row.

    `truth` is the answer of an ASK, None for a table; `total` counts all rows, of which `rows`
    may hold the first ones alone.
    """

    variables: tuple[str, ...]
    rows: tuple[Mapping[str, Term], ...]
    total: int
    truth: bool | None = None

    @property
    def hidden(self) -> int:
        """How many rows are not among `rows`."""
        return self.total - len(self.rows)


def read_table(body: bytes, most_rows: int | None = None) -> ResultTable:
    """SPARQL 1.1 Query Results JSON as a table of terms."""
    document = json.loads(body)
    if "boolean" in document:
        return ResultTable((), (), 0, bool(document["boolean"]))
    bindings = document["results"]["bindings"]
    rows = tuple({name: _term(value) for name, value in row.items()} for row in bindings[:most_rows])
    return ResultTable(tuple(document["head"].get("vars", ())), rows, len(bindings))


def _term(value: Mapping[str, Any]) -> Term:
    if value["type"] == "uri":
        return ox.NamedNode(value["value"])
    if value["type"] == "bnode":
        return ox.BlankNode(value["value"])
    if value["type"] == "triple":
        parts = value["value"]
        return ox.Triple(_term(parts["subject"]), _term(parts["predicate"]), _term(parts["object"]))  # type: ignore[arg-type]
    if "xml:lang" in value:
        return ox.Literal(value["value"], language=value["xml:lang"])
    datatype = value.get("datatype")
    return ox.Literal(value["value"], datatype=ox.NamedNode(datatype) if datatype else None)


def read_whole(answer: Answer) -> bytes:
    """The bytes of an answer that is to stand on a page. Raises: AnswerTooLong, and what ended it."""
    if answer.content is not None:
        return answer.content
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in answer.body:
            pieces.append(piece)
            size += len(piece)
            if size > _MOST_BYTES:
                raise AnswerTooLong
    finally:
        answer.body.close()
    return b"".join(pieces)


def ask_table(text: str, *, inference: bool, most_rows: int | None = None) -> ResultTable:
    """Ask a SELECT or ASK and read the whole answer. Raises: what the pool raises, AnswerTooLong."""
    answer = answer_beside(Query(text, inference=inference, results_format="json", graph_format=None))
    return read_table(read_whole(answer), most_rows)
