"""Genetics, the mechanisms beside matrix Gla protein, and assays, against tables typed from what was read."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.edition import Edition
from datasets import dataset_of

ROOT = Path(__file__).parent.parent
CG = "https://w3id.org/calcigraph/ontology/"
ID = "https://w3id.org/calcigraph/id/"
FILES = sorted([*(ROOT / "data/genetics").glob("*.ttl"), *(ROOT / "data/mechanisms").glob("*.ttl")])

# Gene, what the change does, in how many copies, the condition, and a work that says so of people.
CONDITIONS = [
    ("MGP", "lossOfFunction", "bothAlleles", "keutel-syndrome", "33996798"),
    ("MGP", "lossOfFunction", "bothAlleles", "keutel-syndrome", "9916809"),
    ("MGP", "lossOfFunction", "bothAlleles", "keutel-syndrome", "24458983"),
    ("MGP", "lossOfFunction", "bothAlleles", "keutel-syndrome", "15810001"),
    ("MGP", "alteredProduct", "oneAllele", "spondyloepiphyseal-dysplasia-from-mgp", "37923733"),
    ("GGCX", "lossOfFunction", "bothAlleles", "vkcfd-1", "19141161"),
    ("GGCX", "lossOfFunction", "bothAlleles", "vkcfd-1", "16720838"),
    ("GGCX", "lossOfFunction", "bothAlleles", "pxe-like-disorder-from-ggcx", "10.1038/jid.2008.271"),
    ("VKORC1", "lossOfFunction", "bothAlleles", "vkcfd-2", "19141161"),
    (
        "ENPP1",
        "lossOfFunction",
        "bothAlleles",
        "generalized-arterial-calcification-of-infancy",
        "10.1038/ng1221",
    ),
    ("ENPP1", "lossOfFunction", "bothAlleles", "generalized-arterial-calcification-of-infancy", "34355424"),
    ("ABCC6", "lossOfFunction", "bothAlleles", "generalized-arterial-calcification-of-infancy", "34355424"),
    ("ABCC6", "lossOfFunction", "bothAlleles", "pseudoxanthoma-elasticum", "10.1186/s13023-017-0639-8"),
    ("NT5E", "lossOfFunction", "bothAlleles", "arterial-calcification-due-to-cd73-deficiency", "21371928"),
    ("FGF23", "lossOfFunction", "bothAlleles", "hyperphosphatemic-familial-tumoral-calcinosis", "PMC3233725"),
    ("KL", "lossOfFunction", "bothAlleles", "hyperphosphatemic-familial-tumoral-calcinosis", "PMC3233725"),
    (
        "GALNT3",
        "lossOfFunction",
        "bothAlleles",
        "hyperphosphatemic-familial-tumoral-calcinosis",
        "PMC3233725",
    ),
]

# Condition, feature, how often, where, and a work that says so.
FEATURES = [
    ("keutel-syndrome", "cartilage-calcification", "inMostPeople", "cartilage", "33996798"),
    ("keutel-syndrome", "arterial-calcification", "inSomePeople", "artery", "33996798"),
    (
        "keutel-syndrome",
        "peripheral-pulmonary-artery-stenosis",
        "inMostPeople",
        "pulmonary-artery",
        "24458983",
    ),
    ("keutel-syndrome", "brachytelephalangism", "inMostPeople", None, "26349188"),
    ("keutel-syndrome", "hearing-loss", "frequencyNotStated", None, "33996798"),
    (
        "vkcfd-1",
        "low-vitamin-k-dependent-clotting-factors",
        "inMostPeople",
        "blood",
        "10.1186/1750-1172-5-21",
    ),
    (
        "vkcfd-2",
        "low-vitamin-k-dependent-clotting-factors",
        "inMostPeople",
        "blood",
        "10.1186/1750-1172-5-21",
    ),
    (
        "pxe-like-disorder-from-ggcx",
        "skin-elastin-calcification",
        "inMostPeople",
        "skin",
        "10.1038/jid.2008.271",
    ),
    (
        "generalized-arterial-calcification-of-infancy",
        "arterial-calcification",
        "inMostPeople",
        "artery",
        "34355424",
    ),
    ("generalized-arterial-calcification-of-infancy", "rickets", "inSomePeople", "bone", "34355424"),
    (
        "pseudoxanthoma-elasticum",
        "vascular-calcification",
        "inMostPeople",
        "blood-vessel",
        "10.1186/s13023-017-0639-8",
    ),
    (
        "arterial-calcification-due-to-cd73-deficiency",
        "medial-arterial-calcification",
        "inMostPeople",
        "tunica-media",
        "21371928",
    ),
    (
        "hyperphosphatemic-familial-tumoral-calcinosis",
        "hyperphosphataemia",
        "inMostPeople",
        "blood",
        "PMC3233725",
    ),
]

# What mice without a gene show, and no more than that. The sign is what the work found, 0 for nothing.
MICE = [
    ("loss-of-mgp", "arterial-calcification", "9052783", "supports"),
    ("loss-of-mgp", "cartilage-calcification", "9052783", "supports"),
    ("loss-of-ggcx", "bleeding-tendency", "PMC1890832", "supports"),
    ("loss-of-vkorc1", "bleeding-tendency", "10.1160/TH09-03-0204", "supports"),
    ("loss-of-tnfrsf11b", "medial-arterial-calcification", "9573043", "supports"),
    ("loss-of-ahsg", "soft-tissue-calcification", "12897203", "supports"),
    ("loss-of-spp1", "arterial-calcification", "12391016", "supports"),
    ("loss-of-gas6", "vascular-calcification", "10.1186/s12882-016-0265-z", "noEffect"),
]

# Steps that people or human cells carry, with the work.
STEPS = [
    ("enpp1", "directlyPromotes", "inorganic-pyrophosphate", "10.1038/ng1221"),
    ("inorganic-pyrophosphate", "directlyInhibits", "arterial-calcification", "10.1038/ng1221"),
    ("abcc6", "directlyPromotes", "extracellular-atp", "10.1016/j.jid.2018.02.023"),
    ("cd73", "directlyPromotes", "adenosine", "21371928"),
    ("fetuin-a", "directlyInhibits", "soft-tissue-calcification", "PMC6345677"),
    ("phosphorylated-osteopontin", "directlyInhibits", "vsmc-calcification", "10766759"),
    ("phosphorylated-mgp", "directlyInhibits", "vsmc-calcification", "10.1111/j.1538-7836.2007.02758.x"),
    ("axl-signalling", "directlyInhibits", "vsmc-apoptosis", "16556867"),
    ("vsmc-apoptosis", "directlyPromotes", "vsmc-calcification", "16556867"),
    ("gla-rich-protein", "directlyInhibits", "vsmc-osteogenic-transdifferentiation", "PMC11594964"),
    ("alpha-klotho", "directlyInhibits", "vsmc-calcification", "22492635"),
    ("vitamin-k-hydroquinone", "directlyInhibits", "ferroptosis", "35922516"),
]

# What must not become an edge by these works: animals, a condition, a contradiction, or a marker.
NO_EDGES = [
    ("osteoprotegerin", "netInhibits", "arterial-calcification"),
    ("nqo1", "netPromotes", "vitamin-k-hydroquinone"),
    ("fam20c", "netPromotes", "phosphorylated-mgp"),
    ("secondary-calciprotein-particle", "netPromotes", "arterial-calcification"),
    ("fgf23", "netPromotes", "arterial-calcification"),
    ("serum-calcification-propensity-time", "netInhibits", "cardiovascular-mortality"),
    ("loss-of-mgp", "leadsTo", "arterial-calcification"),
    ("vitamin-k2", "netInhibits", "cartilage-calcification"),
]


@pytest.fixture(scope="module")
def dataset() -> Edition:
    return dataset_of("shipped")


@pytest.fixture(scope="module")
def held(dataset: Edition) -> set[tuple[str, str, str]]:
    """All that is held, with short names for what is the graph's own."""
    return {
        tuple(
            term.value.removeprefix(CG).removeprefix(ID)
            for term in (quad.subject, quad.predicate, quad.object)
            if not isinstance(term, ox.Triple)
        )
        for quad in dataset.quads()
    }  # type: ignore[misc]


def of(held: set[tuple[str, str, str]], predicate: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for subject, name, value in held:
        if name == predicate:
            found.setdefault(subject, set()).add(value)
    return found


@pytest.fixture(scope="module")
def stated(held: set[tuple[str, str, str]]) -> set[tuple[str, str, str, str, str, str]]:
    """Each statement: subject, relation, object, an identifier of its work, species and stance."""
    identifiers: dict[str, set[str]] = {}
    for name in ("doi", "pmid", "pmcid"):
        for work, values in of(held, name).items():
            identifiers.setdefault(work, set()).update(value.lower() for value in values)
    parts = {name: of(held, "proposition" + name) for name in ("Subject", "Relation", "Object")}
    works, species, lines = of(held, "statedIn"), of(held, "species"), of(held, "hasEvidence")
    stances, about = of(held, "stance"), of(held, "aboutProposition")
    told: dict[tuple[str, str], set[str]] = {}
    for line, evidence in lines.items():
        for one in evidence:
            for proposition in about.get(line, ()):
                told.setdefault((one, proposition), set()).update(
                    s.split("#")[-1] for s in stances.get(line, ())
                )
    return {
        (*(next(iter(parts[name][proposition])) for name in parts), identifier, kind, stance)  # type: ignore[misc]
        for statement, propositions in of(held, "asserts").items()
        for proposition in propositions
        if proposition in parts["Subject"]
        for work in works.get(statement, ())
        for identifier in identifiers.get(work, ())
        for kind in species.get(statement, ())
        for stance in told.get((statement, proposition), ())
    }


def changes(held: set[tuple[str, str, str]], gene: str, effect: str, copies: str) -> set[str]:
    genes, effects, number = of(held, "changedGene"), of(held, "changeEffect"), of(held, "allelesChanged")
    return {
        change
        for change, of_gene in genes.items()
        if of_gene == {"gene-" + gene.lower()} and effects[change] == {effect} and number[change] == {copies}
    }


@pytest.mark.parametrize(("gene", "effect", "copies", "condition", "work"), CONDITIONS)
def test_a_change_of_the_gene_leads_to_the_condition_in_people(
    held: set[tuple[str, str, str]],
    stated: set[tuple[str, str, str, str, str, str]],
    gene: str,
    effect: str,
    copies: str,
    condition: str,
    work: str,
) -> None:
    found = changes(held, gene, effect, copies)
    assert any((change, "leadsTo", condition) in held for change in found)
    assert ("gene-" + gene.lower(), "geneOfCondition", condition) in held
    assert any(
        (change, "leadsTo", condition, work.lower(), "human", "supports") in stated for change in found
    )


@pytest.mark.parametrize(("condition", "feature", "often", "site", "work"), FEATURES)
def test_people_with_the_condition_show_the_feature(
    held: set[tuple[str, str, str]],
    stated: set[tuple[str, str, str, str, str, str]],
    condition: str,
    feature: str,
    often: str,
    site: str | None,
    work: str,
) -> None:
    assert (condition, "hasFeature", feature) in held
    assert (condition, "hasFeature", feature, work.lower(), "human", "supports") in stated
    proposition = f"p-{condition}-has-feature-{feature}"
    assert (proposition, "featureFrequency", often) in held
    assert of(held, "site").get(proposition, set()) == ({site} if site else set())


@pytest.mark.parametrize(("change", "condition", "work", "stance"), MICE)
def test_what_mice_show_is_a_statement_on_mice(
    stated: set[tuple[str, str, str, str, str, str]], change: str, condition: str, work: str, stance: str
) -> None:
    assert (change, "leadsTo", condition, work.lower(), "mouse", stance) in stated


@pytest.mark.parametrize(("subject", "relation", "thing", "work"), STEPS)
def test_a_step_stands_with_the_work_that_carries_it(
    held: set[tuple[str, str, str]],
    stated: set[tuple[str, str, str, str, str, str]],
    subject: str,
    relation: str,
    thing: str,
    work: str,
) -> None:
    assert (subject, relation, thing) in held
    assert (subject, relation, thing, work.lower(), "human", "supports") in stated


@pytest.mark.parametrize(("subject", "relation", "thing"), NO_EDGES)
def test_what_was_not_shown_in_people_is_not_inferred(
    held: set[tuple[str, str, str]], subject: str, relation: str, thing: str
) -> None:
    assert (subject, relation, thing) not in held


def test_every_statement_of_these_files_has_species_system_and_design() -> None:
    blocks = [block for path in FILES for block in path.read_text(encoding="utf-8").split("\n\n")]
    statements = [block for block in blocks if " a cg:SourceAssertion" in block]
    assert len(statements) > 150
    for block in statements:
        for name in ("species", "system", "design", "measured"):
            assert f"cg:{name} " in block, block


def test_every_accepted_step_of_these_files_rests_on_people_or_on_what_is_said_in_general(
    held: set[tuple[str, str, str]],
) -> None:
    text = "\n\n".join(path.read_text(encoding="utf-8") for path in FILES)
    accepted = re.findall(r"^id:(acceptance-m-\d+) a cg:Acceptance ;[^.]*?srv:accepted", text, re.MULTILINE)
    directness = of(held, "basisDirectness")
    carrying = {step for step, yes in of(held, "carriesEdge").items() if yes == {"true"}}
    assert len(accepted) > 60
    assert {one: directness.get(one) for one in accepted if not directness.get(one, set()) & carrying} == {}


def test_people_without_the_gene_bear_on_the_step_of_the_flagship(held: set[tuple[str, str, str]]) -> None:
    """As near matter: the whole protein is gone in one disease, in the other it is skin that calcifies."""
    step = "p-carboxylated-mgp-directly-inhibits-hydroxyapatite-crystal-growth-in-artery-wall"
    about, evidence, near = (
        of(held, "aboutProposition"),
        of(held, "hasEvidence"),
        of(held, "outcomeDirectness"),
    )
    works, species = of(held, "statedIn"), of(held, "species")
    lines = [line for line, propositions in about.items() if step in propositions]
    of_people = {
        work: near[line]
        for line in lines
        for one in evidence[line]
        if species.get(one) == {"human"}
        for work in works.get(one, ())
    }
    for work in ("doi-10-3389-fcell-2021-642136", "doi-10-1002-ajmg-a-30680", "doi-10-1038-jid-2008-271"):
        assert of_people[work] == {"nearMatter"}


def test_each_assay_says_what_it_measures_and_the_main_ones_what_they_do_not_tell(
    held: set[tuple[str, str, str]],
) -> None:
    measures, silent, wider = of(held, "measuresLevelOf"), of(held, "leavesOpen"), of(held, "broaderThing")
    assert {name: next(iter(thing)) for name, thing in measures.items() if not wider.get(name)} == {
        "assay-dp-ucmgp": "dp-ucmgp",
        "assay-t-ucmgp": "total-uncarboxylated-mgp",
        "assay-mgp-competitive": "matrix-gla-protein",
        "assay-ucoc-barium-sulfate": "uncarboxylated-osteocalcin",
        "assay-pivka-ii": "uncarboxylated-prothrombin",
        "assay-t50": "serum-calcification-propensity-time",
    }
    for name in ("assay-dp-ucmgp", "assay-t-ucmgp", "assay-mgp-competitive", "assay-pivka-ii", "assay-t50"):
        assert silent[name]
    assert ("assay-dp-ucmgp-inaktif", "broaderThing", "assay-dp-ucmgp") in held
    assert ("outcome-dp-ucmgp", "measuredByAssay", "assay-dp-ucmgp") in held


def test_a_thing_is_mapped_or_said_to_have_no_match_and_never_both(held: set[tuple[str, str, str]]) -> None:
    sssom = "https://w3id.org/sssom/"
    subjects, objects = of(held, sssom + "subject_id"), of(held, sssom + "object_id")
    none = {next(iter(subjects[m])) for m, thing in objects.items() if thing == {sssom + "NoTermFound"}}
    some = {next(iter(subjects[m])) for m, thing in objects.items() if thing != {sssom + "NoTermFound"}}
    assert len(none) > 100
    assert none & some == set()
