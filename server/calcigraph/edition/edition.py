"""One version of the data as one immutable value: what it says, where each triple is from, what things are
called, how much there is, its digest and its number.

Everything that depends on the data hangs on an edition; whoever answers a request takes one and keeps to it.
`after` a change there is another edition, and this one goes on answering as it did.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache, partial
from itertools import islice
from typing import Final, TypeVar

import pyoxigraph as ox

from calcigraph.deadline import Once
from calcigraph.edition.edition_facts import EditionFacts
from calcigraph.edition.files import EditionFiles
from calcigraph.edition.index import Index, QuadRow, quad_of
from calcigraph.edition.labels import Labels
from calcigraph.edition.layout import QuadKind
from calcigraph.edition.names import Name
from calcigraph.edition.proving import EditionProver
from calcigraph.edition.search import Names
from calcigraph.edition.sizes import Sizes, sizes
from calcigraph.edition.spellings import value
from calcigraph.edition.use_counts import Uses, uses
from calcigraph.manchester import ExpressionReader
from calcigraph.rdf.terms import Subject, Term
from calcigraph.reasoning import Proof, Proofs
from calcigraph.root import RdfFile, Root

_T = TypeVar("_T")
_MOST_KEPT: Final = 256
# Statements of one node that are kept.
_MOST_SAID: Final = 1_000
_MOST_LINKS: Final = 100_000
_ALL: Final = 1 << 62
_PIECE: Final = 1 << 16


@dataclass(frozen=True, eq=False)
class Edition:
    """A root with what its rules build and what its axioms entail, and what describes all of it.

    A triple that is asserted is neither derived nor inferred, and a derived one (built by a rule of the root)
    is not inferred (entailed by an axiom); so each has one standing. May be shared by threads.
    Cost of a look-up: see `Index`.
    """

    root: Root
    number: int
    """0 for the root itself, one more for each change since."""
    files: EditionFiles = field(repr=False)
    index: Index = field(repr=False)
    prover: EditionProver | None = field(default=None, repr=False)
    """Who proves what it says."""

    @classmethod
    def open(cls, root: Root, files: EditionFiles) -> Edition:
        """The newest edition in some files."""
        index = Index(files.index)
        return cls(root, index.newest(), files, index)

    @cached_property
    def facts(self) -> EditionFacts:
        """What is written down of the edition."""
        return EditionFacts(**json.loads(self.index.facts(self.number)))

    @property
    def digest(self) -> str:
        """SHA-256 that names the data: that of the root's files, and one that goes on from there with each
        change. The same digest, the same answers."""
        return self.facts.digest

    @property
    def version(self) -> str:
        """The digest; once anything was changed, with the number of the edition."""
        return f"{self.digest}-{self.number}" if self.number else self.digest

    @property
    def changed(self) -> datetime:
        """When it was made by a change; 1970 for the root itself."""
        return datetime.fromtimestamp(self.facts.changed_s, UTC)

    @cached_property
    def labels(self) -> Labels:
        """What things are called."""
        return Labels(self)

    @cached_property
    def expressions(self) -> ExpressionReader:
        """What the blank nodes say that stand for expressions and axioms: as they are written, for what the
        axioms entail about them is no part of them. Cost: see `ExpressionReader`; what was read of a node
        is kept for a while."""
        return ExpressionReader(lru_cache(8 * _MOST_KEPT)(self._written_of))

    def _written_of(self, node: Subject) -> Mapping[ox.NamedNode, list[Term]]:
        found: dict[ox.NamedNode, dict[Term, None]] = {}
        for quad in islice(self.stated(node), _MOST_SAID):
            found.setdefault(quad.predicate, {})[quad.object] = None
        return {predicate: sorted(values, key=str) for predicate, values in found.items()}

    @cached_property
    def names(self) -> Names:
        """What may be found under which name."""
        return Names(self, self.labels)

    def quads(
        self,
        subject: Subject | None = None,
        predicate: ox.NamedNode | None = None,
        object_: Term | None = None,
        graph: ox.NamedNode | None = None,
    ) -> Iterator[ox.Quad]:
        """The quads that match, in a stable order; the metadata are not among them, see `metadata`."""
        return self._quads((subject, predicate, object_, graph), QuadKind.INFERRED)

    def stated(
        self,
        subject: Subject | None = None,
        predicate: ox.NamedNode | None = None,
        object_: Term | None = None,
    ) -> Iterator[ox.Quad]:
        """The quads that match and are asserted or derived: not what the axioms entail."""
        return self._quads((subject, predicate, object_, None), QuadKind.AFTER)

    def triples(
        self,
        subject: Subject | None = None,
        predicate: ox.NamedNode | None = None,
        object_: Term | None = None,
    ) -> Iterator[ox.Triple]:
        """The triples that match in any graph, each once."""
        seen: set[ox.Triple] = set()
        for quad in self.quads(subject, predicate, object_):
            if quad.triple not in seen:
                seen.add(quad.triple)
                yield quad.triple

    def objects(self, subject: Subject, predicate: ox.NamedNode) -> list[Term]:
        """What stands in `subject predicate ?`, in a stable order. Cost: what was read of `subject`
        is kept for a while, as pages and proofs ask many things of the same few nodes; of one with many
        statements nothing is."""
        said = self._said(subject)
        if said is not None:
            return list(said.get(predicate, ()))
        return sorted({quad.object for quad in self.quads(subject, predicate)}, key=str)

    def subjects(self, predicate: ox.NamedNode, object_: Term) -> list[Subject]:
        """What stands in `? predicate object`, in a stable order."""
        found = (t.subject for t in self.triples(None, predicate, object_))
        return sorted((s for s in found if isinstance(s, Subject)), key=str)

    def mentions(self, node: Subject) -> bool:
        """Whether anything is said of `node`, or leads to it. Cost: two look-ups."""
        return any(True for found in (self.quads(node), self.quads(None, None, node)) for _ in found)

    def describes(self, node: Subject) -> bool:
        """Whether anything is said of `node` that does not merely follow from axioms. Cost: a look-up."""
        return any(True for _ in self._rows((node, None, None, None), QuadKind.AFTER))

    def has_graph(self, node: ox.NamedNode) -> bool:
        """Whether there is a graph with that name, be it of metadata. Cost: a look-up."""
        return any(True for _ in self._rows((None, None, None, node), QuadKind.METADATA))

    def fragments(self, node: ox.NamedNode) -> Iterator[ox.NamedNode]:
        """The resources that are named by fragments of `node` (RFC 3986, section 3.5), in order of their
        IRIs. Cost: a look-up in an index, and two for each IRI that begins so."""
        return filter(self.mentions, self.index.iris(f"{node.value}#"))

    def all_subjects(self) -> Iterator[Subject]:
        """What anything is said about, each once. Cost: one pass over an index."""
        return (node for node in self.index.distinct(self.number, "s") if isinstance(node, Subject))

    @property
    def uses(self) -> Uses:
        """How often properties and classes are used. Cost: one pass over an index, once an edition."""
        return self._uses.get()

    @cached_property
    def _uses(self) -> Once[Uses]:
        return Once(partial(self._apart, partial(uses, self.index, self.number)))

    def links(self, node: Term) -> int:
        """How many triples end in `node`, at most a hundred thousand. Cost: linear in them; kept."""
        return self._links(node)

    def statements(self, node: Subject, most: int) -> int:
        """How many triples begin with `node`, as far as `most`. Cost: linear in that."""
        number = self.index.number(node)
        return 0 if number is None else self.index.count(self.number, (number, None, None, None), most)

    def all_links(self, node: Term) -> int:
        """How many triples end in `node`. Cost: linear in them; kept."""
        return self._all_links(node)

    def linking(self, node: Term, offset: int, most: int) -> list[tuple[Subject, ox.NamedNode]]:
        """Subject and predicate of `most` of the triples that end in `node`, from `offset` on, in the order
        of the index. Cost: linear in `offset` and `most`, a tenth of a microsecond each."""
        found = self.index.linking(self.number, self.index.number(node), offset, most)
        pairs = ((self.index.term(subject), self.index.term(predicate)) for predicate, subject in found)
        return [(s, p) for s, p in pairs if isinstance(s, Subject) and isinstance(p, ox.NamedNode)]

    def names_with(self, wanted: str, together: str, words: list[str]) -> Iterator[Name]:
        """See `Index.names_with`."""
        return self.index.names_with(self.number, wanted, together, words)

    def names_near(self, key: str, most: int) -> Iterator[Name]:
        """See `Index.names_near`."""
        return self.index.names_near(self.number, key, most)

    def graphs_of(self, triple: ox.Triple) -> tuple[ox.NamedNode, ...]:
        """The graphs that hold `triple`, that of the metadata among them; none where it does not hold."""
        found = self._quads((triple.subject, triple.predicate, triple.object, None), QuadKind.METADATA)
        return tuple(sorted((q.graph_name for q in found if isinstance(q.graph_name, ox.NamedNode)), key=str))

    def assertions(self, triple: ox.Triple) -> Iterator[ox.Quad]:
        """The quads in which files or changes assert `triple`."""
        return self._quads((triple.subject, triple.predicate, triple.object, None), QuadKind.ASSERTED)

    def holds(self, quad: ox.Quad) -> bool:
        """Whether `quad` is there, written just so, be it asserted, derived, inferred or of the metadata."""
        assert not isinstance(quad.graph_name, ox.DefaultGraph)
        pattern = (quad.subject, quad.predicate, quad.object, quad.graph_name)
        return any(True for _ in self._rows(pattern, QuadKind.METADATA))

    def all_quads(self) -> Iterator[ox.Quad]:
        """All quads in order of subject, the metadata among them. Cost: one pass over the index."""
        return self._quads((None,) * 4, QuadKind.METADATA)

    def asserts(self, quad: ox.Quad) -> bool:
        """Whether a file or a change asserts `quad`, written just so."""
        return quad in self.assertions(quad.triple)

    def kinded(self) -> Iterator[tuple[ox.Quad, QuadKind]]:
        """All quads but the metadata, and why each is there. Cost: one pass over the index."""
        rows = self.index.rows(self.number, (None,) * 4, QuadKind.INFERRED)
        return ((quad_of(self.index, row), QuadKind(row[4])) for row in rows)

    def is_inferred(self, triple: ox.Triple) -> bool:
        """Whether the axioms entail `triple` and nobody wrote it."""
        return self.inferred_graph in self.graphs_of(triple)

    def written(self, triple: ox.Triple) -> ox.Triple | None:
        """The triple that is meant by `triple`, of the data or the metadata: itself, else one whose object is
        a literal of the same value, as a query answers literals by their value; None where neither holds.

        Where several are written, it is the first of `spelled`.
        """
        if self.graphs_of(triple):
            return triple
        return next(iter(self.spelled(triple)), None)

    def spelled(self, triple: ox.Triple) -> tuple[ox.Triple, ...]:
        """The triples that a query answers as it answers `triple`, in all their spellings.

        What is asserted comes first, then what is derived, what is inferred, and the metadata; each in order
        of text.
        """
        kinds: dict[ox.Triple, int] = {}
        for spelling in self.spellings(triple.object):
            rows = self._rows((triple.subject, triple.predicate, spelling, None), QuadKind.METADATA)
            if (kind := min((row[4] for row in rows), default=None)) is not None:
                kinds[ox.Triple(triple.subject, triple.predicate, spelling)] = kind
        return tuple(sorted(kinds, key=lambda found: (kinds[found], str(found))))

    def spellings(self, term: Term) -> tuple[Term, ...]:
        """`term` and the literals that the engine of queries answers in the same form."""
        answered = value(term)
        return tuple(dict.fromkeys((term, answered, *self.index.spelled(answered))))

    @property
    def sizes(self) -> Sizes:
        """How many triples queries count. Cost: see `sizes`, once an edition."""
        return self._sizes.get()

    @cached_property
    def _sizes(self) -> Once[Sizes]:
        graphs = self.derived_graph, self.inferred_graph
        return Once(partial(self._apart, partial(sizes, self.index, self.number, *graphs)))

    def _apart(self, make: Callable[[], _T]) -> _T:
        """What `make` gives in a thread that ends with it, and leaves no connection."""
        try:
            return make()
        finally:
            self.index.close_here()

    @property
    def graphs(self) -> Mapping[ox.NamedNode, int]:
        """How many triples queries count in each graph: literals of one value are one."""
        return self.sizes.graphs

    @property
    def metadata(self) -> Iterator[ox.Quad]:
        """The graph that describes the data (see `calcigraph.metadata`); no page of a resource shows it."""
        graph = self.root.graph("metadata")
        rows = self._rows((None, None, None, graph), QuadKind.METADATA)
        return (quad_of(self.index, row) for row in rows if row[4] == QuadKind.METADATA)

    def proofs(self, triple: ox.Triple, limit: int) -> Proofs:
        """The flattest proof of `triple`, then others, `limit` at most; see `Prover.proofs`.

        Raises: EditionPassed, WriterUnavailable.
        """
        assert self.prover is not None
        return self.prover.proofs(self.number, triple, limit)

    def explain(self, triple: ox.Triple) -> Proof | None:
        """The flattest proof; None where the triple does not hold. Raises: as `proofs`."""
        return next(iter(self.proofs(triple, 1).items), None)

    def nquads(self) -> Iterator[bytes]:
        """All quads as sorted N-Quads in pieces, as they are written, the metadata among them.

        Cost: reads a file; once anything has changed, some ten microseconds a quad, and their memory.
        """
        if not self.number:
            with self.files.nquads.open("rb") as file:
                while piece := file.read(_PIECE):
                    yield piece
            return
        rows = self.index.rows(self.number, (None,) * 4, QuadKind.METADATA)
        yield from sorted(f"{quad_of(self.index, row)} .\n".encode() for row in rows)

    @property
    def size(self) -> int:
        """How many quads queries count, the metadata among them: literals of one value are one."""
        return sum(self.graphs.values())

    def file_quads(self, files: Iterable[RdfFile]) -> Iterator[ox.Quad]:
        """What some files of the root say in this edition, shapes among them."""
        graphs = dict.fromkeys(graph for file in files for graph in self.root.graphs_of(file))
        for graph in graphs:
            yield from self._quads((None, None, None, graph), QuadKind.SHAPE)

    @cached_property
    def inferred_graph(self) -> ox.NamedNode:
        """The graph of what the axioms entail."""
        return self.root.graph("inferred")

    @cached_property
    def derived_graph(self) -> ox.NamedNode:
        """The graph of what the root's own rules build."""
        return self.root.graph("derived")

    def label(self, node: Term) -> str:
        """The label to show for `node`, as text; see `Labels.of`."""
        return self.labels.of(node).value

    @cached_property
    def _said(self) -> Callable[[Subject], Mapping[ox.NamedNode, list[Term]] | None]:
        return lru_cache(_MOST_KEPT)(self._read)

    def _read(self, subject: Subject) -> Mapping[ox.NamedNode, list[Term]] | None:
        found: dict[ox.NamedNode, dict[Term, None]] = {}
        for place, quad in enumerate(self.quads(subject)):
            if place == _MOST_SAID:
                return None
            found.setdefault(quad.predicate, {})[quad.object] = None
        return {predicate: sorted(values, key=str) for predicate, values in found.items()}

    @cached_property
    def _links(self) -> Callable[[Term], int]:
        return lru_cache(8 * _MOST_KEPT)(partial(self._count_links, most=_MOST_LINKS))

    @cached_property
    def _all_links(self) -> Callable[[Term], int]:
        return lru_cache(8 * _MOST_KEPT)(partial(self._count_links, most=_ALL))

    def _count_links(self, node: Term, most: int) -> int:
        number = self.index.number(node)
        return 0 if number is None else self.index.count(self.number, (None, None, number, None), most)

    def _quads(self, pattern: Iterable[Term | None], most_kind: QuadKind) -> Iterator[ox.Quad]:
        return (quad_of(self.index, row) for row in self._rows(pattern, most_kind))

    def _rows(self, pattern: Iterable[Term | None], most_kind: QuadKind) -> Iterator[QuadRow]:
        numbers: list[int | None] = []
        for term in pattern:
            number = None if term is None else self.index.number(term)
            if term is not None and number is None:
                return iter(())
            numbers.append(number)
        return self.index.rows(self.number, numbers, most_kind)
