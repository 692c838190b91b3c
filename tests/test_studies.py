"""What the studies found: every outcome row once, with figures, study, measure and comparator."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
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

# Printed figures that nobody can read safely: a ratio that may be a logarithm, a direction against the rest.
DOUBTFUL = {"lees2019-cohort", "irivasc2024-dpucmgp"}
# Identifiers that were remembered, not read: they must stay out.
UNVERIFIED = {"10.1182/blood-2006-07-035345", "17138823", "15664003"}
# Two of them were read since, on 30 November 2026, in a record of PubMed that lists the report of the rats.
READ_SINCE = {"10.1182/blood-2006-07-035345", "17138823"}
DIRECTION = {
    "decrease": "decrease",
    "increase": "increase",
    "no significant difference": "noDifference",
    "": "unclear",
}
# Reports that draw on the same people: the study, and how many reports of it bring findings.
SHARED_STUDIES = {
    "avadec": {"diederichsen-2022", "hasific-2023", "hasific-2025"},
    "valkyrie": {"de-vriese-2020", "de-vriese-2021"},
    "utrecht-diabetes-trial": {"zwakenberg-2019", "bartstra-2021"},
    "renakvit": {"levy-schousboe-2021", "levy-schousboe-2023", "bladbjerg-2024"},
    "ronn-trial": {"ronn-2016", "ronn-3-year"},
    "epic-nl": {
        "gast-2009",
        "zwakenberg-2017",
        "vissers-2013",
        "vissers-2016",
        "dalmeijer-2013",
        "dalmeijer-case-cohort",
    },
}
# Row, report, analysis, measure, figure, treated, control, interval, P, direction: from the two abstracts;
# events and deaths of the valve report from a news page.
AVADEC = {
    "avadec2022-avc": ("diederichsen-2022", "primaryAnalysis", "meanDifference", "-17.0", "275.0", "292.0",
                       ("-86.0", "53.0"), "0.64", "noDifference"),
    "avadec2022-ava": ("diederichsen-2022", "secondaryAnalysis", "meanDifference", "0.02", None, None,
                       ("-0.09", "0.12"), "0.78", "noDifference"),
    "avadec2022-vmax": ("diederichsen-2022", "secondaryAnalysis", "meanDifference", None, None, None,
                        ("-0.11", "0.02"), "0.21", "noDifference"),
    "hasific2023-cac": ("hasific-2023", "secondaryAnalysis", "meanChange", None, "203.0", "254.0",
                        (None, None), "0.089", "noDifference"),
    "hasific2023-cac400": ("hasific-2023", "subgroupAnalysis", "meanChange", None, "288.0", "380.0",
                           (None, None), "0.047", "decrease"),
    "hasific2023-ncp": ("hasific-2023", "secondaryAnalysis", "meanChange", None, "-6.0", "46.0",
                        (None, None), "0.172", "noDifference"),
    "hasific2023-safety": ("hasific-2023", "safetyAnalysis", "eventPercentage", None, "1.9", "6.7",
                           (None, None), "0.048", "decrease"),
    "avadec2022-cvevents": ("diederichsen-2022", "safetyAnalysis", "eventCount", None, "10.0", "10.0",
                            (None, None), "0.99", "noDifference"),
    "avadec2022-death": ("diederichsen-2022", "safetyAnalysis", "eventCount", None, "1.0", "4.0",
                         (None, None), "0.37", "noDifference"),
}  # fmt: skip
# Does MK-7 or K2 slow arterial calcification in randomised trials: what each trial says, by analysis.
# Each finding stands on what was measured: the coronary score, the aorta, or arteries taken together.
SLOWED = {
    f"p-vitamin-k2-slows-progression-of-{place}-calcification"
    for place in ("arterial", "coronary-artery", "aortic")
}
SLOWING = {
    ("avadec", "secondaryAnalysis", "noEffect"),
    ("avadec", "subgroupAnalysis", "supports"),
    ("utrecht-diabetes-trial", "primaryAnalysis", "noEffect"),
    ("utrecht-diabetes-trial", "secondaryAnalysis", "noEffect"),
    ("utrecht-diabetes-trial", "postHocAnalysis", "noEffect"),  # all arteries: the report calls it post hoc
    ("trevasc-hdk", "primaryAnalysis", "noEffect"),
    ("kurnatowska-2015-trial", "analysisTypeNotStated", "noEffect"),
    ("k4kidneys", "secondaryAnalysis", "noEffect"),
    ("valkyrie", "analysisTypeNotStated", "noEffect"),
    ("vitak-cac", "primaryAnalysis", "inconclusive"),
}
# The substance, the amount and the unit that a trial gave; a weekly dose is the printed dose times three.
GIVEN = {
    "avadec": {("mk-7", "720.0", "ug/d"), ("vitamin-d", "25.0", "ug/d")},
    "shea-2009-trial": {("vitamin-k1", "500.0", "ug/d")},
    "ikari-2016-study": {("mk-4", "45.0", "mg/d")},
    "van-summeren-2009-trial": {("mk-7", "45.0", "ug/d")},
    "trevasc-hdk": {("mk-7", "1080.0", "ug/wk")},
    "caluwe-2014-trial": {("mk-7", f"{amount}.0", "ug/wk") for amount in (1080, 2160, 3240)},
    "westenfeld-2012-trial": {("mk-7", f"{amount}.0", "ug/d") for amount in (45, 135, 360)},
    "vitavask": {("vitamin-k1", "15.0", "mg/wk")},
    "viktories": {("menadiol", "15.0", "mg/wk")},
    "k4kidneys": {("vitamin-k2", "400.0", "ug/d")},
    "valkyrie": {("vitamin-k2", "6000.0", "ug/wk"), ("rivaroxaban", "10.0", "mg/d")},
    "knapen-2015-trial": {("mk-7", "180.0", "ug/d")},
}
RANDOMISED = {"randomisedControlledTrial", "openLabelRandomisedTrial"}
OWN_KINDS = ("Study", "Population", "Intervention", "Outcome", "Finding", "WebPage")
CALCIFICATION = {
    "arterial-calcification",
    "coronary-artery-calcification",
    "aortic-calcification",
    "vascular-calcification",
    "aortic-valve-calcification",
    "cardiac-valve-calcification",
    "calcification",
}


class Graph:
    """The files of data/ and ontology/: objects by subject and property, subjects by property and object."""

    def __init__(self) -> None:
        self.out: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.back: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.files: dict[str, set[str]] = defaultdict(set)  # in which files a thing is given a type
        paths = [path for top in ("ontology", "data") for path in sorted((ROOT / top).rglob("*.ttl"))]
        assert paths
        for path in paths:
            for triple in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE):
                subject, relation, value = triple.subject, triple.predicate, triple.object
                if isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal):
                    self.out[subject.value, relation.value].append(value.value)
                    self.back[relation.value, value.value].append(subject.value)
                    if relation.value == TYPE:
                        self.files[subject.value].add(path.relative_to(ROOT).as_posix())

    def all(self, kind: str) -> list[str]:
        return sorted(set(self.back[TYPE, CG + kind]))

    def ids(self, node: str, *path: str) -> list[str]:
        """Last parts of what a chain of cg: properties leads to from an individual."""
        nodes = [node if node.startswith("http") else ID + node]
        for step in path:
            nodes = [value for here in nodes for value in self.out[here, CG + step]]
        return [value.removeprefix(ID).removeprefix(CG).removeprefix(SRV) for value in nodes]

    def one(self, node: str, step: str) -> str | None:
        values = self.ids(node, step)
        assert len(values) <= 1, (node, step, values)
        return values[0] if values else None

    def lines(self) -> Iterable[tuple[str, str, str]]:
        """Finding, stance and proposition of every evidence line that brings a finding forward."""
        findings = set(self.all("Finding"))
        for line in self.all("EvidenceLine"):
            for evidence in self.out[line, CG + "hasEvidence"]:
                if evidence in findings:
                    (stance,), (about,) = self.ids(line, "stance"), self.ids(line, "aboutProposition")
                    yield evidence.removeprefix(ID), stance, about


@cache
def graph() -> Graph:
    return Graph()


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def trials() -> dict[str, dict[str, str]]:
    """The outcome rows, with what was read of them since: `later_readings*.tsv` say why a cell differs."""
    rows = {row["id"]: row for row in table(shared() / "domain/trials.tsv")}
    for later in [row for path in sorted(HERE.glob("later_readings*.tsv")) for row in table(path)]:
        assert later["reason"]
        assert rows[later["row"]][later["column"]] != later["held"], later
        rows[later["row"]][later["column"]] = later["held"]
    return rows


def number(text: str | None) -> float | None:
    return float(text) if text else None


def identifiers(*kinds: str) -> set[str]:
    g = graph()
    return {
        value
        for kind in kinds
        for node in (*g.all("Publication"), *g.all("StudyReport"))
        for value in g.out[node, CG + kind]
    }


def test_every_outcome_row_is_one_finding_under_its_own_number() -> None:
    g = graph()
    numbers = Counter(
        value for finding in g.all("Finding") for value in g.out[finding, DCTERMS + "identifier"]
    )

    assert len(trials()) == 156
    assert set(trials()) <= set(numbers)
    assert set(numbers.values()) == {1}
    assert all(g.files[finding] for finding in g.all("Finding"))


def test_a_finding_holds_the_figures_of_its_row_as_printed() -> None:
    g = graph()
    checked = 0
    for name, row in trials().items():
        if name in DOUBTFUL:
            continue
        at = "finding-" + name
        treated, _, control = row["effect_value"].partition("|")
        got = [number(g.one(at, step)) for step in ("value", "valueIntervention", "valueControl")]
        if control:
            assert got == [None, float(treated), float(control)], name
        elif name == "avadec2022-avc":  # the one row whose two arms are held beside the difference
            assert got == [-17.0, 275.0, 292.0]
        else:
            assert got == [number(treated), None, None], name
        assert number(g.one(at, "ciLow")) == number(row["ci_low"]), name
        assert number(g.one(at, "ciHigh")) == number(row["ci_high"]), name
        assert number(g.one(at, "pValue")) == number(row["p_value"].lstrip("<")), name
        assert (g.one(at, "pValueIsBound") == "true") == row["p_value"].startswith("<"), name
        assert g.one(at, "direction") == DIRECTION[row["direction"]], name
        (study,) = g.ids(at, "findingOf")
        sizes = (g.one(at, "sampleSize"), g.one(study, "sampleSize"))
        assert not row["n"] or row["n"] in sizes or name == "shea2009-cac-baseline10", name
        checked += 1
    assert checked == 154


def test_doubtful_printed_figures_are_told_and_not_loaded() -> None:
    g = graph()
    for name in DOUBTFUL:
        at = "finding-" + name
        for figure in ("value", "valueIntervention", "valueControl", "ciLow", "ciHigh", "pValue"):
            assert g.one(at, figure) is None, (name, figure)
        assert g.one(at, "direction") == "unclear"
        assert g.one(at, "discrepancy"), name
    for name in ("avadec2022-vmax", "trevasc2023-dpucmgp"):  # the point lies outside its own interval
        assert g.one("finding-" + name, "value") is None
        assert g.one("finding-" + name, "discrepancy")
    for name in ("avadec2022-avc", "k4kidneys2020-cfpwv", "kurnatowska2015-cacs", "westenfeld2012-45"):
        assert g.one("finding-" + name, "discrepancy"), name
    assert g.one("avadec", "discrepancy")
    assert "2000" in (g.one("valkyrie", "discrepancy") or "")


def test_every_identifier_of_the_outcome_rows_stands_at_its_report() -> None:
    g = graph()
    seen: dict[str, set[str]] = defaultdict(set)
    for name, row in trials().items():
        (report,) = g.ids("finding-" + name, "reportedIn")
        assert not row["doi"] or row["doi"] == g.one(report, "doi"), name
        assert not row["pmid"] or row["pmid"] == g.one(report, "pmid"), name
        if row["registry"]:
            assert row["registry"] in g.ids(report, "reportOf", "registryNumber"), name
        if not (row["doi"] or row["pmid"]):
            assert any(page in row["read_at"] for page in g.ids(report, "readAt")), name
        seen[report].add(name)
    assert len(seen) == 58


def test_every_verified_identifier_of_the_study_notes_is_there_and_no_remembered_one() -> None:
    notes = "".join(
        (shared() / "domain" / name).read_text(encoding="utf-8")
        for name in ("studies.md", "studies-update.md")
    )
    dois = {doi.rstrip(".,;:)]*").lower() for doi in re.findall(r"\b10\.\d{4,9}/[^\s|;,\]*]+", notes)}
    numbers = set(re.findall(r"(?:\bPMID \**|pubmed/)(\d{7,8})\b", notes))
    held = {doi.lower() for doi in identifiers("doi")}
    erratum_or_retraction_note = {"10.1007/s40261-018-0643-3"}  # named in the text of what it corrects

    assert len(dois) > 25
    assert len(numbers) > 12
    assert dois - UNVERIFIED - erratum_or_retraction_note <= held
    assert numbers - UNVERIFIED <= identifiers("pmid")
    assert UNVERIFIED & (identifiers("pmid") | held) == READ_SINCE


@pytest.mark.parametrize("study", SHARED_STUDIES)
def test_reports_on_the_same_people_are_reports_of_one_study(study: str) -> None:
    g = graph()
    reports = {node.removeprefix(ID) for node in g.back[CG + "reportOf", ID + study]}
    reporting = {name for node in g.back[CG + "findingOf", ID + study] for name in g.ids(node, "reportedIn")}

    assert reports == reporting == SHARED_STUDIES[study]


def test_every_finding_and_its_report_name_the_same_study() -> None:
    g = graph()
    assert len(g.all("Finding")) > 200
    for finding in g.all("Finding"):
        assert len(g.ids(finding, "findingOf")) == 1, finding
        assert g.ids(finding, "findingOf") == g.ids(finding, "reportedIn", "reportOf"), finding


@pytest.mark.parametrize("name", AVADEC)
def test_avadec_row_has_its_analysis_and_its_numbers(name: str) -> None:
    g = graph()
    report, analysis, measure, value, treated, control, interval, p, direction = AVADEC[name]
    at = "finding-" + name

    assert g.ids(at, "findingOf") == ["avadec"]
    assert g.ids(at, "findingComparator") == ["placebo"]
    got = [g.one(at, step) for step in ("reportedIn", "analysisType", "effectMeasure", "value")]
    assert got == [report, analysis, measure, value]
    assert [g.one(at, step) for step in ("valueIntervention", "valueControl")] == [treated, control]
    assert (g.one(at, "ciLow"), g.one(at, "ciHigh")) == interval
    assert (g.one(at, "pValue"), g.one(at, "direction")) == (p, direction)


def test_one_study_supports_fewer_heart_deaths_and_another_found_none() -> None:
    g = graph()
    stances: dict[str, set[str]] = defaultdict(set)
    for finding, stance, about in g.lines():
        if about in (
            "p-vitamin-k2-associated-with-lower-chd-mortality",
            "p-vitamin-k2-associated-with-lower-heart-disease-mortality",
            "p-vitamin-k2-associated-with-lower-cardiovascular-mortality",
        ):
            stances[stance].update(g.ids(finding, "findingOf"))

    assert stances["supports"] == {"rotterdam-study"}
    assert stances["noEffect"] == {"epic-nl", "predimed"}
    assert set(g.ids("rotterdam-study", "design")) == {"cohortStudy"}


def test_no_randomised_trial_of_k2_slows_arterial_calcification_but_in_one_subgroup() -> None:
    g = graph()
    got = {
        (g.ids(finding, "findingOf")[0], g.ids(finding, "analysisType")[0], stance)
        for finding, stance, about in g.lines()
        if about in SLOWED and g.ids(finding, "findingOf", "design")[0] in RANDOMISED
    }

    assert got == SLOWING


def test_reversal_is_found_in_rats_and_in_no_study_of_people() -> None:
    g = graph()
    found: dict[str, set[str]] = defaultdict(set)
    for finding, stance, about in g.lines():
        if g.ids(about, "propositionRelation") == ["reverses"]:
            (species,) = g.ids(finding, "findingOf", "species")
            found[species].add(stance)

    assert found == {"human": {"noEffect"}, "rat": {"supports", "inconclusive"}}


def test_the_marker_falls_in_every_trial_and_never_bears_on_calcification() -> None:
    g = graph()
    stances: set[str] = set()
    falls = {f"p-{form}-lowers-dp-ucmgp" for form in ("mk-7", "vitamin-k1", "vitamin-k2", "vitamin-k")}
    markers = {"outcome-dp-ucmgp", "outcome-uncarboxylated-mgp", "outcome-t-ucmgp"}
    for finding, stance, about in g.lines():
        if about in falls:
            stances.add(stance)
        if set(g.ids(finding, "outcome")) & markers:
            assert not set(g.ids(about, "propositionObject")) & CALCIFICATION, finding
    assert stances == {"supports"}
    for outcome in markers:
        assert not set(g.ids(outcome, "outcomeOf")) & CALCIFICATION


def test_findings_bear_on_no_mechanism() -> None:
    g = graph()
    lines = list(g.lines())

    assert len(lines) > 300
    assert {kind for _, _, about in lines for kind in g.ids(about, "propositionKind")} >= {
        "effectKind",
        "associationKind",
    }
    for finding, _, about in lines:
        assert "mechanismKind" not in g.ids(about, "propositionKind"), (finding, about)


def test_no_finding_lacks_measure_comparator_analysis_or_direction() -> None:
    g = graph()
    for finding in g.all("Finding"):
        for step in ("outcome", "effectMeasure", "analysisType", "direction"):
            assert len(g.ids(finding, step)) == 1, (finding, step)
        assert g.ids(finding, "findingComparator"), finding
        assert g.ids(finding, "findingOf", "species"), finding


def test_a_percentage_says_which_way_it_goes_unless_it_describes_a_state() -> None:
    g = graph()
    percentages = [finding for finding in g.all("Finding") if "%" in g.ids(finding, "valueUnit")]

    assert len(percentages) > 40
    for finding in percentages:
        assert g.one(finding, "direction") in ("decrease", "increase", "noDifference"), finding


def test_57_and_37_per_cent_are_nobodys_figures() -> None:
    g = graph()
    for finding in g.all("Finding"):
        figures = [number(value) for value in g.ids(finding, "value") + g.ids(finding, "valueIntervention")]
        if "%" in g.ids(finding, "valueUnit"):
            assert not {57.0, -57.0, 37.0, -37.0} & set(figures), finding
    assert g.one("finding-rotterdam2004-mk-chdm", "value") == "0.43"
    assert g.one("finding-s02-calcium-high-k", "value") == "-50.0"
    assert "37 %" in (g.one("finding-s02-calcium-high-k", "discrepancy") or "")


def test_no_dose_lacks_its_unit_or_its_form() -> None:
    g = graph()
    doses = {dose for intervention in g.all("Intervention") for dose in g.out[intervention, CG + "dose"]}

    assert len(doses) > 60
    for dose in doses:
        assert len(g.ids(dose, "unit")) == 1, dose
        (agent,) = g.ids(dose, "agent")
        named = agent not in ("vitamin-k", "vitamin-k2") or g.ids(dose, "formUnspecified") == ["true"]
        assert named, dose


@pytest.mark.parametrize("study", GIVEN)
def test_the_trial_gave_that_amount_of_that_form(study: str) -> None:
    g = graph()
    doses = set(g.ids(study, "intervention", "dose"))
    given = {(g.ids(dose, "agent")[0], g.ids(dose, "low")[0], g.ids(dose, "unit")[0]) for dose in doses}

    assert given == GIVEN[study]
    assert all(g.ids(dose, "low") == g.ids(dose, "high") for dose in doses)


def test_a_study_with_several_doses_says_at_each_figure_which_one() -> None:
    g = graph()
    for study in ("dalmeijer-2012-trial", "caluwe-2014-trial", "westenfeld-2012-trial"):
        arms = set(g.ids(study, "intervention"))
        found = {
            arm for node in g.back[CG + "findingOf", ID + study] for arm in g.ids(node, "armIntervention")
        }
        assert len(arms) > 1
        assert found == arms, study


def test_retracted_reports_are_flagged_and_bring_nothing_forward() -> None:
    g = graph()
    retracted = {node.removeprefix(ID) for node in g.back[CG + "retracted", "true"]}

    assert {"sato-2002", "sato-2005", "iwamoto-2009"} <= retracted
    for report in ("sato-2002", "sato-2005", "iwamoto-2009"):
        assert g.one(report, "caution"), report
        assert not g.back[CG + "reportedIn", ID + report], report
    assert g.one("cockayne-2006", "caution")


def test_a_study_that_is_planned_or_under_way_has_no_figure() -> None:
    g = graph()
    waiting = [study for study in g.all("Study") if g.ids(study, "studyStatus") != ["completed"]]

    assert {study.removeprefix(ID) for study in waiting} == {
        "basik2",
        "danish-severe-coronary-calcification-trial",
    }
    for study in waiting:
        for finding in g.back[CG + "findingOf", study]:
            assert g.one(finding, "direction") == "unclear", finding
            assert not any(g.ids(finding, step) for step in ("value", "valueIntervention", "ciLow", "pValue"))


def test_what_was_read_at_second_hand_names_the_page() -> None:
    g = graph()
    second_hand = [finding for finding in g.all("Finding") if g.ids(finding, "reportedBy")]

    assert {"finding-knapen2015-beta", "finding-avadec2022-cvevents", "finding-westenfeld2012-360"} <= {
        finding.removeprefix(ID) for finding in second_hand
    }
    for finding in second_hand:
        assert g.ids(finding, "reportedBy", "readAt"), finding


def test_every_proposition_is_defined_in_one_file() -> None:
    g = graph()
    assert len(g.all("Proposition")) > 400
    for proposition in g.all("Proposition"):
        assert len(g.files[proposition]) == 1, (proposition, g.files[proposition])


@pytest.mark.parametrize("kind", OWN_KINDS)
def test_everything_about_studies_has_one_label_and_a_description(kind: str) -> None:
    g = graph()
    assert g.all(kind)
    labels: Counter[str] = Counter()
    for node in g.all(kind):
        (label,) = g.out[node, RDFS + "label"]
        labels[label] += 1
        assert g.out[node, DCTERMS + "description"] or g.out[node, SKOS + "definition"], node
    assert [label for label, times in labels.items() if times > 1] == []
