"""A query that searches texts in, the same query with what was found in its place out.

`?s srv:search "words"` is a magic property, as `text:query` of Apache Jena is one: it holds of the
subjects of all triples whose object is a text with these words. The index finds predicates and texts;
that a triple says so is then asked of the data, so that FROM, GRAPH and `inference=off` are kept:

    ?s srv:search "words"                        every subject, once
    (?s ?score ?text ?property) srv:search …     and how well it fits, the text, and what it was said with
    … srv:search (rdfs:label "words" 10)         restricted to properties, and to the best ten solutions
    … srv:search "words"@en                      restricted to a language, or to its regional forms

What the words may be is described in `fts_query`. Nothing is changed where the property is not a verb, nor
in a SERVICE block, which is for another server, or a template of CONSTRUCT.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from calcigraph.engine.engine_problems import SearchMalformed, SearchTooBroad
from calcigraph.engine.fts_query import expression
from calcigraph.engine.placeholders import Placeholders
from calcigraph.engine.prologue import Prologue
from calcigraph.engine.text_index import TextIndex, TextMatch
from calcigraph.errors import Place
from calcigraph.rdf.vocabulary import SRV, XSD
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.scope import named
from calcigraph.sparql.tokens import place_of
from calcigraph.sparql.tree import (
    BlankNode,
    BlankNodeProperties,
    Collection,
    Iri,
    Literal,
    Node,
    Object,
    Property,
    Service,
    Term,
    Triples,
    TriplesBlock,
    Variable,
    walk,
)

SEARCH: Final = SRV["search"].value
MOST_MATCHES: Final = 10_000
_MOST_DIGITS: Final = 18
_LARGEST_LIMIT: Final = 1_000_000_000
_NAMED: Final = re.compile(r"[:#]search\b")
_BOUND: Final = ("score", "text", "property")


def mentions_search(text: str) -> bool:
    """Whether the query `text` may search texts, so that the index had better be there already. Cost:
    next to nothing, and linear: some nanoseconds a character at most."""
    return "server" in text and "search" in text and _NAMED.search(text) is not None


@dataclass(frozen=True)
class _Wanted:
    """What one search asks for: an FTS5 expression, and its restrictions."""

    expression: str
    properties: tuple[str, ...]
    language: str | None
    limit: int | None


def searched(
    query: ParsedQuery, base_iri: str | None, placeholders: Placeholders, index: Callable[[], TextIndex]
) -> str:
    """The text of `query` with each search replaced by what `index` finds.

    Cost: a look at each verb; about 1 ms for 100 matches.
    Raises: SyntaxError for an undeclared prefix, SearchMalformed, SearchTooBroad, SearchUnavailable.
    """
    written = {
        verb.text: verb for prop in query.nodes(Property) for verb in _names(prop.verb) if _may_be(verb.text)
    }
    if not written:
        return query.text
    prologue = Prologue.of_tree(query.text, query.tree, base_iri)
    terms = dict(zip(written, prologue.terms(list(written)), strict=True))
    verbs = frozenset(text for text, term in terms.items() if _iri(term) == SEARCH)
    rewriter = _Rewriter(query, prologue, placeholders, index, verbs)
    blocks = [block for block in query.nodes(TriplesBlock) if rewriter.has_search(block)] if verbs else []
    return query.replaced({block: rewriter.replacement(block) for block in blocks})


def _names(verb: Node) -> Iterator[Iri]:
    return (node for node in walk(verb) if isinstance(node, Iri))


def _may_be(written: str) -> bool:
    """Whether an IRI or a prefixed name could stand for the magic property: no other one has to be looked up.
    A prefix may stand for any part of it."""
    if written[0] == "<":
        return written.endswith("#search>") or "\\" in written
    return SEARCH.endswith(written.partition(":")[2].replace("\\", ""))


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


class _Rewriter:
    """The state of rewriting one query, block by block."""

    def __init__(
        self,
        query: ParsedQuery,
        prologue: Prologue,
        placeholders: Placeholders,
        index: Callable[[], TextIndex],
        verbs: frozenset[str],
    ) -> None:
        self._query = query
        self._prologue = prologue
        self._placeholders = placeholders
        self._index = index
        self._verbs = verbs
        self._taken = set(named(query.tree))

    def has_search(self, block: TriplesBlock) -> bool:
        """Whether a triple of `block` searches, for this server."""
        searches = any(self._searches(node) for node in walk(block) if isinstance(node, Property))
        return searches and not any(isinstance(node, Service) for node in self._query.around(block))

    def replacement(self, block: TriplesBlock) -> Replacement:
        """What takes the place of `block`: what is found, and then its other triples, which stay together."""
        found: list[str] = []
        kept: list[tuple[Node, ...]] = []
        for triples in block.triples:
            searches = [prop for prop in triples.properties if self._searches(prop)]
            self._check(triples, searches)
            found += [
                self._block(triples.subject, searched) for prop in searches for searched in prop.objects
            ]
            others = tuple(prop for prop in triples.properties if prop not in searches)
            if not searches:
                kept.append((triples,))
            elif others:
                kept.append((triples.subject, *others))
        return lambda write: " ".join([*found, " . ".join(_joined(parts, write) for parts in kept)]) + " "

    def _searches(self, prop: Property) -> bool:
        return any(verb.text in self._verbs for verb in _names(prop.verb))

    def _check(self, triples: Triples, searches: Sequence[Property]) -> None:
        """Raise SearchMalformed where a search of `triples` cannot be answered."""
        for prop in (node for node in walk(triples) if isinstance(node, Property) and self._searches(node)):
            if not isinstance(prop.verb, Iri):
                raise self._refusal(prop, "It is part of a path.", "Give the step a triple of its own.")
            if prop not in searches or _is_nameless(triples.subject):
                raise self._refusal(prop, "Its subject is a blank node.", "Give the subject a variable.")
            if self._query.tree.form == "CONSTRUCT" and self._query.tree.head is None:
                remedy = "Write the template: CONSTRUCT { … } WHERE { … }."
                raise self._refusal(prop, "CONSTRUCT WHERE would build it.", remedy)
        if searches and isinstance(triples.subject, Collection) and len(triples.properties) > 1:
            raise self._refusal(
                searches[0],
                "Other properties share its list.",
                "Give them a triple of their own, of the first variable.",
            )

    def _block(self, subject: Term, searched: Object) -> str:
        """The pattern that takes the place of one search."""
        node, names = self._subject(subject)
        wanted = self._wanted(searched)
        score, text, predicate = (names.get(what) or self._fresh(what) for what in _BOUND)
        matches = self._matches(wanted, searched)
        values = self._placeholders.values((predicate, text, score), map(_row, matches))
        pattern = f"{values} {node} ?{predicate} ?{text}"
        selected = [*([node] if node[0] in "?$" else []), *(f"?{name}" for name in names.values())]
        if not selected:
            return f"FILTER EXISTS {{ {pattern} }}"
        ending = (
            f"ORDER BY DESC(?{score}) {selected[0]} LIMIT {wanted.limit}" if wanted.limit is not None else ""
        )
        return f"{{ SELECT DISTINCT {' '.join(selected)} {{ {pattern} }} {ending} }}"

    def _subject(self, subject: Term) -> tuple[str, dict[str, str]]:
        """The subject as written, and the names of the variables that a list has besides."""
        if not isinstance(subject, Collection):
            return self._node(subject), {}
        variables = [item.name for item in subject.items if isinstance(item, Variable)]
        names = [item.name for item in subject.items[1:] if isinstance(item, Variable)]
        if (
            not 1 <= len(subject.items) <= 1 + len(_BOUND)
            or len(names) < len(subject.items) - 1
            or len(set(variables)) < len(variables)
        ):
            raise self._refusal(
                subject,
                "The list before it is not understood.",
                "Write (?subject ?score ?text ?property), each a variable of its own, or the first of them.",
            )
        return self._node(subject.items[0]), dict(zip(_BOUND, names, strict=False))

    def _node(self, term: Term) -> str:
        if not isinstance(term, Variable | Iri):
            raise self._refusal(term, "Its subject is no variable and no IRI.", "Give it a variable.")
        return self._query.written(term)

    def _wanted(self, searched: Object) -> _Wanted:
        """What the object says: words, or a list of properties, words and a limit."""
        terms = self._terms(searched)
        limit = None
        if terms and isinstance(terms[-1], ox.Literal) and terms[-1].datatype == XSD["integer"]:
            number = terms[-1].value
            limit = min(int(number), _LARGEST_LIMIT) if len(number) <= _MOST_DIGITS else -1
            terms.pop()
        *properties, words = terms or [None]
        if (
            not isinstance(words, ox.Literal)
            or not all(isinstance(term, ox.NamedNode) for term in properties)
            or (limit is not None and limit < 0)
        ):
            raise self._refusal(
                searched,
                "What it looks for is not understood.",
                'Write "words", or a list (property "words" limit) of which only the words are needed; '
                "variables cannot stand there.",
            )
        return _Wanted(expression(words.value), tuple(map(_iri, properties)), words.language, limit)

    def _terms(self, searched: Object) -> list[ox.NamedNode | ox.Literal | None]:
        items = searched.term.items if isinstance(searched.term, Collection) else (searched.term,)
        if searched.annotations or not all(isinstance(item, Iri | Literal) for item in items):
            return []
        return self._prologue.terms([self._query.written(item) for item in items])

    def _matches(self, wanted: _Wanted, searched: Object) -> list[TextMatch]:
        most = MOST_MATCHES + (wanted.limit is None)
        found = self._index().find(wanted.expression, wanted.properties, wanted.language, most)
        if len(found) > MOST_MATCHES and wanted.limit is None:
            term = searched.term
            items = term.items if isinstance(term, Collection) else (term,)
            raise SearchTooBroad(
                f"More than {MOST_MATCHES} texts have the words of the search.",
                "Search for more words, or give a limit: "
                f"srv:search ({' '.join(map(self._query.written, items))} 100).",
            )
        return found

    def _fresh(self, what: str) -> str:
        name = what
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def _refusal(self, at: Node, why: str, remedy: str) -> SearchMalformed:
        place = Place("query", *place_of(self._query.text, at.start))
        return SearchMalformed(f"srv:search cannot be answered here. {why}", remedy, place)


def _is_nameless(subject: Term) -> bool:
    return isinstance(subject, BlankNodeProperties) or (
        isinstance(subject, BlankNode) and subject.label is None
    )


def _joined(parts: tuple[Node, ...], write: Callable[[Node], str]) -> str:
    """A triple that stays whole, or a subject with the properties that stay."""
    subject, *properties = map(write, parts)
    return f"{subject} {' ; '.join(properties)}"


def _row(match: TextMatch) -> str:
    return f"({match.predicate} {match.literal} {match.score:.6e})"
