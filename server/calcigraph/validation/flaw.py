"""What is wrong with a shape, as a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.errors import Finding, Severity
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import Term, show_term
from calcigraph.validation.places import PlaceOf
from calcigraph.validation.shape_owner import owner


@dataclass(frozen=True)
class Flaw:
    """Something in a shapes graph for which a verdict would be another one than its author means.

    `node` is the shape, or what it is about otherwise, None where it is the whole graph; `predicate` is the
    property of it that is wrong, if any, and `value` its wrong value, None where all are. Where `breaks`,
    what that says cannot be judged, or all that the node says if there is no property. Many of one `kind`
    may be told of together.
    """

    node: Term | None
    predicate: ox.NamedNode | None
    message: str
    remedy: str
    severity: Severity = Severity.VIOLATION
    breaks: bool = False
    value: Term | None = None
    kind: str = ""


def placed(
    flaws: Iterable[Flaw], shapes: list[ox.Triple], place_of: PlaceOf, prefixes: Prefixes
) -> Iterator[Finding]:
    """The flaws as findings, each at its own place, under the name of the shape that it is in."""
    for flaw in flaws:
        node = owner(flaw.node, shapes) if flaw.node is not None else None
        yield Finding(
            "shapes",
            place_of(flaw.node, flaw.predicate) if flaw.node is not None else place_of(_NOWHERE, None),
            flaw.message,
            flaw.remedy,
            node=show_term(node, prefixes) if isinstance(node, ox.NamedNode) else "",
            severity=flaw.severity,
            kind=flaw.kind,
        )


# What stands in no file.
_NOWHERE = ox.BlankNode("nowhere")
