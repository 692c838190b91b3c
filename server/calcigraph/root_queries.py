"""The rules, lints and questions of a root in, as trees; what keeps them from being run, as findings, out.

What is decided here is decided on the text alone, before anything is evaluated: that it is SPARQL, of the
form that its kind has, and that it has one answer (see `sparql.repeatable`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from calcigraph.engine.prologue import check_syntax
from calcigraph.errors import Finding, Place
from calcigraph.evaluating import evaluating
from calcigraph.root import LintFile, QuestionFile, Root, RuleFile
from calcigraph.sparql.conditions import KNOWN_TO_ENGINE, UNKNOWN_TO_ENGINE, first_broken
from calcigraph.sparql.escapes import decoded
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import MOST_NESTED, SparqlMalformed, SparqlTooDeep
from calcigraph.sparql.repeatable import Obstacle, escape_in, obstacles
from calcigraph.sparql.token_stream import TokenStream
from calcigraph.sparql.tokens import place_of
from calcigraph.sparql.tree import Query
from calcigraph.sparql.undeclared import undeclared

# Each kind of file with its form: what else there is has no rows to compare, or builds no triples.
_FORMS: Final = {"rules": "CONSTRUCT", "lints": "SELECT", "questions": "SELECT"}


def query_findings(root: Root) -> Iterator[Finding]:
    """Why rules, lints and questions of a root cannot be run, each with line and column.

    Cost: some microseconds a word of their texts.
    """
    lints = [lint for lint in root.lints if not lint.reason]
    for check, files in (("rules", root.rules), ("lints", lints), ("questions", root.questions)):
        for file in files:
            yield from _of_file(check, file)


def _of_file(check: str, file: RuleFile | LintFile | QuestionFile) -> Iterator[Finding]:
    escape = escape_in(file.text) if check == "rules" else None
    if escape is not None:
        place = Place(file.path, escape.line, escape.column)
        yield Finding(check, place, escape.message, escape.remedy, node=file.slug)
        return
    source = decoded(file.text)
    with evaluating(check, Place(file.path), file.slug):
        flaws = list(_flaws(check, source.text))
    for flaw in flaws:
        place = Place(file.path, *source.place(flaw.line, flaw.column))
        yield Finding(check, place, flaw.message, flaw.remedy, node=file.slug)


def _flaws(check: str, text: str) -> Iterator[Obstacle]:
    """What is wrong with a query, whose places are those in the decoded `text`."""
    try:
        parsed = ParsedQuery.of(text)
    except SparqlMalformed as error:
        wanted = " or ".join(error.expected)
        message = f"This is no SPARQL query: {wanted} is expected here."
        yield Obstacle(error.line, error.column, message, "Mend the syntax here.")
        return
    except SparqlTooDeep as error:
        message = "Too many brackets stand in each other here."
        yield Obstacle(error.line, error.column, message, "Write it with fewer, or in several files.")
        return
    tree, wanted = parsed.tree, _FORMS[check]
    if tree.form != wanted:
        place = place_of(text, _form_start(text, tree))
        yield Obstacle(*place, f"The query is {tree.form}.", f"Write it as {wanted}.")
    found = list(obstacles(text, tree))
    # The engine, which is asked what it takes, would call a service.
    yield from found or islice(_unmeant(parsed), 1)


def _unmeant(query: ParsedQuery) -> Iterator[Obstacle]:
    """Why a query that follows the grammar has no meaning, as far as its text tells."""
    for name in undeclared(query.text, query.tree):
        yield Obstacle(
            *place_of(query.text, name.start),
            f"Nothing declares the prefix of {name.text}.",
            f"Begin the query with PREFIX {name.prefix}: and its IRI.",
        )
    broken = first_broken(query, UNKNOWN_TO_ENGINE)
    if broken is None and not _is_taken(query):
        # What remains is told where it is evaluated.
        broken = first_broken(query, KNOWN_TO_ENGINE)
    if broken is not None:
        place = place_of(query.text, broken.node.start)
        yield Obstacle(*place, broken.detail, broken.remedy)


def _is_taken(query: ParsedQuery) -> bool:
    """Whether the engine takes a query, which it says by evaluating it over nothing."""
    try:
        check_syntax(query.text, None)
    except SyntaxError:
        return False
    except RuntimeError:
        # Of a function that it does not have.
        return True
    return True


def _form_start(text: str, tree: Query) -> int:
    """Where the keyword of the form stands."""
    tokens = TokenStream(text, MOST_NESTED)
    tokens.jump(tree.prologue.end)
    return tokens.start
