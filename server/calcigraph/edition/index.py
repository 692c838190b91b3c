"""The file of an index in; its quads, terms, names and spellings as they are in one edition out.

The file is SQLite's, so that what a process holds of it follows what it asks for, not what there is.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from calcigraph import deadline
from calcigraph.edition.layout import QuadKind, decode, encode
from calcigraph.edition.names import Name
from calcigraph.errors import Problem
from calcigraph.rdf.terms import Term

QuadRow: TypeAlias = tuple[int, int, int, int, int]
"""Subject, predicate, object, graph and kind of a quad, as numbers."""
_MOST_TERMS: Final = 16_384
_AT_ONCE: Final = 2048
# SQLite bounds the depth of an expression; further words are looked for here.
_MOST_WORDS: Final = 32
# So many names are compared by more than themselves.
_MOST_NAMES: Final = 2_000
_NAME: Final = "node, text, name.key, compact"
# That the connection of one thread keeps of the file.
_PAGES_KIB: Final = 256
# Of SQLite's machine, between two looks at the clock: some milliseconds.
_STEPS: Final = 100_000
_COLUMNS: Final = ("s", "p", "o", "g")
# A value may stand there in the engine's own form as well, which is no row of `spelling`.
_RESPELLED: Final = """
WITH written (value, id) AS (
    SELECT value, id FROM spelling
    UNION SELECT spelling.value, term.id FROM spelling JOIN term ON term.text = spelling.value
)
SELECT json_group_array(json_array(s, p, o, g, kind))
FROM written CROSS JOIN quad INDEXED BY quad_o ON quad.o = written.id
WHERE kind <= ? AND born <= ? AND died > ?
GROUP BY s, p, value HAVING min(o) < max(o)
"""


class Index:
    """An index that is open for reading. May be used by any number of threads, each with a connection of
    its own; terms are shared by all editions, as their numbers never change.

    Cost: a look-up takes some ten microseconds and a few more for each row.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        weakref.finalize(self, _close, self._connections)
        # The cache itself and no method around it, as it is asked four times for each quad.
        self.term: Final[Callable[[int], Term]] = lru_cache(_MOST_TERMS)(self._read_term)
        """The term with a number."""
        self._number = lru_cache(_MOST_TERMS)(self._read_number)

    def number(self, term: Term) -> int | None:
        """The number of a term; None where no edition has it. Only what was found is kept: a term that was
        absent may come with the next edition, also while it is looked for."""
        try:
            return self._number(term)
        except LookupError:
            return None

    def iris(self, start: str, without: Sequence[str] = ()) -> Iterator[ox.NamedNode]:
        """The IRIs that begin with `start`, in order, whichever edition has them; `without` those that begin
        with one of some longer texts. Cost: linear in them, a tenth of a microsecond for each left out."""
        bounds = [
            (first, first + chr(sys.maxunicode)) for first in (f"<{text}" for text in (start, *without))
        ]
        left_out = " AND NOT (text >= ? AND text < ?)" * len(without)
        chosen = f"SELECT id FROM term WHERE text >= ? AND text < ?{left_out} ORDER BY text"
        for (number,) in self._each(chosen, tuple(chain(*bounds))):
            term = self.term(number)
            assert isinstance(term, ox.NamedNode)
            yield term

    def begun(self, names: Sequence[str]) -> list[str]:
        """Those of some IRIs that any edition has, or has a fragment of. Cost: two look-ups of SQLite's for
        each, some microseconds."""
        wanted = json.dumps(names)
        found = self._ask(
            "SELECT value FROM json_each(?) "
            "WHERE EXISTS (SELECT 1 FROM term WHERE text = '<' || value || '>') "
            "OR EXISTS (SELECT 1 FROM term WHERE text >= '<' || value || '#' AND text < '<' || value || '$')",
            (wanted,),
        )
        return [name for (name,) in found]

    def rows(self, edition: int, pattern: Sequence[int | None], most_kind: QuadKind) -> Iterator[QuadRow]:
        """The quads of an edition that match `pattern` (subject, predicate, object, graph; None for any),
        of the kinds up to `most_kind`, in a stable order. Cost: an index look-up where anything is given."""
        given = [(name, value) for name, value in zip(_COLUMNS, pattern, strict=True) if value is not None]
        where = " AND ".join([*(f"{name} = ?" for name, _ in given), "kind <= ?", "born <= ?", "died > ?"])
        values = (*(value for _, value in given), most_kind, edition, edition)
        return self._each(f"SELECT s, p, o, g, kind FROM quad{_by(given)} WHERE {where}", values)

    def count(self, edition: int, pattern: Sequence[int | None], most: int) -> int:
        """How many distinct triples match, as far as `most`; the metadata do not count."""
        given = [(name, value) for name, value in zip(_COLUMNS, pattern, strict=True) if value is not None]
        where = " AND ".join([*(f"{name} = ?" for name, _ in given), "kind < ?", "born <= ?", "died > ?"])
        values = (*(value for _, value in given), QuadKind.METADATA, edition, edition, most)
        inner = f"SELECT DISTINCT s, p, o FROM quad{_by(given)} WHERE {where} LIMIT ?"
        return int(self._ask(f"SELECT count(*) FROM ({inner})", values)[0][0])

    def linking(self, edition: int, object_: int | None, offset: int, most: int) -> list[tuple[int, int]]:
        """Predicate and subject of `most` of the distinct triples with an object, from `offset` on, in the
        order of the index; the metadata do not count. Cost: one pass over the first of them."""
        return self._ask(
            "SELECT DISTINCT p, s FROM quad INDEXED BY quad_o "
            "WHERE o = ? AND kind < ? AND born <= ? AND died > ? ORDER BY p, s LIMIT ? OFFSET ?",
            (object_, QuadKind.METADATA, edition, edition, most, offset),
        )

    def distinct(self, edition: int, column: str) -> Iterator[Term]:
        """The terms that stand in a column (s, p, o or g), each once. Cost: one pass over an index."""
        assert column in _COLUMNS
        chosen = f"SELECT DISTINCT {column} FROM quad WHERE kind < ? AND born <= ? AND died > ?"
        for (number,) in self._each(chosen, (QuadKind.METADATA, edition, edition)):
            yield self._read_term(number)

    def sizes(self, edition: int) -> dict[Term, int]:
        """How many quads each graph has, without the shapes. Cost: one pass over an index."""
        counted = "SELECT g, count(*) FROM quad WHERE kind <= ? AND born <= ? AND died > ? GROUP BY g"
        values = (QuadKind.METADATA, edition, edition)
        return {self._read_term(graph): size for graph, size in self._ask(counted, values)}

    def uses(self, edition: int, type_: int | None) -> tuple[dict[int, int], dict[int, int]]:
        """How many distinct triples each property has, and how many members each object of the property
        `type_`. Cost: one pass over an index."""
        alive = "kind < ? AND born <= ? AND died > ?"
        values = (QuadKind.METADATA, edition, edition)
        distinct = f"SELECT DISTINCT s, p, o FROM quad WHERE {alive}"
        triples = self._ask(f"SELECT p, count(*) FROM ({distinct}) GROUP BY p", values)
        of_type = f"SELECT DISTINCT s, o FROM quad INDEXED BY quad_p WHERE p = ? AND {alive}"
        members = self._ask(f"SELECT o, count(*) FROM ({of_type}) GROUP BY o", (type_, *values))
        return dict(triples), dict(members)

    def pairs(self, edition: int, predicate: int | None) -> list[tuple[int, int]]:
        """Subject and object of the distinct triples with a predicate that are written and have an IRI at
        both ends, in order of the IRIs of the subjects. Cost: some microseconds each."""
        return self._ask(
            "SELECT DISTINCT s, o FROM quad INDEXED BY quad_p "
            "JOIN term AS below ON below.id = s JOIN term AS above ON above.id = o "
            "WHERE p = ? AND kind <= ? AND born <= ? AND died > ? "
            "AND below.text LIKE '<%' AND above.text LIKE '<%' ORDER BY below.text",
            (predicate, QuadKind.AFTER, edition, edition),
        )

    def edges(self, edition: int, predicate: int | None) -> list[tuple[int, int]]:
        """Subject and object of the distinct triples with a predicate that are written, whatever they are.
        Cost: a microsecond each."""
        return self._ask(
            "SELECT DISTINCT s, o FROM quad INDEXED BY quad_p "
            "WHERE p = ? AND kind <= ? AND born <= ? AND died > ?",
            (predicate, QuadKind.AFTER, edition, edition),
        )

    def written(
        self, edition: int, predicate: int | None, object_: int | None, offset: int = 0, most: int = -1
    ) -> list[int]:
        """The subjects with an IRI of the triples with a predicate and an object that are written, in order
        of their IRIs, `most` of them from `offset` on. Cost: some microseconds each."""
        found = self._ask(
            "SELECT DISTINCT s FROM quad INDEXED BY quad_o JOIN term ON term.id = s "
            "WHERE o = ? AND p = ? AND kind <= ? AND born <= ? AND died > ? AND text LIKE '<%' "
            "ORDER BY text LIMIT ? OFFSET ?",
            (object_, predicate, QuadKind.AFTER, edition, edition, most, offset),
        )
        return [number for (number,) in found]

    def written_uses(self, edition: int, predicate: int | None) -> dict[int, int]:
        """How many subjects with an IRI the written triples with a predicate have, by object. Cost: one pass
        over these triples."""
        found = self._ask(
            "SELECT o, count(DISTINCT s) FROM quad INDEXED BY quad_p JOIN term ON term.id = s "
            "WHERE p = ? AND kind <= ? AND born <= ? AND died > ? AND text LIKE '<%' GROUP BY o",
            (predicate, QuadKind.AFTER, edition, edition),
        )
        return dict(found)

    def spelled(self, value: Term) -> tuple[Term, ...]:
        """The literals that the engine of queries answers as `value`, other than itself."""
        found = self._ask("SELECT id FROM spelling WHERE value = ?", (encode(value),))
        return tuple(self.term(number) for (number,) in found)

    def respelled(self, edition: int) -> Iterator[list[QuadRow]]:
        """The quads that the engine of queries takes for one another, their graphs apart: those that differ
        in how a literal of the same value is spelled, all spellings of a triple together.

        Cost: a look-up for each literal that the engine answers in another form, two microseconds for each of
        its quads.
        """
        values = (QuadKind.METADATA, edition, edition)
        for (found,) in self._ask(_RESPELLED, values):
            yield [(s, p, o, g, kind) for s, p, o, g, kind in json.loads(found)]

    def facts(self, edition: int) -> str:
        """What was written down of an edition when it was made, as JSON."""
        return str(self._ask("SELECT facts FROM edition WHERE number = ?", (edition,))[0][0])

    def newest(self) -> int:
        """The number of the newest edition."""
        return int(self._ask("SELECT max(number) FROM edition", ())[0][0])

    def names_with(self, edition: int, wanted: str, together: str, words: Sequence[str]) -> Iterator[Name]:
        """The names that have `together` in them, run together, or each of `words`.

        Where they are very many: the best, `wanted` itself before what begins so, then what has words that
        begin so, and short ones before long ones. Cost: one pass over all names, some 10 ms for 50,000."""
        looked_for = words[:_MOST_WORDS]
        each = " AND ".join("instr(key, ?)" for _ in looked_for)
        begun = " AND ".join("instr(' ' || key, ?)" for _ in looked_for)
        found = self._ask(
            f"SELECT {_NAME} FROM name WHERE born <= ? AND died > ? AND (instr(compact, ?) OR ({each})) "
            "ORDER BY CASE WHEN key = ? OR compact = ? THEN 0 "
            "WHEN instr(key, ?) = 1 OR instr(compact, ?) = 1 THEN 1 "
            f"WHEN {begun} THEN 2 ELSE 3 END, length(key), id LIMIT ?",
            (
                *(edition, edition, together, *looked_for),
                *(wanted, together, wanted, together, *(f" {word}" for word in looked_for), _MOST_NAMES),
            ),
        )
        for name in map(self._name, found):
            if together in name.compact or all(word in name.key for word in words):
                yield name

    def names_near(self, edition: int, key: str, most: int) -> Iterator[Name]:
        """`most` of the names that share three letters in a row with `key`, what shares most first.

        Cost: a search in an index by three letters."""
        # What follows a NUL is not read by SQLite's full-text search, the quote behind it neither.
        grams = sorted({key[i : i + 3] for i in range(len(key) - 2) if "\0" not in key[i : i + 3]})
        if not grams:
            return
        found = self._ask(
            f"SELECT {_NAME} FROM name_text JOIN name ON name.id = name_text.rowid "
            "WHERE name_text MATCH ? AND born <= ? AND died > ? ORDER BY rank LIMIT ?",
            (" OR ".join('"' + gram.replace('"', '""') + '"' for gram in grams), edition, edition, most),
        )
        yield from map(self._name, found)

    def _name(self, row: tuple[int, str, str, str]) -> Name:
        node = self.term(row[0])
        assert isinstance(node, ox.NamedNode)
        return Name(node, *row[1:])

    def _read_term(self, number: int) -> Term:
        return decode(self._ask("SELECT text FROM term WHERE id = ?", (number,))[0][0])

    def _read_number(self, term: Term) -> int:
        found = self._ask("SELECT id FROM term WHERE text = ?", (encode(term),))
        if not found:
            raise LookupError
        return int(found[0][0])

    def _each(self, text: str, values: tuple[object, ...]) -> Iterator[Any]:
        """The rows that a SELECT gives, a portion at a time.

        As long as a statement is under way, its connection stays at what was there when it began: whoever
        reads slowly would keep this thread from seeing the next edition. So many rows have a connection of
        their own.
        """
        portion = self._ask(text, values, _AT_ONCE)
        if len(portion) < _AT_ONCE:
            yield from portion
            return
        with closing(_opened(self.path)) as connection:
            found = connection.cursor()
            portion = _in_time(found, text, values, _AT_ONCE)
            while portion:
                yield from portion
                portion = _next(found)

    def _ask(self, text: str, values: Iterable[object], most: int = -1) -> list[Any]:
        """The rows that a SELECT gives, or `most` of them. Raises: what `deadline.check` raises."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = _opened(self.path)
            self._connections.append(connection)
        with closing(connection.cursor()) as cursor:
            return _in_time(cursor, text, values, most)

    def close_here(self) -> None:
        """Close the connection of the current thread, which is about to end."""
        connection = self._local.__dict__.pop("connection", None)
        if connection is not None:
            self._connections.remove(connection)
            connection.close()


def _in_time(cursor: sqlite3.Cursor, text: str, values: Iterable[object], most: int) -> list[Any]:
    deadline.check()
    try:
        cursor.execute(text, tuple(values))
        return cursor.fetchall() if most < 0 else cursor.fetchmany(most)
    except sqlite3.OperationalError:
        # In place of what SQLite says where it was interrupted.
        deadline.check()
        raise


def _next(cursor: sqlite3.Cursor) -> list[Any]:
    deadline.check()
    try:
        return cursor.fetchmany(_AT_ONCE)
    except sqlite3.OperationalError:
        deadline.check()
        raise


def _is_over() -> bool:
    """Whether nobody waits any more for the statement that is under way. SQLite then ends it."""
    try:
        deadline.check()
    except Problem:
        return True
    return False


def _close(connections: list[sqlite3.Connection]) -> None:
    for connection in connections:
        connection.close()


def _opened(path: Path) -> sqlite3.Connection:
    # Every thread has its own; they are closed by whichever thread collects the index.
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
    # The system's own cache has what this one has not. To map the file would put as much of it as was read
    # into the memory of this process once for each thread, for a tenth of the time of a look-up.
    connection.execute("PRAGMA mmap_size = 0")
    connection.execute(f"PRAGMA cache_size = -{_PAGES_KIB}")
    connection.set_progress_handler(_is_over, _STEPS)
    return connection


def _by(given: Sequence[tuple[str, int]]) -> str:
    """The index to go by: SQLite would have to be told statistics to choose it."""
    names = {name for name, _ in given}
    if "s" in names:
        return ""
    for name in ("o", "p", "g"):
        if name in names:
            return f" INDEXED BY quad_{name}"
    return ""


def quad_of(index: Index, row: QuadRow) -> ox.Quad:
    """The quad that a row stands for."""
    term = index.term
    s, p, o, g, _ = row
    return ox.Quad(term(s), term(p), term(o), term(g))  # type: ignore[arg-type]
