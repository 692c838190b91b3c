"""Figures of the trials as they were read, by DOI or PubMed number, and what a text names without result."""

from __future__ import annotations

import csv
from pathlib import Path

import pyoxigraph as ox

from datasets import store_of

HERE = Path(__file__).parent
PREFIXES = """PREFIX cg: <https://w3id.org/calcigraph/ontology/> PREFIX id: <https://w3id.org/calcigraph/id/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
COLUMNS = ("value", "treated", "control", "low", "high", "unit", "p")
FIGURES = """SELECT ?work ?name ?value ?treated ?control ?low ?high ?unit ?p WHERE {
  ?finding cg:reportedIn ?report ; cg:outcome ?outcome .
  { ?report cg:doi ?work } UNION { ?report cg:pmid ?work }
  ?outcome rdfs:label ?name .
  OPTIONAL { ?finding cg:value ?value }
  OPTIONAL { ?finding cg:valueIntervention ?treated ; cg:valueControl ?control }
  OPTIONAL { ?finding cg:ciLow ?low ; cg:ciHigh ?high }
  OPTIONAL { ?finding cg:valueUnit ?unit }
  OPTIONAL { ?finding cg:pValue ?p }
}"""


def ask(query: str) -> list[tuple[str | None, ...]]:
    answer = store_of("shipped").query(PREFIXES + query)
    assert isinstance(answer, ox.QuerySolutions)
    names = [variable.value for variable in answer.variables]
    return [tuple(getattr(row[name], "value", None) for name in names) for row in answer]


def printed() -> list[dict[str, str]]:
    with (HERE / "trial_figures.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def same(typed: str, held: str | None, column: str) -> bool:
    if not typed or held is None:
        return not typed
    return typed == held if column == "unit" else float(typed) == float(held)


def test_every_figure_that_was_read_is_held_at_its_work() -> None:
    held: dict[tuple[str, str], list[tuple[str | None, ...]]] = {}
    for work, name, *figures in ask(FIGURES):
        held.setdefault((str(work), str(name)), []).append(tuple(figures))
    rows = printed()
    assert len(rows) >= 60
    lost = [
        row
        for row in rows
        if not any(
            all(same(row[column], figure, column) for column, figure in zip(COLUMNS, figures, strict=True))
            for figures in held.get((row["work"], row["outcome"]), [])
        )
    ]
    assert lost == []


def test_what_a_report_names_without_a_result_is_no_finding() -> None:
    named = ask("SELECT ?study ?outcome WHERE { ?n cg:namedOutcomeOf ?study ; cg:namedOutcome ?outcome }")
    kept = {(str(s).rpartition("/")[2], str(o).rpartition("/")[2]) for s, o in named}
    assert {
        ("renakvit", "outcome-coronary-calcification"),
        ("renakvit", "outcome-abdominal-aortic-calcification-score"),
        ("renakvit", "outcome-calcification-propensity-t50"),
        ("trevasc-hdk", "outcome-cardiovascular-events"),
        ("avadec", "outcome-lumbar-spine-bmd"),
    } <= kept
    assert not ask("SELECT ?n WHERE { ?n a cg:NamedOutcome . ?line cg:hasEvidence ?n }")


def test_who_is_on_dialysis_and_who_is_past_the_menopause_can_be_asked_for() -> None:
    studies = {
        str(row[0]).rpartition("/")[2]
        for row in ask("SELECT DISTINCT ?study WHERE { ?study cg:population/cg:dialysis cg:allOfThem }")
    }
    assert {"trevasc-hdk", "vitavask", "renakvit", "ipack-hd", "valkyrie", "caluwe-2014-trial"} <= studies
    assert not studies & {"k4kidneys", "viktories", "king", "avadec"}
    women = {
        str(row[0]).rpartition("/")[2]
        for row in ask("SELECT ?p WHERE { ?p cg:menopause cg:allOfThem ; cg:sex cg:womenOnly }")
    }
    assert {
        "population-healthy-postmenopausal-women-knapen",
        "population-postmenopausal-women-braam-2004",
    } <= women


def test_no_population_is_part_of_itself_and_every_part_has_a_whole() -> None:
    assert not ask("SELECT ?p WHERE { ?p cg:partOfPopulation ?p }")
    parts = ask("SELECT ?p ?w WHERE { ?p cg:partOfPopulation ?w }")
    assert len(parts) > 10
    assert all(ask(f"SELECT ?l WHERE {{ <{whole}> a cg:Population ; rdfs:label ?l }}") for _, whole in parts)
