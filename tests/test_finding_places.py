"""A finding stands at the statement that it is about, with all that it rests on at its own place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from calcigraph.checks import check
from calcigraph.cli.finding_formats import WRITERS, folded, total
from calcigraph.errors import Finding, Place, Related, Severity
from calcigraph.rdf.blocks import blocks
from calcigraph.rdf.places import Places

HEAD = """@prefix : <https://example.org/x/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def found(folder: Path, check_name: str, **texts: str) -> list[Finding]:
    """What a check finds in files of a root, named as `data_a` for data/a.ttl."""
    for name, text in texts.items():
        path = folder / f"{name.replace('_', '/')}.ttl"
        path.parent.mkdir(exist_ok=True)
        path.write_text(HEAD + text, encoding="utf-8")
    return [finding for finding in check(folder) if finding.check == check_name]


def line(folder: Path, file: str, text: str) -> int:
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    (number,) = [number for number, found in enumerate(lines, 1) if text in found]
    return number


def test_a_wrong_value_is_placed_at_its_statement_whichever_file_speaks_of_the_node(tmp_path: Path) -> None:
    """Row 12 of the review: an edge of one file was reported at the first mention in another."""
    (finding,) = found(
        tmp_path,
        "shapes",
        data_a=':other :about :pump .\n:pump :note "first" .\n',
        data_b=':pump a :Pump ;\n  :size 1 ;\n  :size\n    "large" .\n',
        data_c=":pump :size 3 .",
        shapes_a=":S sh:targetClass :Pump ; sh:property [ sh:path :size ; sh:datatype xsd:integer ] .",
    )

    assert finding.place == Place("data/b.ttl", line(tmp_path, "data/b.ttl", "large"))


def test_a_value_that_misses_is_placed_where_the_node_is_described(tmp_path: Path) -> None:
    (finding,) = found(
        tmp_path,
        "shapes",
        data_a=":other :about :pump .\n:pump :note 1 , 2 , 3 , 4 .\n",
        data_b=":pump :note 5 .\n\n:pump a :Pump ;\n  :note 6 .\n",
        shapes_a=":S sh:targetClass :Pump ; sh:property [ sh:path :size ; sh:minCount 1 ] .",
    )

    assert finding.place == Place("data/b.ttl", line(tmp_path, "data/b.ttl", ":pump a :Pump"))


def test_a_clash_names_axiom_and_facts_with_their_places_and_proves_what_is_inferred(tmp_path: Path) -> None:
    (finding,) = found(
        tmp_path,
        "clash",
        ontology_a=":Pump owl:disjointWith :Tank .\n:Small rdfs:subClassOf :Pump .\n",
        data_a=":x a :Small .\n",
        data_b=":x a :Tank .\n",
    )
    said = [str(related) for related in finding.related]

    assert finding.place.file in ("data/a.ttl", "data/b.ttl")
    assert finding.node == ":x"
    assert "cax-dw" in finding.message
    assert any(text.startswith("data/b.ttl:6: ") and text.endswith(":Tank (stated)") for text in said), said
    assert any(text.startswith("ontology/a.ttl:6: ") and text.endswith("(axiom)") for text in said)
    assert any(text.endswith("(follows by cax-sco)") for text in said)
    assert any(text.startswith("ontology/a.ttl:7: ") for text in said)


def test_a_literal_of_the_wrong_kind_is_placed_at_its_statement_with_the_range(tmp_path: Path) -> None:
    """Row 13: there was a literal, and neither an axiom nor a file."""
    (finding,) = found(
        tmp_path,
        "clash",
        ontology_a=":name a owl:DatatypeProperty ;\n  rdfs:range xsd:string .\n",
        data_a=":a :name 'a' .\n:b :name\n  103 .\n",
    )

    assert finding.place == Place("data/a.ttl", line(tmp_path, "data/a.ttl", "103"))
    assert finding.node == ":b"
    assert any(
        (related.place == Place("ontology/a.ttl", 7) and "rdfs" in related.text) or "range" in related.text
        for related in finding.related
    )


@pytest.mark.parametrize(
    ("axiom", "check_name"),
    [(":p rdfs:range\n  'here' .", "axiom"), (":p owl:propertyChainAxiom\n  [ :note 'here' ] .", "list")],
)
def test_a_finding_of_the_reasoner_is_placed_at_the_axiom(
    axiom: str, check_name: str, tmp_path: Path
) -> None:
    (finding,) = found(
        tmp_path, check_name, data_a=":p :note 1 .", ontology_a=f":p rdfs:label 'p' ; :of 1 .\n{axiom}"
    )

    assert finding.place == Place("ontology/a.ttl", line(tmp_path, "ontology/a.ttl", "here"))
    assert finding.statement == ""


FINDINGS = [
    *(Finding("kind", Place("a b.ttl", n), "It is so.", "Mend it.", node=f"x:{n}") for n in range(1, 8)),
    Finding("other", Place("c.ttl", 1, 2), "No.", "Mend.", severity=Severity.WARNING),
    Finding(
        "clash", Place("d.ttl"), "No.", "Mend.", related=(Related("fact", Place("e.ttl", 9)), Related("step"))
    ),
]


def test_many_of_one_kind_are_folded_in_text_and_counted() -> None:
    lines = WRITERS["text"](folded(FINDINGS))

    assert [text for text in lines if "[kind]" in text] == [str(f) for f in FINDINGS[:3]]
    assert lines[3] == "  … and 4 more of this kind; --all or --format json shows each"
    assert lines[-3:] == [str(FINDINGS[-1]), "    e.ttl:9: fact", "    step"]
    assert folded(FINDINGS[:5]) == FINDINGS[:5]
    assert total(FINDINGS) == "8 violations, 1 other findings"


def test_json_has_each_with_what_it_rests_on() -> None:
    (text,) = WRITERS["json"](FINDINGS)
    values = json.loads(text)["findings"]

    assert [value["node"] for value in values[:7]] == [f"x:{n}" for n in range(1, 8)]
    assert values[-1]["related"] == [
        {"text": "fact", "file": "e.ttl", "line": 9, "column": None},
        {"text": "step"},
    ]


def test_sarif_says_rule_level_and_region_of_each() -> None:
    """SARIF 2.1.0, sections 3.13, 3.27, 3.28 and 3.30."""
    (text,) = WRITERS["sarif"](FINDINGS)
    log = json.loads(text)
    (run,) = log["runs"]
    results = run["results"]

    assert log["version"] == "2.1.0"
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {r["ruleId"] for r in results}
    assert len(results) == len(FINDINGS)
    assert {result["level"] for result in results} == {"error", "warning"}
    where = results[0]["locations"][0]["physicalLocation"]
    assert where["artifactLocation"] == {"uri": "a%20b.ttl", "uriBaseId": "ROOT"}
    assert where["region"] == {"startLine": 1}
    assert results[7]["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 2}
    assert "region" not in results[8]["locations"][0]["physicalLocation"]
    assert [related["message"]["text"] for related in results[8]["relatedLocations"]] == ["fact", "step"]


def test_each_of_several_nodes_without_a_name_has_its_own_line() -> None:
    text = (
        "@prefix : <http://x/> .\n:a :p\n  [ :p\n    [ :q 1 ] ; :p\n    [ :q 2 ] ] ,\n"
        "  ( 1 ) ,\n  [ :q 3 ] ,\n  () .\n"
    )
    found = blocks(text, "a.ttl")
    places = Places(text, found)
    lines = {
        t: places.line_of(t) for block in found for t in block.triples if t.predicate.value == "http://x/p"
    }

    of_a = sorted(line for t, line in lines.items() if str(t.subject) == "<http://x/a>")
    assert of_a == [3, 6, 7, 8]
    assert sorted(line for t, line in lines.items() if str(t.subject) != "<http://x/a>") == [4, 5]


def test_directives_are_joined_once_for_the_blocks_behind_them() -> None:
    text = (
        "@prefix : <http://x/> .\n:a :p :b .\n:b :p :c .\n@prefix : <http://y/> .\n:c :p\n:d .\n:a :p :d .\n"
    )
    found = blocks(text, "a.ttl")
    places = Places(text, found)
    one, other, moved, last = (block for block in found if block.triples)

    assert places._prologue(one) is places._prologue(other)
    assert places._prologue(moved) is places._prologue(last)
    # What stands before a block holds there, whichever block was asked for before.
    assert [places.line_of(block.triples[0]) for block in (last, moved, one)] == [7, 6, 2]


def test_rules_in_a_circle_are_told_by_the_fewest_and_at_the_one_that_reads_anything(tmp_path: Path) -> None:
    """A rule with a variable predicate made one circle of nine, told at one that nobody had touched."""
    rules = {
        "a-first": "CONSTRUCT { ?s :b ?o } WHERE { ?s :a ?o }",
        "b-second": "CONSTRUCT { ?s :c ?o } WHERE { ?s :b ?o FILTER NOT EXISTS { ?s :no ?o } }",
        "c-third": "CONSTRUCT { ?s :d ?o } WHERE { ?s :c ?o }",
        "z-loose": "CONSTRUCT { ?s :no ?o } WHERE { ?s ?p ?o }",
    }
    (tmp_path / "ontology/rules").mkdir(parents=True)
    for slug, text in rules.items():
        path = tmp_path / f"ontology/rules/{slug}.rq"
        path.write_text(f"#+ stage: before\nPREFIX : <https://example.org/x/>\n{text}\n", encoding="utf-8")

    (finding,) = found(tmp_path, "rules", data_a=":x :a :y .")

    assert finding.place == Place("ontology/rules/z-loose.rq")
    assert "b-second, z-loose" in finding.message
    assert "a-first" not in finding.message
    assert "variable" in finding.remedy
