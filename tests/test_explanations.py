"""Why a triple holds: a proof whose steps re-check, joined to what the sources say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.edition import Edition, assemble, construct_rules
from calcigraph.explanations import NothingToExplain, Step, explain, explain_all
from calcigraph.explanations.json import as_json
from calcigraph.explanations.provenance import as_triples
from calcigraph.explanations.text import as_text
from calcigraph.rdf.terms import parse_term
from calcigraph.reasoning import check_proof
from calcigraph.root import Root
from datasets import dataset_of

HERE = Path(__file__).parent
ROOTS = {"shipped": HERE.parent, "toy": HERE / "toy"}
WARFARIN = ("id:warfarin", "cg:netPromotes", "id:arterial-calcification")
STARVES = ("id:valve-9", "plant:starves", "id:high-tank")


@pytest.fixture(scope="module")
def datasets() -> dict[str, Edition]:
    return {name: dataset_of(name) for name in ROOTS}


def triple(dataset: Edition, *texts: str) -> ox.Triple:
    subject, predicate, object_ = (parse_term(text, dataset.root.prefixes) for text in texts)
    assert isinstance(subject, ox.NamedNode)
    assert isinstance(predicate, ox.NamedNode)
    return ox.Triple(subject, predicate, object_)


def local(step: Step) -> str:
    return str(step.triple.predicate).rstrip(">").rpartition("/")[2]


def test_warfarin_promotes_through_two_inhibitions_and_every_edge_is_cited(
    datasets: dict[str, Edition],
) -> None:
    dataset = datasets["shipped"]

    steps = list(explain(dataset, triple(dataset, *WARFARIN)).conclusion.walk())

    edges = [step for step in steps if dataset.derived_graph in step.graphs]
    inhibitions = [step for step in edges if local(step) == "directlyInhibits"]
    first, second = (str(step.triple.subject).rpartition("/")[2] for step in inhibitions)
    # Two proteins that need vitamin K hold calcification back; the way through either is as short.
    assert first == "warfarin>"
    assert second in {"carboxylated-mgp>", "carboxylated-gla-rich-protein>", "axl-signalling>"}
    for edge in edges:
        cited = {e.identifier for p in edge.propositions for line in p.lines for e in line.evidence}
        decided = [d for p in edge.propositions for d in p.decisions]
        assert any(
            name.startswith(("c0-", "c1-", "c2-", "c3-", "c4-")) or "-pub" in name for name in cited
        ), edge
        assert decided
        assert all(d.verdict.label == "accepted" and d.reasons and d.basis for d in decided)
        # How directly the best of the basis speaks of people stands on the decision.
        assert all(len(d.grades) == 1 and "animals" not in d.grades[0].label for d in decided)


@pytest.mark.parametrize("name", ROOTS)
def test_what_rules_and_axioms_built_has_a_proof_that_rechecks(
    name: str, datasets: dict[str, Edition]
) -> None:
    dataset = datasets[name]
    derived = sorted((q.triple for q in dataset.quads(graph=dataset.derived_graph)), key=str)
    inferred = sorted((q.triple for q in dataset.quads(graph=dataset.inferred_graph)), key=str)
    assert derived
    assert inferred

    for conclusion in [*derived[:40], *inferred[:: max(1, len(inferred) // 150)]]:
        proof = dataset.explain(conclusion)
        assert proof is not None, conclusion
        check_proof(proof, construct_rules(dataset.root))


@pytest.mark.parametrize(("name", "asked"), [("shipped", WARFARIN), ("toy", STARVES)])
def test_leaves_are_asserted_and_name_their_graph(
    name: str, asked: tuple[str, str, str], datasets: dict[str, Edition]
) -> None:
    dataset = datasets[name]

    explanation = explain(dataset, triple(dataset, *asked))

    assert explanation.leaves
    for leaf in explanation.leaves:
        assert leaf.rule == "asserted"
        assert set(leaf.graphs) & {dataset.root.graph_of(file) for file in dataset.root.sources}


def test_a_contested_proposition_shows_both_stances_beside_an_asserted_or_derived_triple(
    datasets: dict[str, Edition],
) -> None:
    from calcigraph.explanations.evidence import propositions

    dataset = datasets["toy"]

    (found,) = propositions(dataset, triple(dataset, "id:pump-2", "plant:feeds", "id:high-tank"))

    assert found.contested
    assert {line.stance.label for line in found.lines} == {"supports", "refutes"}
    assert {source.part_of.label for line in found.lines for source in line.sources if source.part_of} == {
        "logbook of the plant"
    }
    assert {source.position for line in found.lines for source in line.sources} == {4, 9}


def test_a_condition_is_shown_and_keeps_the_edge_from_being_built(datasets: dict[str, Edition]) -> None:
    dataset = datasets["toy"]

    with pytest.raises(NothingToExplain) as raised:
        explain(dataset, triple(dataset, "id:pump-2", "plant:feeds", "id:low-tank"))

    assert "id:pump-2 plant:feeds id:low-tank" in raised.value.detail


def test_what_rules_of_the_later_stage_build_is_explained_too(datasets: dict[str, Edition]) -> None:
    dataset = datasets["toy"]

    found = explain(dataset, triple(dataset, "id:p-pump-2-feeds-high-tank", "srv:contested", "true"))

    assert found.conclusion.rule == "construct:contested"
    assert len(found.conclusion.premises) == 4


def test_the_same_thing_under_two_names_is_explained_by_equality(datasets: dict[str, Edition]) -> None:
    dataset = datasets["toy"]

    rules = {
        step.rule
        for step in explain(
            dataset, triple(dataset, "id:pump-alpha", "plant:feeds", "id:low-tank")
        ).conclusion.walk()
    }

    assert rules & {"eq-rep-s", "eq-sym", "eq-rep-o"}


@pytest.mark.parametrize(("name", "asked"), [("shipped", WARFARIN), ("toy", STARVES)])
def test_each_rendering_holds_the_whole_proof(
    name: str, asked: tuple[str, str, str], datasets: dict[str, Edition]
) -> None:
    dataset = datasets[name]
    explanation = explain(dataset, triple(dataset, *asked))
    steps = list(explanation.conclusion.walk())

    def count(value: dict[str, object]) -> int:
        premises = value["premises"]
        assert isinstance(premises, list)
        return 1 + sum(count(premise) for premise in premises)

    def nodes(step: Step) -> int:
        return 1 + sum(map(nodes, step.premises))

    rendered = as_json(explanation)
    assert count(rendered) == nodes(explanation.conclusion) >= len(steps)
    assert json.loads(json.dumps(rendered)) == rendered
    statements = {
        t.subject
        for t in as_triples(explanation)
        if str(t.object) == "<http://www.w3.org/1999/02/22-rdf-syntax-ns#Statement>"
    }
    assert len(statements) >= len({step.triple for step in steps})
    text = as_text(explanation)
    for step in steps:
        if not step.is_asserted:
            assert step.rule in text


SCHEMAS = {
    "scm-eqc1": (":A owl:equivalentClass :B .", ":B", "rdfs:subClassOf", ":A"),
    "scm-int": (":C owl:intersectionOf (:A :B) .", ":C", "rdfs:subClassOf", ":A"),
    "scm-uni": (":C owl:unionOf (:A :B) .", ":A", "rdfs:subClassOf", ":C"),
    "scm-dom1": (":p rdfs:domain :A . :A rdfs:subClassOf :B .", ":p", "rdfs:domain", ":B"),
    "scm-rng2": (":p rdfs:range :A . :q rdfs:subPropertyOf :p .", ":q", "rdfs:range", ":A"),
    "cls-oo": (":C owl:oneOf (:a :b) .", ":a", "rdf:type", ":C"),
}
PREFIXES = {
    "": "urn:example:",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
}


@pytest.mark.parametrize("rule", SCHEMAS)
def test_what_follows_from_axioms_alone_is_shown_nowhere_as_asserted(rule: str, tmp_path: Path) -> None:
    text, *names = SCHEMAS[rule]
    (tmp_path / "ontology").mkdir()
    head = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    (tmp_path / "ontology" / "schema.ttl").write_text(head + text, encoding="utf-8")
    dataset = assemble(Root.open(tmp_path)).edition
    subject, predicate, object_ = (
        ox.NamedNode(PREFIXES[prefix] + local) for prefix, _, local in (name.partition(":") for name in names)
    )
    asked = ox.Triple(subject, predicate, object_)

    explanation = explain(dataset, asked)

    step = explanation.conclusion
    assert (step.rule, step.premises, step.is_asserted) == (rule, (), False)
    assert step.axioms
    assert not explanation.leaves
    assert as_json(explanation)["rule"] == rule
    text = as_text(explanation)
    assert f"[by {rule} in inferred]" in text
    assert "axiom: " in text
    assert "asserted" not in text
    provenance = {str(t.predicate).rpartition("#")[2] for t in as_triples(explanation)}
    assert {"wasGeneratedBy>", "used>"} <= provenance
    assert "wasDerivedFrom>" not in provenance


def test_further_derivations_are_others_and_say_whether_they_are_all(datasets: dict[str, Edition]) -> None:
    dataset = datasets["toy"]
    asked = triple(dataset, "id:pump-1", "plant:reaches", "id:low-tank")

    every = explain_all(dataset, asked)
    one = explain_all(dataset, asked, limit=1)

    assert len(every.proofs) == len({e.conclusion for e in every.proofs}) > 1
    assert all(e.conclusion.triple == asked for e in every.proofs)
    assert len(one.proofs) == 1
    assert not one.complete


def test_the_command_prints_the_tree() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "calcigraph", "explain", *WARFARIN], capture_output=True, text=True, check=True
    )

    assert done.stdout.count("cg:directlyInhibits id:") == 2
    assert "m-009-pub-3" in done.stdout
    assert "accepted (m-009) [shown in human cells]" in done.stdout
    assert (
        "axiom: cg:evenInhibition owl:propertyChainAxiom ( cg:oneInhibition cg:oneInhibition )" in done.stdout
    )


def test_the_command_says_what_does_not_hold() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "calcigraph",
            "explain",
            "id:magnesium",
            "cg:netInhibits",
            "id:arterial-calcification",
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "neither asserted nor follows" in done.stderr
    assert "Traceback" not in done.stderr
