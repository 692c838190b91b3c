"""A query in, its prologue and the terms that its names stand for out (SPARQL 1.1 Query, section 4.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from calcigraph.sparql.tree import Iri, Node, Query
from calcigraph.sparql.undeclared import walk_with_rows

NamedTerm = ox.NamedNode | ox.Literal
_EMPTY: Final = ox.Store()
_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True)
class Prologue:
    """What BASE and PREFIX declare (a prefix without its colon, None for BASE, and the IRI as written), the
    text that does, and the IRI that relative ones are resolved against."""

    declarations: tuple[tuple[str | None, str], ...]
    text: str
    base_iri: str | None

    @classmethod
    def of_tree(cls, text: str, tree: Query, base_iri: str | None) -> Prologue:
        """The prologue of the query `text`, whose tree is `tree`."""
        declared = ((each.prefix, each.iri.text) for each in tree.prologue.declarations if each.iri)
        return cls(tuple(declared), text[: tree.prologue.end], base_iri)

    def terms(self, written: Sequence[str]) -> list[NamedTerm | None]:
        """What IRIs, prefixed names and literals stand for, as `written`; None where that is neither.

        Raises: SyntaxError where one of them cannot be read.
        """
        if not written:
            return []
        names = " ".join(f"?x{i}" for i in range(len(written)))
        question = f"{self.text}\nSELECT {names} {{ VALUES ({names}) {{ ({' '.join(written)}) }} }}"
        solutions = _EMPTY.query(question, base_iri=self.base_iri)
        assert isinstance(solutions, ox.QuerySolutions)
        found = next(solutions)
        return [term if isinstance(term, ox.NamedNode | ox.Literal) else None for term in found]

    def needed_by_node(self, text: str, node: Node) -> str:
        """The declarations that `node` of the query `text` needs in a query of its own."""
        return self._needed([found.text for found in walk_with_rows(text, node) if isinstance(found, Iri)])

    def _needed(self, written: Sequence[str]) -> str:
        prefixes = {iri.partition(":")[0] for iri in written if iri[0] != "<"}
        lines = [
            _line(prefix, iri) for prefix, iri in self.declarations if prefix is None or prefix in prefixes
        ]
        iris = [*written, *(iri for _, iri in self.declarations)]
        relative = any(iri[0] == "<" and not _ABSOLUTE.match(iri) for iri in iris)
        if relative and self.base_iri is not None:
            lines.insert(0, _line(None, f"<{self.base_iri}>"))
        return "\n".join(lines)


def _line(prefix: str | None, iri: str) -> str:
    return f"BASE {iri}" if prefix is None else f"PREFIX {prefix}: {iri}"


def check_syntax(text: str, base_iri: str | None) -> None:
    """Raise SyntaxError where `text` is no SPARQL query; for untrusted text, in a worker only."""
    _EMPTY.query(text, base_iri=base_iri)
