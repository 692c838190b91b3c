"""Quads in, the file of an index out; a difference in, one edition more in that file out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from calcigraph.edition.layout import ALIVE, FORMAT, INDEXES, TABLES, QuadKind, encode
from calcigraph.edition.names import NAMING, Name, names_of
from calcigraph.edition.spellings import values
from calcigraph.rdf.terms import Term

Kinded: TypeAlias = tuple[ox.Quad, QuadKind]
_QUAD = "INSERT INTO quad VALUES (?, ?, ?, ?, ?, ?, ?)"
_NAME = "INSERT INTO name (node, text, key, compact, born, died) VALUES (?, ?, ?, ?, ?, ?)"


def create(path: Path, quads: Iterable[Kinded], facts: str) -> None:
    """Write the index of edition 0 to a file that is not there yet.

    Cost: about 8 microseconds a quad, and some 300 bytes of this process's memory a quad until it is done.
    Raises: OSError, sqlite3.Error where the file cannot be written; it is then of no use.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(TABLES)
        connection.execute("BEGIN")
        numbers: dict[Term, int] = {}
        named: list[ox.Triple] = []
        rows = sorted(_numbered(quads, numbers, named))
        connection.executemany(_QUAD, rows)
        connection.executemany("INSERT INTO term VALUES (?, ?)", ((n, encode(t)) for t, n in numbers.items()))
        _write_names(connection, names_of(named), numbers, 0)
        _write_spellings(connection, numbers)
        connection.execute("INSERT INTO edition VALUES (0, ?)", (facts,))
        connection.execute("COMMIT")
        connection.executescript(INDEXES)
        connection.execute(f"PRAGMA user_version = {FORMAT}")


def _numbered(
    quads: Iterable[Kinded], numbers: dict[Term, int], named: list[ox.Triple]
) -> Iterator[tuple[int, ...]]:
    """The rows of quads; terms that are new get numbers, and what gives a name goes to `named`."""
    for quad, kind in quads:
        terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
        assert not isinstance(quad.graph_name, ox.DefaultGraph)
        row = tuple(numbers.setdefault(term, len(numbers)) for term in terms)  # type: ignore[arg-type]
        if quad.predicate in NAMING and kind < QuadKind.METADATA:
            named.append(quad.triple)
        yield (*row, int(kind), 0, ALIVE)


@dataclass(frozen=True)
class EditionStep:
    """What one edition has beyond the one before it. `names` are all names that nodes have now whose names
    may have changed: those of `renamed`."""

    number: int
    removed: Sequence[Kinded]
    added: Sequence[Kinded]
    renamed: Sequence[ox.NamedNode]
    names: Sequence[Name]


@contextmanager
def changing(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection whose changes become visible to readers all at once at the end, or not at all."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        # It can be made anew from the root at any time.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def write_step(connection: sqlite3.Connection, step: EditionStep) -> None:
    """Write what an edition changes. Cost: an index look-up or two for each quad and name of it."""
    numbers = _Numbers(connection)
    for quad, kind in step.removed:
        connection.execute(
            "UPDATE quad SET died = ? WHERE s = ? AND p = ? AND o = ? AND g = ? AND kind = ? AND died = ?",
            (step.number, *numbers.of(quad), int(kind), ALIVE),
        )
    for quad, kind in step.added:
        connection.execute(_QUAD, (*numbers.of(quad), int(kind), step.number, ALIVE))
    for node in step.renamed:
        connection.execute(
            "UPDATE name SET died = ? WHERE node = ? AND died = ?", (step.number, numbers[node], ALIVE)
        )
    _write_names(connection, step.names, numbers, step.number)
    _write_spellings(connection, numbers.fresh)


def write_facts(connection: sqlite3.Connection, number: int, facts: str) -> None:
    """Write down what is to be known of an edition: with that there is one."""
    connection.execute("INSERT INTO edition VALUES (?, ?)", (number, facts))


def forget_after(connection: sqlite3.Connection, number: int) -> None:
    """Take back every edition after `number`."""
    connection.execute("DELETE FROM quad WHERE born > ?", (number,))
    connection.execute("UPDATE quad SET died = ? WHERE died > ? AND died < ?", (ALIVE, number, ALIVE))
    connection.execute("UPDATE name SET died = ? WHERE died > ? AND died < ?", (ALIVE, number, ALIVE))
    # The rows of text go with their names' numbers, which are never used again.
    connection.execute("UPDATE name SET died = born WHERE born > ?", (number,))
    connection.execute("DELETE FROM edition WHERE number > ?", (number,))


class _Numbers(dict[Term, int]):
    """The numbers of terms; those that have none get the next ones."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection
        self._next = connection.execute("SELECT coalesce(max(id), -1) + 1 FROM term").fetchone()[0]
        self.fresh: dict[Term, int] = {}

    def __missing__(self, term: Term) -> int:
        text = encode(term)
        found = self._connection.execute("SELECT id FROM term WHERE text = ?", (text,)).fetchone()
        number = int(found[0]) if found else self._next
        if not found:
            self._connection.execute("INSERT INTO term VALUES (?, ?)", (number, text))
            self.fresh[term] = number
            self._next += 1
        self[term] = number
        return number

    def of(self, quad: ox.Quad) -> tuple[int, int, int, int]:
        """The numbers of a quad's terms."""
        assert not isinstance(quad.graph_name, ox.DefaultGraph)
        return self[quad.subject], self[quad.predicate], self[quad.object], self[quad.graph_name]


def _write_names(
    connection: sqlite3.Connection, names: Iterable[Name], numbers: dict[Term, int], number: int
) -> None:
    # At the start the index of their text is made from all of them at once.
    last = connection.execute("SELECT coalesce(max(id), 0) FROM name").fetchone()[0]
    rows = ((numbers[n.node], n.text, n.key, n.compact, number, ALIVE) for n in names)
    connection.executemany(_NAME, rows)
    if number:
        connection.execute(
            "INSERT INTO name_text (rowid, key) SELECT id, key FROM name WHERE id > ?", (last,)
        )


def _write_spellings(connection: sqlite3.Connection, numbers: dict[Term, int]) -> None:
    literals = [term for term in numbers if isinstance(term, ox.Literal)]
    connection.executemany(
        "INSERT OR IGNORE INTO spelling VALUES (?, ?)",
        ((encode(answered), numbers[written]) for written, answered in values(literals)),
    )
