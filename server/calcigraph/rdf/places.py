"""A node or triple of an RDF document in, the line on which a curator finds it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import pyoxigraph as ox

from calcigraph.rdf.blocks import Block
from calcigraph.rdf.tokens import Lines, Token, tokens

_STUB = "<urn:x:s>"
_OPENING, _CLOSING = ("[", "("), ("]", ")")


class Places:
    """The lines of one Turtle or TriG text by what stands there.

    Meant for messages: a lookup in the index of nodes is constant; `line_of` a triple re-reads the
    tokens of its block (some 100 microseconds for a block of ordinary size).
    """

    def __init__(self, text: str, found: Sequence[Block], base_iri: str | None = None) -> None:
        self._text = text
        self._blocks = found
        self._base_iri = base_iri
        self._lines = Lines(text)

    @cached_property
    def _block_of(self) -> dict[ox.Triple, Block]:
        return {triple: block for block in reversed(self._blocks) for triple in block.triples}

    @cached_property
    def _line_of_subject(self) -> dict[object, int]:
        return {triple.subject: block.line for block in reversed(self._blocks) for triple in block.triples}

    @cached_property
    def _mention(self) -> dict[object, ox.Triple]:
        triples = [triple for block in reversed(self._blocks) for triple in reversed(block.triples)]
        return {node: triple for triple in triples for node in (triple.predicate, triple.object)}

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that the text declares; of one that is declared twice, the last."""
        prologue = "\n".join(self._text[b.start : b.end] for b in self._blocks if b.kind == "directive")
        parser = ox.parse(prologue, ox.RdfFormat.TURTLE, base_iri=self._base_iri)
        for _ in parser:
            pass
        return dict(parser.prefixes)

    def describes(self, node: object) -> bool:
        """Whether the text says anything about a node."""
        return node in self._line_of_subject

    def line_of_node(self, node: object) -> int:
        """The first line of the block that describes a node, else the line that mentions it, else 0."""
        if node in self._line_of_subject:
            return self._line_of_subject[node]
        return self.line_of(self._mention[node]) if node in self._mention else 0

    def line_of(self, triple: ox.Triple) -> int:
        """The line on which the object of a triple stands; 0 for a triple that is not in the text.

        Where two nested nodes of one block have the same predicate and object, the first of them.
        """
        block = self._block_of.get(triple)
        if block is None:
            return 0
        prologue = self._prologue(block)
        for predicate, value in _statements(list(tokens(self._text, block.start, block.end))):
            if self._read(prologue, f"{_STUB} {predicate.text} {_STUB} .", 1) != triple.predicate:
                continue
            if isinstance(triple.object, (ox.BlankNode, ox.Triple)):
                if value[0].kind == "mark" or value[0].text.startswith("_:"):
                    return self._lines.line(value[0].start)
                continue
            source = self._text[value[0].start : value[-1].end]
            if self._read(prologue, f"{_STUB} {_STUB} {source} .", 2) == triple.object:
                return self._lines.line(value[0].start)
        return block.line

    def line_of_property(self, node: object, predicate: ox.NamedNode) -> int:
        """The line on which a node has its first value for a predicate, else the line of the node."""
        for block in self._blocks:
            for triple in block.triples:
                if triple.subject == node and triple.predicate == predicate:
                    return self.line_of(triple)
        return self.line_of_node(node)

    def _prologue(self, block: Block) -> str:
        return "\n".join(
            self._text[b.start : b.end]
            for b in self._blocks
            if b.kind == "directive" and b.start < block.start
        )

    def _read(self, prologue: str, statement: str, position: int) -> object:
        """The term at a position of a statement; None where the tokens were no statement."""
        try:
            quad = next(ox.parse(f"{prologue}\n{statement}", ox.RdfFormat.TURTLE, base_iri=self._base_iri))
        except SyntaxError:
            return None
        return quad.triple[position]


class LinePlaces:
    """The lines of a document of which the line of each triple is known; 0 where it is not."""

    def __init__(self, lined: Sequence[tuple[ox.Triple, int]]) -> None:
        self._lined = lined

    @cached_property
    def _line_of(self) -> dict[object, int]:
        """By triple, by subject and predicate, and by subject: the first of each."""
        found: dict[object, int] = {}
        for triple, line in self._lined:
            for key in (triple, (triple.subject, triple.predicate), triple.subject):
                found.setdefault(key, line)
        return found

    @cached_property
    def _mention(self) -> dict[object, int]:
        found: dict[object, int] = {}
        for triple, line in self._lined:
            for node in (triple.predicate, triple.object):
                found.setdefault(node, line)
        return found

    def describes(self, node: object) -> bool:
        """Whether the document says anything about a node."""
        return node in self._line_of

    def line_of_node(self, node: object) -> int:
        """The first line that describes a node, else that mentions it, else 0."""
        return self._line_of[node] if node in self._line_of else self._mention.get(node, 0)

    def line_of(self, triple: ox.Triple) -> int:
        """The line on which a triple stands; 0 for one that is not in the document."""
        return self._line_of.get(triple, 0)

    def line_of_property(self, node: object, predicate: ox.NamedNode) -> int:
        """The line on which a node has its first value for a predicate, else the line of the node."""
        return self._line_of.get((node, predicate), 0) or self.line_of_node(node)


def _statements(found: list[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """Each predicate of a block with each of its objects' tokens, nested ones included.

    An object that is a bracket is given by its opening token alone; its contents follow on their own.
    """
    roles: list[str] = ["subject"]  # what the next term at each depth is; "item" inside a collection
    predicates: list[Token | None] = [None]
    value: list[Token] = []
    for token in found:
        is_mark = token.kind == "mark"
        if is_mark and token.text in (";", ",", ".", *_CLOSING):
            if value and predicates[-1] is not None:
                yield predicates[-1], value
            value = []
        if is_mark and token.text in _CLOSING and len(roles) > 1:
            roles.pop()
            predicates.pop()
            roles[-1] = "predicate" if roles[-1] == "subject" else roles[-1]
        elif is_mark and token.text in _OPENING:
            if roles[-1] == "object" and predicates[-1] is not None:
                yield predicates[-1], [token]
            roles.append("predicate" if token.text == "[" else "item")
            predicates.append(None)
        elif is_mark and token.text == ";":
            roles[-1] = "predicate"
        elif is_mark and token.text in (",", "."):
            continue
        elif roles[-1] == "subject":
            roles[-1] = "predicate"
        elif roles[-1] == "predicate":
            predicates[-1], roles[-1] = token, "object"
        elif roles[-1] == "object":
            value.append(token)
