"""A root in, the dataset it stands for out: asserted, derived and inferred triples, each in its graph,
and beside them what describes all of it.

The same corridor serves the server's start, `calcigraph check` and every offline command.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import pyoxigraph as ox

from calcigraph import metadata
from calcigraph.closures import ClosureCache, Kept
from calcigraph.errors import Finding, Place, RootInvalid
from calcigraph.rdf.terms import Subject, Term, show_term
from calcigraph.rdf.vocabulary import RDFS, SKOS
from calcigraph.reasoning import Cache, Clash, ConstructRule, Inference, Proof, Proofs, Statement, infer
from calcigraph.root import Root
from calcigraph.settings import ReasonerName

_LABELS = (
    SKOS["prefLabel"],
    RDFS["label"],
)
_MOST_KEPT = 256


@dataclass(frozen=True)
class Dataset:
    """What a root says and what follows from it.

    A triple that is asserted is neither derived nor inferred, and a derived one (built by a rule
    of the root) is not inferred (entailed by an axiom); so each has one standing.
    """

    root: Root
    inference: Inference
    quads: ox.Dataset = field(repr=False)
    """What is asserted, derived and inferred. What describes it is in `metadata`."""
    _kept: Kept = field(repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the root's files: the same digest, the same answers."""
        return self.root.digest

    @property
    def nquads(self) -> bytes:
        """All that a query sees, the metadata included, as N-Quads for whoever loads them into a store."""
        return self._kept.nquads

    @property
    def size(self) -> int:
        """How many quads a query sees, the metadata included."""
        return self._kept.nquads.count(b"\n")

    @property
    def statements(self) -> bytes:
        """What is asserted, derived and inferred alone, as N-Quads: what editors answer for."""
        return self._kept.nquads[: self._kept.metadata]

    @cached_property
    def metadata(self) -> tuple[ox.Quad, ...]:
        """The graph that describes the dataset (see `calcigraph.metadata`); no page of a resource shows it.

        Cost of the first call: parsing some thousand lines.
        """
        return tuple(ox.parse(self._kept.nquads[self._kept.metadata :], format=ox.RdfFormat.N_QUADS))

    def triples(
        self,
        subject: Subject | None = None,
        predicate: ox.NamedNode | None = None,
        object_: Term | None = None,
    ) -> Iterator[ox.Triple]:
        """The triples that match in any graph, each once. Cost: an index look-up by subject, else
        by object, else by predicate; the whole dataset where nothing is given."""
        seen: set[ox.Triple] = set()
        for quad in self._candidates(subject, predicate, object_):
            if predicate is not None and quad.predicate != predicate:
                continue
            if object_ is not None and quad.object != object_:
                continue
            if quad.triple not in seen:
                seen.add(quad.triple)
                yield quad.triple

    def objects(self, subject: Subject, predicate: ox.NamedNode) -> list[Term]:
        """What stands in `subject predicate ?`, in a stable order. Cost: what was read of `subject`
        is kept for a while, as pages and proofs ask many things of the same few nodes."""
        return list(self._said(subject).get(predicate, ()))

    @cached_property
    def _said(self) -> Callable[[Subject], dict[ox.NamedNode, list[Term]]]:
        return lru_cache(_MOST_KEPT)(self._read)

    def _read(self, subject: Subject) -> dict[ox.NamedNode, list[Term]]:
        found: dict[ox.NamedNode, dict[Term, None]] = {}
        for quad in self.quads.quads_for_subject(subject):
            found.setdefault(quad.predicate, {})[quad.object] = None
        return {predicate: sorted(values, key=str) for predicate, values in found.items()}

    def subjects(self, predicate: ox.NamedNode, object_: Term) -> list[Subject]:
        """What stands in `? predicate object`, in a stable order."""
        found = (t.subject for t in self.triples(None, predicate, object_))
        return sorted((s for s in found if isinstance(s, Subject)), key=str)

    def graphs_of(self, triple: ox.Triple) -> tuple[ox.NamedNode, ...]:
        """The graphs that hold `triple`, none where it does not hold."""
        found = {q.graph_name for q in self.quads.quads_for_subject(triple.subject) if q.triple == triple}
        return tuple(sorted((g for g in found if isinstance(g, ox.NamedNode)), key=str))

    def is_inferred(self, triple: ox.Triple) -> bool:
        """Whether the axioms entail `triple` and nobody wrote it. Cost: one look-up after the first call."""
        return triple in self.inference.inferred

    def label(self, node: Term, language: str = "en") -> str:
        """The label to show for `node`: in `language`, else in any, else its CURIE or text."""
        if isinstance(node, ox.Literal):
            return node.value
        if not isinstance(node, ox.NamedNode):
            return str(node)
        labels = [o for p in _LABELS for o in self.objects(node, p) if isinstance(o, ox.Literal)]
        chosen = [o for o in labels if o.language == language] or labels
        return chosen[0].value if chosen else show_term(node, self.root.prefixes)

    @cached_property
    def inferred_graph(self) -> ox.NamedNode:
        """The graph of what the axioms entail."""
        return self.root.graph("inferred")

    @cached_property
    def derived_graph(self) -> ox.NamedNode:
        """The graph of what the root's own rules build."""
        return self.root.graph("derived")

    def explain(self, triple: ox.Triple) -> Proof | None:
        """A proof of least depth; None where the triple does not hold.

        May be called from any thread; see `Inference.explain` for the cost.
        """
        with self._lock:
            return self.inference.explain(triple)

    def proofs(self, triple: ox.Triple, limit: int) -> Proofs:
        """The derivations of `triple`, `limit` at most. May be called from any thread."""
        with self._lock:
            return self.inference.proofs(triple, limit)

    def _candidates(
        self,
        subject: Subject | None,
        predicate: ox.NamedNode | None,
        object_: Term | None,
    ) -> Iterator[ox.Quad]:
        if subject is not None:
            return iter(self.quads.quads_for_subject(subject))
        if object_ is not None:
            return iter(self.quads.quads_for_object(object_))
        if predicate is not None:
            return iter(self.quads.quads_for_predicate(predicate))
        return iter(self.quads)


def build(root: Root, reasoner: ReasonerName = "builtin", cache: ClosureCache | None = None) -> Dataset:
    """Run the rules of `root` and close its triples under OWL 2 RL.

    Cost: dominated by reading the files and closing; with a warm `cache` by neither.
    Raises: RootInvalid where a file is broken, Problem where a rule of the root cannot be run.
    Clashes are no error here: they stand in `inference.clashes`, and `consistent` refuses them.
    """
    kept = cache.recall(root.digest, reasoner) if cache else None
    if kept is not None:
        return _recalled(root, kept)
    root.judge()
    # In the order in which they are recalled: of two proofs that are equally short, both then find the same.
    asserted = sorted({t for file in root.sources for t in file.triples}, key=str)
    inference = infer(asserted, construct_rules(root), engine=reasoner)
    quads = ox.Dataset(_quads(root, inference))
    kept = _keep(root, quads, inference)
    # What is inconsistent, or rests on an axiom that could not be used, has to be looked at again.
    if cache and not inference.clashes and not inference.findings:
        cache.remember(root.digest, reasoner, kept)
    return Dataset(root, inference, quads, kept)


def construct_rules(root: Root) -> list[ConstructRule]:
    """The rules of the root as the reasoner takes them."""
    return [ConstructRule(rule.slug, rule.stage, rule.text) for rule in root.rules]


def _keep(root: Root, quads: ox.Dataset, inference: Inference) -> Kept:
    """The dataset as N-Quads: first all but what rules of the stage `after` built, then that, then the
    metadata."""
    derived, after = root.graph("derived"), inference.cache.after
    head = _nquads(quad for quad in quads if quad.graph_name != derived or quad.triple not in after)
    tail = _nquads(ox.Quad(t.subject, t.predicate, t.object, derived) for t in after)
    described = metadata.describe(root, {quad.triple for quad in quads}).added
    graph = metadata.graph_node(root)
    about = _nquads(ox.Quad(t.subject, t.predicate, t.object, graph) for t in described)
    return Kept(head + tail + about, len(head), len(head) + len(tail))


def _nquads(quads: Iterable[ox.Quad]) -> bytes:
    """In order of the lines: the same root, the same bytes."""
    lines = (ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    return b"".join(sorted(lines))


def _recalled(root: Root, kept: Kept) -> Dataset:
    """A dataset from what was kept: nothing of it is computed before it is asked for."""
    graphs = {name: root.graph(name) for name in ("derived", "inferred")}
    found: dict[str, set[ox.Triple]] = {"before": set(), "after": set(), "inferred": set()}
    asserted: list[ox.Triple] = []
    quads = ox.Dataset()
    for stage, text in (
        ("before", kept.nquads[: kept.after]),
        ("after", kept.nquads[kept.after : kept.metadata]),
    ):
        for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS):
            quads.add(quad)
            if quad.graph_name == graphs["derived"]:
                found[stage].add(quad.triple)
            elif quad.graph_name == graphs["inferred"]:
                found["inferred"].add(quad.triple)
            else:
                asserted.append(quad.triple)
    before, after, inferred = (frozenset(found[name]) for name in ("before", "after", "inferred"))
    closure = Cache(before, after, inferred, consistent=True)
    return Dataset(root, Inference.from_cache(asserted, closure, construct_rules(root)), quads, kept)


def consistent(dataset: Dataset) -> Dataset:
    """The dataset itself where it is free of clashes.

    Raises: RootInvalid with a finding for each clash.
    """
    if dataset.inference.clashes:
        raise RootInvalid([clash_finding(dataset, clash) for clash in dataset.inference.clashes])
    return dataset


def clash_finding(dataset: Dataset, clash: Clash) -> Finding:
    """A clash as an editor reads it: the rule, the axiom, the facts, and where they stand."""
    prefixes = dataset.root.prefixes

    def shown(triples: Iterable[Statement]) -> str:
        parts = ((t.subject, t.predicate, t.object) for t in triples)
        return " . ".join(" ".join(show_term(term, prefixes) for term in terms) for terms in parts)

    subject = clash.facts[0].subject if clash.facts else None
    node = subject if isinstance(subject, (ox.NamedNode, ox.BlankNode)) else None
    place = (dataset.root.place(node) if node is not None else None) or Place("data")
    return Finding(
        "clash",
        place,
        f"By rule {clash.rule}, {shown(clash.facts)} contradicts {shown(clash.axioms)}.",
        "Take back one of the facts, or mend the axiom.",
        node=show_term(node, prefixes) if node is not None else "",
    )


def _quads(root: Root, inference: Inference) -> Iterator[ox.Quad]:
    for file in root.sources:
        graph = root.graph_of(file)
        yield from (ox.Quad(t.subject, t.predicate, t.object, graph) for t in file.triples)
    for name, triples in (("derived", inference.derived), ("inferred", inference.inferred)):
        graph = root.graph(name)
        yield from (ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)
