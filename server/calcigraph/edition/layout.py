"""How an index is laid out: the tables of SQLite, and each RDF term as one text and back.

One file holds several editions side by side: a row is in every edition from `born` on and before `died`.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.terms import Term

FORMAT: Final = 3
"""Counts the layouts there have been; an index of another one is made anew."""
ALIVE: Final = 1 << 62
"""What `died` says of a row that is in the newest edition."""


class QuadKind(IntEnum):
    """Why a quad is there."""

    ASSERTED = 0
    BEFORE = 1
    """Built by a CONSTRUCT rule of the stage `before`."""
    AFTER = 2
    """Built by a CONSTRUCT rule of the stage `after`."""
    INFERRED = 3
    METADATA = 4
    """Says something of the data and is not of them."""
    SHAPE = 5
    """Says what must hold and how it is shown: no query sees it."""


TABLES: Final = """
CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE quad (
    s INTEGER NOT NULL, p INTEGER NOT NULL, o INTEGER NOT NULL, g INTEGER NOT NULL, kind INTEGER NOT NULL,
    born INTEGER NOT NULL, died INTEGER NOT NULL,
    PRIMARY KEY (s, p, o, g, kind, born)
) WITHOUT ROWID;
CREATE TABLE spelling (value TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (value, id)) WITHOUT ROWID;
CREATE TABLE name (
    id INTEGER PRIMARY KEY, node INTEGER NOT NULL, text TEXT NOT NULL, key TEXT NOT NULL,
    compact TEXT NOT NULL, born INTEGER NOT NULL, died INTEGER NOT NULL
);
CREATE VIRTUAL TABLE name_text USING fts5(key, content='name', content_rowid='id', tokenize='trigram');
CREATE TABLE edition (number INTEGER PRIMARY KEY, facts TEXT NOT NULL);
"""
# Made once the rows are there, which is several times as fast.
INDEXES: Final = """
CREATE UNIQUE INDEX term_text ON term (text);
CREATE INDEX quad_o ON quad (o, p, s, g, kind, born, died);
CREATE INDEX quad_p ON quad (p, s, o, g, kind, born, died);
CREATE INDEX quad_g ON quad (g, s, p, o, kind, born, died);
CREATE INDEX name_node ON name (node);
INSERT INTO name_text (rowid, key) SELECT id, key FROM name;
"""


def encode(term: Term) -> str:
    """A term as one text, no two terms as the same: N-Triples without escapes."""
    if isinstance(term, ox.NamedNode):
        return f"<{term.value}>"
    if isinstance(term, ox.BlankNode):
        return f"_:{term.value}"
    if isinstance(term, ox.Triple):
        return f"({term}"
    if term.language:
        direction = f"--{term.direction}" if term.direction else ""
        return f'"{term.value}"@{term.language}{direction}'
    return f'"{term.value}"^^{term.datatype.value}'


def decode(text: str) -> Term:
    """The term that `encode` wrote."""
    first = text[0]
    if first == "<":
        return ox.NamedNode(text[1:-1])
    if first == "_":
        return ox.BlankNode(text[2:])
    if first == "(":
        return _reified(text[1:])
    # Neither a language nor a datatype has a quotation mark in it.
    value, _, suffix = text[1:].rpartition('"')
    if suffix.startswith("^^"):
        return ox.Literal(value, datatype=ox.NamedNode(suffix[2:]))
    language, _, direction = suffix[1:].partition("--")
    if direction:
        return ox.Literal(value, language=language, direction=ox.BaseDirection(direction))
    return ox.Literal(value, language=language)


def _reified(text: str) -> Term:
    """A triple as a term (RDF 1.2 Concepts, section 3.5)."""
    statement = f"<a:a> <a:a> <<( {text} )>> ."
    term: Term = next(iter(ox.parse(statement, format=ox.RdfFormat.N_TRIPLES))).object
    return term
