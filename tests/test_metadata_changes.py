"""The description after a change: made from the one before it, and equal to one from nothing."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph import metadata
from calcigraph.errors import RootInvalid
from calcigraph.metadata.counting import Partition
from calcigraph.metadata.partitions import partition_node
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF, SH, VOID, XSD
from calcigraph.root import Root

TOY = Root.open(Path(__file__).parent / "toy")
DATASET = metadata.dataset_node(TOY)
EX = "https://example.org/"


class Held:
    """A set of triples that can be looked up in; it counts what it was asked and what it said."""

    def __init__(self, held: Iterable[ox.Triple]) -> None:
        self.work: Counter[str] = Counter()
        self._all = frozenset(held)
        self._by: dict[tuple[int, Term], list[ox.Triple]] = defaultdict(list)
        for one in self._all:
            self._by[0, one.subject].append(one)
            self._by[2, one.object].append(one)

    def triples(
        self,
        subject: ox.NamedNode | ox.BlankNode | None,
        predicate: ox.NamedNode | None,
        object_: Term | None,
        /,
    ) -> Iterator[ox.Triple]:
        self.work["questions"] += 1
        if subject is not None:
            found: Iterable[ox.Triple] = self._by[0, subject]
        else:
            found = self._all if object_ is None else self._by[2, object_]
        for one in found:
            if predicate in (None, one.predicate) and object_ in (None, one.object):
                self.work["answers"] += 1
                yield one


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(EX + name)


def number(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=XSD["integer"])


CLASSES = [*(node(name) for name in "CDE"), SH["SPARQLExecutable"], VOID["Dataset"]]
SUBJECTS = [
    *(node(name) for name in "abc"),
    *(ox.BlankNode("x"), metadata.question_node(TOY, TOY.questions[0].slug)),
]
# What the data had better leave alone: the nodes of the description itself.
OWN = [
    *(DATASET, metadata.graph_node(TOY)),
    partition_node(DATASET, Partition("class", (node("C"),))),
    partition_node(DATASET, Partition("property", (node("C"), VOID["property"]))),
]
LITERALS = [
    *(ox.Literal("a"), ox.Literal("a", language="en"), ox.Literal("360"), number(360), number(0)),
    ox.Literal("360.0", datatype=XSD["decimal"]),
    ox.Literal("360", datatype=XSD["decimal"]),
    ox.Literal("!", datatype=node("odd")),
]
FEWER_QUESTIONS = replace(TOY, questions=TOY.questions[1:])


def drawn(chance: random.Random, own: float) -> ox.Triple:
    """A triple that speaks of the description itself with the chance `own`."""
    subject = chance.choice(OWN if chance.random() < own else SUBJECTS)
    if chance.random() < 0.45:
        return ox.Triple(subject, RDF["type"], chance.choice(CLASSES))
    rare = node(f"rare-{chance.randrange(4)}")
    predicate = chance.choice([node("p"), node("p"), node("q"), rare, VOID["triples"], VOID["property"]])
    nodes = OWN if chance.random() < own else SUBJECTS
    return ox.Triple(subject, predicate, chance.choice([*nodes, *CLASSES, *LITERALS]))


def seen(before: metadata.Described, after: metadata.Described, held: frozenset[ox.Triple]) -> Iterator[str]:
    """What a change made happen, as far as it is what this test is for."""
    was, now = before.description.counts.partitions, after.description.counts.partitions
    for kind, size in [("class", 1), ("property", 1), ("property", 2), ("class", 3), ("datatype", 3)]:
        for name, more, fewer in (("appears", now, was), ("vanishes", was, now)):
            if any(p.kind == kind and len(p.terms) == size for p in more.keys() - fewer.keys()):
                yield f"a {kind} partition of {size} terms {name}"
    for t in held:
        links = sum(t.subject in (other.subject, other.object) for other in held)
        if t.predicate == RDF["type"] and links > 4:
            yield "a node with many links"
            break
    if after.description.self_spoken:
        yield "the data speak of the description"
    if not after.description.self_spoken and not before.description.self_spoken:
        yield "the data do not speak of the description"
    if after.description.heads & held:
        yield "one of the heads goes into the data or out of them"
    if before.description.heads != after.description.heads:
        yield "the root has other heads"


def walk(chance: random.Random, steps: int, own: float) -> Counter[str]:
    """Change a dataset at random, in graphs, and compare each description with one from nothing."""
    hits: Counter[str] = Counter()
    quads: frozenset[tuple[ox.Triple, int]] = frozenset()
    root, before = TOY, metadata.describe(TOY, ())
    stated = before.added
    for _ in range(steps):
        flipped = {(drawn(chance, own), chance.randrange(2)) for _ in range(chance.choice([1, 1, 2, 5]))}
        wanted = quads ^ flipped if len(quads) < 40 else frozenset(chance.sample(sorted(quads, key=str), 15))
        old, new = (frozenset(t for t, _ in some) for some in (quads, wanted))
        touched = [t for t, _ in quads ^ wanted]
        following = chance.choice([TOY, FEWER_QUESTIONS]) if chance.random() < 0.1 else root
        after = before.description.after(following, touched, Held(old), Held(new))
        anew = metadata.describe(following, new)
        assert after.description == anew.description
        assert after.removed <= stated
        assert not after.added & stated
        stated = (stated - after.removed) | after.added
        assert stated == anew.added == after.description.triples(Held(new))
        hits.update(seen(before, after, old ^ new))
        hits["a triple stays in another graph"] += any(t in old and t in new for t in touched)
        quads, before, root = wanted, after, following
    return hits


RARELY = [
    "a node with many links",
    "the data speak of the description",
    "the data do not speak of the description",
    "one of the heads goes into the data or out of them",
    "the root has other heads",
    "a triple stays in another graph",
    *(
        f"a {kind} partition of {size} terms {what}"
        for kind, size in [("class", 1), ("property", 1), ("property", 2), ("class", 3), ("datatype", 3)]
        for what in ("appears", "vanishes")
    ),
]


def test_after_any_change_it_is_what_it_would_be_from_nothing() -> None:
    hits = walk(random.Random(1), 300, 0) + walk(random.Random(2), 100, 0.1)
    assert {name: hits[name] for name in RARELY if hits[name] < 5} == {}
    assert hits["the data do not speak of the description"] >= 300


@pytest.mark.campaign
def test_after_many_changes_it_is_what_it_would_be_from_nothing() -> None:
    hits: Counter[str] = Counter()
    for seed in range(40):
        hits += walk(random.Random(seed), 500, seed % 4 * 0.04)
    print(dict(hits))
    assert {name: hits[name] for name in RARELY if hits[name] < 200} == {}


def test_a_change_costs_what_it_changes_however_large_the_data_are() -> None:
    def work(size: int) -> tuple[int, int]:
        data = {ox.Triple(node(f"n{i}"), RDF["type"], node("C")) for i in range(size)}
        data |= {ox.Triple(node(f"n{i}"), node("p"), number(i)) for i in range(size)}
        before, change = metadata.describe(TOY, data), ox.Triple(node("n1"), node("p"), ox.Literal("new"))
        old, new = Held(data), Held(data | {change})
        after = before.description.after(TOY, [change], old, new)
        assert len(after.added) < 60
        total = old.work + new.work
        return total["questions"], total["answers"]

    assert work(2000) == work(20)


def test_what_holds_itself_up_goes_with_its_reason() -> None:
    """A partition that the data put into a class: the triples that state it would be triples of it."""
    part = partition_node(DATASET, Partition("property", (node("C"), VOID["property"])))
    data = {ox.Triple(part, RDF["type"], node("C"))}
    reason = {
        ox.Triple(node("a"), RDF["type"], node("C")),
        ox.Triple(node("a"), VOID["property"], node("b")),
    }
    without, both = metadata.describe(TOY, data), metadata.describe(TOY, data | reason)
    assert any(t.subject == part for t in both.added)
    assert not any(t.subject == part for t in without.added)

    after = both.description.after(TOY, reason, Held(data | reason), Held(data))

    assert after.description == without.description
    assert (both.added - after.removed) | after.added == without.added


def test_numbers_of_the_data_that_leave_no_right_count_are_refused() -> None:
    data = {ox.Triple(node("a"), node("p"), node("b"))}
    counted = metadata.describe(TOY, data)
    wrong = ox.Triple(DATASET, VOID["triples"], number(counted.description.counts.triples + 1))
    for attempt in (
        lambda: metadata.describe(TOY, data | {wrong}),
        lambda: counted.description.after(TOY, [wrong], Held(data), Held(data | {wrong})),
    ):
        with pytest.raises(RootInvalid) as raised:
            attempt()
        (finding,) = raised.value.findings
        assert finding.check == "metadata"
        assert "counts them itself" in finding.remedy


def test_a_root_that_gets_or_loses_its_namespace_is_described_from_nothing() -> None:
    data = {ox.Triple(node("a"), RDF["type"], node("C"))}
    catalog = next(file for file in TOY.data if file.path == "data/catalog.ttl")
    moved = replace(
        catalog, content=catalog.raw.replace(b'"https://example.org/plant/"', f'"{EX}elsewhere/"'.encode())
    )
    named, nameless = (
        replace(TOY, data=tuple(new for file in TOY.data if (new := chosen if file is catalog else file)))
        for chosen in (moved, None)
    )
    assert not nameless.is_named
    stated, before = metadata.describe(TOY, data).added, metadata.describe(TOY, data)
    for root in (named, nameless, nameless, TOY):
        after = before.description.after(root, [], Held(data), Held(data))
        stated = (stated - after.removed) | after.added
        assert stated == metadata.describe(root, data).added
        assert after.description == metadata.describe(root, data).description
        before = after
    assert len(stated) > 20


def test_two_spellings_of_one_value_count_as_two() -> None:
    data = [
        ox.Triple(node("a"), node("p"), ox.Literal(text, datatype=XSD["decimal"]))
        for text in ("360.0", "360")
    ]
    counts = metadata.describe(TOY, data).description.counts
    assert counts.partitions[Partition("property", (node("p"),))] == 2
