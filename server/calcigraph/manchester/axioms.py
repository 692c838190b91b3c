"""A node that stands for an axiom or a statement in, the axiom as a sentence out.

OWL 2 Mapping to RDF Graphs, sections 2.3 and 3.2.5; RDF Schema, section 5.3.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Final

import pyoxigraph as ox

from calcigraph.manchester.expression import LEFT_OUT, Binding, Expression, joined
from calcigraph.manchester.reading import Malformed, Reading, Statements, single
from calcigraph.manchester.rules import RULE, ReadTerm, rule
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import OWL, RDF

_SETS: Final = {
    OWL["AllDisjointClasses"]: "DisjointClasses: ",
    OWL["AllDisjointProperties"]: "DisjointProperties: ",
    OWL["AllDifferent"]: "DifferentIndividuals: ",
}
_MEMBERS = (OWL["members"], OWL["distinctMembers"])
STATEMENT_PARTS: Final = {
    OWL["Axiom"]: (OWL["annotatedSource"], OWL["annotatedProperty"], OWL["annotatedTarget"]),
    OWL["Annotation"]: (OWL["annotatedSource"], OWL["annotatedProperty"], OWL["annotatedTarget"]),
    RDF["Statement"]: (RDF["subject"], RDF["predicate"], RDF["object"]),
}
"""The properties of what stands for a statement: its subject, predicate and object."""
_NEGATIVE = OWL["NegativePropertyAssertion"]
_NEGATIVE_PARTS = frozenset(
    OWL[name] for name in ("sourceIndividual", "assertionProperty", "targetIndividual", "targetValue")
)
AXIOM_PARTS: Final = frozenset(chain(_MEMBERS, _NEGATIVE_PARTS, *STATEMENT_PARTS.values()))
"""The properties by which nodes say which axioms and statements they stand for, but for rules."""
AXIOMS: Final = frozenset({*_SETS, *STATEMENT_PARTS, _NEGATIVE, RULE})
"""The classes of nodes that stand for axioms and statements."""


def axiom_of(
    said: Statements, reading: Reading, read: ReadTerm, read_value: Callable[[Term, Term], Expression]
) -> Expression | None:
    """The sentence; None where the node stands for none. `read` reads a term, `read_value` one that is the
    value of a property. Raises: Malformed."""
    kinds = [kind for kind in said.get(RDF["type"], ()) if kind in AXIOMS]
    if len(kinds) > 1:
        raise Malformed("it is several axioms at once")
    if not kinds:
        return None
    kind = kinds[0]
    assert isinstance(kind, ox.NamedNode)
    if kind in _SETS:
        names = [name for name in _MEMBERS if name in said]
        if len(names) != 1:
            raise Malformed("it has no list of members" if not names else "it has two lists of members")
        items = reading.some_items(single(said, names[0]), lambda item: read(item).pieces, LEFT_OUT)
        return Expression.of(_SETS[kind], *joined(items, ", "), binding=Binding.OR)
    if kind == RULE:
        return rule(said, reading, read)
    if kind == _NEGATIVE:
        return _negative(said, read)
    subject, predicate, value = (single(said, name) for name in STATEMENT_PARTS[kind])
    end = read_value(predicate, value).within(Binding.ATOM)
    parts = [read(subject).within(Binding.ATOM), read(predicate).pieces, end]
    return Expression.of(*joined(parts, " "), binding=Binding.OR)


def _negative(said: Statements, read: ReadTerm) -> Expression:
    targets = [name for name in (OWL["targetIndividual"], OWL["targetValue"]) if name in said]
    if len(targets) != 1:
        raise Malformed("it has no target" if not targets else "it has two targets")
    names = (OWL["sourceIndividual"], OWL["assertionProperty"], targets[0])
    subject, predicate, value = (read(single(said, name)).within(Binding.ATOM) for name in names)
    return Expression.of(*subject, " not ", *predicate, " ", *value, binding=Binding.OR)
