"""Proof files and their checker: what is inferred and derived is accepted, by a file that runs alone."""

from __future__ import annotations

import ast
import gzip
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import click
import pyoxigraph as ox
import pytest

from calcigraph import proof_checker
from calcigraph.cli.explain import WRITERS
from calcigraph.cli.verbs.explain import explain as command
from calcigraph.edition import Edition, assemble
from calcigraph.explanations import explain, explain_all
from calcigraph.explanations.proof_file import as_proof_file
from calcigraph.proof_checker import DumpFile, ProofFile, Refused
from calcigraph.root import Root
from conftest import ROOTS, Server
from datasets import dataset_of, entailed, nquads_of
from test_reasoning_rules import ENTAILS, PREFIXES, parse

CHECKER = Path(proof_checker.__file__)
STARVES = ("id:valve-9", "plant:starves", "id:high-tank")


def proof_of(dataset: Edition, triple: ox.Triple) -> dict[str, Any]:
    return json.loads(as_proof_file(explain(dataset, triple)))


def toy_proof(predicate: str) -> dict[str, Any]:
    """The proof of some inferred or derived triple of the toy root with that predicate."""
    dataset = dataset_of("toy")
    triples = sorted(
        entailed(dataset),
        key=str,
    )
    return proof_of(dataset, next(t for t in triples if t.predicate.value.endswith(predicate)))


def verdict(file: object, dump: DumpFile | None = None) -> str:
    """ "accepted", or why not."""
    data = file if isinstance(file, bytes) else json.dumps(file).encode()
    try:
        ProofFile(data, dump).check()
    except Refused as error:
        return str(error)
    return "accepted"


def are_accepted(name: str, most: int | None) -> None:
    dataset = dataset_of(name)
    dump = DumpFile(nquads_of(dataset))
    goals = sorted(
        entailed(dataset),
        key=str,
    )
    assert len(goals) > 25
    closed = 0
    for triple in goals if most is None else Random(3).sample(goals, min(most, len(goals))):
        file = as_proof_file(explain(dataset, triple)).encode()
        alone = ProofFile(file)
        assert alone.check() == f"{triple} ."
        closed += any("takes back" in granted for granted in alone.granted)
        against = ProofFile(file, dump)
        against.check()
        assert all("has the rule" in granted for granted in against.granted)
    assert closed


def test_every_triple_of_the_toy_root_has_a_proof_that_the_checker_accepts() -> None:
    are_accepted("toy", None)


def test_triples_of_the_shipped_root_have_proofs_that_the_checker_accepts() -> None:
    are_accepted("shipped", 60)


@pytest.mark.campaign
def test_every_triple_of_the_shipped_root_has_a_proof_that_the_checker_accepts() -> None:
    are_accepted("shipped", None)


@pytest.mark.parametrize("rule", sorted(ENTAILS))
def test_a_proof_by_each_rule_of_the_tables_is_accepted(rule: str, tmp_path: Path) -> None:
    premises, conclusion = ENTAILS[rule]
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "schema.ttl").write_text(PREFIXES + premises, encoding="utf-8")
    dataset = assemble(Root.open(tmp_path)).edition

    found = list(map(as_proof_file, explain_all(dataset, parse(conclusion)[0], 50).proofs))

    assert rule in {step["rule"] for text in found for step in json.loads(text)["steps"]}
    for text in found:
        assert verdict(text.encode()) == "accepted"


def test_the_checker_is_one_short_file_that_imports_nothing_of_the_program() -> None:
    source = CHECKER.read_text(encoding="utf-8")
    imported = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert len(source.splitlines()) <= 300
    assert "pyoxigraph" in imported
    assert {str(name).partition(".")[0] for name in imported} - {"pyoxigraph"} <= sys.stdlib_module_names


@pytest.fixture
def alone(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a copy of the checker in a folder of its own, isolated from the environment."""
    shutil.copy(CHECKER, tmp_path)

    def run(
        file: object, *options: str, python: tuple[str, ...] = ("-I",)
    ) -> subprocess.CompletedProcess[str]:
        data = file if isinstance(file, bytes) else json.dumps(file).encode()
        (tmp_path / "proof.json").write_bytes(data)
        command = [sys.executable, *python, "proof_checker.py", "proof.json", *options]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def test_a_copy_of_the_checker_says_what_it_takes_for_granted(
    alone: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    file = toy_proof("starves")

    done = alone(file)

    assert (done.returncode, done.stderr) == (0, "")
    first, *granted = done.stdout.splitlines()
    assert first == f"accepted: {file['conclusion']}"
    kinds = {
        kind: sum(kind in line for line in granted) for kind in ("(asserted) in", "takes back", "the rule")
    }
    assert kinds["(asserted) in"] == len(file["premises"]) > 5
    assert kinds["takes back"] == sum(step["rule"].startswith("construct:") for step in file["steps"]) > 0
    assert kinds["the rule"] == len(file["rules"]) == 1


@pytest.mark.parametrize("pack", [gzip.compress, bytes], ids=["gzip", "plain"])
def test_with_the_dump_a_copy_of_the_checker_takes_only_the_rules_for_granted(
    alone: Callable[..., subprocess.CompletedProcess[str]], pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    (tmp_path / "dump").write_bytes(pack(nquads_of(dataset_of("toy"))))

    done = alone(toy_proof("starves"), "--dump", "dump")

    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2


def test_without_an_engine_steps_by_construct_rules_are_not_decided(
    alone: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    bare = ("-I", "-S")  # without site-packages

    dataset = dataset_of("toy")
    triples = sorted({q.triple for q in dataset.quads(graph=dataset.inferred_graph)}, key=str)
    plain = next(file for file in (proof_of(dataset, t) for t in triples) if not file["rules"])

    by_rule = alone(toy_proof("starves"), python=bare)
    by_axioms = alone(plain, python=bare)

    assert by_rule.returncode == 2
    assert "pyoxigraph" in by_rule.stderr
    assert by_axioms.returncode == 0, by_axioms.stderr + by_axioms.stdout


def test_a_file_that_is_not_there_or_a_dump_that_is_cut_off_is_not_decided(
    alone: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "dump").write_bytes(gzip.compress(nquads_of(dataset_of("toy")))[:-9])
    assert alone(b"{}", "--dump", "nowhere").returncode == 2
    done = alone(toy_proof("starves"), "--dump", "dump")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_truncated_file_is_refused_wherever_it_was_cut() -> None:
    data = json.dumps(toy_proof("starves")).encode()
    for length in range(0, len(data) - 1, 97):
        assert "no whole JSON" in verdict(data[:length])


def test_a_huge_file_and_a_deep_one_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no whole JSON" in verdict(b"[" * 1_000_000)
    monkeypatch.setattr(proof_checker, "MOST_BYTES", 100)
    assert "more than 100 bytes" in verdict(b" " * 101)


@pytest.mark.parametrize(
    "file",
    [None, [], {}, 1, "x", {"format": "calcigraph-proof/1"}, {"format": "calcigraph-proof/2"}],
    ids=repr,
)
def test_json_that_is_no_proof_is_refused(file: object) -> None:
    assert verdict(file) not in ("accepted", "")


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [[]], [None], True])
def test_a_part_of_another_kind_is_refused(value: object) -> None:
    whole = toy_proof("starves")
    tried = 0
    for part in ("premises", "steps"):
        for at in range(len(whole[part])):
            for key in whole[part][at]:
                if key == "propositions" or whole[part][at][key] == value:
                    continue
                changed = json.loads(json.dumps(whole))
                changed[part][at][key] = value
                # Without the dump, any text is a name of a graph.
                if key != "graphs":
                    assert verdict(changed) != "accepted", (key, value)
                    tried += 1
    assert tried > 40


def test_a_circle_is_refused_even_where_each_step_is_one() -> None:
    file = toy_proof("starves")
    premise = file["premises"].pop()
    subject = premise["triple"].split()[0]
    same = f"{subject} <http://www.w3.org/2002/07/owl#sameAs> {subject} ."
    file["steps"][:0] = [
        {"id": 901, "triple": same, "rule": "eq-ref", "axioms": [], "premises": []},
        {
            "id": 902,
            "triple": premise["triple"],
            "rule": "eq-rep-s",
            "axioms": [901],
            "premises": [premise["id"]],
        },
        premise | {"rule": "eq-rep-s", "axioms": [901], "premises": [902]},
    ]

    assert "902 is there twice, or rests on what is not before it" in verdict(file)


def test_what_is_idle_claimed_anew_or_there_twice_is_refused() -> None:
    file = toy_proof("starves")
    assert "idle" in verdict(file | {"premises": [*file["premises"], file["premises"][0] | {"id": 99}]})
    assert "claimed" in verdict(file | {"conclusion": file["premises"][0]["triple"]})
    assert "twice" in verdict(file | {"premises": [*file["premises"], file["premises"][0]]})


def test_a_rule_that_is_unknown_or_has_no_text_is_named() -> None:
    file = toy_proof("starves")
    file["steps"][-1]["rule"] = "prp-magic"
    assert "(prp-magic): no rule of that name" in verdict(file)
    assert "construct:accepted-connections" in verdict(toy_proof("starves") | {"rules": {}})


def test_a_step_that_names_more_than_its_rule_needs_is_refused() -> None:
    file = toy_proof("starves")
    file["steps"][-1]["premises"].append(file["premises"][0]["id"])
    file["steps"][-1]["premises"].append(file["steps"][0]["id"])
    assert "no rule of that name gives it" in verdict(file)


def test_a_rule_that_asks_another_endpoint_is_refused() -> None:
    file = toy_proof("starves")
    (name,) = file["rules"]
    text = file["rules"][name]["text"].replace("WHERE {", "WHERE { SERVICE SILENT <http://192.0.2.1/> {} ")
    file["rules"][name]["text"] = text
    assert "its rule does not build it" in verdict(file)


def test_a_closed_world_is_looked_at_in_the_dump() -> None:
    dataset = dataset_of("toy")
    file = toy_proof("feeds")
    (step,) = (step for step in file["steps"] if step["rule"].startswith("construct:"))
    proposition = next(
        e["triple"].split()[0]
        for e in file["premises"]
        if e["id"] in step["premises"] and "subject>" in e["triple"]
    )
    condition = f'{proposition} <https://w3id.org/calcigraph/server#condition> "only at night"'
    graph = file["premises"][0]["graphs"][0]

    assert verdict(file, DumpFile(nquads_of(dataset))) == "accepted"
    changed = DumpFile(nquads_of(dataset) + f"{condition} <{graph}> .\n".encode())
    assert "does not build it from the dump" in verdict(file, changed)
    # What was inferred is not there yet for a rule of the stage before the closure.
    unseen = DumpFile(nquads_of(dataset) + f"{condition} {dataset.inferred_graph} .\n".encode())
    assert verdict(file, unseen) == "accepted"


@pytest.mark.parametrize("graph", ["derived", "inferred", "metadata"])
def test_with_the_dump_what_was_computed_is_no_premise(graph: str) -> None:
    dataset = dataset_of("toy")
    computed = dataset.root.graph(graph)
    quad = next(
        q for q in ox.parse(nquads_of(dataset), format=ox.RdfFormat.N_QUADS) if q.graph_name == computed
    )
    premise = {"id": 1, "triple": f"{quad.triple} .", "graphs": [computed.value]}
    file = {"format": "calcigraph-proof/1", "conclusion": premise["triple"], "rules": {}, "steps": []}

    assert verdict(file | {"premises": [premise]}) == "accepted"
    assert "no such assertion" in verdict(file | {"premises": [premise]}, DumpFile(nquads_of(dataset)))
    assert "no such assertion" in verdict(
        file | {"premises": [premise | {"graphs": []}]}, DumpFile(nquads_of(dataset))
    )


XSD = "http://www.w3.org/2001/XMLSchema#"
KINDS = "decimal integer nonNegativeInteger nonPositiveInteger byte string token language double dateTime"
TYPED = {
    '"1"^^xsd:integer': "decimal integer nonNegativeInteger byte",
    '"-129"^^xsd:int': "decimal integer nonPositiveInteger",
    '"1.50"^^xsd:decimal': "decimal",
    '"2.0"^^xsd:decimal': "decimal integer nonNegativeInteger byte",
    '"0"^^xsd:unsignedByte': "decimal integer nonNegativeInteger nonPositiveInteger byte",
    '"a b"': "string token",
    '" a"': "string",
    '"en-GB"': "string token language",
    '"1e5"^^xsd:double': "double",
    '"2020-02-28T10:00:00Z"^^xsd:dateTimeStamp': "dateTime",
    '"2020-02-28T10:00:00"^^xsd:dateTime': "dateTime",
    '"true"^^xsd:boolean': "",
    '"a"@en': "",
}
NOT_TYPED = {
    '"300"^^xsd:byte': "byte integer decimal",
    '"1"^^xsd:integer': "string double negativeInteger",
    '"x"^^xsd:integer': "integer decimal",
    '"2020-02-30T10:00:00Z"^^xsd:dateTime': "dateTime",
    '"2020-02-28T10:00:00"^^xsd:dateTime': "dateTimeStamp string",
    '"a"@en': "string",
    '"1e400"^^xsd:double': "double",
    '"a  b"': "token",
}
SAME = [('"1"^^xsd:integer', '"01.0"^^xsd:decimal'), ('"a"', '"a"'), ('"a"@en', '"a"@EN')]
APART = [
    ('"1"^^xsd:integer', '"2"^^xsd:integer'),
    ('"a"', '"b"'),
    ('"1"', '"1"^^xsd:integer'),
    ('"a"@en', '"a"'),
]
NEITHER = [
    ('"0.0"^^xsd:double', '"-0.0"^^xsd:double'),
    ('"2020-01-01T00:00:00Z"^^xsd:dateTime', '"2020-01-01T01:00:00+01:00"^^xsd:dateTime'),
    ('"2020-01-01T00:00:00"^^xsd:dateTime', '"2020-01-01T00:00:00Z"^^xsd:dateTime'),
]


def by_literals(rule: str, subject: str, predicate: str, object_: str) -> str:
    line = " ".join((subject, predicate, object_, "."))
    for prefix, iri in (("xsd", XSD), ("owl", "http://www.w3.org/2002/07/owl#")):
        line = re.sub(rf"\b{prefix}:(\w+)", rf"<{iri}\1>", line)
    step = {"id": 1, "triple": line, "rule": rule, "axioms": [], "premises": []}
    return verdict(
        {"format": "calcigraph-proof/1", "conclusion": line, "rules": {}, "premises": [], "steps": [step]}
    )


TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


@pytest.mark.parametrize("literal", TYPED)
def test_a_literal_is_in_the_spaces_that_hold_its_value_and_in_no_other(literal: str) -> None:
    held = {
        kind for kind in KINDS.split() if by_literals("dt-type2", literal, TYPE, f"xsd:{kind}") == "accepted"
    }
    assert held == set(TYPED[literal].split())


@pytest.mark.parametrize("literal", NOT_TYPED)
def test_a_literal_that_is_ill_typed_or_elsewhere_is_refused(literal: str) -> None:
    for kind in NOT_TYPED[literal].split():
        assert by_literals("dt-type2", literal, TYPE, f"xsd:{kind}") != "accepted", kind


def test_values_are_the_same_or_different_where_that_is_sure() -> None:
    for one, other in SAME:
        assert by_literals("dt-eq", one, "owl:sameAs", other) == "accepted"
        assert by_literals("dt-diff", one, "owl:differentFrom", other) != "accepted"
    for one, other in APART:
        assert by_literals("dt-eq", one, "owl:sameAs", other) != "accepted"
        assert by_literals("dt-diff", one, "owl:differentFrom", other) == "accepted"
    for one, other in NEITHER:
        assert by_literals("dt-eq", one, "owl:sameAs", other) != "accepted"
        assert by_literals("dt-diff", one, "owl:differentFrom", other) != "accepted"


def test_lexical_forms_and_odd_characters_come_through(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    odd = r'"007"^^xsd:integer, "0.70", "a\"b\\c\n\u2028\u00e9"@en-GB, "\u0007"'
    text = f"{PREFIXES} :p rdfs:subPropertyOf :q . :a :p {odd} ."
    (tmp_path / "ontology" / "schema.ttl").write_text(text, encoding="utf-8")
    dataset = assemble(Root.open(tmp_path)).edition
    found = sorted({q.triple for q in dataset.quads(graph=dataset.inferred_graph)}, key=str)
    assert len(found) == 4
    for triple in found:
        file = proof_of(dataset, triple)
        assert file["conclusion"] == f"{triple} ."
        assert verdict(file, DumpFile(nquads_of(dataset))) == "accepted"


def test_a_proof_file_has_its_premises_with_source_and_evidence() -> None:
    dataset = dataset_of("toy")
    file = toy_proof("starves")
    assert file["dataset"] == {"namespace": dataset.root.namespace, "digest": dataset.digest}
    assert all(premise["graphs"] for premise in file["premises"])
    said = [p for step in file["steps"] for p in step["propositions"]]
    assert any(source["partOf"] for p in said for line in p["evidence"] for source in line["sources"])
    ids = [entry["id"] for entry in [*file["premises"], *file["steps"]]]
    assert len(ids) == len(set(ids))


def test_each_format_that_the_command_offers_is_one_that_it_writes() -> None:
    (style,) = (parameter for parameter in command.params if parameter.name == "style")
    assert isinstance(style.type, click.Choice)
    assert set(style.type.choices) == set(WRITERS)


def test_the_command_writes_a_proof_file() -> None:
    words = [sys.executable, "-m", "calcigraph", "explain", *STARVES, "--root", str(ROOTS["toy"])]

    done = subprocess.run([*words, "--format", "proof"], capture_output=True, text=True, check=True)
    nested = subprocess.run([*words, "--format", "json"], capture_output=True, text=True, check=True)
    refused = subprocess.run(
        [*words, "--all", "--format", "proof"], capture_output=True, text=True, check=False
    )

    assert verdict(done.stdout.encode(), DumpFile(nquads_of(dataset_of("toy")))) == "accepted"
    assert json.loads(nested.stdout)["premises"]
    assert refused.returncode == 2
    assert "one proof" in refused.stderr


def test_the_server_gives_proof_checker_and_dump_that_fit(toy: Server, tmp_path: Path) -> None:
    query = urlencode(dict(zip(("subject", "predicate", "object"), STARVES, strict=True)))
    vendor = "application/vnd.calcigraph.proof+json"
    proof = toy.get(f"/explain?{query}&format=proof")
    assert (proof.status, proof.type) == (200, vendor)
    assert toy.get(f"/explain?{query}", vendor).body == proof.body
    assert toy.get(f"/explain?{query}").type == "application/json"
    assert toy.get(f"/explain?{query}&format=proof&all=1").status == 400
    page = toy.get(f"/explain?{query}", "text/html")
    assert "/proof_checker.py" in page.text
    assert "format=proof" in page.text
    checker = toy.get("/proof_checker.py")
    assert (checker.status, checker.type) == (200, "text/x-python")
    assert checker.body == CHECKER.read_bytes()
    (tmp_path / "proof_checker.py").write_bytes(checker.body)
    (tmp_path / "proof.json").write_bytes(proof.body)
    (tmp_path / "dump.nq.gz").write_bytes(toy.get("/dump.nq.gz").body)
    done = subprocess.run(
        [sys.executable, "-I", "proof_checker.py", "proof.json", "--dump", "dump.nq.gz"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("accepted: "), done.stdout + done.stderr
