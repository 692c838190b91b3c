"""A node or triple of an RDF document in, the line on which a curator finds it out."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, cached_property, partial
from itertools import chain

import pyoxigraph as ox

from calcigraph.rdf.blocks import Block
from calcigraph.rdf.tokens import Lines, Token, tokens
from calcigraph.rdf.vocabulary import RDF

_STUB = "<urn:x:s>"
_TYPE, _NIL = RDF["type"], RDF["nil"]
_OPENING, _CLOSING = ("[", "("), ("]", ")")


class Places:
    """The lines of one Turtle or TriG text by what stands there.

    Meant for messages: a lookup in the index of nodes is constant; the first `line_of` a triple re-reads the
    tokens of its block (some 100 microseconds for a block of ordinary size).
    """

    def __init__(self, text: str, found: Sequence[Block], base_iri: str | None = None) -> None:
        self._text = text
        self._blocks = found
        self._base_iri = base_iri
        self._lines = Lines(text)
        self._lines_of_block: dict[int, dict[ox.Triple, int]] = {}
        # By how many directives it has.
        self._last_prologue = 0, ""

    @cached_property
    def _block_of(self) -> dict[ox.Triple, Block]:
        return {triple: block for block in reversed(self._blocks) for triple in block.triples}

    @cached_property
    def _line_of_subject(self) -> dict[object, int]:
        """The first block that says what kind of thing a node is, else the first about it."""
        about = [(triple, block.line) for block in reversed(self._blocks) for triple in block.triples]
        kinds = ((triple, line) for triple, line in about if triple.predicate == _TYPE)
        return {triple.subject: line for triple, line in chain(about, kinds)}

    @cached_property
    def _statements_of(self) -> Counter[object]:
        return Counter(triple.subject for block in self._blocks for triple in block.triples)

    @cached_property
    def _typed(self) -> set[object]:
        return {t.subject for block in self._blocks for t in block.triples if t.predicate == _TYPE}

    @cached_property
    def _first_value(self) -> dict[tuple[object, ox.NamedNode], ox.Triple]:
        triples = [triple for block in self._blocks for triple in block.triples]
        return {(triple.subject, triple.predicate): triple for triple in reversed(triples)}

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

    @cached_property
    def _first_statement(self) -> dict[object, ox.Triple]:
        return {t.subject: t for block in reversed(self._blocks) for t in reversed(block.triples)}

    def describes(self, node: object) -> bool:
        """Whether the text says anything about a node."""
        return node in self._line_of_subject

    def weight(self, node: object) -> tuple[bool, int]:
        """How much the text says about a node: whether it says what kind of thing it is, and in how many
        statements it speaks of it."""
        return node in self._typed, self._statements_of[node]

    def line_of_node(self, node: object) -> int:
        """The first line of the block that says what kind of thing a node is, else of the one that describes
        it, else the line that mentions it, else 0."""
        if isinstance(node, ox.BlankNode) and node in self._first_statement:
            # It has no block of its own.
            return self.line_of(self._first_statement[node])
        if node in self._line_of_subject:
            return self._line_of_subject[node]
        return self.line_of(self._mention[node]) if node in self._mention else 0

    def line_of(self, triple: ox.Triple) -> int:
        """The line on which the object of a triple stands; 0 for a triple that is not in the text.

        Where two nested nodes of one block have the same predicate and literal or IRI, the first of them.
        Cost: that of parsing each predicate and object of its block once; then constant.
        """
        block = self._block_of.get(triple)
        if block is None:
            return 0
        if block.start not in self._lines_of_block:
            self._lines_of_block[block.start] = self._lined(block)
        return self._lines_of_block[block.start].get(triple, block.line)

    def _lined(self, block: Block) -> dict[ox.Triple, int]:
        """The line of each triple of a block that is written out."""
        found = list(tokens(self._text, block.start, block.end))
        closing, prologue = _closing(found), self._prologue(block)
        read = cache(partial(self._read, prologue))
        exact: dict[tuple[object, object], int] = {}
        nodes: dict[object, list[tuple[int, int]]] = defaultdict(list)
        for predicate, value in _statements(found):
            verb, opening = read(f"{_STUB} {predicate.text} {_STUB} .", 1), value[0]
            line = self._lines.line(opening.start)
            end = closing.get(opening.start, opening.start)
            if opening.text == "(" and self._is_empty(opening):
                exact.setdefault((verb, _NIL), line)
            elif opening.kind == "mark" or opening.text.startswith("_:"):
                # The parser gives a list where it begins, and a node without a name where it ends.
                nodes[verb].append((opening.start if opening.text == "(" else end, line))
            else:
                source = self._text[opening.start : value[-1].end]
                exact.setdefault((verb, read(f"{_STUB} {_STUB} {source} .", 2)), line)
        in_order = {verb: iter(line for _, line in sorted(places)) for verb, places in nodes.items()}
        lines: dict[ox.Triple, int] = {}
        for triple in block.triples:
            if isinstance(triple.object, ox.BlankNode | ox.Triple):
                line = next(in_order.get(triple.predicate, iter(())), 0)
            else:
                line = exact.get((triple.predicate, triple.object), 0)
            if line:
                lines.setdefault(triple, line)
        return lines

    def _is_empty(self, opening: Token) -> bool:
        """Whether a collection has no member."""
        following = next(tokens(self._text, opening.end), None)
        return following is not None and following.text == ")"

    def line_of_property(self, node: object, predicate: ox.NamedNode) -> int:
        """The line on which a node has its first value for a predicate; 0 where it has none."""
        found = self._first_value.get((node, predicate))
        return self.line_of(found) if found is not None else 0

    def _prologue(self, block: Block) -> str:
        """The directives before a block. They are joined once for blocks that have the same before them, as
        most files have all at their beginning."""
        before = bisect_left(self._directives, block.start, key=lambda directive: directive.start)
        if before != self._last_prologue[0]:
            found = self._directives[:before]
            self._last_prologue = before, "\n".join(self._text[b.start : b.end] for b in found)
        return self._last_prologue[1]

    @cached_property
    def _directives(self) -> list[Block]:
        return sorted((b for b in self._blocks if b.kind == "directive"), key=lambda block: block.start)

    def _read(self, prologue: str, statement: str, position: int) -> object:
        """The term at a position of a statement; None where the tokens were no statement."""
        try:
            quad = next(ox.parse(f"{prologue}\n{statement}", ox.RdfFormat.TURTLE, base_iri=self._base_iri))
        except SyntaxError:
            return None
        return quad.triple[position]


class LinePlaces:
    """The lines of a document of which the line of each triple is known."""

    def __init__(self, lined: Sequence[tuple[ox.Triple, int]]) -> None:
        self._lined = lined

    @cached_property
    def _line_of(self) -> dict[object, int]:
        """By triple, and by subject and predicate: the first of each."""
        found: dict[object, int] = {}
        for triple, line in self._lined:
            found.setdefault(triple, line)
            found.setdefault((triple.subject, triple.predicate), line)
        return found

    @cached_property
    def _line_of_subject(self) -> dict[object, int]:
        kinds = [(triple, line) for triple, line in self._lined if triple.predicate == _TYPE]
        return {triple.subject: line for triple, line in (*reversed(self._lined), *reversed(kinds))}

    @cached_property
    def _statements_of(self) -> Counter[object]:
        return Counter(triple.subject for triple, _ in self._lined)

    @cached_property
    def _mention(self) -> dict[object, int]:
        lined = reversed(self._lined)
        return {node: line for triple, line in lined for node in (triple.predicate, triple.object)}

    def describes(self, node: object) -> bool:
        """Whether the document says anything about a node."""
        return node in self._line_of_subject

    def weight(self, node: object) -> tuple[bool, int]:
        """Whether the document says what kind of thing a node is, and how many statements it makes of it."""
        return (node, _TYPE) in self._line_of, self._statements_of[node]

    def line_of_node(self, node: object) -> int:
        """The line that says what kind of thing a node is, else the first that describes it, else that
        mentions it, else 0."""
        return self._line_of_subject.get(node) or self._mention.get(node, 0)

    def line_of(self, triple: ox.Triple) -> int:
        """The line on which a triple stands; 0 for one that is not in the document."""
        return self._line_of.get(triple, 0)

    def line_of_property(self, node: object, predicate: ox.NamedNode) -> int:
        """The line on which a node has its first value for a predicate; 0 where it has none."""
        return self._line_of.get((node, predicate), 0)


def _closing(found: list[Token]) -> dict[int, int]:
    """Where each bracket that opens at some offset is closed."""
    opened: list[int] = []
    closing: dict[int, int] = {}
    for token in found:
        if token.kind == "mark" and token.text in _OPENING:
            opened.append(token.start)
        elif token.kind == "mark" and token.text in _CLOSING and opened:
            closing[opened.pop()] = token.start
    return closing


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
