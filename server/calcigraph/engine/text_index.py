"""Quads in, a full-text index of their literals out; words in, the literals that have them out.

It is an FTS5 table of SQLite, in the memory of this process: a copy that a fork shares until one of
them changes it. It is given words as `folding` has them, and its tokenizer parts them at characters of ASCII
alone. A literal that is in the index and in no triple any more does not matter, because every match is looked
up in the data.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple

import pyoxigraph as ox

from calcigraph.engine.engine_problems import SearchMalformed, SearchUnavailable
from calcigraph.engine.folding import folded
from calcigraph.rdf.vocabulary import RDF, XSD

_TEXTS: Final = (XSD["string"], RDF["langString"])
# Beyond this much text the index would take more memory than the data; a longer literal is no label.
MOST_BYTES: Final = 1 << 30
MOST_INDEXED: Final = 1 << 20
_PAGE: Final = 4096
_SCHEMA: Final = """
    CREATE TABLE predicate(id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE);
    CREATE TABLE literal(id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, value TEXT NOT NULL, language TEXT);
    CREATE INDEX by_hash ON literal(hash);
    CREATE TABLE said(literal INTEGER, predicate INTEGER, PRIMARY KEY(literal, predicate)) WITHOUT ROWID;
    CREATE VIRTUAL TABLE words USING fts5(
        value, content='literal', content_rowid='id', tokenize='ascii'
    );
"""
_FIND: Final = """
    SELECT predicate.iri, literal.value, literal.language, -bm25(words) AS score
    FROM words JOIN literal ON literal.id = words.rowid
    JOIN said ON said.literal = literal.id JOIN predicate ON predicate.id = said.predicate
    WHERE words MATCH ? {conditions} ORDER BY score DESC, literal.id, predicate.id LIMIT ?
"""
_OF_LANGUAGE: Final = "AND (literal.language = ? OR substr(literal.language, 1, length(?) + 1) = ? || '-')"


class TextSize(NamedTuple):
    """How many different literals an index has, and the memory that it takes in bytes."""

    literals: int
    bytes: int


@dataclass(frozen=True)
class TextMatch:
    """A text with the words, a predicate that it is said with, and how well it fits: larger is better."""

    predicate: ox.NamedNode
    literal: ox.Literal
    score: float


class TextIndex:
    """The literals of type xsd:string and rdf:langString, each with its predicates.

    Cost: about 160 bytes for a literal of 60 characters, and some 10 microseconds for each statement.
    """

    def __init__(self, quads: Iterable[ox.Quad], most_bytes: int = MOST_BYTES) -> None:
        """Index `quads`. Raises: SearchUnavailable."""
        # One thread of each process uses it, though not the same one where tests run it.
        self._db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._predicates: dict[str, int] = {}
        for pragma in ("journal_mode=off", "temp_store=memory", f"max_page_count={most_bytes // _PAGE}"):
            self._db.execute(f"PRAGMA {pragma}")
        try:
            self._db.executescript(_SCHEMA)
        except sqlite3.OperationalError as error:
            raise SearchUnavailable(
                "The SQLite of the server's Python has no FTS5.",
                "Run the server with a Python whose sqlite3 module has it, as those of the distributions do.",
            ) from error
        self.apply(quads, (), lambda _predicate, _literal: True)
        with suppress(sqlite3.OperationalError):  # no memory left: it answers the same without
            self._db.execute("INSERT INTO words(words) VALUES ('optimize')")

    @property
    def size(self) -> TextSize:
        """What it holds now."""
        literals = self._db.execute("SELECT count(*) FROM literal").fetchone()[0]
        return TextSize(literals, self._db.execute("PRAGMA page_count").fetchone()[0] * _PAGE)

    def find(
        self, expression: str, predicates: Sequence[str], language: str | None, most: int
    ) -> list[TextMatch]:
        """The best `most` matches of an FTS5 expression; `predicates` (IRIs) and `language` (a tag or the
        beginning of one) restrict them unless empty. Raises: SearchMalformed."""
        conditions, values = "", [expression]
        if predicates:
            conditions += f"AND predicate.iri IN ({','.join('?' * len(predicates))})"
            values += predicates
        if language:
            conditions += _OF_LANGUAGE
            values += [language] * 3
        try:
            rows = self._db.execute(_FIND.format(conditions=conditions), (*values, most)).fetchall()
        except sqlite3.OperationalError as error:
            raise SearchMalformed("The search is not understood.", 'Write words, or a "phrase".') from error
        return [
            TextMatch(ox.NamedNode(iri), ox.Literal(value, language=tag), score)
            for iri, value, tag, score in rows
        ]

    def apply(
        self,
        added: Iterable[ox.Quad],
        removed: Iterable[ox.Quad],
        says: Callable[[ox.NamedNode, ox.Literal], bool],
    ) -> None:
        """Follow a change of the data, after which `says` tells whether any triple has this predicate
        and this literal. Raises: SearchUnavailable where there is no more room; the index is then empty."""
        self._db.execute("BEGIN")
        try:
            for quad in removed:
                literal = _text(quad)
                if literal is not None and not says(quad.predicate, literal):
                    self._remove(quad.predicate.value, literal)
            for quad in added:
                literal = _text(quad)
                if literal is not None:
                    self._add(quad.predicate.value, literal)
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._db.close()
            raise SearchUnavailable(
                f"The data hold more text than an index of {MOST_BYTES >> 20} MiB has room for.",
                "Find literals by CONTAINS or REGEX, on as few triples as possible.",
            ) from error

    def _add(self, predicate: str, literal: ox.Literal) -> None:
        found = self._id(literal)
        if found is None:
            row = (_hash(literal), literal.value, literal.language)
            cursor = self._db.execute("INSERT INTO literal(hash, value, language) VALUES (?, ?, ?)", row)
            found = cursor.lastrowid
            self._db.execute("INSERT INTO words(rowid, value) VALUES (?, ?)", (found, _indexed(literal)))
        known = self._predicates.get(predicate)
        if known is None:
            known = self._db.execute("INSERT INTO predicate(iri) VALUES (?)", (predicate,)).lastrowid
            assert known is not None
            self._predicates[predicate] = known
        self._db.execute("INSERT OR IGNORE INTO said VALUES (?, ?)", (found, known))

    def _remove(self, predicate: str, literal: ox.Literal) -> None:
        found = self._id(literal)
        if found is None:
            return
        known = self._predicates.get(predicate)
        self._db.execute("DELETE FROM said WHERE literal = ? AND predicate = ?", (found, known))
        if self._db.execute("SELECT 1 FROM said WHERE literal = ?", (found,)).fetchone():
            return
        # FTS5 has to be told what it had indexed.
        self._db.execute(
            "INSERT INTO words(words, rowid, value) VALUES ('delete', ?, ?)", (found, _indexed(literal))
        )
        self._db.execute("DELETE FROM literal WHERE id = ?", (found,))

    def _id(self, literal: ox.Literal) -> int | None:
        row = self._db.execute(
            "SELECT id FROM literal WHERE hash = ? AND value = ? AND language IS ?",
            (_hash(literal), literal.value, literal.language),
        ).fetchone()
        return None if row is None else int(row[0])


def _text(quad: ox.Quad) -> ox.Literal | None:
    literal = quad.object
    if isinstance(literal, ox.Literal) and literal.datatype in _TEXTS:
        return literal
    return None


def _hash(literal: ox.Literal) -> int:
    return zlib.crc32(literal.value.encode())


def _indexed(literal: ox.Literal) -> str:
    return folded(literal.value[:MOST_INDEXED])
