"""A regular expression in, the same one compiled for Python's library out.

For what the engine's library has not: back-references, and patterns that are known only when the query
runs, or that are too large for it. It may take time without end for some texts; the deadline of the query
ends that.
"""

from __future__ import annotations

import re

from calcigraph.engine.regular_expressions.code_points import spans_of
from calcigraph.engine.regular_expressions.engine_syntax import character, repetition, spelt_out
from calcigraph.engine.regular_expressions.expression_parts import (
    Alternative,
    BackReference,
    Character,
    Mark,
    PatternGroup,
    RegularExpression,
    Repeatable,
    Repeated,
)


def for_python(expression: RegularExpression) -> re.Pattern[str]:
    """`expression` compiled. Raises: re.error, OverflowError and RecursionError where Python cannot."""
    flags = re.RegexFlag(0)
    for flag in expression.flags:
        flags |= re.RegexFlag[flag.upper()]
    return re.compile(_PythonWriter(expression.flags).alternatives(expression.alternatives), flags)


class _PythonWriter:
    def __init__(self, flags: str) -> None:
        self._ignores_case = "i" in flags
        self._end = "$" if "m" in flags else r"\Z"

    def alternatives(self, alternatives: tuple[Alternative, ...]) -> str:
        return "|".join("".join(map(self._piece, branch)) for branch in alternatives)

    def _piece(self, piece: Repeatable | Repeated) -> str:
        if isinstance(piece, Repeated):
            return f"(?:{self._atom(piece.atom)}){repetition(piece)}"
        return self._atom(piece)

    def _atom(self, atom: Repeatable) -> str:
        if isinstance(atom, Character):
            return character(atom)
        if isinstance(atom, PatternGroup):
            inner = self.alternatives(atom.alternatives)
            return f"({inner})" if atom.number is not None else f"(?:{inner})"
        if isinstance(atom, Mark):
            return self._end if atom.kind == "$" else f"\\{atom.kind}" if atom.kind in "bB" else atom.kind
        if isinstance(atom, BackReference):
            # A group that has matched nothing stands for nothing (section 5.6.1); in Python it never matches.
            return f"(?({atom.number})\\{atom.number}|)"
        written = spelt_out(spans_of(atom, self._ignores_case))
        return f"(?-i:{written})" if self._ignores_case else written
