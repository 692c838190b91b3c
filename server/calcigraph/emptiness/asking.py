"""Patterns of a query in, whether they match anything out, by the prologue and dataset of that query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

from calcigraph.emptiness.parts import GroupPart
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF
from calcigraph.sparql.tree import Literal, Node, Query, TypeKeyword

_AS_OBJECT: Final = "?s ?p {0}"
_ANYWHERE: Final = f"{{{{ {_AS_OBJECT} }}}} UNION {{{{ ?s {{0}} ?o }}}} UNION {{{{ {{0}} ?p ?o }}}}"
_TYPE: Final = f"<{RDF['type'].value}>"
Row = tuple[Term | None, ...]


class Evaluate(Protocol):
    """Evaluates a SELECT and gives its first rows.

    `in_dataset` says whether it sees the dataset that the request names beside the query, if it does, and
    `inference` whether it sees what is derived and inferred; None for what the query sees.
    Raises: SyntaxError, RuntimeError, ValueError, OSError, as the engine does.
    """

    def __call__(
        self, text: str, most: int, *, in_dataset: bool = True, inference: bool | None = None
    ) -> list[Row]:
        """The first `most` rows of the answer to the SELECT `text`."""


@dataclass(frozen=True)
class Around:
    """What stands around a group, as GRAPH does: text before it and behind it."""

    before: str = ""
    behind: str = ""

    def inside(self, before: str) -> Around:
        """This, and another pattern around the group within it."""
        return Around(f"{self.before}{before} {{ ", f" }}{self.behind}")

    def pattern(self, parts: Iterable[GroupPart]) -> str:
        """Those parts as one pattern. Each ends with its line, as it may end in a comment."""
        return self.before + "".join(f"{part.asked}\n.\n" for part in parts) + self.behind


NOTHING_AROUND: Final = Around()


class Asker:
    """Asks for parts of one query."""

    def __init__(self, text: str, query: Query, evaluate: Evaluate) -> None:
        self._text = text
        self._query = query
        self._evaluate = evaluate
        self._known: dict[str, bool] = {}

    @cached_property
    def prologue(self) -> str:
        """What the names in the query are read by."""
        prologue = self._query.prologue
        return f"{self._text[prologue.start : prologue.end]}\n"

    @cached_property
    def dataset(self) -> str:
        """The FROM clauses of the query."""
        return " ".join(self._text[clause.start : clause.end] for clause in self._query.datasets)

    def holds(self, pattern: str, inference: bool | None = None) -> bool:
        """Whether a pattern has a solution in the dataset of the query."""
        return bool(self.rows("(1 AS ?any__one)", pattern, 1, inference))

    def rows(self, selected: str, pattern: str, most: int, inference: bool | None = None) -> list[Row]:
        """The first rows of such a SELECT over the dataset of the query."""
        asked = f"{self.prologue}SELECT {selected}\n{self.dataset}\nWHERE {{ {pattern}\n}} LIMIT {most}"
        return self._evaluate(asked, most, inference=inference)

    def holds_anywhere(self, pattern: str, inference: bool | None = True) -> bool:
        """Whether a pattern has a solution in the default graph or in any one graph, whatever dataset was
        asked for."""
        anywhere = f"{{ {pattern} }} UNION {{ GRAPH ?any__graph {{ {pattern} }} }}"
        asked = f"{self.prologue}SELECT (1 AS ?any__one) {{ {anywhere} }} LIMIT 1"
        return bool(self._evaluate(asked, 1, in_dataset=False, inference=inference))

    def is_known(self, term: Node) -> bool:
        """Whether any triple of any graph has a term of the query; inferred triples too. Kept."""
        written = self.written(term)
        if written not in self._known:
            pattern = _AS_OBJECT if isinstance(term, Literal) else _ANYWHERE
            self._known[written] = self.holds_anywhere(pattern.format(written))
        return self._known[written]

    def resolved(self, term: Node) -> Term | None:
        """The value of a term of the query."""
        asked = f"{self.prologue}SELECT ({self.written(term)} AS ?any__term) {{}}"
        rows = self._evaluate(asked, 1, in_dataset=False)
        return rows[0][0] if rows else None

    def written(self, node: Node) -> str:
        """A node as it can stand in any place of a query: `a` is a name there as well."""
        return _TYPE if isinstance(node, TypeKeyword) else self._text[node.start : node.end]
