"""Data and a root in, the description of the data out; and, from what changed in them, the next one.

What is counted is the union of the data and the description, as a set: what a query over the default graph
counts where it keeps terms apart by their text (see `calcigraph.metadata.counting`). The description adds
triples to what it counts as long as it adds partitions, so it is counted until it does not: after three or
four rounds, as there is nothing new to be said about partitions of partitions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import chain

import pyoxigraph as ox

from calcigraph.errors import Finding, Place, RootInvalid
from calcigraph.metadata.counting import Counts, Difference, Partition, difference, partition_sizes
from calcigraph.metadata.nodes import dataset_node, heads
from calcigraph.metadata.partitions import partition_node, void
from calcigraph.metadata.statements import Given, Known, LookedUp, Lookup, holds, is_described
from calcigraph.rdf.vocabulary import VOID
from calcigraph.root import Root

_MOST_ROUNDS = 20


@dataclass(frozen=True)
class DatasetDescription:
    """What has to be known of a description to make the next one; its triples stand in the dataset itself.

    `dataset` is what is described, None where the root has no namespace: then there is no IRI to do it with.
    `counts` are those of the data and the description together. `self_spoken` says how many triples of the
    data are about `dataset` or its partitions.
    """

    dataset: ox.NamedNode | None
    heads: frozenset[ox.Triple] = field(repr=False)
    counts: Counts = field(repr=False)
    self_spoken: int = 0

    def triples(self, data: Lookup) -> frozenset[ox.Triple]:
        """All triples of the description of `data`, none of which is among these.

        Cost: one look-up for each of the heads, some ten microseconds a partition.
        """
        if self.dataset is None:
            return frozenset()
        known = LookedUp(data, self.heads, self.dataset, self.self_spoken)
        said = {triple for triple in self.heads if not holds(data, triple)}
        return frozenset(said | _unheld(void(self.dataset, self.counts), known))

    def after(self, root: Root, touched: Iterable[ox.Triple], before: Lookup, after: Lookup) -> Described:
        """The description of the data `after` a change, by what it changes.

        This is the description of the data `before`, and `touched` holds each triple that is in one of the
        two and not in the other; it may hold others, such as one that went from one graph into another.
        Neither look-up shows the graph of the description. The result equals describing anew.
        Cost: two to four look-ups for each triple that is touched, and counting these and all triples around
        a node whose classes change. Where the data speak of the description's own nodes, its numbers are
        found anew, at some ten microseconds a partition; where the root's namespace changes, all is.
        Raises: RootInvalid, see `describe`.
        """
        dataset = dataset_node(root) if root.is_named else None
        if dataset is None or dataset != self.dataset:
            return self._anew(root, before, after)
        touched = {*touched, *(self.heads ^ (said := heads(root)))}
        own = [triple for triple in touched if is_described(triple.subject, dataset)]
        spoken = self.self_spoken + sum(holds(after, t) - holds(before, t) for t in own)
        then = LookedUp(before, self.heads, dataset, self.self_spoken)
        now = LookedUp(after, said, dataset, spoken)
        counts, among = self._recounted(root, touched, then, now)
        gone, came = (
            _unheld(void(dataset, self.counts, among), then),
            _unheld(void(dataset, counts, among), now),
        )
        gone |= {t for t in touched if t in self.heads and not holds(before, t)}
        came |= {t for t in touched if t in said and not holds(after, t)}
        return Described(
            DatasetDescription(dataset, said, counts, spoken), frozenset(came - gone), frozenset(gone - came)
        )

    def _recounted(
        self, root: Root, touched: Iterable[ox.Triple], then: LookedUp, now: LookedUp
    ) -> tuple[Counts, set[Partition]]:
        """The counts after a change, and the partitions whose numbers may have changed."""
        added = [triple for triple in touched if now.holds(triple) and not then.holds(triple)]
        removed = [triple for triple in touched if then.holds(triple) and not now.holds(triple)]
        change = difference(added, removed, then, now)
        if not then.self_spoken and not now.self_spoken:
            return _settled(root, now, self.counts, self.counts.plus(change), change.partitions)
        # What the data say of partitions may hold up a number that nothing else holds up any more.
        bare = self.counts.plus(
            _exchanged(dataset_node(root), then, self.counts, None, self.counts.partitions)
        )
        counts, among = _settled(root, now, None, bare.plus(change), bare.plus(change).partitions)
        return counts, among.union(self.counts.partitions)

    def _anew(self, root: Root, before: Lookup, after: Lookup) -> Described:
        """The same where nothing of it can be kept."""
        found = describe(root, set(after.triples(None, None, None)) if root.is_named else ())
        gone = self.triples(before)
        return Described(found.description, found.added - gone, gone - found.added)


@dataclass(frozen=True)
class Described:
    """A description, and the triples by which it differs from the one before it."""

    description: DatasetDescription
    added: frozenset[ox.Triple]
    removed: frozenset[ox.Triple]


def describe(root: Root, triples: Collection[ox.Triple]) -> Described:
    """The first description of `triples`, each given once: all that is `added` is all that it says.

    A root without a namespace is not described, as there is no IRI to do it with: a plain SPARQL store.
    Cost: some ten microseconds a triple, and the memory of all subjects until it is done.
    Raises: RootInvalid where the data state numbers of the dataset themselves, such that none is right.
    """
    if not root.is_named:
        return Described(DatasetDescription(None, frozenset(), Counts()), frozenset(), frozenset())
    dataset, said = dataset_node(root), heads(root)
    given = Given(triples, said, dataset)
    new = said - given.heads_held
    partitions = partition_sizes(chain(triples, new), given.types)
    bare = Counts().plus(Difference(len(triples) + len(new), len(given.subjects), partitions))
    counts, _ = _settled(root, given, None, bare, bare.partitions)
    description = DatasetDescription(dataset, said, counts, len(given.self_spoken))
    return Described(description, new.union(_unheld(void(dataset, counts), given)), frozenset())


def _settled(
    root: Root, known: Known, stated: Counts | None, counts: Counts, moved: Iterable[Partition]
) -> tuple[Counts, set[Partition]]:
    """The counts that are right about themselves, and the partitions in which they differ from `stated`.

    `counts` are those of what is `known` and of the numbers that say what is `stated`; `moved` are the
    partitions in which the two may differ. Each round states the counts and counts what that changes.
    """
    dataset, among = dataset_node(root), set(moved)
    for _ in range(_MOST_ROUNDS):
        if stated == counts:
            return counts, among
        change = _exchanged(dataset, known, stated, counts, moved)
        stated, counts, moved = counts, counts.plus(change), change.partitions
        among.update(moved)
    raise RootInvalid([_without_an_answer(root, dataset)])


def _exchanged(
    dataset: ox.NamedNode,
    known: Known,
    stated: Counts | None,
    counts: Counts | None,
    moved: Iterable[Partition],
) -> Difference:
    """What counts more where the numbers that were `stated` make way for `counts`."""
    gone, came = (set(void(dataset, told, moved)) if told else set() for told in (stated, counts))
    removed, added = _unheld(gone - came, known), _unheld(came - gone, known)
    partitions = partition_sizes(added, known.types)
    partitions.subtract(partition_sizes(removed, known.types))
    subjects = 0
    for partition in moved:
        more = sum(
            sign for told, sign in ((counts, 1), (stated, -1)) if told and partition in told.partitions
        )
        if more and not known.is_subject(partition_node(dataset, partition)):
            subjects += more
    return Difference(len(added) - len(removed), subjects, partitions)


def _unheld(numbers: Iterable[ox.Triple], known: Known) -> set[ox.Triple]:
    """Without those that are known: the description repeats none of them."""
    return {triple for triple in numbers if not known.holds(triple)}


def _without_an_answer(root: Root, dataset: ox.NamedNode) -> Finding:
    place = root.place(dataset, VOID["triples"]) or Place("data")
    return Finding(
        "metadata",
        place,
        "The data state numbers of the described dataset, and with them no count of it is right.",
        "Leave out what is said of its numbers: the server counts them itself.",
        node=root.prefixes.shrink(dataset),
    )
