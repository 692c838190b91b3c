"""A query that searches texts in, the same query with what was found in its place out.

`?s srv:search "words"` is a magic property, as `text:query` of Apache Jena is one: it holds of the
subjects of all triples whose object is a text with these words. The index finds predicates and texts;
that a triple says so is then asked of the data, so that FROM, GRAPH and `inference=off` are kept:

    ?s srv:search "words"                        every subject, once
    (?s ?score ?text ?property) srv:search …     and how well it fits, the text, and what it was said with
    … srv:search (rdfs:label "words" 10)         restricted to properties, and to the best ten solutions
    … srv:search "words"@en                      restricted to a language, or to its regional forms

What the words may be is described in `fts_query`. Nothing is changed where the property is not a verb.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from calcigraph.engine.engine_problems import SearchMalformed, SearchTooBroad
from calcigraph.engine.fts_query import expression
from calcigraph.engine.graph_patterns import LostError, Property, SubjectBlock, TokenRange, statements
from calcigraph.engine.placeholders import Placeholders
from calcigraph.engine.prologue import Prologue, check_syntax
from calcigraph.engine.text_index import TextIndex, TextMatch
from calcigraph.errors import Place
from calcigraph.rdf.vocabulary import SRV, XSD
from calcigraph.sparql.tokens import SparqlToken, place_of, tokens

SEARCH: Final = SRV["search"].value
MOST_MATCHES: Final = 10_000
_MOST_DIGITS: Final = 18
_LARGEST_LIMIT: Final = 1_000_000_000
_NAMED: Final = re.compile(r"[:#]search\b")
_BOUND: Final = ("score", "text", "property")


def mentions_search(text: str) -> bool:
    """Whether the query `text` could search texts. Cost: next to nothing, and linear: what is
    sought repeats nothing."""
    return "search" in text and "server" in text and _NAMED.search(text) is not None


@dataclass(frozen=True)
class _Wanted:
    """What one search asks for: an FTS5 expression, and its restrictions."""

    expression: str
    properties: tuple[str, ...]
    language: str | None
    limit: int | None


def searched(
    text: str, base_iri: str | None, placeholders: Placeholders, index: Callable[[], TextIndex]
) -> str:
    """The query `text` with each search replaced by what `index` finds.

    Cost: about 1 ms for 3 KB of text and for 100 matches.
    Raises: SyntaxError where it is no query, SearchMalformed, SearchTooBroad, SearchUnavailable.
    """
    query = list(tokens(text))
    prologue = Prologue.of(text, query, base_iri)
    try:
        verbs = _verbs(query, prologue)
        rewriter = _Rewriter(text, query, prologue, placeholders, index, verbs)
        edits = [
            edit for statement in (statements(query) if verbs else []) for edit in rewriter.edits(statement)
        ]
    except (LostError, SyntaxError):
        check_syntax(text, base_iri)
        raise SearchMalformed(
            "srv:search stands in a query that is too unusual to be read for it.",
            'Write it as a triple of its own: ?s srv:search "words" .',
        ) from None
    for start, end, replacement in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        text = text[:start] + replacement + text[end:]
    return text


def _verbs(query: Sequence[SparqlToken], prologue: Prologue) -> frozenset[str]:
    """The ways in which the query writes the magic property."""
    written = {t.text for t in query if t.kind in ("iri", "name") and t.text.rstrip(">").endswith("search")}
    terms = prologue.terms(sorted(written))
    return frozenset(w for w, term in zip(sorted(written), terms, strict=True) if _iri(term) == SEARCH)


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


class _Rewriter:
    """The state of rewriting one query, statement by statement."""

    def __init__(
        self,
        text: str,
        query: Sequence[SparqlToken],
        prologue: Prologue,
        placeholders: Placeholders,
        index: Callable[[], TextIndex],
        verbs: frozenset[str],
    ) -> None:
        self._text = text
        self._query = query
        self._prologue = prologue
        self._placeholders = placeholders
        self._index = index
        self._verbs = verbs
        self._taken = {token.text[1:] for token in query if token.kind == "variable"}

    def edits(self, statement: SubjectBlock) -> list[tuple[int, int, str]]:
        """The edits (from, to, text) for the searches of one statement."""
        searches = [prop for prop in statement.properties if self._is_search(prop)]
        if not searches:
            return []
        self._check(statement, searches[0])
        assert statement.subject is not None
        blocks = [
            self._block(statement.subject, arguments) for prop in searches for arguments in prop.objects
        ]
        others = [prop for prop in statement.properties if prop not in searches]
        start, end = self._offsets((statement.subject[0], statement.end))
        rest = ""
        if others:
            properties = " ; ".join(self._written(prop.span) for prop in others)
            rest = f"{self._written(statement.subject)} {properties}"
        elif self._query[statement.end].text == ".":
            end = self._query[statement.end].end
        # In front of the run of triples, which a group in their midst would tear apart.
        front = self._query[statement.block].start
        return [(start, end, rest), (front, front, " ".join(blocks) + " ")]

    def _is_search(self, prop: Property) -> bool:
        used = [i for i in range(*prop.verb) if self._query[i].text in self._verbs]
        if used and prop.verb[1] - prop.verb[0] > 1:
            raise self._refusal(used[0], "It is part of a path.", "Give the step a triple of its own.")
        return bool(used)

    def _check(self, statement: SubjectBlock, search: Property) -> None:
        at = search.verb[0]
        if statement.is_template:
            raise self._refusal(
                at, "CONSTRUCT WHERE would build it.", "Write the template: CONSTRUCT { … } WHERE { … }."
            )
        if statement.subject is None or self._query[statement.subject[0]].text == "[":
            raise self._refusal(at, "Its subject is a blank node.", "Give the subject a variable.")
        if self._query[statement.subject[0]].text == "(" and len(statement.properties) > 1:
            raise self._refusal(
                at,
                "Other properties share its list.",
                "Give them a triple of their own, of the first variable.",
            )

    def _block(self, subject: TokenRange, arguments: TokenRange) -> str:
        """The pattern that takes the place of one search."""
        node, names = self._subject(subject)
        wanted = self._wanted(arguments)
        score, text, predicate = (names.get(what) or self._fresh(what) for what in _BOUND)
        matches = self._matches(wanted, arguments[0])
        values = self._placeholders.values((predicate, text, score), map(_row, matches))
        pattern = f"{values} {node} ?{predicate} ?{text}"
        selected = [*([node] if node[0] in "?$" else []), *(f"?{name}" for name in names.values())]
        if not selected:
            return f"FILTER EXISTS {{ {pattern} }}"
        ending = (
            f"ORDER BY DESC(?{score}) {selected[0]} LIMIT {wanted.limit}" if wanted.limit is not None else ""
        )
        return f"{{ SELECT DISTINCT {' '.join(selected)} {{ {pattern} }} {ending} }}"

    def _subject(self, span: TokenRange) -> tuple[str, dict[str, str]]:
        """The subject as written, and the names of the variables that a list has besides."""
        first = self._query[span[0]]
        if first.text != "(":
            return self._node(first), {}
        members = self._query[span[0] + 1 : span[1] - 1]
        names = [member.text[1:] for member in members[1:]]
        if (
            not 1 <= len(members) <= 1 + len(_BOUND)
            or any(member.kind != "variable" for member in members[1:])
            or len({member.text[1:] for member in members}) < len(members)
        ):
            raise self._refusal(
                span[0],
                "The list before it is not understood.",
                "Write (?subject ?score ?text ?property), each a variable of its own, or the first of them.",
            )
        return self._node(members[0]), dict(zip(_BOUND, names, strict=False))

    def _node(self, token: SparqlToken) -> str:
        if token.kind not in ("variable", "iri", "name") or token.text.startswith("_:"):
            raise self._refusal(token, "Its subject is no variable and no IRI.", "Give it a variable.")
        return token.text

    def _wanted(self, span: TokenRange) -> _Wanted:
        """What the object says: words, or a list of properties, words and a limit."""
        if self._query[span[0]].text == "(":
            span = (span[0] + 1, span[1] - 1)
        terms = self._terms(span)
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
                span[0],
                "What it looks for is not understood.",
                'Write "words", or a list (property "words" limit) of which only the words are needed; '
                "variables cannot stand there.",
            )
        return _Wanted(expression(words.value), tuple(map(_iri, properties)), words.language, limit)

    def _terms(self, span: TokenRange) -> list[ox.NamedNode | ox.Literal | None]:
        written: list[str] = []
        for token in self._query[span[0] : span[1]]:
            if token.kind == "language" and written:
                written[-1] += token.text
            elif token.kind not in ("iri", "name", "string", "number") or token.text.startswith("_:"):
                return []
            else:
                written.append(token.text)
        return self._prologue.terms(written)

    def _matches(self, wanted: _Wanted, at: int) -> list[TextMatch]:
        most = MOST_MATCHES + (wanted.limit is None)
        found = self._index().find(wanted.expression, wanted.properties, wanted.language, most)
        if len(found) > MOST_MATCHES and wanted.limit is None:
            raise SearchTooBroad(
                f"More than {MOST_MATCHES} texts have the words of the search.",
                f"Search for more words, or give a limit: srv:search ({self._query[at].text} 100).",
            )
        return found

    def _fresh(self, what: str) -> str:
        name = what
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def _offsets(self, span: TokenRange) -> tuple[int, int]:
        return self._query[span[0]].start, self._query[span[1] - 1].end

    def _written(self, span: TokenRange) -> str:
        start, end = self._offsets(span)
        return self._text[start:end]

    def _refusal(self, at: int | SparqlToken, why: str, remedy: str) -> SearchMalformed:
        token = self._query[at] if isinstance(at, int) else at
        place = Place("query", *place_of(self._text, token.start))
        return SearchMalformed(f"srv:search cannot be answered here. {why}", remedy, place)


def _row(match: TextMatch) -> str:
    return f"({match.predicate} {match.literal} {match.score:.6e})"
