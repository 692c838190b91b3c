"""What a lint has found: a node, with the statement that shows it and the values that its message names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from calcigraph.errors import Finding, Place, Related, Severity
from calcigraph.rdf.terms import Subject, Term, show_term
from calcigraph.root import Root

_LONGEST = 120


@dataclass(frozen=True)
class Rule:
    """What a built-in lint tells an editor; `{name}` in its texts stands for a value of a hit."""

    slug: str
    severity: Severity
    message: str
    remedy: str


@dataclass(frozen=True)
class Hit:
    """One thing that a lint has found.

    `predicate` and `value` say which statement about the node it is, as far as it is one; `related` are the
    statements that it rests on; `place` is where it stands, when that is known better than by a statement.
    """

    node: Term
    predicate: ox.NamedNode | None = None
    value: Term | None = None
    named: Mapping[str, Term | str] = field(default_factory=dict)
    related: tuple[ox.Triple, ...] = ()
    place: Place | None = None


def finding_of(root: Root, rule: Rule, hit: Hit) -> Finding:
    """A hit as a finding, at the place of its statement."""
    known: dict[str, Term | str | None] = {
        "node": hit.node,
        "predicate": hit.predicate,
        "value": hit.value,
        **hit.named,
    }
    texts = {name: _said(root, name, value) for name, value in known.items() if value is not None}
    return Finding(
        rule.slug,
        hit.place or place_of(root, hit) or Place("ontology"),
        filled(rule.message, texts),
        filled(rule.remedy, texts),
        node=texts["node"],
        severity=rule.severity,
        related=tuple(
            Related(
                " ".join(shown(root, term) for term in (t.subject, t.predicate, t.object)), root.place_of(t)
            )
            for t in hit.related
        ),
        kind=rule.message,
    )


def _said(root: Root, name: str, value: Term | str) -> str:
    """A value in a text: that of a statement as it is typed, others without quotes."""
    return shown(root, value.value if isinstance(value, ox.Literal) and name != "value" else value)


def place_of(root: Root, hit: Hit) -> Place | None:
    """Where the statement of a hit stands."""
    node = hit.node
    return root.place(node, hit.predicate, hit.value) if isinstance(node, Subject) else None


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text of a lint with values in place of their names."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def shown(root: Root, value: Term | str) -> str:
    """A value as messages show it."""
    text = value if isinstance(value, str) else show_term(value, root.prefixes)
    if isinstance(value, ox.BlankNode):
        return "a node without a name"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
