"""Changes: after any sequence of additions and removals, everything equals inferring anew."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calcigraph.reasoning import ConstructRule, Inference, infer
from calcigraph.reasoning.facts.equality import Equality
from calcigraph.reasoning.facts.fact_set import FactSet
from reasoning_ontologies import everything, flat, groups, iri

Step = tuple[list[tuple[ox.Triple, ...]], list[int]]
SETTINGS = {"deadline": None, "suppress_health_check": list(HealthCheck)}
PREFIX = "PREFIX : <http://example.org/> PREFIX owl: <http://www.w3.org/2002/07/owl#> "
RULES = (
    ConstructRule(
        "edges", "before", PREFIX + "CONSTRUCT { ?x :p0 ?z } WHERE { ?x :p1 ?y . ?y :p2 ?z FILTER ISIRI(?z) }"
    ),
    ConstructRule(
        "ends", "before", PREFIX + "CONSTRUCT { ?x a :C0 } WHERE { ?x :p0 ?y MINUS { ?y :p0 ?z } }"
    ),
    ConstructRule(
        "counts",
        "after",
        PREFIX + "CONSTRUCT { ?x :n ?n } WHERE { { SELECT ?x (COUNT(?y) AS ?n) { ?x :p0 ?y } GROUP BY ?x } }",
    ),
    ConstructRule("types", "after", PREFIX + "CONSTRUCT { ?x a :C1 } WHERE { ?x :n 2 . ?x a :C0 }"),
)


@pytest.fixture(params=[0, 64], ids=["never folded", "folded when small"], autouse=True)
def fold(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets of facts that keep their changes beside them for ever, as those of large roots do for long."""
    monkeypatch.setattr(FactSet, "fold", request.param)
    if not request.param:
        monkeypatch.setattr(Equality, "few", 0)


def clashes(inference: Inference, asserted: set[ox.Triple]) -> set[tuple[str, frozenset[tuple[str, ...]]]]:
    """The clashes with each term replaced by the first of its equals, as any of them may name it."""
    equal: dict[object, list[str]] = {}
    for triple in asserted | inference.inferred:
        if triple.predicate == iri("owl:sameAs"):
            equal.setdefault(triple.subject, [str(triple.subject)]).append(str(triple.object))

    def name(term: object) -> str:
        return min(equal.get(term, [str(term)]))

    return {
        (clash.rule, frozenset(tuple(map(name, (t.subject, t.predicate, t.object))) for t in clash.axioms))
        for clash in inference.clashes
    }


def steps(parts: st.SearchStrategy) -> st.SearchStrategy[list[Step]]:
    step = st.tuples(st.lists(parts, max_size=3), st.lists(st.integers(0, 60), max_size=5))
    return st.lists(step, min_size=1, max_size=5)


def follow(
    start: list[tuple[ox.Triple, ...]], changes: list[Step], rules: tuple[ConstructRule, ...] = ()
) -> None:
    asserted = flat(start)
    inference = infer(asserted, rules)
    for added, removed in changes:
        old_inferred, old_derived = inference.inferred, inference.derived
        ordered = sorted(asserted, key=str)
        remove = {ordered[i % len(ordered)] for i in removed} if ordered else set()
        add = flat(added)
        inference, change = inference.after(add=add, remove=remove)
        asserted = (asserted - remove) | add
        anew = infer(asserted, rules)
        assert inference.inferred == anew.inferred
        assert inference.derived == anew.derived
        assert clashes(inference, asserted) == clashes(anew, asserted)
        assert change.inferred_added == anew.inferred - old_inferred
        assert change.inferred_removed == old_inferred - anew.inferred
        assert change.derived_added == anew.derived - old_derived
        assert change.derived_removed == old_derived - anew.derived


@settings(max_examples=60, **SETTINGS)
@given(st.lists(groups, min_size=4, max_size=16), steps(groups))
def test_maintained_closure_equals_a_new_one(start, changes):
    follow(start, changes)


@settings(max_examples=60, **SETTINGS)
@given(st.lists(everything, min_size=4, max_size=16), steps(everything))
def test_maintained_closure_equals_a_new_one_with_contradictions_and_metamodelling(start, changes):
    follow(start, changes)


@settings(max_examples=40, **SETTINGS)
@given(st.lists(groups, min_size=4, max_size=16), steps(groups))
def test_derived_triples_of_both_stages_keep_up_with_changes(start, changes):
    follow(start, changes, RULES)


@pytest.mark.campaign
@settings(max_examples=1000, **SETTINGS)
@given(st.lists(everything, min_size=4, max_size=20), steps(everything))
def test_a_thousand_random_sequences_of_changes_equal_recomputing(start, changes):
    follow(start, changes)
