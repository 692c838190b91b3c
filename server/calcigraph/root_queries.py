"""The rules, lints and questions of a root in, as trees; what keeps them from being run, as findings, out.

What is decided here is decided on the text alone, before anything is evaluated: that it is SPARQL, of the
form that its kind has, and that it has one answer (see `sparql.repeatable`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from calcigraph.errors import Finding, Place
from calcigraph.root import LintFile, QuestionFile, Root, RuleFile
from calcigraph.sparql.parser import MOST_NESTED, SparqlMalformed, SparqlTooDeep, parse_query
from calcigraph.sparql.repeatable import obstacles
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
            for finding in _of_file(check, file):
                yield replace(finding, node=file.slug)


def _of_file(check: str, file: RuleFile | LintFile | QuestionFile) -> Iterator[Finding]:
    try:
        tree = parse_query(file.text)
    except SparqlMalformed as error:
        wanted = " or ".join(error.expected)
        yield Finding(
            check,
            Place(file.path, error.line, error.column),
            f"This is no SPARQL query: {wanted} is expected here.",
            "Mend the syntax here.",
        )
        return
    except SparqlTooDeep as error:
        yield Finding(
            check,
            Place(file.path, error.line, error.column),
            "Too many brackets stand in each other here.",
            "Write it with fewer, or in several files.",
        )
        return
    yield from _of_tree(check, file.path, file.text, tree)


def _of_tree(check: str, path: str, text: str, tree: Query) -> Iterator[Finding]:
    wanted = _FORMS[check]
    if tree.form != wanted:
        place = Place(path, *place_of(text, _form_start(text, tree)))
        yield Finding(check, place, f"The query is {tree.form}.", f"Write it as {wanted}.")
    for obstacle in obstacles(text, tree):
        yield Finding(check, Place(path, obstacle.line, obstacle.column), obstacle.message, obstacle.remedy)
    for name in undeclared(text, tree):
        yield Finding(
            check,
            Place(path, *place_of(text, name.start)),
            f"Nothing declares the prefix of {name.text}.",
            f"Begin the query with PREFIX {name.prefix}: and its IRI.",
        )
        return


def _form_start(text: str, tree: Query) -> int:
    """Where the keyword of the form stands."""
    tokens = TokenStream(text, MOST_NESTED)
    tokens.jump(tree.prologue.end)
    return tokens.start
