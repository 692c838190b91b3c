"""One meaning a word: no two modules of the rooms that answer requests share a name, and no two types."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from suites import ROOT
from test_layers import MODULES, room_of

ROOMS = ("pool", "engine", "federation", "web", "describe")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "server" / "calcigraph"


def types_of(path: Path) -> dict[str, str]:
    """The classes and aliases that a module defines, without the underscore of a private one, each with what
    it stands for; a class stands for itself."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found[node.name.lstrip("_")] = f"{path}: {node.name}"
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and re.fullmatch(r"_?[A-Z][a-z]\w*", target.id):
                found[target.id.lstrip("_")] = ast.unparse(node.value)
    return found


TYPES = {module: types_of(path) for module, path in MODULES.items()}
FILES = [module for module, path in MODULES.items() if path.name != "__init__.py"]
# The nodes of a tree are named as the productions of the grammar are; who means one imports it.
GRAMMAR = "calcigraph.sparql.tree."
OURS = [module for module in MODULES if room_of(module) in ROOMS]


def test_modules_and_types_are_collected() -> None:
    assert {"calcigraph.pool.scheduler", "calcigraph.web.protocol.caching"} <= set(OURS)
    assert {"Scheduler"} <= set(TYPES["calcigraph.pool.scheduler"])
    assert {"Subject", "Term"} <= set(TYPES["calcigraph.rdf.terms"])


@pytest.mark.parametrize("module", [module for module in OURS if module in FILES])
def test_no_other_module_has_the_name(module: str) -> None:
    # A package may be called as the module of its noun: both mean the same.
    name = module.rpartition(".")[2]
    assert [other for other in FILES if other != module and other.rpartition(".")[2] == name] == []


@pytest.mark.parametrize("module", [module for module in OURS if TYPES[module]])
def test_no_other_type_has_the_name(module: str) -> None:
    others = {
        f"{other}.{name}"
        for other, found in TYPES.items()
        if other != module and not other.startswith(GRAMMAR)
        for name in set(found) & set(TYPES[module])
        if found[name] != TYPES[module][name]
    }
    assert others == set()


def test_an_alias_of_a_union_of_terms_is_defined_once() -> None:
    unions = Counter(
        meaning
        for module in OURS
        for meaning in TYPES[module].values()
        if re.fullmatch(r"ox\.\w+( \| ox\.\w+)+", meaning)
    )
    assert [union for union, times in unions.items() if times > 1] == []
    assert not set(unions) & set(TYPES["calcigraph.rdf.terms"].values())


def test_the_modules_that_contributing_speaks_of_are_there() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    spoken = {
        name
        for name in re.findall(r"`([a-z_]+(?:/[a-z_]+)+)(?:\.py)?`", CONTRIBUTING)
        if name.partition("/")[0] in rooms
    }
    assert len(spoken) > 20
    assert [name for name in spoken if not (PACKAGE / f"{name}.py").is_file()] == []
