"""An edition and a change in, the next edition in the same files out; and proofs of what editions say.

The one part that holds the reasoner. It is used by one thread at a time; where it is not wanted in the
process that answers, see `process`.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Final

import pyoxigraph as ox

from calcigraph import reasoning
from calcigraph.edition.answering import AnsweredTriples, answered_triple
from calcigraph.edition.change import Change, ChangeRefused
from calcigraph.edition.edition import Edition
from calcigraph.edition.edition_facts import EditionFacts
from calcigraph.edition.index import Index
from calcigraph.edition.layout import QuadKind
from calcigraph.edition.names import NAMING, names_of
from calcigraph.edition.rules import construct_rules
from calcigraph.edition.writing import EditionStep, Kinded, changing, forget_after, write_facts, write_step
from calcigraph.errors import Problem
from calcigraph.metadata import DatasetDescription, Described, describe
from calcigraph.reasoning import Proof, Proofs
from calcigraph.root import Root
from calcigraph.settings import ReasonerLimits, ReasonerName

_KEPT: Final = 16
_NAMING: Final = sorted(NAMING, key=str)
_KINDS: Final = {"before": QuadKind.BEFORE, "after": QuadKind.AFTER}


class EditionPassed(Problem):
    """An edition that nobody can prove anything of any more."""

    title: ClassVar[str] = "The version is gone"


@dataclass(frozen=True)
class ChangeOutcome:
    """What a change did. `number` is the edition that there is now: the same as before where nothing changed.

    `already` were to be added and were there, `absent` were to be removed and nobody asserts them: what is
    inferred or derived stays as long as it follows.
    """

    number: int
    added: tuple[Kinded, ...] = ()
    removed: tuple[Kinded, ...] = ()
    already: tuple[ox.Quad, ...] = ()
    absent: tuple[ox.Quad, ...] = ()
    root: Root | None = None
    """The root, where its catalogue or its prefix table say something else now."""


class Writer:
    """Editions of one root, in files of its own once anything changes."""

    def __init__(
        self,
        edition: Edition,
        reasoner: ReasonerName = "builtin",
        inference: reasoning.Inference | None = None,
        limits: ReasonerLimits | None = None,
    ) -> None:
        self._reasoner, self._limits = reasoner, limits
        self._newest = edition
        self._description: DatasetDescription | None = (
            None if edition.number else edition.files.recall_description()
        )
        # What `back_to` goes back to.
        self._before: tuple[Edition, DatasetDescription | None] | None = None
        self._inferences: OrderedDict[int, reasoning.Inference] = OrderedDict()
        if inference is not None:
            self._inferences[edition.number] = inference

    @property
    def newest(self) -> Edition:
        """The newest edition."""
        return self._newest

    def proofs(self, number: int, triple: ox.Triple, limit: int) -> Proofs:
        """See `Prover.proofs`. Cost of the first call: closing anew; then see `Inference.explain`.

        Raises: EditionPassed.
        """
        inference = self._inference(number)
        flattest = inference.explain(triple)
        if flattest is None:
            return Proofs((), complete=True)
        if limit == 1:
            # Whether there are others takes a search of its own.
            return Proofs((flattest,), complete=False)
        others = inference.proofs(triple, limit)
        distinct = {_last_step(proof): proof for proof in reversed((flattest, *others.items))}
        return Proofs(tuple(reversed(distinct.values()))[:limit], others.complete)

    def after(self, change: Change) -> ChangeOutcome:
        """Make the edition after the newest one. Until it returns nobody sees anything of it.

        Cost: what follows the change; the first one copies the index. Raises: ChangeRefused where it names a
        graph that is made, or contradicts the ontology; LimitMet. Then everything is as it was.
        """
        change.check(self._newest.root)
        old, inference = self._newest, self._inference(self._newest.number)
        asked = _Asked.of(old, change)
        if not asked.added and not asked.removed:
            return ChangeOutcome(old.number, already=asked.already, absent=asked.absent)
        root = asked.root(old)
        following, consequences = inference.after(*asked.triples(old))
        if consequences.clashes:
            raise ChangeRefused(
                f"It contradicts the ontology: {consequences.clashes[0]}",
                "Take back one of the facts, or mend the axiom first.",
            )
        base, description = self._changeable(), self._description
        try:
            outcome = self._written(base, root, asked, consequences)
        except BaseException:
            with changing(base.files.index) as connection:
                forget_after(connection, base.number)
            raise
        self._before = replace(base, prover=self), description
        self._remember(replace(base, root=root, number=outcome.number), following)
        return outcome

    def back_to(self, number: int) -> None:
        """Take back the newest edition, which nobody has seen, so that `number`, the one before it, is the
        newest again; does nothing where it is."""
        if number == self._newest.number:
            return
        assert self._before is not None
        assert self._before[0].number == number
        with changing(self._newest.files.index) as connection:
            forget_after(connection, number)
        self._inferences.pop(self._newest.number, None)
        self._newest, self._description = self._before

    def _written(
        self, old: Edition, root: Root, asked: _Asked, consequences: reasoning.Consequences
    ) -> ChangeOutcome:
        """Write the data, then what describes them: that is looked up in what was written."""
        number = old.number + 1
        graphs = root.graph("derived"), root.graph("inferred")
        removed = [*_asserted(asked.removed), *_built(consequences, graphs, came=False)]
        added = [*_asserted(asked.added), *_built(consequences, graphs, came=True)]
        with changing(old.files.index) as connection:
            write_step(connection, _step(old, number, removed, added))
        new = replace(old, root=root, number=number)
        described = self._described(old, new, (quad.triple for quad, _ in (*removed, *added)))
        gone, come = self._metadata(described.removed), self._metadata(described.added)
        facts = EditionFacts(
            _digest(old.digest, removed, added),
            described.description.counts.triples,
            # No two editions have one second: HTTP dates are no finer (RFC 9110, section 8.8.2).
            max(int(time.time()), old.facts.changed_s + 1),
        )
        with changing(old.files.index) as connection:
            write_step(connection, EditionStep(number, gone, come, (), ()))
            write_facts(connection, number, str(facts))
        self._description = described.description
        return ChangeOutcome(
            number,
            (*added, *come),
            (*removed, *gone),
            asked.already,
            asked.absent,
            root if root is not old.root else None,
        )

    def _described(self, old: Edition, new: Edition, touched: Iterable[ox.Triple]) -> Described:
        """What describes the data after a change. Cost of the first call where a writer is started anew
        after changes: describing all of it."""
        before, after = AnsweredTriples(old), AnsweredTriples(new)
        if self._description is None:
            self._description = describe(old.root, set(before.triples(None, None, None))).description
        answered = {answered_triple(triple) for triple in touched}
        return self._description.after(new.root, answered, before, after)

    def _metadata(self, triples: Iterable[ox.Triple]) -> list[Kinded]:
        graph = self._newest.root.graph("metadata")
        return [(_quad(triple, graph), QuadKind.METADATA) for triple in triples]

    def _changeable(self) -> Edition:
        """The newest edition in files that may be written to: in a copy, before the first change."""
        files = self._newest.files
        if files == files.changed:
            return self._newest
        files = files.changing()
        return replace(self._newest, files=files, index=Index(files.index))

    def _remember(self, edition: Edition, inference: reasoning.Inference) -> None:
        self._newest = replace(edition, prover=self)
        self._inferences[self._newest.number] = inference
        while len(self._inferences) > _KEPT:
            self._inferences.popitem(last=False)

    def _inference(self, number: int) -> reasoning.Inference:
        if number not in self._inferences:
            if number != self._newest.number:
                raise EditionPassed(
                    f"Edition {number} is gone; the newest one is {self._newest.number}.", "Ask again."
                )
            self._inferences[number] = recalled(self._newest, self._reasoner, self._limits)
        return self._inferences[number]


def _last_step(proof: Proof) -> object:
    """What two derivations of one triple differ in."""
    return proof.rule, proof.axioms, tuple(premise.triple for premise in proof.premises)


def recalled(
    edition: Edition, reasoner: ReasonerName, limits: ReasonerLimits | None = None
) -> reasoning.Inference:
    """The reasoner of an edition, from what is known of it.

    Cost: reads all quads; the builtin one closes when it is asked for something, the others at once.
    """
    found: dict[QuadKind, list[ox.Triple]] = {kind: [] for kind in QuadKind}
    for quad, kind in edition.kinded():
        found[kind].append(quad.triple)
    # In the order of the first time: of two proofs that are equally short, both then find the same.
    asserted = sorted(set(found[QuadKind.ASSERTED]), key=str)
    if reasoner != "builtin":
        rules = construct_rules(edition.root)
        return reasoning.infer(asserted, rules, engine=reasoner, limits=limits)
    kinds = QuadKind.BEFORE, QuadKind.AFTER, QuadKind.INFERRED
    before, after, inferred = (frozenset(found[kind]) for kind in kinds)
    known = reasoning.Cache(before, after, inferred, consistent=True)
    return reasoning.Inference.from_cache(asserted, known, construct_rules(edition.root), limits=limits)


@dataclass(frozen=True)
class _Asked:
    """A change, and what of it makes a difference to an edition."""

    added: tuple[ox.Quad, ...]
    removed: tuple[ox.Quad, ...]
    already: tuple[ox.Quad, ...]
    absent: tuple[ox.Quad, ...]

    @classmethod
    def of(cls, edition: Edition, change: Change) -> _Asked:
        added, removed = dict.fromkeys(change.added), dict.fromkeys(change.removed)
        there = {quad for quad in (*added, *removed) if edition.asserts(quad)}
        return cls(
            tuple(quad for quad in added if quad not in there),
            tuple(quad for quad in removed if quad in there and quad not in added),
            tuple(quad for quad in added if quad in there),
            tuple(quad for quad in removed if quad not in there and quad not in added),
        )

    def root(self, edition: Edition) -> Root:
        """The root after the change. Raises: ChangeRefused where it would have another namespace."""
        root = edition.root
        graphs = root.catalogue_graph, root.declarations_graph
        if not any(quad.graph_name in graphs for quad in (*self.added, *self.removed)):
            return root
        changed = root.with_statements(*(self._graph(edition, graph) for graph in graphs))
        if changed.namespace != root.namespace:
            raise ChangeRefused(
                f"It would change the namespace of the root, <{root.namespace}>, which every address has.",
                "Change `void:uriSpace` in data/catalog.ttl, and start anew.",
            )
        return changed

    def _graph(self, edition: Edition, graph: ox.NamedNode) -> list[ox.Triple]:
        gone = set(self.removed)
        kept = [quad.triple for quad in edition.quads(graph=graph) if quad not in gone]
        return [*kept, *(quad.triple for quad in self.added if quad.graph_name == graph)]

    def triples(self, edition: Edition) -> tuple[set[ox.Triple], set[ox.Triple]]:
        """The triples that are asserted from now on, and those that nobody asserts any more."""
        came = {quad.triple for quad in self.added}
        went = {quad.triple for quad in self.removed} - came
        gone = set(self.removed)
        return (
            {triple for triple in came if not any(edition.assertions(triple))},
            {triple for triple in went if not set(edition.assertions(triple)) - gone},
        )


def _asserted(quads: Iterable[ox.Quad]) -> Iterator[Kinded]:
    return ((quad, QuadKind.ASSERTED) for quad in quads)


def _built(
    made: reasoning.Consequences, graphs: tuple[ox.NamedNode, ox.NamedNode], came: bool
) -> Iterator[Kinded]:
    """What rules build and axioms entail that came, or that went."""
    derived, inferred = graphs
    for stage, moved in made.by_stage.items():
        yield from ((_quad(triple, derived), _KINDS[stage]) for triple in moved[0 if came else 1])
    entailed = made.inferred_added if came else made.inferred_removed
    yield from ((_quad(triple, inferred), QuadKind.INFERRED) for triple in entailed)


def _quad(triple: ox.Triple, graph: ox.NamedNode) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def _step(old: Edition, number: int, removed: list[Kinded], added: list[Kinded]) -> EditionStep:
    """The rows of a change, with the names that nodes have after it."""
    quads = (quad for quad, _ in (*removed, *added) if quad.predicate in NAMING)
    nodes = dict.fromkeys(quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode))
    gone, come = {quad for quad, _ in removed}, [quad for quad, _ in added]
    # What else is said of a node may be much.
    named = (quad for node in nodes for name in _NAMING for quad in old.quads(node, name))
    kept = (quad for quad in named if quad not in gone)
    naming = dict.fromkeys(q.triple for q in (*kept, *come) if q.predicate in NAMING and q.subject in nodes)
    return EditionStep(number, removed, added, tuple(nodes), tuple(names_of(naming)))


def _digest(before: str, removed: Iterable[Kinded], added: Iterable[Kinded]) -> str:
    """SHA-256 that goes on from `before` with what was asserted and what nobody asserts any more."""
    total = hashlib.sha256(before.encode())
    for sign, quads in (("-", removed), ("+", added)):
        lines = sorted(f"{sign}{quad}\n" for quad, kind in quads if kind is QuadKind.ASSERTED)
        total.update("".join(lines).encode())
    return total.hexdigest()
