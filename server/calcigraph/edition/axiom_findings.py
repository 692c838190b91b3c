"""A root's triples in; what of its axioms OWL 2 RL does not reason with, as an editor reads it, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from calcigraph.errors import Finding, Place, Severity
from calcigraph.rdf.terms import show_term
from calcigraph.reasoning import axiom_use
from calcigraph.root import Root

MAY_MISS = "OWL 2 RL may miss subsumptions that a reasoner of OWL 2 DL finds"


def axiom_findings(root: Root, triples: Iterable[ox.Triple]) -> Iterator[Finding]:
    """One finding for each kind of axiom that is outside OWL 2 RL, the whole first; none where all are in it.

    None of them is a fault: the closure is right, and smaller than all that follows (OWL 2 Profiles, section
    4.3, theorem PR1). Cost: linear in the triples.
    """
    use = axiom_use(triples)
    if not use.outside:
        return
    first = use.outside[0].example
    yield Finding(
        "profile",
        _place(root, first),
        f"{use.axioms:,} axioms, {use.used:,} of them within OWL 2 RL. {MAY_MISS}.",
        "Ask one: calcigraph check --classify elk (or hermit).",
        severity=Severity.INFO,
    )
    for kind in use.outside:
        node = kind.example.subject
        remedy = (
            "Write what matters of them as CONSTRUCT in ontology/rules/."
            if kind.is_rules
            else "This is the first of them. See docs/profile.md."
        )
        yield Finding(
            "profile",
            _place(root, kind.example),
            f"{kind}.",
            remedy,
            node=show_term(node, root.prefixes) if isinstance(node, ox.NamedNode) else "",
            severity=Severity.INFO,
        )


def _place(root: Root, triple: ox.Triple) -> Place:
    node = triple.subject
    found = root.place_of(triple)
    if found is None and isinstance(node, ox.NamedNode | ox.BlankNode):
        found = root.place(node)
    return found or Place("ontology")
