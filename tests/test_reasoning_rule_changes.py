"""What CONSTRUCT rules build keeps up with changes, whatever SPARQL the rules are written in."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calcigraph.edition import construct_rules
from calcigraph.reasoning import ConstructRule, Inference, LimitMet, Limits, infer
from calcigraph.reasoning.constructs.portions import Portions
from calcigraph.reasoning.queries.algebra import analyse
from calcigraph.reasoning.queries.anchor import anchor_of
from calcigraph.root import Root
from reasoning_ontologies import TYPE, iri
from test_reasoning_roots import ROOTS
from test_reasoning_rules import parse

SETTINGS = {"deadline": None, "suppress_health_check": list(HealthCheck)}
PREFIX = "PREFIX : <http://example.org/> "
# Slug, stage, template, WHERE group, and the variables by which the solutions are expected to be divided.
WRITTEN: tuple[tuple[str, str, str, str, str], ...] = (
    ("join", "before", "?x :p0 ?z", "{ ?x :p1 ?y . ?y :p2 ?z FILTER ISIRI(?z) }", "x y z"),
    ("minus", "before", "?x a :C3", "{ ?x :p0 ?y MINUS { ?y :p0 ?z } }", "x y"),
    ("absent", "before", "?x :q0 ?y", "{ ?x :p0 ?y FILTER NOT EXISTS { ?z :p1 ?y . ?z a :C0 } }", "x y"),
    ("twice", "before", "?x :q0 ?y", "{ ?y :p1 ?x }", "x y"),
    ("loop", "before", "?x a :C4", "{ ?x :p0 ?x }", "x"),
    (
        "reach",
        "before",
        "?x :q1 ?z",
        "{ { ?x :p2 ?z } UNION { ?x :q1 ?y . ?y :q1 ?z } }",
        "x z",
    ),
    ("number", "before", "?x :n1 ?v", "{ ?x :n ?v }", "v x"),
    (
        "perhaps",
        "after",
        "?x :w ?w",
        "{ ?x :p0 ?y OPTIONAL { ?y :p1 ?z . ?z :n ?v FILTER (?v > 0) } BIND (COALESCE(?v, 0) AS ?w) }",
        "x y",
    ),
    (
        "perhaps-chosen",
        "after",
        "?x :w1 ?y",
        "{ ?x :p0 ?y OPTIONAL { ?x :n ?v FILTER EXISTS { ?y a :C1 } } FILTER (!BOUND(?v)) }",
        "x y",
    ),
    (
        "count",
        "after",
        "?x :count ?n",
        "{ { SELECT ?x (COUNT(?y) AS ?n) { ?x :p0 ?y OPTIONAL { ?y :n ?v } } GROUP BY ?x HAVING (?n > 1) } }",
        "x",
    ),
    (
        "count-of-some",
        "after",
        "?x :count1 ?n",
        "{ ?x a :C1 . { SELECT ?x (SUM(?v) AS ?n) { ?x :p0 ?y . ?y :n ?v } GROUP BY ?x } }",
        "x",
    ),
    ("count-of-all", "after", ":all :count2 ?n", "{ { SELECT (COUNT(*) AS ?n) { ?x a :C1 } } }", ""),
    (
        "best",
        "after",
        "?x :best ?y",
        "{ { SELECT ?x (MAX(?v) AS ?most) { ?x :p0 ?y . ?y :n ?v } GROUP BY ?x } ?x :p0 ?y . ?y :n ?most }",
        "x",
    ),
    ("distinct", "after", "?x :q2 ?y", "{ { SELECT DISTINCT ?x { ?x :p0 ?z . ?z a :C1 } } ?x :p1 ?y }", "x"),
    ("either", "after", "?x :q3 ?y", "{ { ?x :p0 ?y } UNION { ?y :p1 ?x . ?x a :C0 } }", "x y"),
    ("either-later", "after", "?x :q4 ?y", "{ ?x a :C1 { ?x :p0 ?y } UNION { ?y :p1/:p2 ?x } }", "x"),
    (
        "select-or-other",
        "after",
        "?x :q5 ?n",
        "{ { SELECT ?x (COUNT(?y) AS ?n) { ?x :p0 ?y } GROUP BY ?x } UNION { ?x :n ?n } }",
        "x",
    ),
    ("steps", "after", "?x :q6 ?y", "{ ?x (:p0|^:p1) ?z . ?z :p0/:p1 ?y }", "x y z"),
    ("many-steps", "after", "?x :q7 ?y", "{ ?x :p0+ ?y . ?y a :C0 }", "x y"),
    ("no-steps", "after", "?x :q8 ?y", "{ ?x a :C0 ; :p0* ?y }", "x y"),
    ("other-steps", "after", "?x :q9 ?y", "{ ?x a :C0 ; !(:p0|:p1|:n|a|:q9) ?y }", "x y"),
    ("any", "after", "?x :names ?p", "{ ?x a :C1 ; ?p :i0 FILTER (?p != :names) }", "p x"),
    ("nobody", "after", "?x a :C5", "{ [] :p0 ?x . ?x :n [] }", "x"),
    ("named", "after", "?x :from :i0", "{ :i0 :p0 ?x FILTER NOT EXISTS { :i0 a :C1 } }", "x"),
    (
        "deep",
        "after",
        "?x a :C6",
        "{ ?x :p0 ?y FILTER NOT EXISTS"
        " { ?y :p1 ?z FILTER NOT EXISTS { ?z a :C0 } { ?z :p0 ?u } UNION { ?z :n 1 } } }",
        "x y",
    ),
    ("asks", "after", "?x :holds ?b", "{ ?x a :C1 BIND (EXISTS { ?x :p0 ?y . ?y :p1 ?x } AS ?b) }", "x"),
    ("given", "after", "?x :g ?y", "{ VALUES ?x { :i0 :i1 } ?x :p0 ?y }", ""),
    ("first", "after", "?x :least ?v", "{ ?x a :C0 . { SELECT (MIN(?w) AS ?v) { ?z :n ?w } } }", "x"),
    ("limited", "after", ":all :some ?y", "{ { SELECT ?y { ?x :p0 ?y } ORDER BY ?y LIMIT 1 } }", ""),
    ("optional-first", "after", "?x :q10 ?y", "{ OPTIONAL { ?x :p1 ?z } ?x :p0 ?y }", ""),
    ("optional-then-bound", "after", "?x :q11 ?v", "{ ?x :p0 ?y OPTIONAL { ?y :p1 ?v } ?x :p2 ?v }", "x y"),
    ("minus-then-bound", "after", "?x :q12 ?v", "{ ?x :p0 ?y MINUS { ?y :p1 ?v } ?x :p2 ?v }", "x y"),
    (
        "asks-then-bound",
        "after",
        "?x :q13 ?v",
        "{ { ?x :p0 ?y FILTER NOT EXISTS { ?y :p1 ?v } } ?x :p2 ?v }",
        "x y",
    ),
    (
        "optional-in-optional",
        "after",
        "?x :q14 ?v",
        "{ ?x :p0 ?y OPTIONAL { ?y :p1 ?z OPTIONAL { ?z :p2 ?v } OPTIONAL { ?z :p0 ?v } } ?x :p0 ?v }",
        "x y",
    ),
    (
        "circle-by-words",
        "after",
        "?s :n3 ?n",
        "{ ?x :p0 ?y ; :n3 ?n BIND (IRI(CONCAT(STR(?x), '-s')) AS ?s) }",
        "n x y",
    ),
    ("builds-on", "after", "?x :size ?n", "{ ?x :count ?n . ?x :w ?w }", "n w x"),
)
RULES = {
    slug: ConstructRule(slug, stage, f"{PREFIX} CONSTRUCT {{ {template} }} WHERE {where}")
    for slug, stage, template, where, _ in WRITTEN
}

things = st.sampled_from([*(iri(f":i{n}") for n in range(5)), iri(":i0-s"), ox.BlankNode("b0")])
SPELLED = ("integer 1", "integer 01", "int 2", "decimal 1.50", "decimal 0.70", "decimal 0.7")
numbers = st.sampled_from(
    [ox.Literal(form, datatype=iri(f"xsd:{kind}")) for kind, form in map(str.split, SPELLED)]
)
triples = st.one_of(
    *(st.builds(ox.Triple, things, st.just(iri(f":p{n}")), things) for n in (0, 0, 1, 2)),
    st.builds(ox.Triple, things, st.just(iri(":n")), numbers),
    st.builds(ox.Triple, things, st.just(TYPE), st.sampled_from([iri(":C0"), iri(":C1")])),
    st.builds(ox.Triple, things, st.just(iri(":n3")), numbers),
    # What some rule builds may be asserted as well.
    st.builds(ox.Triple, things, st.just(iri(":q0")), things),
    st.builds(ox.Triple, things, st.just(iri(":n1")), numbers),
)  # fmt: skip
AXIOMS = tuple(
    parse(
        ":C0 <http://www.w3.org/2000/01/rdf-schema#subClassOf> :C1 . "
        ":p2 <http://www.w3.org/2000/01/rdf-schema#subPropertyOf> :p0 . "
        ":n1 <http://www.w3.org/2000/01/rdf-schema#subPropertyOf> :n2 ."
    )
)
steps = st.lists(
    st.tuples(st.lists(triples, max_size=3), st.lists(st.integers(0, 60), max_size=4)), min_size=1, max_size=5
)


def is_as_new(inference: Inference, asserted: set[ox.Triple], rules: tuple[ConstructRule, ...]) -> None:
    anew = infer(asserted, rules)
    assert inference.derived == anew.derived
    assert inference.inferred == anew.inferred
    assert inference.cache == anew.cache


def follow(start: list[ox.Triple], changes: list, rules: tuple[ConstructRule, ...], cached=False) -> None:
    asserted = set(start) | set(AXIOMS)
    inference = infer(asserted, rules)
    if cached:
        inference = Inference.from_cache(asserted, inference.cache, rules)
    for add, numbers in changes:
        ordered = sorted(asserted - set(AXIOMS), key=str)
        remove = {ordered[i % len(ordered)] for i in numbers} if ordered else set()
        derived = inference.derived
        inference, change = inference.after(add=add, remove=remove)
        asserted = (asserted - remove) | set(add)
        is_as_new(inference, asserted, rules)
        assert change.derived_added == inference.derived - derived
        assert change.derived_removed == derived - inference.derived


@pytest.mark.parametrize("slug", RULES)
@settings(max_examples=12, **SETTINGS)
@given(st.lists(triples, max_size=14), steps)
def test_what_one_rule_builds_equals_building_it_anew(slug, start, changes):
    follow(start, changes, (RULES[slug],))


@settings(max_examples=40, **SETTINGS)
@given(st.lists(triples, max_size=14), steps, st.booleans())
def test_what_all_rules_build_together_equals_building_it_anew(start, changes, cached):
    follow(start, changes, tuple(RULES.values()), cached)


@pytest.mark.campaign
@settings(max_examples=1500, **SETTINGS)
@given(st.lists(triples, max_size=20), steps, st.booleans())
def test_what_all_rules_build_in_a_long_campaign(start, changes, cached):
    follow(start, changes, tuple(RULES.values()), cached)


@pytest.mark.parametrize(("slug", "variables"), [(slug, names) for slug, _, _, _, names in WRITTEN])
def test_solutions_are_divided_by_what_their_first_patterns_bind(slug: str, variables: str):
    anchor = anchor_of(analyse(slug, RULES[slug].text))
    assert anchor.variables == tuple(variables.split())


def renewed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The slugs of the rules that are run as a whole from now on."""
    out: list[str] = []
    everything = Portions._everything

    def noted(self: Portions) -> object:
        out.append(self.rule.slug)
        return everything(self)

    monkeypatch.setattr(Portions, "_everything", noted)
    return out


def test_a_change_runs_no_rule_as_a_whole_that_it_reaches_in_part(monkeypatch: pytest.MonkeyPatch):
    rules = tuple(RULES[slug] for slug in ("absent", "perhaps", "count", "best", "builds-on", "twice"))
    text = ":i0 :p0 :i1, :i2 . :i1 :p1 :i3 ; :n 1 . :i3 :n 2 . :i4 :p0 :i1 ."
    inference = infer([*parse(text), *AXIOMS], rules)
    runs = renewed(monkeypatch)
    _, change = inference.after(add=parse(":i3 :n 3 . :i3 a :C0 . :i3 :p1 :i2 ."))
    assert change.derived_added
    assert change.derived_removed
    assert runs == []


def test_a_rule_that_reads_what_it_builds_runs_in_part(monkeypatch: pytest.MonkeyPatch):
    start = parse(":i0 :p0 :i1 ; :n3 1 . :i2 :p0 :i1 .")
    inference = infer(start, (RULES["circle-by-words"],))
    runs = renewed(monkeypatch)
    inference, change = inference.after(add=parse(":i2 :n3 2 ."))
    assert change.derived_added == set(parse(":i2-s :n3 2 ."))
    inference, change = inference.after(remove=parse(":i0 :n3 1 ."))
    assert change.derived_removed == set(parse(":i0-s :n3 1 ."))
    inference, change = inference.after(add=parse(":i2-s :p0 :i0 ."))
    assert change.derived_added == set(parse(":i2-s-s :n3 2 ."))
    _, change = inference.after(remove=parse(":i2 :n3 2 ."))
    assert change.derived_removed == set(parse(":i2-s :n3 2 . :i2-s-s :n3 2 ."))
    assert runs == []


def test_a_change_that_no_rule_reads_asks_nothing(monkeypatch: pytest.MonkeyPatch):
    inference = infer(parse(":i0 :p0 :i1 ."), (RULES["join"], RULES["count"]))
    monkeypatch.setattr(Portions, "_ask", None)
    assert not inference.after(add=parse(":i0 :unread :i1 ."))[1].derived_added


def test_a_change_that_meets_a_bound_in_the_last_stage_leaves_everything_as_it_was():
    endless = ConstructRule(
        "endless", "after", PREFIX + "CONSTRUCT { ?x :m ?m } WHERE { ?x :m ?n BIND (?n + 1 AS ?m) }"
    )
    rules = (endless, RULES["number"])
    start = {*parse(":a :n 1 ."), *AXIOMS}
    inference = infer(start, rules, limits=Limits(construct_rounds=20))
    before = inference.cache
    with pytest.raises(LimitMet, match="endless"):
        inference.after(add=parse(":a :m 1 ; :n 2 ."))
    assert inference.cache == before
    inference, _ = inference.after(add=parse(":a :n 3 ."))
    is_as_new(inference, {*start, *parse(":a :n 3 .")}, rules)


def test_what_is_built_takes_the_spelling_that_is_left():
    inference = infer(parse(":a :n 0.70 . :b :n 0.700 ."), (RULES["number"],))
    assert inference.derived == set(parse(":a :n1 0.70 . :b :n1 0.70 ."))
    _, change = inference.after(remove=parse(":a :n 0.70 ."))
    assert change.derived_added == set(parse(":b :n1 0.700 ."))
    assert change.derived_removed == set(parse(":a :n1 0.70 . :b :n1 0.70 ."))


def keep_up(path: Path, changes: int, size: int, seed: int) -> None:
    root, random = Root.open(path), Random(seed)
    rules = tuple(construct_rules(root))
    every = sorted({triple for file in root.sources for triple in file.triples}, key=str)
    asserted, out = set(every), set()
    inference = infer(asserted, rules)
    assert inference.derived
    for _ in range(changes):
        remove = set(random.sample(every, size)) - out
        add = set(random.sample(sorted(out, key=str), len(out) // 2))
        inference, _ = inference.after(add=add, remove=remove)
        out = (out | remove) - add
        asserted = set(every) - out
    is_as_new(inference, asserted, rules)


@pytest.mark.parametrize("path", ROOTS, ids=lambda path: path.name)
def test_random_changes_of_a_root_equal_reading_it_anew(path: Path):
    keep_up(path, 8, 8, seed=5)


@pytest.mark.campaign
@pytest.mark.parametrize("path", ROOTS, ids=lambda path: path.name)
@pytest.mark.parametrize("seed", range(10))
def test_many_random_changes_of_a_root_equal_reading_it_anew(path: Path, seed: int):
    keep_up(path, 40, 20, seed)
