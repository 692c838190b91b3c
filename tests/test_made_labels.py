"""Labels that rules make: they follow a new name, travel with the data, and nobody types what is added."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.checks import check
from calcigraph.edition import Change, Edition, EditionCache, assemble
from calcigraph.errors import Severity
from calcigraph.root import Root
from datasets import dataset_of

ROOT = Path(__file__).resolve().parents[1]
ID = "https://w3id.org/calcigraph/id/"
CG = "https://w3id.org/calcigraph/ontology/"
LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
MADE = ("Proposition", "EvidenceLine", "SourceAssertion", "Acceptance", "Passage")


def labels(edition: Edition, name: str) -> list[str]:
    return [
        term.value for term in edition.objects(ox.NamedNode(ID + name), LABEL) if isinstance(term, ox.Literal)
    ]


@pytest.mark.parametrize("kind", MADE)
def test_each_has_one_label_which_no_file_states(kind: str) -> None:
    edition = dataset_of("shipped")
    nodes = edition.subjects(TYPE, ox.NamedNode(CG + kind))

    assert len(nodes) > 100
    assert [node for node in nodes if len(edition.objects(node, LABEL)) != 1] == []
    graphs = {quad.graph_name for node in nodes for quad in edition.quads(node, LABEL)}
    assert graphs == {edition.derived_graph}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        (
            "p-vitamin-k2-improves-atp-biosynthesis-in-fruit-flies",
            "vitamin K2 improves ATP biosynthesis in fruit flies",
        ),
        ("p-fermented-foods-contains-mk-7", "fermented foods contain MK-7"),
        (
            "line-avadec2022-cvevents",
            "no effect: MK-7 lowers cardiovascular events (AVADEC: cardiovascular events in the whole trial)",
        ),
        ("acceptance-m-009", "m-009 accepted: warfarin directly inhibits VKORC1 activity"),
        ("c2-001", "c2-001: it is a myth that vitamin K makes tissue calcify"),
        ("seed-002-line-2", "seed 002, line 2: the myth"),
        ("dose-avadec-mk-7", "AVADEC: MK-7 720 ug a day"),
    ],
)
def test_they_read_as_sentences(name: str, label: str) -> None:
    assert labels(dataset_of("shipped"), name) == [label]


def test_a_new_name_is_one_line_and_every_label_follows() -> None:
    edition = assemble(Root.open(ROOT), cache=EditionCache.of_user()).edition
    node = ox.NamedNode(ID + "ubiad1")
    (quad,) = edition.quads(node, LABEL)
    before = {q.subject for q in edition.quads(None, LABEL) if "UBIAD1" in str(q.object)}
    renamed = ox.Quad(node, LABEL, ox.Literal("prenyltransferase Z", language="en"), quad.graph_name)
    writer = edition.prover

    writer.after(Change.of(add=[renamed], remove=[quad]))  # type: ignore[union-attr]

    after = writer.newest  # type: ignore[union-attr]
    made = {q.subject for q in after.quads(None, LABEL, None, after.derived_graph) if "Z" in str(q.object)}
    still = {
        q.subject for q in after.quads(None, LABEL, None, after.derived_graph) if "UBIAD1" in str(q.object)
    }
    assert labels(after, "p-ubiad1-located-in-endoplasmic-reticulum") == [
        "prenyltransferase Z is located in endoplasmic reticulum in human cells"
    ]
    assert len(made & before) >= 5
    # A curator's own wording, and the name of a gene, are not made of it.
    assert [s for s in still if "prenyltransferase Z" in str(after.objects(s, LABEL))] == []


def test_they_stand_in_the_graph_of_what_rules_build_which_dumps_hold() -> None:
    edition = dataset_of("shipped")
    text = b"".join(edition.nquads()).decode()

    line = f"<{ID}line-avadec2022-avc> <{LABEL.value}>"
    assert any(row.startswith(line) and edition.derived_graph.value in row for row in text.splitlines())


# What an editor writes: of a claim its statement and line, and its proposition where there is none yet; of a
# study one file, and what the catalogue says of it.
ADDED = {
    "data/seeds/002.ttl": """id:c2-999 a cg:SourceAssertion ;
  cg:wording "kale is good for bone"@en ;
  dcterms:identifier "c2-999" ;
  cg:asserts id:p-kale-supports-bone-health ;
  cg:statedIn id:seed-002-line-2 ;
  cg:hedging cg:plainWording ;
  cg:sourceVerb "is good for" .

id:line-c2-999 a cg:EvidenceLine ;
  cg:aboutProposition id:p-kale-supports-bone-health ;
  cg:stance srv:supports ;
  cg:hasEvidence id:c2-999 .
""",
    "data/propositions/claims.ttl": """id:p-kale-supports-bone-health a cg:Proposition ;
  cg:propositionSubject id:kale ;
  cg:propositionRelation cg:supports ;
  cg:propositionObject id:bone-health ;
  cg:propositionKind cg:effectKind ;
  cg:context cg:humanInVivo .
""",
    "data/studies/invented.ttl": (ROOT / "tests" / "added_study.ttl").read_text(encoding="utf-8"),
    "data/catalog.ttl": """id:calcigraph
  void:subset <https://w3id.org/calcigraph/graph/data/studies/invented> .

<https://w3id.org/calcigraph/graph/data/studies/invented> a void:Dataset ;
  rdfs:label "studies: an invented one"@en ;
  dcterms:description "A study that nobody made."@en ;
  dcterms:source <https://w3id.org/calcigraph/ontology> ;
  dcterms:license <https://creativecommons.org/licenses/by/4.0/> .
""",
}
NAMED = {
    "line-c2-999": "supports: kale is said to be good for bone health (c2-999: seed 002, line 2)",
    "invented-report": "Nobody 2025, Journal of Examples",
    "dose-invented-trial-mk-7": "Invented trial: MK-7 90 ug a day",
    "p-mk-7-lowers-popliteal-calcification": "MK-7 lowers arterial calcification",
    "line-invented-popliteal": "no effect: MK-7 lowers arterial calcification"
    " (Invented trial: calcification of the popliteal artery)",
}
# Of the questions, those whose answers gain by it.
ANSWERING = {
    "does-k2-slow-calcification-in-trials",
    "what-was-found-in-women-after-menopause",
    "when-did-trials-on-calcification-report",
}


def test_a_claim_is_added_in_two_places_and_a_study_in_one_file_and_answers_count_them(
    tmp_path: Path,
) -> None:
    root = tmp_path / "root"
    for part in ("ontology", "data", "shapes"):
        shutil.copytree(ROOT / part, root / part)
    for path, text in ADDED.items():
        file = root / path
        old = file.read_text(encoding="utf-8") if file.exists() else ""
        file.write_text(f"{old}\n{text}", encoding="utf-8")
    cache = EditionCache(tmp_path / "cache")

    found = [finding for finding in check(root, cache=cache) if finding.severity is Severity.VIOLATION]

    edition = assemble(Root.open(root), cache=cache).edition
    changed = {str(finding.place).rpartition("/")[2].partition(".csv")[0] for finding in found}
    assert [str(finding) for finding in found if finding.check != "questions"] == []
    assert changed >= ANSWERING
    assert [str(f) for f in found if "A row was found" in str(f) and "invented" in str(f)]
    assert {name: labels(edition, name) for name in NAMED} == {name: [said] for name, said in NAMED.items()}
    counted = edition.objects(
        ox.NamedNode(f"{ID}p-mk-7-lowers-popliteal-calcification-summary"), ox.NamedNode(f"{CG}lineCount")
    )
    assert [term.value for term in counted if isinstance(term, ox.Literal)] == ["1"]
