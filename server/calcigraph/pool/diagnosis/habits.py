"""Habits from other languages and stores: what SQL, older drafts or one product's dialect allow and SPARQL
does not."""

from __future__ import annotations

from typing import Final

from calcigraph.pool.diagnosis.failed_text import FailedText, Slip
from calcigraph.sparql.expression_parser import AGGREGATES, FUNCTIONS

_CALLED: Final = AGGREGATES | FUNCTIONS
_IN_SELECT: Final = ("WHERE", "FROM", "BY", "HAVING", "LIMIT", "OFFSET", "VALUES", "AS")
# Words by which another language is known, with what is written for them.
_WORDS: Final = {
    "AND": ("AND joins no conditions in SPARQL.", "Write `&&`."),
    "OR": ("OR joins no conditions in SPARQL.", "Write `||`."),
    "XOR": ("XOR joins no conditions in SPARQL.", "Write `!=` between the two, each in brackets."),
    "IS": ("IS is not an operator of SPARQL.", "Ask BOUND(?x) or !BOUND(?x) for NOT NULL or NULL."),
    "NULL": ("There is no NULL in SPARQL.", "Ask BOUND(?x), or write UNDEF in VALUES."),
    "LIKE": ("LIKE is not an operator of SPARQL.", "Write CONTAINS(?x, 'part') or REGEX(?x, 'pattern')."),
    "BETWEEN": ("BETWEEN is not an operator of SPARQL.", "Write ?x >= 1 && ?x <= 9."),
    "TOP": ("TOP limits nothing in SPARQL.", "Write LIMIT with the number at the end of the query."),
    "JOIN": (
        "JOIN is not a keyword of SPARQL.",
        "Patterns in one group are joined; OPTIONAL keeps the rest.",
    ),
    "LET": ("LET is not a keyword of SPARQL 1.1.", "Write BIND(expression AS ?name)."),
    "DEFINE": ("The pragmas of another store are not understood.", "Remove the line."),
    "OPTION": ("The options of another store are not understood.", "Write a path, as ?a :p+ ?b."),
    "UNSAID": ("UNSAID is not a keyword of SPARQL 1.1.", "Write FILTER NOT EXISTS { … }."),
    "CASE": ("CASE is not a keyword of SPARQL.", "Write IF(condition, then, else)."),
}


def foreign_word(failed: FailedText) -> Slip | None:
    """A keyword of another language."""
    for steps in (0, -1):
        token = failed.token(steps)
        said = _WORDS.get(token.text.upper()) if token.kind == "word" else None
        if said is not None:
            return Slip(token.start, *said)
    return None


def bare_expression(failed: FailedText) -> Slip | None:
    """`SELECT COUNT(?x)`, `SELECT ?x AS ?y`, `SELECT ?a + ?b`"""
    token = failed.token()
    if not _is_in_select(failed):
        return None
    name = token.text.upper()
    if token.kind == "word" and name in _CALLED and failed.token(1).text == "(":
        return Slip(
            token.start,
            f"`{token.text}(…)` stands in SELECT without a name.",
            f"Put it in brackets and name it: ({name}(…) AS ?name).",
        )
    if token.is_word("AS") or token.text in ("+", "-", "*", "/"):
        return Slip(
            token.start,
            "An expression stands in SELECT without brackets around it.",
            "Put it and its name in brackets: (expression AS ?name).",
        )
    if token.text == ",":
        return Slip(token.start, "A comma stands between the variables of SELECT.", "Put a space there.")
    return None


def _is_in_select(failed: FailedText) -> bool:
    """Whether the text fails between SELECT and what it selects from, outside of brackets."""
    depth = 0
    for word in failed.words_before():
        depth += (word == ")") - (word == "(")
        if depth < 0 or (depth == 0 and word in _IN_SELECT):
            return False
        if depth == 0 and word == "SELECT":
            return True
    return False


def without_a_name(failed: FailedText) -> Slip | None:
    """`SELECT (COUNT(?x))`, `SELECT DISTINCT(?x)`, `BIND(1)`"""
    if failed.expected != ("AS",):
        return None
    if failed.token().kind == "variable":
        return Slip(failed.offset, "AS is missing before the name.", "Write (expression AS ?name).")
    return Slip(
        failed.offset,
        "What stands in brackets here has no name.",
        "Write (expression AS ?name); a variable alone has no brackets.",
    )


def doubled_sign(failed: FailedText) -> Slip | None:
    """`==`, `<>`, `=>`, `&`, `//`, `--`"""
    text, at = failed.text, failed.offset
    pair = text[max(0, at - 1) : at + 1]
    if pair == "==":
        return Slip(at - 1, "`==` is not an operator of SPARQL.", "Write `=`.")
    if pair == "<>" or text.startswith("<>", at):
        return Slip(at - (pair == "<>"), "`<>` is not an operator of SPARQL.", "Write `!=`.")
    if pair == "=>":
        return Slip(at - 1, "`=>` is not an operator of SPARQL.", "Write `>=`.")
    if text.startswith("&", at):
        return Slip(at, "`&` is not an operator of SPARQL.", "Write `&&`.")
    for sign in ("//", "--", "/*"):
        start = at if text.startswith(sign, at) else at - 1
        if start >= 0 and text.startswith(sign, start):
            return Slip(start, f"`{sign}` does not begin a comment.", "Begin comments with `#`.")
    return None


def last_semicolon(failed: FailedText) -> Slip | None:
    """`… LIMIT 5;`"""
    token = failed.token()
    if token.text != ";" or failed.token(1).kind != "end" or "the end" not in failed.expected:
        return None
    return Slip(token.start, "A query does not end in `;`.", "Remove it.")


def comma_in_modifier(failed: FailedText) -> Slip | None:
    """`GROUP BY ?a, ?b`, `LIMIT 10, 20`, `COUNT(?a, ?b)`"""
    token = failed.token()
    if token.text != ",":
        return None
    before = failed.words_before()
    if before[1:2] == ["LIMIT"]:
        return Slip(token.start, "LIMIT has one number.", "Write OFFSET 10 LIMIT 20.")
    if "BY" in before:
        return Slip(token.start, "A comma stands between the conditions.", "Put a space there.")
    if any(word in AGGREGATES for word in before):
        return Slip(
            token.start, "An aggregate is over one expression.", "Write CONCAT or a sub-select for several."
        )
    return None


def order_behind(failed: FailedText) -> Slip | None:
    """`ORDER BY ?x DESC`"""
    word, about = failed.token(-1), failed.token(-2)
    if not word.is_word("DESC", "ASC") or about.is_word("BY") or failed.expected != ("`(`",):
        return None
    name = word.text.upper()
    return Slip(
        word.start, f"{name} stands behind what it is about.", f"Write it in front: {name}({about.text})."
    )


def missing_brackets(failed: FailedText) -> Slip | None:
    """`FILTER ?x > 3`, `BIND ?x AS ?y`, `WHERE ?s ?p ?o`, `EXISTS(…)`, `?x IN {…}`, `{ NOT EXISTS {…} }`"""
    token, before = failed.token(), failed.token(-1)
    if before.is_word("FILTER", "HAVING", "BIND") and token.text != "(":
        name, inside = before.text.upper(), "expression AS ?name" if before.is_word("BIND") else "condition"
        return Slip(token.start, f"What follows {name} has no brackets.", f"Write {name}({inside}).")
    if before.is_word("WHERE", "EXISTS", "OPTIONAL", "MINUS", "UNION"):
        name = before.text.upper()
        return Slip(token.start, f"What follows {name} is a group in braces.", f"Write {name} {{ … }}.")
    if before.is_word("IN"):
        return Slip(token.start, "What follows IN is a list in round brackets.", "Write IN (1, 2, 3).")
    if token.is_word("NOT", "EXISTS") and "a triple pattern" in failed.expected:
        return Slip(
            token.start, f"{token.text.upper()} stands in a group by itself.", "Write FILTER before it."
        )
    if before.is_word("NOT") and "EXISTS" in failed.expected:
        return Slip(before.start, "NOT stands before EXISTS or IN only.", "Write `!` before a condition.")
    return None


def foreign_declaration(failed: FailedText) -> Slip | None:
    """`@prefix p: <…> .`, `PREFIX p <…>`"""
    token, before = failed.token(), failed.token(-1)
    if token.text.lower() in ("@prefix", "@base"):
        name = token.text[1:].upper()
        return Slip(token.start, f"{token.text} is Turtle, not SPARQL.", f"Write {name} without `@` and dot.")
    if "a prefix with its colon" in failed.expected:
        name = token.text if token.kind == "word" else "p"
        return Slip(token.start, "A prefix is declared with its colon.", f"Write PREFIX {name}: <…>.")
    if token.text == "." and before.kind == "iri" and "SELECT" in failed.expected:
        return Slip(token.start, "A declaration does not end in a dot.", "Remove it.")
    return None
