"""A parser's complaint about a Turtle text in, a Problem that a curator can act on out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable

from calcigraph.errors import Place, Problem
from calcigraph.rdf.tokens import Lines, Span, Token, tokens

BYTE_ORDER_MARK = "\ufeff"
# Each name that uses a prefix or the base is as long as that, so 128 KB with a prefix of 100 KB are 300 MB.
MOST_IN_NAMESPACE = 1024
"""The characters that the IRI of a prefix, or a base, may have."""


class TurtleMalformed(Problem):
    """A text that is not Turtle; `place` has the line and the column where the parser stopped."""

    title = "The Turtle is malformed"


class NamespaceTooLong(TurtleMalformed):
    """A prefix or base that is longer than any namespace is, whatever else the text says."""


class _Fault:
    """One syntax error: the parser's words, the offset, and the tokens in front of it."""

    def __init__(self, text: str, error: SyntaxError) -> None:
        self.text = text
        self.lines = Lines(text)
        self.words = re.sub(r"^Parser error .*?: ", "", error.msg, count=1)
        self.line, self.column = error.lineno or 1, error.offset or 1
        self.offset = self.lines.offset(self.line, self.column)
        self.before = [token for token in tokens(text, 0, self.offset) if token.end <= self.offset]

    def opened(self) -> Token | None:
        """The innermost bracket that is open where the parser stopped."""
        stack: list[Token] = []
        for token in self.before:
            if token.kind == "mark" and token.text in ("[", "("):
                stack.append(token)
            elif token.kind == "mark" and token.text in ("]", ")") and stack:
                stack.pop()
        return stack[-1] if stack else None

    def line_before(self) -> Token | None:
        """The last token of the line before the one on which the parser stopped."""
        start = self.lines.offset(self.line, 1)
        return next((token for token in reversed(self.before) if token.end <= start), None)


def check_namespaces(text: str, directives: Iterable[Span], file: str) -> None:
    """Whether no prefix and no base is longer than any namespace is. Cost: linear in the directives.

    Raises: NamespaceTooLong, with the line.
    """
    for span in directives:
        for token in tokens(text, span.start, span.end):
            if token.kind == "iri" and len(token.text) > MOST_IN_NAMESPACE:
                raise NamespaceTooLong(
                    f"The IRI of a prefix or base has more than {MOST_IN_NAMESPACE:,} characters.",
                    "Write the IRIs out that begin with it, or use a shorter one.",
                    Place(file, Lines(text).line(token.start)),
                )


def explain(text: str, error: SyntaxError, file: str) -> TurtleMalformed:
    """The error of pyoxigraph on a text, said so that a curator knows what to type."""
    fault = _Fault(text, error)
    place = Place(file, fault.line, fault.column)
    for pattern, say in _SAYINGS:
        match = re.search(pattern, fault.words)
        if match:
            detail, remedy = say(fault, match)
            return TurtleMalformed(detail, remedy, place)
    detail = fault.words.rstrip(".") + "."
    return TurtleMalformed(detail, "Mend the Turtle there.", place)


_Saying = tuple[str, str]


def _undeclared(fault: _Fault, match: re.Match[str]) -> _Saying:
    prefix = match[1]
    if prefix.startswith(BYTE_ORDER_MARK):
        return "The text begins with a byte order mark.", "Save the file as UTF-8 without one."
    known = re.findall(r"(?i)@?\bprefix\s+([^\s:]*):", fault.text)
    near = difflib.get_close_matches(prefix, known, 1)
    guess = f"Did you mean {near[0]}:? If not, add" if near else "Add"
    return (
        f'The prefix "{prefix}:" is not declared.',
        f"{guess} a line `@prefix {prefix}: <…> .` at the top of the file.",
    )


def _no_dot(fault: _Fault, match: re.Match[str]) -> _Saying:
    last = fault.line_before()
    if last is None or (fault.before and fault.before[-1].start > last.start and last.text not in ";,"):
        here = fault.text[fault.offset :].split(maxsplit=1)[0]
        return (
            f"`{here}` stands where a statement should go on or end.",
            "Put `.`, `;` or `,` in front of it; text with spaces in it must stand in quotes.",
        )
    line = fault.lines.line(last.start)
    if last.text in (";", ","):
        return (
            f"A statement does not end where the next one begins: line {line} ends with `{last.text}`.",
            f"Write `.` instead of `{last.text}` at the end of line {line}.",
        )
    return (
        f"A statement has no end: line {line} ends without a dot.",
        f"Put a `.` at the end of line {line} (or `;` or `,` if the statement goes on).",
    )


def _cut_off(fault: _Fault, match: re.Match[str]) -> _Saying:
    at = fault.text[fault.offset :]
    if at[:1] in ("'", '"'):
        mark = at[:3] if at[:3] in ('"""', "'''") else at[0]
        return (
            f"The string that opens in line {fault.line} is never closed.",
            f"Close it with {mark}.",
        )
    bracket = fault.opened()
    if bracket is not None:
        closing = "]" if bracket.text == "[" else ")"
        line = fault.lines.line(bracket.start)
        return f"The `{bracket.text}` of line {line} is never closed.", f"Close it with `{closing}`."
    line = fault.lines.line(fault.before[-1].start) if fault.before else fault.line
    return (
        "The text ends inside a statement.",
        f"Put what is missing, and a `.`, at the end of line {line}.",
    )


def _bracket(fault: _Fault, match: re.Match[str]) -> _Saying:
    bracket = fault.opened()
    line = fault.lines.line(bracket.start) if bracket else fault.line
    return (
        f"The `[` of line {line} is not closed before the statement goes on.",
        "Close it with `]`, or separate its statements with `;`.",
    )


def _misplaced(fault: _Fault, match: re.Match[str]) -> _Saying:
    here, role = match.groups()
    bracket = fault.opened()
    if here == "." and bracket is not None:
        return _cut_off(fault, match)
    if role == "subject" and here != "." and fault.before and fault.before[-1].text != ".":
        return _no_dot(fault, match)
    if role == "predicate" and (last := fault.line_before()) and fault.before[-1] is last:
        line = fault.lines.line(last.start)
        return (
            f"`{here}` stands where a predicate is expected.",
            f"See whether line {line} should end with `.` or `,`.",
        )
    allowed = {
        "subject": "an IRI, a prefixed name, `[` or `(`",
        "predicate": "an IRI, a prefixed name or `a`",
        "object": "an IRI, a prefixed name, a string in quotes, a number, `true`, `false`, `[` or `(`",
    }[role]
    return f"`{here}` stands where the {role} of a statement is expected.", f"Write {allowed} there."


def _said(detail: str, remedy: str) -> Callable[[_Fault, re.Match[str]], _Saying]:
    def say(fault: _Fault, match: re.Match[str]) -> _Saying:
        return detail.format(*match.groups()), remedy.format(*match.groups())

    return say


# The messages of oxttl 0.5.13, in the order in which they are tried.
_SAYINGS: tuple[tuple[str, Callable[[_Fault, re.Match[str]], _Saying]], ...] = (
    (r"^The prefix (.*): has not been declared", _undeclared),
    (r"^A dot is expected", _no_dot),
    (
        r"^Only a single triple or quad can be written in a line",
        _said("A second statement stands on one line.", "Write each on a line of its own."),
    ),
    (r"^Unexpected end", _cut_off),
    (r"should end with a '\]'", _bracket),
    (r"^(.*) is not a valid (?:RDF )?(object|subject|predicate)", _misplaced),
    (
        r"^No scheme found in an absolute IRI",
        _said(
            "A relative IRI stands in a text that has no base.",
            "Write the whole IRI, or a prefixed name without `<` and `>`.",
        ),
    ),
    (
        r"^Line jumps are not allowed",
        _said(
            "A string in single quotation marks goes over the end of its line.",
            'Close it on that line, or put the whole string between """ and """.',
        ),
    ),
    (
        r"^Invalid IRI (?:code point|percent encoding) '(.*)'",
        _said("`{0}` may not stand in an IRI.", "Percent-encode it (a space is %20), or quote the text."),
    ),
    (
        r"^The prefixed name (\S*) builds IRI (\S*) that is invalid",
        _said("`{0}` stands for <{1}>, which is no valid IRI.", "Leave out what may not stand in an IRI."),
    ),
    (
        r"^Unexpected escape character '(.*)'",
        _said("`{0}` is no escape of Turtle.", "Write a backslash as `\\\\`."),
    ),
)
