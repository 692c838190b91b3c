"""Triples in, owlrl's closure of them out; the only module that knows owlrl.

owlrl (W3C's former reference implementation in Python) is slow and complete but for the faults that
`tests/test_reasoning_closure.py` names. It serves as an oracle, and behind `--reasoner owlrl`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import owlrl
import pyoxigraph as ox
import rdflib

from calcigraph.reasoning.clashes import Violation
from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.closure.state import Progress
from calcigraph.reasoning.engines.builtin import Builtin
from calcigraph.reasoning.facts.base import Base
from calcigraph.reasoning.facts.columns import Columns, filled, minus
from calcigraph.reasoning.facts.encoding import decode, encode, visible
from calcigraph.reasoning.limits import Limits
from calcigraph.reasoning.maintenance.difference import Outcome
from calcigraph.reasoning.queries.algebra import term
from calcigraph.reasoning.terms.numbering import Terms


def close(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """owlrl's closure without axiomatic triples, the asserted triples included.

    Cost: minutes for 100,000 triples; see bench/reasoning. A triple that is not RDF 1.1 is left out.
    """
    graph = rdflib.Graph()
    for triple in triples:
        graph.add((_node(triple.subject), _node(triple.predicate), _node(triple.object)))
    rules = owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False)
    rules.expand(graph)
    for subject, predicate, obj in graph:
        if isinstance(subject, rdflib.URIRef | rdflib.BNode) and isinstance(predicate, rdflib.URIRef):
            yield ox.Triple(_back(subject), _back(predicate), _back(obj))


def _node(node: Any) -> Any:
    if isinstance(node, ox.NamedNode):
        return rdflib.URIRef(node.value)
    if isinstance(node, ox.BlankNode):
        return rdflib.BNode(node.value)
    if node.language:
        return rdflib.Literal(node.value, lang=node.language)
    return rdflib.Literal(node.value, datatype=rdflib.URIRef(node.datatype.value), normalize=False)


def _back(node: Any) -> Any:
    return ox.BlankNode(str(node)) if isinstance(node, rdflib.BNode) else term(node)


class Owlrl:
    """owlrl closes; proofs and clashes come from the builtin engine, closed when first asked for."""

    def __init__(self, terms: Terms, limits: Limits, progress: Progress) -> None:
        self._terms, self._limits, self._progress = terms, limits, progress
        self._base = Base()
        self._inferred: Columns = {}
        self._builtin: Builtin | None = None

    def close(self, base: Columns) -> None:
        """Start anew. Cost: minutes for 100,000 triples."""
        self._base, self._builtin = Base(base), None
        self._progress("owlrl", 0)
        closed = minus(encode(self._terms, close(decode(self._terms, base))), base)
        shown = {key: visible(self._terms, key, column) for key, column in closed.items()}
        self._inferred = filled(shown)

    def change(self, add: Columns, remove: Columns) -> Outcome:
        """Close anew and compare."""
        old = self._inferred
        self.close(self._base.changed(add, remove).columns)
        return Outcome(minus(self._inferred, old), minus(old, self._inferred), anew=True)

    def inferred(self) -> Columns:
        """What owlrl found beyond the base, trivial triples left out."""
        return self._inferred

    def violations(self) -> set[Violation]:
        """The clashes that the builtin engine finds."""
        return self._index().violations()

    def state(self) -> Closure:
        """The builtin engine's closed relations."""
        return self._index().state()

    def _index(self) -> Builtin:
        if self._builtin is None:
            self._builtin = Builtin(self._terms, self._limits, self._progress)
            self._builtin.close(self._base.columns)
        return self._builtin
