"""Proofs that are as deep as a recursive rule makes them: told step by step, or refused as a tree."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.edition import Edition, assemble
from calcigraph.edition.writer_process import WriterProcess
from calcigraph.edition.writer_start import WriterStart
from calcigraph.explanations import ProofTooLarge, explain
from calcigraph.explanations.json import as_json
from calcigraph.explanations.proof_file import as_proof_file
from calcigraph.explanations.text import as_text
from calcigraph.proof_checker import ProofFile
from calcigraph.root import Root

TOY = Path(__file__).parent / "toy"
DEPTH = 700
RULE = """#+ stage: before
#+ rule: What is reached leads on
CONSTRUCT { ?a <urn:reaches> ?c } WHERE { ?a <urn:reaches> ?b . ?b <urn:next> ?c }
"""


def triple(number: int) -> ox.Triple:
    return ox.Triple(ox.NamedNode("urn:n0"), ox.NamedNode("urn:reaches"), ox.NamedNode(f"urn:n{number}"))


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    root = Path(shutil.copytree(TOY, tmp_path_factory.mktemp("chain") / "root"))
    (root / "ontology/rules/reach.rq").write_text(RULE, encoding="utf-8")
    links = "".join(f"<urn:n{n}> <urn:next> <urn:n{n + 1}> .\n" for n in range(1, DEPTH))
    (root / "data/chain.ttl").write_text(f"<urn:n0> <urn:reaches> <urn:n1> .\n{links}", encoding="utf-8")
    return assemble(Root.open(root)).edition


def test_a_deep_proof_is_written_as_a_file_that_the_checker_accepts(chain: Edition) -> None:
    file = as_proof_file(explain(chain, triple(DEPTH)))
    assert ProofFile(file.encode()).check() == f"{triple(DEPTH)} ."
    proof = chain.explain(triple(DEPTH))
    assert proof is not None
    assert proof.depth == DEPTH - 1
    assert str(proof).count("\n") == 2 * (DEPTH - 1)


@pytest.mark.parametrize("write", [as_text, as_json])
def test_a_deep_proof_is_refused_as_a_tree_with_what_to_ask_for(chain: Edition, write) -> None:
    with pytest.raises(ProofTooLarge, match=f"{DEPTH} steps deep") as refused:
        write(explain(chain, triple(DEPTH)))
    assert "format=proof" in refused.value.remedy
    assert write(explain(chain, triple(50)))


def test_a_deep_proof_passes_between_processes(chain: Edition) -> None:
    assert chain.files.owner is not None
    writer = WriterProcess(
        WriterStart(chain.root, chain.number, chain.files.folder, chain.files.owner.path, "builtin")
    )
    try:
        (proof,) = writer.proofs(0, triple(DEPTH), 1).items
    finally:
        writer.close()
    steps = {step.triple: step.rule for step in proof.steps()}
    assert steps == {step.triple: step.rule for step in chain.explain(triple(DEPTH)).steps()}
