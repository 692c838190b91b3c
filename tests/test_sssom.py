"""The SSSOM export: every mapping of the root, with its justification, as the specification lays it out."""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import pyoxigraph as ox
import rdflib

from calcigraph.edition import assemble
from calcigraph.root import Root
from calcigraph.sssom import MappingSet, mappings_tsv
from conftest import Server

HERE = Path(__file__).parent
SKOS = "http://www.w3.org/2004/02/skos/core#"


def parts(text: str) -> tuple[list[str], list[dict[str, str]]]:
    lines = text.splitlines()
    head = [line for line in lines if line.startswith("#")]
    return head, list(csv.DictReader(lines[len(head) :], delimiter="\t"))


def test_every_mapping_triple_of_the_shipped_root_is_a_row(servers: Callable[[str], Server]) -> None:
    reply = servers("shipped").get("/mappings.sssom.tsv")
    head, rows = parts(reply.text)
    root = Root.open(HERE.parent)
    matches = {
        (
            root.prefixes.shrink(t.subject),
            root.prefixes.shrink(t.predicate),
            root.prefixes.shrink(t.object).strip("<>"),
        )
        for file in root.data
        if file.path.startswith("data/entities/mappings")
        for t in file.triples
        if t.predicate.value.startswith(SKOS)
        and t.predicate.value.endswith("Match")
        and isinstance(t.subject, ox.NamedNode)
        and isinstance(t.object, ox.NamedNode)
    }

    assert reply.status == 200
    assert len(matches) > 300
    # What has no match is a row too, as SSSOM has it, and no triple.
    said = {(row["subject_id"], row["predicate_id"], row["object_id"]) for row in rows}
    assert {row for row in said if row[2] != "sssom:NoTermFound"} == matches
    assert all(row["mapping_justification"].startswith("semapv:") and row["subject_label"] for row in rows)
    declared = {line.split(":")[0].lstrip("# ") for line in head[head.index("#curie_map:") + 1 :]}
    assert {row[slot].split(":")[0] for row in rows for slot in ("subject_id", "object_id")} <= declared


def test_the_table_says_what_it_is_by_lasting_iris(servers: Callable[[str], Server]) -> None:
    head, _ = parts(servers("shipped").get("/mappings.sssom.tsv").text)
    catalogue = rdflib.Graph().parse(HERE.parent / "data" / "catalog.ttl")
    (dataset,) = catalogue.subjects(rdflib.VOID.uriSpace)
    namespace = str(next(catalogue.objects(dataset, rdflib.VOID.uriSpace)))

    def said(name: str) -> list[str]:
        """The values of a slot, as this block of YAML writes them."""
        at = next(i for i, line in enumerate(head) if line.startswith(f"#{name}:"))
        value = head[at].partition(": ")[2]
        items = [
            line.removeprefix("#  - ") for line in takewhile(lambda n: n.startswith("#  - "), head[at + 1 :])
        ]
        return [text.strip('"') for text in ([value] if value else items)]

    assert said("mapping_set_id") == [f"{namespace}mappings.sssom.tsv"]
    assert said("mapping_provider") == [str(dataset)]
    assert said("license") == [str(next(catalogue.objects(dataset, rdflib.DCTERMS.license)))]
    assert said("publication_date") == [str(next(catalogue.objects(dataset, rdflib.DCTERMS.issued)))]
    makers = [str(maker) for maker in catalogue.objects(dataset, rdflib.DCTERMS.creator)]
    assert said("creator_id") == [maker.replace(f"{namespace}id/", "id:") for maker in makers]
    assert len(said("creator_label")) == len(makers)
    assert said("mapping_set_title")[0].startswith(
        str(next(catalogue.objects(dataset, rdflib.DCTERMS.title)))
    )
    assert not any(servers("shipped").base in line for line in head)


def test_a_root_without_mappings_has_an_empty_table() -> None:
    head, rows = parts(
        mappings_tsv(
            assemble(Root.open(HERE / "toy")).edition, MappingSet("https://example.org/plant/mappings")
        )
    )

    assert head
    assert rows == []
