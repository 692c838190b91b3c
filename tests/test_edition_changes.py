"""Changes to editions: the next one equals the one made from nothing, and earlier ones stay as they were."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph import metadata
from calcigraph.edition import (
    Change,
    ChangeOutcome,
    ChangeRefused,
    Edition,
    EditionPassed,
    Writer,
    assemble,
    construct_rules,
)
from calcigraph.edition.layout import QuadKind
from calcigraph.reasoning import infer
from calcigraph.root import Root
from calcigraph.store.answered import engine_diff

TOY = Path(__file__).parent / "toy"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDFS_LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


class Line:
    """Editions of one root, one after the other, with what was done to get there."""

    def __init__(self) -> None:
        self.newest = assemble(Root.open(TOY)).edition
        assert isinstance(self.newest.prover, Writer)
        self.writer = self.newest.prover

    def after(self, change: Change) -> tuple[Edition, ChangeOutcome]:
        outcome = self.writer.after(change)
        self.newest = self.writer.newest
        return self.newest, outcome


@pytest.fixture
def line() -> Line:
    return Line()


def contents(edition: Edition) -> dict[QuadKind, set[ox.Triple]]:
    found: dict[QuadKind, set[ox.Triple]] = {kind: set() for kind in QuadKind}
    for quad, kind in edition.kinded():
        found[kind].add(quad.triple)
    return found


def literal(value: str, datatype: str) -> ox.Literal:
    return ox.Literal(value, datatype=ox.NamedNode(XSD + datatype))


def through_a_store(triples: set[ox.Triple]) -> set[ox.Triple]:
    """As an engine answers them."""
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    return {quad.triple for quad in store}


def from_nothing(edition: Edition) -> None:
    """Compare an edition with what follows from its assertions alone."""
    found = contents(edition)
    asserted = found[QuadKind.ASSERTED]
    expected = infer(sorted(asserted, key=str), construct_rules(edition.root))
    assert found[QuadKind.INFERRED] == expected.inferred
    assert found[QuadKind.BEFORE] | found[QuadKind.AFTER] == expected.derived
    assert found[QuadKind.AFTER] == expected.cache.after
    answered = through_a_store(set().union(*found.values()))
    described = metadata.describe(edition.root, answered).added
    assert {quad.triple for quad in edition.metadata} == described
    assert edition.facts.triples == len(answered) + len(described)
    engine = ox.Store()
    engine.extend(edition.all_quads())
    assert edition.graphs == Counter(quad.graph_name for quad in engine)
    assert edition.size == len(engine)


def snapshot(edition: Edition) -> tuple[object, ...]:
    return (
        list(edition.all_quads()),
        edition.facts,
        dict(edition.graphs),
        [match.node for match in edition.names.find("pump", 50)],
    )


def parts(edition: Edition) -> tuple[list[ox.Quad], list[object]]:
    asserted = [quad for quad, kind in edition.kinded() if kind is QuadKind.ASSERTED]
    nodes = sorted({quad.subject for quad in asserted if isinstance(quad.subject, ox.NamedNode)}, key=str)
    return asserted, list(nodes)


def drawn(edition: Edition, draw: random.Random) -> Change:
    """Some quads that are there to go, and some that are not to come."""
    asserted, nodes = parts(edition)
    predicates = sorted({quad.predicate for quad in asserted}, key=str)
    objects = [quad.object for quad in asserted] + [
        literal(text, datatype)
        for text in ("1", "01", "1.0", "+1.00")
        for datatype in ("integer", "decimal", "nonNegativeInteger")
        if datatype == "decimal" or "." not in text
    ]
    graphs = sorted({quad.graph_name for quad in asserted}, key=str)
    removed = draw.sample(asserted, draw.randint(0, 3))
    added = [
        ox.Quad(draw.choice(nodes), draw.choice(predicates), draw.choice(objects), draw.choice(graphs))
        for _ in range(draw.randint(0, 3))
    ]
    # What was moved to another graph stays asserted; what comes back within the change never went.
    added += [ox.Quad(*quad.triple, draw.choice(graphs)) for quad in removed if draw.random() < 0.3]
    return Change.of(add=added, remove=removed)


def run(seed: int, steps: int, hits: Counter[str]) -> None:
    draw, line = random.Random(seed), Line()
    engine = ox.Store()
    engine.extend(ox.parse(b"".join(line.newest.nquads()), ox.RdfFormat.N_QUADS))
    for _ in range(steps):
        before = line.newest
        kept = snapshot(before)
        change = drawn(before, draw)
        try:
            after, outcome = line.after(change)
        except ChangeRefused:
            hits["refused"] += 1
            assert line.newest is before
            assert snapshot(before) == kept
            continue
        hits["changed"] += after.number > before.number
        kinds = Counter((sign, kind) for sign in "+-" for _, kind in getattr(outcome, _SIGNS[sign]))
        for (sign, kind), number in kinds.items():
            hits[f"{sign}{kind.name}"] += bool(number)
        if after.number > before.number:
            from_nothing(after)
            assert after.digest != before.digest
            assert snapshot(before) == kept
            diff = engine_diff(before, after, outcome)
            for quad in ox.parse(diff.removed, ox.RdfFormat.N_QUADS):
                engine.remove(quad)
            engine.extend(ox.parse(diff.added, ox.RdfFormat.N_QUADS))
            anew = ox.Store()
            anew.extend(after.all_quads())
            assert set(engine) == set(anew)


_SIGNS = {"+": "added", "-": "removed"}
WANTED = (
    *("changed", "+ASSERTED", "-ASSERTED", "+INFERRED", "-INFERRED", "+METADATA", "-METADATA"),
    *("+AFTER", "-AFTER", "+BEFORE", "-BEFORE"),
)


def test_editions_after_random_changes_equal_those_made_from_nothing() -> None:
    hits: Counter[str] = Counter()
    for seed in range(4):
        run(seed, 6, hits)
    assert hits["changed"] >= 12, hits


@pytest.mark.campaign
def test_editions_after_many_random_changes_equal_those_made_from_nothing() -> None:
    hits: Counter[str] = Counter()
    for seed in range(100, 140):
        run(seed, 15, hits)
    print(sorted(hits.items()))
    assert all(hits[name] >= 5 for name in WANTED), hits


def pump(edition: Edition, name: str = "pump-1") -> ox.NamedNode:
    return edition.root.prefixes.expand(f"id:{name}")


def data(edition: Edition) -> ox.NamedNode:
    return edition.root.graph("data/plant")


def test_a_change_that_changes_nothing_makes_no_edition(line: Line) -> None:
    before = line.newest
    quad = next(before.quads(pump(before), graph=data(before)))
    absent = ox.Quad(pump(before), RDFS_LABEL, ox.Literal("another name"), data(before))

    after, outcome = line.after(Change.of(add=[quad], remove=[absent]))

    assert (after.number, after.facts) == (before.number, before.facts)
    assert (outcome.number, outcome.added, outcome.removed) == (0, (), ())
    assert outcome.already == (quad,)
    assert outcome.absent == (absent,)


def test_what_is_removed_and_added_is_there_afterwards(line: Line) -> None:
    before = line.newest
    there = next(before.quads(pump(before), graph=data(before)))
    new = ox.Quad(pump(before), RDFS_LABEL, ox.Literal("another name"), data(before))

    after, outcome = line.after(Change.of(add=[there, new], remove=[there, new]))

    assert after.holds(there)
    assert after.holds(new)
    assert [quad for quad, kind in outcome.added if kind is QuadKind.ASSERTED] == [new]


def test_removing_what_is_only_inferred_changes_nothing_and_says_so(line: Line) -> None:
    before = line.newest
    inferred = next(before.quads(graph=before.inferred_graph))
    told = ox.Quad(*inferred.triple, data(before))

    after, outcome = line.after(Change.of(remove=[told]))

    assert after.number == before.number
    assert outcome.absent == (told,)
    assert after.holds(inferred)


@pytest.mark.parametrize("name", ["metadata", "inferred", "derived"])
def test_a_graph_that_is_made_is_not_written_to(line: Line, name: str) -> None:
    before = line.newest
    kept = snapshot(before)
    quad = ox.Quad(pump(before), TYPE, pump(before), before.root.graph(name))
    for change in (Change.of(add=[quad]), Change.of(remove=[quad])):
        with pytest.raises(ChangeRefused) as refused:
            line.after(change)
        assert refused.value.remedy
        assert "explain" in refused.value.remedy
    assert line.newest is before
    assert snapshot(before) == kept


def test_a_quad_in_no_graph_is_refused(line: Line) -> None:
    quad = ox.Quad(pump(line.newest), TYPE, pump(line.newest))
    with pytest.raises(ChangeRefused, match="no named graph"):
        line.after(Change.of(add=[quad]))


def test_what_contradicts_the_ontology_is_refused_and_leaves_no_trace(line: Line) -> None:
    before = line.newest
    kept = snapshot(before)
    kinds = [before.root.prefixes.expand(f"plant:{name}") for name in ("Tank", "Pump")]
    quads = [ox.Quad(pump(before), TYPE, kind, data(before)) for kind in kinds]

    with pytest.raises(ChangeRefused, match="contradicts"):
        line.after(Change.of(add=quads))

    assert line.newest is before
    assert snapshot(before) == kept
    after, _ = line.after(Change.of(add=[ox.Quad(pump(before), RDFS_LABEL, ox.Literal("x"), data(before))]))
    from_nothing(after)


def test_a_name_is_found_from_its_edition_on_and_before_it_goes(line: Line) -> None:
    first = line.newest
    named = ox.Quad(pump(first), RDFS_LABEL, ox.Literal("zyzzyva"), data(first))
    second, _ = line.after(Change.of(add=[named]))
    third, _ = line.after(Change.of(remove=[named]))

    found = [[m.node for m in edition.names.find("zyzzyva", 5)] for edition in (first, second, third)]
    # What is the same as it is called so as well.
    assert (
        [pump(first) in nodes for nodes in found] == [bool(nodes) for nodes in found] == [False, True, False]
    )
    near = [[node for node, _ in edition.labels.nearest("zyzzyvas")] for edition in (first, second, third)]
    assert [pump(first) in nodes for nodes in near] == [bool(nodes) for nodes in near] == [False, True, False]


def test_the_proof_of_an_edition_is_that_of_its_time(line: Line) -> None:
    first = line.newest
    inferred = next(first.quads(graph=first.inferred_graph)).triple
    proof = first.explain(inferred)
    assert proof is not None
    leaves = [step.triple for step in proof.steps() if step.rule == "asserted"] + list(proof.axioms)
    quads = [quad for triple in leaves for quad in first.assertions(triple)]
    second, _ = line.after(Change.of(remove=quads))

    assert first.explain(inferred) == proof
    assert second.explain(inferred) != proof


def test_two_spellings_of_a_value_are_one_to_queries_until_both_are_gone(line: Line) -> None:
    size = line.newest.root.prefixes.expand("plant:number")
    spelled = [
        ox.Quad(pump(line.newest, "pump-2"), size, literal(text, "decimal"), data(line.newest))
        for text in ("7.0", "7.00", "007")
    ]
    states = []
    for change in (
        Change.of(add=spelled),
        Change.of(remove=spelled[:2]),
        Change.of(remove=spelled[2:]),
    ):
        before = line.newest
        after, outcome = line.after(change)
        diff = engine_diff(before, after, outcome)
        states.append((diff.added.count(b'"7"'), diff.removed.count(b'"7"')))
        assert (after.written(ox.Triple(pump(after, "pump-2"), size, literal("7", "decimal"))) is None) == (
            change.removed == tuple(spelled[2:])
        )
    assert states == [(1, 0), (0, 0), (0, 1)]


def test_who_reads_slowly_sees_the_next_edition_meanwhile(line: Line) -> None:
    value = line.newest.root.prefixes.expand("plant:number")
    many = [
        ox.Quad(pump(line.newest), value, literal(str(number), "integer"), data(line.newest))
        for number in range(2500)
    ]
    slow, _ = line.after(Change.of(add=many))
    quads = slow.quads(pump(slow), value)
    read = [next(quads)]

    named = ox.Quad(pump(slow), RDFS_LABEL, ox.Literal("come meanwhile"), data(slow))
    assert not slow.holds(named)
    quick, _ = line.after(Change.of(add=[named], remove=many[1000:]))

    assert quick.holds(named)
    assert len(list(quick.quads(pump(quick), value))) == 1000
    read += quads
    assert set(read) == set(many)
    assert not slow.holds(named)


def test_no_two_editions_have_one_second(line: Line) -> None:
    moments = [line.newest.changed]
    for name in "abcd":
        named = ox.Quad(pump(line.newest), RDFS_LABEL, ox.Literal(name), data(line.newest))
        moments.append(line.after(Change.of(add=[named]))[0].changed)
    assert moments == sorted(set(moments))


TITLE = ox.NamedNode("http://purl.org/dc/terms/title")


@pytest.mark.parametrize("earlier", [0, 1])
def test_an_edition_that_was_taken_back_leaves_no_trace(line: Line, earlier: int) -> None:
    plant = line.newest.root.prefixes.expand("id:plant")
    catalogue = line.newest.root.catalogue_graph
    for name in "a"[:earlier]:
        line.after(
            Change.of(add=[ox.Quad(pump(line.newest), RDFS_LABEL, ox.Literal(name), data(line.newest))])
        )
    line.writer.back_to(earlier)
    before, kept = line.newest, snapshot(line.newest)
    titled = ox.Quad(plant, TITLE, ox.Literal("zyzzyva"), catalogue)
    taken_back, outcome = line.after(Change.of(add=[titled]))
    assert taken_back.holds(titled)
    assert outcome.root is not None
    assert titled.triple in outcome.root.catalogue
    line.writer.back_to(earlier)
    line.writer.back_to(earlier)
    assert line.writer.newest.number == earlier
    assert snapshot(line.writer.newest) == kept
    with pytest.raises(EditionPassed):
        line.writer.proofs(earlier + 1, titled.triple, 1)

    named = ox.Quad(pump(before), RDFS_LABEL, ox.Literal("another name"), data(before))
    after, outcome = line.after(Change.of(add=[named]))

    assert (after.number, outcome.root) == (earlier + 1, None)
    assert after.holds(named)
    assert not after.holds(titled)
    from_nothing(after)
