"""One parser, by its first word, and texts on standard input in; its times and memory as JSON out.

Exits with 3 where the parser is not installed.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

GRAMMAR = Path(__file__).parents[2] / "tests" / "sparql.lark"
Parse = Callable[[str], Any]
Walk = Callable[[Any], object]


def nothing(_: object) -> None:
    """The walk over what is no tree."""


def ours() -> tuple[Parse, Walk]:
    from calcigraph.sparql.parser import parse_query
    from calcigraph.sparql.tree import walk

    return parse_query, lambda tree: sum(1 for _ in walk(tree))


def lark() -> tuple[Parse, Walk]:
    from lark import Lark

    made = Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr", start=["query_unit", "update_unit"])
    return (
        lambda text: made.parse(text, start="query_unit"),
        lambda tree: sum(len(part.children) for part in tree.iter_subtrees()),
    )


def tree_sitter() -> tuple[Parse, Walk]:
    import tree_sitter_sparql
    from tree_sitter import Language, Parser

    made = Parser(Language(tree_sitter_sparql.language()))

    def parse(text: str) -> object:
        tree = made.parse(text.encode())
        if tree.root_node.has_error:
            raise SyntaxError
        return tree

    def walk(tree: Any) -> None:
        pending = [tree.root_node]
        while pending:
            pending += pending.pop().children

    return parse, walk


def rdflib() -> tuple[Parse, Walk]:
    from rdflib.plugins.sparql.parser import parseQuery

    parseQuery("ASK {}")
    return parseQuery, nothing


def pyoxigraph() -> tuple[Parse, Walk]:
    import pyoxigraph as ox

    store = ox.Store()

    def parse(text: str) -> object:
        try:
            return store.query(text, base_iri="http://example.org/")
        except (OSError, RuntimeError):
            # Understood, and then not evaluated.
            return None

    return parse, nothing


MADE = {
    "ours": ours,
    "lark": lark,
    "tree-sitter-sparql": tree_sitter,
    "rdflib": rdflib,
    "pyoxigraph": pyoxigraph,
}


def resident_mib() -> float:
    """The memory that the process has now; its peak would be that of the process that started it."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def least(rounds: int, work: Callable[[], object]) -> float:
    """The processor seconds of the quickest round."""
    found = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def main() -> None:
    texts, before, rounds = json.load(sys.stdin), resident_mib(), int(sys.argv[2])
    began = time.process_time()
    try:
        parse, walk = MADE[sys.argv[1]]()
    except ImportError:
        sys.exit(3)
    built = time.process_time() - began
    trees, taken = [], []
    for text in texts:
        try:
            trees.append(parse(text))
            taken.append(text)
        except Exception:  # noqa: BLE001 - each parser has errors of its own
            continue
    found = {"built": built, "grown": resident_mib() - before, "refused": len(texts) - len(taken)}
    found["parsed"] = least(rounds, lambda: [parse(text) and None for text in taken])
    found["walked"] = least(rounds, lambda: [walk(parse(text)) for text in taken])
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
