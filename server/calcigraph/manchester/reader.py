"""A blank node in, what it says out: a class expression, data range or property expression, an axiom or a
reified statement; any other node by its properties.

Only what stands in the triples is read. What is malformed (two values where one is needed, a broken list, a
circle) is shown by its properties in brackets, and the faults are told beside it. What is too deep or too
much is left out, and that is told.
"""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from calcigraph.manchester import page_reading, restrictions
from calcigraph.manchester.axioms import AXIOM_PARTS, AXIOMS, STATEMENT_PARTS, axiom_of
from calcigraph.manchester.expression import CUT, LEFT_OUT, Binding, Expression, Piece, joined
from calcigraph.manchester.reading import Malformed, Reading, Statements, StatementsOf, single
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import OWL, RDF, RDFS, SWRL

_MOST_VALUES = 20
_BOOLEAN: Final = {
    OWL["intersectionOf"]: (" and ", Binding.AND),
    OWL["unionOf"]: (" or ", Binding.OR),
}
_NOT = (OWL["complementOf"], OWL["datatypeComplementOf"])
_CONSTRUCTORS: Final = (
    *(*_BOOLEAN, *_NOT, OWL["oneOf"], OWL["onDatatype"], OWL["inverseOf"]),
    *(OWL["onProperty"], OWL["onProperties"]),
)
_TYPES: Final = {OWL["Restriction"], OWL["DataRange"], RDF["List"]}
_PARTS: Final = frozenset(
    {
        *(*_CONSTRUCTORS, OWL["withRestrictions"], *restrictions.RESTRICTION_PARTS, *AXIOM_PARTS),
        *(RDF[name] for name in ("type", "first", "rest", "reifies")),
    }
)
# What a list says depends on what leads to it (Manchester Syntax, sections 2.5 and 3).
_COMMA = ", "
_LISTS: Final = {
    OWL["propertyChainAxiom"]: (" o ", Binding.AND),
    OWL["disjointUnionOf"]: (_COMMA, Binding.OR),
    OWL["hasKey"]: (_COMMA, Binding.OR),
    **_BOOLEAN,
}
# What an empty list makes of classes, and of data ranges (OWL 2 Mapping to RDF Graphs, section 3.2.4).
_NO_VALUE = Expression.of("not ", RDFS["Literal"], binding=Binding.NOT)
_NOTHING: Final = (Expression.of(OWL["Nothing"]), _NO_VALUE)
_EMPTY: Final = {
    OWL["oneOf"]: _NOTHING,
    OWL["unionOf"]: _NOTHING,
    OWL["intersectionOf"]: (Expression.of(OWL["Thing"]), Expression.of(RDFS["Literal"])),
}
_LEFT_OUT: Final = Expression.of(CUT)


class ExpressionReader:
    """Reads the expressions of one set of triples; `about` gives what these say of a node.

    Cost: a look-up a node, of some hundred nodes at most.
    """

    def __init__(self, about: StatementsOf) -> None:
        self._about = about

    def read(self, node: ox.BlankNode) -> Expression:
        """What `node` says. Raises: LookUpsTimedOut, LookUpsAbandoned."""
        page = page_reading.current()
        if page is None:
            return _NodeReader(Reading(self._about)).whole(node)
        if node not in page.known:
            page.known[node] = _NodeReader(Reading(self._about)).whole(node)
        return page.known[node]

    def is_construct(self, node: ox.BlankNode) -> bool:
        """Whether OWL or RDF gives `node` a form. Cost: a look-up."""
        return _is_construct(self._about(node))

    def is_axiom(self, node: ox.BlankNode) -> bool:
        """Whether `node` stands for a statement of its own: an axiom of OWL other than an annotated one, or
        one about an expression. Cost: a look-up."""
        said = self._about(node)
        kinds = said.get(RDF["type"], ())
        return any(kind in AXIOMS and kind not in STATEMENT_PARTS for kind in kinds)

    def is_form(self, node: ox.BlankNode) -> bool:
        """The same, or whether it is a part of a list. Cost: a look-up."""
        said = self._about(node)
        return RDF["first"] in said or _is_construct(said)

    def list(self, predicate: ox.NamedNode, head: ox.BlankNode) -> Expression | None:
        """What a list says as the value of `predicate`: a chain of properties, a key, classes; None where it
        means no more than its items, or is no list."""
        reader = _NodeReader(Reading(self._about))
        return reader.list_of(predicate, head)


def is_part(predicate: ox.NamedNode) -> bool:
    """Whether a property of an expression belongs to its form, and is nothing that is said about it."""
    return predicate in _PARTS or predicate.value.startswith(SWRL.iri)


def _is_construct(said: Statements) -> bool:
    kinds = said.get(RDF["type"], ())
    return any(name in said for name in _CONSTRUCTORS) or any(k in _TYPES or k in AXIOMS for k in kinds)


class _NodeReader:
    """Reads one expression."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def whole(self, node: ox.BlankNode) -> Expression:
        return self._finished(self._node(node), _is_construct(self._reading.about(node)))

    def list_of(self, predicate: ox.NamedNode, head: ox.BlankNode) -> Expression | None:
        try:
            found = self._list(predicate, head)
        except Malformed:
            return None
        return found and self._finished(found, is_construct=True)

    def _finished(self, found: Expression, is_construct: bool) -> Expression:
        reading = self._reading
        is_exact = reading.is_by_name and not reading.is_cut and not reading.faults
        return Expression(
            found.pieces, found.binding, tuple(reading.faults), is_construct, reading.is_cut, is_exact
        )

    def _list(self, predicate: ox.NamedNode, head: ox.BlankNode) -> Expression | None:
        if predicate == OWL["oneOf"]:
            return self._one_of(head)
        return self._operands(head, *_LISTS[predicate]) if predicate in _LISTS else None

    def _term(self, term: Term) -> Expression:
        if isinstance(term, ox.BlankNode):
            return self._node(term)
        if isinstance(term, ox.Triple):
            subject, value = self._term(term.subject), self._term(term.object)
            return Expression.of(
                "<<( ", *subject.within(Binding.ATOM), " ", term.predicate, " ", *value.pieces, " )>>"
            )
        return Expression.of(term)

    def _object(self, predicate: Term, term: Term) -> Expression:
        """A term as the value of a property, which may make a list more than its items. Raises: Malformed."""
        listed = None
        if isinstance(predicate, ox.NamedNode) and isinstance(term, ox.BlankNode):
            listed = self._list(predicate, term)
        return listed or self._term(term)

    def _node(self, node: ox.BlankNode) -> Expression:
        if not self._reading.has_room():
            return _LEFT_OUT
        try:
            with self._reading.entering(node):
                said = self._reading.about(node)
                try:
                    return self._construct(said)
                except Malformed as malformed:
                    self._reading.faults[str(malformed)] = None
                    return self._plain(said)
        except Malformed as malformed:
            self._reading.faults[str(malformed)] = None
            return _LEFT_OUT

    def _construct(self, said: Statements) -> Expression:
        """Raises: Malformed."""
        found = [name for name in _CONSTRUCTORS if name in said]
        kinds = said.get(RDF["type"], ())
        if len(found) > 1:
            raise Malformed("it is built in several ways")
        if found:
            return self._built(found[0], said)
        if RDF["first"] in said or RDF["rest"] in said:
            raise Malformed("a list stands where an expression is expected")
        if any(kind in _TYPES for kind in kinds):
            raise Malformed("it does not say of what it is built")
        axiom = axiom_of(said, self._reading, self._term, self._object)
        return axiom if axiom is not None else self._plain(said)

    def _built(self, name: ox.NamedNode, said: Statements) -> Expression:
        kinds = said.get(RDF["type"], ())
        if name in (OWL["onProperty"], OWL["onProperties"]):
            return self._restriction(name, said)
        value = single(said, name)
        if value == RDF["nil"] and name in _EMPTY:
            return _EMPTY[name][RDFS["Datatype"] in kinds or OWL["DataRange"] in kinds]
        if name in _BOOLEAN:
            word, binding = _BOOLEAN[name]
            return self._operands(value, word, binding)
        if name in _NOT:
            operand = self._term(value).within(Binding.RESTRICTION)
            return Expression.of("not ", *operand, binding=Binding.NOT)
        if name == OWL["oneOf"]:
            return self._one_of(value)
        if name == OWL["inverseOf"]:
            return Expression.of("inverse ", *self._named(value), binding=Binding.RESTRICTION)
        return self._facets(value, said)

    def _operands(self, head: Term, word: str, binding: Binding) -> Expression:
        items = self._reading.some_items(head, self._term, _LEFT_OUT)
        if len(items) == 1:
            return items[0]
        least = binding if word == _COMMA else Binding(binding + 1)
        return Expression.of(*joined([item.within(least) for item in items], word), binding=binding)

    def _one_of(self, head: Term) -> Expression:
        items = self._reading.some_items(head, self._atom, LEFT_OUT)
        return Expression.of("{", *joined(items, ", "), "}")

    def _facets(self, datatype: Term, said: Statements) -> Expression:
        found = self._reading.some_items(single(said, OWL["withRestrictions"]), self._limits, [LEFT_OUT])
        limits = [limit for limits in found for limit in limits]
        return Expression.of(*self._named(datatype), "[", *joined(limits, ", "), "]")

    def _limits(self, node: Term) -> list[tuple[Piece, ...]]:
        said = self._reading.about(node) if isinstance(node, Subject) else {}
        found = [name for name in restrictions.FACETS if name in said]
        if not found:
            raise Malformed("a limit of a datatype is none that there is")
        return [(restrictions.FACETS[name], *self._term(single(said, name)).pieces) for name in found]

    def _restriction(self, name: ox.NamedNode, said: Statements) -> Expression:
        prop = self._properties(name, said)
        kind = restrictions.filler(said)
        value = single(said, kind)
        if kind in restrictions.QUANTIFIERS:
            ends: tuple[Piece, ...] = self._filler(value)
            pieces: tuple[Piece, ...] = (*prop, restrictions.QUANTIFIERS[kind], *ends)
        elif kind in restrictions.CARDINALITIES:
            pieces = (*prop, restrictions.CARDINALITIES[kind] + restrictions.number(value))
        elif kind in restrictions.QUALIFIED:
            words = f"{restrictions.QUALIFIED[kind]}{restrictions.number(value)} "
            pieces = (*prop, words, *self._filler(restrictions.qualifier(said)))
        else:
            restrictions.check_self(value)
            pieces = (*prop, " Self")
        return Expression.of(*pieces, binding=Binding.RESTRICTION)

    def _filler(self, term: Term) -> tuple[Piece, ...]:
        return self._term(term).within(Binding.NOT)

    def _properties(self, name: ox.NamedNode, said: Statements) -> tuple[Piece, ...]:
        value = single(said, name)
        if name == OWL["onProperties"]:
            return joined(self._reading.some_items(value, self._property, LEFT_OUT), _COMMA)
        return self._property(value)

    def _atom(self, term: Term) -> tuple[Piece, ...]:
        return self._term(term).within(Binding.ATOM)

    def _property(self, term: Term) -> tuple[Piece, ...]:
        if isinstance(term, ox.Literal):
            raise Malformed("a literal stands for a property")
        return self._term(term).pieces

    def _named(self, term: Term) -> tuple[Piece, ...]:
        if not isinstance(term, ox.NamedNode):
            raise Malformed("a name is needed where there is none")
        return (term,)

    def _plain(self, said: Statements) -> Expression:
        """A node by its properties."""
        self._reading.is_by_name = False
        kinds = [value for value in said.get(RDF["type"], ()) if isinstance(value, ox.NamedNode)]
        parts: list[tuple[Piece, ...]] = [("a ", *joined([(kind,) for kind in kinds], ", "))] if kinds else []
        for name in sorted((name for name in said if name != RDF["type"]), key=str):
            values = [self._value(value) for value in said[name][:_MOST_VALUES]]
            self._reading.is_cut |= len(said[name]) > _MOST_VALUES
            more = [LEFT_OUT] if len(said[name]) > _MOST_VALUES else []
            parts.append((name, " ", *joined([*values, *more], ", ")))
        return Expression.of("[", *joined(parts, "; "), "]") if parts else Expression.of("[]")

    def _value(self, term: Term) -> tuple[Piece, ...]:
        """A value of a property: a term, an expression, or the items of a list."""
        if isinstance(term, ox.BlankNode) and RDF["first"] in self._reading.about(term):
            try:
                items = self._reading.items(term, lambda item: self._term(item).pieces, LEFT_OUT)
            except Malformed as malformed:
                self._reading.faults[str(malformed)] = None
                return (CUT,)
            return ("(", *joined(items, _COMMA), ")")
        return self._term(term).within(Binding.NOT)
