"""`calcigraph new root`: what it makes of files that others wrote, and that this is sound."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.checks import check
from calcigraph.errors import Problem
from calcigraph.importing.namespace import namespace_of
from calcigraph.importing.new_root import FolderTaken, NewRoot, created
from calcigraph.importing.source import read_source
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.root import Root
from suites import ROOT, SUITES, needs
from test_importing import PROLOGUE, PUMPS, everything

ONTOLOGIES = SUITES / "ontologies"
README = (ROOT / "README.md").read_text(encoding="utf-8")
FACTS = PROLOGUE + ":p1 a :Pump ; :moves :w1 . :w1 a :Water . # By hand.\n"
SHAPES = (
    PROLOGUE + ":S a sh:NodeShape ; sh:targetClass :Pump ; sh:property [ sh:path :moves ; sh:minCount 1 ] ."
)
THESAURUS = PROLOGUE + (
    '<http://example.org/t/> a skos:ConceptScheme ; skos:prefLabel "Tools"@en .'
    '<http://example.org/t/saw> a skos:Concept ; skos:prefLabel "saw"@en ;'
    " skos:inScheme <http://example.org/t/> ."
)


def make(folder: Path, *files: Path, namespace: str = "", base: str | None = None) -> list[str]:
    return list(created(NewRoot(folder, files, namespace, base, "2026-01-02")))


def written(folder: Path, **texts: str) -> list[Path]:
    for name, text in texts.items():
        (folder / f"{name}.ttl").write_text(text, encoding="utf-8")
    return [folder / f"{name}.ttl" for name in texts]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "calcigraph", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "server")},
    )


def test_the_commands_of_the_readme_make_a_root_that_is_sound(tmp_path: Path) -> None:
    block = next(b for b in re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL) if "new root" in b)
    commands = [line.partition("#")[0].split()[1:] for line in block.splitlines()]
    assert [words[0] for words in commands] == ["new", "check", "serve"]
    facts, shapes = written(tmp_path, facts=FACTS, shapes=SHAPES)
    triples = [q.triple for q in ox.parse(PUMPS, format=ox.RdfFormat.TURTLE)]
    (tmp_path / commands[0][-1]).write_bytes(ox.serialize(triples, format=ox.RdfFormat.RDF_XML) or b"")

    made = run(tmp_path, *commands[0], facts.name, shapes.name)
    judged = run(tmp_path, *commands[1])

    assert (made.returncode, made.stderr) == (0, "")
    assert judged.returncode == 0, judged.stdout
    assert "\n0 violations" in f"\n{judged.stdout}"


@pytest.mark.parametrize(
    ("text", "place", "space", "questions"),
    [
        (PUMPS, "ontology", "http://example.org/pumps#", 1),
        (FACTS, "data", "http://example.org/pumps#", 1),
        (SHAPES, "shapes", "http://example.org/pumps#", 0),
        (THESAURUS, "ontology", "http://example.org/t/", 2),
    ],
)
def test_a_root_is_made_around_files_of_each_kind(
    text: str, place: str, space: str, questions: int, tmp_path: Path
) -> None:
    make(tmp_path / "new", *written(tmp_path, things=text))

    root = Root.open(tmp_path / "new")
    assert root.namespace == space
    assert (tmp_path / "new" / place / "things.ttl").read_text(encoding="utf-8") == text
    assert len(root.questions) == questions
    assert all(question.rows for question in root.questions)
    declared = Prefixes.from_triples(root.declarations).mapping
    assert space in declared.values()
    assert "" not in declared


def test_the_first_questions_count_what_the_files_say(tmp_path: Path) -> None:
    make(tmp_path / "new", *written(tmp_path, pumps=PUMPS, facts=FACTS))

    kinds, instances = sorted((q.slug, q.rows) for q in Root.open(tmp_path / "new").questions)[::-1]
    owl, pumps = "http://www.w3.org/2002/07/owl#", "http://example.org/pumps#"
    assert kinds[1] == [
        {"kind": f"{owl}Class", "terms": "7"},
        {"kind": f"{owl}ObjectProperty", "terms": "2"},
    ]
    assert instances[1] == [{"class": f"{pumps}{name}", "instances": "1"} for name in ("Pump", "Water")]


def test_turtle_keeps_its_comments_and_other_formats_become_turtle(tmp_path: Path) -> None:
    (facts,) = written(tmp_path, facts=FACTS)
    (tmp_path / "more.nt").write_text('<http://e/a> <http://e/p> "x" .\n', encoding="utf-8")
    lines = make(tmp_path / "new", facts, tmp_path / "more.nt")

    assert (tmp_path / "new/data/facts.ttl").read_text(encoding="utf-8") == FACTS
    assert "  data/facts.ttl: 3 triples, copied as it is" in lines
    assert '<http://e/a> <http://e/p> "x" .' in (tmp_path / "new/data/more.ttl").read_text(encoding="utf-8")


def test_turtle_that_needs_a_base_from_elsewhere_is_not_copied_as_it_is(tmp_path: Path) -> None:
    make(tmp_path / "mine", *written(tmp_path, t="<a> <p> <b> ."), base="http://example.org/x")

    said = (tmp_path / "mine/data/t.ttl").read_text(encoding="utf-8")
    assert {t.subject.value for t in ox.parse(said, format=ox.RdfFormat.TURTLE)} == {"http://example.org/a"}


def test_the_catalogue_says_what_the_header_says_and_names_what_is_missing(tmp_path: Path) -> None:
    lines = make(tmp_path / "new", *written(tmp_path, pumps=PUMPS))

    text = (tmp_path / "new/data/catalog.ttl").read_text(encoding="utf-8")
    assert "dcterms:license <http://example.org/free>" in text
    assert 'dcat:version "1"' in text
    assert '    missing, as no file says it: dcterms:description "…"@en' in lines
    assert text.count("# No file says this") == 2


def test_the_namespace_may_be_named(tmp_path: Path) -> None:
    make(tmp_path / "new", *written(tmp_path, pumps=PUMPS), namespace="https://example.org/mine/")

    assert Root.open(tmp_path / "new").namespace == "https://example.org/mine/"
    with pytest.raises(Problem, match="absolute IRI"):
        make(tmp_path / "other", namespace="mine/")
    with pytest.raises(Problem, match="ends in a name"):
        make(tmp_path / "other", namespace="https://example.org/mine")
    assert not (tmp_path / "other").exists()


def test_an_empty_root_is_ready_to_be_filled(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    make(tmp_path / "new")

    assert Root.open(tmp_path / "new").namespace == "https://example.org/new/"
    assert sorted(everything(tmp_path / "new")) == ["data/catalog.ttl", "ontology/prefixes.ttl"]


def test_a_root_is_made_in_the_empty_folder_that_somebody_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    make(Path("."))

    assert {path.name for path in Path(".").iterdir()} == {"ontology", "data", "shapes"}
    assert not [path for path in tmp_path.parent.iterdir() if path.name.startswith(f".{tmp_path.name}")]


def test_what_is_left_of_a_root_that_was_not_finished_is_removed(tmp_path: Path) -> None:
    asked = NewRoot(tmp_path / "mine", (), "", None, "2026-01-02", mark="7")
    for mark in ("7", "77"):
        (tmp_path / f".mine-x-{mark}/data").mkdir(parents=True)

    asked.remove_unfinished()

    assert [path.name for path in tmp_path.iterdir()] == [".mine-x-77"]


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    files = written(tmp_path, pumps=PUMPS)
    before = everything(tmp_path)
    with pytest.raises(FolderTaken):
        make(tmp_path, *files)
    with pytest.raises(FolderTaken):
        make(files[0], *files)
    assert everything(tmp_path) == before


def test_nothing_is_left_where_a_file_cannot_be_read(tmp_path: Path) -> None:
    files = written(tmp_path, pumps=PUMPS, half=PUMPS[:-9])
    before = {path.name for path in tmp_path.iterdir()}
    with pytest.raises(Problem, match=r"half\.ttl"):
        make(tmp_path / "new", *files)
    with pytest.raises(Problem, match="would both become"):
        make(tmp_path / "new", files[0], files[0])
    assert {path.name for path in tmp_path.iterdir()} == before


def test_what_it_writes_itself_gives_no_finding(tmp_path: Path) -> None:
    """Facts and many shapes, in a namespace with a `#`, below which the documents do not stand."""
    many = SHAPES + "".join(f" <http://e/{n}> a sh:NodeShape ; sh:targetClass :Pump ." for n in range(9))
    lines = make(tmp_path / "new", *written(tmp_path, facts=FACTS, shapes=many))

    assert lines[0].endswith("http://example.org/pumps#")
    made = {"data/catalog.ttl", "data/imports.ttl", "ontology/prefixes.ttl"}
    assert [f for f in check(tmp_path / "new") if f.place.file in made or "questions" in f.place.file] == []


OBO = "http://purl.obolibrary.org/obo/"


@pytest.mark.parametrize(
    ("iris", "meant"),
    [
        (["http://e.org/a#x", "http://e.org/a#y", "http://e.org/b#x"], "http://e.org/a#"),
        ([f"{OBO}RO_0000001", f"{OBO}RO_0000002", f"{OBO}BFO_0000001"], f"{OBO}RO_"),
        (["http://www.w3.org/2002/07/owl#Class"] * 3 + ["http://e.org/x"], "http://e.org/"),
        (["http://www.w3.org/2002/07/owl#Class"], "http://www.w3.org/2002/07/owl#"),
        (["urn:isbn:1", "urn:isbn:2"], "urn:isbn:"),
        ([f"http://e.org/{kind}/{n}" for kind in "abcdefgh" for n in "12"], "http://e.org/"),
        (["http://e.org/é/1"], "http://e.org/é/"),
        (["http://e.org"], "http://e.org/"),
        (["http://e.org:80"], "http://e.org:80/"),
    ],
)
def test_the_namespace_is_that_of_most_terms(iris: list[str], meant: str) -> None:
    assert namespace_of(iris) == meant


@needs("ontologies")
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("bfo.owl", f"{OBO}BFO_"),
        ("wine.rdf", "http://www.w3.org/2001/sw/WebOnt/guide-src/wine#"),
        ("prov.ttl", "http://www.w3.org/ns/prov#"),
        ("yso.ttl", "http://www.yso.fi/onto/yso/"),
        ("dcat-ap-301.ttl", "https://semiceu.github.io/DCAT-AP/releases/3.0.1#"),
    ],
)
def test_the_namespace_of_what_others_publish_is_found(name: str, meant: str) -> None:
    quads = read_source(ONTOLOGIES / name).quads
    subjects = sorted({q.subject.value for q in quads if str(q.subject).startswith("<")})
    assert namespace_of(subjects) == meant
