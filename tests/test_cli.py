"""The command line as a user meets it: answers on standard output, the rest on standard error, exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.rdf.formats import by_name
from calcigraph.rdf.native_formats import NATIVE_GRAPHS

HERE = Path(__file__).parent
TOY = HERE / "toy"
QUESTION = "what-reaches-the-high-tank"
REACHES = "<https://example.org/plant/ontology/reaches>"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
RDFS = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
OWL = "@prefix owl: <http://www.w3.org/2002/07/owl#> . "
RECORDED = (TOY / f"ontology/questions/{QUESTION}.csv").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def run(cache: Path, *arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "calcigraph", *map(str, arguments)],
        capture_output=True,
        text=True,
        input=stdin,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_a_question_is_answered_as_recorded(cache: Path) -> None:
    done = run(cache, "ask", QUESTION, "--root", TOY, "--format", "csv")

    assert done.returncode == 0
    assert list(csv.DictReader(io.StringIO(done.stdout))) == list(csv.DictReader(io.StringIO(RECORDED)))


def test_standard_error_says_why_an_answer_is_empty(cache: Path) -> None:
    query = "SELECT ?s { ?s <https://example.org/plant/ontology/reachs> ?o }"
    done = run(cache, "ask", "--query", "-", "--root", TOY, "--format", "csv", stdin=query)

    assert (done.returncode, done.stdout) == (0, "s\n")
    assert "In no triple: <https://example.org/plant/ontology/reachs>" in done.stderr
    assert REACHES in done.stderr
    done = run(cache, "ask", QUESTION, "--root", TOY, "--format", "csv")
    assert done.stderr == ""


@pytest.mark.parametrize("style", ["table", "markdown", "json", "tsv"])
def test_each_format_holds_every_row(style: str, cache: Path) -> None:
    done = run(cache, "ask", QUESTION, "--root", TOY, "--format", style)

    assert done.returncode == 0
    for name in ("low-tank", "pump-1", "pump-alpha"):
        assert name in done.stdout
    if style == "json":
        assert len(json.loads(done.stdout)["results"]["bindings"]) == 3


def test_a_query_comes_from_a_file_or_from_standard_input(cache: Path, tmp_path: Path) -> None:
    text = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    (tmp_path / "count.rq").write_text(text, encoding="utf-8")

    from_file = run(cache, "ask", "--root", TOY, "--query", tmp_path / "count.rq", "--format", "csv")
    from_stdin = run(cache, "ask", "--root", TOY, "--query", "-", "--format", "csv", stdin=text)

    assert from_file.stdout == from_stdin.stdout
    assert int(from_file.stdout.split()[1]) > 100


def test_a_name_of_a_format_means_what_it_means_over_http(cache: Path) -> None:
    query = f"CONSTRUCT {{ ?s {REACHES} ?o }} {{ ?s {REACHES} ?o }}"
    for name, native in {
        "json": ox.RdfFormat.JSON_LD,
        "application/x-turtle": ox.RdfFormat.TURTLE,
        "rdfxml": ox.RdfFormat.RDF_XML,
        "NT": ox.RdfFormat.N_TRIPLES,
    }.items():
        done = run(cache, "ask", "--root", TOY, "--query", "-", "--format", name, stdin=query)
        assert len(list(ox.parse(done.stdout, format=native))) == 5, name
    wrong = run(cache, "ask", "--root", TOY, "--query", "-", "--format", "gif", stdin=query)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "table, markdown, json, xml, csv, tsv, turtle" in " ".join(wrong.stderr.split())


def test_a_graph_is_answered_in_turtle_and_not_in_csv(cache: Path) -> None:
    query = f"CONSTRUCT {{ ?s {REACHES} ?o }} {{ ?s {REACHES} ?o }}"

    turtle = run(cache, "ask", "--root", TOY, "--query", "-", "--format", "turtle", stdin=query)
    refused = run(cache, "ask", "--root", TOY, "--query", "-", "--format", "csv", stdin=query)

    assert len(list(ox.parse(turtle.stdout, format=ox.RdfFormat.TURTLE))) == 5
    assert refused.returncode == 2
    assert "turtle" in refused.stderr


def test_without_inference_only_asserted_triples_are_seen(cache: Path) -> None:
    query = "ASK { ?s <https://example.org/plant/ontology/reaches> ?o }"

    seen = run(cache, "ask", "--root", TOY, "--query", "-", "--format", "json", stdin=query)
    unseen = run(
        cache, "ask", "--root", TOY, "--query", "-", "--format", "json", "--inference", "off", stdin=query
    )

    assert json.loads(seen.stdout)["boolean"] is True
    assert json.loads(unseen.stdout)["boolean"] is False


def test_a_malformed_query_is_told_with_its_place_and_a_remedy(cache: Path) -> None:
    done = run(cache, "ask", "--root", TOY, "--query", "-", stdin="SELECT * {\n  ?s plant:feeds ?o }")

    assert done.returncode == 1
    assert "query:2:6" in done.stderr
    assert "PREFIX plant: <https://example.org/plant/ontology/>" in done.stderr


def test_an_unknown_question_lists_the_known_ones(cache: Path) -> None:
    done = run(cache, "ask", "nonsense", "--root", TOY)

    assert done.returncode == 2
    assert QUESTION in done.stderr


@pytest.mark.parametrize("reasoner", ["builtin", "owlrl"])
def test_infer_prints_what_files_entail_and_do_not_say(reasoner: str, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(
        f"{RDFS}@prefix : <urn:x:> . :A rdfs:subClassOf :B . :x a :A .",
        encoding="utf-8",
    )
    (tmp_path / "b.nt").write_text(f"<urn:x:y> {TYPE} <urn:x:A> .\n", encoding="utf-8")

    done = run(cache, "infer", tmp_path / "a.ttl", tmp_path / "b.nt", "--reasoner", reasoner)

    assert done.returncode == 0, done.stderr
    type_b = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:x:B> ."
    assert f"<urn:x:x> {type_b}" in done.stdout.splitlines()
    assert f"<urn:x:y> {type_b}" in done.stdout.splitlines()
    assert "<urn:x:A> .\n" not in done.stdout.replace("rdfs", "")


@pytest.mark.parametrize("name", ["ttl", "n-quads", "jsonld", "rdf", "trig", "nt"])
def test_infer_writes_every_format_of_graphs(name: str, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(f"{RDFS}@prefix : <urn:x:> . :A rdfs:subClassOf :B . :x a :A .")

    done = run(cache, "infer", tmp_path / "a.ttl", "--format", name)

    quads = list(ox.parse(done.stdout, format=NATIVE_GRAPHS[by_name("graph", name).key]))
    assert "<urn:x:B>" in {str(q.object) for q in quads if q.subject == ox.NamedNode("urn:x:x")}


def test_infer_exits_with_the_clash_and_its_proof(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "clash.ttl").write_text(
        "@prefix : <urn:x:> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . "
        ":A owl:disjointWith :B . :C rdfs:subClassOf :A . :x a :B , :C .",
        encoding="utf-8",
    )

    done = run(cache, "infer", tmp_path / "clash.ttl")

    assert done.returncode == 1
    assert done.stdout == ""
    assert "cax-dw" in done.stderr
    assert "cax-sco" in done.stderr
    assert "asserted" in done.stderr


def test_a_clash_with_a_long_list_is_told_in_short(cache: Path, tmp_path: Path) -> None:
    members = " ".join(f":C{i}" for i in range(500))
    (tmp_path / "clash.ttl").write_text(
        "@prefix : <urn:x:> . @prefix owl: <http://www.w3.org/2002/07/owl#> . "
        f":apart a owl:AllDisjointClasses ; owl:members ({members}) . :x a :C7 , :C9 .",
        encoding="utf-8",
    )

    done = run(cache, "infer", tmp_path / "clash.ttl")

    assert done.returncode == 1
    # The axiom has a type, a list, and two triples for each of its 500 cells.
    assert "owl:members" in done.stderr
    assert "and 999 more triples" in done.stderr
    assert len(done.stderr.splitlines()) < 10


def test_a_bound_that_is_met_names_itself(cache: Path) -> None:
    files = [TOY / "ontology/plant.ttl", TOY / "data/plant.ttl"]

    done = run(cache, "infer", *files, "--limit", "inferred", "3")

    assert done.returncode == 1
    assert "raise the bound (--limit inferred)" in done.stderr


def test_an_axiom_that_cannot_be_used_is_warned_about(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(f"{OWL}<urn:x:p> owl:propertyChainAxiom [] .", encoding="utf-8")

    done = run(cache, "infer", tmp_path / "a.ttl")

    assert done.returncode == 0
    assert "warning: <urn:x:p>" in done.stderr
    assert "Turtle collection" in done.stderr


def test_a_file_that_cannot_be_read_is_named_with_its_line(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.ttl").write_text("<urn:a> <urn:b>\n<urn:c>", encoding="utf-8")

    good = TOY / "data/plant.ttl"
    for verb in (
        ("infer", tmp_path / "broken.ttl"),
        ("validate", tmp_path / "broken.ttl", "--shapes", TOY / "shapes/plant.ttl"),
        ("validate", good, "--shapes", tmp_path / "broken.ttl"),
    ):
        done = run(cache, *verb)
        # 1 would say that it was read, and that something is wrong with what it says.
        assert done.returncode == 2
        assert "broken.ttl:2" in done.stderr
        assert str(tmp_path) not in done.stderr


@pytest.mark.parametrize(
    "shape",
    [
        "sh:property [ sh:path ex:p ; sh:minCount -1.5 ; sh:pattern '(' ]",
        "sh:property [ sh:path [ sh:inversePath 5 ] ]",
        "sh:sparql [ sh:select 'SELECT $this WHERE {' ]",
        "sh:property ex:s",
    ],
)
def test_shapes_that_cannot_be_read_are_no_data_that_do_not_conform(
    shape: str, cache: Path, tmp_path: Path
) -> None:
    (tmp_path / "shapes.ttl").write_text(
        f"@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <urn:x:> . "
        f"ex:s a sh:NodeShape ; sh:targetNode ex:a ; {shape} .",
        encoding="utf-8",
    )
    (tmp_path / "data.ttl").write_text("<urn:x:a> <urn:x:p> 'b' .", encoding="utf-8")

    done = run(cache, "validate", tmp_path / "data.ttl", "--shapes", tmp_path / "shapes.ttl")

    assert done.returncode == 2, done.stdout
    assert done.stdout == ""
    assert done.stderr.startswith("calcigraph: ")


def test_a_prefix_beyond_ascii_is_read_like_any_other(cache: Path, tmp_path: Path) -> None:
    text = (
        f"{RDFS}@prefix \u00e9: <urn:x:> . @prefix \u65e5\u672c: <urn:y:> . "
        "\u00e9:A rdfs:subClassOf \u65e5\u672c:B . \u00e9:x a \u00e9:A ."
    )
    (tmp_path / "a.ttl").write_text(text, encoding="utf-8")

    for form in ("nt", "ttl", "jsonld", "rdf"):
        done = run(cache, "infer", tmp_path / "a.ttl", "--format", form)
        assert done.returncode == 0, done.stderr
        quads = set(ox.parse(done.stdout, format=NATIVE_GRAPHS[by_name("graph", form).key]))
        assert "<urn:y:B>" in {str(q.object) for q in quads if q.subject == ox.NamedNode("urn:x:x")}
    done = run(cache, "validate", tmp_path / "a.ttl", "--shapes", TOY / "shapes/plant.ttl")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("style", ["text", "turtle", "json", "nt"])
def test_validate_reports_and_exits_by_conformance(style: str, cache: Path, tmp_path: Path) -> None:
    shapes = TOY / "shapes/plant.ttl"
    (tmp_path / "data.ttl").write_text(
        "@prefix plant: <https://example.org/plant/ontology/> . <urn:x:tank> a plant:Device .",
        encoding="utf-8",
    )

    bad = run(cache, "validate", tmp_path / "data.ttl", "--shapes", shapes, "--format", style)
    good = run(
        cache,
        "validate",
        TOY / "data/plant.ttl",
        TOY / "ontology/plant.ttl",
        "--shapes",
        shapes,
        "--format",
        style,
    )

    assert (bad.returncode, good.returncode) == (1, 0), good.stdout
    assert "urn:x:tank" in bad.stdout
    assert "MinCount" in bad.stdout or "needs a name" in bad.stdout


def test_serve_refuses_a_root_with_a_broken_file_and_names_it(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/bad.ttl").write_text("<urn:a> <urn:b> <urn:c> .\n<urn:d> <urn:e>", encoding="utf-8")

    done = run(cache, "serve", "--root", tmp_path, "--port", "0")

    assert done.returncode == 1
    assert "data/bad.ttl:2" in done.stderr
    assert str(tmp_path) not in done.stderr


def test_serve_refuses_an_inconsistent_root(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/clash.ttl").write_text(
        f"{OWL}<urn:A> owl:disjointWith <urn:B> . <urn:x> a <urn:A> , <urn:B> .",
        encoding="utf-8",
    )

    done = run(cache, "serve", "--root", tmp_path, "--port", "0")

    assert done.returncode == 1
    assert "cax-dw" in done.stderr


def test_an_address_that_is_taken_is_an_environment_error(cache: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(cache, "serve", "--root", TOY, "--port", str(taken.getsockname()[1]))

    assert done.returncode == 3
    assert "--port" in done.stderr
