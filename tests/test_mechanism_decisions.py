"""The decisions on the steps of the mechanism, against the domain's table and what was read.

The tables here are typed from the domain file and from the records of reading, not from the graph.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox
import pytest

from datasets import dataset_of
from suites import ROOT, shared

CG = "https://w3id.org/calcigraph/ontology/"
ID = "https://w3id.org/calcigraph/id/"
SRV = "https://w3id.org/calcigraph/server#"
IDENTIFIER = "http://purl.org/dc/terms/identifier"

# Where the graph decides otherwise than the table, and why.
OTHERWISE = {
    "m-019": "spans the way through the activity of GGCX; the work says used up, not driven",
    "m-020": "spans the way through the activity of GGCX; the work does not name MGP",
    "m-021": "spans the way through the activity of GGCX; the work does not name osteocalcin",
    "m-022": "spans the way through the activity of GGCX",
    "m-040": "a review says it of K1 and K2 alike; refused before for what a reader might think",
    "m-057": "activation is a step of the body; refused before for the two signs",
    "m-058": "activation is a step of the body; refused before for the two signs",
    "m-073": "cells and rat aorta were looked at, never crystals in a human wall; what was shown is m-189",
    "m-088": "the title speaks of people, and only the carboxylated form acted",
    "m-103": "a review of preclinical studies, of vitamin K as a class",
    "m-104": "MK-4 in mice without ovaries",
    "m-116": "spans the way through calcitriol and its receptor",
    "m-118": "the work shows an element that answers the hormone and does not name the receptor",
    "m-119": "spans the way through calcitriol, the agent that was given",
    "m-127": "seen in men after vitamin K1 by mouth",
    "m-128": "a review says it of people; shown in mice, and its first half in men",
    "m-157": "a passage alone",
    "m-162": "a passage alone",
    "m-163": "a passage alone",
    "m-168": "a passage alone",
    "m-169": "passages alone",
    "m-171": "passages alone",
    "m-176": "a passage alone",
}

# Statement: species, system, wording, whether it holds under a condition. From the records of reading.
READ = {
    "m-033-pub": ({"rat"}, {"primaryCellSystem"}, "plainWording", False),
    "m-073-pub": ({"human"}, {"primaryCellSystem"}, "plainWording", False),
    "m-073-pub-2": ({"rat"}, {"exVivoTissueSystem"}, "hedgedWording", True),
    "m-075-pub": ({"mouse"}, {"wholeAnimalSystem"}, "plainWording", False),
    "m-079-pub": ({"human"}, {"primaryCellSystem"}, "plainWording", False),
    "m-079-pub-2": ({"rat"}, {"exVivoTissueSystem"}, "plainWording", False),
    "m-080-pub": ({"human"}, {"primaryCellSystem"}, "plainWording", True),
    "m-086-pub": ({"rat"}, {"wholeAnimalSystem"}, "plainWording", True),
    "m-092-pub": ({"rat"}, {"wholeAnimalSystem"}, "associationWording", False),
    "m-099-pub": ({"pig"}, {"isolatedProteinSystem"}, "hedgedWording", False),
    "m-100-pub": ({"mouse"}, {"wholeAnimalSystem"}, "plainWording", False),
    "m-104-pub": ({"mouse"}, {"wholeAnimalSystem"}, "plainWording", True),
    "m-108-pub": ({"mouse"}, {"wholeAnimalSystem"}, "plainWording", True),
    "m-112-pub": ({"mouse"}, {"cellLineSystem"}, "plainWording", False),
    "m-115-pub": ({"mouse"}, {"noExperimentSystem"}, "plainWording", True),
    "m-121-pub": ({"rat"}, {"cellLineSystem"}, "plainWording", True),
    "m-123-pub": ({"rat"}, {"exVivoTissueSystem"}, "plainWording", True),
    "m-127-pub": ({"rat"}, {"wholeAnimalSystem"}, "plainWording", False),
    "m-135-pub-2": ({"chicken"}, {"primaryCellSystem"}, "plainWording", False),
}

# What the cited work states is another thing than the step: the statement says what its text says.
SAYS_SOMETHING_ELSE = {
    "m-031-pub-2": ("vitamin-k1", "directlyInhibits", "vsmc-calcification"),
    "m-033-pub": ("mk-4", "directlyInhibits", "vsmc-calcification"),
    "m-037-pub": ("mk-7", "directlyPromotes", "osteocalcin-gamma-carboxylation"),
    "m-073-pub": ("carboxylated-mgp", "directlyInhibits", "vsmc-calcification"),
    "m-075-pub": ("matrix-gla-protein", "directlyInhibits", "arterial-calcification"),
    "m-086-pub-2": ("phenprocoumon", "directlyPromotes", "arterial-calcification"),
    "m-103-pub": ("vitamin-k", "directlyPromotes", "osteoblast-differentiation"),
    "m-104-pub": ("mk-4", "directlyInhibits", "osteoclast-activity"),
    "m-119-pub": ("calcitriol", "directlyPromotes", "bglap-expression"),
}

# The cited work does not state the step at all.
GONE = [
    "m-004-pub",
    "m-013-pub",
    "m-020-pub",
    "m-021-pub",
    "m-024-pub",
    "m-025-pub",
    "m-110-pub",
    "m-118-pub",
]

ANIMALS = {"rat", "mouse", "pig", "chicken", "cattle", "fruit-fly"}


class Graph:
    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.values: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.subjects: dict[tuple[str, str], set[str]] = defaultdict(set)
        for triple in triples:
            if isinstance(triple.subject, ox.NamedNode):
                subject, key = self.short(triple.subject.value), self.short(triple.predicate.value)
                value = self.short(getattr(triple.object, "value", ""))
                self.values[subject, key].add(value)
                self.subjects[key, value].add(subject)

    @staticmethod
    def short(value: str) -> str:
        for namespace in (CG, ID, SRV):
            value = value.removeprefix(namespace)
        return value

    def get(self, node: str, *path: str) -> set[str]:
        nodes = {node}
        for step in path:
            nodes = {value for here in nodes for value in self.values[here, step]}
        return nodes

    def decision(self, number: str) -> str:
        (node,) = {n for n in self.subjects[IDENTIFIER, number] if self.get(n, "accepts")}
        return node

    def accepted(self) -> list[str]:
        return sorted(self.subjects["verdict", "accepted"])


@pytest.fixture(scope="module")
def graph() -> Graph:
    return Graph(quad.triple for quad in dataset_of("shipped").quads())


def steps() -> list[dict[str, str]]:
    with (shared() / "domain/mechanisms.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_verdicts_are_those_of_the_domain_but_for_the_table_of_reasons(graph: Graph) -> None:
    verdicts = {"yes": {"accepted"}, "no": {"rejected"}}
    differing = {
        s["id"] for s in steps() if graph.get(graph.decision(s["id"]), "verdict") != verdicts[s["accept"]]
    }

    assert len(steps()) == 181
    assert differing == set(OTHERWISE)


@pytest.mark.parametrize("statement", READ)
def test_a_statement_says_in_what_it_was_shown(graph: Graph, statement: str) -> None:
    species, system, wording, conditional = READ[statement]

    assert graph.get(statement, "species") == species
    assert graph.get(statement, "system") == system
    assert graph.get(statement, "hedging") == {wording}
    assert bool(graph.get(statement, "statementCondition")) == conditional


@pytest.mark.parametrize("statement", SAYS_SOMETHING_ELSE)
def test_a_statement_says_what_its_text_says(graph: Graph, statement: str) -> None:
    parts = ("propositionSubject", "propositionRelation", "propositionObject")

    assert (
        tuple(min(graph.get(statement, "asserts", part)) for part in parts) == SAYS_SOMETHING_ELSE[statement]
    )
    assert graph.get(statement, "measured")


def test_a_statement_that_its_text_does_not_make_is_gone(graph: Graph) -> None:
    assert [statement for statement in GONE if graph.subjects[IDENTIFIER, statement]] == []


def test_each_accepted_step_rests_on_a_statement_that_speaks_of_people_or_of_no_species(graph: Graph) -> None:
    assert len(graph.accepted()) > 130
    for node in graph.accepted():
        (proposition,) = graph.get(node, "accepts")
        carrying = [
            basis
            for basis in graph.get(node, "basedOn")
            if proposition in graph.get(basis, "asserts")
            and graph.get(basis, "system")
            and graph.get(basis, "species") - ANIMALS
            and not graph.get(basis, "statementCondition")
        ]
        assert carrying, node
        assert len(graph.get(node, "basisDirectness")) == 1, node
        assert not graph.get(node, "basisDirectness") & {
            "shownInAnimals",
            "shownInUnstatedSpecies",
            "statedOfAnimals",
        }


def test_every_accepted_mechanism_is_an_edge_and_nothing_else_is(graph: Graph) -> None:
    """The rules read species and system themselves; the scale says the same of each."""
    for node in graph.accepted():
        (proposition,) = graph.get(node, "accepts")
        subject, relation, value = (
            min(graph.get(proposition, part))
            for part in ("propositionSubject", "propositionRelation", "propositionObject")
        )
        if graph.get(proposition, "propositionKind") <= {
            "mechanismKind",
            "foodCompositionKind",
            "definitionKind",
        }:
            assert value in graph.get(subject, relation), node


def test_a_protein_is_not_what_falls(graph: Graph) -> None:
    for drug in ("warfarin", "acenocoumarol", "phenprocoumon", "vitamin-k-antagonist"):
        assert {"vkorc1-activity", "ggcx-activity"} <= graph.get(drug, "netInhibits")
        assert not {"vkorc1", "ggcx"} & graph.get(drug, "netInhibits")
    assert "ggcx-activity" in graph.get("vitamin-k-hydroquinone", "directlyPromotes")
    assert "ggcx" not in graph.get("vitamin-k-hydroquinone", "netPromotes")


def test_what_needs_vitamin_k_clots_and_restrains_clotting(graph: Graph) -> None:
    clotting = {
        "carboxylated-prothrombin",
        "carboxylated-factor-vii",
        "carboxylated-factor-ix",
        "carboxylated-factor-x",
    }
    restraining = {"carboxylated-protein-c", "carboxylated-protein-s"}

    assert clotting | restraining <= graph.get("vitamin-k", "netPromotes")
    assert clotting | restraining <= graph.get("vitamin-k-deficiency", "netInhibits") & graph.get(
        "warfarin", "netInhibits"
    )
    for agent in ("vitamin-k", "vitamin-k1", "vitamin-k2", "mk-7", "vitamin-k-deficiency", "warfarin"):
        assert "blood-coagulation" in graph.get(agent, "netPromotes") & graph.get(agent, "netInhibits"), agent
    # Rivaroxaban takes the way without vitamin K, with one sign.
    assert "blood-coagulation" in graph.get("rivaroxaban", "netInhibits")
    assert "blood-coagulation" not in graph.get("rivaroxaban", "netPromotes")


def test_single_forms_act_on_what_was_shown_for_them(graph: Graph) -> None:
    for form in ("vitamin-k1", "mk-4", "mk-7"):
        assert "osteocalcin-gamma-carboxylation" in graph.get(form, "directlyPromotes"), form
    assert "mgp-gamma-carboxylation" in graph.get("mk-7", "directlyPromotes") & graph.get(
        "vitamin-k1", "directlyPromotes"
    )
    assert "mgp-gamma-carboxylation" not in graph.get("mk-4", "netPromotes")
    assert "arterial-calcification" not in graph.get("mk-4", "netInhibits")


def test_a_rat_culture_put_behind_an_edge_alone_is_refused() -> None:
    store = ox.Store()
    for quad in dataset_of("shipped").quads():
        name = quad.subject.value.removeprefix(ID) if isinstance(quad.subject, ox.NamedNode) else ""
        if name == "m-079-pub" and quad.predicate.value == CG + "statementDirectness":
            quad = ox.Quad(quad.subject, quad.predicate, ox.NamedNode(CG + "shownInAnimals"), quad.graph_name)
        store.add(quad)
    condition = ox.Literal("only in the cold")
    graph_name = ox.NamedNode("https://w3id.org/calcigraph/graph/data/statements")
    store.add(
        ox.Quad(
            ox.NamedNode(ID + "m-084-pub"), ox.NamedNode(CG + "statementCondition"), condition, graph_name
        )
    )
    query = (ROOT / "shapes/lint/edge-without-sound-statement-violation.rq").read_text(encoding="utf-8")

    found = {s["node"].value.removeprefix(ID) for s in store.query(query, use_default_graph_as_union=True)}

    assert found == {"acceptance-m-079", "acceptance-m-084"}
