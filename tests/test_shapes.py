"""The shapes and lints of the shipped root, each on an example that keeps it and one that breaks it.

`tests/shapes/<constraint>-valid.ttl` and `-invalid.ttl` show one constraint of `shapes/` each, under the name
that it has there (`cg:finding-measure`: `finding-measure`; a lint: `lint-both-signs`). An invalid example
begins with `#+ expects:`, a part of the message, and one `#+ focus:` for each node that must be told of. What
the examples refer to stands in `surroundings.ttl`.

All examples are validated in one run, because a run for each would take minutes; so no two of them describe
the same node.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.edition import Edition
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.root.headers import headers
from calcigraph.validation import Report, Result, validate
from datasets import dataset_of

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "tests" / "shapes"
SH = "http://www.w3.org/ns/shacl#"
CG = "https://w3id.org/calcigraph/ontology/"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SUBCLASS = ox.NamedNode(RDFS + "subClassOf")
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
CLASS = ox.NamedNode("http://www.w3.org/2002/07/owl#Class")
SURROUNDINGS = "surroundings.ttl"
GRAPH = ox.NamedNode("https://w3id.org/calcigraph/graph/data/example")
ELSEWHERE = ox.NamedNode("https://w3id.org/calcigraph/graph/ontology/elsewhere")


def triples(*paths: Path) -> list[ox.Triple]:
    return [quad.triple for path in paths for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)]


@cache
def shapes() -> tuple[ox.Triple, ...]:
    return tuple(triples(*sorted((ROOT / "shapes").glob("*.ttl"))))


@cache
def ontology() -> tuple[ox.Triple, ...]:
    return tuple(triples(*sorted((ROOT / "ontology").glob("*.ttl"))))


@cache
def prefixes() -> Prefixes:
    return Prefixes.from_triples(ontology())


@cache
def constraints() -> dict[str, ox.NamedNode]:
    """Whatever has a message for a curator, by the name that its examples go under."""
    named = {t.subject for t in shapes() if t.predicate.value == SH + "message"}
    return {_slug(node): node for node in named if isinstance(node, ox.NamedNode)}


def _slug(node: ox.NamedNode) -> str:
    name = node.value.removeprefix(CG).removesuffix("Shape")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def lints() -> dict[str, Path]:
    return {f"lint-{path.stem.rpartition('-')[0]}": path for path in (ROOT / "shapes" / "lint").glob("*.rq")}


@dataclass(frozen=True)
class Example:
    """A file of examples: what it is about, what it must bring about, and what it says."""

    path: Path

    @property
    def slug(self) -> str:
        return self.path.stem.rpartition("-")[0]

    @property
    def sound(self) -> bool:
        return self.path.stem.endswith("-valid")

    @cached_property
    def triples(self) -> list[ox.Triple]:
        return triples(self.path)

    @cached_property
    def subjects(self) -> set[ox.NamedNode]:
        return {t.subject for t in self.triples if isinstance(t.subject, ox.NamedNode)}

    @property
    def expects(self) -> str:
        return self._head["expects"][0]

    @property
    def focus(self) -> list[ox.NamedNode]:
        return [prefixes().expand(name) for name in self._head["focus"]]

    @cached_property
    def _head(self) -> dict[str, list[str]]:
        return headers(self.path.read_text(encoding="utf-8"))

    def __str__(self) -> str:
        return self.path.stem


def examples() -> list[Example]:
    return [Example(path) for path in sorted(EXAMPLES.glob("*.ttl")) if path.name != SURROUNDINGS]


def shape_examples(sound: bool) -> list[Example]:
    return [e for e in examples() if e.sound is sound and not e.slug.startswith("lint-")]


def lint_examples(sound: bool) -> list[Example]:
    return [e for e in examples() if e.sound is sound and e.slug.startswith("lint-")]


@pytest.fixture(scope="module")
def report() -> Report:
    """All examples of shapes validated together, beside their surroundings and the ontology."""
    chosen = shape_examples(True) + shape_examples(False)
    found = dict.fromkeys([*ontology(), *triples(EXAMPLES / SURROUNDINGS)])
    found |= dict.fromkeys(t for example in chosen for t in example.triples)
    return validate(found, shapes())


@pytest.fixture(scope="module")
def results(report: Report) -> dict[object, list[Result]]:
    by_node: dict[object, list[Result]] = defaultdict(list)
    for result in report.results:
        by_node[result.focus_node].append(result)
    return by_node


def told(found: Iterable[Result]) -> list[str]:
    return [f"{r.source_shape} {r.focus_node}: {r.message}" for r in found]


def by(result: Result, constraint: ox.NamedNode) -> bool:
    return constraint in (result.source_shape, result.source_constraint)


# --- the collection


def test_every_constraint_and_every_lint_has_a_valid_and_an_invalid_example() -> None:
    wanted = {f"{slug}-{kind}" for slug in [*constraints(), *lints()] for kind in ("valid", "invalid")}
    assert len(constraints()) > 150
    assert len(lints()) > 15
    assert wanted == {example.path.stem for example in examples()}


def test_no_message_hangs_on_a_shape_without_a_name() -> None:
    with_message = [t.subject for t in shapes() if t.predicate.value == SH + "message"]
    assert [node for node in with_message if not isinstance(node, ox.NamedNode)] == []


def test_every_message_says_what_to_type() -> None:
    messages = [t.object for t in shapes() if t.predicate.value == SH + "message"]
    assert all(isinstance(m, ox.Literal) and m.language == "en" for m in messages)
    texts = [m.value for m in messages if isinstance(m, ox.Literal)]
    verbs = r"\b(type|add|remove|correct|swap|keep|compare|state|name|make|describe|goes|gets)\b"
    assert [text for text in texts if not re.search(verbs, text)] == []


def test_no_two_examples_describe_the_same_node() -> None:
    chosen = [*shape_examples(True), *shape_examples(False)]
    counted = Counter(node for example in chosen for node in example.subjects)
    counted.update(Example(EXAMPLES / SURROUNDINGS).subjects)
    assert [node for node, times in counted.items() if times > 1] == []


def test_every_class_of_the_ontology_is_looked_at_by_a_shape() -> None:
    targets = {t.object for t in shapes() if t.predicate.value == SH + "targetClass"}
    parents: dict[object, set[object]] = defaultdict(set)
    for triple in ontology():
        if triple.predicate == SUBCLASS:
            parents[triple.subject].add(triple.object)

    def looked_at(node: object) -> bool:
        return node in targets or any(looked_at(parent) for parent in parents[node])

    classes = [t.subject for t in ontology() if t.predicate == TYPE and t.object == CLASS]
    own = [c for c in classes if isinstance(c, ox.NamedNode) and c.value.startswith(CG)]
    assert len(own) > 30
    assert [c.value for c in own if not looked_at(c)] == []


def test_every_property_on_a_page_has_a_name_an_order_and_a_group() -> None:
    said: dict[object, set[str]] = defaultdict(set)
    for triple in shapes():
        said[triple.subject].add(triple.predicate.value.removeprefix(SH))
    shown = [node for node, keys in said.items() if {"name", "order"} & keys and "path" in keys]
    assert len(shown) > 150
    headed = {t.subject for t in shapes() if t.object == ox.NamedNode(SH + "PropertyGroup")}
    groups = [t.object for t in shapes() if t.predicate.value == SH + "group"]
    assert [node for node in shown if not {"name", "description", "order", "group"} <= said[node]] == []
    assert set(groups) <= headed


# --- shapes


@pytest.mark.parametrize("example", shape_examples(True), ids=str)
def test_valid_example_conforms_to_all_shapes_that_look_at_it(
    example: Example, results: dict[object, list[Result]]
) -> None:
    assert example.subjects
    assert [line for node in example.subjects for line in told(results[node])] == []


@pytest.mark.parametrize("example", shape_examples(False), ids=str)
def test_invalid_example_is_told_of_with_the_message_of_its_constraint(
    example: Example, results: dict[object, list[Result]]
) -> None:
    constraint = constraints()[example.slug]
    assert example.focus
    for node in example.focus:
        found = [r for r in results[node] if by(r, constraint)]
        assert found, f"{node} passes; told: {told(results[node])}"
        assert all(example.expects in r.message for r in found)


def test_surroundings_of_the_examples_conform(results: dict[object, list[Result]]) -> None:
    nodes = {t.subject for t in triples(EXAMPLES / SURROUNDINGS)}
    assert [line for node in nodes for line in told(results[node])] == []


# --- lints


@cache
def elsewhere() -> list[ox.Quad]:
    around = [*ontology(), *triples(EXAMPLES / SURROUNDINGS)]
    return [ox.Quad(t.subject, t.predicate, t.object, ELSEWHERE) for t in around]


def filled(store: ox.Store, path: Path) -> list[tuple[str, str]]:
    """What the lint finds: the first column of each row, and the message filled from the row."""
    text = path.read_text(encoding="utf-8")
    message = headers(text)["message"][0]
    solutions = store.query(text, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    found = []
    for solution in solutions:
        words = message
        for name in names:
            words = words.replace(f"{{{name}}}", _shown(solution[name]))
        found.append((_shown(solution[names[0]]), words))
    return found


def _shown(term: object) -> str:
    return prefixes().shrink(term) if isinstance(term, ox.NamedNode) else str(getattr(term, "value", ""))


def rows(example: Example) -> list[tuple[str, str]]:
    store = ox.Store()
    store.extend(elsewhere())
    store.extend(ox.Quad(t.subject, t.predicate, t.object, GRAPH) for t in example.triples)
    return filled(store, lints()[example.slug])


@pytest.mark.parametrize("example", lint_examples(True), ids=str)
def test_lint_passes_its_valid_example(example: Example) -> None:
    about = {prefixes().shrink(node) for node in example.subjects} | {prefixes().shrink(GRAPH)}
    assert [row for row in rows(example) if row[0] in about] == []


@pytest.mark.parametrize("example", lint_examples(False), ids=str)
def test_lint_finds_its_invalid_example(example: Example) -> None:
    found = rows(example)
    for node in example.focus:
        assert any(row[0] == prefixes().shrink(node) and example.expects in row[1] for row in found), found


@pytest.mark.parametrize("path", lints().values(), ids=lambda path: path.stem)
def test_lint_names_its_columns_in_message_and_remedy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    head = headers(text)
    columns = set(re.findall(r"\?(\w+)", text.partition("SELECT")[2].partition("WHERE")[0]))
    named = set(re.findall(r"\{(\w+)\}", head["message"][0] + head["remedy"][0]))
    assert named <= columns
    assert re.search(r"-(violation|warning|info)$", path.stem)


# --- the shipped root


@pytest.fixture(scope="module")
def shipped() -> Edition:
    return dataset_of("shipped")


# That it breaks no shape is what `calcigraph check` says of it, in `test_check.py`.
def test_shipped_root_breaks_no_lint(shipped: Edition) -> None:
    store = ox.Store()
    store.extend(shipped.quads())
    broken = {}
    for slug, path in lints().items():
        if path.stem.endswith("-violation"):
            broken[slug] = filled(store, path)
    assert len(broken) > 10
    assert {slug: rows for slug, rows in broken.items() if rows} == {}
