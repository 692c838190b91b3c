"""A query in, the prefixes that it declares out: whoever wrote it would like to read them in its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyoxigraph as ox

from calcigraph.sparql.parser import SparqlMalformed, SparqlTooDeep, parse_query
from calcigraph.sparql.tree import Prologue

_EMPTY: Final = ox.Store()


def with_declared(prefixes: Mapping[str, str], text: str, base_iri: str | None) -> dict[str, str]:
    """The table `prefixes` and, before it, what the query `text` declares: of two prefixes for one namespace
    its own stays, and so does its own meaning of a prefix. Cost: reading the query where it declares any."""
    declared = _declared(text, base_iri) if "prefix" in text.lower() else {}
    namespaces = set(declared.values())
    return {prefix: iri for prefix, iri in prefixes.items() if iri not in namespaces} | declared


def _declared(text: str, base_iri: str | None) -> dict[str, str]:
    """The prefixes with what the engine takes them for: an IRI may be relative, and have escapes."""
    try:
        prologue = parse_query(text).prologue
    except (SparqlMalformed, SparqlTooDeep):
        # It was answered all the same, so its answer is written without them.
        return {}
    names = _names(prologue)
    if not names:
        return {}
    written = text[prologue.start : prologue.end]
    variables = " ".join(f"?x{i}" for i in range(len(names)))
    terms = " ".join(f"{name}:" for name in names)
    question = f"{written}\nSELECT {variables} {{ VALUES ({variables}) {{ ({terms}) }} }}"
    solutions = _EMPTY.query(question, base_iri=base_iri)
    assert isinstance(solutions, ox.QuerySolutions)
    found = next(solutions)
    return {name: found[i].value for i, name in enumerate(names)}


def _names(prologue: Prologue) -> list[str]:
    return list(dict.fromkeys(d.prefix for d in prologue.declarations if d.prefix is not None))
