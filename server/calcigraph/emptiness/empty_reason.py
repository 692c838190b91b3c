"""Why an answer is empty, as a value that can be sent as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from typing import Any


class EmptyKind(Enum):
    """The kinds of nothing. What is behind a dash says what `parts` are then."""

    NOT_EMPTY = "not-empty"
    UNKNOWN_TERM = "unknown-term"  # - the part with a term that no triple has
    NO_MATCH = "no-match"  # - a pattern without a solution, though each of its terms is in the data
    NO_JOIN = "no-join"  # - the fewest patterns that have solutions, and none in common
    FILTER = "filter"  # - the FILTERs that no solution meets
    REMOVED = "removed"  # - the MINUS or NOT EXISTS that removes all
    VALUES = "values"  # - VALUES, and the patterns that none of its rows joins with
    MISSING_GRAPH = "missing-graph"  # - the clause whose graphs are not there
    HAVING = "having"  # - the HAVING that no group meets
    SLICE = "slice"  # - the LIMIT or OFFSET behind which nothing is left
    INFERENCE = "inference"  # - a part that only inferences match, which the query does not see
    SERVICE = "service"  # - the SERVICE with which nothing is left
    TEMPLATE = "template"  # - of solutions, CONSTRUCT or DESCRIBE makes no triple
    UNDECIDED = "undecided"


_SAID = {
    EmptyKind.NOT_EMPTY: "The answer is not empty.",
    EmptyKind.UNKNOWN_TERM: "A term of this part is in no triple of the data.",
    EmptyKind.NO_MATCH: "This part matches nothing, though each of its terms is in the data.",
    EmptyKind.NO_JOIN: "Each of these parts matches something, but together they match nothing.",
    EmptyKind.FILTER: "The patterns match something, but no solution passes this filter.",
    EmptyKind.REMOVED: "The patterns match something, but this removes every solution.",
    EmptyKind.VALUES: "None of the rows of VALUES fits a solution of the patterns.",
    EmptyKind.MISSING_GRAPH: "A graph that is named here is not in the dataset.",
    EmptyKind.HAVING: "There are groups, but none of them meets this HAVING.",
    EmptyKind.SLICE: "There are solutions, but this leaves none of them.",
    EmptyKind.INFERENCE: "Only derived or inferred triples match this part, and the query is asked without.",
    EmptyKind.SERVICE: "Without the SERVICE there are solutions: it gave none, or none that joins with them.",
    EmptyKind.TEMPLATE: "There are solutions, but no triple can be made of them.",
    EmptyKind.UNDECIDED: "Why the answer is empty could not be found out in the time that there is for it.",
}


@dataclass(frozen=True)
class QueryPart:
    """A part of a query: its text, and where it begins; line and column are 0 where the request names it
    beside the query, as `default-graph-uri`."""

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class NearTerm:
    """A term of the data that is like one that is not, as N-Triples writes it; and why it is near."""

    term: str
    why: str


@dataclass(frozen=True)
class UnknownTerm:
    """A term that no triple has: as N-Triples writes it, where it stands in the query, and near ones."""

    term: str
    part: QueryPart
    near: tuple[NearTerm, ...] = ()


@dataclass(frozen=True)
class SeenValues:
    """Some values that a variable of a filter had before it, as N-Triples writes them."""

    variable: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class EmptyReason:
    """Which kind of nothing it is, the smallest part that is empty, and what helps to mend it.

    `hinges` says of a FILTER or VALUES that it can hold for unknown terms only; then near ones make it
    a question of terms. `notes` are sentences. `is_empty` is whether the answer is: one row that counts
    nothing is none, and yet it is said why it counts nothing. `is_complete` is whether the search came to its
    end.
    """

    kind: EmptyKind
    parts: tuple[QueryPart, ...] = ()
    terms: tuple[UnknownTerm, ...] = ()
    values: tuple[SeenValues, ...] = ()
    notes: tuple[str, ...] = ()
    hinges: bool = field(default=False, repr=False)
    is_empty: bool = True
    is_complete: bool = True

    @property
    def said(self) -> str:
        """The kind as a sentence."""
        return _SAID[self.kind]

    def with_note(self, note: str) -> EmptyReason:
        """The same, and one note more."""
        return replace(self, notes=(*self.notes, note))

    def with_near(self, terms: tuple[UnknownTerm, ...]) -> EmptyReason:
        """The same with near terms. Where a FILTER or VALUES hinges on a term that has near ones, the term is
        what is wrong."""
        is_term = self.hinges and any(term.near for term in terms)
        return replace(self, terms=terms, kind=EmptyKind.UNKNOWN_TERM if is_term else self.kind)

    def fields(self) -> dict[str, Any]:
        """As what JSON can write, for programs."""
        given = asdict(self)
        del given["hinges"]
        own = {"empty": given.pop("is_empty"), "complete": given.pop("is_complete")}
        return {**own, **given, "kind": self.kind.value, "said": self.said}

    def text(self) -> str:
        """As lines for people."""
        lines = [self.said]
        for part in self.parts:
            place = f"line {part.line}, column {part.column}: " if part.line else ""
            lines.append(f"  {place}{part.text}")
        for term in self.terms:
            lines.append(f"In no triple: {term.term}")
            lines += [f"  in the data: {near.term} ({near.why})" for near in term.near]
        lines += [f"Values of ?{seen.variable}: {', '.join(seen.values)}" for seen in self.values]
        return "\n".join([*lines, *self.notes, ""])

    def encode(self) -> bytes:
        """As bytes that `decode` reads."""
        return json.dumps({**asdict(self), "kind": self.kind.value}, ensure_ascii=False).encode()

    @classmethod
    def decode(cls, encoded: bytes) -> EmptyReason:
        """What `encode` was asked of."""
        given = json.loads(encoded)
        return cls(
            EmptyKind(given["kind"]),
            tuple(QueryPart(**part) for part in given["parts"]),
            tuple(map(_unknown_term, given["terms"])),
            tuple(SeenValues(each["variable"], tuple(each["values"])) for each in given["values"]),
            tuple(given["notes"]),
            given["hinges"],
            given["is_empty"],
            given["is_complete"],
        )


def _unknown_term(given: dict[str, Any]) -> UnknownTerm:
    near = tuple(NearTerm(**each) for each in given["near"])
    return UnknownTerm(given["term"], QueryPart(**given["part"]), near)
