"""Lint queries in, hits out: those of a root (`shapes/lint/`), and those that come with the program.

A lint is a SELECT query whose file name says its verdict: `<slug>-violation.rq`, `-warning.rq` or `-info.rq`.
Any row is a finding about the node in the first column; `#+ message:` and `#+ remedy:` say what is wrong and
what to type, `{name}` standing for the row's value. `#+ at:` names the statement at which it is placed, as in
`?node rdfs:label ?value`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from calcigraph.lints.hit import Hit
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import Term, parse_iri
from calcigraph.rdf.vocabulary import OWL, RDF, RDFS, SKOS
from calcigraph.root import LintFile
from calcigraph.root.files import read_lint

# A query text and whether inferences are to be seen in, its solutions out.
Solve = Callable[[str, bool], list[dict[str, Term]]]
_NAMES: Final = Prefixes({"rdf": RDF.iri, "rdfs": RDFS.iri, "owl": OWL.iri, "skos": SKOS.iri})


@cache
def shipped_lints() -> tuple[LintFile, ...]:
    """The lint queries that come with the program, by slug."""
    folder = Path(__file__).parent
    read = [read_lint(folder, f"queries/{path.name}") for path in sorted((folder / "queries").glob("*.rq"))]
    return tuple(file for file in read if isinstance(file, LintFile))


def hits(file: LintFile, solve: Solve, prefixes: Prefixes) -> Iterator[Hit]:
    """What a lint finds, in the order of its rows. Raises: what `solve` raises."""
    names = Prefixes({**_NAMES.mapping, **prefixes.mapping})
    for row in solve(file.text, not file.asserted):
        node, predicate, value = (*(_term(name, row, names) for name in _statement(file, row)), None, None)[
            :3
        ]
        if node is not None:
            verb = predicate if isinstance(predicate, ox.NamedNode) else None
            yield Hit(node, verb, value if verb is not None else None, row)


def _statement(file: LintFile, row: Mapping[str, Term]) -> tuple[str, ...]:
    """The names of node, predicate and value; without a header, the first column."""
    return file.at or tuple(f"?{name}" for name in list(row)[:1])


def _term(name: str, row: Mapping[str, Term], prefixes: Prefixes) -> Term | None:
    return row.get(name[1:]) if name.startswith("?") else parse_iri(name, prefixes)
