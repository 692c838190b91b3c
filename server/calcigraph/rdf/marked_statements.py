"""A text of statements in, the quads of each statement out: from one parse, with a marker after each.

Parsing each statement behind the prologue so far would be quadratic in a file of many prefixes. With markers
a wrong split cannot go unseen either: the parser stumbles over the marker.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import pyoxigraph as ox

from calcigraph.rdf.tokens import Span

_DISAGREE = "the tokeniser and the parser disagree about where a statement ends"


def quads_of_statements(
    text: str, statements: Sequence[tuple[Span, bool]], form: ox.RdfFormat, base_iri: str | None
) -> list[list[ox.Quad]]:
    """The quads of each span of a text in Turtle or TriG, in order; a directive has none. Beside each span
    stands whether it ends with a dot of its own, as the last statement within braces need not.

    Cost: linear. Raises: SyntaxError, as pyoxigraph raises it over the text itself.
    """
    if statements and not statements[-1][0].closed:
        raise _error_of(text, form, base_iri)
    marker = ox.NamedNode(f"urn:uuid:{uuid.uuid4()}")
    parsed: list[list[ox.Quad]] = [[] for _ in statements]
    pending: list[ox.Quad] = []
    try:
        for quad in ox.parse(_marked(text, statements, marker), format=form, base_iri=base_iri):
            if quad.predicate != marker:
                pending.append(quad)
                continue
            assert isinstance(quad.object, ox.Literal)
            parsed[int(quad.object.value)], pending = pending, []
    except SyntaxError:
        # Markers shift the lines.
        raise _error_of(text, form, base_iri) from None
    assert not pending, _DISAGREE
    return parsed


def _marked(text: str, statements: Sequence[tuple[Span, bool]], marker: ox.NamedNode) -> str:
    pieces, position = [], 0
    for number, (span, has_dot) in enumerate(statements):
        pieces.append(text[position : span.end])
        position = span.end
        if span.kind == "statement":
            pieces.append(f"{'' if has_dot else ' .'}\n{marker} {marker} {number} .\n")
    return "".join([*pieces, text[position:]])


def _error_of(text: str, form: ox.RdfFormat, base_iri: str | None) -> SyntaxError:
    """What pyoxigraph says of the text as it was given."""
    try:
        for _ in ox.parse(text, format=form, base_iri=base_iri):
            pass
    except SyntaxError as error:
        return error
    raise AssertionError(_DISAGREE)
