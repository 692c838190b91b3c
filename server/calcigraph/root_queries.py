"""The rules, lints and questions of a root in, as trees; what keeps them from being run, as findings, out.

What is decided here is decided on the text alone, before anything is evaluated: that it is SPARQL, of the
form that its kind has, and that it has one answer (see `sparql.repeatable`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from calcigraph.errors import Finding, Place
from calcigraph.root import LintFile, QuestionFile, Root, RuleFile
from calcigraph.sparql.escapes import decoded
from calcigraph.sparql.parser import MOST_NESTED, SparqlMalformed, SparqlTooDeep, parse_query
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
    for check, files in (("rules", root.rules), ("lints", root.lints), ("questions", root.questions)):
        for file in files:
            yield from _of_file(check, file)


def _of_file(check: str, file: RuleFile | LintFile | QuestionFile) -> Iterator[Finding]:
    escape = escape_in(file.text) if check == "rules" else None
    if escape is not None:
        place = Place(file.path, escape.line, escape.column)
        yield Finding(check, place, escape.message, escape.remedy, node=file.slug)
        return
    source = decoded(file.text)
    for flaw in _flaws(check, source.text):
        place = Place(file.path, *source.place(flaw.line, flaw.column))
        yield Finding(check, place, flaw.message, flaw.remedy, node=file.slug)


def _flaws(check: str, text: str) -> Iterator[Obstacle]:
    """What is wrong with a query, whose places are those in the decoded `text`."""
    try:
        tree = parse_query(text)
    except SparqlMalformed as error:
        wanted = " or ".join(error.expected)
        message = f"This is no SPARQL query: {wanted} is expected here."
        yield Obstacle(error.line, error.column, message, "Mend the syntax here.")
        return
    except SparqlTooDeep as error:
        message = "Too many brackets stand in each other here."
        yield Obstacle(error.line, error.column, message, "Write it with fewer, or in several files.")
        return
    wanted = _FORMS[check]
    if tree.form != wanted:
        place = place_of(text, _form_start(text, tree))
        yield Obstacle(*place, f"The query is {tree.form}.", f"Write it as {wanted}.")
    yield from obstacles(text, tree)
    for name in islice(undeclared(text, tree), 1):
        yield Obstacle(
            *place_of(text, name.start),
            f"Nothing declares the prefix of {name.text}.",
            f"Begin the query with PREFIX {name.prefix}: and its IRI.",
        )


def _form_start(text: str, tree: Query) -> int:
    """Where the keyword of the form stands."""
    tokens = TokenStream(text, MOST_NESTED)
    tokens.jump(tree.prologue.end)
    return tokens.start
