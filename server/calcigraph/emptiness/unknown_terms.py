"""A part that is empty in, its terms that no triple has out; with literals that are nearly the same."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

import pyoxigraph as ox

from calcigraph.emptiness.asking import Asker
from calcigraph.emptiness.empty_reason import EmptyKind, EmptyReason, NearTerm, UnknownTerm
from calcigraph.emptiness.parts import GroupPart
from calcigraph.emptiness.places import Places
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import SRV
from calcigraph.sparql.parser import rows_of
from calcigraph.sparql.tree import Described, Iri, Literal, Node, Query, SubSelect, TypeKeyword, Values, walk

_MOST_ROWS: Final = 100
_VALUES_LOOKED_AT: Final = 2000
_MOST_NEAR: Final = 5
_NEAR_ENOUGH: Final = 0.75
SAME_TEXT: Final = "the same text, but for capitals, language or datatype"
SPELT_SO: Final = "spelt nearly so"


def unknown_in_triple(
    ask: Asker, places: Places, part: GroupPart, *, of_path: bool = True
) -> EmptyReason | None:
    """That a term of a triple pattern is in no triple of the data; None where all are. Without `of_path`
    it is about the subject and the object alone."""
    terms = part.terms
    if not of_path:
        ends = part.triple[::2] if part.triple is not None else ()
        terms = tuple(term for term in terms if any(term is end for end in ends))
    unknown = tuple(_unknown(ask, places, term) for term in terms if not ask.is_known(term))
    if not unknown:
        return None
    return EmptyReason(EmptyKind.UNKNOWN_TERM, (places.part(part.shown, part.start),), unknown)


def unknown_in_values(
    text: str, ask: Asker, places: Places, values: Iterable[Values]
) -> tuple[UnknownTerm, ...]:
    """The terms of VALUES that are in no triple, where each row has one of them; none where a row has not."""
    found: list[UnknownTerm] = []
    for each in values:
        rows = list(islice(rows_of(text, each), _MOST_ROWS + 1))
        strange = [[term for term in row if term is not None and not ask.is_known(term)] for row in rows]
        if len(rows) <= _MOST_ROWS and all(strange):
            found += [_unknown(ask, places, term) for row in strange for term in row]
    return tuple(found)


def is_search(ask: Asker, part: GroupPart) -> bool:
    """Whether a triple pattern searches texts: its predicate and its words are in no triple."""
    verbs = [part.triple[1]] if part.triple is not None else list(walk(part.node))
    named = (verb for verb in verbs if isinstance(verb, Iri) and "search" in verb.text)
    return any(ask.resolved(verb) == SRV["search"] for verb in named)


def described_nowhere(ask: Asker, places: Places, query: Query | SubSelect) -> EmptyReason | None:
    """That what DESCRIBE names is no subject."""
    head = query.head if isinstance(query, Query) else None
    items = [item for item in head.items if isinstance(item, Iri)] if isinstance(head, Described) else []
    if not items:
        return None
    unknown = tuple(_unknown(ask, places, item) for item in items if not ask.is_known(item))
    if unknown:
        return EmptyReason(EmptyKind.UNKNOWN_TERM, tuple(term.part for term in unknown), unknown)
    explained = EmptyReason(EmptyKind.NO_MATCH, tuple(map(places.of, items)))
    return explained.with_note("No triple of the dataset has it as its subject.")


def hints_for_triple(ask: Asker, part: GroupPart) -> Iterator[str]:
    """Sentences that help to mend a triple pattern without a solution whose terms are all in the data."""
    if part.triple is None:
        return
    subject, verb, object_ = part.triple
    if isinstance(verb, Iri) and not ask.holds(f"?s {ask.written(verb)} ?o"):
        yield f"{ask.written(verb)} is in the data, but as the predicate of no triple of the dataset."
    elif isinstance(verb, Iri | TypeKeyword):
        if isinstance(object_, Literal):
            near = [near.term for near in _near_literals(ask, verb, object_)]
            if near:
                yield f"Values of {ask.written(verb)} that are nearly the same: {', '.join(near)}."
        elif (isinstance(subject, Iri) or isinstance(object_, Iri)) and ask.holds(part.turned):
            yield "With subject and object exchanged it matches something."


def with_near_literals(ask: Asker, part: GroupPart, reason: EmptyReason) -> EmptyReason:
    """The same reason with literals of the same predicate that are nearly the same as the unknown one."""
    if part.triple is None:
        return reason
    _, verb, object_ = part.triple
    if not isinstance(object_, Literal) or not isinstance(verb, Iri | TypeKeyword):
        return reason

    def with_them(near: list[NearTerm]) -> EmptyReason:
        own = ask.written(object_)
        terms = (replace(term, near=tuple(near)) if term.part.text == own else term for term in reason.terms)
        return replace(reason, terms=tuple(terms))

    return with_them(_near_literals(ask, verb, object_))


def _near_literals(ask: Asker, verb: Node, literal: Node) -> list[NearTerm]:
    """Literals with the same text, or, where there are none, some that are spelt nearly so."""
    wanted = ask.resolved(literal)
    if not isinstance(wanted, ox.Literal):
        return []
    values = f"?s {ask.written(verb)} ?o FILTER(isLiteral(?o))"
    same = f"{values} FILTER(LCASE(STR(?o)) = LCASE(STR({ask.written(literal)})))"
    rows = ask.rows("DISTINCT ?o", same, _MOST_NEAR)
    if rows:
        return [NearTerm(str(row[0]), SAME_TEXT) for row in rows]
    rows = ask.rows("DISTINCT ?o", values, _VALUES_LOOKED_AT)
    found = [row[0] for row in rows if isinstance(row[0], ox.Literal)]
    ranked = sorted(((_likeness(wanted, value), str(value)) for value in found), reverse=True)
    near = (text for score, text in ranked if score >= _NEAR_ENOUGH)
    return [NearTerm(text, SPELT_SO) for text in islice(near, _MOST_NEAR)]


def _likeness(wanted: ox.Literal, value: ox.Literal) -> float:
    one, other = wanted.value.casefold(), value.value.casefold()
    matcher = difflib.SequenceMatcher(None, one, other)
    if matcher.real_quick_ratio() < _NEAR_ENOUGH or matcher.quick_ratio() < _NEAR_ENOUGH:
        return 0.0
    return matcher.ratio()


def _unknown(ask: Asker, places: Places, term: Node) -> UnknownTerm:
    value: Term | None = ask.resolved(term)
    return UnknownTerm(str(value), places.of(term))
