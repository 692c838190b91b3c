"""An expression in, one line of Manchester syntax out."""

from __future__ import annotations

from collections.abc import Callable

from calcigraph.manchester.expression import Expression, Piece
from calcigraph.rdf.terms import Term


def as_text(expression: Expression, name: Callable[[Term], str]) -> str:
    """The expression, each term as `name` has it. Cost: linear in its pieces."""
    return "".join(_text(piece, name) for piece in expression.pieces)


def _text(piece: Piece, name: Callable[[Term], str]) -> str:
    return piece if isinstance(piece, str) else name(piece)
