"""The parser that is written by hand beside a grammar file of the specification, and beside the engine."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.sparql.parser import (
    SparqlMalformed,
    SparqlTooDeep,
    as_written,
    parse_query,
    parse_update,
    printed,
)
from calcigraph.sparql.tokens import SparqlToken, tokens
from calcigraph.sparql.tree import (
    Aggregate,
    BlankNode,
    Declaration,
    Iri,
    Literal,
    Node,
    Operation,
    Query,
    Slice,
    Update,
    Values,
    Variable,
    walk,
)
from sparql_grammar import PROLOGUE, RandomTexts, grammar, is_well_formed
from suites import SUITES, needs

ROOT = Path(__file__).parent.parent
PARSE = {"query": parse_query, "update": parse_update}
# Counted by the grammar only where they are read as nodes; the parser counts the terms of each row.
WIDTHS = ("syn-bad-values-too-few", "syn-bad-values-too-many")
SPACE = re.compile(r"(?:[ \t\r\n]|#[^\r\n]*)*")
NUMBER = int(os.environ.get("CALCIGRAPH_GRAMMAR_TEXTS", "100000"))


def tree_of(text: str, unit: str) -> Query | Update | None:
    try:
        return PARSE[unit](text)
    except (SparqlMalformed, SparqlTooDeep):
        return None


def is_taken_by_the_engine(text: str, unit: str) -> bool:
    store = ox.Store()
    try:
        if unit == "query":
            store.query(text, base_iri="http://b.x/")
        else:
            store.update(text, base_iri="http://b.x/")
    except SyntaxError:
        return False
    except (OSError, RuntimeError, ValueError):
        # Understood, and then not done: there is no such function, graph or service.
        return True
    return True


def form_of(node: Node) -> object:
    """A tree without its offsets."""

    def plain(value: object) -> object:
        if isinstance(value, Node):
            return form_of(value)
        return [plain(each) for each in value] if isinstance(value, tuple) else value

    names = node.__match_args__[2:]
    if isinstance(node, Values):
        names = ("variables", "has_brackets")
    return type(node).__name__, [plain(getattr(node, name)) for name in names]


# What a node says by itself, besides words and punctuation.
SAID = {
    Aggregate: {"string"},
    BlankNode: {"name"},
    Declaration: {"name", "string"},
    Iri: {"iri", "name"},
    Literal: {"string", "number", "language"},
    Slice: {"number"},
    Variable: {"variable"},
}


def gaps(text: str, node: Node) -> Iterator[str]:
    """The text of a node that belongs to no node below it."""
    at = node.start
    for child in node.children():
        assert at <= child.start <= child.end <= node.end, (node, child)
        yield text[at : child.start]
        at = child.end
    yield text[at : node.end]


def unnamed(text: str, tree: Node) -> list[tuple[str, SparqlToken]]:
    """Tokens that a pass over the tree would not see: those of no node which are neither word nor mark."""
    found = []
    for node in walk(tree):
        if isinstance(node, Values):
            continue
        allowed = {"word", "operator"} | SAID.get(type(node), set())
        for gap in gaps(text, node):
            found += [(type(node).__name__, token) for token in tokens(gap) if token.kind not in allowed]
    return found


def _from_its_parts(text: str, node: Node, write: Callable[[Node], str]) -> str:
    return as_written(text, node, write)


def check_whole(text: str, unit: str, tree: Query | Update) -> None:
    """The tree has all of the text, gives it back, and does not hang on white space."""
    assert text[: tree.start].strip() == "" or text[: tree.start].lstrip().startswith("#")
    # A replacement that changes nothing, of every node: so none of the text is taken as it stands.
    whole = {node: partial(_from_its_parts, text, node) for node in walk(tree)}
    assert printed(text, tree, whole) == text[tree.start : tree.end]
    rest = text[tree.end :]
    assert not [*tokens(rest)], rest
    assert unnamed(text, tree) == []
    again = tree_of(printed(text, tree, whole), unit)
    assert again is not None
    assert form_of(again) == form_of(tree)


def judge(number: int, seed: int) -> None:
    """Random texts of the grammar, and the same with one token changed, before all three judges."""
    made, counts = RandomTexts(seed), Counter[str]()
    for i in range(number):
        unit = "query" if i % 3 else "update"
        parts = made.tokens(unit, most=(10, 30, 60)[i % 7 % 3])
        text, other = (PROLOGUE + made.written(parts) for _ in range(2))
        assert is_well_formed(text, unit), text
        counts[f"{unit} taken"] += judge_one(text, unit, counts)
        tree, again = tree_of(text, unit), tree_of(other, unit)
        if tree is not None:
            check_whole(text, unit, tree)
            assert again is not None, other
            assert form_of(tree) == form_of(again), (text, other)
        if parts:
            broken = PROLOGUE + made.written(made.broken(parts))
            counts["broken still taken"] += judge_one(broken, unit, counts)
            counts["broken"] += 1
    assert not made.unused(), "a production is never used"
    # Else the engine refuses nearly everything for reasons beside the grammar.
    assert counts["query taken"] > number / 6, counts
    assert counts["update taken"] > number / 9, counts
    assert counts["broken"] / 80 < counts["broken still taken"] < counts["broken"] / 2, counts
    assert counts["other width"] < number / 10, counts
    assert counts["beyond the grammar"] < number / 200, counts
    assert counts["one token"] < number / 200, counts
    print(dict(counts))


def judge_one(text: str, unit: str, counts: Counter[str]) -> bool:
    """Whether the engine takes the text: what has a tree is just what the grammar takes.

    The engine misses no dot between triples of an update, and takes `CONSTRUCT {.}`; such texts are refused.
    """
    by_grammar, tree = is_well_formed(text, unit), tree_of(text, unit)
    taken = is_taken_by_the_engine(text, unit)
    if tree is not None and not by_grammar:
        by_grammar = is_well_formed(parted(text, tree), unit)
        counts["one token"] += by_grammar
    if by_grammar and tree is None and not taken and "VALUES" in text.upper():
        counts["other width"] += 1
    else:
        assert (tree is not None) is by_grammar, text
        counts["beyond the grammar"] += taken and not by_grammar
    return taken


def parted(text: str, tree: Node) -> str:
    """The text with a space behind each `<` that compares: with what follows it may look like an IRI, which
    is then the longest token; the parser and the engine take what makes sense."""
    places = []
    for node in walk(tree):
        if isinstance(node, Operation) and any(operator.startswith("<") for operator in node.operators):
            for operator, left in zip(node.operators, node.operands, strict=False):
                before = SPACE.match(text, left.end)
                assert before is not None
                places += [before.end() + len(operator)] if operator.startswith("<") else []
    for place in sorted(places, reverse=True):
        text = f"{text[:place]} {text[place:]}"
    return text


def test_random_texts_are_judged_alike() -> None:
    judge(800, seed=12)


@pytest.mark.campaign
def test_very_many_random_texts_are_judged_alike() -> None:
    judge(NUMBER, seed=int(os.environ.get("CALCIGRAPH_GRAMMAR_SEED", "1")))


def texts_of_the_suite() -> list[Path]:
    return sorted(SUITES.joinpath("sparql11").rglob("*.r[qu]"))


@needs("sparql11")
def test_texts_of_the_suite_are_judged_alike() -> None:
    found = texts_of_the_suite()
    assert len(found) > 400
    for path in found:
        text, unit = path.read_bytes().decode(), "update" if path.suffix == ".ru" else "query"
        tree = tree_of(text, unit)
        assert (tree is not None) is (is_well_formed(text, unit) and path.stem not in WIDTHS), path
        assert tree is not None or not is_taken_by_the_engine(text, unit), path
        if tree is not None:
            check_whole(text, unit, tree)


def test_queries_of_the_root_are_read_by_both() -> None:
    found = [path for folder in ("ontology", "shapes") for path in (ROOT / folder).rglob("*.rq")]
    assert len(found) > 20
    for path in found:
        text = path.read_text(encoding="utf-8")
        assert is_well_formed(text, "query"), path
        check_whole(text, "query", parse_query(text))


def test_the_grammar_has_no_conflict_that_a_choice_would_hide() -> None:
    # LALR(1) tables are made without one: else lark raises, or notes that it shifts.
    assert len(grammar().rules) > 500


WELL_FORMED = [
    "SELECT * { (1 2) }",
    "SELECT * { ([] ()) . [:p 1] . <<:s :p :o>> }",
    "SELECT * { FILTER(?a<?b&&?c>?d) }",
    "SELECT * { FILTER(!!?a) FILTER(+-1) FILTER(1-1) FILTER(1 -1 * 2) }",
    "SELECT(COUNT(*)AS?n){?s?p?o}GROUP BY?s HAVING(?n>1)(1)",
    "ASK{?s:p|^:q/:r*/!(a|^a)?o}",
    "ASK { ?s ?p '''a'b''' , 'x'@en--ltr , 1.e5 , .5 }",
    "ASK { <<( <<(:s :p :o)>> :p 1 )>> :p << <<(:s :p 1)>> :p <<(:s :p 1)>> >> }",
    "VERSION '1.2' ASK { ?s ?p ?o ~ :r {| :q ?z |} ~ }",
    "ASK { VALUES () { () ( ) } VALUES ?x { } }",
    "ASK { _:a.b :p _:é-1 }",
    "ASK { ?s ?p ?o ;;; . FILTER(1) . }",
    "# c\nASK{}#c",
    "ASK { FILTER(1 + 2 * 3 IN (1) && 1 NOT IN () || (1 IN (1)) + 1 = 2) }",
]
MALFORMED = [
    "ASK { FILTER(--?a) }",
    "ASK { FILTER(+!?a) }",
    "ASK { FILTER(STR()) }",
    "ASK { FILTER(STR(?a, ?b)) }",
    "ASK { FILTER(REPLACE(?a, ?b)) }",
    "ASK { FILTER(BOUND(1)) }",
    "ASK { FILTER(RAND(1)) }",
    "ASK { FILTER(1 = 2 = 3) }",
    "ASK { FILTER(1 IN (1) + 1) }",
    "ASK { FILTER(1 IN (1) / 1) }",
    "ASK { FILTER(1 NOT IN (1) IN (1)) }",
    "ASK { FILTER(1 + 1 = 2 IN (1)) }",
    "ASK { FILTER(:f(DISTINCT)) }",
    "ASK { _:az:b :p 1 }",
    "ASK { _: :p 1 }",
    "ASK { <<(<<:s :p :o>> :p 1)>> :p 1 }",
    "ASK { BIND(<<(_:b :p 1)>> AS ?x) }",
    "ASK { BIND(<<( <<(:s :p 1)>> :p 1 )>> AS ?x) }",
    "ASK { VALUES ?x { <<( <<(:s :p 1)>> :p 1 )>> } }",
    "ASK { VALUES ?x { <<( ?y :p 1 )>> } }",
    "ASK { VALUES ?x { _:b } }",
    "ASK { BIND(<<(:s :p <<([] :p 1)>>)>> AS ?x) }",
    "ASK { <<([:p 1] :p 1)>> :p 1 }",
    "ASK { << (1) :p 1 >> :p 1 }",
    "ASK\u00a0{}",
    "ASK\u000b{}",
    "ASK { ?s A :o }",
    "ASK { . }",
    "SELECT * {} LIMIT 1 LIMIT 2",
    "VERSION '''1.2''' ASK {}",
    "CONSTRUCT WHERE { ?s :p/:q ?o }",
]


@pytest.mark.parametrize("text", WELL_FORMED)
def test_well_formed_text_has_a_tree(text: str) -> None:
    check_whole(PROLOGUE + text, "query", parse_query(PROLOGUE + text))
    assert is_taken_by_the_engine(PROLOGUE + text, "query")


@pytest.mark.parametrize("text", MALFORMED)
def test_malformed_text_has_none(text: str) -> None:
    assert not is_well_formed(PROLOGUE + text, "query")
    with pytest.raises(SparqlMalformed, match=r"line \d+, column \d+: expected"):
        parse_query(PROLOGUE + text)


def test_text_that_is_cut_anywhere_has_no_tree_or_a_whole_one() -> None:
    made = RandomTexts(3)
    cut = 0
    for _ in range(20):
        text = PROLOGUE + made.written(made.tokens("query"))
        for end in range(len(text)):
            tree = tree_of(text[:end], "query")
            cut += tree is None
            assert tree is None or is_well_formed(text[:end], "query") or re.search("VALUES", text, re.I)
    assert cut > 2000
