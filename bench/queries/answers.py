"""The bytes of an answer in, what it says out: a digest that is the same for every right answer.

The order of rows is left out, and so is how a number is written: engines divide with 12 to 28 digits.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation
from typing import Any

import pyoxigraph as ox

XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS = {f"{XSD}{name}" for name in ("integer", "decimal", "double", "float", "int", "long")}
_DIGITS = Context(prec=12)


@dataclass(frozen=True)
class Said:
    """How many rows (or triples) an answer has, and their digest."""

    rows: int
    digest: str


def said(body: bytes) -> Said:
    """Of SPARQL 1.1 Query Results JSON, as a multiset of rows, or of N-Triples, as a set of triples.

    Raises: ValueError or SyntaxError where it is neither.
    """
    lines = sorted(_rows(body) if body.lstrip()[:1] == b"{" else _triples(body))
    whole = hashlib.sha256()
    for line in lines:
        whole.update(line.encode() + b"\n")
    return Said(len(lines), whole.hexdigest()[:16])


def _rows(body: bytes) -> list[str]:
    answer = json.loads(body)
    if "boolean" in answer:
        return [str(answer["boolean"])]
    return [_row(row) for row in answer["results"]["bindings"]]


def _row(row: dict[str, Any]) -> str:
    return " ".join(f"{name}={_term(row[name])}" for name in sorted(row))


def _term(term: dict[str, str]) -> str:
    kind, value, datatype = term["type"], term["value"], term.get("datatype", "")
    if kind == "uri":
        return f"<{value}>"
    if datatype in _NUMBERS:
        return _number(value)
    return f"{value!r}{term.get('xml:lang', '')}{'' if datatype == f'{XSD}string' else datatype}"


def _number(value: str) -> str:
    try:
        return str(_DIGITS.create_decimal(Decimal(value)).normalize(_DIGITS))
    except InvalidOperation:
        return value


def _triples(body: bytes) -> set[str]:
    return {str(quad.triple) for quad in ox.parse(body, ox.RdfFormat.N_TRIPLES)}
