"""A regular expression in, the same one as the engine's library reads it out; that one takes linear time.

It has neither back-references nor `\\i`, `\\c` and blocks, and its `\\w`, `\\s`, `&&` and `--` are others: so
classes are spelt out.
"""

from __future__ import annotations

from typing import Final

from calcigraph.engine.regular_expressions.code_points import spans_of
from calcigraph.engine.regular_expressions.expression_parts import (
    Alternative,
    BackReference,
    Character,
    CharacterClass,
    Mark,
    PatternGroup,
    RegularExpression,
    Repeatable,
    Repeated,
)

_SPECIAL: Final = frozenset("\\.+*?()|[]{}^$#&-~")
# Halves of characters outside of the first plane: no text has one, and the libraries take none.
_SURROGATES: Final = range(0xD800, 0xE000)


def for_engine(expression: RegularExpression) -> str:
    """The pattern that goes with the flags of `expression`, which has no back-reference. Cost: linear."""
    return _alternatives(expression.alternatives, "i" in expression.flags)


def _alternatives(alternatives: tuple[Alternative, ...], ignores_case: bool) -> str:
    return "|".join("".join(_piece(piece, ignores_case) for piece in branch) for branch in alternatives)


def _piece(piece: Repeatable | Repeated, ignores_case: bool) -> str:
    if not isinstance(piece, Repeated):
        return _atom(piece, ignores_case)
    atom = _atom(piece.atom, ignores_case)
    # A mark is no character; the library repeats it in brackets alone.
    repeated = f"(?:{atom})" if isinstance(piece.atom, Mark) and piece.atom.kind != "." else atom
    return repeated + repetition(piece)


def repetition(piece: Repeated) -> str:
    """How often it is repeated, as both libraries read it."""
    most = "" if piece.most is None else piece.most
    times = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((piece.least, piece.most))
    bounds = times or f"{{{piece.least}}}" * (piece.least == piece.most) or f"{{{piece.least},{most}}}"
    return f"{bounds}{'?' * piece.is_reluctant}"


def character(atom: Character) -> str:
    """A character that stands for itself, as both libraries read it."""
    return _escaped(atom.character)


def _atom(atom: Repeatable, ignores_case: bool) -> str:
    if isinstance(atom, Character):
        return character(atom)
    if isinstance(atom, PatternGroup):
        inner = _alternatives(atom.alternatives, ignores_case)
        return f"({inner})" if atom.number is not None else f"(?:{inner})"
    if isinstance(atom, Mark):
        return f"\\{atom.kind}" if atom.kind in ("b", "B") else atom.kind
    assert not isinstance(atom, BackReference), "the engine has none"
    if ignores_case and _is_blind_to_case(atom):
        return f"(?-i:{spelt_out(spans_of(atom, ignores_case))})"
    return _class(atom)


def _is_blind_to_case(characters: CharacterClass) -> bool:
    """Whether it has a category or block, which the flag i does not widen (section 5.6.1.1)."""
    if characters.is_caseless or characters.categories:
        return True
    inner = characters.classes if characters.minus is None else (*characters.classes, characters.minus)
    return any(map(_is_blind_to_case, inner))


def _class(characters: CharacterClass) -> str:
    spans = "".join(_span(first, last) for first, last in characters.spans)
    categories = "".join(f"\\p{{{category.name}}}" for category in characters.categories)
    inner = "".join(map(_class, characters.classes))
    found = f"[{'^' * characters.is_negated}{spans}{categories}{inner}]"
    return found if characters.minus is None else f"[{found}--{_class(characters.minus)}]"


def spelt_out(spans: tuple[tuple[int, int], ...]) -> str:
    """A class of these spans, as the engine's library and that of Python read it; one of nothing where
    there are none."""
    if not spans:
        return "(?:[^\\x00-\\U0010FFFF])"
    return f"[{''.join(_span(first, last) for first, last in spans)}]"


def _span(first: int, last: int) -> str:
    first = _SURROGATES.stop if first in _SURROGATES else first
    last = _SURROGATES.start - 1 if last in _SURROGATES else last
    if first > last:
        return ""
    return _code(first) if first == last else f"{_code(first)}-{_code(last)}"


def _code(code: int) -> str:
    return _escaped(chr(code)) if 0x20 <= code < 0x7F else f"\\U{code:08X}"


def _escaped(character: str) -> str:
    return f"\\{character}" if character in _SPECIAL else character
