"""What the rules count and grade: known answers by hand, a recount of all, and small made-up graphs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.edition import construct_rules
from calcigraph.reasoning import infer
from datasets import dataset_of

ROOT = Path(__file__).parent.parent
CG = "https://w3id.org/calcigraph/ontology/"
ID = "https://w3id.org/calcigraph/id/"
SRV = "https://w3id.org/calcigraph/server#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
DESCRIPTION = "http://purl.org/dc/terms/description"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

STANCES = {"supports", "refutes", "noEffect", "inconclusive"}
STUDIES_BY_STANCE = {
    "supports": ("supportingStudy", "studiesInSupport"),
    "refutes": ("opposingStudy", "studiesAgainst"),
    "noEffect": ("studyOfNoEffect", "studiesOfNoEffect"),
    "inconclusive": ("inconclusiveStudy", "studiesInconclusive"),
}
STATEMENTS_BY_STANCE = {
    "supports": "statementsInSupport",
    "refutes": "statementsAgainst",
    "noEffect": "statementsOfNoEffect",
    "inconclusive": "statementsInconclusive",
}
KINDS = ("statement", "study", "review", "cautioned", "retracted")
POOLING = {"metaAnalysis", "systematicReview", "narrativeReview"}
CONTROLLED = {"randomisedControlledTrial", "openLabelRandomisedTrial"}
A_PART_ONLY = {"subgroupAnalysis", "safetyAnalysis", "postHocAnalysis"}
COMBINED = {
    "supports": "studiesInSupportByCombinationOnly",
    "refutes": "studiesAgainstByCombinationOnly",
    "noEffect": "studiesOfNoEffectByCombinationOnly",
}
REVERSAL = "p-vitamin-k2-reverses-arterial-calcification"
REVERSALS = (REVERSAL, "p-vitamin-k2-reverses-coronary-artery-calcification")
SLOWING = "p-vitamin-k2-slows-progression-of-arterial-calcification"
# A finding counts where it was measured, so who asks about arteries gathers these.
SLOWINGS = (
    SLOWING,
    "p-vitamin-k2-slows-progression-of-coronary-artery-calcification",
    "p-vitamin-k2-slows-progression-of-aortic-calcification",
)
HEART_DEATHS = (
    "p-vitamin-k2-associated-with-lower-chd-mortality",
    "p-vitamin-k2-associated-with-lower-heart-disease-mortality",
)


def short(node: str) -> str:
    return node.removeprefix(ID).removeprefix(CG).removeprefix(SRV)


class Facts:
    """Triples by subject and property and by property and object, with the shipped namespaces cut off."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.out: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.back: dict[tuple[str, str], set[str]] = defaultdict(set)
        for triple in triples:
            subject, value = triple.subject, triple.object
            if isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal):
                key = short(triple.predicate.value)
                self.out[short(subject.value), key].add(short(value.value))
                self.back[key, short(value.value)].add(short(subject.value))

    def get(self, node: str, *path: str) -> set[str]:
        nodes = {node}
        for step in path:
            nodes = {value for here in nodes for value in self.out[here, step]}
        return nodes

    def one(self, node: str, *path: str) -> str:
        (value,) = self.get(node, *path)
        return value

    def count(self, node: str, name: str) -> int:
        return int(self.one(node, name))

    def all(self, kind: str) -> list[str]:
        return sorted(self.back[TYPE, kind])

    def summary(self, proposition: str) -> str:
        (summary,) = self.back["summaryOf", proposition]
        return summary

    def studies(self, proposition: str, stance: str) -> set[str]:
        return self.get(self.summary(proposition), STUDIES_BY_STANCE[stance][0])

    def tallies(self, proposition: str) -> list[tuple[str, str, str, str]]:
        keys = ("tallyDesign", "tallySpecies", "tallyStance", "tallyStanding")
        found = [tuple(self.one(t, key) for key in keys) for t in self.back["tallyOf", proposition]]
        return sorted((a, b, c, d) for a, b, c, d in found)


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts(quad.triple for quad in dataset_of("shipped").quads())


# --- known answers


def test_no_study_shows_that_k2_reverses_arterial_calcification_in_people(facts: Facts) -> None:
    summary = facts.summary(REVERSAL)

    assert [facts.studies(p, "supports") for p in REVERSALS] == [set(), set()]
    assert facts.studies(REVERSAL, "noEffect") == set()
    assert {"avadec", "kurnatowska-2015-trial"} <= facts.studies(REVERSALS[1], "noEffect")
    assert facts.get(summary, "narrowerSummary") == {facts.summary(REVERSALS[1])}
    assert facts.get(summary, "poolingReview") == set()
    assert facts.count(summary, "statementsInSupport") == 1
    assert facts.count(summary, "statementsInconclusive") == 6
    assert facts.get(summary, "strongestSupport") == {"popularTextGrade"}
    assert facts.get(summary, "strongestOpposition") == set()
    assert facts.get(facts.summary(REVERSALS[1]), "strongestOpposition") == {"plannedTrialGrade"}


def test_no_controlled_trial_in_people_supports_any_reversal_and_rats_stand_apart(facts: Facts) -> None:
    reversals = [p for p in facts.back["propositionRelation", "reverses"] if facts.tallies(p)]
    tallies = {(p, *tally) for p in reversals for tally in facts.tallies(p)}

    assert any(species == "human" for _, _, species, _, _ in tallies)
    assert [t for t in tallies if t[1] in CONTROLLED and t[2] == "human" and t[3] == "supports"] == []
    in_rats = {p for p, _, species, stance, _ in tallies if species == "rat" and stance == "supports"}
    assert "p-vitamin-k1-reverses-arterial-calcification-in-rats" in in_rats
    assert all("human" not in {species for _, species, _, _ in facts.tallies(p)} for p in in_rats)
    assert REVERSAL not in in_rats


@pytest.mark.parametrize("proposition", HEART_DEATHS)
def test_one_independent_study_supports_fewer_heart_deaths_and_the_null_one_is_seen(
    facts: Facts, proposition: str
) -> None:
    summary = facts.summary(proposition)

    measured = "p-vitamin-k2-associated-with-lower-chd-mortality"
    assert facts.studies(measured, "supports") == {"rotterdam-study"}
    assert facts.studies(measured, "noEffect") == {"epic-nl"}
    assert facts.count(summary, "studiesInSupport") == (proposition == measured)
    if proposition != measured:
        carried = facts.back["carriedTo", proposition]
        assert facts.get(summary, "narrowerSummary") == {facts.summary(measured)}
        assert {facts.one(c, "carriedFrom", "hasEvidence", "findingOf") for c in carried} == {
            "rotterdam-study"
        }
    # The passages speak of death from heart disease, in looser words than the study.
    statements = 2 if "heart-disease" in proposition else 0
    assert facts.get(summary, "retells") == ({"rotterdam-study"} if statements else set())
    assert facts.count(summary, "statementsInSupport") == statements


def test_fewer_cardiovascular_deaths_have_a_retelling_and_two_null_studies(facts: Facts) -> None:
    proposition = "p-vitamin-k2-associated-with-lower-cardiovascular-mortality"
    summary = facts.summary(proposition)

    assert facts.studies(proposition, "supports") == set()
    # An erratum that nobody read is no warning by authors or editors, so the second one is not set apart.
    assert facts.studies(proposition, "noEffect") == {"epic-nl", "predimed"}
    assert facts.get(summary, "retells") == {"rotterdam-study"}
    assert facts.get(summary, "setApart") == set()


def test_two_reports_of_one_trial_count_once_for_each_stance(facts: Facts) -> None:
    lines = [
        line
        for proposition in SLOWINGS
        for line in facts.back["aboutProposition", proposition]
        if facts.get(line, "hasEvidence", "findingOf") == {"avadec"}
        and facts.one(line, "stance") == "noEffect"
    ]
    reports = {facts.one(line, "hasEvidence", "reportedIn") for line in lines}

    assert reports == {"diederichsen-2022", "hasific-2023"}
    assert "avadec" in facts.studies(SLOWINGS[1], "noEffect")
    for proposition in SLOWINGS:
        summary = facts.summary(proposition)
        assert facts.count(summary, "studiesOfNoEffect") == len(facts.studies(proposition, "noEffect"))


def test_slowing_by_k2_is_null_in_every_trial_but_for_one_subgroup(facts: Facts) -> None:
    null = {p: facts.studies(p, "noEffect") for p in SLOWINGS}
    coronary = SLOWINGS[1]

    assert null == {
        SLOWING: {"utrecht-diabetes-trial"},
        coronary: {"avadec", "kurnatowska-2015-trial", "trevasc-hdk", "valkyrie"},
        SLOWINGS[2]: {"k4kidneys", "valkyrie"},
    }
    assert [facts.studies(p, "supports") for p in SLOWINGS] == [set(), {"avadec"}, set()]
    summary = facts.summary(coronary)
    assert facts.count(summary, "studiesInSupportByPartOnly") == facts.count(summary, "studiesInSupport") == 1
    assert facts.count(summary, "studiesInSupportByCombinationOnly") == 1
    assert facts.get(summary, "strongestSupport") == {"weakerTrialGrade"}
    assert facts.studies(coronary, "inconclusive") == {"ikari-2016-study", "vitak-cac"}
    assert facts.get(facts.summary(SLOWING), "narrowerSummary") == {facts.summary(p) for p in SLOWINGS[1:]}


def test_the_marker_falls_in_every_study_that_reports_it(facts: Facts) -> None:
    lowering = facts.back["propositionRelation", "lowers"] & facts.back["propositionObject", "dp-ucmgp"]
    studied = {p for p in lowering if facts.count(facts.summary(p), "studyLines")}

    assert {"p-mk-7-lowers-dp-ucmgp", "p-vitamin-k1-lowers-dp-ucmgp"} <= studied
    for proposition in lowering:
        summary = facts.summary(proposition)
        assert facts.count(summary, "studiesInSupport") == facts.count(summary, "independentStudies")
        assert not facts.get(summary, "strongestOpposition")
        assert not facts.get(proposition, "contested")
    assert facts.count(facts.summary("p-mk-7-lowers-dp-ucmgp"), "studiesInSupport") >= 10


def test_retracted_evidence_is_seen_and_supports_nothing(facts: Facts) -> None:
    proposition = "p-mk-4-directly-promotes-osteoblast-differentiation-via-pxr-and-msx2"
    summary = facts.summary(proposition)
    withdrawn = {
        facts.one(r, "reportOf") for r in facts.back["retracted", "true"] if facts.get(r, "reportOf")
    }

    assert facts.get(summary, "setApart") == {"pmid-17875939"}
    assert facts.count(summary, "retractedLines") == facts.count(summary, "lineCount") == 1
    assert not facts.get(summary, "strongestSupport")
    assert withdrawn == {"iwamoto-2009-review", "sato-2002-trial", "sato-2005-trial"}
    for name in ("supportingStudy", "poolingReview"):
        assert [study for study in withdrawn if facts.back[name, study]] == []


def test_fracture_evidence_under_caution_is_set_apart(facts: Facts) -> None:
    for bone in ("fracture", "hip-fracture", "vertebral-fracture"):
        summary = facts.summary(f"p-vitamin-k2-lowers-risk-of-{bone}")
        assert facts.get(summary, "setApart") == {"cockayne-2006"}
        assert facts.count(summary, "cautionedLines") > 0
        assert facts.count(summary, "studiesInSupport") == 0
        assert "cockayne-2006-review" not in facts.get(summary, "poolingReview")
        assert facts.get(summary, "strongestSupport") == {"popularTextGrade"}


@pytest.mark.parametrize("cause", ["diet", "exercise", "stress-management"])
def test_what_only_a_passage_says_has_no_study(facts: Facts, cause: str) -> None:
    proposition = f"p-{cause}-reverses-artery-blockage"
    summary = facts.summary(proposition)

    assert facts.count(summary, "statementsInSupport") == 1
    assert facts.count(summary, "independentStudies") == facts.count(summary, "reviewLines") == 0
    assert facts.tallies(proposition) == []
    assert facts.get(summary, "strongestSupport") == {"popularTextGrade"}


# Line; grade, species, matter, agent, independence, standing.
GRADED = {
    "line-avadec2022-avc": (
        "plannedTrialGrade",
        "sameSpecies",
        "sameMatter",
        "inCombination",
        "ownData",
        "stands",
    ),
    "line-avadec2022-avc-4": (
        "plannedTrialGrade",
        "sameSpecies",
        "sameMatter",
        "formOfIt",
        "ownData",
        "stands",
    ),
    "line-hasific2023-cac400": (
        "weakerTrialGrade",
        "sameSpecies",
        "sameMatter",
        "inCombination",
        "ownData",
        "stands",
    ),
    "line-hasific2023-cac-3": (
        "plannedTrialGrade",
        "sameSpecies",
        "sameMatter",
        "inCombination",
        "ownData",
        "stands",
    ),
    "line-hasific2023-cac-8": (
        "plannedTrialGrade",
        "sameSpecies",
        "sameMatter",
        "otherForm",
        "ownData",
        "stands",
    ),
    "line-hasific2023-ncp-2": (
        "plannedTrialGrade",
        "speciesLeftOpen",
        "nearMatter",
        "inCombination",
        "ownData",
        "stands",
    ),
    "line-trevasc2023-cac": (
        "weakerTrialGrade",
        "sameSpecies",
        "sameMatter",
        "sameAgentAlone",
        "ownData",
        "stands",
    ),
    "line-trevasc2023-cac-3": (
        "weakerTrialGrade",
        "sameSpecies",
        "sameMatter",
        "formOfIt",
        "ownData",
        "stands",
    ),
    "line-lees2019-vc": (
        "pooledGrade",
        "sameSpecies",
        "sameMatter",
        "sameAgentAlone",
        "pooledData",
        "stands",
    ),
    "line-rotterdam2004-mk-chdm": (
        "observedGrade",
        "sameSpecies",
        "sameMatter",
        "sameAgentAlone",
        "ownData",
        "stands",
    ),
    "line-s12-atp-2": (
        "animalOrCellGrade",
        "speciesLeftOpen",
        "sameMatter",
        "agentNotKnown",
        "ownData",
        "stands",
    ),
    "line-c1-049": ("popularTextGrade", None, "sameMatter", None, "retoldData", "stands"),
    "line-c1-001": ("popularTextGrade", None, "sameMatter", None, "retoldData", "stands"),
    "line-c4-090": ("popularTextGrade", None, "sameMatter", None, "originNotKnown", "stands"),
    "line-m-001-pub": (
        "publicationStatementGrade",
        "speciesLeftOpen",
        "sameMatter",
        None,
        "originNotKnown",
        "stands",
    ),
    "line-m-112-pub": ("retractedGrade", "sameSpecies", "sameMatter", None, "ownData", "withdrawn"),
    # A rat culture ranks with a rat finding, meant of rats or of people; so does a review of mice.
    "line-m-033-pub": ("animalOrCellGrade", "sameSpecies", "sameMatter", None, "ownData", "stands"),
    "line-m-073-pub-2": ("animalOrCellGrade", "otherSpecies", "sameMatter", None, "ownData", "stands"),
    "line-m-115-pub": ("animalOrCellGrade", "otherSpecies", "sameMatter", None, "originNotKnown", "stands"),
    "line-m-079-pub": ("animalOrCellGrade", "sameSpecies", "sameMatter", None, "ownData", "stands"),
    "line-m-038-pub-2": (
        "publicationStatementGrade",
        "sameSpecies",
        "sameMatter",
        None,
        "originNotKnown",
        "stands",
    ),
    "line-m-185-pub": ("weakerTrialGrade", "sameSpecies", "sameMatter", None, "ownData", "stands"),
    "line-m-024-pub-4": ("observedGrade", "sameSpecies", "sameMatter", None, "ownData", "stands"),
    "line-m-097-pub": ("pooledGrade", "sameSpecies", "sameMatter", None, "pooledData", "stands"),
    "line-m-155-pub": ("sampleGrade", "speciesLeftOpen", "sameMatter", None, "ownData", "stands"),
}


@pytest.mark.parametrize("line", GRADED)
def test_line_is_graded_as_by_hand(facts: Facts, line: str) -> None:
    names = (
        "evidenceGrade",
        "speciesDirectness",
        "outcomeDirectness",
        "interventionDirectness",
        "independence",
        "standing",
    )
    found = tuple(facts.one(line, name) if facts.get(line, name) else None for name in names)

    assert found == GRADED[line]


# --- all of them


def kind_of(facts: Facts, line: str) -> str:
    """Under which of the five headings a line falls, from what curators wrote alone."""
    (source,) = facts.get(line, "hasEvidence", "statedIn") | facts.get(line, "hasEvidence", "reportedIn")
    if "true" in facts.get(source, "retracted"):
        return "retracted"
    if facts.get(source, "caution"):
        return "cautioned"
    design = facts.get(line, "hasEvidence", "findingOf", "design")
    if not design:
        return "statement"
    return "review" if design <= POOLING else "study"


def test_every_line_has_one_step_on_every_scale_and_shows_its_grade(facts: Facts) -> None:
    lines = facts.all("EvidenceLine")

    assert len(lines) > 1000
    for line in lines:
        for scale in ("evidenceGrade", "outcomeDirectness", "independence", "standing"):
            assert len(facts.get(line, scale)) == 1, (line, scale)
        measured = bool(facts.get(line, "hasEvidence", "findingOf"))
        assert len(facts.get(line, "interventionDirectness")) == measured, line
        assert facts.get(line, "interventionDirectness") - {"sameAgentAlone"} <= facts.get(line, "grade")
        named = bool(facts.get(line, "hasEvidence", "findingOf") or facts.get(line, "hasEvidence", "species"))
        assert len(facts.get(line, "speciesDirectness")) == named, line
        assert facts.get(line, "evidenceGrade") <= facts.get(line, "grade")


def test_every_step_of_every_scale_has_a_rank_of_its_own(facts: Facts) -> None:
    for scale in (
        "SpeciesDirectness",
        "OutcomeDirectness",
        "InterventionDirectness",
        "Independence",
        "Standing",
        "Hedging",
        "EvidenceGrade",
    ):
        steps = facts.all(scale)
        assert len(steps) > 1
        assert len({facts.one(step, "rank") for step in steps}) == len(steps), scale


def test_every_proposition_with_a_line_has_one_summary_and_its_lines_add_up(facts: Facts) -> None:
    lines: dict[str, list[str]] = defaultdict(list)
    for line in facts.all("EvidenceLine"):
        lines[facts.one(line, "aboutProposition")].append(line)

    assert len(lines) > 500
    assert sorted(facts.summary(p) for p in lines) == facts.all("EvidenceSummary")
    for proposition, own in lines.items():
        summary = facts.summary(proposition)
        kinds = [kind_of(facts, line) for line in own]
        assert facts.count(summary, "lineCount") == len(own)
        for kind in KINDS:
            assert facts.count(summary, f"{kind}Lines") == kinds.count(kind), (proposition, kind)
        said = [
            facts.one(line, "stance") for line, kind in zip(own, kinds, strict=True) if kind == "statement"
        ]
        for stance, name in STATEMENTS_BY_STANCE.items():
            assert facts.count(summary, name) == said.count(stance), (proposition, stance)


def test_every_study_counts_once_for_each_stance_and_reviews_never_as_studies(facts: Facts) -> None:
    counted: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    whole: dict[str, set[str]] = defaultdict(set)
    alone: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for line in facts.all("EvidenceLine"):
        kind, proposition = kind_of(facts, line), facts.one(line, "aboutProposition")
        stance = facts.one(line, "stance") if kind == "study" else kind
        counted[proposition][stance] |= facts.get(line, "hasEvidence", "findingOf")
        if facts.get(line, "interventionDirectness") != {"inCombination"}:
            alone[proposition][stance] |= facts.get(line, "hasEvidence", "findingOf")
        analysis = facts.get(line, "hasEvidence", "analysisType")
        if stance == "supports" and not analysis & A_PART_ONLY:
            whole[proposition] |= facts.get(line, "hasEvidence", "findingOf")

    for proposition, by in counted.items():
        summary = facts.summary(proposition)
        for stance, (listed, number) in STUDIES_BY_STANCE.items():
            assert facts.get(summary, listed) == by[stance], (proposition, stance)
            assert facts.count(summary, number) == len(by[stance])
        together = set().union(*(by[stance] for stance in STANCES))
        assert facts.count(summary, "independentStudies") == len(together)
        for stance, name in COMBINED.items():
            assert facts.count(summary, name) == len(by[stance] - alone[proposition][stance]), proposition
        part_only = by["supports"] - whole[proposition]
        assert facts.count(summary, "studiesInSupportByPartOnly") == len(part_only)
        assert facts.get(summary, "poolingReview") == by["review"]
        assert facts.count(summary, "studiesRetold") == len(facts.get(summary, "retells"))


def test_tallies_hold_every_study_line_once(facts: Facts) -> None:
    expected: dict[tuple[str, ...], tuple[set[str], int]] = {}
    for line in facts.all("EvidenceLine"):
        for study in facts.get(line, "hasEvidence", "findingOf"):
            standing = {"cautioned": "underCaution", "retracted": "withdrawn"}.get(
                kind_of(facts, line), "stands"
            )
            place = (
                facts.one(study, "design"),
                facts.one(study, "species"),
                facts.one(line, "stance"),
                standing,
                str(facts.get(line, "interventionDirectness") == {"inCombination"}).lower(),
            )
            studies, number = expected.get((facts.one(line, "aboutProposition"), *place), (set(), 0))
            expected[(facts.one(line, "aboutProposition"), *place)] = (studies | {study}, number + 1)
    keys = ("tallyOf", "tallyDesign", "tallySpecies", "tallyStance", "tallyStanding", "tallyInCombination")
    found = {
        tuple(facts.one(tally, key) for key in keys): (
            facts.get(tally, "tallyStudy"),
            facts.count(tally, "tallyLines"),
        )
        for tally in facts.all("EvidenceTally")
    }

    assert len(expected) > 200
    assert found == expected
    assert all(
        facts.count(t, "tallyStudies") == len(facts.get(t, "tallyStudy")) for t in facts.all("EvidenceTally")
    )
    assert all(
        facts.get(facts.summary(p), "hasTally") == facts.back["tallyOf", p] for p in {k[0] for k in found}
    )


def test_every_minted_node_says_what_it_is_and_is_named_after_its_proposition(facts: Facts) -> None:
    for kind, link in (("EvidenceSummary", "summaryOf"), ("EvidenceTally", "tallyOf")):
        nodes = facts.all(kind)
        assert nodes
        for node in nodes:
            assert node.startswith(f"{facts.one(node, link)}-summary"), node
            assert facts.get(node, TYPE) == {kind}
            assert facts.one(node, LABEL)
            assert facts.one(node, DESCRIPTION)


# --- small graphs: what a curator adds, and what it may not change

PREFIXES = (
    f"@prefix cg: <{CG}> . @prefix id: <{ID}> . @prefix srv: <{SRV}> . @prefix rdfs: <{LABEL[:-5]}> .\n"
)
TRIAL = """
id:human rdfs:label "human" .
id:p rdfs:label "A lowers B" ; cg:propositionObject id:b ; cg:context cg:humanInVivo .
id:trial cg:design cg:randomisedControlledTrial ; cg:species id:human .
id:first a cg:StudyReport ; cg:reportOf id:trial .
id:f1 cg:findingOf id:trial ; cg:reportedIn id:first ; cg:outcome id:o ; cg:analysisType cg:primaryAnalysis .
id:o cg:outcomeOf id:b .
id:l1 cg:aboutProposition id:p ; cg:stance srv:supports ; cg:hasEvidence id:f1 .
"""
SECOND_REPORT = """
id:second a cg:StudyReport ; cg:reportOf id:trial .
id:f2 cg:findingOf id:trial ; cg:reportedIn id:second ; cg:outcome id:o ;
  cg:analysisType cg:secondaryAnalysis .
id:l2 cg:aboutProposition id:p ; cg:stance srv:supports ; cg:hasEvidence id:f2 .
"""
POOLED = """
id:review cg:design cg:metaAnalysis ; cg:species id:human .
id:pooled a cg:StudyReport ; cg:reportOf id:review .
id:f3 cg:findingOf id:review ; cg:reportedIn id:pooled ; cg:outcome id:o ;
  cg:analysisType cg:primaryAnalysis .
id:l3 cg:aboutProposition id:p ; cg:stance srv:supports ; cg:hasEvidence id:f3 .
"""
RETELLING = """
id:page a cg:Passage .
id:trial a cg:Study .
id:a1 cg:statedIn id:page ; cg:asserts id:p ; cg:namesWork id:trial .
id:l4 cg:aboutProposition id:p ; cg:stance srv:supports ; cg:hasEvidence id:a1 .
"""
NULL_TOO = """
id:f5 cg:findingOf id:trial ; cg:reportedIn id:first ; cg:outcome id:o ;
  cg:analysisType cg:secondaryAnalysis .
id:l5 cg:aboutProposition id:p ; cg:stance srv:noEffect ; cg:hasEvidence id:f5 .
"""
RETRACTION = "id:first cg:retracted true ."
CAUTION = 'id:first cg:caution "Read the note of the editors." .'


@pytest.fixture(scope="module")
def scales() -> list[ox.Triple]:
    files = ("evidence.ttl", "studies.ttl", "grading.ttl", "directness.ttl", "server.ttl")
    return [t for name in files for t in parse((ROOT / "ontology" / name).read_text(encoding="utf-8"))]


def parse(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)]


# What stands in the graph; lines, independent studies, studies for, lines of reviews, statements for.
SMALL = {
    "one trial": ((TRIAL,), (1, 1, 1, 0, 0)),
    "its second report": ((TRIAL, SECOND_REPORT), (2, 1, 1, 0, 0)),
    "a review that pools it": ((TRIAL, POOLED), (2, 1, 1, 1, 0)),
    "a text that retells it": ((TRIAL, RETELLING), (2, 1, 1, 0, 1)),
    "a null result of it": ((TRIAL, NULL_TOO), (2, 1, 1, 0, 0)),
    "its retraction": ((TRIAL, RETRACTION), (1, 0, 0, 0, 0)),
    "the retraction of one of two reports": ((TRIAL, SECOND_REPORT, RETRACTION), (2, 1, 1, 0, 0)),
    "a caution": ((TRIAL, CAUTION), (1, 0, 0, 0, 0)),
    "a caution and a retraction": ((TRIAL, CAUTION, RETRACTION), (1, 0, 0, 0, 0)),
}


@pytest.mark.parametrize("case", SMALL)
def test_counts_of_a_small_graph(scales: list[ox.Triple], case: str) -> None:
    texts, expected = SMALL[case]
    asserted = [*scales, *parse(PREFIXES + "".join(texts))]
    built = infer(asserted, construct_rules(dataset_of("shipped").root), engine="none").derived
    small = Facts([*asserted, *built])
    names = ("lineCount", "independentStudies", "studiesInSupport", "reviewLines", "statementsInSupport")

    assert tuple(small.count("p-summary", name) for name in names) == expected
    apart = small.count("p-summary", "retractedLines"), small.count("p-summary", "cautionedLines")
    assert apart == (int(RETRACTION in texts), int(CAUTION in texts and RETRACTION not in texts))
    assert small.get("p-summary", "setApart") == ({"first"} if sum(apart) else set())
    assert ("noEffect" in {stance for _, _, stance, _ in small.tallies("p")}) == (NULL_TOO in texts)
