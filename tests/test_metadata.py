"""The description of a dataset in its own store: right about everything, itself included."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calcigraph import metadata
from calcigraph.edition import EditionCache, assemble
from calcigraph.root import Root
from calcigraph.store import OfflineEngine
from test_sib_editor import COUNTS, OWN

TOY = Root.open(Path(__file__).parent / "toy")
VOID, SH = "http://rdfs.org/ns/void#", "http://www.w3.org/ns/shacl#"
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
QUESTION = metadata.question_node(TOY, TOY.questions[0].slug)
NODES = st.sampled_from(
    [
        *(ox.NamedNode(f"https://example.org/{name}") for name in "abc"),
        *(QUESTION, ox.BlankNode("x"), ox.BlankNode("y")),
    ]
)
PROPERTIES = st.sampled_from(
    [TYPE, TYPE, *(ox.NamedNode(iri) for iri in ("https://example.org/p", f"{VOID}triples", f"{SH}select"))]
)
VALUES = st.one_of(
    NODES,
    st.sampled_from(
        [
            *(
                ox.NamedNode(iri)
                for iri in ("https://example.org/C", f"{SH}SPARQLExecutable", f"{VOID}Dataset")
            ),
            *(
                ox.Literal("a"),
                ox.Literal("a", language="en"),
                ox.Literal("12", datatype=ox.NamedNode("urn:t")),
            ),
        ]
    ),
)


def answers(store: ox.Store, query: str) -> list[tuple[tuple[str, str], ...]]:
    found = store.query(query)
    names = [variable.value for variable in found.variables]
    return sorted(tuple((name, str(row[name])) for name in sorted(names)) for row in found)


def claims(store: ox.Store) -> None:
    dataset = str(metadata.dataset_node(TOY))
    for claimed, counted in COUNTS:
        pattern = claimed.replace("?d", dataset)
        names = sorted({word for word in pattern.split() if word.startswith("?")})
        told = answers(store, f"{OWN} SELECT {' '.join(names)} {{ {pattern} }}")
        assert told == answers(store, counted), claimed


@given(st.sets(st.builds(ox.Triple, NODES, PROPERTIES, VALUES), max_size=15))
@settings(max_examples=60)
def test_every_number_is_what_a_query_counts(triples: set[ox.Triple]) -> None:
    described = metadata.describe(TOY, triples).added
    assert described.isdisjoint(triples)
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples | described)
    claims(store)


def test_it_is_the_same_for_the_same_data_and_not_for_other_data() -> None:
    triples = {triple for file in TOY.sources for triple in file.triples}
    once = metadata.describe(TOY, triples).added
    assert metadata.describe(TOY, sorted(triples, key=str, reverse=True)).added == once
    fewer = set(sorted(triples, key=str)[1:])
    assert metadata.describe(TOY, fewer).added != once


def test_a_root_without_a_namespace_is_not_described(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.ttl").write_text("<urn:a> <urn:b> <urn:c> .", encoding="utf-8")
    dataset = assemble(Root.open(tmp_path), "none").edition
    assert not list(dataset.metadata)
    assert len(b"".join(dataset.nquads()).splitlines()) == 1


@pytest.mark.parametrize("reasoner", ["builtin", "none"])
def test_what_is_recalled_is_described_alike(reasoner: str, tmp_path: Path) -> None:
    cache = EditionCache(tmp_path)
    built = assemble(TOY, reasoner, cache).edition  # type: ignore[arg-type]
    recalled = assemble(Root.read(TOY.folder), reasoner, cache).edition  # type: ignore[arg-type]
    assert list(recalled.metadata) == list(built.metadata)
    assert b"".join(recalled.nquads()) == b"".join(built.nquads())
    assert {quad.graph_name for quad in built.metadata} == {metadata.graph_node(TOY)}
    assert not set(built.quads()) & set(built.metadata)


def test_queries_see_it_and_lints_do_not() -> None:
    dataset = assemble(TOY, "none").edition
    count = f"SELECT (COUNT(*) AS ?n) {{ GRAPH {metadata.graph_node(TOY)} {{ ?s ?p ?o }} }}"
    assert OfflineEngine(dataset).csv(count, True).split()[1] != b"0"
    assert OfflineEngine(dataset).csv(count, False) == OfflineEngine(dataset).csv(count, True)
    undescribed = OfflineEngine(dataset, described=False)
    assert undescribed.csv(count, True).split()[1] == b"0"
    everything = "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o"
    for inference in (True, False):
        assert undescribed.csv(everything, inference) != OfflineEngine(dataset).csv(everything, inference)
    undescribed.take_in_description()
    for inference in (True, False):
        assert undescribed.csv(everything, inference) == OfflineEngine(dataset).csv(everything, inference)


def test_what_a_root_says_itself_is_not_said_twice(tmp_path: Path) -> None:
    folder = shutil.copytree(TOY.folder, tmp_path / "root")
    triple = f"<{QUESTION.value}> a <{SH}SPARQLExecutable> ."
    (folder / "data" / "own.ttl").write_text(triple, encoding="utf-8")
    dataset = assemble(Root.open(folder), "none").edition
    own = ox.Triple(QUESTION, TYPE, ox.NamedNode(f"{SH}SPARQLExecutable"))
    assert any(dataset.triples(own.subject, own.predicate, own.object))
    assert own not in {quad.triple for quad in dataset.metadata}
    store = ox.Store()
    store.extend(ox.Quad(*q.triple) for q in ox.parse(b"".join(dataset.nquads()), ox.RdfFormat.N_QUADS))
    claims(store)
