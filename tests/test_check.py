"""Break any one thing in a root, and `calcigraph check` names the file, the line, the node and the remedy."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from calcigraph.checks import check
from calcigraph.cli.finding_formats import WRITERS
from calcigraph.edition import Edition
from calcigraph.errors import Finding, Place
from calcigraph.root import Root
from calcigraph.store import OfflineEngine

HERE = Path(__file__).parent
SHIPPED = HERE.parent
ROOTS = {"shipped": SHIPPED, "toy": HERE / "toy"}


def run(root: Path, cache: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a user runs it, with a cache of its own."""
    return subprocess.run(
        [sys.executable, "-m", "calcigraph", "check", "--root", str(root), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        check=False,
    )


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[str], Path]:
    def copy(name: str) -> Path:
        for folder in ("ontology", "data", "shapes"):
            shutil.copytree(ROOTS[name] / folder, tmp_path / "root" / folder)
        return tmp_path / "root"

    return copy


@dataclass(frozen=True)
class Break:
    """One change of one file, and what has to be said about it."""

    root: str
    file: str
    old: str
    new: str
    check: str
    line_of: str  # a text that stands on the line that must be named, "" where the file is enough
    node: str
    says: str


BREAKS = {
    "a missing full stop": Break(
        "toy",
        "data/plant.ttl",
        '"The tank on the hill."@en .',
        '"The tank on the hill."@en',
        "syntax",
        "id:valve-9",
        "",
        "",
    ),
    "an undeclared prefix": Break(
        "toy",
        "data/plant.ttl",
        "plant:blocks id:pump-1",
        "plnt:blocks id:pump-1",
        "syntax",
        "plnt:blocks",
        "",
        "plnt",
    ),
    "a rating without a unit": Break(
        "toy",
        "data/plant.ttl",
        'plant:amount 3.0 ; plant:unit "m3/h"',
        "plant:amount 3.0",
        "shapes",
        "plant:amount 3.0",
        "",
        "plant:unit",
    ),
    "evidence without a source": Break(
        "toy",
        "data/evidence.ttl",
        '"B. Welder" ;\n  srv:source id:logbook-page-9 .',
        '"B. Welder" .',
        "shapes",
        "id:inspection-autumn\n",
        "id:inspection-autumn",
        "source",
    ),
    "a clash": Break(
        "toy",
        "data/plant.ttl",
        "id:high-tank\n  a plant:Tank ;",
        "id:high-tank\n  a plant:Tank , plant:Pump ;",
        "clash",
        "a plant:Tank , plant:Pump",
        "id:high-tank",
        "cax-dw",
    ),
    "a dose without a unit": Break(
        "shipped",
        "data/studies/avadec.ttl",
        '  cg:high 720.0 ;\n  cg:unit "ug/d" ;\n',
        "  cg:high 720.0 ;\n",
        "shapes",
        "id:dose-avadec-mk-7 a",
        "id:dose-avadec-mk-7",
        "cg:unit",
    ),
    "an assertion without a source": Break(
        "shipped",
        "data/seeds/000.ttl",
        "    id:p-calcium-is-needed-for-tooth ;\n  cg:statedIn id:seed-000-line-2 ;\n",
        "    id:p-calcium-is-needed-for-tooth ;\n",
        "shapes",
        "id:c0-001 a",
        "id:c0-001",
        "cg:statedIn",
    ),
    "a list that does not end": Break(
        "toy",
        "ontology/plant.ttl",
        "owl:propertyChainAxiom ( plant:blocks plant:reaches ) ;",
        "owl:propertyChainAxiom [ skos:definition plant:blocks ] ;",
        "list",
        "owl:propertyChainAxiom [",
        "plant:starves",
        "Turtle collection",
    ),
    "a wrong recorded answer": Break(
        "toy",
        "ontology/questions/what-reaches-the-high-tank.csv",
        "low tank",
        "lower tank",
        "questions",
        "",
        "what-reaches-the-high-tank",
        "lower tank",
    ),
    "a row that must not appear": Break(
        "toy",
        "ontology/questions/what-reaches-the-high-tank.rq",
        "?device = id:pump-2",
        "?device = id:pump-1",
        "questions",
        "",
        "what-reaches-the-high-tank",
        "must not",
    ),
    "a question that is no SPARQL": Break(
        "toy",
        "ontology/questions/what-reaches-the-high-tank.rq",
        "SELECT ?device ?label",
        "SELECT ?device ?label FROM",
        "questions",
        "",
        "what-reaches-the-high-tank",
        "",
    ),
    "a rule without a stage": Break(
        "toy",
        "ontology/rules/contested.rq",
        "#+ stage: after\n",
        "",
        "rules",
        "",
        "",
        "stage",
    ),
    "a rule that is no SPARQL": Break(
        "toy",
        "ontology/rules/contested.rq",
        "CONSTRUCT {",
        "CONSTRUCT",
        "rules",
        "",
        "",
        "",
    ),
    "a header that nobody reads": Break(
        "toy",
        "ontology/questions/what-reaches-the-high-tank.rq",
        "#+ must not",
        "#+ must no",
        "questions",
        "#+ must no:",
        "",
        "'must no'",
    ),
    "a header below the head": Break(
        "toy",
        "ontology/questions/what-reaches-the-high-tank.rq",
        "#+ must not",
        "\n#+ must not",
        "questions",
        "#+ must not",
        "",
        "before anything else",
    ),
    "a need that there is not": Break(
        "toy",
        "ontology/questions/what-reaches-the-high-tank.rq",
        "#+ needs: inference",
        "#+ needs: inferences",
        "questions",
        "",
        "",
        "'inferences'",
    ),
}


def breaks_of(root: str) -> dict[str, Break]:
    return {name: broken for name, broken in BREAKS.items() if broken.root == root}


def found_in(root: Path) -> str:
    """What the command prints in JSON, without the two processes that it takes, which other tests have."""
    return "".join(WRITERS["json"](check(root), ()))


def break_these(root: Path, *breaks: Break) -> None:
    for broken in breaks:
        path = root / broken.file
        text = path.read_text(encoding="utf-8")
        assert broken.old in text
        path.write_text(text.replace(broken.old, broken.new, 1), encoding="utf-8")


def is_found_and_named(broken: Break, root: Path, printed: str) -> None:
    every = json.loads(printed)["findings"]
    assert "violation" in {f["severity"] for f in every}
    findings = [f for f in every if f["check"] == broken.check and f["file"] == broken.file]
    assert findings, printed
    said = " ".join(f"{f['node']} {f['message']} {f['remedy']}" for f in findings)
    assert broken.says in said
    assert broken.node in said
    assert all(f["remedy"] for f in findings)
    if broken.line_of:
        after = (root / broken.file).read_text(encoding="utf-8")
        line = after[: after.index(broken.line_of)].count("\n") + 1
        assert line in [f["line"] for f in findings]
    assert str(root.parent) not in printed


@pytest.mark.parametrize("name", breaks_of("toy"))
def test_one_broken_thing_is_found_and_named(name: str, copy_of: Callable[[str], Path]) -> None:
    root = copy_of("toy")
    break_these(root, BREAKS[name])
    is_found_and_named(BREAKS[name], root, found_in(root))


def test_each_of_several_broken_things_is_found_and_named(copy_of: Callable[[str], Path]) -> None:
    """On the shipped root together, as to check it takes twenty seconds."""
    breaks, root = breaks_of("shipped").values(), copy_of("shipped")
    break_these(root, *breaks)
    result = run(root, root.parent / "cache", "--format", "json")
    assert result.returncode == 1, result.stderr
    assert str(root.parent) not in result.stderr
    assert len(breaks) > 1
    for broken in breaks:
        is_found_and_named(broken, root, result.stdout)


@pytest.mark.parametrize("name", ROOTS)
def test_a_sound_root_is_green(name: str) -> None:
    # Closed where others have closed it; the command closes roots of its own above.
    result = run(ROOTS[name], Path(os.environ["XDG_CACHE_HOME"]))

    assert result.returncode == 0, result.stdout
    assert "0 violations" in result.stdout


def test_lints_and_questions_are_asked_of_data_that_are_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of a check on a small root is loading."""
    loaded: list[bool] = []

    class Counted(OfflineEngine):
        def __init__(self, edition: Edition, *, described: bool = True) -> None:
            loaded.append(described)
            super().__init__(edition, described=described)

    monkeypatch.setattr("calcigraph.checks.OfflineEngine", Counted)
    assert check(ROOTS["toy"]) == []
    assert loaded == [False]


@pytest.mark.parametrize(
    ("row", "told"),
    {
        "?s ?o": ("wanting", "data/plant.ttl"),
        "?nowhere ?s": ("wanting", "data/plant.ttl"),
        "?nowhere": ("lints", "shapes/lint/wanting-warning.rq"),
        "?nowhere #+ file: ontology/plant.ttl": ("wanting", "ontology/plant.ttl"),
    }.items(),
)
def test_a_row_is_placed_at_what_it_names_and_never_at_the_lint(
    row: str, told: tuple[str, str], copy_of: Callable[[str], Path]
) -> None:
    category, file = told
    columns, _, header = row.partition(" #+")
    root = copy_of("toy")
    lint = root / "shapes/lint/wanting-warning.rq"
    lint.parent.mkdir()
    lint.write_text(
        f"#+ message: Something lacks.\n#+ remedy: Add it.\n{header and f'#+{header}'}\n"
        f"SELECT {columns} WHERE {{ BIND (<https://example.org/plant/id/high-tank> AS ?s)"
        " BIND (1 AS ?o) BIND (<urn:x:nowhere> AS ?nowhere) }",
        encoding="utf-8",
    )

    findings = json.loads(found_in(root))["findings"]

    assert [(f["check"], f["file"]) for f in findings] == [(category, file)]


def test_what_the_catalogue_lacks_is_told_of_the_catalogue() -> None:
    (lint,) = (lint for lint in Root.read(SHIPPED).lints if lint.slug == "graph-without-catalogue-entry")

    assert lint.file == "data/catalog.ttl"


@pytest.mark.parametrize(
    ("header", "says"), [("#+ fiel: data/plant.ttl", "'fiel'"), ("#+ file: data/x.ttl", "no file")]
)
def test_a_lint_that_names_its_file_in_vain_is_a_finding(
    header: str, says: str, copy_of: Callable[[str], Path]
) -> None:
    root = copy_of("toy")
    lint = root / "shapes/lint/wanting-warning.rq"
    lint.parent.mkdir()
    lint.write_text(f"#+ message: It lacks.\n#+ remedy: Add it.\n{header}\nSELECT ?s {{}}", encoding="utf-8")

    (finding,) = json.loads(found_in(root))["findings"]

    assert (finding["check"], finding["file"]) == ("lints", "shapes/lint/wanting-warning.rq")
    assert says in finding["message"]


def test_findings_for_a_review_name_file_and_line(copy_of: Callable[[str], Path], tmp_path: Path) -> None:
    root = copy_of("toy")
    path = root / "data/plant.ttl"
    path.write_text(
        path.read_text(encoding="utf-8").replace("plant:blocks id:pump-1", "plnt:blocks id:pump-1"),
        encoding="utf-8",
    )

    result = run(root, tmp_path / "cache", "--format", "github")

    assert result.returncode == 1
    assert result.stdout.startswith("::error file=data/plant.ttl,line=")


def test_what_parts_a_workflow_command_is_escaped_in_the_name_of_a_file() -> None:
    finding = Finding("syntax", Place("data/a,b:c%.ttl", 3), "No: 5 %,\n", "Mend it.")

    assert WRITERS["github"]([finding]) == [
        "::error file=data/a%2Cb%3Ac%25.ttl,line=3,title=syntax::No: 5 %25,%0A Mend it."
    ]


def test_a_directory_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere", tmp_path)

    assert result.returncode == 2
    assert "nowhere" in result.stderr
