"""Terms, paths and triples of a text in, their nodes out (SPARQL 1.1, section 19.8, from TriplesBlock on)."""

from __future__ import annotations

from typing import Final

from calcigraph.sparql.token_stream import TokenStream
from calcigraph.sparql.tree import (
    AlternativePath,
    Annotation,
    BlankNode,
    BlankNodeProperties,
    BracketedPath,
    Collection,
    InversePath,
    Iri,
    Literal,
    NegatedPath,
    Node,
    Object,
    Property,
    ReifiedTriple,
    Reifier,
    RepeatedPath,
    SequencePath,
    Term,
    Triples,
    TripleTerm,
    TypeKeyword,
    Variable,
)

_TERM_MARKS: Final = ("[", "(", "<<", "<<(", "+", "-")
_SIGNS: Final = ("+", "-")
_NO_LABEL: Final = frozenset(":%\\")


class TermParser(TokenStream):
    """What stands in triple patterns, in templates and in the data of an update."""

    def variable(self) -> Variable:
        """`?x`. Raises: SparqlMalformed, as all of these do."""
        if self.kind != "variable":
            raise self.unexpected("a variable")
        found = Variable(self.start, self.end, self.value[1:])
        self.advance()
        return found

    def iri(self) -> Iri:
        """`<...>` or a prefixed name."""
        if not self._begins_iri():
            raise self.unexpected("an IRI")
        found = Iri(self.start, self.end, self.value)
        self.advance()
        return found

    def variable_or_iri(self) -> Variable | Iri:
        """What a graph or a service is named by."""
        if self.kind == "variable":
            return self.variable()
        if not self._begins_iri():
            raise self.unexpected("a variable", "an IRI")
        return self.iri()

    def begins_term(self) -> bool:
        """Whether a subject or an object may begin with the token."""
        if self.kind in ("variable", "iri", "name", "string", "number"):
            return True
        if self.kind == "word":
            return self.value in ("TRUE", "FALSE")
        return self.is_mark(*_TERM_MARKS)

    def begins_literal(self) -> bool:
        """Whether a literal begins with the token; a sign is taken for one where a number follows at once."""
        if self.kind == "operator":
            return self.value in _SIGNS and (self.next_mark().isdigit() or self.next_mark() == ".")
        return self.kind in ("string", "number") or self.is_word("TRUE", "FALSE")

    def term(self) -> Term:
        """A subject or an object."""
        if self.kind == "variable":
            return self.variable()
        if self.kind in ("iri", "name"):
            return self._blank_node() if self.value.startswith("_:") else self.iri()
        if self.begins_literal():
            return self.literal()
        if self.is_mark("["):
            return self._brackets()
        if self.is_mark("("):
            return self._collection()
        if self.is_mark("<<("):
            return self.triple_term()
        if self.is_mark("<<"):
            return self._reified_triple()
        raise self.unexpected("a variable", "an IRI", "a literal")

    def literal(self) -> Literal:
        """A literal with its language tag or datatype."""
        start, text = self.start, self.value
        if self.is_mark(*_SIGNS):
            self.advance()
            if self.kind != "number" or self.start != self.last:
                raise self.unexpected("a number")
            text += self.value
            self.advance()
            return Literal(start, self.last, text)
        is_string = self.kind == "string"
        if not is_string and self.kind != "number" and not self.is_word("TRUE", "FALSE"):
            raise self.unexpected("a literal")
        self.advance()
        if is_string and self.kind == "language":
            language = self.value[1:]
            self.advance()
            return Literal(start, self.last, text, language=language)
        if is_string and self.take_mark("^^"):
            datatype = self.iri()
            return Literal(start, self.last, text, datatype=datatype)
        return Literal(start, self.last, text)

    def triple_term(self) -> TripleTerm:
        """`<<( s p o )>>`"""
        start = self.expect_mark("<<(")
        subject, verb, obj = self._plain_term("<<("), self._plain_verb(), self._plain_term("<<(")
        self.expect_mark(")>>")
        return TripleTerm(start, self.last, subject, verb, obj)

    def _plain_term(self, *allowed: str) -> Term:
        """A term that has no terms in it, or begins with one of the marks."""
        if self.is_mark("(", "<<", "<<(") and not self.is_mark(*allowed):
            raise self.unexpected("a variable", "an IRI", "a literal")
        if self.is_mark("["):
            start = self.expect_mark("[")
            self.expect_mark("]")
            return BlankNode(start, self.last, None)
        return self.term()

    def triples(self, with_paths: bool) -> Triples:
        """A subject and its properties. Verbs may be paths in patterns, not in templates and data."""
        start, subject = self.start, self.term()
        says_something = isinstance(subject, BlankNodeProperties | ReifiedTriple) or (
            isinstance(subject, Collection) and bool(subject.items)
        )
        if says_something and not self._begins_verb():
            return Triples(start, self.last, subject, ())
        properties = self._properties(with_paths)
        return Triples(start, self.last, subject, properties)

    def _begins_iri(self) -> bool:
        return self.kind == "iri" or (self.kind == "name" and not self.value.startswith("_:"))

    def _blank_node(self) -> BlankNode:
        # The lexer reads a label as it does a local name, which may be nothing, or hold more.
        if len(self.value) == 2 or not _NO_LABEL.isdisjoint(self.value[2:]):
            raise self.unexpected("the label of a blank node")
        found = BlankNode(self.start, self.end, self.value[2:])
        self.advance()
        return found

    def _brackets(self) -> Term:
        start = self.expect_mark("[")
        if self.take_mark("]"):
            return BlankNode(start, self.last, None)
        properties = self._properties(with_paths=self._allows_paths)
        self.expect_mark("]")
        return BlankNodeProperties(start, self.last, properties)

    # Set by the parser of groups: a path may stand in the brackets of a pattern only.
    _allows_paths = False

    def _collection(self) -> Collection:
        start = self.expect_mark("(")
        items = []
        while not self.take_mark(")"):
            items.append(self.term())
        return Collection(start, self.last, tuple(items))

    def _reified_triple(self) -> ReifiedTriple:
        start = self.expect_mark("<<")
        ends = ("<<", "<<(")
        subject, verb, obj = self._plain_term(*ends), self._plain_verb(), self._plain_term(*ends)
        reifier = self._reifier().term if self.is_mark("~") else None
        self.expect_mark(">>")
        return ReifiedTriple(start, self.last, subject, verb, obj, reifier)

    def _reifier(self) -> Reifier:
        start = self.expect_mark("~")
        named = self.kind in ("variable", "iri", "name") or self.is_mark("[")
        term = self._plain_term() if named else None
        return Reifier(start, self.last, term)

    def _begins_verb(self) -> bool:
        if self.kind in ("variable", "iri", "name") or self._is_type():
            return True
        return self.is_mark("^", "!", "(")

    def _is_type(self) -> bool:
        # The one keyword whose case counts.
        return self.kind == "word" and self.value == "A" and self.text[self.start] == "a"

    def _plain_verb(self) -> Term:
        if self._is_type():
            self.advance()
            return TypeKeyword(self.last - 1, self.last)
        return self.variable_or_iri()

    def _properties(self, with_paths: bool) -> tuple[Property, ...]:
        found = [self._property(with_paths)]
        while self.is_mark(";"):
            while self.take_mark(";"):
                pass
            if not self._begins_verb():
                break
            found.append(self._property(with_paths))
        return tuple(found)

    def _property(self, with_paths: bool) -> Property:
        start = self.start
        verb = self.path() if with_paths and self.kind != "variable" else self._plain_verb()
        objects = [self._object()]
        while self.take_mark(","):
            objects.append(self._object())
        return Property(start, self.last, verb, tuple(objects))

    def _object(self) -> Object:
        start, term = self.start, self.term()
        annotations: list[Node] = []
        while self.is_mark("~", "{|"):
            annotations.append(self._reifier() if self.is_mark("~") else self._annotation())
        return Object(start, self.last, term, tuple(annotations))

    def _annotation(self) -> Annotation:
        start = self.expect_mark("{|")
        properties = self._properties(with_paths=self._allows_paths)
        self.expect_mark("|}")
        return Annotation(start, self.last, properties)

    def path(self) -> Node:
        """A property path, or the name that it is (section 9)."""
        start, paths = self.start, [self._sequence()]
        while self.take_mark("|"):
            paths.append(self._sequence())
        return paths[0] if len(paths) == 1 else AlternativePath(start, self.last, tuple(paths))

    def _sequence(self) -> Node:
        start, paths = self.start, [self._step()]
        while self.take_mark("/"):
            paths.append(self._step())
        return paths[0] if len(paths) == 1 else SequencePath(start, self.last, tuple(paths))

    def _step(self) -> Node:
        start = self.start
        if self.take_mark("^"):
            path = self._repeated()
            return InversePath(start, self.last, path)
        return self._repeated()

    def _repeated(self) -> Node:
        start, path = self.start, self._path_primary()
        # A `+` or `-` right before a number is the sign of the object.
        if self.is_mark("*", "?") or (self.is_mark("+") and not self.begins_literal()):
            mark = self.value
            self.advance()
            return RepeatedPath(start, self.last, path, mark)
        return path

    def _path_primary(self) -> Node:
        start = self.start
        if self._is_type():
            self.advance()
            return TypeKeyword(start, self.last)
        if self.take_mark("("):
            path = self.path()
            self.expect_mark(")")
            return BracketedPath(start, self.last, path)
        if self.take_mark("!"):
            return self._negated(start)
        if not self._begins_iri():
            raise self.unexpected("a property", "a path")
        return self.iri()

    def _negated(self, start: int) -> NegatedPath:
        if not self.take_mark("("):
            path = self._negated_step()
            return NegatedPath(start, self.last, (path,))
        paths: list[Node] = []
        if not self.is_mark(")"):
            paths.append(self._negated_step())
            while self.take_mark("|"):
                paths.append(self._negated_step())
        self.expect_mark(")")
        return NegatedPath(start, self.last, tuple(paths))

    def _negated_step(self) -> Node:
        start = self.start
        is_inverse = self.take_mark("^")
        step: Node
        if self._is_type():
            self.advance()
            step = TypeKeyword(self.last - 1, self.last)
        else:
            step = self.iri()
        return InversePath(start, self.last, step) if is_inverse else step
