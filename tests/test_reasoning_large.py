"""Ontologies that say little and multiply: the cost follows what is said and answered, not pairs of pairs."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calcigraph.reasoning import Limits, infer
from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.closure.transitivity import transitive_closure
from calcigraph.reasoning.facts.columns import Columns
from calcigraph.reasoning.facts.encoding import encode
from calcigraph.reasoning.facts.relations import Relation
from calcigraph.reasoning.rules.hierarchy import Hierarchy
from calcigraph.reasoning.rules.program import CompiledRule
from calcigraph.reasoning.terms.numbering import Ids, TermNumbers
from test_reasoning_rules import parse

SETTINGS = {"deadline": None, "suppress_health_check": list(HealthCheck)}
Pairs = set[tuple[int, int]]
RELATIONS = st.integers(2, 9).flatmap(
    lambda size: st.sets(st.tuples(st.integers(0, size), st.integers(0, size)), max_size=2 * size)
)


def column(pairs: Pairs) -> Ids:
    return np.array(sorted(a << 32 | b for a, b in pairs), np.int64)


def read(facts: Ids) -> Pairs:
    return {(fact >> 32, fact & 0xFFFFFFFF) for fact in facts.tolist()}


def closed(pairs: Pairs) -> Pairs:
    """Transitivity as the textbook has it (Warshall)."""
    out = set(pairs)
    nodes = {node for pair in pairs for node in pair}
    for middle, left, right in product(nodes, repeat=3):
        if {(left, middle), (middle, right)} <= out:
            out.add((left, right))
    return out


def compiled(text: str) -> list[CompiledRule]:
    """The rules that an ontology is compiled to."""
    closure = Closure(TermNumbers())
    closure.close(encode(closure.terms, parse(text)))
    return closure.program.rules


@settings(max_examples=150, **SETTINGS)
@given(RELATIONS)
def test_paths_give_the_transitive_closure(pairs: Pairs):
    whole = closed(pairs)
    found = transitive_closure(column(pairs), len(whole))
    assert found is not None
    assert read(found) == whole
    assert not pairs or transitive_closure(column(pairs), len(whole) - 1) is None


@settings(max_examples=150, **SETTINGS)
@given(RELATIONS, st.booleans())
def test_all_of_a_hierarchy_follows_from_its_steps_and_no_step_from_the_others(pairs: Pairs, each: bool):
    whole = {(a, b) for a, b in closed(pairs) if a != b}
    steps = read(Hierarchy(column(whole), 0 if each else 1_000).reduced)
    assert steps <= whole
    assert {(a, b) for a, b in closed(steps) if a != b} == whole
    assert all(step not in closed(steps - {step}) for step in steps)


class OfPaths(Closure):
    """A closure that looks for paths however few rows a join would make, and counts how often."""

    looked: int = 0

    def is_long(self, relation: Relation, seeds: Ids) -> bool:
        self.looked += 1
        return True


GRAPH = """
:p a owl:TransitiveProperty ; owl:inverseOf :r . :q rdfs:subPropertyOf :p . :s rdfs:subPropertyOf :r .
:f a owl:FunctionalProperty ; owl:propertyChainAxiom (:p :f) .
"""
EDGES = st.lists(
    st.tuples(st.integers(0, 11), st.sampled_from("pqrsf"), st.integers(0, 11)), min_size=8, max_size=24
)


def test_a_relation_that_is_closed_by_paths_is_the_one_that_joins_would_close():
    merged: Counter[bool] = Counter()

    @settings(max_examples=60, **SETTINGS)
    @given(EDGES)
    def judge(edges: list[tuple[int, str, int]]) -> None:
        triples = [*parse(GRAPH), *parse(" ".join(f":n{a} :{p} :n{b} ." for a, p, b in edges))]
        terms = TermNumbers()
        base = encode(terms, triples)
        paths, joins = OfPaths(terms), Closure(terms)
        paths.close(base)
        joins.close(base)
        assert paths.looked
        assert paths.equality.members == joins.equality.members
        assert arrays(paths) == arrays(joins)
        merged[bool(joins.equality.members)] += 1

    judge()
    # Pairs that are made before terms become equal are taken along.
    assert min(merged[True], merged[False]) >= 5


def arrays(closure: Closure) -> dict[int, list[int]]:
    columns: Columns = {key: relation.facts.array for key, relation in closure.relations.items()}
    return {key: facts.tolist() for key, facts in columns.items() if len(facts)}


def test_chains_cost_what_they_answer():
    chain = " ".join(f":n{i} :p :n{i + 1} ." for i in range(400))
    pairs = 401 * 400 // 2
    for axiom, link in (
        ("a owl:TransitiveProperty", ":p"),
        ("a owl:ObjectProperty", "rdfs:subPropertyOf"),
        ("a owl:Class", "rdfs:subClassOf"),
    ):
        text = f":p {axiom} . {chain.replace(':p', link)}"
        assert len(infer(parse(text), limits=Limits(rows=2 * pairs)).inferred) == pairs - 400, link


def test_rules_over_a_chain_of_properties_are_as_many_as_its_steps():
    assert len(compiled(" ".join(f":p{i} rdfs:subPropertyOf :p{i + 1} ." for i in range(300)))) == 300


def test_rules_over_equivalent_classes_are_as_many_as_the_classes():
    star = " ".join(f":C owl:equivalentClass :C{i} ." for i in range(100))
    assert len(compiled(star)) == 2 * 100
    # A property whose domain is one of them needs one rule, not one for each.
    assert len(compiled(f"{star} :p rdfs:domain :C7 .")) == 2 * 100 + 1


def test_an_intersection_of_two_thousand_classes_is_looked_through_once_a_round():
    names = [f":C{i}" for i in range(2_000)]
    text = f":I owl:intersectionOf ({' '.join(names)}) . :x a :I . :y a {', '.join(names)} ."
    inference = infer(parse(text))
    assert set(parse(":y a :I . :x a :C0, :C1999 .")) <= inference.inferred
    assert len(inference.inferred) == 2_000 + 2_000 + 1


def triple(text: str) -> tuple[object, ...]:
    (found,) = parse(text)
    return (found.subject, found.predicate, found.object)


def test_a_long_list_of_disjoint_classes_is_kept_as_it_is_said():
    members = " ".join(f":C{i}" for i in range(3_000))
    text = f":d a owl:AllDisjointClasses ; owl:members ({members}) . :x a :C7, :C2999 . :y a :C7 ."
    assert compiled(text) == []
    (clash,) = infer(parse(text)).clashes
    assert clash.rule == "cax-adc"
    assert {tuple(fact) for fact in clash.facts} == {triple(":x a :C7 ."), triple(":x a :C2999 .")}
    assert triple(":d a owl:AllDisjointClasses .") in {tuple(axiom) for axiom in clash.axioms}


def test_classes_that_are_disjoint_two_by_two_need_no_rule_each():
    text = " ".join(f":C{i} owl:disjointWith :C{j} ." for i in range(100) for j in range(i))
    (clash,) = infer(parse(f"{text} :x a :C5, :C50 . :y a :C4 .")).clashes
    assert clash.rule == "cax-dw"
    assert [tuple(axiom) for axiom in clash.axioms] == [triple(":C50 owl:disjointWith :C5 .")]
    assert compiled(text) == []
