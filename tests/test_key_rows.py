"""The rows that matter, written by hand from the domain notes and not recorded from our own output."""

from __future__ import annotations

from pathlib import Path

import pytest

from calcigraph.questions import Row, rows
from calcigraph.store import OfflineEngine
from datasets import dataset_of

ROOT = Path(__file__).parent.parent
FLAGSHIP = "what-inhibits-arterial-calcification-via-k2"
Answers = dict[str, list[Row]]


def short(value: str) -> str:
    for prefix, namespace in (
        ("id:", "https://w3id.org/calcigraph/id/"),
        ("cg:", "https://w3id.org/calcigraph/ontology/"),
        ("srv:", "https://w3id.org/calcigraph/server#"),
    ):
        if value.startswith(namespace):
            return prefix + value.removeprefix(namespace)
    return value


@pytest.fixture(scope="module")
def answers() -> Answers:
    shipped = dataset_of("shipped")
    offline = OfflineEngine(shipped)
    return {
        q.slug: [
            {k: short(v) for k, v in row.items()} for row in rows(offline.csv(q.text, q.needs_inference))
        ]
        for q in shipped.root.questions
    }


def has(found: list[Row], **wanted: str) -> bool:
    return any(all(row[name] == value for name, value in wanted.items()) for row in found)


KEY_ROWS: list[tuple[str, dict[str, str]]] = [
    (
        FLAGSHIP,
        {"entity": "id:vitamin-k2", "role": "agent", "sign": "-", "via": "id:mgp-gamma-carboxylation"},
    ),
    (
        FLAGSHIP,
        {
            "entity": "id:vitamin-k2",
            "trialStatus": "not shown in randomised trials",
            "favourableOverall": "0",
        },
    ),
    (
        FLAGSHIP,
        {
            "entity": "id:mk-7",
            "role": "form of the agent",
            "sign": "-",
            "claim": "mechanism claim of its own",
        },
    ),
    (
        FLAGSHIP,
        {
            "entity": "id:mk-4",
            "role": "form of the agent",
            "sign": "",
            "claim": "form without a mechanism claim of its own",
        },
    ),
    (FLAGSHIP, {"entity": "id:carboxylated-mgp", "role": "effector", "via": "id:mgp-gamma-carboxylation"}),
    (FLAGSHIP, {"entity": "id:natto", "role": "source", "via": "id:mk-7", "sign": "dietary"}),
    # A food acts through a form that acts: neither of these two was shown to.
    (FLAGSHIP, {"entity": "id:cheese", "role": "source", "via": "id:mk-9", "sign": ""}),
    (FLAGSHIP, {"entity": "id:egg-yolk", "role": "source", "via": "id:mk-4", "sign": ""}),
    (FLAGSHIP, {"entity": "id:warfarin", "role": "opponent", "sign": "+", "via": "id:vkorc1-activity"}),
    (
        "how-k2-inhibits-arterial-calcification",
        {
            "step": "1",
            "from": "id:vitamin-k2",
            "relation": "cg:directlyPromotes",
            "to": "id:mgp-gamma-carboxylation",
            "statement": "c0-005",
        },
    ),
    (
        "how-k2-inhibits-arterial-calcification",
        {"step": "2", "to": "id:carboxylated-mgp", "statement": "c2-014"},
    ),
    (
        "how-k2-inhibits-arterial-calcification",
        {
            "step": "3",
            "relation": "cg:directlyInhibits",
            "from": "id:carboxylated-mgp",
            "to": "id:vsmc-calcification",
            "bestGround": "cg:shownInHumanCells",
            "statement": "m-073-pub",
        },
    ),
    (
        "which-drugs-promote-arterial-calcification",
        {"drug": "id:warfarin", "keptFromForming": "id:carboxylated-mgp"},
    ),
    (
        "is-warfarin-opposite-to-k2",
        {
            "target": "id:arterial-calcification",
            "signOfFirst": "+",
            "signOfSecond": "-",
            "compared": "opposite",
        },
    ),
    ("what-follows-from-too-little-k2", {"what": "id:carboxylated-mgp", "change": "less"}),
    ("what-follows-from-too-little-k2", {"what": "id:carboxylated-osteocalcin", "change": "less"}),
    (
        "what-follows-from-too-little-k2",
        {"what": "id:arterial-calcification", "change": "more", "standing": "derived"},
    ),
    ("what-follows-from-too-little-k2", {"what": "id:arterial-stiffness", "change": "more"}),
    ("what-follows-from-too-little-k2", {"what": "id:osteoporosis", "change": "more", "standing": "claimed"}),
    (
        "what-vitamin-d-does",
        {"what": "id:intestinal-calcium-absorption", "how": "promotes", "standing": "derived"},
    ),
    ("what-vitamin-d-does", {"what": "id:calcium-available-in-blood", "how": "promotes"}),
    ("what-vitamin-d-does", {"what": "id:bglap-expression", "how": "promotes"}),
    (
        "what-vitamin-d-does",
        {"what": "id:arterial-calcification", "standing": "claimed under a condition"},
    ),
    (
        "what-acts-on-bone-and-artery",
        {
            "entity": "id:vitamin-k2",
            "standing": "derived",
            "onBone": "cg:netPromotes",
            "onArtery": "cg:netInhibits",
        },
    ),
    ("what-acts-on-bone-and-artery", {"entity": "id:vitamin-k2-and-vitamin-d3", "standing": "claimed"}),
    ("is-any-sign-ambiguous", {"scope": "arterial calcification", "both": "0"}),
    # Proteins that clot and proteins that restrain clotting both need vitamin K: both signs stand.
    ("is-any-sign-ambiguous", {"scope": "blood coagulation", "both": "17"}),
    ("is-any-sign-ambiguous", {"scope": "any target", "both": "17"}),
    ("what-follows-from-too-little-k2", {"what": "id:blood-coagulation", "change": "less"}),
    ("what-follows-from-too-little-k2", {"what": "id:blood-coagulation", "change": "more"}),
    (
        "what-avadec-found",
        {
            "analysis": "cg:primaryAnalysis",
            "outcome": "id:outcome-aortic-valve-calcification",
            "intervention": "275",
            "control": "292",
            "value": "-17",
            "p": "0.64",
            "significant": "false",
        },
    ),
    (
        "what-avadec-found",
        {
            "analysis": "cg:secondaryAnalysis",
            "outcome": "id:outcome-coronary-calcification",
            "intervention": "203",
            "control": "254",
            "p": "0.089",
        },
    ),
    (
        "what-avadec-found",
        {"analysis": "cg:subgroupAnalysis", "intervention": "288", "control": "380", "p": "0.047"},
    ),
    (
        "what-avadec-found",
        {"analysis": "cg:safetyAnalysis", "intervention": "1.9", "control": "6.7", "p": "0.048"},
    ),
    ("how-many-studies-behind-heart-mortality", {"studies": "1"}),
]


@pytest.mark.parametrize(
    ("question", "wanted"), KEY_ROWS, ids=lambda v: v if isinstance(v, str) else "-".join(v.values())
)
def test_a_key_row_is_there(question: str, wanted: dict[str, str], answers: Answers) -> None:
    assert has(answers[question], **wanted), answers[question]


ABSENT = [
    "id:osteocalcin",
    "id:carboxylated-osteocalcin",
    "id:magnesium",
    "id:vitamin-d",
    "id:vitamin-k1",
]


@pytest.mark.parametrize("entity", ABSENT)
def test_what_does_not_inhibit_through_the_agent_is_not_listed(entity: str, answers: Answers) -> None:
    assert not has(answers[FLAGSHIP], entity=entity)


def test_no_row_claims_that_trials_prove_it(answers: Answers) -> None:
    stated = {row["trialStatus"] for row in answers[FLAGSHIP]}

    assert stated == {"", "not shown in randomised trials", "no randomised trial in the graph"}


def test_every_step_that_follows_from_osteocalcin_leaves_arteries_alone(answers: Answers) -> None:
    derived = [row for row in answers["what-acts-on-bone-and-artery"] if row["standing"] == "derived"]

    assert derived
    assert not [row for row in derived if "osteocalcin" in row["entity"]]


def test_the_two_doses_that_share_their_digits_stay_apart(answers: Answers) -> None:
    units = {row["unit"] for row in answers["where-does-45-occur"]}

    assert {"ug/d", "mg/d"} <= units


def test_no_controlled_trial_in_people_supports_reversal(answers: Answers) -> None:
    human = [
        row
        for row in answers["does-k2-reverse-calcification"]
        if row["species"] == "id:human" and row["design"] != "statement"
    ]

    assert human
    assert {row["stance"] for row in human} <= {"srv:noEffect", "srv:inconclusive", "srv:refutes"}
    assert has(answers["does-k2-reverse-calcification"], species="id:rat", stance="srv:supports")
