"""A query that is kept in a file in; what keeps it from having one answer over one set of data, out.

Rules, lints, questions and shapes are a part of what a root means: its digest, the versions of its answers
and the caches all take it that the same files give the same triples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from calcigraph.sparql.escapes import ESCAPE
from calcigraph.sparql.tokens import place_of
from calcigraph.sparql.traits import service_patterns, volatile_calls
from calcigraph.sparql.tree import Node


@dataclass(frozen=True)
class Obstacle:
    """Something that has another value each time, or asks somebody else: what, and what to do instead."""

    line: int
    column: int
    message: str
    remedy: str


def obstacles(text: str, tree: Node) -> Iterator[Obstacle]:
    """Why the query `text` cannot be relied on, each reason with its place: volatile calls, then services.

    Cost: linear.
    """
    for call in volatile_calls(tree):
        yield Obstacle(
            *place_of(text, call.start),
            f"It calls {call.name}, which gives something else each time, so the same data would have"
            " other answers.",
            _REMEDIES.get(call.name, "Leave the call out, or write the value that is meant."),
        )
    for pattern in service_patterns(tree):
        yield Obstacle(
            *place_of(text, pattern.start),
            "It asks another endpoint with SERVICE, whose answers may change at any time.",
            "Take what it needs into the data, and leave out SERVICE.",
        )


def escape_in(text: str) -> Obstacle | None:
    """The first codepoint escape of a text that rdflib is to read: it decodes escapes in strings, IRIs and
    comments before it looks for their ends, so that what is text to SPARQL (section 19.2) may be a clause to
    it."""
    found = ESCAPE.search(text)
    if found is None:
        return None
    return Obstacle(
        *place_of(text, found.start()), f"It has the escape {found[0]}.", "Write the character itself."
    )


_REMEDIES = {
    "NOW": "Write the time that is meant as a literal, or leave the call out.",
    "BNODE": "Give the node an IRI, with IRI(...) of what it is about.",
    "UUID": "Make the IRI of what it is about, with IRI(...), so that it stays the same.",
    "STRUUID": "Make the text of what it is about, so that it stays the same.",
}
