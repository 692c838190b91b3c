"""Statements in, IRIs out that look like another one: terms that a vocabulary has not, names that the root
declares nowhere, own names with http for https."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import Severity
from calcigraph.lints.hit import Hit, Rule
from calcigraph.lints.own_names import SCHEME, OwnNames, folded
from calcigraph.lints.statements import CLASSES, PROPERTIES, SUB_CLASS_OF, TYPE, Statements
from calcigraph.rdf.known_terms import NAMESPACES, SETTLED, WELL_KNOWN, is_known, terms_of
from calcigraph.rdf.namespaces import split
from calcigraph.rdf.near_names import NearNames, nearest
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import DC, OWL, RDF, RDFS, SCHEMA, SCHEMA_HTTP, SKOS, SRV, XSD

NO_TERM: Final = Rule(
    "term-unknown",
    Severity.VIOLATION,
    "{term} is no term of its vocabulary, so the statement says nothing{hint}.",
    "Write {meant}.",
)
NEAR_TERM: Final = Rule(
    "term-unfamiliar",
    Severity.WARNING,
    "{term} is no term of its vocabulary as it is known here{hint}.",
    "Write {meant}.",
)
NAMESPACE: Final = Rule(
    "namespace-misspelt",
    Severity.VIOLATION,
    "{term} is written in another way than its vocabulary, <{space}>, so nothing knows it.",
    "Write <{meant}>, and mend the prefix if it is declared so.",
)
SYNTAX_NAME: Final = Rule(
    "syntax-as-term",
    Severity.VIOLATION,
    "{term} is a word of RDF/XML and no property.",
    "Write the statement itself: what rdf:about and rdf:ID name is its subject, rdf:resource its object.",
)
SCHEMA_MIXED: Final = Rule(
    "schema-org-two-spellings",
    Severity.WARNING,
    "{term} stands beside terms of https://schema.org/, and is another IRI.",
    "Write https://schema.org/ everywhere.",
)
OWN_SPELT: Final = Rule(
    "own-iri-misspelt",
    Severity.VIOLATION,
    "{term} is written in another way than {meant}, which the root describes.",
    "Write {meant}.",
)
OWN_SPACE: Final = Rule(
    "own-namespace-misspelt",
    Severity.WARNING,
    "{term} is written in another way than the root's own IRIs, which begin with <{space}>.",
    "Write <{meant}>.",
)
UNDECLARED: Final = Rule(
    "term-undeclared",
    Severity.WARNING,
    "{term} is used as a {kind}, and nothing says that it is one{hint}.",
    "Declare it ({term} a {declared} .), or mend its name.",
)
_SYNTAX: Final = frozenset(
    {"about", "ID", "resource", "nodeID", "datatype", "parseType", "li", "aboutEach", "bagID"}
)
_RDF: Final = RDF.iri
# Each is compared with all names of the root.
_MOST_HINTS: Final = 50
_PREFIX_OF: Final = {space: name for name, space in WELL_KNOWN.items()}
_OF_CLASSES: Final = (
    TYPE,
    SUB_CLASS_OF,
    RDFS["domain"],
    OWL["someValuesFrom"],
    OWL["allValuesFrom"],
    OWL["onClass"],
)


def unknown_terms(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Terms that a vocabulary has not which gets no more of them, or has with other capitals."""
    yield from (hit for hit, settled in _unknown(statements) if settled)


def unfamiliar_terms(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Terms that a vocabulary has not as it is known here; it may have got more since."""
    yield from (hit for hit, settled in _unknown(statements) if not settled)


def _unknown(statements: Statements) -> Iterator[tuple[Hit, bool]]:
    """Each unknown term once, at its first use, with whether its vocabulary is settled."""
    described = {
        t.subject
        for t in statements.triples
        if t.predicate in (RDFS["isDefinedBy"], RDFS["label"], SKOS["definition"])
    }
    for term, triple in statements.uses.items():
        space, name = split(term.value)
        if not (name and terms_of(space)) or is_known(term.value) or (space == _RDF and name in _SYNTAX):
            continue
        if term in described:
            # The root is the vocabulary, or adds to it.
            continue
        near = nearest(name, _of_role(terms_of(space), term, triple))
        own_one = f"{_PREFIX_OF[space]}:{near}" if near else None
        is_capital = near is not None and near.lower() == name.lower()
        elsewhere = _elsewhere(space, name) if space in SETTLED or space == DC.iri else None
        meant = own_one if is_capital else elsewhere or own_one
        if space in SETTLED or meant is not None:
            yield _near(term, triple, meant), space in SETTLED


def _of_role(names: frozenset[str], term: ox.NamedNode, triple: ox.Triple) -> frozenset[str]:
    """Those of some names that may stand where a term does: properties begin with a small letter, classes
    with a capital."""
    space, name = split(term.value)
    if space == XSD.iri:
        return names
    is_class = triple.predicate == TYPE or (term != triple.predicate and name[:1].isupper())
    return frozenset(name for name in names if name[:1].isupper() == is_class)


def _elsewhere(space: str, name: str) -> str | None:
    """A term of that name in a vocabulary that is often taken for this one."""
    for other in NAMESPACES:
        if other != space and name in terms_of(other):
            return f"{_PREFIX_OF[other]}:{name}"
    return None


def _near(term: ox.NamedNode, triple: ox.Triple, meant: str | None) -> Hit:
    hint = f"; perhaps {meant} is meant" if meant else ""
    meant = meant or "a term that the vocabulary has"
    named: dict[str, Term | str] = {"term": term, "hint": hint, "meant": meant}
    return Hit(triple.subject, triple.predicate, triple.object, named)


def misspelt_namespaces(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Terms of well-known vocabularies whose namespace has another scheme, another end or other capitals."""
    known = {folded(space): space for space in NAMESPACES}
    for term, triple in statements.uses.items():
        space, name = split(term.value)
        meant = known.get(folded(space))
        if meant is not None and space != meant and name in terms_of(meant):
            named: dict[str, ox.NamedNode | str] = {"term": term, "space": meant, "meant": f"{meant}{name}"}
            yield Hit(triple.subject, triple.predicate, triple.object, named)


def syntax_names(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Attributes of RDF/XML that stand as properties."""
    for triple in statements.triples:
        space, name = split(triple.predicate.value)
        if space == _RDF and name in _SYNTAX:
            yield Hit(triple.subject, triple.predicate, triple.object, {"term": triple.predicate})


def mixed_schema(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Terms of http://schema.org/ beside some of https://schema.org/."""
    uses = statements.uses
    if any(term.value.startswith(SCHEMA.iri) for term in uses):
        for term, triple in uses.items():
            if term.value.startswith(SCHEMA_HTTP.iri) and term.value != SCHEMA_HTTP.iri:
                yield Hit(triple.subject, triple.predicate, triple.object, {"term": term})


def misspelt_own(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """IRIs that differ from one that the root describes in scheme, separator or capitals alone."""
    for term, triple, meant in _misspelt(statements, own):
        if meant in statements.by_subject:
            yield _use(term, triple, term=term, meant=meant)


def misspelt_space(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """IRIs that begin as the root's own do, but for scheme, separator or capitals."""
    for term, triple, meant in _misspelt(statements, own):
        if meant not in statements.by_subject and term not in statements.by_subject:
            space = next(space for space in own.spaces if meant.value.startswith(space))
            yield _use(term, triple, term=term, meant=meant.value, space=space)


def _misspelt(
    statements: Statements, own: OwnNames
) -> Iterator[tuple[ox.NamedNode, ox.Triple, ox.NamedNode]]:
    """Each IRI that is no own one as it stands, with its first use and what is perhaps meant."""
    described: dict[str, list[ox.NamedNode]] = defaultdict(list)
    for node in statements.by_subject:
        if own.has(node) and isinstance(node, ox.NamedNode):
            described[folded(node.value)].append(node)
    documents = {
        t.object for t in statements.with_predicate(OWL["versionIRI"], OWL["imports"], OWL["priorVersion"])
    }
    documents |= {header.subject for header in statements.headers}
    for term, triple in {**_subjects(statements), **statements.uses}.items():
        is_described = term in statements.by_subject and own.has(term)
        if is_described or term in documents or term.value.startswith((SRV.iri, *NAMESPACES)):
            continue
        # A property may be called as a class but for its first letter.
        meant = [node for node in described.get(folded(term.value), ()) if _initial(node) == _initial(term)]
        if term in meant or any(node in documents for node in meant):
            continue
        if len(meant) == 1:
            yield term, triple, meant[0]
        elif not meant and not own.has(term) and (other := _in_own_space(term.value, own)):
            yield term, triple, other


def _initial(node: ox.NamedNode) -> str:
    return split(node.value)[1][:1]


def _in_own_space(iri: str, own: OwnNames) -> ox.NamedNode | None:
    """What an IRI is in the root's own spelling, where it begins with another one of that."""
    spelt = folded(iri)
    for space, begins in own.folded:
        if spelt.startswith(begins):
            scheme = SCHEME.match(iri)
            name = iri[scheme.end() if scheme else 0 :][len(begins) :]
            return ox.NamedNode(space + name) if name and "#" not in name else None
    return None


def _subjects(statements: Statements) -> Mapping[ox.NamedNode, ox.Triple]:
    return {node: found[0] for node, found in statements.by_subject.items() if isinstance(node, ox.NamedNode)}


def _use(node: ox.NamedNode, triple: ox.Triple, **named: ox.NamedNode | str) -> Hit:
    return Hit(triple.subject, triple.predicate, triple.object, named)


def undeclared(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Own IRIs that stand as classes or predicates, and have no type. Where an imported ontology is missing,
    it may declare them: then nothing is said."""
    if statements.missing_imports:
        return
    named = [node for node in statements.terms if own.has(node)]
    if not named:
        # Data without an ontology of their own declare nothing.
        return
    names = NearNames(split(node.value)[1] for node in named)
    hinted = 0
    for term, (triple, kind, declared) in _as_terms(statements).items():
        if own.has(term) and not statements.types.get(term):
            meant = names.nearest(split(term.value)[1]) if hinted < _MOST_HINTS else None
            hinted += 1
            hint = f"; perhaps {meant} is meant" if meant else ""
            yield _use(term, triple, term=term, kind=kind, declared=declared, hint=hint)


def _as_terms(statements: Statements) -> Mapping[ox.NamedNode, tuple[ox.Triple, str, str]]:
    """Each IRI that stands as a class or as a predicate, with the first such statement."""
    found: dict[ox.NamedNode, tuple[ox.Triple, str, str]] = {}
    for triple in statements.triples:
        kind = "rdf:Property" if not statements.is_a(triple.predicate, PROPERTIES) else ""
        if kind:
            found.setdefault(triple.predicate, (triple, "property", kind))
    for triple in statements.with_predicate(*_OF_CLASSES):
        term = triple.object
        if isinstance(term, ox.NamedNode) and not statements.is_a(term, CLASSES):
            found.setdefault(term, (triple, "class", "owl:Class"))
    return found
