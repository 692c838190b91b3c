"""Vocabularies are named once: no other module spells out an IRI of theirs."""

from __future__ import annotations

import ast

from calcigraph.rdf import vocabulary
from calcigraph.rdf.vocabulary import Namespace
from suites import ROOT

PACKAGE = ROOT / "server" / "calcigraph"
NAMESPACES = {name: value.iri for name, value in vars(vocabulary).items() if isinstance(value, Namespace)}


def texts(tree: ast.AST) -> list[ast.Constant]:
    """The text constants of a module that are no docstrings."""
    docstrings = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings
    ]


def spelt_out(source: str) -> list[int]:
    """The lines on which an IRI of a vocabulary begins a text."""
    return [
        node.lineno
        for node in texts(ast.parse(source))
        if any(str(node.value).startswith(iri) for iri in NAMESPACES.values())
    ]


def test_no_two_vocabularies_share_an_iri() -> None:
    assert len(NAMESPACES) > 15
    assert len(set(NAMESPACES.values())) == len(NAMESPACES)


def test_no_module_spells_out_an_iri_of_a_vocabulary() -> None:
    strays = {
        path.relative_to(PACKAGE).as_posix(): lines
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != PACKAGE / "rdf" / "vocabulary.py"
        and (lines := spelt_out(path.read_text(encoding="utf-8")))
    }
    assert strays == {}


def test_an_iri_that_is_spelt_out_is_noticed_and_one_in_a_docstring_is_not() -> None:
    assert spelt_out('"""http://www.w3.org/ns/shacl#"""\nX = "http://www.w3.org/ns/shacl#path"') == [2]
    assert spelt_out('X = f"http://www.w3.org/ns/shacl#{name}"') == [1]
