"""One validation result, as a value (SHACL section 3.6.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import Severity
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import SH

SEVERITIES: Final = {
    SH["Violation"].value: Severity.VIOLATION,
    SH["Warning"].value: Severity.WARNING,
    SH["Info"].value: Severity.INFO,
}


@dataclass(frozen=True)
class Result:
    """One validation result (SHACL section 3.6.2).

    Blank nodes are those of the data (`focus_node`, `value`) and of the shapes (`path`, `source_shape`,
    `source_constraint`) that were handed in, so each can be looked up in the file it came from.
    `constraint` is the constraint component, such as `sh:MinCountConstraintComponent`; `details` are the
    results for which a value does not conform to a shape that it has to (section 3.6.2.7).
    """

    focus_node: Term
    path: Subject | None
    value: Term | None
    source_shape: Subject
    constraint: ox.NamedNode
    severity_node: ox.NamedNode
    messages: tuple[ox.Literal, ...] = ()
    source_constraint: Subject | None = None
    details: tuple[Result, ...] = ()

    @property
    def severity(self) -> Severity:
        """The severity; one that a shape defines for itself counts as a violation."""
        return SEVERITIES.get(self.severity_node.value, Severity.VIOLATION)

    @property
    def message(self) -> str:
        """The messages in one line, the English ones if there are any."""
        english = [m for m in self.messages if (m.language or "en").split("-")[0] == "en"]
        return " ".join(message.value for message in english or self.messages)

    @property
    def order(self) -> tuple[str, ...]:
        """By what reports are sorted: focus node, path, constraint, value, shape."""
        parts = (self.focus_node, self.path, self.constraint, self.value, self.source_shape)
        return tuple(str(part) for part in (*parts, *self.messages))
