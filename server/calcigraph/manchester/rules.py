"""A rule of SWRL in, the rule as Protégé and the OWL API write it out: `C(?x), p(?x, ?y) -> D(?y)`.

See https://www.w3.org/submissions/SWRL/, section 2, and its RDF vocabulary (section 5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import pyoxigraph as ox

from calcigraph.manchester.expression import LEFT_OUT, Binding, Expression, Piece, joined
from calcigraph.manchester.reading import Malformed, Reading, Statements, single
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import RDF, SWRL

RULE: Final = SWRL["Imp"]
_ONE, _TWO = (SWRL["argument1"],), (SWRL["argument1"], SWRL["argument2"])
_ATOMS: Final[Mapping[Term, tuple[ox.NamedNode | str, tuple[ox.NamedNode, ...]]]] = {
    SWRL["ClassAtom"]: (SWRL["classPredicate"], _ONE),
    SWRL["DataRangeAtom"]: (SWRL["dataRange"], _ONE),
    SWRL["IndividualPropertyAtom"]: (SWRL["propertyPredicate"], _TWO),
    SWRL["DatavaluedPropertyAtom"]: (SWRL["propertyPredicate"], _TWO),
    SWRL["SameIndividualAtom"]: ("sameAs", _TWO),
    SWRL["DifferentIndividualsAtom"]: ("differentFrom", _TWO),
}
"""What of an atom names its predicate, or the word for it, and its arguments."""
ReadTerm: TypeAlias = Callable[[Term], Expression]


def rule(said: Statements, reading: Reading, read: ReadTerm) -> Expression:
    """The rule. Raises: Malformed."""
    body, head = (_atoms(single(said, SWRL[name]), reading, read) for name in ("body", "head"))
    return Expression.of("Rule: ", *body, " -> ", *head, binding=Binding.OR)


def _atoms(head: Term, reading: Reading, read: ReadTerm) -> tuple[Piece, ...]:
    return joined(reading.items(head, lambda node: _atom(node, reading, read), LEFT_OUT), ", ")


def _atom(node: Term, reading: Reading, read: ReadTerm) -> tuple[Piece, ...]:
    said = reading.about(node) if isinstance(node, Subject) else {}
    kinds = said.get(RDF["type"], ())
    if SWRL["BuiltinAtom"] in kinds:
        predicate: tuple[Piece, ...] = read(single(said, SWRL["builtin"])).pieces
        head = single(said, SWRL["arguments"])
        arguments = reading.items(head, lambda term: _argument(term, reading, read), LEFT_OUT)
    else:
        found = [_ATOMS[kind] for kind in kinds if kind in _ATOMS]
        if not found:
            raise Malformed("an atom of a rule is none that there is")
        name, places = found[0]
        predicate = (name,) if isinstance(name, str) else read(single(said, name)).within(Binding.ATOM)
        arguments = [_argument(single(said, place), reading, read) for place in places]
    return (*predicate, "(", *joined(arguments, ", "), ")")


def _argument(term: Term, reading: Reading, read: ReadTerm) -> tuple[Piece, ...]:
    """A variable by its name, anything else as it is."""
    if isinstance(term, ox.NamedNode) and SWRL["Variable"] in reading.about(term).get(RDF["type"], ()):
        return (f"?{term.value.replace('#', '/').replace(':', '/').rpartition('/')[2]}",)
    return read(term).pieces
