"""CONSTRUCT rules: two stages, strata, recursion, negation, aggregates, and proofs of what they build."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest

from calcigraph.reasoning import ConstructRule, Inference, LimitMet, Limits, RuleRefused, check_proof, infer
from test_reasoning_rules import parse

PREFIX = """PREFIX : <http://example.org/> PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""


def rule(slug: str, text: str, stage: str = "before") -> ConstructRule:
    return ConstructRule(slug, stage, PREFIX + text)


def built(inference: Inference) -> set[ox.Triple]:
    for triple in inference.derived:
        proof = inference.explain(triple)
        assert proof.rule.startswith("construct:")
        check_proof(proof, inference.rules)
    return set(inference.derived)


def test_rule_before_the_closure_feeds_it():
    rules = [rule("edge", "CONSTRUCT { ?x :causes ?y } WHERE { ?e :from ?x ; :to ?y }")]
    inference = infer(parse(":e :from :a ; :to :b . :causes rdfs:range :Effect ."), rules)
    assert built(inference) == set(parse(":a :causes :b ."))
    assert inference.inferred == set(parse(":b a :Effect ."))
    proof = inference.explain(parse(":b a :Effect .")[0])
    assert proof.premises[0].rule == "construct:edge"
    assert {p.triple for p in proof.premises[0].premises} == set(parse(":e :from :a ; :to :b ."))
    check_proof(proof, rules)


def test_rule_after_the_closure_reads_inferred_triples_and_is_not_closed_over():
    count = "{ SELECT ?x (COUNT(?y) AS ?n) { ?x :p ?y } GROUP BY ?x }"
    rules = [rule("count", f"CONSTRUCT {{ ?x :size ?n }} WHERE {{ {count} }}", "after")]
    inference = infer(
        parse(":p a owl:TransitiveProperty . :a :p :b . :b :p :c . :size rdfs:domain :Sized ."), rules
    )
    assert built(inference) == set(parse(":a :size 2 . :b :size 1 ."))
    assert not [t for t in inference.inferred if t.object == ox.NamedNode("http://example.org/Sized")]
    proof = inference.explain(parse(":a :size 2 .")[0])
    assert {p.triple for p in proof.premises} == set(parse(":a :p :b, :c ."))


def test_rule_may_follow_a_path_between_two_names_that_are_in_the_data():
    rules = [rule("path", "CONSTRUCT { :a :reaches :b } WHERE { :a :p?/:q? :b }")]
    assert built(infer(parse(":a :q :b ."), rules)) == set(parse(":a :reaches :b ."))


def test_rule_runs_after_the_rules_that_build_what_it_reads():
    rules = [
        rule("a-reader", "CONSTRUCT { ?x a :Done } WHERE { ?x :step2 ?y }"),
        rule("b-middle", "CONSTRUCT { ?x :step2 ?y } WHERE { ?x :step1 ?y }"),
        rule("c-writer", "CONSTRUCT { ?x :step1 ?y } WHERE { ?x :step0 ?y }"),
    ]
    inference = infer(parse(":a :step0 :b ."), rules)
    assert built(inference) == set(parse(":a :step1 :b ; :step2 :b ; a :Done ."))


def test_recursive_rule_reaches_its_fixpoint_and_its_proofs_do_not_run_in_circles():
    rules = [
        rule(
            "reach",
            "CONSTRUCT { ?x :reaches ?z } WHERE { { ?x :to ?z } UNION { ?x :reaches ?y . ?y :reaches ?z } }",
        )
    ]
    inference = infer(parse(":a :to :b . :b :to :c . :c :to :a ."), rules)
    assert len(built(inference)) == 9


def test_negation_reads_the_finished_lower_stratum():
    rules = [
        rule("open", "CONSTRUCT { ?x a :Open } WHERE { ?x a :Task FILTER NOT EXISTS { ?x a :Done } }"),
        rule("done", "CONSTRUCT { ?x a :Done } WHERE { ?x :finished true }"),
    ]
    inference = infer(parse(":a a :Task ; :finished true . :b a :Task ."), rules)
    assert built(inference) == set(parse(":a a :Done . :b a :Open ."))


@pytest.mark.parametrize(
    "pattern",
    [
        "{ ?x a :Task FILTER NOT EXISTS { ?x a :Second } }",
        "{ ?x a :Task MINUS { ?x a :Second } }",
        "{ ?x a :Task OPTIONAL { ?x a :Second } }",
        "{ ?x a :Task OPTIONAL { ?x :p ?y FILTER EXISTS { ?y a :Second } } }",
        "{ ?x a :Task FILTER (!EXISTS { ?x a :Second }) }",
        "{ ?x a :Task FILTER (EXISTS { ?x a :Second } = false) }",
        "{ ?x a :Task BIND (EXISTS { ?x a :Second } AS ?y) FILTER (!?y) }",
        "{ { SELECT ?x (COUNT(?y) AS ?n) { ?x a :Task , ?y . ?x a :Second } GROUP BY ?x } }",
    ],
)
def test_cycle_through_negation_is_refused_naming_the_rules(pattern: str):
    rules = [
        rule("first", f"CONSTRUCT {{ ?x a :First }} WHERE {pattern}"),
        rule("second", "CONSTRUCT { ?x a :Second } WHERE { ?x a :First }"),
    ]
    with pytest.raises(RuleRefused, match=r"first(, second need one another| needs itself)") as caught:
        infer(parse(":a a :Task ."), rules)
    assert caught.value.place.file.startswith("ontology/rules/")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("CONSTRUCT { ?x :p [] } WHERE { ?x :q ?y }", "blank nodes"),
        ("SELECT * WHERE { ?x :q ?y }", "is not CONSTRUCT"),
        ("CONSTRUCT { ?x :p ?y } WHERE { ?x :q }", "not well-formed"),
        ("CONSTRUCT { } WHERE { ?x :q ?y }", "is not CONSTRUCT"),
        ("CONSTRUCT { 1 :p ?y } WHERE { ?x :q ?y }", "literal as its subject"),
        ("CONSTRUCT { ?x :p ?z } WHERE { ?x :q ?y }", r"binds \?z"),
        ("CONSTRUCT { ?x :p ?z } WHERE { ?x :q ?y FILTER NOT EXISTS { ?y :q ?z } }", r"binds \?z"),
        ("CONSTRUCT { ?x :p ?y ; :r ?z } WHERE { ?x :q ?y MINUS { ?y :q ?z } }", r"binds \?z"),
        ("CONSTRUCT { ?x :p ?z } WHERE { { SELECT ?x { ?x :q ?z } } }", r"binds \?z"),
        ("CONSTRUCT { ?x :p ?y } WHERE { GRAPH ?g { ?x :q ?y } }", "asks for graphs"),
        ("CONSTRUCT { ?x :p ?y } FROM :g WHERE { ?x :q ?y }", "asks for graphs"),
        (
            "CONSTRUCT { ?x :p ?y } WHERE { ?x :q ?y FILTER EXISTS { GRAPH :g { ?x :q 1 } } }",
            "asks for graphs",
        ),
        ("CONSTRUCT { ?x :p ?y } WHERE { SERVICE :s { ?x :q ?y } }", "another endpoint"),
    ],
)
def test_rule_that_cannot_be_used_is_refused_with_its_place(text: str, fault: str):
    with pytest.raises(RuleRefused, match=fault) as caught:
        infer([], [rule("bad", text)])
    assert caught.value.place.file == "ontology/rules/bad.rq"


@pytest.mark.parametrize(
    "where",
    [
        "{ VALUES ?z { 1 } ?x :q ?y }",
        "{ ?x :q ?y OPTIONAL { ?y :q ?z } }",
        "{ { ?x :q ?y } UNION { ?x :q ?z } }",
        "{ { SELECT ?x (COUNT(?y) AS ?z) { ?x :q ?y } GROUP BY ?x } }",
        "{ ?x :q/:q ?z }",
        "{ ?x :q ?y BIND (?y AS ?z) } ORDER BY ?x LIMIT 3",
    ],
)
def test_rule_whose_variables_may_be_bound_is_taken(where: str):
    infer([], [rule("good", f"CONSTRUCT {{ ?x :p ?z }} WHERE {where}")])


def test_rule_of_a_stage_that_there_is_not_is_refused():
    with pytest.raises(RuleRefused, match="'befor'") as caught:
        infer([], [rule("bad", "CONSTRUCT { ?x :p ?y } WHERE { ?x :q ?y }", "befor")])
    assert "before, after" in caught.value.remedy


def test_two_rules_of_one_name_are_refused():
    rules = [rule("twice", f"CONSTRUCT {{ ?x :p{n} ?y }} WHERE {{ ?x :q ?y }}") for n in (1, 2)]
    with pytest.raises(RuleRefused, match="this name"):
        infer([], rules)


SIZE = "{ SELECT ?x (COUNT(?y) AS ?n) { ?x :p ?y } GROUP BY ?x }"
LATE = (rule("count", f"CONSTRUCT {{ ?x :size ?n }} WHERE {{ {SIZE} }}", "after"),)


@pytest.mark.parametrize(
    ("where", "pattern"),
    [
        ("{ ?x :p ?y ; :size ?n }", r"\?x <http://example.org/size> \?n"),
        ("{ ?x :p ?y . ?x a :Effect }", "Effect"),
        ("{ { SELECT ?x { ?x :p+/:size ?y } } }", "size"),
    ],
)
def test_rule_that_runs_before_anything_matches_what_it_reads_is_reported(where: str, pattern: str):
    early = rule("early", f"CONSTRUCT {{ ?x a :Big }} WHERE {where}")
    inference = infer(parse(":a :p :b . :b :p :c . :p rdfs:domain :Effect ."), (early, *LATE))
    assert inference.derived == set(parse(":a :size 1 . :b :size 1 ."))
    (finding,) = inference.findings
    assert finding.place.file == "ontology/rules/early.rq"
    assert re.search(pattern, finding.message)


def test_rule_that_finds_some_of_what_it_reads_in_time_is_not_reported():
    early = rule("early", "CONSTRUCT { ?x a :Big } WHERE { ?x :p ?y ; :size ?n }")
    assert infer(parse(":a :p :b . :c :size 3 ."), (early, *LATE)).findings == ()
    optional = rule("early", "CONSTRUCT { ?x a :Big } WHERE { ?x :p ?y OPTIONAL { ?x :size ?n } }")
    assert infer(parse(":a :p :b ."), (optional, *LATE)).findings == ()


def test_endless_rule_is_refused_by_the_setting():
    rules = [rule("endless", "CONSTRUCT { ?x :n ?m } WHERE { ?x :n ?n BIND(?n + 1 AS ?m) }")]
    with pytest.raises(LimitMet, match="endless"):
        infer(parse(":a :n 1 ."), rules, limits=Limits(construct_rounds=20))


def test_derived_triples_never_repeat_asserted_or_inferred_ones():
    rules = [
        rule("same", "CONSTRUCT { ?x :p ?y } WHERE { ?x :p ?y }"),
        rule("again", "CONSTRUCT { ?x a :D } WHERE { ?x a :C }", "after"),
    ]
    inference = infer(parse(":a :p :b ; a :C . :C rdfs:subClassOf :D ."), rules)
    assert inference.derived == frozenset()
    assert inference.inferred == set(parse(":a a :D ."))


def test_built_literals_keep_the_form_in_which_they_were_written():
    rules = [rule("copy", "CONSTRUCT { ?x :q ?v } WHERE { ?x :p ?v }")]
    inference = infer(parse(":a :p 0.70 . :b :p 007 ."), rules)
    assert built(inference) == set(parse(":a :q 0.70 . :b :q 007 ."))


def test_paths_are_explained_by_the_triples_along_them():
    rules = [rule("path", "CONSTRUCT { ?x :near ?y } WHERE { ?x (:to|^:from)/:to+ ?y }")]
    inference = infer(parse(":a :to :b . :b :to :c . :c :to :d ."), rules)
    proof = inference.explain(parse(":a :near :d .")[0])
    assert {p.triple for p in proof.premises} == set(parse(":a :to :b . :b :to :c . :c :to :d ."))
    built(inference)


def test_change_withdraws_and_rebuilds_what_rules_built():
    rules = [
        rule("open", "CONSTRUCT { ?x a :Open } WHERE { ?x a :Task FILTER NOT EXISTS { ?x a :Done } }"),
        rule(
            "count",
            "CONSTRUCT { :all :open ?n } WHERE { { SELECT (COUNT(?x) AS ?n) { ?x a :Listed } } }",
            "after",
        ),
    ]
    inference = infer(parse(":a a :Task . :b a :Task . :Open rdfs:subClassOf :Listed ."), rules)
    assert parse(":all :open 2 .")[0] in inference.derived
    _, change = inference.after(add=parse(":a a :Done ."))
    assert change.derived_removed == set(parse(":a a :Open . :all :open 2 ."))
    assert change.derived_added == set(parse(":all :open 1 ."))
    assert change.inferred_removed == set(parse(":a a :Listed ."))


def test_removing_one_of_two_spellings_of_a_number_leaves_the_other_to_the_rules():
    rules = [rule("copy", "CONSTRUCT { ?x a :Measured } WHERE { ?x :p ?v }")]
    inference = infer(parse(":a :p 0.70, 0.7 ."), rules)
    inference, change = inference.after(remove=parse(":a :p 0.70 ."))
    assert change.derived_removed == frozenset()
    assert inference.after(remove=parse(":a :p 0.7 ."))[1].derived_removed == set(parse(":a a :Measured ."))


EXISTENCE = "?x :of ?s ; :ctx ?c FILTER EXISTS { ?q :of ?s FILTER NOT EXISTS { ?q :ctx ?c } }"


@pytest.mark.parametrize(
    ("where", "more", "needed"),
    {
        "other, not the first": (EXISTENCE, ":b :of :s ; :ctx :d .", ":b :of :s ."),
        "other, behind one that is taken back": (
            EXISTENCE,
            ":aa :of :s ; :ctx :c . :z :of :s ; :ctx :d .",
            ":z :of :s .",
        ),
        "filter by what is around": (
            "?x :of ?s ; :ctx ?c ; :least ?n FILTER EXISTS { ?q :of ?s ; :size ?v FILTER (?v > ?n) }",
            ":a :least 5 . :b :of :s ; :size 1 . :z :of :s ; :size 7 .",
            ":z :of :s ; :size 7 .",
        ),
        "a condition in a condition": (
            "?x :of ?s ; :ctx ?c "
            "FILTER EXISTS { ?q :of ?s FILTER EXISTS { ?q :has ?r MINUS { ?r :is :bad } } }",
            ":b :of :s ; :has :old . :old :is :bad . :z :of :s ; :has :new .",
            ":z :of :s ; :has :new .",
        ),
        "in a sub-select": (
            "?x :ctx ?c { SELECT ?x { ?x :of ?s FILTER EXISTS { ?q :of ?s FILTER (?q != ?x) } } }",
            ":b :of :s .",
            ":b :of :s .",
        ),
    }.values(),
)
def test_what_exists_is_proven_by_what_does_exist(where: str, more: str, needed: str) -> None:
    rules = [rule("named", f"CONSTRUCT {{ ?x :named ?c }} WHERE {{ {where} }}")]
    inference = infer(parse(f":a :of :s ; :ctx :c . {more}"), rules)
    goal = parse(":a :named :c .")[0]
    assert goal in built(inference)
    premises = {p.triple for p in inference.explain(goal).premises}
    assert set(parse(needed)) <= premises <= set(parse(f":a :of :s ; :ctx :c ; :least 5 . {needed}"))
