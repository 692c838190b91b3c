"""The W3C SHACL test suite (core and SPARQL constraints), run through `validate`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox
import pytest

from calcigraph.rdf.blocks import blocks
from calcigraph.validation import validate
from canonical_form import canonical_lines
from earl import w3c
from suites import needs, suite

FOLDER = suite("shacl")
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
SH = "http://www.w3.org/ns/shacl#"
# As https://w3c.github.io/data-shapes/data-shapes-test-suite/ asks reports to name the tests.
TEST = "urn:x-shacl-test:/"
PUBLISHED = "https://w3c.github.io/data-shapes/data-shapes-test-suite/tests/"
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
# What a report is compared by; messages are the engine's own.
COMPARED = {
    TYPE.value,
    *(SH + name for name in ("conforms", "result", "focusNode", "resultPath", "resultSeverity", "value")),
    *(SH + name for name in ("sourceShape", "sourceConstraint", "sourceConstraintComponent")),
}
KNOWN = {
    "sparql/pre-binding/shapesGraph-001": "pyshacl has no $shapesGraph, which is optional (section 5.3.1)",
}


@cache
def triples_of(path: Path) -> tuple[ox.Triple, ...]:
    found = blocks(path.read_text(encoding="utf-8"), path.name, base_iri=path.as_uri())
    return tuple(triple for block in found for triple in block.triples)


def objects(triples, subject, predicate: str) -> list:
    return [t.object for t in triples if t.subject == subject and t.predicate.value == predicate]


def local(node: ox.NamedNode) -> Path:
    return Path(unquote(urlsplit(node.value).path))


def entries(manifest: Path) -> list[tuple[Path, ox.NamedNode]]:
    """The tests of a manifest and of those that it includes, in order."""
    triples = triples_of(manifest)
    found = [
        (manifest, t.subject) for t in triples if t.predicate == TYPE and t.object.value == SHT + "Validate"
    ]
    for triple in triples:
        if triple.predicate.value == MF + "include":
            found += entries(local(triple.object))
    return found


def suite_tests(folder: Path) -> list[tuple[Path, ox.NamedNode]]:
    """All tests; one stands in a file that the suite's own manifests leave out."""
    return entries(folder / "manifest.ttl") + entries(folder / "sparql/component/nodeValidator-001.ttl")


def name_of(test: tuple[Path, ox.NamedNode]) -> str:
    return str(test[0].relative_to(FOLDER).with_suffix(""))


def link_of(test: tuple[Path, ox.NamedNode]) -> str:
    assert FOLDER is not None
    return PUBLISHED + test[0].relative_to(FOLDER).as_posix()


def collected() -> list:
    return [
        pytest.param(
            *test,
            id=name_of(test),
            marks=[
                w3c("shacl", name_of(test), TEST + name_of(test), link=link_of(test)),
                *([pytest.mark.xfail(reason=KNOWN[name_of(test)])] if name_of(test) in KNOWN else []),
            ],
        )
        for test in (suite_tests(FOLDER) if FOLDER else [])
    ]


def comparable(triples, start) -> list[str]:
    """A report as canonical lines: what is said of it and of its results, and each path with all that is
    said of it.

    A path is compared by itself: two results may share the nodes of one, or each have their own.
    """
    nodes = [start, *objects(triples, start, SH + "result")]
    kept = []
    for triple in triples:
        if triple.subject in nodes and triple.predicate.value in COMPARED:
            is_path = triple.predicate.value == SH + "resultPath"
            value = ox.Literal(described(triples, triple.object)) if is_path else triple.object
            kept.append(ox.Triple(triple.subject, triple.predicate, value))
    return canonical_lines(kept)


def described(triples, node) -> str:
    """A node and, of a blank one, all that is said of it; unfolded, as one node may stand in two places."""
    if not isinstance(node, ox.BlankNode):
        return str(node)
    about = [t for t in triples if t.subject == node]
    return f"[{' ; '.join(sorted(f'{t.predicate} {described(triples, t.object)}' for t in about))}]"


@needs("shacl")
@pytest.mark.parametrize(("file", "node"), collected())
def test_report_equals_the_one_of_the_suite(file: Path, node: ox.NamedNode) -> None:
    manifest = triples_of(file)
    (action,) = objects(manifest, node, MF + "action")
    (expected,) = objects(manifest, node, MF + "result")
    (data,) = objects(manifest, action, SHT + "dataGraph")
    (shapes,) = objects(manifest, action, SHT + "shapesGraph")
    if expected == ox.NamedNode(SHT + "Failure"):
        failed = validate(triples_of(local(data)), triples_of(local(shapes)))
        assert not failed.conforms
        assert any(flaw.breaks for flaw in failed.flaws)
        return
    report = validate(triples_of(local(data)), triples_of(local(shapes)))
    written = report.to_triples()
    ours = comparable(written, written[0].subject)
    assert ours == comparable(manifest, expected)


@needs("shacl")
def test_every_file_of_the_suite_that_holds_a_test_is_collected() -> None:
    assert FOLDER is not None
    listed = {
        str(path.relative_to(FOLDER).with_suffix(""))
        for path in FOLDER.rglob("*.ttl")
        if re.search(r"\bsht:Validate\b", path.read_text(encoding="utf-8"))
    }
    tests = [name_of(test) for test in suite_tests(FOLDER)]
    assert len(tests) == len(set(tests))
    assert set(tests) == listed
    assert len(tests) > 100
    assert set(KNOWN) <= listed
