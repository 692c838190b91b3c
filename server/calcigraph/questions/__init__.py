"""Competency questions in, their answers and what is wrong with them out.

One file is the truth: `ontology/questions/<slug>.rq` beside `<slug>.csv`, the whole answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pyoxigraph as ox

from calcigraph.errors import Finding, Place
from calcigraph.questions.ties import may_come_so
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import parse_term
from calcigraph.root import QuestionFile, csv_rows
from calcigraph.sparql.escapes import decoded
from calcigraph.sparql.parser import parse_query
from calcigraph.sparql.traits import is_ordered

# A query text and whether inferences are to be seen in, SPARQL 1.1 CSV results out.
Evaluate = Callable[[str, bool], bytes]
Row = dict[str, str]
_SHOWN = 3


def answer(question: QuestionFile, evaluate: Evaluate) -> list[Row]:
    """The rows of a question's answer, with values as SPARQL 1.1 CSV writes them.

    Raises: what `evaluate` raises.
    """
    return rows(evaluate(question.text, question.needs_inference))


def rows(results: bytes) -> list[Row]:
    """SPARQL 1.1 CSV results as a list of mappings from variable name to text."""
    return csv_rows(results.decode("utf-8"))


def findings(
    question: QuestionFile, actual: list[Row], prefixes: Prefixes, evaluate: Evaluate
) -> Iterator[Finding]:
    """What is wrong with an answer: rows missing, rows not recorded, their order, forbidden rows.

    Rows that ORDER BY leaves in any order are in any order; so are all without ORDER BY (SPARQL 1.1, section
    15.1). Cost: where the rows are not as recorded, `evaluate` may be asked once more.
    """
    yield from _differences(question, actual, evaluate)
    for pattern in question.must_not:
        wanted = {name: _csv_value(text, prefixes) for name, text in pattern.items()}
        for row in actual:
            if all(row.get(name) == value for name, value in wanted.items()):
                message = f"A row that must not appear does: {_shown(row)}."
                remedy = "Find what lets it in with `calcigraph explain`, and mend that."
                yield Finding("questions", Place(question.path), message, remedy, node=question.slug)


def _differences(question: QuestionFile, actual: list[Row], evaluate: Evaluate) -> Iterator[Finding]:
    recorded = question.rows
    if recorded and (recorded == actual or _is_as_good(question, actual, evaluate)):
        return
    missing = list((_bag(recorded) - _bag(actual)).elements())
    unrecorded = list((_bag(actual) - _bag(recorded)).elements())
    if not recorded:
        yield _difference(
            question, "The recorded answer is empty, so it could not fail.", "Ask what has an answer."
        )
    for text, found, remedy in (
        (
            "is recorded and was not found",
            missing,
            "Mend the data; if the change is meant, take the row out.",
        ),
        (
            "was found and is not recorded",
            unrecorded,
            "Mend the data; if the change is meant, put the row in.",
        ),
    ):
        for row in found[:_SHOWN]:
            line = question.line_of(dict(row))
            yield _difference(question, f"A row {text}: {_shown(dict(row))}.", remedy, line)
        if len(found) > _SHOWN:
            yield _difference(question, f"So it is with {len(found) - _SHOWN} more: a row {text}.", remedy)
    if recorded and not missing and not unrecorded:
        yield _difference(
            question, "The rows come in another order than recorded.", "Mend the ORDER BY or the rows."
        )


def _is_as_good(question: QuestionFile, actual: list[Row], evaluate: Evaluate) -> bool:
    """Whether the recorded rows are an answer by the letter, though another one came."""

    def asked(text: str) -> list[Row]:
        return rows(evaluate(text, question.needs_inference))

    query = parse_query(decoded(question.text).text)
    if not is_ordered(query):
        return _bag(question.rows) == _bag(actual)
    return may_come_so(question.text, question.rows, asked)


def _csv_value(text: str, prefixes: Prefixes) -> str:
    term = parse_term(text, prefixes)
    return term.value if isinstance(term, (ox.NamedNode, ox.Literal)) else str(term)


def _bag(rows: list[Row]) -> Counter[tuple[tuple[str, str], ...]]:
    return Counter(tuple(sorted(row.items())) for row in rows)


def _shown(row: Row) -> str:
    return ", ".join(f"?{name} = {value}" for name, value in row.items() if value)


def _difference(question: QuestionFile, message: str, remedy: str, line: int = 0) -> Finding:
    return Finding("questions", Place(question.answer_path, line), message, remedy, node=question.slug)
