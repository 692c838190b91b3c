"""A contradiction in, what an editor has to know of it out: rule, facts and axioms, each with its file and
line, and for a fact that was inferred the steps that lead to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from calcigraph.errors import Finding, Place, Related
from calcigraph.manchester import show_node
from calcigraph.rdf.terms import show_term
from calcigraph.reasoning import Statement, leaves_first
from calcigraph.root import Root

if TYPE_CHECKING:
    # Whoever serves waits for no array.
    from calcigraph.reasoning import Clash, Proof

_ASSERTED = "asserted"


def clash_finding(root: Root, clash: Clash) -> Finding:
    """A clash as an editor reads it, placed where the first fact is written, or what the fact follows from.

    Cost: a proof search for each fact, see `Inference.explain`.
    """
    proofs = clash.proofs
    steps = [step for proof in proofs for step in leaves_first(proof)]
    written = [step.triple for step in steps if step.rule == _ASSERTED]
    places = [(triple, place) for triple in written if (place := _place(root, triple))]
    triple, place = places[0] if places else (next(iter(clash.facts), None), None)
    subject = triple.subject if triple is not None else None
    node = subject if isinstance(subject, ox.NamedNode | ox.BlankNode) else None
    if place is None and node is not None:
        place = root.place(node)
    facts = _shown(root, clash.facts)
    axioms = " . ".join(clash.first_axioms(lambda axiom: _shown(root, (axiom,))))
    against = f" contradicts {axioms}" if axioms else " cannot be"
    return Finding(
        "clash",
        place or Place("data"),
        f"By rule {clash.rule}, {facts}{against}.",
        "Take back one of the facts, or mend the axiom.",
        node=show_term(node, root.prefixes) if node is not None else "",
        related=tuple(dict.fromkeys((*_steps(root, proofs), *_stated(root, "axiom", clash.axioms)))),
        kind=f"{clash.rule} {axioms}",
    )


def _steps(root: Root, proofs: tuple[Proof, ...]) -> Iterator[Related]:
    """Each proof from its leaves to the fact, each step after those that it rests on."""
    for proof in proofs:
        for step in leaves_first(proof):
            yield from _stated(root, "axiom", step.axioms)
            standing = "stated" if step.rule == _ASSERTED else f"follows by {step.rule}"
            yield from _stated(root, standing, (step.triple,))


def _stated(root: Root, standing: str, triples: tuple[Statement, ...]) -> Iterator[Related]:
    for triple in triples:
        yield Related(f"{_shown(root, (triple,))} ({standing})", _place(root, triple))


def _place(root: Root, triple: Statement) -> Place | None:
    """Where just this statement is written."""
    if not isinstance(triple, ox.Triple) or isinstance(triple.subject, ox.Triple):
        return None
    return root.place_of(triple)


def _shown(root: Root, triples: tuple[Statement, ...]) -> str:
    parts = ((t.subject, t.predicate, t.object) for t in triples)
    return " . ".join(" ".join(show_node(root.expressions, term, root.prefixes) for term in p) for p in parts)
