"""Triples in, owlrl's closure of them out; the only module that knows owlrl.

owlrl (W3C's former reference implementation in Python) is slow and complete but for the faults that
`tests/test_reasoning_closure.py` names. It serves as an oracle, and behind `--reasoner owlrl`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Self

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
from calcigraph.reasoning.maintenance.difference import ClosureChange
from calcigraph.reasoning.queries.algebra import term
from calcigraph.reasoning.terms.numbering import TermNumbers


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

    def __init__(
        self, base: Base, inferred: Columns, terms: TermNumbers, limits: Limits, progress: Progress
    ) -> None:
        self._base, self._inferred = base, inferred
        self._terms, self._limits, self._progress = terms, limits, progress

    @classmethod
    def closed(cls, base: Columns, terms: TermNumbers, limits: Limits, progress: Progress) -> Self:
        """The engine over some base facts. Cost: minutes for 100,000 triples."""
        progress("owlrl", 0)
        triples = list(close(decode(terms, base)))  # before the numbering is locked
        found = minus(encode(terms, triples), base)
        shown = {key: visible(terms, key, column) for key, column in found.items()}
        return cls(Base(base), filled(shown), terms, limits, progress)

    def after(self, add: Columns, remove: Columns) -> tuple[Self, ClosureChange]:
        """The engine with base facts added and removed: closed anew and compared."""
        base = self._base.changed(add, remove).columns
        new = self.closed(base, self._terms, self._limits, self._progress)
        came, went = minus(new._inferred, self._inferred), minus(self._inferred, new._inferred)
        return new, ClosureChange(came, went, anew=True)

    def inferred(self) -> Columns:
        """What owlrl found beyond the base, trivial triples left out."""
        return self._inferred

    def violations(self) -> frozenset[Violation]:
        """The clashes that the builtin engine finds."""
        return self._builtin.violations()

    def state(self) -> Closure:
        """The builtin engine's closed relations."""
        return self._builtin.state()

    @cached_property
    def _builtin(self) -> Builtin:
        return Builtin.closed(self._base.columns, self._terms, self._limits, self._progress)
