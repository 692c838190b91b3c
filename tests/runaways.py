"""Data, and queries over it that never end or take the memory of a machine: a hundred, of five kinds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

EX = "http://example.org/"
DATA = "".join(
    f"<{EX}s{i}> <{EX}p{i % 5}> <{EX}s{(i * 7919 + 13) % 4000}> <{EX}g{i % 3}> .\n" for i in range(20_000)
).encode()
ANY = "|".join(f"<{EX}p{i}>" for i in range(5))
DOUBLINGS = " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(40))
KINDS = {
    "cross products": (
        "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }",
        "SELECT * { ?a ?p ?b . ?c ?q ?d } ORDER BY ?b ?d",
        "SELECT DISTINCT ?a ?b ?c ?d { ?a ?p ?b . ?c ?q ?d } ORDER BY ?a",
        'SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d FILTER(REGEX(CONCAT(STR(?b), STR(?d)), "(.*s)+$")) }',
    ),
    "path explosions": (
        f"SELECT (COUNT(*) AS ?n) {{ ?a ({ANY})* ?b . ?b ({ANY})* ?c . ?c ({ANY})* ?d }}",
        f"SELECT (COUNT(*) AS ?n) {{ ?a ((({ANY})*/({ANY})*)*)* ?b }}",
    ),
    "CONCAT bombs": (f'SELECT (STRLEN(?x40) AS ?n) {{ BIND("aaaaaaaaaa" AS ?x0) {DOUBLINGS} }}',),
    "20 KB nested": (
        "SELECT * " + "{" * 10_000 + "}" * 10_000,
        "SELECT (" + "STR(" * 4000 + "1" + ")" * 4000 + " AS ?x) {}",
        "SELECT * {" + "FILTER EXISTS {" * 1300 + "?s ?p ?o" + "}" * 1301,
    ),
    "1024-step paths": (
        "SELECT * { ?s " + "/".join([f"<{EX}p0>"] * 1024) + " ?o }",
        "SELECT * { ?s (" + "|".join([f"<{EX}p0>/<{EX}p1>"] * 512) + ")* ?o }",
    ),
}
# The time between two ordinary queries, in seconds.
ORDINARY_S = 0.02


def ordinary(number: int) -> str:
    """A query with one row and an IRI in it."""
    return f"SELECT ?o {{ <{EX}s{number % 4000}> ?p ?o }}"


def runaway(number: int) -> str:
    """One of a hundred: each kind in turn, each of its texts in turn."""
    texts = list(KINDS.values())[number % len(KINDS)]
    return texts[number // len(KINDS) % len(texts)]


@dataclass
class Outcome:
    """What became of the queries: how many were answered how, runaways that is; times in seconds, ordinary
    ones from when they were due; and what should not have been."""

    answers: Counter[int | str] = field(default_factory=Counter)
    late: list[float] = field(default_factory=list)
    ordinary: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        ordered = sorted(self.ordinary)
        middle, p95 = (1000 * ordered[int(len(ordered) * share)] for share in (0.5, 0.95))
        return (
            f"{dict(self.answers)}, at most {1000 * max(self.late):.0f} ms after the deadline; "
            f"{len(ordered)} ordinary queries, p50 {middle:.1f} ms, p95 {p95:.1f} ms, "
            f"most {1000 * ordered[-1]:.1f} ms"
        )
