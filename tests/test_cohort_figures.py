"""Figures of bone trials, cohorts and reviews, as they were typed from what was read, against the graph.

A row of `cohort_and_bone_figures.tsv` is one figure: its work by DOI or PubMed number, what was measured, the
figure (or that of one arm), its interval and its p value or bound.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox

from datasets import store_of

HERE = Path(__file__).parent
PREFIXES = "PREFIX cg: <https://w3id.org/calcigraph/ontology/> PREFIX id: <https://w3id.org/calcigraph/id/>\n"
HELD = """SELECT ?work ?value ?treated ?control ?low ?high ?lowTreated ?highTreated ?p WHERE {
  ?finding cg:reportedIn ?report .
  { ?report cg:doi ?work } UNION { ?report cg:pmid ?work }
  OPTIONAL { ?finding cg:value ?value }
  OPTIONAL { ?finding cg:valueIntervention ?treated }
  OPTIONAL { ?finding cg:valueControl ?control }
  OPTIONAL { ?finding cg:ciLow ?low }
  OPTIONAL { ?finding cg:ciHigh ?high }
  OPTIONAL { ?finding cg:lowIntervention ?lowTreated }
  OPTIONAL { ?finding cg:highIntervention ?highTreated }
  OPTIONAL { ?finding cg:pValue ?p }
}"""


def ask(query: str) -> list[dict[str, str]]:
    answer = store_of("shipped").query(PREFIXES + query)
    assert isinstance(answer, ox.QuerySolutions)
    names = [variable.value for variable in answer.variables]
    return [{n: str(getattr(row[n], "value", "")).rpartition("/id/")[2] for n in names} for row in answer]


def typed() -> list[dict[str, str]]:
    with (HERE / "cohort_and_bone_figures.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def among(figure: str, held: dict[str, str], *places: str) -> bool:
    return not figure or any(held[place] and float(held[place]) == float(figure) for place in places)


def test_every_figure_that_was_read_is_held_with_its_interval() -> None:
    held = defaultdict(list)
    for row in ask(HELD):
        held[row["work"]].append(row)
    rows = typed()
    assert len(rows) > 140
    lost = [
        row
        for row in rows
        if not any(
            among(row["value"], found, "value", "treated", "control")
            and among(row["low"], found, "low", "lowTreated")
            and among(row["high"], found, "high", "highTreated")
            and (row["value"] or among(row["p"], found, "p"))
            for found in held[row["work"]]
        )
    ]
    assert lost == []


def test_what_was_not_read_is_said_or_named() -> None:
    silent = ask("""SELECT ?finding WHERE {
      ?finding a cg:Finding ; cg:reportedIn ?report .
      FILTER NOT EXISTS { ?finding cg:notStated ?any }
      FILTER NOT EXISTS { ?finding cg:ciLow|cg:pValue|cg:standardError|cg:lowIntervention ?figure }
      FILTER EXISTS { ?finding cg:contrast ?contrast } }""")
    assert silent == []
    named = {
        (row["study"], row["outcome"])
        for row in ask(
            "SELECT ?study ?outcome WHERE { ?n cg:namedOutcomeOf ?study ; cg:namedOutcome ?outcome }"
        )
    }
    assert {
        ("hu-2021-review", "outcome-femoral-neck-bmd"),
        ("emaus-2010-trial", "outcome-ctx"),
        ("danish-diet-cancer-and-health", "outcome-ischaemic-stroke"),
        ("chen-2019-review", "outcome-chd-mortality"),
        ("knapen-2013-trial", "outcome-vertebral-fracture"),
    } <= named  # fmt: skip


def test_less_loss_of_bone_raises_no_density() -> None:
    rows = ask("""SELECT ?finding ?relation WHERE {
      VALUES ?finding { id:finding-s04-bone-neck id:finding-s04-bone-lumbar id:finding-s10-90ug-women }
      ?line cg:hasEvidence ?finding ; cg:aboutProposition/cg:propositionRelation ?relation .
      FILTER NOT EXISTS { ?line a cg:CarriedLine } }""")
    assert len({row["finding"] for row in rows}) == 3
    assert {row["relation"].rpartition("/")[2] for row in rows} == {"slowsLossOf"}


def test_figures_of_the_secondary_page_alone_have_no_invented_rank() -> None:
    rows = ask("""SELECT ?finding ?analysis WHERE {
      ?finding cg:reportedBy id:page-jacknorrisrd-rotterdam ; cg:analysisType ?analysis }""")
    assert len(rows) > 8
    assert {row["analysis"].rpartition("/")[2] for row in rows} == {"analysisTypeNotStated"}


def test_women_after_the_menopause_and_pooled_studies_can_be_asked_for() -> None:
    women = {
        row["study"]
        for row in ask("""SELECT ?study WHERE {
      ?study cg:population ?people . ?people cg:menopause cg:allOfThem ; cg:sex cg:womenOnly }""")
    }
    assert {"ma-2022-review", "knapen-2013-trial", "ronn-trial", "emaus-2010-trial", "jiang-2014-trial",
            "beulens-2009-study", "north-american-k-trial", "dutch-mk-4-trial"} <= women  # fmt: skip
    pooled = {
        row["study"]: row["trials"]
        for row in ask("SELECT ?study ?trials WHERE { ?study a cg:Study ; cg:pooledTrials ?trials }")
    }
    assert pooled["hu-2021-review"] == "10"
    assert pooled["chen-2019-review"] == "21"
    assert pooled["mott-2019-review"] == "36"
