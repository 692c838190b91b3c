"""A rule, lint, question or shape that never ends: the command ends, names it, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from calcigraph.edition import EditionCache
from calcigraph.edition.writer_process import assembled_apart
from calcigraph.errors import Place
from calcigraph.evaluated_apart import EvaluationStopped
from calcigraph.evaluating import evaluating, watched_by
from calcigraph.processes import children_of, stat_of
from polling import until

TOY = Path(__file__).parent / "toy"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
# Each of the eight may be any of the root's labels.
GROUP = (
    f"{{ ?a {LABEL} ?b . {' . '.join(f'?s{i} {LABEL} ?o{i}' for i in range(8))}"
    f" FILTER(STRLEN(CONCAT({', '.join(f'?o{i}' for i in range(8))})) < 0) }}"
)
SHAPE = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix x: <http://x/> .

x:Endless a sh:NodeShape ; sh:targetSubjectsOf rdfs:label ;
"""
PATTERN = SHAPE + '  sh:property [ sh:path rdfs:comment ; sh:pattern "^(([a-zA-Z., ])+)+\\\\2[0-9]$" ] .\n'
QUERY = SHAPE + f'  sh:sparql [ sh:select """SELECT $this {GROUP}""" ] .\n'
FILES = {
    "ontology/rules/x.rq": f"#+ stage: before\nCONSTRUCT {{ ?a <http://x/p> ?b }} WHERE {GROUP}",
    "ontology/rules/y.rq": f"#+ stage: after\nCONSTRUCT {{ ?a <http://x/p> ?n }} WHERE "
    f"{{ {{ SELECT ?a (COUNT(*) AS ?n) {GROUP} GROUP BY ?a }} }}",
    "shapes/lint/x-warning.rq": f"#+ message: m\n#+ remedy: r\nSELECT ?a {GROUP}",
    "ontology/questions/x.rq": f"#+ question: What?\nASK {GROUP}".replace("ASK", "SELECT ?a"),
    "shapes/pattern.ttl": PATTERN,
    "shapes/query.ttl": QUERY,
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("ontology", "data", "shapes"):
        shutil.copytree(TOY / folder, tmp_path / "root" / folder)
    (tmp_path / "root/shapes/lint").mkdir()
    comment = '\n<http://x/a> <http://www.w3.org/2000/01/rdf-schema#label> "a"@en ;\n'
    comment += f'  <http://www.w3.org/2000/01/rdf-schema#comment> "{"a" * 60}!" .\n'
    (tmp_path / "root/data/long.ttl").write_text(comment, encoding="utf-8")
    return tmp_path / "root"


def write(root: Path, file: str) -> None:
    (root / file).write_text(FILES[file], encoding="utf-8")
    if file.startswith("ontology/questions"):
        (root / file).with_suffix(".csv").write_text("a\r\nhttp://x/a\r\n", encoding="utf-8")


def command(root: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "calcigraph", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "XDG_CACHE_HOME": str(root.parent / "cache")},
    )


@pytest.mark.parametrize("file", FILES)
def test_check_ends_and_names_the_file(root: Path, file: str) -> None:
    write(root, file)
    checking = command(root, "check", "--root", str(root), "--file-timeout", "2", "--format", "json")
    out, err = checking.communicate()
    assert checking.returncode == 1, err
    (found,) = [
        each
        for each in json.loads(out)["findings"]
        if each["severity"] == "violation" and "2 s" in each["message"]
    ]
    assert found["file"] == file
    assert "--file-timeout" in found["remedy"]
    assert found["check"] == file.split("/")[-2].replace("lint", "lints")


@pytest.mark.parametrize("file", [file for file in FILES if file.startswith("ontology/rules")])
def test_the_start_of_a_server_ends_and_names_the_file(root: Path, file: str) -> None:
    write(root, file)
    serving = command(root, "serve", "--root", str(root), "--file-timeout", "2", "--port", "0")
    out, err = serving.communicate()
    assert serving.returncode == 2
    assert f"calcigraph: {file}: " in err
    assert out == ""
    cache = EditionCache(root.parent / "other")
    with pytest.raises(EvaluationStopped) as caught:
        assembled_apart(root, "builtin", cache.work_folder(), 2)
    assert caught.value.place == Place(file)


def test_a_query_ends_with_the_root_that_it_is_asked_of(root: Path) -> None:
    write(root, "ontology/rules/x.rq")
    slug = next((root / "ontology/questions").glob("*.rq")).stem
    asking = command(root, "ask", slug, "--root", str(root), "--file-timeout", "2")
    out, err = asking.communicate()
    assert asking.returncode == 2
    assert "calcigraph: ontology/rules/x.rq: " in err
    assert out == ""


@pytest.mark.parametrize("file", ["shapes/pattern.ttl", "shapes/query.ttl"])
def test_validate_ends_and_names_file_and_shape(root: Path, file: str) -> None:
    write(root, file)
    data = [str(root / "data/long.ttl"), str(root / "data/plant.ttl"), str(root / "ontology/plant.ttl")]
    validating = command(root, "validate", "--shapes", str(root / file), "--file-timeout", "2", *data)
    out, err = validating.communicate()
    # Neither that the data conform nor that they do not.
    assert validating.returncode == 2
    assert out == ""
    assert f"{Path(file).name}:5: " in err


def test_nothing_goes_on_when_the_command_is_killed(root: Path) -> None:
    # A regular expression lets nothing else run in its process, so no thread of it could notice.
    write(root, "shapes/pattern.ttl")
    checking = command(root, "check", "--root", str(root))
    until(lambda: bool(children_of(checking.pid)))
    (child,) = children_of(checking.pid)
    until(lambda: int(stat_of(child)[11]) > 2 * os.sysconf("SC_CLK_TCK"))
    checking.send_signal(signal.SIGKILL)
    checking.communicate()
    until(lambda: not stat_of(child) or stat_of(child)[0] == "Z")


def test_what_is_evaluated_is_told_from_its_beginning_to_its_end() -> None:
    told: list[str] = []
    with watched_by(lambda step: told.append(str(step))):
        with evaluating("rules", Place("a.rq")):
            told.append("inside")
        with pytest.raises(KeyError), evaluating("lints", Place("b.rq"), "x"):
            raise KeyError
    with evaluating("rules", Place("c.rq")):
        assert told == ["rules: a.rq", "inside", "None", "lints: b.rq x", "None"]
