"""Groups in groups are looked up for the values before them: with the right answer, in all places."""

from __future__ import annotations

from collections import Counter
from random import Random

import pyoxigraph as ox
import pytest

from calcigraph.engine.corrections import corrected
from calcigraph.engine.corrections.correction import Context
from calcigraph.engine.engine_problems import CorrectionRefused
from calcigraph.engine.rewriting import rewritten
from calcigraph.engine.view import View
from calcigraph.sparql.parsed_query import ParsedQuery
from nested_groups import NestedMaker, connected_graph
from random_groups import PREFIX, in_scope, text_of
from section18 import Evaluator
from test_graphs_and_paths import quads, table

# What the generator is there to hit, in a hundred queries: rewritten at all, and with solutions.
REWRITTEN, ANSWERED = 35, 12
# Kinds of parts in the rewritten ones of a hundred.
HIT = {"union": 40, "exists": 30, "optional": 25, "group": 20, "graph": 8, "minus": 8, "select": 6}


def forms(text: str, view: View) -> tuple[str, str]:
    """A query corrected, and corrected and rewritten."""
    query, context = ParsedQuery.of(text), Context(view, view)
    right = corrected(query, context)
    return right, rewritten(query, right, context)


def put(text: str) -> str:
    """A group as it is written otherwise, for data in which nothing matches but :C."""
    only = ox.NamedNode("http://example.org/C")
    whole = forms(PREFIX + "ASK " + text, View([ox.Quad(only, only, only)], "union"))[1]
    return whole.removeprefix(PREFIX + "ASK ")


def check(seeds: range) -> Counter[str]:
    """Random groups against section 18, by the letter; what was met."""
    met: Counter[str] = Counter()
    for seed in seeds:
        rng = Random(seed)
        default, named = connected_graph(rng), {name: connected_graph(rng) for name in "gh"}
        maker = NestedMaker(rng)
        group = maker.query()
        names = sorted(in_scope(group)) or ["?x"]
        text = f"{PREFIX}SELECT {' '.join(names)} {text_of(group)}"
        view = View(quads(default, named), "separate")
        try:
            right, other = forms(text, view)
        except CorrectionRefused:
            met["refused"] += 1
            continue
        expected = Counter(
            tuple(solution.get(name) for name in names)
            for solution in Evaluator(default, named).group(group, default)
        )
        assert table(view.query(other, None, None), names) == expected, (seed, text, other)
        if other != right:
            met += maker.made + Counter(rewritten=1, answered=bool(expected))
    return met


def test_nested_groups_are_answered_as_section_18_says() -> None:
    met = check(range(100))
    wanted = HIT | {"rewritten": REWRITTEN, "answered": ANSWERED}
    assert {kind: met[kind] for kind, least in wanted.items() if met[kind] < least} == {}
    assert met["refused"] <= 5


@pytest.mark.campaign
def test_many_nested_groups_are_answered_as_section_18_says() -> None:
    assert check(range(1000, 5000))["rewritten"] >= 40 * REWRITTEN


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        # A union, a group that is more than triples, each behind what it shares a variable with.
        (
            "{ ?t a :T { ?a :p ?t ; a :A } UNION { ?a :q ?t } }",
            "{ ?t a :T . LATERAL { { ?a :p ?t ; a :A } UNION { ?a :q ?t } } }",
        ),
        (
            "{ { ?a :p ?t ; a :A } UNION { ?a :q ?t } ?t a :T . ?u a ?t }",
            "{ ?t a :T . ?u a ?t . LATERAL { { ?a :p ?t ; a :A } UNION { ?a :q ?t } } }",
        ),
        (
            "{ ?t a :T { ?a :p ?t ; :q ?w FILTER(?w > 1) } }",
            "{ ?t a :T . LATERAL { { ?a :p ?t ; :q ?w FILTER(?w > 1) } } }",
        ),
        (
            "{ ?t a :T { ?a :p ?t ; :q ?w BIND(?w AS ?v) } }",
            "{ ?t a :T . LATERAL { { ?a :p ?t ; :q ?w BIND(?w AS ?v) } } }",
        ),
        (
            "{ ?t a :T { ?a :p ?t { ?a :q ?b . ?b a :B } UNION { ?a a :B } } UNION { ?t :q ?a } }",
            "{ ?t a :T . LATERAL { { ?a :p ?t . LATERAL { { ?a :q ?b . ?b a :B } UNION { ?a a :B } } }"
            " UNION { ?t :q ?a } } }",
        ),
        (
            "{ GRAPH :g { ?t a :T { ?a :p ?t ; a :A } UNION { ?a :q ?t } } }",
            "{ GRAPH :g { ?t a :T . LATERAL { { ?a :p ?t ; a :A } UNION { ?a :q ?t } } } }",
        ),
        # EXISTS in every place, pattern by pattern, without blank nodes and paths in a row.
        (
            "{ ?t a :T FILTER EXISTS { ?x a :A ; :p ?t } }",
            "{ ?t a :T FILTER EXISTS { ?x :p ?t . LATERAL { ?x a :A . } } }",
        ),
        (
            "{ ?t a :T FILTER(?t = :a || !EXISTS { ?t ^:p/:q [ a :A ] }) }",
            "{ ?t a :T FILTER(?t = :a || !EXISTS { ?b0_2 :p ?t . LATERAL { ?b0_2 :q ?b0_1 . }"
            " LATERAL { ?b0_1 a :A . } }) }",
        ),
        (
            "{ ?t a :T FILTER EXISTS { ?x :p ?t OPTIONAL { ?x :q ?y . ?y :q ?z } FILTER(!BOUND(?z)) } }",
            "{ ?t a :T FILTER EXISTS { ?x :p ?t . LATERAL { OPTIONAL { ?x :q ?y . LATERAL { ?y :q ?z . } } }"
            " FILTER(!BOUND(?z)) } }",
        ),
        (
            "{ ?t a :T FILTER EXISTS { ?x :p ?t MINUS { ?x :q ?y } } }",
            "{ ?t a :T FILTER EXISTS { ?x :p ?t . LATERAL { FILTER NOT EXISTS { ?x :q ?y } } } }",
        ),
        (
            "{ ?t a ?c FILTER EXISTS { ?t a ?d . ?d :sub* :C } }",
            "{ ?t a ?c FILTER EXISTS { ?t a ?d . LATERAL { ?d :sub* :C . } } }",
        ),
    ],
)
def test_each_part_is_looked_up_for_what_is_before_it(written: str, otherwise: str) -> None:
    assert put(written) == otherwise


@pytest.mark.parametrize(
    "group",
    [
        "{ ?t a :T ; :p ?x { ?a :p ?t ; a :A } { ?a :q ?b } OPTIONAL { ?t :q ?z . ?z a :Z } }",
        # It would see ?t newly: in a FILTER, an EXISTS, an OPTIONAL, a BIND, a MINUS, VALUES, a sub-select.
        "{ ?t a :T { ?a :p ?b . ?b :q ?t2 FILTER(?t != ?b) } }",
        "{ ?t a :T { ?a :p ?b . ?b a :B OPTIONAL { ?b :q ?t } } UNION { ?a :q ?t } }",
        "{ ?t a :T { ?a :p ?t ; a :A BIND(1 AS ?n) MINUS { ?t :q ?a } } }",
        "{ ?t a :T { ?a :p ?c ; a :A VALUES ?t { :a } } UNION { ?a :q ?t } }",
        "{ ?t a :T { ?a :p ?t ; a :A { SELECT ?a (COUNT(*) AS ?n) { ?a :q ?x } GROUP BY ?a } } }",
        # A path without a step also joins what is in no triple; with alternatives, solutions are counted.
        "{ VALUES ?t { 1 } { ?a :p ?b . ?t :q* ?a } UNION { ?a :q ?t } }",
        "{ ?t a :T { ?a :p ?b . ?t !:q ?a } UNION { ?a :q ?t } }",
        # It shares no variable, in one of its branches.
        "{ ?t a :T { ?a :p ?t ; a :A } UNION { ?a a :B ; :q ?b } }",
        "{ ?t a :T FILTER NOT EXISTS { ?x :p ?y } }",
    ],
)
def test_what_is_not_proven_or_gains_nothing_stays(group: str) -> None:
    assert put(group) == group


def test_small_union_comes_first_and_the_others_are_looked_up_for_it() -> None:
    lines = [
        f"<http://example.org/s{i}> <http://example.org/p> <http://example.org/o{i}> ." for i in range(90)
    ]
    lines += ["<http://example.org/s1> <http://example.org/q> <http://example.org/z> ."]
    view = View(ox.parse("\n".join(lines), ox.RdfFormat.N_TRIPLES), "union")
    text = PREFIX + "ASK { ?x :p ?y { ?x :q :z . ?z :q ?w } UNION { ?x :q :z ; :p ?v } }"
    assert forms(text, view)[1].endswith(
        "{ { ?x :q :z . ?z :q ?w } UNION { ?x :q :z ; :p ?v } LATERAL { ?x :p ?y . } }"
    )


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (EXISTS { A } AS ?e) { ?t a :T }",
        "SELECT ?t { ?t a :T } ORDER BY (EXISTS { A })",
        "SELECT ?t { ?t a :T } GROUP BY ?t HAVING (EXISTS { A })",
        "SELECT ?t { { SELECT ?t (EXISTS { A } AS ?e) { ?t a :T } } }",
    ],
)
def test_the_group_of_an_exists_outside_of_the_pattern_is_written_otherwise_too(text: str) -> None:
    only = ox.NamedNode("http://example.org/C")
    view = View([ox.Quad(only, only, only)], "union")

    whole = forms(PREFIX + text.replace("A }", "?x a :A ; :p ?t }"), view)[1]

    assert whole == PREFIX + text.replace("A }", "?x :p ?t . LATERAL { ?x a :A . } }")


EXISTS_DATA = ":a :p :b . :c :r :a . :d :q :e ."


@pytest.mark.parametrize(
    ("group", "solutions"),
    [
        ("{ ?a :p ?b { ?c :r ?a FILTER EXISTS { ?b :q ?y } } }", 1),
        ("{ ?a :p ?b { ?c :r ?a FILTER NOT EXISTS { ?b :q ?y } } }", 0),
        (
            "{ ?a :p ?b { ?c :r ?a FILTER EXISTS { ?b :q [] } } UNION { ?c :r ?a FILTER EXISTS { ?b a 1 } }}",
            1,
        ),
        # The filter of an OPTIONAL sees what stands before it; that of a group in it does not.
        ("{ ?a :p ?b OPTIONAL { ?c :r ?a FILTER EXISTS { ?b :q ?y } } FILTER(!BOUND(?c)) }", 1),
        ("{ ?a :p ?b OPTIONAL { { ?c :r ?a FILTER EXISTS { ?b :q ?y } } } FILTER(BOUND(?c)) }", 1),
        # In scope, but without a value in this solution.
        ("{ ?a :p ?b { ?c :r ?a OPTIONAL { ?c :p ?b } FILTER EXISTS { ?b :q ?y } } }", 1),
        (
            "{ ?a :p ?b OPTIONAL { ?c :r ?a OPTIONAL { ?c :p ?b } BIND(EXISTS { ?b :q [] } AS ?e) }"
            " FILTER(?e) }",
            1,
        ),
    ],
)
def test_exists_sees_no_more_than_its_group(group: str, solutions: int) -> None:
    data = f"@prefix : <http://example.org/> . {EXISTS_DATA}"
    view = View(ox.parse(data, ox.RdfFormat.TRIG), "union")
    found = view.query(forms(f"{PREFIX}SELECT * {group}", view)[1], None, None)
    assert isinstance(found, ox.QuerySolutions)
    assert len(list(found)) == solutions
