"""Turtle text in, its blocks out: each top-level statement with its span, its lines and its triples.

Blocks are what a check names lines by and what an edit replaces: everything outside a touched block stays
byte for byte. Other modules take a root's triples from here, so that blank nodes keep one name.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Literal

import pyoxigraph as ox

from calcigraph.rdf.malformed import TurtleMalformed, check_namespaces, explain
from calcigraph.rdf.marked_statements import quads_of_statements
from calcigraph.rdf.node_names import lasting_names, renamed
from calcigraph.rdf.tokens import Lines, labelled_blank_nodes, spans

__all__ = ["Block", "TurtleMalformed", "blocks", "labelled_blank_nodes"]


@dataclass(frozen=True)
class Block:
    """One top-level directive or statement of a Turtle text.

    `text[start:end]` is its source, closing dot included; `line` and `last_line` are 1-based. `triples`
    stand in the order in which the parser met them, nested ones included; a directive has none. A blank
    node of one block stands in no other one, unless the text labels it. `graph` is the one that TriG names
    around the statement.
    """

    kind: Literal["directive", "statement"]
    start: int
    end: int
    line: int
    last_line: int
    triples: tuple[ox.Triple, ...]
    graph: ox.NamedNode | None = None


def blocks(text: str, file: str, *, base_iri: str | None = None) -> list[Block]:
    """Split the Turtle text of a file into its blocks.

    The union of the blocks' triples is what a parse of the whole text gives. Blank nodes are named after
    `file` and the statement that they stand in (see `calcigraph.rdf.node_names`), so an edit of one statement
    leaves those of the others as they were. `file` is also the name that errors carry; of two texts under one
    name blank nodes may be called alike. Relative IRIs are refused unless there is a base.

    Cost: linear. Raises: TurtleMalformed, with line, column and what to type. Spec: W3C RDF
    1.2 Turtle.
    """
    found = list(spans(text))
    check_namespaces(text, (span for span in found if span.kind == "directive"), file)
    try:
        parsed = quads_of_statements(text, [(span, True) for span in found], ox.RdfFormat.TURTLE, base_iri)
    except SyntaxError as error:
        raise explain(text, error, file) from None
    labels = {label.removeprefix("_:") for label, _ in labelled_blank_nodes(text)}
    names = lasting_names((quad.triple for quad in chain.from_iterable(parsed)), file, labels)
    lines = Lines(text)
    return [
        Block(
            span.kind,
            span.start,
            span.end,
            lines.line(span.start),
            lines.line(span.end - 1),
            tuple(renamed(quad.triple, names) for quad in part),
        )
        for span, part in zip(found, parsed, strict=True)
    ]
