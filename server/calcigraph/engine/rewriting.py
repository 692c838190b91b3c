"""A query in, another one with the same answer that the engine finds sooner out.

Only what is the whole query is rewritten, and only where how many triples match is known, because the
same rewriting makes other queries slower. Measured with pyoxigraph 0.5.13, milliseconds before and after:

- `SELECT (COUNT(*) AS ?n) { ?s ?p ?o }` (also with a predicate, or a class) is answered with the
  number, which is kept up to date with the data: 248 and 0.1 on a million triples.
- `{ ?x a :C FILTER NOT EXISTS { ?x :p ?y } }` becomes `{ ?x a :C MINUS { ?x :p ?y } }` where at most a
  third as many triples match the second pattern as the first. The engine looks the pattern up for each
  solution of the first, and reads it whole for MINUS. Of 200,000 things of a class, with as many, half,
  and a tenth as many to subtract: 243 and 355, 183 and 183, 157 and 84. With a selective first pattern,
  or with a LIMIT, MINUS is a thousand times slower.

Why the second is equal, by SPARQL 1.1, section 18. Let A be the triple pattern of the group, P that of
the filter, both without blank nodes, over the same active graph, V the variables that they share, not
none. Every solution of A binds exactly the variables of A, and every one of P those of P (18.3.1). The
original is Filter(not exists(P), BGP(A)) (18.2.2.2 to 18.2.2.6), which keeps a solution m of A, as
often as it occurs, where P with the values of m put in for V has no solution (18.6): where no triple
of the graph is an instance of P that agrees with m on V, that is where no solution of P is compatible
with m (18.3). Minus(A, P) (18.5) keeps m, as often as it occurs, where each solution of P is
incompatible with m or shares no variable with it; they all share V, so that is the same. What MINUS
binds is not visible outside (18.2.1), nor is what EXISTS binds. Where m has a blank node for a
variable, section 18.6 by the letter puts in what matches anything; the engine, as all do, means that
very node in both forms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import pyoxigraph as ox

from calcigraph.engine.cardinalities import TYPE, TripleCounts, TriplePattern
from calcigraph.engine.prologue import Prologue
from calcigraph.sparql.tokens import SparqlToken, tokens

# The query is rewritten only where one of these, in small letters, occurs in it.
_COUNT: Final = re.compile(
    r"select\s*\(\s*count\s*\(\s*\S+\s*\)\s*as\s*\S+\s*\)\s*(?:where\s*)?\{[^{}]*\}\s*\Z"
)
_ABSENCE: Final = re.compile(r"\{[^{}]*filter\s+not\s+exists\s*\{[^{}]*\}\s*\.?\s*\}")
# Counting one costs a third of looking up one solution; so few cost nothing beside the gain.
_COUNTED_SHARE: Final = 50
# Reading one for MINUS costs up to twice of looking up one solution, and there must be something to gain.
_MARGIN: Final = 3
# These read no more of the group than they need, or add to it.
_PARTIAL: Final = ("LIMIT", "OFFSET", "VALUES")


def rewritten(text: str, base_iri: str | None, counts: TripleCounts) -> str:
    """The query `text`, written so that the engine answers it sooner over the data that `counts` count.

    Cost: a search for two words in most queries; some 100 microseconds where it may apply.
    """
    plain = text.lower()
    if not ("count" in plain and _COUNT.search(plain)) and not ("exists" in plain and _ABSENCE.search(plain)):
        return text
    query = list(tokens(text))
    prologue = Prologue.of(text, query, base_iri)
    select = query[prologue.length :]
    try:
        return _counted(select, prologue, counts) or _subtracted(text, select, prologue, counts) or text
    except SyntaxError:
        return text


def _counted(query: Sequence[SparqlToken], prologue: Prologue, counts: TripleCounts) -> str | None:
    """`SELECT (COUNT(*) AS ?n) { a triple pattern }` with the number in its place."""
    words = [token.text.upper() for token in query]
    if words[:4] != ["SELECT", "(", "COUNT", "("] or words[5:7] != [")", "AS"] or words[8:9] != [")"]:
        return None
    group = query[10:] if words[9:10] == ["WHERE"] else query[9:]
    if not group or group[0].text != "{" or group[-1].text != "}":
        return None
    what, name, triple = query[4], query[7], _triple(group[1:-1])
    if triple is None or name.kind != "variable" or name.text[1:] in _variables(triple):
        return None
    # In a solution of the pattern all of its variables are bound.
    if what.text != "*" and (what.kind != "variable" or what.text[1:] not in _variables(triple)):
        return None
    number = counts.count(_pattern(triple, prologue), 0)
    return None if number is None else f"{prologue.text}SELECT ({number} AS {name.text}) {{}}"


def _subtracted(
    text: str, query: Sequence[SparqlToken], prologue: Prologue, counts: TripleCounts
) -> str | None:
    """`{ a triple pattern FILTER NOT EXISTS { another } }` with MINUS in the place of the filter."""
    words = [token.text.upper() for token in query]
    if words[:1] != ["SELECT"] or "FILTER" not in words or any(token.is_word(*_PARTIAL) for token in query):
        return None
    opened, filtered = _start_of_group(query), words.index("FILTER")
    if words[filtered : filtered + 4] != ["FILTER", "NOT", "EXISTS", "{"] or "}" not in words[filtered:]:
        return None
    closed = words.index("}", filtered)
    if words[closed + 1 : closed + 2] == ["."]:
        words.pop(closed + 1)
    first, second = _triple(query[opened + 1 : filtered]), _triple(query[filtered + 4 : closed])
    if first is None or second is None or words[closed + 1 : closed + 2] != ["}"]:
        return None
    if not _variables(first) & _variables(second):
        return None
    if not _pays(_pattern(first, prologue), _pattern(second, prologue), counts):
        return None
    return f"{text[: query[filtered].start]}MINUS {text[query[filtered + 3].start :]}"


def _start_of_group(query: Sequence[SparqlToken]) -> int:
    """The index of the bracket that opens the group of the query, behind the expressions of SELECT."""
    depth = 0
    for i, token in enumerate(query):
        if depth == 0 and token.text == "{":
            return i
        depth += (token.text == "(") - (token.text == ")")
    return len(query)


def _pays(first: TriplePattern, second: TriplePattern, counts: TripleCounts) -> bool:
    kept = counts.count(first, 0)
    if kept is None:
        return False
    subtracted = counts.count(second, kept // _COUNTED_SHARE)
    return subtracted is not None and subtracted * _MARGIN <= kept


def _triple(written: Sequence[SparqlToken]) -> Sequence[SparqlToken] | None:
    """The one triple pattern that `written` is: of variables that are all different, and IRIs."""
    if len(written) == 4 and written[3].text == ".":
        written = written[:3]
    if len(written) != 3 or not (_is_plain(written[0]) and _is_plain(written[2])):
        return None
    variables = [token.text[1:] for token in written if token.kind == "variable"]
    is_verb = written[1].text == "a" or _is_plain(written[1])
    return written if is_verb and len(set(variables)) == len(variables) else None


def _is_plain(token: SparqlToken) -> bool:
    return token.kind in ("variable", "iri") or (token.kind == "name" and not token.text.startswith("_:"))


def _variables(triple: Sequence[SparqlToken]) -> set[str]:
    return {token.text[1:] for token in triple if token.kind == "variable"}


def _pattern(triple: Sequence[SparqlToken], prologue: Prologue) -> TriplePattern:
    subject, verb, object_ = triple
    written = [token.text for token in triple if token.kind in ("iri", "name")]
    terms = zip(written, prologue.terms(written), strict=True)
    node = {name: term for name, term in terms if isinstance(term, ox.NamedNode)}
    return node.get(subject.text), TYPE if verb.text == "a" else node.get(verb.text), node.get(object_.text)
