"""Disjoint classes and properties: the clashes that the tables have, from nothing and after a change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations, pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calcigraph.reasoning import Inference, infer
from test_reasoning_rules import parse

SETTINGS = {"deadline": None, "suppress_health_check": list(HealthCheck)}
Fact = tuple[str, str, str]
Clashes = set[tuple[str, frozenset[str]]]


@dataclass(frozen=True)
class Axiom:
    """One axiom of disjointness: its rule, how it is written, and the names that it is about."""

    rule: str
    names: tuple[str, ...]

    @property
    def listed(self) -> bool:
        return self.rule in LISTS

    @property
    def text(self) -> str:
        if self.listed:
            return f"[] a {LISTS[self.rule]} ; owl:members ({' '.join(self.names)}) ."
        return " ".join(f"{one} {PAIRS[self.rule]} {other} ." for one, other in pairwise(self.names))

    def clashes(self, facts: set[Fact]) -> Clashes:
        """What contradicts it, by the tables of the specification."""
        out = set()
        for one, other in combinations(self.names, 2) if self.listed else pairwise(self.names):
            for fact in facts:
                if one in fact:
                    twin = tuple(other if word == one else word for word in fact)
                    if twin in facts:
                        out.add((self.rule, frozenset((" ".join(fact), " ".join(twin)))))
        return out


LISTS = {"cax-adc": "owl:AllDisjointClasses", "prp-adp": "owl:AllDisjointProperties"}
PAIRS = {
    "cax-dw": "owl:disjointWith",
    "cls-com": "owl:complementOf",
    "prp-pdw": "owl:propertyDisjointWith",
}
CLASSES, PROPERTIES = (st.sampled_from([f":{kind}{i}" for i in range(3)]) for kind in "Cp")
THINGS = st.sampled_from([":i", ":j"])


def axioms(rules: list[str], names: st.SearchStrategy[str]) -> st.SearchStrategy[Axiom]:
    return st.builds(Axiom, st.sampled_from(rules), st.lists(names, min_size=2, max_size=4).map(tuple))


AXIOMS = st.lists(
    axioms(["cax-dw", "cls-com", "cax-adc"], CLASSES) | axioms(["prp-pdw", "prp-adp"], PROPERTIES),
    min_size=2,
    max_size=5,
)
FACTS = st.sets(
    st.tuples(THINGS, st.just("a"), CLASSES) | st.tuples(THINGS, PROPERTIES, THINGS), min_size=6, max_size=14
)


def told(facts: set[Fact]) -> str:
    return " ".join(f"{' '.join(fact)} ." for fact in facts)


def found(inference: Inference) -> Clashes:
    def word(term: object) -> str:
        name = str(term).rsplit("/", 1)[-1].rstrip(">")
        return "a" if name.endswith("#type") else f":{name}"

    return {
        (clash.rule, frozenset(" ".join(map(word, fact)) for fact in clash.facts))
        for clash in inference.clashes
    }


def test_what_is_disjoint_clashes_as_the_tables_say_and_after_a_change_too():
    hits: Counter[str] = Counter()

    @settings(max_examples=80, **SETTINGS)
    @given(AXIOMS, FACTS, FACTS)
    def judge(said: list[Axiom], before: set[Fact], after: set[Fact]) -> None:
        def expected(facts: set[Fact]) -> Clashes:
            return set().union(*(axiom.clashes(facts) for axiom in said))

        one = infer(parse(f"{' '.join(axiom.text for axiom in said)} {told(before)}"))
        assert found(one) == expected(before)
        other, _ = one.after(add=parse(told(after - before)), remove=parse(told(before - after)))
        assert found(other) == expected(after)
        hits.update(rule for rule, _ in found(other))

    judge()
    assert all(hits[rule] >= 3 for rule in (*LISTS, *PAIRS)), hits
