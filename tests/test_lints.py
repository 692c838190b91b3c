"""Built-in lints: each finds its fault at the statement that has it, nothing else; a root may change them."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from calcigraph.checks import check
from calcigraph.edition import assemble
from calcigraph.errors import Finding, Place, Problem, Severity
from calcigraph.lints import built_in_rules, lint
from calcigraph.rdf.terms import Term
from calcigraph.root import Root
from calcigraph.store import OfflineEngine
from suites import needs, suite

FAULTS_FILE = (Path(__file__).parent / "lint_faults.ttl").read_text(encoding="utf-8")
HEAD = FAULTS_FILE.partition("\n\n")[0] + "\n"
# A small root without a fault.
CATALOG = '<https://example.org/works/dataset> void:uriSpace "https://example.org/works/" .\n'
SOUND = """
<https://example.org/works/ontology> a owl:Ontology ; dcterms:title "Works"@en .
:Device a owl:Class ; rdfs:label "device"@en ; skos:definition "What was built to work."@en .
:Pump a owl:Class ; rdfs:label "pump"@en ; skos:definition "A device that moves water."@en ;
  rdfs:subClassOf :Device .
:Tank a owl:Class ; rdfs:label "tank"@en ; skos:definition "A device that holds water."@en ;
  rdfs:subClassOf :Device .
:feeds a owl:ObjectProperty ; rdfs:label "feeds"@en ; skos:definition "Gives water to."@en ;
  rdfs:domain :Device .
:size a owl:DatatypeProperty ; rdfs:label "size"@en ; skos:definition "How much it holds."@en .
:scheme a skos:ConceptScheme .
:water a skos:Concept ; skos:prefLabel "water"@en ; skos:inScheme :scheme ; skos:topConceptOf :scheme .
:river a skos:Concept ; skos:prefLabel "river"@en ; skos:inScheme :scheme ; skos:broader :water .
:lake a skos:Concept ; skos:prefLabel "lake"@en ; skos:inScheme :scheme ; skos:broader :water ;
  skos:related :river .
:p1 a :Pump ; :feeds :t1 ; :size 1 .
:p2 a :Pump . :p3 a :Pump . :p4 a :Pump . :p5 a :Pump . :p6 a :Pump .
:t1 a :Tank . :t2 a :Tank . :t3 a :Tank . :t4 a :Tank . :t5 a :Tank .
"""


@dataclass(frozen=True)
class Fault:
    """A fault of lint_faults.ttl."""

    number: int
    group: str
    slug: str
    severity: str
    node: str
    says: str
    body: str

    @property
    def file(self) -> str:
        return f"ontology/fault-{self.number}.ttl"

    @property
    def text(self) -> str:
        return f"{HEAD}{self.body}"

    @property
    def line(self) -> int:
        return next(n for n, line in enumerate(self.text.splitlines(), 1) if line.endswith("# here"))


def faults() -> list[Fault]:
    found = []
    for number, part in enumerate(FAULTS_FILE.split("\n#! ")[1:], 1):
        head, _, body = part.partition("\n")
        (group, slug, severity, node), says = head.partition(" |")[0].split(), head.partition(" |")[2].strip()
        found.append(Fault(number, group, slug, severity, node, says, body))
    return found


FAULTS = faults()


def written(folder: Path, files: dict[str, str]) -> Path:
    """A root with the catalogue and these files."""
    for name, text in {"data/catalog.ttl": HEAD + CATALOG, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def said(finding: Finding) -> str:
    return f"{finding.message} {finding.remedy}".replace("https://example.org/works/", ":")


def test_a_sound_root_has_no_finding(tmp_path: Path) -> None:
    found = check(written(tmp_path, {"ontology/works.ttl": HEAD + SOUND}))

    assert [str(finding) for finding in found] == []


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Finding]]:
    """What is found in roots with all faults of a group, by group."""
    found = {}
    for group in sorted({fault.group for fault in FAULTS}):
        files = {fault.file: fault.text for fault in FAULTS if fault.group == group}
        folder = written(tmp_path_factory.mktemp("root"), {"ontology/works.ttl": HEAD + SOUND, **files})
        found[group] = check(folder)
    return found


def test_sixty_kinds_of_faults_are_seeded() -> None:
    slugs = {fault.slug for fault in FAULTS}

    assert len(slugs) >= 60
    assert slugs <= {rule.slug for rule in built_in_rules()}


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{fault.number}-{fault.slug}" for fault in FAULTS])
def test_a_fault_is_named_with_file_line_node_and_remedy(
    fault: Fault, findings: dict[str, list[Finding]]
) -> None:
    found = [f for f in findings[fault.group] if f.check == fault.slug and f.place.file == fault.file]

    assert found, [str(f) for f in findings[fault.group] if f.place.file == fault.file]
    assert {f.place.line for f in found} == {fault.line}, [str(f) for f in found]
    assert {f.severity.value for f in found} == {fault.severity}
    assert all(f.remedy for f in found)
    assert any(fault.says in said(f) for f in found), [said(f) for f in found]
    if fault.node != "-":
        assert {f.node.replace("https://example.org/works/", ":").strip("<>") for f in found} == {
            fault.node.replace("https://example.org/works/", ":").strip("<>")
        }


def test_no_fault_is_told_of_another_file(findings: dict[str, list[Finding]]) -> None:
    """Each finding of a lint is at a file whose fault is of its kind, or has that fault beside its own."""
    slugs = {rule.slug for rule in built_in_rules()}
    strays = Counter(
        (finding.check, fault.slug)
        for group, found in findings.items()
        for finding in found
        for fault in FAULTS
        if finding.check in slugs and finding.place.file == fault.file and finding.check != fault.slug
    )

    assert set(strays) <= BESIDE, set(strays) - BESIDE
    assert {f.place.file for found in findings.values() for f in found} <= {fault.file for fault in FAULTS}


# A fault of the second kind has one of the first with it.
BESIDE = {("orphan-class", "term-unknown")}


HEADERS = {
    "header-lost": (
        {"ontology/a.ttl": "<<<:P a owl:Class ; rdfs:isDefinedBy <https://example.org/works/it> ."},
        "violation",
    ),
    "header-missing": ({"ontology/a.ttl": "<<<:P a owl:Class ."}, "warning"),
    "header-doubled": (
        {"ontology/a.ttl": ":one a owl:Ontology ; dcterms:title 'a' .\n<<<:two a owl:Ontology ; :n 'b' ."},
        "warning",
    ),
    "header-in-two-files": (
        {"ontology/a.ttl": ":one a owl:Ontology .", "ontology/b.ttl": "<<<:one a owl:Ontology ."},
        "warning",
    ),
    "header-of-other-file": (
        {
            "ontology/a.ttl": "<<<<https://example.org/works/graph/ontology/b> a owl:Ontology .",
            "ontology/b.ttl": ":P a owl:Class .",
        },
        "violation",
    ),
}


@pytest.mark.parametrize("slug", HEADERS)
def test_a_header_that_a_tool_has_lost_or_doubled_is_found(slug: str, tmp_path: Path) -> None:
    texts, severity = HEADERS[slug]
    written(tmp_path, {name: HEAD + text.replace("<<<", "") for name, text in texts.items()})
    ((file, line),) = [
        (name, (HEAD + text).partition("<<<")[0].count("\n") + 1)
        for name, text in texts.items()
        if "<<<" in text
    ]

    (finding,) = [finding for finding in check(tmp_path) if finding.check == slug]

    assert finding.place == Place(file, line)
    assert finding.severity.value == severity


ALONE = ":Alone a owl:Class ; rdfs:label 'alone' ; skos:definition 'One.' ."


def with_lint(folder: Path, name: str, text: str) -> list[Finding]:
    """What is found in a root with one fault and a file of lints."""
    written(
        folder,
        {
            "ontology/works.ttl": HEAD + SOUND + ALONE,
            f"shapes/lint/{name}": text,
        },
    )
    return check(folder)


def test_a_root_switches_a_lint_off_or_changes_its_severity_with_a_reason(tmp_path: Path) -> None:
    reason = "#+ reason: Other ontologies go on from here.\n"

    assert with_lint(tmp_path / "off", "orphan-class-off.rq", reason) == []
    (finding,) = with_lint(tmp_path / "worse", "orphan-class-violation.rq", reason)
    assert (finding.check, finding.severity) == ("orphan-class", Severity.VIOLATION)
    query = "#+ message: {node} is so.\n#+ remedy: Mend it.\nSELECT ?node { ?node a <urn:x:nothing> }"
    assert with_lint(tmp_path / "other", "orphan-class-warning.rq", query) == []


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("orphan-class-off.rq", "# No.\n", "does not say why"),
        ("orphan-clas-off.rq", "#+ reason: So.\n", "orphan-class is meant"),
        ("orphan-class-off.rq", "#+ reason: So.\nSELECT * {}", "at once"),
        ("other-warning.rq", "#+ message: M.\n#+ remedy: R.\n#+ sees: nothing\nSELECT * {}", "'nothing'"),
    ],
)
def test_a_lint_that_is_switched_off_in_vain_is_a_finding(
    name: str, text: str, says: str, tmp_path: Path
) -> None:
    found = [f for f in with_lint(tmp_path, name, text) if f.check == "lints"]

    assert [f.place.file for f in found] == [f"shapes/lint/{name}"]
    assert says in f"{found[0].message} {found[0].remedy}"


def test_a_built_in_lint_that_cannot_be_evaluated_ends_no_other(tmp_path: Path) -> None:
    edition = assemble(
        Root.read(written(tmp_path, {"ontology/works.ttl": HEAD + SOUND + ALONE})), "none"
    ).edition
    solutions = OfflineEngine(edition, described=False).solutions

    def solve(text: str, inferred: bool) -> list[dict[str, Term]]:
        if "skos:prefLabel" in text:
            raise Problem("It takes too long.", "Ask for less.")
        return solutions(text, inferred)

    found = list(lint(edition, solve))

    failed = {finding.node for finding in found if finding.message == "It takes too long."}
    assert "skos-preferred-twice" in failed
    assert {finding.check for finding in found if finding.node not in failed} == {"orphan-class"}


def test_a_lint_of_a_root_is_placed_at_the_statement_that_it_names(tmp_path: Path) -> None:
    query = (
        "#+ message: {node} is large ({size}).\n#+ remedy: Mend it.\n#+ at: ?node :size ?size\n"
        "PREFIX : <https://example.org/works/> SELECT ?node ?size { ?node :size ?size }"
    ).replace(":size ?size\nPREFIX", "<https://example.org/works/size> ?size\nPREFIX")
    found = [f for f in with_lint(tmp_path, "large-warning.rq", query) if f.check == "large"]

    (line,) = [n for n, text in enumerate((HEAD + SOUND).splitlines(), 1) if ":size 1" in text]
    assert [(f.place, f.message) for f in found] == [(Place("ontology/works.ttl", line), ":p1 is large (1).")]


def test_the_table_of_the_documentation_is_that_of_the_program() -> None:
    page = (Path(__file__).parent.parent / "docs/lints.md").read_text(encoding="utf-8")
    rows = {
        (row.split("|")[1].strip().strip("`"), row.split("|")[2].strip())
        for row in page.splitlines()
        if row.startswith("| `")
    }

    assert rows == {(rule.slug, rule.severity.value) for rule in built_in_rules()}


# What is found in ontologies that are used widely; each was looked at and is true.
REAL = {
    "pizza.owl": {
        ("warning", "class-unsatisfiable"): 2,
        ("warning", "label-duplicate"): 1,
        ("info", "label-missing"): 11,
        ("info", "definition-missing"): 83,
    },
    "prov.ttl": {
        ("warning", "label-blanks"): 2,
        ("warning", "label-empty"): 3,
        ("warning", "property-of-two-kinds"): 2,
        ("info", "cardinality-other-type"): 6,
    },
    "iao.owl": {("warning", "label-empty"): 1, ("info", "definition-missing"): 14},
}


@needs("ontologies")
@pytest.mark.parametrize("name", REAL)
def test_of_a_published_ontology_nothing_is_told_that_is_not_so(name: str, tmp_path: Path) -> None:
    folder = suite("ontologies")
    assert folder is not None
    (tmp_path / "ontology").mkdir()
    shutil.copy(folder / name, tmp_path / "ontology" / name)
    slugs = {rule.slug for rule in built_in_rules()}

    found = Counter((f.severity.value, f.check) for f in check(tmp_path) if f.check in slugs)

    assert found == REAL[name]
