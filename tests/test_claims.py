"""What the five documents say: each claim once, with passage, proposition, stance and firmness."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from suites import shared

HERE = Path(__file__).parent
ROOT = HERE.parent
CG = "https://w3id.org/calcigraph/ontology/"
ID = "https://w3id.org/calcigraph/id/"
SRV = "https://w3id.org/calcigraph/server#"
DCTERMS = "http://purl.org/dc/terms/"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
CLAIM = re.compile(r"c[0-4]-\d{3}")
STANCE_OF_POLARITY = {
    "supports": "supports",
    "refutes": "refutes",
    "no effect": "noEffect",
    "inconclusive": "inconclusive",
}
WORDING_OF_STRENGTH = (  # the first beginning that fits decides
    ("strong", "strongWording"),
    ("hedged", "hedgedWording"),
    ("asserted (association", "associationWording"),
    ("asserted (correlation", "associationWording"),
    ("asserted", "plainWording"),
)
FILES = (
    "ontology/relations-claims.ttl",
    "data/entities/claims.ttl",
    "data/propositions/claims.ttl",
    *(f"data/seeds/{i:03d}.ttl" for i in range(5)),
)
KINDS_OF_SOURCES = ("Document", "Passage", "SourceAssertion", "EvidenceLine")
RUN = 7  # as many words in a row as a document must not share with the graph

# Claims that say the same, so that one proposition is stated by all of them. Vitamin K, K2 and K1 stay apart.
SAME_STATEMENT = {
    "K2 activates MGP": "c0-005 c1-027 c3-005 c4-008 c4-034",
    "vitamin K activates MGP": "c2-013 c2-083",
    "MGP inhibits soft tissue calcification": "c0-004 c2-011 c3-007 c4-033",
    "MGP inhibits arterial calcification": "c2-016 c3-006 c4-061",
    "K2 activates osteocalcin": "c0-008 c3-003 c4-010 c4-032",
    "vitamin K activates osteocalcin": "c2-023 c2-083",
    "K2 steers calcium": "c1-043 c1-044 c2-068 c3-001 c3-002 c3-023 c4-003 c4-005 c4-006 c4-007 "
    "c4-067 c4-068",
    "K1 serves clotting": "c2-035 c2-036 c2-067 c4-019 c4-049 c4-083",
    "K2 lasts longer than K1": "c2-041 c2-070 c4-055",
    "D raises calcium absorption": "c2-028 c1-083 c4-013 c4-041",
    "D3 and K2 in synergy": "c0-051 c1-080",
    "K2 does not raise calcium": "c4-002 c4-026 c4-066",
    "natto holds K2": "c2-038 c4-020 c4-079",
    "natto holds MK-7": "c0-045 c3-032 c3-041",
    "egg yolk holds MK-4": "c3-029 c3-043",
    "liver holds MK-4": "c3-030 c3-044",
    "butter holds MK-4": "c3-031 c3-045",
    "K2 prevents calcification": "c0-013 c0-029",
    "reversal by K2 in people": "c0-014 c0-018 c0-030 c0-056 c2-080 c4-090",
    "Rotterdam, aortic calcification": "c0-021 c2-076",
    "Rotterdam, heart-disease deaths": "c1-049 c4-060",
    "MK-7 and stiffness": "c0-023 c0-043",
}
# Where the domain files count statements as the same and the passages do not say the same.
NOT_THE_SAME = {
    "c1-028": "MGP inhibits calcification: vessel walls, neither arteries nor soft tissue",
    "c0-012": "K2 steers calcium: it speaks of arteries alone, not of where calcium goes",
    "c3-021": "D raises absorption: it calls vitamin D essential for it",
    "c3-020": "D-K2 synergy: of three things together, for bone",
    "c4-093": "D-K2 synergy: of three things together, for health",
    "c1-033": "take with fat: of vitamin K, not of K2",
    "c0-025": "AVADEC: in a subgroup, where c0-024 is on the whole",
}
# Firmness that deviates from the table, which takes the same words for hedged elsewhere (c0-055, c4-037).
FIRMNESS = {
    "c1-034": ("hedgedWording", "can"),
    "c1-081": ("hedgedWording", "helps to"),
    "c1-082": ("hedgedWording", "helps to"),
    "c2-081": ("hedgedWording", "points towards"),
    "c3-008": ("hedgedWording", "helping"),
    "c4-013": ("hedgedWording", "helps"),
}
STANCES_OF_TWO_KINDS = {"c0-063", "c3-011", "c3-015"}  # one thing said, another left open, in one sentence
# Steps of the mechanism table that rest on a claim in which nothing speaks of them.
NOT_BORNE = {
    ("m-010", "c2-048"): "the passage names vitamin K antagonists and warfarin, not acenocoumarol",
    ("m-011", "c2-048"): "the passage names vitamin K antagonists and warfarin, not phenprocoumon",
}
# Claims that retell one study, whether they name it or not.
SAME_STUDY = {
    "rotterdam-study": "c0-021 c0-022 c1-049 c1-050 c1-051 c1-052 c1-053 c2-075 c2-076 c2-077 c2-078 c4-060",
    "knapen-2015-trial": "c0-023 c0-043 c2-079",
    "schurgers-2007-rat-study": "c0-016 c0-041 c1-001 c1-002 c1-003 c1-004",
    "avadec": "c0-024 c0-025 c0-026 c0-027",
}
# Agent, low, high, unit, purposes: the amounts a day that the documents name, never merged.
DOSES = {
    "c0-052": ("mk-7", "90.0", "360.0", "ug/d", {"typical"}),
    "c1-010": ("vitamin-k2", "75.0", "120.0", "ug/d", {"adequate"}),
    "c1-011": ("vitamin-k2", "75.0", "120.0", "ug/d", {"recommended"}),
    "c1-012": ("vitamin-k2", "375.0", "375.0", "ug/d", {"studied"}),
    "c1-030": ("vitamin-k2", "100.0", "300.0", "ug/d", {"recommended"}),
    "c1-031": ("vitamin-k2", "45.0", "45.0", "ug/d", {"recommended"}),
    "c1-069": ("vitamin-k1", "10.0", "10.0", "mg/d", {"safetyTested"}),
    "c1-070": ("vitamin-k2", "45.0", "45.0", "mg/d", {"safetyTested"}),
    "c3-039": ("mk-4", "45.0", "45.0", "mg/d", {"prescribed"}),
    "c3-040": ("mk-7", "150.0", "180.0", "ug/d", {"typical", "studied"}),
}


class Graph:
    """The files of ontology/ and data/: objects by subject and property, subjects by property and object."""

    def __init__(self) -> None:
        self.out: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.back: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.texts: list[tuple[str, str, str]] = []
        self.mentioned: dict[str, set[str]] = defaultdict(set)  # by file
        self.described: dict[str, set[str]] = defaultdict(set)  # the files in which a thing is given a type
        files = [path for top in ("ontology", "data") for path in sorted((ROOT / top).rglob("*.ttl"))]
        assert files
        for path in files:
            for triple in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE):
                self._keep(triple, path.relative_to(ROOT).as_posix())

    def _keep(self, triple: ox.Triple, file: str) -> None:
        subject, relation, value = triple.subject, triple.predicate, triple.object
        if isinstance(value, ox.Literal):
            self.texts.append((file, str(subject), value.value))
        if isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal):
            self.out[subject.value, relation.value].append(value.value)
            self.back[relation.value, value.value].append(subject.value)
        named = (term.value for term in (subject, relation, value) if isinstance(term, ox.NamedNode))
        self.mentioned[file].update(term for term in named if term.startswith((CG, ID)))
        if relation.value == TYPE:
            self.described[str(subject).strip("<>")].add(file)

    def ids(self, subject: str, relation: str) -> list[str]:
        """Values of a cg: property of an individual, both by their last part."""
        return [value.removeprefix(ID).removeprefix(CG) for value in self.out[ID + subject, CG + relation]]

    def lines(self, claim: str) -> list[str]:
        return [line.removeprefix(ID) for line in self.back[CG + "hasEvidence", ID + claim]]

    def bears_on(self, claim: str) -> set[str]:
        return {about for line in self.lines(claim) for about in self.ids(line, "aboutProposition")}

    def drawn_from(self, claim: str) -> set[str]:
        steps = self.back[CG + "stepFrom", ID + claim]
        return {to for step in steps for to in self.ids(step.removeprefix(ID), "stepTo")}


@cache
def graph() -> Graph:
    return Graph()


@cache
def claims() -> list[str]:
    found = [node.removeprefix(ID) for node in graph().back[TYPE, CG + "SourceAssertion"]]
    return sorted(name for name in found if CLAIM.fullmatch(name))


def rows() -> dict[str, dict[str, str]]:
    with (shared() / "domain/claims.tsv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def runs(text: str) -> set[tuple[str, ...]]:
    tokens = words(text)
    return {tuple(tokens[i : i + RUN]) for i in range(len(tokens) - RUN + 1)}


def test_there_are_387_claims_each_with_its_own_number() -> None:
    g = graph()
    numbers = Counter(number for claim in claims() for number in g.out[ID + claim, DCTERMS + "identifier"])

    assert len(claims()) == 387
    assert numbers == Counter(claims())


def test_every_claim_has_one_passage_one_firmness_and_a_proposition() -> None:
    g = graph()
    passages = {node.removeprefix(ID) for node in g.back[TYPE, CG + "Passage"]}
    propositions = {node.removeprefix(ID) for node in g.back[TYPE, CG + "Proposition"]}
    wordings = {node.removeprefix(CG) for node in g.back[TYPE, CG + "Hedging"]}

    for claim in claims():
        for once in ("statedIn", "hedging"):
            assert len(g.ids(claim, once)) == 1, (claim, once)
        assert len(g.ids(claim, "sourceVerb") + g.ids(claim, "withoutVerb")) == 1, claim
        assert set(g.ids(claim, "statedIn")) <= passages, claim
        assert set(g.ids(claim, "hedging")) <= wordings, claim
        assert g.ids(claim, "asserts"), claim
        assert set(g.ids(claim, "asserts")) <= propositions, claim


def test_whatever_a_claim_states_has_one_line_with_one_stance() -> None:
    g = graph()
    for claim in claims():
        about = [proposition for line in g.lines(claim) for proposition in g.ids(line, "aboutProposition")]
        assert set(g.ids(claim, "asserts")) == set(about), claim
        assert len(about) == len(set(about)) == len(g.lines(claim)), claim
        for line in g.lines(claim):
            assert re.fullmatch(rf"line-{claim}(-[2-9]|-1\d)?", line)
            assert len(g.ids(line, "stance")) == 1, line


def test_what_curators_draw_from_a_claim_is_no_evidence_and_never_what_it_states() -> None:
    g = graph()
    kinds = {node.removeprefix(CG) for node in g.back[TYPE, CG + "StepKind"]}
    steps = [node.removeprefix(ID) for node in g.back[TYPE, CG + "CuratorStep"]]
    assert len(steps) > 50
    for step in steps:
        (claim,), (to,), (kind,) = (g.ids(step, part) for part in ("stepFrom", "stepTo", "stepKind"))
        assert re.fullmatch(rf"step-{claim}(-[2-9])?", step)
        assert to not in g.ids(claim, "asserts"), step
        assert kind in kinds, step
        assert not g.ids(step, "stance"), step


def test_every_address_in_the_files_of_the_claims_is_described_and_in_one_file_only() -> None:
    g = graph()
    for file in FILES:
        assert g.mentioned[file], file
        assert sorted(g.mentioned[file] - set(g.described)) == [], file
    for node, files in g.described.items():
        if files & set(FILES):
            assert len(files) == 1, (node, files)


def test_each_proposition_is_one_combination_of_its_parts() -> None:
    g = graph()
    parts = ("propositionSubject", "propositionRelation", "propositionObject", "context", "condition", "site")
    seen: dict[tuple[tuple[str, ...], ...], str] = {}

    for proposition in sorted(node.removeprefix(ID) for node in g.back[TYPE, CG + "Proposition"]):
        key = tuple(tuple(sorted(g.ids(proposition, part))) for part in parts)
        assert key not in seen, (proposition, seen[key])
        seen[key] = proposition
    assert len(seen) > 400


def test_everything_about_claims_has_one_label_and_a_description_but_where_rules_make_them() -> None:
    g = graph()
    made = {"Proposition", "Passage", "SourceAssertion", "EvidenceLine"}
    for kind in made:
        assert g.back[TYPE, CG + kind], kind
        assert [node for node in g.back[TYPE, CG + kind] if g.out[node, RDFS + "label"]] == [], kind
    arms = {dose for (_, p), doses in g.out.items() if p == CG + "dose" for dose in doses}
    for kind in {*KINDS_OF_SOURCES, "Dose", "Quality", "Combination"} - made:
        assert g.back[TYPE, CG + kind], kind
        for node in set(g.back[TYPE, CG + kind]) - arms:
            assert len(g.out[node, RDFS + "label"]) == 1, node
            assert g.out[node, DCTERMS + "description"] or g.out[node, SKOS + "definition"], node


def test_document_001_is_26_passages_of_which_one_carries_no_claim() -> None:
    g = graph()
    passages = g.back[CG + "passageOf", ID + "seed-001"]
    silent = [passage.removeprefix(ID) for passage in passages if not g.back[CG + "statedIn", passage]]

    numbers = sorted(int(line) for passage in passages for line in g.out[passage, CG + "line"])

    assert numbers == list(range(1, 27))
    assert silent == ["seed-001-line-20"]


@pytest.mark.parametrize("group", SAME_STATEMENT)
def test_claims_that_say_the_same_share_a_proposition(group: str) -> None:
    members = SAME_STATEMENT[group].split()

    assert set(members) <= set(claims())
    assert set.intersection(*(set(graph().ids(member, "asserts")) for member in members))


@pytest.mark.parametrize("study", SAME_STUDY)
def test_claims_that_retell_one_study_lead_to_it(study: str) -> None:
    g = graph()
    members = SAME_STUDY[study].split()

    about = {p.removeprefix(ID) for p in g.back[CG + "propositionSubject", ID + study]}

    assert about
    for member in members:
        named, matched = g.ids(member, "namesWork"), g.ids(member, "seemsToRetell")
        assert study in named + matched, member
        # Only what the passage calls a study of its own is stated of it.
        assert study not in named or about & set(g.ids(member, "asserts")), member


def test_vitamin_k_and_k2_are_never_the_same_subject() -> None:
    g = graph()
    for pair in ("c2-013 c0-005", "c2-023 c0-008", "c2-002 c0-012", "c0-016 c0-041", "c1-003 c1-004"):
        one, other = (set(g.ids(claim, "asserts")) for claim in pair.split())
        assert not one & other, pair


@pytest.mark.parametrize("claim", DOSES)
def test_a_dose_keeps_its_form_unit_and_purpose(claim: str) -> None:
    g = graph()
    agent, low, high, unit, purposes = DOSES[claim]
    stated = {p for p in g.ids(claim, "asserts") if g.ids(p, "propositionRelation") == ["hasDailyDose"]}

    (proposition,) = stated
    (dose,) = g.ids(proposition, "propositionObject")

    assert g.ids(proposition, "propositionSubject") == g.ids(dose, "agent") == [agent]
    assert (g.ids(dose, "low"), g.ids(dose, "high"), g.ids(dose, "unit")) == ([low], [high], [unit])
    assert set(g.ids(dose, "dosePurpose")) == purposes
    assert g.ids(dose, "formUnspecified") == (["true"] if agent == "vitamin-k2" else [])


def test_45_microgram_and_45_milligram_are_two_doses() -> None:
    g = graph()
    doses = {
        claim: [g.ids(p, "propositionObject") for p in g.ids(claim, "asserts") if "daily-dose" in p]
        for claim in ("c1-031", "c1-070", "c3-039")
    }

    assert len({str(dose) for dose in doses.values()}) == 3


def test_deaths_and_hardened_arteries_stay_apart_as_the_documents_word_them() -> None:
    g = graph()
    outcomes = {
        "c0-022": "cardiovascular-mortality",
        "c1-049": "heart-disease-mortality",
        "c2-077": "coronary-artery-disease",
        "c2-078": "all-cause-mortality",
        "c4-060": "heart-disease-mortality",
    }
    for claim, outcome in outcomes.items():
        assert f"p-vitamin-k2-associated-with-lower-{outcome}" in g.ids(claim, "asserts"), claim
    calcifications = "calcification soft-tissue-calcification vascular-calcification arterial-calcification"
    for name in f"atherosclerosis arteriosclerosis {calcifications}".split():
        assert g.out[ID + name, TYPE] == [CG + "Condition"]
        assert not g.out[ID + name, "http://www.w3.org/2002/07/owl#sameAs"]


def test_each_doubt_has_a_note_and_each_number_is_used() -> None:
    g = graph()
    doubts = {doubt for claim in claims() for doubt in g.ids(claim, "doubt")}
    conflicts = {conflict for claim in claims() for conflict in g.ids(claim, "conflict")}

    assert doubts == {f"doubt-d{i:02d}" for i in range(1, 33)}
    assert conflicts == {f"conflict-x{i:02d}" for i in range(1, 25)}
    assert [claim for claim in claims() if bool(g.ids(claim, "doubt")) != bool(g.ids(claim, "note"))] == []


def declared(file: str) -> set[str]:
    """The relations that a file of ontology/ brings."""
    kinds = {f"http://www.w3.org/2002/07/owl#{kind}Property" for kind in ("Object", "Datatype")}
    triples = ox.parse((ROOT / "ontology" / file).read_bytes(), format=ox.RdfFormat.TURTLE)
    return {t.subject.value for t in triples if t.predicate.value == TYPE and t.object.value in kinds}


def test_no_relation_of_claims_alone_touches_the_signed_relations() -> None:
    owl, rdf = "http://www.w3.org/2002/07/owl#", TYPE.removesuffix("type")
    links = (RDFS + "subPropertyOf", owl + "equivalentProperty", owl + "inverseOf")
    alone, signed = declared("relations-claims.ttl"), declared("mechanisms.ttl")
    assert CG + "seemsToRetell" in alone
    assert CG + "netPromotes" in signed
    beside: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "ontology").rglob("*.ttl")):
        for triple in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE):
            subject, relation, value = str(triple.subject), triple.predicate.value, str(triple.object)
            if relation in links:
                beside[subject.strip("<>")].add(value.strip("<>"))
                beside[value.strip("<>")].add(subject.strip("<>"))
            # What stands in a list stands in a chain of properties, or in another axiom.
            assert relation != rdf + "first" or value.strip("<>") not in alone
            # Domains and ranges give classes, and no class has a restriction that builds such a relation.
            assert relation != owl + "onProperty" or value.strip("<>") not in signed
            assert relation != owl + "propertyChainAxiom" or subject.strip("<>") not in alone
    reached, new = set(alone), set(alone)
    while new:
        new = set().union(*(beside[relation] for relation in new)) - reached
        reached |= new
    # By the server's word for a retelling, pages find what a passage names or seems to retell.
    assert reached - alone == {SRV + "retells"}
    assert not reached & signed


def test_the_numbers_passages_stances_and_firmness_are_those_of_the_claims_table() -> None:
    g = graph()
    table = rows()

    assert sorted(table) == claims()
    for claim, row in table.items():
        assert g.ids(claim, "statedIn") == [f"seed-{row['seed_file'][:3]}-line-{row['seed_line']}"], claim
        stances = {
            stance
            for line in g.lines(claim)
            for stance in g.ids(line, "stance")
            for proposition in g.ids(line, "aboutProposition")
            if g.ids(proposition, "propositionRelation") != ["examines"]
        }
        assert SRV + STANCE_OF_POLARITY[row["polarity"]] in stances, claim
        assert len(stances) == 1 or claim in STANCES_OF_TWO_KINDS, claim
        firmness = next(name for start, name in WORDING_OF_STRENGTH if row["strength"].startswith(start))
        decided, word = FIRMNESS.get(claim, (firmness, ""))
        assert g.ids(claim, "hedging") == [decided], claim
        assert bool(word) == (decided != firmness), claim


def test_every_step_that_a_claim_supports_has_a_line_or_a_step_of_a_curator_from_it() -> None:
    g = graph()
    proposition_of = {
        number: g.ids(node.removeprefix(ID), "accepts")
        for node in g.back[TYPE, CG + "Acceptance"]
        for number in g.out[node, DCTERMS + "identifier"]
    }
    with (shared() / "domain/mechanisms.tsv").open(encoding="utf-8", newline="") as file:
        steps = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

    assert len(steps) == 181
    for step in steps:
        for claim in filter(None, step["supporting_claims"].split(";")):
            borne = set(proposition_of[step["id"]]) <= g.bears_on(claim) | g.drawn_from(claim)
            assert borne != ((step["id"], claim) in NOT_BORNE), (step["id"], claim)


def test_no_text_shares_a_run_of_seven_words_with_a_document() -> None:
    documents = sorted((shared() / "seeds").glob("*.txt"))
    taken = set().union(*(runs(document.read_text(encoding="utf-8")) for document in documents))
    assert len(documents) == 5

    copied = {
        (file, subject, " ".join(run))
        for file, subject, text in graph().texts
        if not text.startswith("https://")  # an address is no sentence
        for run in runs(text) & taken
    }

    assert sorted(copied) == []
