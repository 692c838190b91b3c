"""An expression in, one line of Manchester syntax out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pyoxigraph as ox

from calcigraph.manchester.expression import Binding, Expression, Piece
from calcigraph.manchester.reader import ExpressionReader
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import Term, show_term


def as_text(expression: Expression, name: Callable[[Term], str]) -> str:
    """The expression, each term as `name` has it. Cost: linear in its pieces."""
    return "".join(_text(piece, name) for piece in expression.pieces)


def show_node(reader: ExpressionReader, term: Term, prefixes: Prefixes) -> str:
    """A term as it would be typed in; a blank node that stands for an expression of OWL as that, between
    parentheses. Cost: as for `ExpressionReader`."""
    if isinstance(term, ox.BlankNode):
        found = reader.read(term)
        if found.is_construct:
            said = as_text(found, partial(show_term, prefixes=prefixes))
            return said if found.binding is Binding.ATOM else f"({said})"
    return show_term(term, prefixes)


def _text(piece: Piece, name: Callable[[Term], str]) -> str:
    return piece if isinstance(piece, str) else name(piece)
