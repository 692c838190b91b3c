"""TriG text in, its blocks out: as `blocks` does for Turtle, each statement with the graph that it stands in.

The statements within the braces of a graph are blocks of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import pyoxigraph as ox

from calcigraph.errors import Place
from calcigraph.rdf.blocks import Block
from calcigraph.rdf.malformed import TurtleMalformed, check_namespaces, explain
from calcigraph.rdf.marked_statements import quads_of_statements
from calcigraph.rdf.node_names import lasting_names, renamed
from calcigraph.rdf.tokens import DOTLESS, Lines, Span, Token, labelled_blank_nodes, tokens


@dataclass(frozen=True)
class _TrigPart:
    """A statement or directive; `dot` is whether it has one of its own."""

    span: Span
    dot: bool


def trig_blocks(text: str, file: str, *, base_iri: str | None = None) -> list[Block]:
    """Split the TriG text of a file into its blocks; see `calcigraph.rdf.blocks.blocks`.

    Cost: linear. Raises: TurtleMalformed, also for a graph that is named by a blank node. Spec: W3C RDF 1.2
    TriG.
    """
    parts = list(_parts(text))
    check_namespaces(text, (part.span for part in parts if part.span.kind == "directive"), file)
    try:
        spans = [(part.span, part.dot) for part in parts]
        parsed = quads_of_statements(text, spans, ox.RdfFormat.TRIG, base_iri)
    except SyntaxError as error:
        raise explain(text, error, file) from None
    labels = {label.removeprefix("_:") for label, _ in labelled_blank_nodes(text)}
    names = lasting_names((quad.triple for quad in chain.from_iterable(parsed)), file, labels)
    lines = Lines(text)
    return [_block(part.span, found, names, lines, file) for part, found in zip(parts, parsed, strict=True)]


def _block(
    span: Span, found: list[ox.Quad], names: dict[ox.BlankNode, ox.BlankNode], lines: Lines, file: str
) -> Block:
    line = lines.line(span.start)
    graph = found[0].graph_name if found else None
    if isinstance(graph, ox.BlankNode):
        raise TurtleMalformed(
            "A graph is named by a blank node, so that nobody can ask for it.",
            "Give it an IRI.",
            Place(file, line),
        )
    return Block(
        span.kind,
        span.start,
        span.end,
        line,
        lines.line(span.end - 1),
        tuple(renamed(quad.triple, names) for quad in found),
        graph if isinstance(graph, ox.NamedNode) else None,
    )


def _parts(text: str) -> Iterator[_TrigPart]:
    """The directives and statements, in order, those within braces too."""
    stream = iter(list(tokens(text)))
    first: Token | None = None
    last: Token | None = None
    depth = 0
    for token in stream:
        mark = token.text if token.kind == "mark" else ""
        if first is None and token.kind == "name" and token.text.lower() in DOTLESS:
            rest = [one for _, one in zip(range(DOTLESS[token.text.lower()] - 1), stream, strict=False)]
            yield _TrigPart(Span("directive", token.start, (rest or [token])[-1].end, True), True)
            continue
        if depth == 0 and mark == "{" and not text.startswith("{|", token.start):
            first = last = None  # what stood before is the name of the graph
            continue
        if depth == 0 and mark == "}":
            if first is not None and last is not None:
                yield _TrigPart(Span("statement", first.start, last.end, True), False)
            first = last = None
            continue
        depth += (mark in ("[", "(", "{")) - (mark in ("]", ")", "}"))
        first, last = first or token, token
        if mark == "." and depth <= 0:
            is_directive = first.kind == "at" and first.text in ("@prefix", "@base", "@version")
            yield _TrigPart(
                Span("directive" if is_directive else "statement", first.start, token.end, True), True
            )
            first, last, depth = None, None, 0
    if first is not None and last is not None:
        yield _TrigPart(Span("statement", first.start, last.end, False), True)
